"""Step 4: a recovery takes back what was overpaid by then; the rest of it is unspent money (rules §3.4)."""

from datetime import timedelta

import polars as pl

from reconciliation.allocation.taking import in_rounds, newest_first, replaced

NONE = pl.lit(0, pl.Int64)


def recover(
    recoveries: pl.DataFrame, payments: pl.DataFrame, dues: pl.DataFrame, prepayment_days: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What each recovery counts against overpayment, and the payments with that much less left.

    `recoveries` are movements of that kind in order. Returns (`movement, counted_pence` of every recovery, PAYMENTS).
    """
    events = recoveries.select(
        "family", recovery="movement", recovered_on="posted_on", recovery_pence=-pl.col("amount_pence")
    )
    events = events.join(_due_by(events, dues, prepayment_days), on="recovery", how="left", maintain_order="left")
    counted = [pl.DataFrame(schema={"movement": pl.UInt32, "family": pl.UInt32, "counted_pence": pl.Int64})]
    for batch in in_rounds(events):
        before = pl.concat(counted).group_by("family").agg(counted_before=pl.col("counted_pence").sum())
        money = payments.join(batch, on="family", maintain_order="left")
        taken = _take_back(money.join(before, on="family", how="left", maintain_order="left"))
        payments = replaced(payments, taken, "payment", "left_pence")
        counted.append(_counted(batch, taken))
    return pl.concat(counted).select("movement", "counted_pence"), payments


def _due_by(events: pl.DataFrame, dues: pl.DataFrame, prepayment_days: int) -> pl.DataFrame:
    """`recovery, due_by_pence`: what was due, or payable early, on the day of each recovery."""
    reach = pl.col("recovered_on") + pl.lit(timedelta(days=prepayment_days))
    return (
        events.join(dues.select("family", "due_on", "due_pence"), on="family")
        .filter(pl.col("due_on") <= reach)
        .group_by("recovery")
        .agg(due_by_pence=pl.col("due_pence").sum())
    )


def _take_back(money: pl.DataFrame) -> pl.DataFrame:
    """One recovery per family against that family's payments in order: what each of them gives, and has left."""
    by_then = pl.col("posted_on") <= pl.col("recovered_on")
    paid = pl.when(by_then).then("remaining_pence").otherwise(NONE).sum().over("family")
    available = pl.when(by_then).then("left_pence").otherwise(NONE)
    overpaid = paid - pl.col("due_by_pence").fill_null(0) - pl.col("counted_before").fill_null(0)
    money = money.with_columns(
        available=available,
        counted=pl.max_horizontal(pl.min_horizontal(overpaid, "recovery_pence", available.sum().over("family")), NONE),
    )
    given = newest_first(pl.col("available"), pl.col("counted"))
    return money.with_columns(given=given, left_pence=pl.col("left_pence") - given)


def _counted(batch: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    given = taken.group_by("recovery").agg(counted_pence=pl.col("given").sum())
    return batch.join(given, on="recovery", how="left", maintain_order="left").select(
        pl.col("recovery").alias("movement"), "family", pl.col("counted_pence").fill_null(0)
    )
