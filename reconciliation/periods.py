"""The periods of a schedule: every so many days from an anchor in both directions, or calendar months (rules §1)."""

from datetime import date

import polars as pl

from reconciliation.policy.settings import Schedule

EPOCH = date(1970, 1, 1)


def with_periods(lines: pl.DataFrame, schedule: Schedule, first: str, last: str) -> pl.DataFrame:
    """One row per line and period that meets the days from column `first` to column `last`.

    Adds `period_start` and `period_end` (inclusive); a line whose first day is after its last one has no periods.
    """
    numbers = pl.int_ranges(_number(pl.col(first), schedule), _number(pl.col(last), schedule) + 1)
    numbered = lines.with_columns(_period=numbers).explode("_period").filter(pl.col("_period").is_not_null())
    start, end = _bounds(pl.col("_period"), schedule)
    return numbered.with_columns(period_start=start, period_end=end).drop("_period")


def _number(day: pl.Expr, schedule: Schedule) -> pl.Expr:
    """The number of the period that holds `day`; consecutive periods have consecutive numbers."""
    if schedule.days is None:
        return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64) - 1
    return (day.cast(pl.Int32).cast(pl.Int64) - _days(schedule.anchor)) // schedule.days


def _bounds(number: pl.Expr, schedule: Schedule) -> tuple[pl.Expr, pl.Expr]:
    if schedule.days is None:
        start = pl.date(number // 12, number % 12 + 1, 1)
        return start, start.dt.month_end()
    start = number * schedule.days + _days(schedule.anchor)
    return _date(start), _date(start + schedule.days - 1)


def _days(day: date) -> int:
    return (day - EPOCH).days


def _date(days: pl.Expr) -> pl.Expr:
    return days.cast(pl.Int32).cast(pl.Date)
