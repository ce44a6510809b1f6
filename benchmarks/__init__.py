"""How fast, how big, how right, beside what a user would pick instead. Start with `python -m benchmarks`."""
