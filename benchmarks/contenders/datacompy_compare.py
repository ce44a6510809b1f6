"""datacompy on due against paid: two tables of sums per family and month, and the rows on which they differ.

It says that sums differ, not what was paid for what: no arrears, no dates, no interest. The dues are the core's own,
worked out before the clock starts.
"""

import datacompy
import polars as pl

from benchmarks.contenders.owed import owed
from benchmarks.stopwatch import Stopwatch, finish, folder

KEY = ["family_id", "month"]


def main() -> None:
    stopwatch = Stopwatch()
    records = {file.stem: pl.read_parquet(file) for file in (folder() / "typed").glob("*.parquet")}
    due = owed(records)
    paid = records["transactions"].filter(pl.col("family_id").is_not_null())
    with stopwatch.timing("total"):
        with stopwatch.timing("sum"):
            tables = [_by_month(due, "due_on", "due_pence"), _by_month(paid, "posted_on", "amount_pence")]
        with stopwatch.timing("compare"):  # its Polars class asks for Polars 1
            compared = datacompy.PandasCompare(
                *(table.to_pandas() for table in tables), join_columns=KEY, df1_name="due", df2_name="paid"
            )
            compared.all_mismatch()
    finish(stopwatch, records["transactions"].height)


def _by_month(rows: pl.DataFrame, day: str, pence: str) -> pl.DataFrame:
    return rows.group_by("family_id", month=pl.col(day).dt.truncate("1mo")).agg(pence=pl.col(pence).sum())


if __name__ == "__main__":
    main()
