"""Who else fits the pattern of the reference case (rules §8)."""

FAILINGS = {
    "owed": ("ARREARS",),
    "plan": ("NO_PLAN", "PLAN_INCOMPLETE"),
    "carer": ("CARER_ASSESSMENT_MISSING",),
    "recruitment": ("VACANCY_STALLED",),
    "promise": ("PROMISE_OVERDUE", "PROMISE_WITHOUT_DATE"),
}


def lookback_of(case, codes):
    """Which of the five failings hold for a family with exceptions of these codes."""
    row = {name: any(code in codes for code in wanted) for name, wanted in FAILINGS.items()}
    row["owed"] = row["owed"] or was_ever_late(case)
    failings = sum(row.values())
    similar = failings >= case.policy.lookback.similar
    return {"family_id": case.id, **row, "failings": failings, "similar": similar}


def was_ever_late(case):
    late_days = case.policy.lookback.late_days
    return any((row["posted_on"] - row["due_on"]).days > late_days for row in case.allocations)
