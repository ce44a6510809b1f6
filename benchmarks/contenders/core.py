"""The core alone: typed frames in, every figure of a position out as frames."""

import polars as pl

from benchmarks.council import AS_OF
from benchmarks.stopwatch import Stopwatch, finish, folder
from reconciliation import accounts, reckoning, shards
from reconciliation.allocation import steps
from reconciliation.policy import read_policy
from reconciliation.position import Position

ACCOUNTS = ("identified", "instalments", "balances", "late_parts", "interest")
SHARDS = ("dues", "settled")
DUTIES = ("visible", "promised", "briefing", "mispostings", "payee_mismatches", "raise_all", "doubted", "with_standing")
PAGES = ("suspense", "compensation", "lookback", "scrutiny")
STEPS = ("cancel", "named", "regular", "recover", "_fifo", "_settle")


def main() -> None:
    stopwatch = Stopwatch()
    stopwatch.watch(accounts, *ACCOUNTS)
    stopwatch.watch(shards, *SHARDS)
    stopwatch.watch(reckoning, *DUTIES, *PAGES)
    stopwatch.watch(steps, *STEPS)
    with stopwatch.timing("read"):
        records = {file.stem: pl.read_parquet(file) for file in (folder() / "typed").glob("*.parquet")}
    policy = read_policy()
    with stopwatch.timing("total"):
        results = reckoning.reckon(records, policy, Position.at(AS_OF))
    interest = results.money.interest.filter(pl.col("basis") == "county_court")
    found = results.balances.join(
        interest.select("family_id", interest_pence="amount_pence"), on="family_id", how="left"
    ).with_columns(pl.col("interest_pence").fill_null(0))
    finish(stopwatch, records["transactions"].height, found, "core")


if __name__ == "__main__":
    main()
