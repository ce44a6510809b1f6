"""Order saves time and is relied on for nothing: the same is found where rows stand as they never should."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from expectations.orders import places, sums_at, sums_of_families
from expectations.results import certify_results

NAMES = ("ledger", "movements", "allocations")
DAYS = {f"D{number}": date(2026, 4, number) for number in range(1, 4)}
AMONG = [("F1", "D1", "a"), ("F1", "D1", "b"), ("F1", "D2", "c"), ("F2", "D2", "d"), (None, "D3", "e")]


def table(*rows: tuple[str | None, str | None, str | None]) -> pl.DataFrame:
    """Rows of a family, a day and an id."""
    rows = [(family, DAYS.get(day), id) for family, day, id in rows]
    return pl.DataFrame(rows, {"family_id": pl.String, "posted_on": pl.Date, "id": pl.String}, orient="row")


@pytest.mark.parametrize("among", [AMONG, AMONG[::-1]], ids=["in order", "in none"])
def test_a_row_is_found_by_its_key_whatever_its_family_and_day_say(among):
    rows = [*AMONG, ("F2", "D2", "a"), ("F9", "D9", "d"), ("F1", "D1", "z"), ("F1", "D1", None)]
    found = places(table(*rows), table(*among), ("id",), "posted_on")
    ids = [id for _, _, id in among]
    assert found.to_list() == [ids.index(id) if id in ids else None for _, _, id in rows]


def test_nothing_is_found_among_nothing():
    assert places(table(*AMONG), table(), ("id",), "posted_on").to_list() == [None] * len(AMONG)
    assert places(table(), table(*AMONG), ("id",), "posted_on").to_list() == []


def test_pence_are_summed_where_they_belong_and_left_out_where_that_is_nowhere():
    assert sums_at(pl.Series([2, 0, None, 2], dtype=pl.UInt32), pl.Series([5, 7, 11, 13]), 4).to_list() == [7, 0, 18, 0]


def test_a_family_that_stands_in_two_places_has_one_sum():
    rows = pl.DataFrame({"family_id": ["F1", "F1", "F2", "F1"], "pence": [1, 2, 4, 8]})
    assert dict(sums_of_families(rows, pence=pl.col("pence")).iter_rows()) == {"F1": 11, "F2": 4}


@pytest.mark.parametrize("is_wrong", [False, True], ids=["right", "a penny wrong"])
def test_a_position_is_judged_alike_whatever_the_order_of_its_rows(published, is_wrong):
    money = published.results.money
    if is_wrong:
        money = replace(money, allocations=money.allocations.with_columns(pl.col("amount_pence") + 1))
    turned = replace(money, **{name: getattr(money, name).reverse() for name in NAMES})
    here, there = (
        certify_results(replace(published.results, money=each), published.exceptions) for each in (money, turned)
    )
    assert here == there
    assert here.passed != is_wrong
