"""The five steps of rules §3 in their order."""

from dataclasses import dataclass

import polars as pl

from reconciliation.allocation.cancel import cancel
from reconciliation.allocation.named import named
from reconciliation.allocation.overlap import overlap
from reconciliation.allocation.recover import recover
from reconciliation.allocation.regular import regular
from reconciliation.policy.settings import Matching
from reconciliation.vocabulary import Step, TransactionKind


@dataclass(frozen=True)
class Allocated:
    """What the five steps leave: ALLOTTED, PAYMENTS, `movement, remaining_pence` of payments and remedies,
    `movement, unexplained_pence` of returns and reversals, `movement, counted_pence` of recoveries."""

    allotted: pl.DataFrame
    payments: pl.DataFrame
    remaining: pl.DataFrame
    unexplained: pl.DataFrame
    counted: pl.DataFrame


def allocate(movements: pl.DataFrame, dues: pl.DataFrame, matching: Matching) -> Allocated:
    """Cancel, named, regular, recover, FIFO over MOVEMENTS of identified families and DUES, both in order."""
    remaining, unexplained = cancel(movements)
    payments = _payments(movements, remaining)
    dues = dues.with_columns(lacking_pence="due_pence", instalment=pl.struct("family", "due_on").rle_id())

    by_name = named(payments, dues)
    payments, dues = _settle(payments, dues, by_name)

    by_rhythm = regular(payments, dues, matching.window_days)
    payments, dues = _settle(payments, dues, by_rhythm)

    recoveries = movements.filter(pl.col("kind") == TransactionKind.RECOVERY)
    counted, payments = recover(recoveries, payments, dues, matching.prepayment_days)

    by_age = _fifo(payments, dues)
    payments, dues = _settle(payments, dues, by_age)

    steps = {Step.NAMED: by_name, Step.REGULAR: by_rhythm, Step.FIFO: by_age}
    allotted = pl.concat(pairs.with_columns(step=pl.lit(str(step))) for step, pairs in steps.items())
    return Allocated(allotted, payments, remaining, unexplained, counted)


def _payments(movements: pl.DataFrame, remaining: pl.DataFrame) -> pl.DataFrame:
    return (
        movements.filter(pl.col("kind") == TransactionKind.PAYMENT)
        .join(remaining, on="movement", maintain_order="left")
        .select(
            "family",
            "posted_on",
            "period_start",
            "amount_pence",
            "remaining_pence",
            payment="movement",
            left_pence="remaining_pence",
        )
        .sort("family", "payment")
    )


def _settle(payments: pl.DataFrame, dues: pl.DataFrame, pairs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Takes what the pairs allocate off what payments have left and off what dues lack."""
    return _less(payments, pairs, "payment", "left_pence"), _less(dues, pairs, "due", "lacking_pence")


def _less(side: pl.DataFrame, pairs: pl.DataFrame, key: str, column: str) -> pl.DataFrame:
    allotted = pairs.group_by(key).agg(_allotted=pl.col("amount_pence").sum())
    return (
        side.join(allotted, on=key, how="left", maintain_order="left")
        .with_columns(pl.col(column) - pl.col("_allotted").fill_null(0))
        .drop("_allotted")
    )


def _fifo(payments: pl.DataFrame, dues: pl.DataFrame) -> pl.DataFrame:
    """Step 5: what payments still have fills what dues still lack, both in order (rules §3.5)."""
    return overlap(
        payments.filter(pl.col("left_pence") > 0).select("payment", group="family", pence="left_pence"),
        dues.filter(pl.col("lacking_pence") > 0).select("due", group="family", pence="lacking_pence"),
        "payment",
        "due",
    )
