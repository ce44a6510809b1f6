"""When a case must be decided (rules §6, CASE_OVERDUE)."""

import polars as pl

from reconciliation.policy import Policy
from reconciliation.policy.settings import Deadline
from reconciliation.position import Position
from reconciliation.working_days import WorkingDays


def cases_with_deadlines(cases: pl.DataFrame, policy: Policy, position: Position) -> pl.DataFrame:
    """`cases` with the `deadline` of each one's stage after received_on, and `days_past` it.

    `days_past` counts to the day of the decision, or to `as_of` while there is none; below zero there is still time.
    Statutory complaints: SI 2009/309 reg 14; stages 1 and 2: LGSCO Complaint Handling Code.
    """
    calendar = WorkingDays.between(cases["received_on"].min() or position.as_of, position.as_of)
    deadline = pl.coalesce(
        pl.when(pl.col("stage") == stage).then(_after(pl.col("received_on"), span, calendar))
        for stage, span in policy.cases
    )
    ended_on = pl.col("decided_on").fill_null(position.as_of)
    return cases.with_columns(deadline=deadline).with_columns(days_past=(ended_on - pl.col("deadline")).dt.total_days())


def _after(day: pl.Expr, span: Deadline, calendar: WorkingDays) -> pl.Expr:
    """Months keep the day of the month; a day that the month lacks becomes its last."""
    return calendar.nth_after(day, span.count) if span.unit == "wd" else day.dt.offset_by(f"{span.count}mo")
