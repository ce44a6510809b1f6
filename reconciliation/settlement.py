"""Dues and identified money brought together: numbers for the allocation, names for everyone else (rules §3)."""

import polars as pl

from reconciliation.allocation import Allocated, allocate
from reconciliation.policy import Policy
from reconciliation.shapes import ALLOCATIONS, INSTALMENTS, LEDGER, MOVEMENTS, shaped
from reconciliation.vocabulary import MONEY_TO_FAMILY

NO_PENCE = pl.lit(0, pl.Int64)


def settled(
    identified: pl.DataFrame, dues: pl.DataFrame, families: pl.DataFrame, policy: Policy
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The ledger, the movements and the allocations (shapes LEDGER, MOVEMENTS, ALLOCATIONS).

    `identified` are the visible transactions in order with their families (identify.identified), `dues` have the shape
    DUES in order, `families` are the visible ones.
    """
    numbers = families.select("family_id").with_row_index("family")
    movements = identified.with_row_index("movement")
    dues = dues.with_row_index("due")
    allocated = allocate(_numbered_movements(movements, numbers), _numbered_dues(dues, numbers), policy.matching)
    allotted = allocated.allotted.join(
        movements.select("family_id", "transaction_id", "posted_on", payment="movement"), on="payment"
    )
    return (
        _ledger(dues, allotted),
        _movements(movements, allocated),
        _allocations(allotted, dues),
    )


def _numbered_movements(movements: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    ours = movements.join(numbers, on="family_id", maintain_order="left")
    reversible = ours.filter(pl.col("kind").is_in(MONEY_TO_FAMILY)).select(
        "family", reverses="transaction_id", target="movement"
    )
    return ours.join(reversible, on=["family", "reverses"], how="left", maintain_order="left").select(
        "movement", "family", "kind", "posted_on", "period_start", "amount_pence", "target"
    )


def _numbered_dues(dues: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    return dues.join(numbers, on="family_id", maintain_order="left").select(
        "due", "family", "due_on", "period_start", "due_pence"
    )


def _ledger(dues: pl.DataFrame, allotted: pl.DataFrame) -> pl.DataFrame:
    paid = allotted.group_by("due").agg(allocated_pence=pl.col("amount_pence").sum(), last_paid_on=pl.max("posted_on"))
    return shaped(
        dues.join(paid, on="due", how="left", maintain_order="left")
        .with_columns(pl.col("allocated_pence").fill_null(0))
        .with_columns(outstanding_pence=pl.col("due_pence") - pl.col("allocated_pence")),
        LEDGER,
    )


def instalments(ledger: pl.DataFrame) -> pl.DataFrame:
    """All of a family's dues sharing one due_on, as one row (rules §1); shape INSTALMENTS."""
    return shaped(
        ledger.group_by("family_id", "due_on", maintain_order=True).agg(
            pl.col("due_pence", "allocated_pence", "outstanding_pence").sum(),
            pl.max("last_paid_on"),
            pl.first("is_upcoming"),
        ),
        INSTALMENTS,
    )


def _movements(movements: pl.DataFrame, allocated: Allocated) -> pl.DataFrame:
    unallocated = allocated.payments.select(movement="payment", unallocated_pence="left_pence")
    for outcome in (allocated.remaining, allocated.unexplained, allocated.counted, unallocated):
        movements = movements.join(outcome, on="movement", how="left", maintain_order="left")
    outcomes = ("remaining_pence", "unexplained_pence", "counted_pence", "unallocated_pence")
    return shaped(movements.with_columns(pl.col(outcomes).fill_null(0)), MOVEMENTS)


def _allocations(allotted: pl.DataFrame, dues: pl.DataFrame) -> pl.DataFrame:
    return shaped(
        allotted.join(dues.select("due", "entitlement_id", "period_start", "due_on"), on="due").sort(
            "family_id", "transaction_id", "entitlement_id", "period_start"
        ),
        ALLOCATIONS,
    )
