"""Exceptions that live: one id night after night, and what a decision makes of them (outputs.md)."""

from datetime import date

import polars as pl
import pytest

from reconciliation.exceptions.lifecycle import exception_ids, lived
from reconciliation.position import Position
from reconciliation.records import DECISIONS
from reconciliation.shapes import RAISED
from tests.duties.made import TODAY, ago

NEVER_SEEN = pl.DataFrame(schema={"exception_id": pl.String, "first_seen": pl.Date})
ARREARS = {
    "code": "ARREARS",
    "family_id": "F1",
    "subject": "F1",
    "severity": "high",
    "amount_pence": 100,
    "since": ago(7),
    "items": 1,
}


def with_ids(*rows):
    return exception_ids(pl.DataFrame([ARREARS | row for row in rows], schema=RAISED))


def after(*decisions, raised=None, position=None):
    """The one exception's row, once these decisions are taken on it."""
    raised = with_ids({}) if raised is None else raised
    usual = {
        "exception_id": raised["exception_id"][0],
        "decided_on": ago(3),
        "recorded_on": ago(3),
        "amount_pence": 100,
    }
    table = pl.DataFrame([usual | row for row in decisions], schema=DECISIONS.schema())
    return lived(raised, table, NEVER_SEEN, position or Position.at(TODAY)).row(0, named=True)


def test_the_id_is_the_same_on_every_machine_and_every_night():
    """The digest is written down here: were it to change, every decision of staff would lose its exception."""
    assert with_ids({})["exception_id"].to_list() == ["EX-067654c279e4"]
    assert with_ids({"amount_pence": 7, "since": TODAY, "severity": "low", "items": 9}).item(0, 0) == "EX-067654c279e4"


def test_the_id_tells_families_codes_and_subjects_apart():
    rows = [{}, {"family_id": "F2"}, {"code": "OVERPAYMENT"}, {"subject": "F2"}, {"family_id": None}]
    glued = [{"family_id": "F1A", "code": "X"}, {"family_id": "F1", "code": "AX"}]
    assert with_ids(*rows, *glued)["exception_id"].n_unique() == 7


def test_an_exception_without_a_decision_is_new_and_ages_from_since():
    row = after()
    assert (row["status"], row["age_days"], row["decision"], row["first_seen"]) == ("new", 7, None, TODAY)
    assert after(raised=with_ids({"since": None}))["age_days"] is None


def test_first_seen_comes_from_the_store_and_changes_nothing_else():
    raised = with_ids({})
    seen = raised.select("exception_id", first_seen=pl.lit(ago(30)))
    row = lived(raised, DECISIONS.empty(), seen, Position.at(TODAY)).row(0, named=True)
    assert row == after() | {"first_seen": ago(30)}


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        ("open", "open"),
        ("in_progress", "in_progress"),
        ("accepted", "closed"),
        ("not_an_error", "closed"),
        ("resolved", "returned"),
    ],
)
def test_what_each_decision_makes_of_an_exception_that_is_raised(decision, status):
    assert after({"decision": decision})["status"] == status


@pytest.mark.parametrize(("until", "status"), [(ago(-1), "snoozed"), (TODAY, "in_progress"), (ago(1), "in_progress")])
def test_a_snooze_ends_on_its_day(until, status):
    assert after({"decision": "in_progress", "snooze_until": until})["status"] == status


@pytest.mark.parametrize("decision", [{"decision": "accepted"}, {"decision": "open", "snooze_until": ago(-9)}])
@pytest.mark.parametrize(("seen", "is_reopened"), [(99, True), (100, False), (101, False), (None, False)])
def test_a_grown_amount_reopens_what_was_closed_or_snoozed(decision, seen, is_reopened):
    row = after(decision | {"amount_pence": seen, "note": "agreed by phone", "decided_by": "Pat"})
    assert (row["status"] == "reopened") == is_reopened
    assert (row["decision"] is None) == is_reopened
    assert (row["decision_note"], row["decided_by"]) == ("agreed by phone", "Pat")


