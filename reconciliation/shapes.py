"""The frames that the rooms of the core hand on: each shape is declared here once.

Money is Int64 pence (`_pence`), dates are dates (`_on`, or a period's start and end), flags start with `is_`.
The same quantity has the same name in every frame. Identifiers are strings.
"""

import polars as pl

DUES = {
    "family_id": pl.String,
    "entitlement_id": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "due_on": pl.Date,
    "percent_days": pl.Int64,
    "gross_pence": pl.Int64,
    "contribution_pence": pl.Int64,
    "due_pence": pl.Int64,
    "is_upcoming": pl.Boolean,
}
"""One row per due, in the order of rules §3: (family_id, due_on, entitlement_id, period_start)."""

LEDGER = DUES | {
    "allocated_pence": pl.Int64,
    "outstanding_pence": pl.Int64,
    "last_paid_on": pl.Date,
}
"""The dues with what was paid for each; `last_paid_on` is null where nothing was."""

INSTALMENTS = {
    "family_id": pl.String,
    "due_on": pl.Date,
    "due_pence": pl.Int64,
    "allocated_pence": pl.Int64,
    "outstanding_pence": pl.Int64,
    "last_paid_on": pl.Date,
    "is_upcoming": pl.Boolean,
}
"""All of a family's dues sharing one due_on (rules §1)."""

MOVEMENTS = {
    "transaction_id": pl.String,
    "family_id": pl.String,
    "identified_by": pl.String,
    "kind": pl.String,
    "posted_on": pl.Date,
    "amount_pence": pl.Int64,
    "payee_reference": pl.String,
    "narrative": pl.String,
    "reverses": pl.String,
    "period_start": pl.Date,
    "promise_id": pl.String,
    "named_family_id": pl.String,
    "remaining_pence": pl.Int64,
    "unexplained_pence": pl.Int64,
    "counted_pence": pl.Int64,
    "unallocated_pence": pl.Int64,
}
"""Every visible transaction posted by `as_of`, family after family (those in suspense last), in the order (posted_on,
transaction_id).

`family_id` is whose it is, null in suspense; `named_family_id` is what the record said; `identified_by` is
`family_id`, `payee_reference` or `narrative`. `remaining_pence`: of a payment or remedy after cancelling (§3.1),
else 0. `unexplained_pence`: of a return or reversal, positive. `counted_pence`: of a recovery, what counted against
overpayment, positive. `unallocated_pence`: of a payment after all steps, else 0.
"""

ALLOCATIONS = {
    "family_id": pl.String,
    "transaction_id": pl.String,
    "entitlement_id": pl.String,
    "period_start": pl.Date,
    "step": pl.String,
    "posted_on": pl.Date,
    "amount_pence": pl.Int64,
    "due_on": pl.Date,
}
"""What each payment settled (rules §3), in the order of the payments and, of each, of the dues."""

BALANCES = {
    "family_id": pl.String,
    "standing": pl.String,
    "due_pence": pl.Int64,
    "paid_pence": pl.Int64,
    "arrears_pence": pl.Int64,
    "prepaid_pence": pl.Int64,
    "overpaid_pence": pl.Int64,
    "recovered_pence": pl.Int64,
    "surplus_recovered_pence": pl.Int64,
    "remedies_paid_pence": pl.Int64,
    "offset_pence": pl.Int64,
    "provisional_pence": pl.Int64,
    "oldest_unpaid_on": pl.Date,
    "days_overdue": pl.Int64,
    "arrears_0_28_pence": pl.Int64,
    "arrears_29_56_pence": pl.Int64,
    "arrears_57_84_pence": pl.Int64,
    "arrears_85_plus_pence": pl.Int64,
}
"""One row per visible family, by family_id."""

INTEREST = {
    "family_id": pl.String,
    "basis": pl.String,
    "amount_pence": pl.Int64,
    "reason": pl.String,
}
"""One row per basis of the policy for each family where any basis is above zero; a basis that cannot be worked out
has a null amount and its reason (rules §4)."""

COMPENSATION = {
    "family_id": pl.String,
    "head": pl.String,
    "basis": pl.String,
    "low_pence": pl.Int64,
    "high_pence": pl.Int64,
    "trigger": pl.String,
    "source": pl.String,
    "is_selected": pl.Boolean,
    "needs_approval": pl.Boolean,
}
"""Every head of compensation, all indicative (rules §4)."""

PROMISES = {
    "promise_id": pl.String,
    "family_id": pl.String,
    "kind": pl.String,
    "amount_pence": pl.Int64,
    "discharged_pence": pl.Int64,
    "outstanding_pence": pl.Int64,
    "agreed_on": pl.Date,
    "due_on": pl.Date,
    "days_overdue": pl.Int64,
    "state": pl.String,
}
"""Every visible promise and where it stands (rules §5), by promise_id."""

RAISED = {
    "code": pl.String,
    "family_id": pl.String,
    "subject": pl.String,
    "severity": pl.String,
    "amount_pence": pl.Int64,
    "since": pl.Date,
    "items": pl.Int64,
    "evidence": pl.String,
}
"""What every rule of rules §6 returns: one row per exception it raises. `family_id` is null only for SUSPENSE."""

SUSPENSE = {
    "transaction_id": pl.String,
    "posted_on": pl.Date,
    "amount_pence": pl.Int64,
    "kind": pl.String,
    "payee_reference": pl.String,
    "narrative": pl.String,
    **{
        f"candidate_{place}{part}": dtype
        for place in (1, 2, 3)
        for part, dtype in (("", pl.String), ("_score", pl.Int64), ("_reason", pl.String))
    },
}
"""Money whose family nobody can name, with up to three candidates; a score is 0 to 100 (rules §2)."""

BRIEFING = {
    "family_id": pl.String,
    "trigger": pl.String,
    "since": pl.Date,
    "amount_pence": pl.Int64,
    "role": pl.String,
    "notified_on": pl.Date,
    "acknowledged_on": pl.Date,
    "working_days_past": pl.Int64,
}
"""One row per escalated family and role that must know (rules §7); `working_days_past` is how many working days
have gone by since the trigger date beyond `acknowledge_days`, null once the role is informed or before that."""

LOOKBACK = {
    "family_id": pl.String,
    "owed": pl.Boolean,
    "plan": pl.Boolean,
    "carer": pl.Boolean,
    "recruitment": pl.Boolean,
    "promise": pl.Boolean,
    "failings": pl.Int64,
    "similar": pl.Boolean,
}
"""Which of the five failings of the reference case hold for each visible family (rules §8)."""

SCRUTINY = {
    "team": pl.String,
    "measure": pl.String,
    "count": pl.String,
}
"""Publishable counts: no family in them, small ones suppressed (rules §8)."""

QUARANTINE = {
    "source": pl.String,
    "source_file": pl.String,
    "row": pl.Int64,
    "record": pl.String,
    "reason": pl.String,
    "raw": pl.String,
    "key": pl.String,
    "family_id": pl.String,
    "recorded_on": pl.Date,
}
"""Rows that could not be taken in. `row` 1 is the first data row; `raw` is the row as a JSON object of its cells by
column; `key`, `family_id` and `recorded_on` are what could be read of them, null otherwise."""


def empty(shape: dict) -> pl.DataFrame:
    """A frame of that shape without rows."""
    return pl.DataFrame(schema=shape)


def shaped(frame: pl.DataFrame, shape: dict) -> pl.DataFrame:
    """`frame` with exactly the columns of `shape`, in its order and dtypes; raises where one is missing."""
    return frame.select(pl.col(name).cast(dtype) for name, dtype in shape.items())
