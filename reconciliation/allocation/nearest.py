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
    paid = _on_one_line(payments).unique("moment", keep="first", maintain_order=True)
    owed = _on_one_line(instalments)
    met = paid.with_columns(place=_nearest(paid, owed, window_days)).filter(pl.col("place").is_not_null())
    facing = owed.select("instalment", owed_pence="pence", chosen=_chosen(paid, owed, window_days))[met["place"]]
    return (
        pl.concat([met, facing], how="horizontal")
        .filter(pl.col("payment") == pl.col("chosen"), pl.col("pence") == pl.col("owed_pence"))
        .select("payment", "instalment")
    )


def _on_one_line(side: pl.DataFrame) -> pl.DataFrame:
    """Adds `moment`: the days of all families one after the other, far apart."""
    moment = pl.col("family").cast(pl.Int64) * APART + pl.col("day").cast(pl.Int32)
    return side.with_columns(moment=moment.set_sorted())


def _chosen(paid: pl.DataFrame, owed: pl.DataFrame, window_days: int) -> pl.Series:
    """The nearest payment of each instalment."""
    return paid["payment"].gather(_nearest(owed, paid, window_days))


def _nearest(side: pl.DataFrame, others: pl.DataFrame, window_days: int) -> pl.Series:
    """For each row of `side` the place of the nearest of `others` within the window, or null; of two as near, the
    earlier one."""
    there = others.select("moment", there="moment").with_row_index("place")
    near = side.select("moment")
    for strategy in ("backward", "forward"):
        named = there.select("moment", pl.col("place", "there").name.suffix(f"_{strategy}"))
        near = near.join_asof(named, on="moment", strategy=strategy, tolerance=window_days)
    before = pl.col("moment") - pl.col("there_backward")
    after = pl.col("there_forward") - pl.col("moment")
    found = pl.when(after.is_null() | (before <= after)).then("place_backward").otherwise("place_forward")
    return near.select(found).to_series()
