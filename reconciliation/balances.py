"""What follows for each family: due, paid, arrears and their age (rules §3)."""

import polars as pl

from reconciliation.policy import Policy
from reconciliation.position import Position
from reconciliation.settlement import Settled
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
    families: pl.DataFrame, done: Settled, policy: Policy, position: Position, calendar: WorkingDays
) -> pl.DataFrame:
    """One row per visible family, by family_id; shape BALANCES with a null standing (see `standing`).

    `family` in what is `done` is the place among `families`, and its frames are in that order.
    For every family `paid = (due − arrears) + prepaid + overpaid + (recovered − surplus_recovered)`.
    """
    parts = (
        _of_dues(done.ledger),
        _of_unpaid_dues(done.ledger, position),
        _of_movements(done.movements, policy, position, calendar),
        _of_allocations(done.allocations, policy),
    )
    rows = families.select("family_id").with_row_index("family")
    for part in parts:
        rows = rows.join(part, on="family", how="left", maintain_order="left")
    pence = [name for name in BALANCES if name.endswith("_pence")]
    return shaped(rows.with_columns(pl.col(pence).fill_null(0), standing=pl.lit(None, pl.String)), BALANCES)


def _summed(rows: pl.DataFrame, **pence: pl.Expr) -> pl.DataFrame:
    """`family` and sums of each family's rows, which stand together: running sums, less what ran up before."""
    is_last = rows.select(pl.col("family").ne_missing(pl.col("family").shift(-1))).to_series()
    run_up = rows.select("family", **{name: part.cum_sum() for name, part in pence.items()}).filter(is_last)
    return run_up.with_columns(pl.col(name) - pl.col(name).shift(1, fill_value=0) for name in pence)


def _of_dues(ledger: pl.DataFrame) -> pl.DataFrame:
    upcoming = pl.col("is_upcoming")
    return _summed(ledger, due_pence=_where(~upcoming, "due_pence"), prepaid_pence=_where(upcoming, "allocated_pence"))


def _of_unpaid_dues(ledger: pl.DataFrame, position: Position) -> pl.DataFrame:
    age = (pl.lit(position.as_of) - pl.col("due_on")).dt.total_days()
    lacking = pl.col("outstanding_pence")
    return (
        ledger.filter(~pl.col("is_upcoming"), lacking > 0)
        .group_by("family")
        .agg(
            arrears_pence=lacking.sum(),
            oldest_unpaid_on=pl.col("due_on").min(),
            days_overdue=age.max(),
            **{name: lacking.filter(age.is_between(low, high)).sum() for name, (low, high) in AGES.items()},
        )
    )


def _of_movements(movements, policy: Policy, position: Position, calendar: WorkingDays) -> pl.DataFrame:
    kind = pl.col("kind")
    may_come_back = pl.col("posted_on").is_in(_young_days(movements, policy, position, calendar).implode())
    is_payment = kind == TransactionKind.PAYMENT
    return _summed(
        movements,
        paid_pence=_where(is_payment, "remaining_pence"),
        overpaid_pence=pl.col("unallocated_pence"),
        recovered_pence=-_where(kind == TransactionKind.RECOVERY, "amount_pence"),
        counted_pence=pl.col("counted_pence"),
        remedies_paid_pence=_where(kind == TransactionKind.REMEDY, "remaining_pence"),
        provisional_pence=_where(is_payment & may_come_back, "remaining_pence"),
    ).with_columns(surplus_recovered_pence=pl.col("recovered_pence") - pl.col("counted_pence"))


def _where(holds: pl.Expr, pence: str) -> pl.Expr:
    """`pence` where `holds`, else 0."""
    return pl.when(holds).then(pence).otherwise(0)


def _young_days(movements, policy: Policy, position: Position, calendar: WorkingDays) -> pl.Series:
    """The days of posting so near to the position that the bank may still return what was posted."""
    age = calendar.counted(pl.col("posted_on"), pl.lit(position.as_of))
    return movements.select(pl.col("posted_on").unique()).filter(age < policy.clocks.return_days).to_series()


def _of_allocations(allocations: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """An old overpayment used for a newer due, shown so that nothing is netted in silence."""
    lead = (pl.col("due_on") - pl.col("posted_on")).dt.total_days()
    early = (pl.col("step") == Step.FIFO) & (lead > policy.matching.window_days)
    return allocations.filter(early).group_by("family").agg(offset_pence=pl.col("amount_pence").sum())
