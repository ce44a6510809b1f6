"""Each contender is a process of its own: `python -m benchmarks.contenders.<name> FOLDER` prints one line of JSON.

FOLDER is what `council.write` made. What a contender works out it leaves in `FOLDER/<name>.parquet`, one row per
family with `family_id` and any of `arrears_pence`, `overpaid_pence`, `interest_pence`, to be held against the truth.
"""
