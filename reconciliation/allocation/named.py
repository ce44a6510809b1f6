"""Step 2: payments that name a period fill that period's dues (rules §3.2)."""

import polars as pl

from reconciliation.allocation.overlap import overlap

PERIOD = ("family", "period_start")


def named(payments: pl.DataFrame, dues: pl.DataFrame) -> pl.DataFrame:
    """Pairs `payment, due, amount_pence` of the payments with a `period_start` that their family's dues share."""
    naming = payments.filter(pl.col("period_start").is_not_null(), pl.col("left_pence") > 0)
    groups = naming.select(PERIOD).unique(maintain_order=True).with_row_index("group")
    return overlap(
        naming.join(groups, on=PERIOD, maintain_order="left").select("group", "payment", pence="left_pence"),
        dues.join(groups, on=PERIOD, maintain_order="left").select("group", "due", pence="lacking_pence"),
        "payment",
        "due",
    )
