"""How a position came about, month by month, seen from the position alone.

What is known now is applied to every earlier month: a payment that came back later never counts as paid.
"""

from datetime import date

import polars as pl

from reconciliation.results import Results

MONTHS_SHOWN = 24


def arrears_by_month(results: Results) -> pl.DataFrame:
    """Columns month (its first day), arrears_pence: what had fallen due by the month's end and was not yet paid.

    The last month ends on `as_of`. Money paid early counts from the day it was due.
    """
    dues = _by_month(_counted(results), "due_on", "due_pence")
    paid = _by_month(_settling(results), "settled_on", "amount_pence")
    return (
        _months(results)
        .join(dues, on="month", how="full", coalesce=True)
        .join(paid, on="month", how="full", coalesce=True)
        .sort("month")
        .select(
            "month", arrears_pence=(pl.col("due_pence").fill_null(0) - pl.col("amount_pence").fill_null(0)).cum_sum()
        )
        .tail(MONTHS_SHOWN)
    )


def due_and_paid_by_month(results: Results) -> pl.DataFrame:
    """Columns month (first day), due_pence, paid_pence: what fell due in a month, and what of it is paid by now."""
    sums = _by_month(_counted(results), "due_on", "due_pence", "allocated_pence").rename(
        {"allocated_pence": "paid_pence"}
    )
    return _months(results).join(sums, on="month", how="left", maintain_order="left").fill_null(0)


def _counted(results: Results) -> pl.LazyFrame:
    return results.money.ledger.lazy().filter(~pl.col("is_upcoming"))


def _settling(results: Results) -> pl.LazyFrame:
    """What settled dues that have fallen due, with the day from which it counts."""
    settled_on = pl.max_horizontal("posted_on", "due_on")
    paid = results.money.allocations.lazy().filter(pl.col("due_on") <= results.position.as_of)
    return paid.with_columns(settled_on=settled_on)


def _by_month(rows: pl.LazyFrame, day: str, *pence: str) -> pl.DataFrame:
    """`month` and the sums of its rows: first of each day, since there are few days and a day's month takes time."""
    days = rows.group_by(day).agg(pl.col(pence).sum()).collect()
    return days.group_by(month=pl.col(day).dt.truncate("1mo")).agg(pl.col(pence).sum())


def _months(results: Results) -> pl.DataFrame:
    """The first day of each of the last months, up to that of `as_of`."""
    last = results.position.as_of.replace(day=1)
    years, month = divmod(last.year * 12 + last.month - MONTHS_SHOWN, 12)
    return pl.DataFrame({"month": pl.date_range(date(years, month + 1, 1), last, "1mo", eager=True)})
