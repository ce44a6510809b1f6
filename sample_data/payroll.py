"""What the council's payment system ought to pay: plain arithmetic over one family's lines, day by day.

It knows nothing of the pipeline: it is the council's own working of rules §1, one family at a time.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sample_data.council import Family, Line, Suspension
from sample_data.days import EXPORTED_ON, plus, working_day_before, working_day_towards

ANCHOR = date(2015, 4, 6)
PERIOD_DAYS = {"four_weekly_advance": 28, "four_weekly_arrears": 28, "weekly_advance": 7}
LAST_DUE = plus(EXPORTED_ON, 10)
"""Instalments up to ten days ahead may be paid already."""


@dataclass(frozen=True)
class Due:
    """What one line is owed for one period."""

    entitlement_id: str
    period_start: date
    due_on: date
    pence: int


def rounded(numerator: int, denominator: int) -> int:
    """The quotient of two positive whole numbers, half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def periods(schedule: str, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The periods of a schedule that touch the days from `first` to `last`."""
    days = PERIOD_DAYS.get(schedule)
    start = plus(first, -((first - ANCHOR).days % days)) if days else first.replace(day=1)
    while start <= last:
        after = plus(start, days) if days else plus(start, 31).replace(day=1)
        yield start, plus(after, -1)
        start = after


def percent_on(day: date, suspensions: list[Suspension]) -> int:
    """The lowest percent that any suspension leaves of `day`, else 100."""
    touching = [s.percent for s in suspensions if s.status == "active" and s.starts <= day <= (s.ends or day)]
    return min(touching, default=100)


def line_dues(line: Line, family: Family, until: date) -> Iterator[Due]:
    """The dues of a weekly line in the periods that begin by `until`."""
    last = min(line.ends or until, family.closed_on or until, until)
    pays_ahead = line.schedule != "four_weekly_arrears"
    for start, end in periods(line.schedule, line.starts, last):
        entitled_to = min(end, line.ends or end, family.closed_on or end)
        days = [plus(max(start, line.starts), step) for step in range((entitled_to - max(start, line.starts)).days + 1)]
        paid = [(day, percent) for day in days if (percent := percent_on(day, family.suspensions))]
        percents = sum(percent for _, percent in paid)
        contribution = rounded(line.contribution * percents, 700) if line.method == "net" else 0
        pence = rounded(line.pence * percents, 700) - contribution
        if pence > 0:
            due_on = working_day_towards(paid[0][0], -1) if pays_ahead else working_day_towards(end, 1)
            yield Due(line.entitlement_id, start, due_on, pence)


def dues(family: Family, until: date = LAST_DUE) -> list[Due]:
    """Every due of the family on or before `until`, in the order of (due_on, entitlement_id)."""
    found = []
    for line in family.newest_lines():
        if line.status == "active" and line.kind == "weekly":
            found += line_dues(line, family, plus(until, 10))
        elif line.status == "active" and not (family.closed_on and line.starts > family.closed_on):
            found.append(Due(line.entitlement_id, line.starts, working_day_towards(line.starts, -1), line.pence))
    return sorted((due for due in found if due.due_on <= until), key=lambda due: (due.due_on, due.entitlement_id))


def instalments(family: Family) -> dict[date, int]:
    """Pence by due_on: all of the family's dues that share a day are one instalment."""
    sums: dict[date, int] = defaultdict(int)
    for due in dues(family):
        sums[due.due_on] += due.pence
    return dict(sums)


def pay_all(family: Family) -> None:
    """Pay every instalment in full, in time, as far as the export reaches."""
    for due_on, pence in instalments(family).items():
        posted_on = due_on if family.schedule == "four_weekly_arrears" else working_day_before(due_on)
        if posted_on <= EXPORTED_ON:
            family.pay(posted_on, pence)
