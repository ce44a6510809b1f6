"""beancount on a slice of the council: every due and payment of the first families as a double entry, then balances.

A full council would take hours: a slice of a fixed number of families is measured, and rows a second says the rest.
"""

from collections import defaultdict
from decimal import Decimal

import polars as pl
from beancount import loader

from benchmarks.contenders.owed import owed
from benchmarks.stopwatch import Stopwatch, finish, folder

SLICE = 200
"""How many families."""
OPENING = "1970-01-01 open Expenses:Care\n1970-01-01 open Assets:Bank\n"


def main() -> None:
    stopwatch = Stopwatch()
    records = {file.stem: pl.read_parquet(file) for file in (folder() / "typed").glob("*.parquet")}
    first = records["families"].sort("family_id").head(SLICE).select("family_id")
    records = {name: frame.join(first, on="family_id", how="semi") for name, frame in records.items()}
    due = owed(records)
    with stopwatch.timing("total"):
        with stopwatch.timing("write"):
            journal = _journal(first["family_id"], due, records["transactions"])
        with stopwatch.timing("load"):
            entries, errors, _ = loader.load_string(journal)
        with stopwatch.timing("balance"):
            found = _owed(entries)
    if errors:
        raise SystemExit(str(errors[:3]))
    finish(stopwatch, records["transactions"].height, found, "beancount_slice")


def _journal(families: pl.Series, owed: pl.DataFrame, money: pl.DataFrame) -> str:
    accounts = [f"1970-01-01 open Liabilities:{family}" for family in families]
    due = [
        _entry(day, f"Liabilities:{family}", -pence, "Expenses:Care")
        for family, day, pence in owed.select("family_id", "due_on", "due_pence").iter_rows()
    ]
    paid = [
        _entry(day, f"Liabilities:{family}", pence, "Assets:Bank")
        for family, day, pence in money.select("family_id", "posted_on", "amount_pence").iter_rows()
    ]
    return OPENING + "\n".join([*accounts, *due, *paid]) + "\n"


def _entry(day, account: str, pence: int, other: str) -> str:
    return f'{day} * ""\n  {account}  {Decimal(pence) / 100} GBP\n  {other}\n'


def _owed(entries: list) -> pl.DataFrame:
    """What the account of each family says is owed; it cannot say for which due or since when."""
    sums = defaultdict(Decimal)
    for entry in entries:
        for posting in getattr(entry, "postings", ()):
            sums[posting.account] += posting.units.number
    pence = {account[12:]: int(-sum_ * 100) for account, sum_ in sums.items() if account.startswith("Liabilities:")}
    return pl.DataFrame({"family_id": pence.keys(), "arrears_pence": [max(0, owed) for owed in pence.values()]})


if __name__ == "__main__":
    main()
