"""Versions: what a delivery adds to what is known, says again, or contradicts (records, Conventions)."""

from itertools import permutations

import polars as pl
import pytest

from reconciliation import shapes
from reconciliation.records import DECISIONS, FAMILIES, RECORDS, TRANSACTIONS
from reconciliation.versions import merge
from tests.ingest.made import on, rows

AS_OF = on("2026-06-10")
NOTHING = FAMILIES.empty()


def family(recorded: str | None, team: str | None = "North", key: str = "F1", **more) -> dict:
    filled = {"recipient_name": "A", "service": "adult", "opened_on": on("2020-01-01")}
    return filled | {"family_id": key, "team": team, "recorded_on": recorded and on(recorded)} | more


def paid(recorded: str | None, pence: int = 100, key: str = "T1", **more) -> dict:
    filled = {"posted_on": on("2026-05-01"), "kind": "payment"}
    return filled | {"transaction_id": key, "amount_pence": pence, "recorded_on": recorded and on(recorded)} | more


def decided(recorded: str | None, decision: str, correction: int = 0) -> dict:
    filled = {"exception_id": "E1", "decided_on": on("2026-06-01")}
    return filled | {"decision": decision, "recorded_on": recorded and on(recorded), "correction": correction}


def merged(record, given: list[dict], known: list[dict] | None = None, as_of=AS_OF):
    return merge(record, rows(record, *given), rows(record, *known or []).select(*record.schema()), as_of)


def counts(parts) -> tuple[int, int, int]:
    return parts.accepted.height, parts.unchanged.height, parts.conflicting.height


def test_a_first_delivery_is_accepted_whole():
    assert counts(merged(FAMILIES, [family("2026-01-01"), family("2026-02-01"), family("2026-01-01", key="F2")])) == (
        3,
        0,
        0,
    )


def test_the_same_version_again_adds_nothing():
    again = merged(FAMILIES, [family("2026-01-01", team=None)], [family("2026-01-01", team=None)])
    assert counts(again) == (0, 1, 0)


def test_blank_cells_equal_blank_cells_but_no_others():
    known = [family("2026-01-01", team=None)]
    assert counts(merged(FAMILIES, [family("2026-01-01", team="North")], known)) == (0, 0, 1)


def test_a_row_that_contradicts_a_known_version_is_quarantined_and_says_where():
    parts = merged(FAMILIES, [family("2026-01-01", "South", service="child")], [family("2026-01-01")])
    row = parts.conflicting.row(0, named=True)
    assert row["reason"] == "conflicting_version: differs from the row that stands in service, team"
    assert (row["key"], row["family_id"], row["recorded_on"], row["row"]) == ("F1", "F1", on("2026-01-01"), 1)


def test_a_quarantined_row_shows_its_cells_as_a_file_would():
    parts = merged(TRANSACTIONS, [paid(None, 5), paid(None, 7)])
    raw = parts.conflicting["raw"].str.json_path_match("$.amount").to_list()
    assert raw == ["0.05", "0.07"]
    assert parts.conflicting.schema == pl.Schema(shapes.QUARANTINE)
    assert parts.conflicting["recorded_on"].to_list() == [None, None]


def test_rows_of_one_delivery_that_differ_are_all_quarantined():
    assert counts(merged(FAMILIES, [family("2026-01-01", "North"), family("2026-01-01", "South")])) == (0, 0, 2)


def test_three_rows_two_of_which_agree_are_all_quarantined():
    given = [family("2026-01-01", "North"), family("2026-01-01", "North"), family("2026-01-01", "South")]
    assert counts(merged(FAMILIES, given)) == (0, 0, 3)


def test_copies_count_once_as_the_first_by_file_and_row():
    copy = family("2026-01-01")
    given = [copy | {"source_file": "b.csv", "source_row": 1}, copy | {"source_row": 9}, copy | {"source_row": 8}]
    parts = merged(FAMILIES, given)
    assert counts(parts) == (1, 2, 0)
    assert parts.accepted.select("source_file", "source_row").row(0) == ("a.csv", 8)


def test_another_recorded_on_is_another_version():
    assert counts(merged(FAMILIES, [family("2026-02-01", "South")], [family("2026-01-01")])) == (1, 0, 0)


def test_a_blank_recorded_on_becomes_the_night_that_first_saw_the_row():
    assert merged(FAMILIES, [family(None)]).accepted["recorded_on"].to_list() == [AS_OF]


def test_an_undated_row_that_says_what_is_visible_is_unchanged():
    known = [family("2026-01-01", "North"), family("2026-03-01", "South")]
    assert counts(merged(FAMILIES, [family(None, "South")], known)) == (0, 1, 0)


def test_an_undated_row_that_goes_back_to_an_older_state_is_a_new_version():
    known = [family("2026-01-01", "North"), family("2026-03-01", "South")]
    assert counts(merged(FAMILIES, [family(None, "North")], known)) == (1, 0, 0)


