"""Step 4: a recovery takes back what was overpaid by then; the rest of it is unspent money (rules §3.4)."""

from datetime import timedelta

import polars as pl

from reconciliation.allocation.taking import in_rounds, newest_first, replaced

NONE = pl.lit(0, pl.Int64)


def overpaid_by_then(
    recoveries: pl.DataFrame, payments: pl.DataFrame, dues: pl.DataFrame, prepayment_days: int
) -> pl.DataFrame:
    """Each recovery with what had been paid on its day beyond what was due, or payable early, by then.

    `recoveries` are movements of that kind in order; `payments` and `dues` are all that there are. Returns
    `family, recovery, recovered_on, recovery_pence, overpaid_pence` in the same order.
    """
    events = recoveries.select(
        "family", recovery="movement", recovered_on="posted_on", recovery_pence=-pl.col("amount_pence")
    )
    reach = pl.col("recovered_on") + pl.lit(timedelta(days=prepayment_days))
    paid = _sum_by_then(events, payments, pl.col("posted_on") <= pl.col("recovered_on"), "remaining_pence")
    due = _sum_by_then(events, dues, pl.col("due_on") <= reach, "due_pence")
    return (
        events.join(paid, on="recovery", how="left", maintain_order="left")
        .join(due, on="recovery", how="left", maintain_order="left")
        .select(
            *events.columns, overpaid_pence=pl.col("remaining_pence").fill_null(0) - pl.col("due_pence").fill_null(0)
        )
    )


def _sum_by_then(events: pl.DataFrame, rows: pl.DataFrame, by_then: pl.Expr, pence: str) -> pl.DataFrame:
    return events.join(rows, on="family").filter(by_then).group_by("recovery").agg(pl.col(pence).sum())


def recover(events: pl.DataFrame, payments: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What each recovery counts against overpayment, and the payments with that much less left.

    `events` come from `overpaid_by_then`; `payments` are those that still have something left. Returns
    (`movement, counted_pence` of every recovery, PAYMENTS).
    """
    counted = [pl.DataFrame(schema={"movement": pl.UInt32, "family": pl.UInt32, "counted_pence": pl.Int64})]
    for batch in in_rounds(events):
        before = pl.concat(counted).group_by("family").agg(counted_before=pl.col("counted_pence").sum())
        money = payments.join(batch, on="family", maintain_order="left")
        taken = _take_back(money.join(before, on="family", how="left", maintain_order="left"))
        payments = replaced(payments, taken, "payment", "left_pence")
        counted.append(_counted(batch, taken))
    return pl.concat(counted).select("movement", "counted_pence"), payments


def _take_back(money: pl.DataFrame) -> pl.DataFrame:
    """One recovery per family against that family's payments in order: what each of them gives, and has left."""
    available = pl.when(pl.col("posted_on") <= pl.col("recovered_on")).then("left_pence").otherwise(NONE)
    overpaid = pl.col("overpaid_pence") - pl.col("counted_before").fill_null(0)
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
