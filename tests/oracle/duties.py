"""What needs a person: plans, assessments, reviews, vacancies, promises and cases (the other half of rules §6)."""

from datetime import timedelta

from tests.oracle.days import months_after, nth_working_day_after
from tests.oracle.exceptions import raised
from tests.oracle.visible import by_then

PLAN_DUTIES = (
    "needs_identified",
    "eligibility_stated",
    "needs_met_how",
    "wellbeing_matters",
    "personal_budget_stated",
    "advice_given",
    "direct_payment_needs",
    "copy_given",
)


def duty_exceptions(case):
    """Every exception of one family about what the council must do; `case` is a `reference.Case`."""
    rules = (plans, payment_review, assessments, carer_assessment, vacancies, promises, overdue_cases)
    return [exception for rule in rules for exception in rule(case)]


def plans(case):
    """NO_PLAN, PLAN_AMOUNT_MISMATCH, PLAN_INCOMPLETE and PLAN_REVIEW_OVERDUE."""
    if not case.active_lines:
        return
    agreed = [row for row in case.own("plans") if (row["person"], row["status"]) == ("recipient", "agreed")]
    if not agreed:
        since = min(row["effective_from"] for row in case.active_lines)
        yield raised("NO_PLAN", case.id, case.id, "critical", None, since, 1)
        return
    plan = max(agreed, key=lambda row: (row["agreed_on"], row["plan_id"]))
    plan_id, agreed_on, stated = plan["plan_id"], plan["agreed_on"], plan["weekly_amount_pence"]
    difference = 0 if stated is None else abs(stated - sum(row["amount_pence"] for row in case.active_lines))
    if difference:
        yield raised("PLAN_AMOUNT_MISMATCH", case.id, plan_id, "high", difference, agreed_on, 1)
    lacking = [duty for duty in PLAN_DUTIES if plan[duty] is not True]
    if lacking:
        yield raised("PLAN_INCOMPLETE", case.id, plan_id, "high", None, agreed_on, len(lacking))
    deadline = months_after(max(agreed_on, plan["last_reviewed_on"] or agreed_on), 12)
    if deadline < case.as_of:
        yield raised("PLAN_REVIEW_OVERDUE", case.id, plan_id, "medium", None, deadline, 1)


def payment_review(case):
    """PAYMENT_REVIEW_OVERDUE: 12 months after the last review, or 6 after the first entitled day (regulation 7)."""
    if not case.active_lines:
        return
    held = [row["completed_on"] for row in case.own("reviews") if by_then(row["completed_on"], case.as_of)]
    deadline = months_after(max(held), 12) if held else months_after(first_entitled_day(case), 6)
    if deadline < case.as_of:
        yield raised("PAYMENT_REVIEW_OVERDUE", case.id, case.id, "medium", None, deadline, 1)


def first_entitled_day(case):
    closed_on = case.family["closed_on"]
    return min(
        row["effective_from"]
        for row in case.own("entitlements")
        if row["kind"] == "weekly"
        and row["status"] == "active"
        and (closed_on is None or row["effective_from"] <= closed_on)
    )


def is_past_assessment_clock(case, requested_on):
    return requested_on + timedelta(days=case.policy.clocks.assessment_days) < case.as_of


def assessments(case):
    """ASSESSMENT_OVERDUE."""
    for row in case.own("assessments"):
        is_done = by_then(row["completed_on"], case.as_of)
        if row["person"] == "recipient" and not is_done and is_past_assessment_clock(case, row["requested_on"]):
            subject, since = row["assessment_id"], row["requested_on"]
            yield raised("ASSESSMENT_OVERDUE", case.id, subject, "high", None, since, 1)


def carer_assessment(case):
    """CARER_ASSESSMENT_MISSING."""
    if not case.active_lines or case.family["carer_name"] is None:
        return
    of_carer = [row for row in case.own("assessments") if row["person"] == "carer"]
    if any(by_then(row["completed_on"], case.as_of) for row in of_carer):
        return
    since = min(row["effective_from"] for row in case.active_lines)
    if of_carer:
        since = max(row["requested_on"] for row in of_carer)
        if not is_past_assessment_clock(case, since):
            return
    yield raised("CARER_ASSESSMENT_MISSING", case.id, case.id, "high", None, since, 1)


def stalled_vacancies(case):
    """(vacancy, days open) of each that nobody fills."""
    for row in case.own("vacancies"):
        days_open = (case.as_of - row["opened_on"]).days
        days_idle = (case.as_of - (row["last_action_on"] or row["opened_on"])).days
        channels = {name.strip() for name in (row["channels"] or "").split(";")} - {""}
        is_open = not by_then(row["filled_on"], case.as_of) and days_open > case.policy.clocks.vacancy_days
        if is_open and (days_idle > 28 or len(channels) < 2):
            yield row, days_open


def vacancies(case):
    """VACANCY_STALLED."""
    for row, days_open in stalled_vacancies(case):
        yield raised("VACANCY_STALLED", case.id, row["vacancy_id"], "high", None, row["opened_on"], days_open)


def promises(case):
    """PROMISE_OVERDUE and PROMISE_WITHOUT_DATE."""
    for row in case.promises:
        subject, outstanding, days_overdue = row["promise_id"], row["outstanding_pence"], row["days_overdue"]
        if row["state"] == "overdue":
            severity = "critical" if days_overdue >= case.policy.escalation.promise_days else "high"
            yield raised("PROMISE_OVERDUE", case.id, subject, severity, outstanding, row["due_on"], days_overdue)
        if row["state"] == "undated":
            days = (case.as_of - row["agreed_on"]).days
            yield raised("PROMISE_WITHOUT_DATE", case.id, subject, "high", outstanding, row["agreed_on"], days)


def deadline_of(row, policy):
    """The day by which a case of its stage must be decided."""
    span = getattr(policy.cases, row["stage"])
    if span.unit == "wd":
        return nth_working_day_after(row["received_on"], span.count)
    return months_after(row["received_on"], span.count)


def overdue_cases(case):
    """CASE_OVERDUE."""
    for row in case.own("cases"):
        deadline = deadline_of(row, case.policy)
        if not by_then(row["decided_on"], case.as_of) and deadline < case.as_of:
            days = (case.as_of - deadline).days
            yield raised("CASE_OVERDUE", case.id, row["case_id"], "high", None, deadline, days)
