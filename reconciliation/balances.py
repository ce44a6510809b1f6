"""What follows for each family: due, paid, arrears and their age (rules §3)."""

import polars as pl

from reconciliation.policy import Policy
from reconciliation.position import Position
from reconciliation.shapes import BALANCES, shaped
from reconciliation.vocabulary import Step, TransactionKind
from reconciliation.working_days import WorkingDays

AGES = {
    "arrears_0_28_pence": (0, 28),
    "arrears_29_56_pence": (29, 56),
    "arrears_57_84_pence": (57, 84),
    "arrears_85_plus_pence": (85, 10**6),
}


def balances(
    families: pl.DataFrame,
    ledger: pl.DataFrame,
    movements: pl.DataFrame,
    allocations: pl.DataFrame,
    policy: Policy,
    position: Position,
    calendar: WorkingDays,
) -> pl.DataFrame:
    """One row per visible family, by family_id; shape BALANCES with a null standing (see `standing`).

    For every family `paid = (due − arrears) + prepaid + overpaid + (recovered − surplus_recovered)`.
    """
    parts = (
        _of_dues(ledger, position),
        _of_movements(movements, policy, position, calendar),
        _of_allocations(allocations, policy),
    )
    rows = families.select("family_id").sort("family_id")
    for part in parts:
        rows = rows.join(part, on="family_id", how="left", maintain_order="left")
    pence = [name for name in BALANCES if name.endswith("_pence")]
    return shaped(rows.with_columns(pl.col(pence).fill_null(0), standing=pl.lit(None, pl.String)), BALANCES)


def _of_dues(ledger: pl.DataFrame, position: Position) -> pl.DataFrame:
    age = (pl.lit(position.as_of) - pl.col("due_on")).dt.total_days()
    fallen_due = ~pl.col("is_upcoming")
    lacking = pl.col("outstanding_pence")
    unpaid_on = pl.col("due_on").filter(fallen_due, lacking > 0).min()
    return ledger.group_by("family_id").agg(
        due_pence=pl.col("due_pence").filter(fallen_due).sum(),
        arrears_pence=lacking.filter(fallen_due).sum(),
        prepaid_pence=pl.col("allocated_pence").filter(pl.col("is_upcoming")).sum(),
        oldest_unpaid_on=unpaid_on,
        days_overdue=(pl.lit(position.as_of) - unpaid_on).dt.total_days(),
        **{name: lacking.filter(age.is_between(low, high)).sum() for name, (low, high) in AGES.items()},
    )


def _of_movements(movements, policy: Policy, position: Position, calendar: WorkingDays) -> pl.DataFrame:
    kind = pl.col("kind")
    remaining = pl.col("remaining_pence")
    is_payment = kind == TransactionKind.PAYMENT
    may_come_back = calendar.counted(pl.col("posted_on"), pl.lit(position.as_of)) < policy.clocks.return_days
    recovered = (-pl.col("amount_pence")).filter(kind == TransactionKind.RECOVERY).sum()
    return (
        movements.filter(pl.col("family_id").is_not_null())
        .group_by("family_id")
        .agg(
            paid_pence=remaining.filter(is_payment).sum(),
            overpaid_pence=pl.col("unallocated_pence").sum(),
            recovered_pence=recovered,
            surplus_recovered_pence=recovered - pl.col("counted_pence").sum(),
            remedies_paid_pence=remaining.filter(kind == TransactionKind.REMEDY).sum(),
            provisional_pence=remaining.filter(is_payment & may_come_back).sum(),
        )
    )


def _of_allocations(allocations: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """An old overpayment used for a newer due, shown so that nothing is netted in silence."""
    lead = (pl.col("due_on") - pl.col("posted_on")).dt.total_days()
    early = (pl.col("step") == Step.FIFO) & (lead > policy.matching.window_days)
    return allocations.filter(early).group_by("family_id").agg(offset_pence=pl.col("amount_pence").sum())
