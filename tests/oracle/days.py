"""Days and rounding as the rules say them (rules, Arithmetic)."""

import calendar
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

import holidays

ONE_DAY = timedelta(days=1)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England and Wales in a year."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """A weekday that is no bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def rolled(day: date, roll: str) -> date:
    """`day`, or the nearest working day before (`previous`) or after (`next`) it."""
    if roll == "none":
        return day
    while not is_working_day(day):
        day += ONE_DAY if roll == "next" else -ONE_DAY
    return day


def working_days_after(day: date, until: date) -> int:
    """How many working days lie after `day`, up to and including `until`."""
    count = 0
    while day < until:
        day += ONE_DAY
        count += is_working_day(day)
    return count


def nth_working_day_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`; `day` itself when `count` is zero."""
    while count > 0:
        day += ONE_DAY
        count -= is_working_day(day)
    return day


def months_after(day: date, months: int) -> date:
    """The same day `months` later; a day that the month lacks becomes its last (rules §6)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def rounded(value: Fraction) -> int:
    """The nearest whole number; a half goes away from zero."""
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return size if value >= 0 else -size