def test_an_undated_row_that_a_later_night_already_knows_is_unchanged():
    known = [family("2026-01-01", "North"), family("2026-03-01", "South")]
    assert counts(merged(FAMILIES, [family(None, "South")], known, as_of=on("2026-02-01"))) == (0, 1, 0)


def test_undated_rows_of_one_key_that_differ_contradict_each_other_even_where_one_is_known():
    known = [family("2026-01-01", "North")]
    assert counts(merged(FAMILIES, [family(None, "North"), family(None, "South")], known)) == (0, 0, 2)


def test_an_undated_row_conflicts_with_another_row_of_this_night():
    assert counts(merged(FAMILIES, [family(None, "North"), family("2026-06-10", "South")])) == (0, 0, 2)


def test_a_row_that_equals_the_known_version_is_unchanged_beside_one_that_contradicts_it():
    given = [family("2026-01-01", "North"), family("2026-01-01", "South")]
    assert counts(merged(FAMILIES, given, [family("2026-01-01", "North")])) == (0, 1, 1)


def test_a_transaction_is_never_edited_later():
    assert counts(merged(TRANSACTIONS, [paid("2026-05-20", 200)], [paid("2026-05-02", 100)])) == (0, 0, 1)


def test_a_transaction_copied_with_another_recorded_on_is_unchanged():
    known = [paid("2026-05-02")]
    assert counts(merged(TRANSACTIONS, [paid("2026-05-20"), paid(None), paid("2026-05-01")], known)) == (0, 3, 0)


def test_of_a_transactions_rows_the_first_recorded_stands():
    parts = merged(TRANSACTIONS, [paid("2026-05-20", 200), paid("2026-05-02", 100), paid("2026-05-21", 100)])
    assert counts(parts) == (1, 1, 1)
    assert parts.accepted["amount_pence"].to_list() == [100]
    assert parts.conflicting["row"].to_list() == [1]


def test_transactions_first_recorded_on_one_day_with_other_content_are_all_quarantined():
    given = [paid("2026-05-02", 100), paid("2026-05-02", 200), paid("2026-05-20", 100)]
    assert counts(merged(TRANSACTIONS, given)) == (0, 0, 3)


CORRECTED = [decided("2026-06-10", "accepted"), decided("2026-06-10", "open", correction=1)]
"""One day's decision and its correction."""


def test_delivered_decisions_of_one_day_that_differ_are_all_quarantined():
    assert counts(merged(DECISIONS, [decided("2026-06-10", "accepted"), decided("2026-06-10", "open")])) == (0, 0, 2)


def test_a_delivered_decision_corrects_none_of_its_day():
    assert counts(merged(DECISIONS, [decided("2026-06-10", "resolved")], CORRECTED)) == (0, 0, 1)
    assert counts(merged(DECISIONS, [decided("2026-06-10", "accepted")], CORRECTED)) == (0, 1, 0)


def test_a_correction_is_a_version_of_its_own():
    assert counts(merged(DECISIONS, [decided("2026-06-10", "resolved", correction=2)], CORRECTED)) == (1, 0, 0)


def test_an_undated_decision_is_held_against_the_last_correction():
    tomorrow = on("2026-06-11")
    assert counts(merged(DECISIONS, [decided(None, "open")], CORRECTED, tomorrow)) == (0, 1, 0)
    assert counts(merged(DECISIONS, [decided(None, "accepted")], CORRECTED, tomorrow)) == (1, 0, 0)


@pytest.mark.parametrize("record", [FAMILIES, TRANSACTIONS], ids=lambda record: record.name)
def test_the_order_of_rows_and_files_never_decides(record):
    make = family if record is FAMILIES else paid
    given = [
        make(None),
        make("2026-05-02"),
        make("2026-05-02", None if record is FAMILIES else 300),
        make("2026-05-01"),
    ]
    given = [row | {"source_row": n} for n, row in enumerate(given, start=1)]
    outcomes = {
        str([part.rows() for part in vars(merged(record, list(order))).values()]) for order in permutations(given)
    }
    assert len(outcomes) == 1


@pytest.mark.parametrize("record", RECORDS.values(), ids=lambda record: record.name)
def test_every_record_merges_an_empty_delivery(record):
    assert counts(merged(record, [])) == (0, 0, 0)


def test_loading_what_was_accepted_again_adds_nothing():
    given = [family(None), family("2026-01-01", None, "F2"), family("2026-01-01", "South", "F3")]
    first = merge(FAMILIES, rows(FAMILIES, *given), NOTHING, AS_OF)
    again = merge(FAMILIES, rows(FAMILIES, *given), first.accepted, on("2026-06-11"))
    assert counts(again) == (0, 3, 0)
