"""Who at the top must know, and whether they have confirmed it (rules §7)."""

from datetime import timedelta

from tests.oracle.days import working_days_after
from tests.oracle.exceptions import raised
from tests.oracle.visible import by_then

DIRECTOR = ("director",)
WITH_THE_MEMBER = ("director", "portfolio_holder", "monitoring_officer")
EVERYBODY = (*WITH_THE_MEMBER, "section_151")
A_YEAR = 365


def triggers(case):
    """(roles, date) of everything that escalates a family."""
    policy, balance = case.policy.escalation, case.balance
    for promise in case.promises:
        if promise["state"] == "overdue" and promise["days_overdue"] >= policy.promise_days:
            yield DIRECTOR, promise["due_on"] + timedelta(days=policy.promise_days)
    oldest = balance["oldest_unpaid_on"]
    if oldest is not None and balance["arrears_pence"] >= policy.arrears_amount:
        yield DIRECTOR, oldest
    if oldest is not None and balance["days_overdue"] >= policy.arrears_days:
        yield DIRECTOR, oldest + timedelta(days=policy.arrears_days)
    for row in case.own("cases"):
        if row["stage"] == "ombudsman":
            yield from ombudsman_triggers(row, case.as_of)


def ombudsman_triggers(row, as_of):
    if not by_then(row["decided_on"], as_of):
        yield WITH_THE_MEMBER, row["received_on"]
    elif row["upheld"] is True and (as_of - row["decided_on"]).days <= A_YEAR:
        yield WITH_THE_MEMBER, row["received_on"]
        if row["public_report"] is True or by_then(row["referred_to_scrutiny_on"], as_of):
            yield EVERYBODY, row["decided_on"]


def escalation_of(case):
    """(briefing rows, SENIOR_NOT_INFORMED exceptions) of one family, a row for each role that must know."""
    briefing, exceptions = [], []
    found = list(triggers(case))
    for role in EVERYBODY:
        dates = [day for roles, day in found if role in roles]
        if not dates:
            continue
        since = min(dates)
        beyond = working_days_after(since, case.as_of) - case.policy.escalation.acknowledge_days
        is_late = not is_informed(case, role, since) and beyond > 0
        briefing.append(
            {
                "family_id": case.id,
                "role": role,
                "since": since,
                "working_days_past": beyond if is_late else None,
            }
        )
        if is_late:
            subject = f"{case.id}:{role}"
            exceptions.append(raised("SENIOR_NOT_INFORMED", case.id, subject, "critical", None, since, beyond))
    return briefing, exceptions


def is_informed(case, role, since):
    """Somebody in that role has confirmed it on or after the trigger date."""
    return any(
        row["role"] == role and by_then(row["acknowledged_on"], case.as_of) and row["acknowledged_on"] >= since
        for row in case.own("acknowledgements")
    )
