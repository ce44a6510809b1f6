"""The pandas notebook that an analyst would write first: FIFO by running sums, family by family on one long line.

It knows what the DuckDB script knows; due dates and pence are worked out column by column.
"""

import holidays
import numpy as np
import pandas as pd
import polars as pl

from benchmarks.council import ANCHOR, AS_OF, PERIOD_DAYS
from benchmarks.stopwatch import Stopwatch, finish, folder

DAY = np.timedelta64(1, "D")
KEY = "family_id"


def main() -> None:
    stopwatch = Stopwatch()
    with stopwatch.timing("total"):
        with stopwatch.timing("read"):
            families, entitlements, transactions = (
                _read(name) for name in ("families", "entitlements", "transactions")
            )
        with stopwatch.timing("dues"):
            dues = _dues(entitlements)
        with stopwatch.timing("identify"):
            money = _identified(transactions, families)
        with stopwatch.timing("fifo"):
            parts = _parts(dues, _kept_payments(money))
        with stopwatch.timing("balances"):
            found = _balances(families, parts)
    finish(stopwatch, len(transactions), pl.from_pandas(found), "pandas_notebook")


def _read(name: str) -> pd.DataFrame:
    table = pd.read_csv(folder() / "landing" / f"{name}.csv", dtype=str)
    for column in table.columns:
        if column in ("amount", "weekly_contribution"):
            table[column] = (table[column].astype(float) * 100).round().astype("int64")
        elif column in ("posted_on", "effective_from", "effective_to"):
            table[column] = pd.to_datetime(table[column])
    return table


def _dues(lines: pd.DataFrame) -> pd.DataFrame:
    anchor, as_of = np.datetime64(ANCHOR), np.datetime64(AS_OF)
    first = ((lines["effective_from"] - anchor) // DAY // PERIOD_DAYS).to_numpy()
    until = lines["effective_to"].fillna(pd.Timestamp(AS_OF) + pd.Timedelta(days=24))
    last = ((until - anchor) // DAY // PERIOD_DAYS).to_numpy()
    count = last - first + 1
    dues = lines.loc[lines.index.repeat(count), [KEY, "amount", "weekly_contribution", "effective_from"]]
    dues["until"] = np.repeat(until.to_numpy(), count)
    number = np.repeat(first, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    start = anchor + number * PERIOD_DAYS * DAY
    first_day = np.maximum(start, dues["effective_from"].to_numpy())
    days = (np.minimum(start + (PERIOD_DAYS - 1) * DAY, dues["until"].to_numpy()) - first_day) // DAY + 1
    bank_holidays = sorted(holidays.country_holidays("GB", subdiv="ENG", years=range(2020, 2028)))
    days_on = first_day.astype("datetime64[D]")
    dues["due_on"] = np.busday_offset(days_on, 0, roll="backward", holidays=bank_holidays)
    shares = [(dues[name] * days * 2 + 7) // 14 for name in ("amount", "weekly_contribution")]
    dues["pence"] = shares[0] - shares[1]
    kept = dues[(dues["pence"] > 0) & (dues["due_on"] <= as_of + 10 * DAY)]
    return kept[[KEY, "due_on", "pence"]].sort_values([KEY, "due_on"], kind="stable")


def _identified(transactions: pd.DataFrame, families: pd.DataFrame) -> pd.DataFrame:
    by_reference = families.drop_duplicates("payee_reference", keep=False).set_index("payee_reference")[KEY]
    by_narrative = transactions["narrative"].str.extract(r"(F\d+)", expand=False)
    known = transactions[KEY].fillna(transactions["payee_reference"].map(by_reference)).fillna(by_narrative)
    return transactions.assign(family_id=known)[known.notna()]


def _kept_payments(money: pd.DataFrame) -> pd.DataFrame:
    """Payments in order, less what was returned; recoveries come off the newest."""
    undone = money[money["kind"].isin(["return", "reversal"])].groupby("reverses")["amount"].sum()
    payments = money[money["kind"] == "payment"].sort_values([KEY, "posted_on", "transaction_id"])
    pence = payments["amount"] + payments["transaction_id"].map(undone).fillna(0).astype("int64")
    recovered = money[money["kind"] == "recovery"].groupby(KEY)["amount"].sum()
    back = payments[KEY].map(recovered).fillna(0).astype("int64")
    high = pence.groupby(payments[KEY]).cumsum()
    ceiling = pence.groupby(payments[KEY]).transform("sum") + back
    kept = np.minimum(high, ceiling) - np.minimum(high - pence, ceiling)
    return payments.assign(pence=kept)[[KEY, "posted_on", "pence"]][kept > 0]


def _parts(dues: pd.DataFrame, payments: pd.DataFrame) -> pd.DataFrame:
    """Where the running sums of dues and payments meet, filled from the next due and the next payment."""
    sides = [side.assign(end=side.groupby(KEY)["pence"].cumsum()).drop(columns="pence") for side in (dues, payments)]
    line = pd.concat(sides).sort_values([KEY, "end"], kind="stable")
    line[["due_on", "posted_on"]] = line.groupby(KEY)[["due_on", "posted_on"]].bfill()
    line["part"] = line["end"] - line.groupby(KEY)["end"].shift(fill_value=0)
    return line[line["part"] > 0]


def _balances(families: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    as_of = pd.Timestamp(AS_OF)
    unpaid = parts["posted_on"].isna() & (parts["due_on"] <= as_of)
    late = (parts["posted_on"].fillna(as_of) - parts["due_on"]) // DAY
    pence_days = (parts["part"] * late.clip(lower=0).fillna(0).astype("int64")).where(parts["due_on"].notna(), 0)
    sums = pd.DataFrame(
        {
            "arrears_pence": parts["part"].where(unpaid, 0).groupby(parts[KEY]).sum(),
            "overpaid_pence": parts["part"].where(parts["due_on"].isna(), 0).groupby(parts[KEY]).sum(),
            "interest_pence": (pence_days.groupby(parts[KEY]).sum() * 16 + 36_500) // 73_000,
        }
    )
    return families[[KEY]].merge(sums.reset_index(), on=KEY, how="left").fillna(0)


if __name__ == "__main__":
    main()
