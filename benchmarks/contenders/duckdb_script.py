"""A good DuckDB script over the same files: dues, whose money, FIFO arrears, interest. See `duckdb_script.sql`."""

from pathlib import Path

import duckdb
import holidays

from benchmarks.council import AS_OF
from benchmarks.stopwatch import Stopwatch, finish, folder
from reconciliation.policy import read_policy

SCRIPT = Path(__file__).with_suffix(".sql")
STEP = "-- step: "


def main() -> None:
    stopwatch = Stopwatch()
    with stopwatch.timing("total"):
        base = duckdb.connect(config={"threads": 2})
        _bring_tables(base)
        for part in SCRIPT.read_text(encoding="utf-8").split(STEP)[1:]:
            step, statements = part.split("\n", 1)
            with stopwatch.timing(step):
                base.execute(statements.replace("{landing}", str(folder() / "landing")))
        found = base.sql("from balances").pl()
    [(rows,)] = base.sql("select count(*) from transactions").fetchall()
    finish(stopwatch, rows, found, "duckdb_script")


def _bring_tables(base: duckdb.DuckDBPyConnection) -> None:
    """The position, the bank holidays and the Bank Rate."""
    base.execute("create table position as select ?::date as as_of", [AS_OF])
    days = holidays.country_holidays("GB", subdiv="ENG", years=range(2020, 2028))
    base.execute("create table bank_holidays (day date)")
    base.executemany("insert into bank_holidays values (?)", [[day] for day in days])
    base.execute("create table bank_rate (from_on date, rate decimal(8, 4))")
    base.executemany("insert into bank_rate values (?, ?)", [[*row] for row in read_policy().bank_rate.changes.items()])


if __name__ == "__main__":
    main()
