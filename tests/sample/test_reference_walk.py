"""The reference family, night by night: what each night would have said, had there been one."""

from datetime import date

import polars as pl
import pytest

from reconciliation.policy import default_policy
from reconciliation.position import Position
from reconciliation.reckoning import reckon
from sample_data.exports.text import pounds
from tests.sample.conftest import key

FAMILY, VENDOR = "F00042", "V300042"
WALK = key("reference_walk")


@pytest.fixture(scope="session")
def reference(night):
    """Every version of the family's own records; its vendor number leads to the ledger's rows."""
    own = {name: rows.filter(family_id=FAMILY) for name, rows in night.versions.items() if "family_id" in rows.columns}
    ledger = night.versions["transactions"]
    is_its = (pl.col("family_id") == FAMILY) | (pl.col("payee_reference") == VENDOR)
    return night.versions | own | {"transactions": ledger.filter(is_its)}


@pytest.mark.parametrize("told", WALK, ids=[row["as_of"] for row in WALK])
def test_each_night_reports_the_family_as_it_stood_then(reference, told):
    """Standing, arrears and the whole list of codes, on either side of every change since the first missed payment."""
    results = reckon(reference, default_policy(), Position.at(date.fromisoformat(told["as_of"])))
    (balance,) = results.balances.to_dicts()
    assert (balance["standing"], pounds(balance["arrears_pence"])) == (told["standing"], told["arrears"])
    assert sorted({named(row) for row in results.raised.to_dicts()}) == told["codes"].split()


def named(row: dict) -> str:
    """The code, and for the way up the role that was not told."""
    _, _, role = row["subject"].partition(":")
    return f"{row['code']}:{role}" if role else row["code"]


def test_the_walk_begins_the_night_before_the_first_missed_payment_and_ends_with_the_export():
    assert WALK[0]["standing"] == "settled"
    assert WALK[1] | {"standing": "owed", "arrears": "1200.00"} == WALK[1]
    assert WALK[-1]["as_of"] == "2026-06-10"


def test_the_debt_never_leaves_the_list_once_the_first_payment_is_missed(reference):
    """The failure was that it was lost: every year's end since 2017 still says that money is owed, and since when."""
    for year in range(2017, 2026):
        results = reckon(reference, default_policy(), Position.at(date(year, 12, 31)))
        owed = results.raised.filter(code="ARREARS")
        assert owed["since"].to_list() == [date(2017, 11, 13) if year < 2019 else date(2018, 3, 5)]
