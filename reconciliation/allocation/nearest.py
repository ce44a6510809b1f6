"""The plain majority of rules §3.3: payments and instalments that are each other's nearest and of the same amount.

Of all pairs that step 3 may form, one whose payment and instalment have nothing nearer at all comes before every
other pair of either. So it is taken whatever else happens, and two merges of ordered rows find almost all of them.
"""

import polars as pl

APART = 10**8
"""More days than any calendar has, so that the days of one family are never near another's."""


def mutually_nearest(payments: pl.DataFrame, instalments: pl.DataFrame, window_days: int) -> pl.DataFrame:
    """Pairs `payment, instalment` of one amount, at most `window_days` apart, each the nearest of the other.

    Both sides have `family, day, pence` and are in the order of (family, day), payments of one day by their number.
    """
    paid = _with_moment(payments).unique("moment", keep="first", maintain_order=True)
    owed = _with_moment(instalments)
    to_owed = _nearest(paid, owed, "instalment", window_days)
    to_paid = _nearest(owed, paid, "payment", window_days)
    return (
        to_owed.join(to_paid, on=["payment", "instalment"])
        .filter(pl.col("pence") == pl.col("pence_right"))
        .select("payment", "instalment")
    )


def _with_moment(side: pl.DataFrame) -> pl.DataFrame:
    moment = pl.col("family").cast(pl.Int64) * APART + pl.col("day").cast(pl.Int32)
    return side.with_columns(moment=moment.set_sorted())


def _nearest(side: pl.DataFrame, others: pl.DataFrame, other: str, window_days: int) -> pl.DataFrame:
    """`side` with the nearest of `others` within the window, if any; the earlier one of two as near."""
    near = side
    for strategy in ("backward", "forward"):
        there = others.select("moment", pl.col(other).alias(strategy), pl.col("moment").alias(f"{strategy}_moment"))
        near = near.join_asof(there, on="moment", strategy=strategy, tolerance=window_days)
    before = pl.col("moment") - pl.col("backward_moment")
    after = pl.col("forward_moment") - pl.col("moment")
    found = pl.when(after.is_null() | (before <= after)).then("backward").otherwise("forward")
    return near.with_columns(found.alias(other)).filter(pl.col(other).is_not_null())
