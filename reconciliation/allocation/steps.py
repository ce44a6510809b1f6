"""The five steps of rules §3 in their order."""

from dataclasses import dataclass

import polars as pl

from reconciliation.allocation.cancel import cancel
from reconciliation.allocation.named import named
from reconciliation.allocation.overlap import overlap
from reconciliation.allocation.recover import overpaid_by_then, recover
from reconciliation.allocation.regular import regular
from reconciliation.allocation.taking import others, scattered
from reconciliation.moments import moment
from reconciliation.policy.settings import Matching
from reconciliation.vocabulary import Step, TransactionKind

FAR_APART = 2**32
"""More than any number of dues: one whole number sorts sooner than two."""


@dataclass(frozen=True)
class Allocated:
    """What the five steps leave: ALLOTTED, by payment and due; `payment` of every payment that steps 2 and 3 passed by;
    `movement, remaining_pence, unexplained_pence, counted_pence, unallocated_pence` of every movement that says
    something beside the ordinary (a payment that remains whole and is allocated whole), null where it is ordinary."""

    allotted: pl.DataFrame
    passed_by: pl.DataFrame
    outcomes: pl.DataFrame


def allocate(movements: pl.DataFrame, targets: pl.DataFrame, dues: pl.DataFrame, matching: Matching) -> Allocated:
    """Cancel, named, regular, recover, FIFO over MOVEMENTS of identified families, TARGETS and DUES, all in order.

    What the first three steps use up falls away, so that the last two look at little.
    """
    remaining, unexplained = cancel(movements, targets)
    payments = _payments(movements, remaining)
    dues = dues.with_columns(lacking_pence="due_pence", instalment=moment("due_on").rle_id())
    recoveries = movements.filter(pl.col("kind") == TransactionKind.RECOVERY)
    room = overpaid_by_then(recoveries, payments, dues, matching.prepayment_days)

    by_name = named(payments, dues)
    payments, dues = _settle(payments, dues, by_name)

    by_rhythm = regular(payments, dues, matching.window_days)
    payments, dues = _without(payments, dues, by_rhythm)
    passed_by = payments.filter(pl.col("left_pence") == pl.col("remaining_pence")).select("payment")

    counted, payments = recover(room, payments)

    by_age = _fifo(payments, dues)
    payments, _ = _settle(payments, dues, by_age)

    steps = {Step.NAMED: by_name, Step.REGULAR: by_rhythm, Step.FIFO: by_age}
    allotted = pl.concat(pairs.with_columns(step=pl.lit(str(step))) for step, pairs in steps.items())
    allotted = allotted.sort(pl.col("payment").cast(pl.Int64) * FAR_APART + pl.col("due"))
    unallocated = payments.select(movement="payment", unallocated_pence="left_pence")
    return Allocated(allotted, passed_by, _outcomes(remaining, unexplained, counted, unallocated))


def _payments(movements: pl.DataFrame, remaining: pl.DataFrame) -> pl.DataFrame:
    whole = movements.with_columns(remaining_pence="amount_pence")
    return (
        scattered(whole, remaining, "movement")
        .filter(pl.col("kind") == TransactionKind.PAYMENT)
        .rename({"movement": "payment"})
        .drop("kind")
        .with_columns(left_pence="remaining_pence")
    )


def _outcomes(*parts: pl.DataFrame) -> pl.DataFrame:
    """One row per movement that any of the parts tells of."""
    return pl.concat(parts, how="diagonal").group_by("movement").agg(pl.all().max())


def _settle(payments: pl.DataFrame, dues: pl.DataFrame, pairs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Takes what the pairs allocate off what payments have left and off what dues lack."""
    if pairs.is_empty():
        return payments, dues
    return _less(payments, pairs, "payment", "left_pence"), _less(dues, pairs, "due", "lacking_pence")


def _less(side: pl.DataFrame, pairs: pl.DataFrame, key: str, column: str) -> pl.DataFrame:
    allotted = pairs.group_by(key).agg(_allotted=pl.col("amount_pence").sum())
    return (
        side.join(allotted, on=key, how="left", maintain_order="left")
        .with_columns(pl.col(column) - pl.col("_allotted").fill_null(0))
        .drop("_allotted")
    )


def _without(payments: pl.DataFrame, dues: pl.DataFrame, pairs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is still open once the pairs, each of which settles wholes, are taken out."""
    return (
        others(payments.filter(pl.col("left_pence") > 0), pairs["payment"], "payment"),
        others(dues.filter(pl.col("lacking_pence") > 0), pairs["due"], "due"),
    )


def _fifo(payments: pl.DataFrame, dues: pl.DataFrame) -> pl.DataFrame:
    """Step 5: what payments still have fills what dues still lack, both in order (rules §3.5)."""
    return overlap(
        payments.filter(pl.col("left_pence") > 0).select("payment", group="family", pence="left_pence"),
        dues.select("due", group="family", pence="lacking_pence"),
        "payment",
        "due",
    )
