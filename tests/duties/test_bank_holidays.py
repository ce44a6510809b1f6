"""The bank holidays kept beside the program are those that the library knows, one-off days among them."""

from datetime import date

from reconciliation.working_days import KEPT, KEPT_YEARS, WorkingDays, declared


def test_what_is_kept_is_what_the_library_knows():
    """When a new day is proclaimed and the library learns of it, this fails: write `declared(KEPT_YEARS)` into KEPT."""
    assert KEPT.read_text(encoding="ascii").split() == [day.isoformat() for day in declared(KEPT_YEARS)]


def test_years_that_are_not_kept_are_asked_of_the_library():
    calendar = WorkingDays.between(date(1998, 5, 1), date(2002, 6, 3))
    assert calendar.bank_holidays == declared(range(1995, 2006))


def test_kept_years_alone_are_read_from_the_program():
    calendar = WorkingDays.between(date(2023, 5, 1), date(2026, 6, 3))
    assert date(2023, 5, 8) in calendar.bank_holidays
    assert calendar.bank_holidays == declared(range(2020, 2030))
