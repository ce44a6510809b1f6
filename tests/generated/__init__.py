"""Records made up to be small and nasty: drawn by Hypothesis, or by the council from a seed.

Both use the same rooms; a drawer is anything like `random.Random`, and each choice is written so that its first
or lowest answer is the plainest one, which is what Hypothesis shrinks to.
"""
