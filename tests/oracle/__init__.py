"""The rules once more, one family and one row at a time, in plain Python: what the pipeline is compared with.

Slow and obvious on purpose, and written from the rules alone: nothing here imports the rooms that it checks.
Records are dicts of typed values: pence as int, dates, booleans, None for what is not known.
"""
