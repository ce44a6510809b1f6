"""The night of the sample, held to what was planted."""

import polars as pl

from reconciliation.exceptions.catalogue import CATALOGUE
from reconciliation.vocabulary import Standing, Step
from sample_data.exports.text import pounds
from tests.sample.conftest import key

LEAST_CALM = 0.75
"""The share of families to which nothing happened, at the least: a council is mostly in order."""


def raised(results):
    """Every exception as the key writes it."""
    return {
        (
            row["family_id"] or "",
            row["code"],
            row["subject"],
            pounds(row["amount_pence"]),
            str(row["since"]),
            row["items"],
        )
        for row in results.raised.to_dicts()
    }


def planted():
    return {
        (row["family_id"], row["code"], row["subject"], row["amount"], row["since"], int(row["items"]))
        for row in key("answer_key")
        if row["code"]
    }


def test_every_planted_fault_is_raised_with_its_amount_date_and_count(night):
    assert planted() - raised(night.results) == set()


def test_nothing_is_raised_that_was_not_planted(night):
    assert raised(night.results) - planted() == set()


def test_every_family_stands_where_its_story_left_it_and_all_others_are_settled(night):
    told = {row["family_id"]: row["standing"] for row in key("answer_key") if row["standing"]}
    stands = dict(night.results.balances.select("family_id", "standing").iter_rows())
    assert stands == dict.fromkeys(stands, "settled") | told


def test_the_sample_holds_every_code_every_standing_and_every_step(night):
    """A rule without a planted fault could break unseen."""
    assert {row["code"] for row in key("answer_key")} - {""} == {str(code) for code in CATALOGUE}
    assert set(night.results.balances["standing"]) == set(Standing)
    assert set(night.results.money.allocations["step"]) == set(Step)
    counted = night.results.balances.filter(pl.col("recovered_pence") > pl.col("surplus_recovered_pence"))
    assert counted.height > 0
    assert night.results.balances["surplus_recovered_pence"].max() > 0


def test_most_families_are_calm(night):
    """Three quarters raise nothing, are settled, and owe and are owed nothing."""
    exceptions = night.results.raised["family_id"].drop_nulls().unique().to_list()
    settled = pl.col("standing") == "settled"
    calm = night.results.balances.filter(settled, ~pl.col("family_id").is_in(exceptions))
    assert calm.height >= LEAST_CALM * night.results.balances.height
    assert calm.select("arrears_pence", "overpaid_pence").sum().row(0) == (0, 0)


def test_every_export_is_read_whole_and_only_the_spoilt_rows_are_quarantined(night):
    spoilt = [(row["record"], row["key"], row["family_id"] or None) for row in key("quarantine_key")]
    quarantine = night.delivery.quarantine.select("record", "key", "family_id")
    assert sorted(quarantine.rows(), key=str) == sorted(spoilt, key=str)
    assert night.delivery.ignored == ("READ_ME.txt",)
    assert night.delivery.unfed == ()
    assert night.delivery.absent == ("decisions",)
    assert {file.source for file in night.delivery.files} == {
        "canonical",
        "casework people",
        "casework agreements",
        "accounts payable",
        "prepaid cards",
        "bank returns",
    }


def test_ledger_rows_that_two_exports_repeat_count_once(night):
    repeated = {file.name: file.unchanged for file in night.delivery.files if file.unchanged}
    assert sum(repeated.values()) == 18
    assert all(name.startswith("AP_") for name in repeated)


def test_the_reference_family_shows_all_five_failings_and_one_other_is_similar(night):
    similar = night.results.lookback.filter("similar")
    assert dict(similar.select("family_id", "failings").iter_rows())["F00042"] == 5
    assert similar.height == 2
