"""Working days: weekdays that are no bank holiday in England and Wales (rules, Arithmetic)."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays
import polars as pl

MARGIN_YEARS = 3
ONE_DAY = timedelta(days=1)
ROLLS = {"previous": "backward", "next": "forward"}


@cache
def _bank_holidays(first_year: int, last_year: int) -> tuple[date, ...]:
    years = range(first_year, last_year + 1)
    return tuple(sorted(holidays.country_holidays("GB", subdiv="ENG", years=years)))


@dataclass(frozen=True)
class WorkingDays:
    """Working-day arithmetic on date columns, exact between the years it was made for (three more on either side)."""

    bank_holidays: tuple[date, ...]

    @classmethod
    def between(cls, first: date, last: date) -> "WorkingDays":
        """The calendar that covers `first` to `last`."""
        return cls(_bank_holidays(max(first.year - MARGIN_YEARS, 1), min(last.year + MARGIN_YEARS, 9998)))

    def rolled(self, day: pl.Expr, roll: str) -> pl.Expr:
        """`day` moved to a working day: `previous`, `next`, or `none` to leave it where it is (rules §1)."""
        if roll == "none":
            return day
        return day.dt.add_business_days(0, holidays=self.bank_holidays, roll=ROLLS[roll])

    def nth_after(self, day: pl.Expr, count: int) -> pl.Expr:
        """The `count`-th working day after `day`, which itself never counts."""
        return day.dt.add_business_days(count, holidays=self.bank_holidays, roll="backward")

    def counted(self, after: pl.Expr, until: pl.Expr) -> pl.Expr:
        """How many working days lie after `after`, up to and including `until` (Int64)."""
        count = pl.business_day_count(after + pl.lit(ONE_DAY), until + pl.lit(ONE_DAY), holidays=self.bank_holidays)
        return count.cast(pl.Int64)
