"""The councils that speed is measured on are right to the penny before they are fast."""

import polars as pl
import pytest

from benchmarks.council import AS_OF, KINDS, Council, council, write
from reconciliation.policy import read_policy
from reconciliation.position import Position
from reconciliation.reckoning import reckon

FAMILIES = 400


@pytest.fixture(scope="module")
def made() -> Council:
    return council(FAMILIES, seed=3)


def test_the_same_seed_makes_the_same_council(made):
    again = council(FAMILIES, seed=3)
    assert all(again.records[name].equals(frame) for name, frame in made.records.items())
    assert again.truth.equals(made.truth)


def test_another_seed_makes_another_council(made):
    assert not council(FAMILIES, seed=4).truth.equals(made.truth)


def test_every_kind_of_trouble_is_planted(made):
    kinds = made.records["transactions"]["kind"].unique()
    assert {"payment", "return", "recovery"} <= set(kinds)
    assert made.truth["in_suspense"].sum() > 0
    assert len(KINDS) == 7


def test_the_truth_that_was_planted_is_what_the_rules_give(made):
    """Arrears and overpayment of every family, and who is in suspense."""
    results = reckon(made.records, read_policy(), Position.at(AS_OF))
    found = made.truth.join(results.balances, on="family_id", suffix="_found")
    assert found.height == FAMILIES
    for figure in ("arrears_pence", "overpaid_pence"):
        assert found.filter(pl.col(figure) != pl.col(f"{figure}_found")).is_empty()
    assert results.suspense.height == made.truth["in_suspense"].sum()


def test_the_files_hold_what_the_typed_records_hold(made, tmp_path):
    write(made, tmp_path)
    money = pl.read_csv(tmp_path / "landing" / "transactions.csv", infer_schema=False)
    pounds = money["amount"].cast(pl.Decimal(12, 2)).sum()
    assert money.height == made.records["transactions"].height
    assert int(pounds * 100) == made.records["transactions"]["amount_pence"].sum()
