"""The council's calendar: working days in England, uplift days, spans of months."""

from datetime import date, timedelta

import holidays

EXPORTED_ON = date(2026, 6, 10)
"""The night of the sample: every export was made on this day."""

BANK_HOLIDAYS = frozenset(holidays.country_holidays("GB", subdiv="ENG", years=range(2016, 2029)))


def plus(day: date, days: int) -> date:
    """`day` moved by so many calendar days."""
    return day + timedelta(days=days)


def is_working(day: date) -> bool:
    """True for a weekday that is no bank holiday."""
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


def working_day_towards(day: date, step: int) -> date:
    """`day` itself when it is a working day, else the next one backwards (`step` -1) or forwards (1)."""
    while not is_working(day):
        day = plus(day, step)
    return day


def working_day_before(day: date) -> date:
    """The last working day before `day`."""
    return working_day_towards(plus(day, -1), -1)


def working_days_between(after: date, until: date) -> int:
    """How many working days lie after `after`, up to and including `until`."""
    return sum(is_working(plus(after, days)) for days in range(1, (until - after).days + 1))


def uplift_day(schedule: str, year: int) -> date:
    """When a year's new rates begin: 1 April for monthly payments, the first Monday of April for the others."""
    first = date(year, 4, 1)
    return first if schedule == "monthly_advance" else plus(first, -first.weekday() % 7)