def test_a_debt_in_suspense_grows_by_its_size():
    assert after({"decision": "accepted", "amount_pence": -99}, raised=with_ids({"amount_pence": -100}))["status"] == (
        "reopened"
    )


def test_growing_does_not_disturb_work_in_progress():
    assert after({"decision": "in_progress", "amount_pence": 1})["status"] == "in_progress"


def test_the_latest_decision_holds_by_its_day_then_by_when_it_was_recorded():
    first = {"decision": "accepted", "decided_on": ago(5), "recorded_on": ago(1)}
    second = {"decision": "open", "decided_on": ago(4), "recorded_on": ago(4)}
    corrected = {"decision": "in_progress", "decided_on": ago(4), "recorded_on": ago(2)}
    assert after(first, second)["status"] == "open"
    assert after(corrected, first, second)["status"] == "in_progress"


@pytest.mark.parametrize("last", ["accepted", "in_progress", "open"])
def test_of_the_decisions_of_one_day_the_last_correction_holds(last):
    """Whatever the words, and whatever the order of the rows."""
    others = [{"decision": "in_progress", "correction": 0}, {"decision": "accepted", "correction": 1}]
    row = after({"decision": last, "correction": 2}, *others)
    assert row["decision"] == last


def test_a_corrected_decision_holds_nowhere_once_its_correction_is_known():
    wrong = {"decision": "accepted", "decided_on": ago(3), "correction": 0}
    right = {"decision": "open", "decided_on": ago(5), "correction": 1}
    assert after(wrong, right)["decision"] == "open"
    assert after(wrong | {"decided_on": ago(5)}, right | {"decided_on": ago(3)}, position=Position.at(ago(4), TODAY))[
        "status"
    ] == ("new")


def test_a_correction_does_not_outweigh_a_decision_of_a_later_day():
    later = {"decision": "open", "decided_on": ago(2), "recorded_on": ago(2), "correction": 0}
    assert after(later, {"decision": "accepted", "correction": 5})["decision"] == "open"


def test_a_decision_of_tomorrow_or_not_yet_known_has_not_been_taken():
    assert after({"decision": "accepted", "decided_on": ago(-1)})["status"] == "new"
    early = Position.at(TODAY, ago(4))
    assert after({"decision": "accepted"}, position=early)["status"] == "new"


def test_closed_and_snoozed_come_last_then_severity_then_family():
    rows = [
        {"family_id": "F4", "severity": "low"},
        {"family_id": "F2", "severity": "critical"},
        {"family_id": "F1", "severity": "critical"},
        {"family_id": "F3", "severity": "critical", "subject": "closed"},
        {"family_id": "F3", "severity": "critical", "subject": "snoozed"},
        {"family_id": None, "severity": "medium"},
    ]
    raised = with_ids(*rows)
    ids = dict(zip(raised["subject"], raised["exception_id"], strict=True))
    decisions = pl.DataFrame(
        [
            {"exception_id": ids["closed"], "decision": "accepted"},
            {"exception_id": ids["snoozed"], "decision": "open", "snooze_until": ago(-5)},
        ],
        schema=DECISIONS.schema(),
    ).with_columns(decided_on=date(2026, 1, 1), recorded_on=date(2026, 1, 1))
    in_order = lived(raised, decisions, NEVER_SEEN, Position.at(TODAY))
    assert in_order["family_id"].to_list() == ["F1", "F2", None, "F4", "F3", "F3"]
    assert in_order["subject"].to_list()[-2:] == ["snoozed", "closed"]


def test_the_order_of_rows_and_decisions_decides_nothing():
    raised = with_ids({}, {"family_id": "F2"}, {"family_id": "F3"})
    decisions = pl.DataFrame(
        [
            {"exception_id": id_, "decision": choice}
            for id_ in raised["exception_id"]
            for choice in ("open", "accepted")
        ],
        schema=DECISIONS.schema(),
    ).with_columns(decided_on=ago(2), recorded_on=ago(2))
    one_way = lived(raised, decisions, NEVER_SEEN, Position.at(TODAY))
    assert one_way.equals(lived(raised.reverse(), decisions.reverse(), NEVER_SEEN, Position.at(TODAY)))
