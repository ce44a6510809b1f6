"""What is due (rules §1)."""

from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.days import ONE_DAY, months_after, rolled, rounded

FURTHEST_ROLL = timedelta(days=14)
"""No run of days without a working day is longer than this."""


def dues_of(family, records, policy, position):
    """All of a family's dues at a position, in the order (due_on, entitlement_id, period_start)."""
    last_due_on = position.as_of + timedelta(days=policy.matching.prepayment_days)
    suspensions = [row for row in records["suspensions"].values() if row["family_id"] == family["family_id"]]
    lines = []
    for entitlement in records["entitlements"].values():
        if entitlement["family_id"] != family["family_id"] or entitlement["status"] != "active":
            continue
        if entitlement["kind"] == "one_off":
            lines += one_off_lines(entitlement, family)
        else:
            lines += weekly_lines(entitlement, family, suspensions, policy, last_due_on)
    dues = [line for line in lines if line["due_pence"] > 0 and line["due_on"] <= last_due_on]
    for due in dues:
        due["is_upcoming"] = due["due_on"] > position.as_of
    return sorted(dues, key=due_order)


def due_order(due):
    return due["due_on"], due["entitlement_id"], due["period_start"]


def one_off_lines(entitlement, family):
    """A one-off is one line on its day, whole; none after the family's closing."""
    day = entitlement["effective_from"]
    if family["closed_on"] is not None and day > family["closed_on"]:
        return []
    amount = entitlement["amount_pence"]
    return [line(entitlement, day, day, rolled(day, "previous"), 0, amount, 0, amount)]


def weekly_lines(entitlement, family, suspensions, policy, last_due_on):
    """One line for each period of the schedule in which a day is paid, as far ahead as one may be due in time."""
    schedule = policy.schedules[entitlement["schedule"]]
    lines = []
    start, end = period_around(entitlement["effective_from"], schedule)
    while start <= last_due_on + FURTHEST_ROLL and start <= last_entitled_day(entitlement, family):
        percents = {
            day: percent_of(day, entitlement, suspensions)
            for day in days_from(start, end)
            if is_entitled(day, entitlement, family)
        }
        percent_days = sum(percents.values())
        if percent_days > 0:
            first_paid_day = min(day for day, percent in percents.items() if percent > 0)
            nominal = first_paid_day if schedule.pay == "advance" else end
            amounts = line_amounts(entitlement, percent_days, policy)
            lines.append(line(entitlement, start, end, rolled(nominal, schedule.roll), percent_days, *amounts))
        start, end = period_around(end + ONE_DAY, schedule)
    return lines


def line(entitlement, start, end, due_on, percent_days, gross, contribution, due):
    return {
        "family_id": entitlement["family_id"],
        "entitlement_id": entitlement["entitlement_id"],
        "period_start": start,
        "period_end": end,
        "due_on": due_on,
        "percent_days": percent_days,
        "gross_pence": gross,
        "contribution_pence": contribution,
        "due_pence": due,
    }


def line_amounts(entitlement, percent_days, policy):
    """(gross, contribution, due) in pence for the sum of the percents of a period's days."""
    amount = entitlement["amount_pence"]
    contribution_a_week = entitlement["weekly_contribution_pence"] if is_net(entitlement) else 0
    gross = rounded(Fraction(amount * percent_days, 700))
    contribution = rounded(Fraction(contribution_a_week * percent_days, 700))
    if policy.rounding.order == "each_side":
        return gross, contribution, max(0, gross - contribution)
    return gross, contribution, max(0, rounded(Fraction((amount - contribution_a_week) * percent_days, 700)))


def is_net(entitlement):
    return entitlement["contribution_method"] == "net"


def period_around(day: date, schedule):
    """The first and last day of the schedule's period in which `day` lies."""
    if schedule.every == "month":
        start = day.replace(day=1)
        return start, months_after(start, 1) - ONE_DAY
    start = day - timedelta(days=(day - schedule.anchor).days % schedule.days)
    return start, start + timedelta(days=schedule.days - 1)


def days_from(start, end):
    return [start + timedelta(days=count) for count in range((end - start).days + 1)]


def last_entitled_day(entitlement, family):
    return min(entitlement["effective_to"] or date.max, family["closed_on"] or date.max)


def is_entitled(day, entitlement, family):
    """Within the line's dates, and not after the family's closing."""
    return entitlement["effective_from"] <= day <= last_entitled_day(entitlement, family)


def percent_of(day, entitlement, suspensions):
    """The lowest percent of the active suspensions over that day; 100 without one."""
    percents = [
        row["pay_percent"]
        for row in suspensions
        if row["status"] == "active"
        and row["entitlement_id"] in (None, entitlement["entitlement_id"])
        and row["starts_on"] <= day <= (row["ends_on"] or date.max)
    ]
    return min(percents, default=100)


def instalments_of(dues):
    """The dues gathered by their due_on, earliest first (rules §1)."""
    gathered = {}
    for due in dues:
        gathered.setdefault(due["due_on"], []).append(due)
    return gathered
