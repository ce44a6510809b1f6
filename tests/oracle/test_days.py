"""The days on which the oracle's own arithmetic is easiest to get wrong."""

from datetime import date
from fractions import Fraction

import pytest

from tests.oracle.days import months_after, nth_working_day_after, rolled, rounded, working_days_after


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 11, 30), 13, date(2026, 12, 30)),
    ],
)
def test_months_keep_their_day_or_take_the_last(day, months, expected):
    """A day that the month lacks becomes its last (rules §6)."""
    assert months_after(day, months) == expected


def test_a_roll_crosses_the_easter_bank_holidays():
    """Good Friday to Easter Monday 2025: back to Thursday, on to Tuesday."""
    assert rolled(date(2025, 4, 19), "previous") == date(2025, 4, 17)
    assert rolled(date(2025, 4, 19), "next") == date(2025, 4, 22)
    assert rolled(date(2025, 4, 19), "none") == date(2025, 4, 19)


def test_working_days_leave_out_the_first_day_and_count_the_last():
    """Thursday before Easter 2025 to the Wednesday after: Tuesday and Wednesday."""
    assert working_days_after(date(2025, 4, 17), date(2025, 4, 23)) == 2
    assert nth_working_day_after(date(2025, 4, 17), 2) == date(2025, 4, 23)


@pytest.mark.parametrize(("value", "expected"), [(1, 1), (-1, -1), (3, 2), (-3, -2), (0, 0)])
def test_half_a_penny_goes_away_from_zero(value, expected):
    """Values are in half pence."""
    assert rounded(Fraction(value, 2)) == expected
