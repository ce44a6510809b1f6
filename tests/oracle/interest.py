"""What lateness is worth, on every basis of the policy (rules §4)."""

from datetime import timedelta
from fractions import Fraction
from functools import cache

from tests.oracle.allocate import settles
from tests.oracle.days import ONE_DAY, rounded

YEAR = 100 * 365
"""Percent a year to a fraction of the money a day."""


def interest_of(family_id, dues, allocations, policy, position):
    """One row per basis for a family where any basis is above zero; else none."""
    parts = late_parts(dues, allocations, policy.interest.grace_days, position.as_of)
    rows = [
        {"family_id": family_id, "basis": name, "amount_pence": amount_on(basis, parts, policy)}
        for name, basis in policy.interest.bases.items()
    ]
    return rows if any(row["amount_pence"] is not None and row["amount_pence"] > 0 for row in rows) else []


def late_parts(dues, allocations, grace_days, as_of):
    """(pence, due_on, last day of interest) of each part of a due that was or is late beyond the grace."""
    parts = []
    for due in dues:
        for row in allocations:
            if settles(row, due):
                parts.append((row["amount_pence"], due["due_on"], row["posted_on"]))
        parts.append((due["outstanding_pence"], due["due_on"], as_of))
    return [part for part in parts if part[0] > 0 and (part[2] - part[1]).days > max(grace_days, 0)]


def amount_on(basis, parts, policy):
    """Pence on one basis, rounded once; None when the table does not speak of every day."""
    if basis.kind == "none":
        return 0
    if basis.kind == "fixed":
        pence_days = sum(pence * (until - due_on).days for pence, due_on, until in parts)
        return rounded(pence_days * Fraction(basis.rate) / YEAR)
    rates = rate_of_each_day(tuple(policy.bank_rate.changes.items()), policy.bank_rate.verified_to)
    if any(until not in rates or due_on + ONE_DAY not in rates for _, due_on, until in parts):
        return None
    exact = Fraction(0)
    for pence, due_on, until in parts:
        late_days = [due_on + timedelta(days=count) for count in range(1, (until - due_on).days + 1)]
        exact += pence * Fraction(sum(rates[day] + basis.margin for day in late_days))
    return rounded(exact / YEAR)


@cache
def rate_of_each_day(changes, verified_to):
    """Bank Rate on each day that the table speaks of."""
    rates, rate = {}, None
    day = min(since for since, _ in changes)
    while day <= verified_to:
        rate = dict(changes).get(day, rate)
        rates[day] = rate
        day += ONE_DAY
    return rates
