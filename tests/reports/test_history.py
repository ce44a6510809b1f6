"""The months behind a position, told from the position alone."""

from dataclasses import replace
from datetime import date

import polars as pl

from reconciliation.reports import history
from tests.reports.small_council import results


def test_the_last_month_of_the_trend_is_what_is_owed_today():
    months = history.arrears_by_month(results())
    assert months.height == history.MONTHS_SHOWN
    assert months["month"][-1] == date(2026, 6, 1)
    assert months["arrears_pence"][-1] == results().balances["arrears_pence"].sum()


def test_each_month_end_shows_what_had_fallen_due_and_was_not_yet_paid():
    """April was paid in full; of May £320.00 is missing; in June two families were not paid at all."""
    assert history.arrears_by_month(results())["arrears_pence"].to_list()[-3:] == [0, 32000, 136000]


def test_money_paid_early_counts_from_the_day_it_was_due():
    given = results()
    early = given.money.allocations.with_columns(
        posted_on=pl.when(pl.col("posted_on") == date(2026, 6, 1)).then(date(2026, 5, 20)).otherwise("posted_on")
    )
    sooner = replace(given, money=replace(given.money, allocations=early))
    assert history.arrears_by_month(sooner)["arrears_pence"].to_list()[-3:] == [0, 32000, 136000]


def test_a_debt_older_than_the_months_shown_is_in_all_of_them():
    given = results()
    aged = given.money.ledger.with_columns(
        due_on=pl.when(pl.col("outstanding_pence") > 0).then(date(2019, 1, 7)).otherwise("due_on")
    )
    paid_in_full = given.money.allocations.filter(pl.col("amount_pence") != 20000)
    old = replace(given, money=replace(given.money, ledger=aged, allocations=paid_in_full))
    assert history.arrears_by_month(old)["arrears_pence"][0] == 52000 * 3


def test_each_month_shows_what_fell_due_in_it_and_what_of_that_is_paid_by_now():
    months = history.due_and_paid_by_month(results())
    assert months.rows()[-3:] == [
        (date(2026, 4, 1), 260000, 260000),
        (date(2026, 5, 1), 260000, 228000),
        (date(2026, 6, 1), 260000, 156000),
    ]
    assert months.rows()[0] == (date(2024, 7, 1), 0, 0)
