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
    dues = _counted(results).group_by(month=_month("due_on")).agg(pl.col("due_pence").sum())
    paid = _settling(results).group_by(month=_month("settled_on")).agg(pl.col("amount_pence").sum())
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
    by_month = _counted(results).group_by(month=_month("due_on"))
    sums = by_month.agg(pl.col("due_pence").sum(), paid_pence=pl.col("allocated_pence").sum())
    return _months(results).join(sums, on="month", how="left", maintain_order="left").fill_null(0)


def _counted(results: Results) -> pl.DataFrame:
    dues = results.money.ledger.select("due_on", "due_pence", "allocated_pence", "is_upcoming")
    return dues.filter(~pl.col("is_upcoming"))


def _settling(results: Results) -> pl.DataFrame:
    """What settled dues that have fallen due, with the day from which it counts."""
    settled_on = pl.max_horizontal("posted_on", "due_on")
    paid = results.money.allocations.select("due_on", "posted_on", "amount_pence")
    return paid.filter(pl.col("due_on") <= results.position.as_of).with_columns(settled_on=settled_on)


def _months(results: Results) -> pl.DataFrame:
    """The first day of each of the last months, up to that of `as_of`."""
    last = results.position.as_of.replace(day=1)
    years, month = divmod(last.year * 12 + last.month - MONTHS_SHOWN, 12)
    return pl.DataFrame({"month": pl.date_range(date(years, month + 1, 1), last, "1mo", eager=True)})


def _month(day: str) -> pl.Expr:
    return pl.col(day).dt.truncate("1mo")
