"""Decisions taken in by the command: who corrects an earlier one of the same day is believed, and both are kept."""

from datetime import UTC, datetime

import polars as pl
import pytest

from reconciliation.deciding import take_decisions
from reconciliation.ingest import PROVENANCE
from reconciliation.records import DECISIONS
from reconciliation.store import Load, Store, default_url
from tests.duties.made import TODAY, ago

CLOCK = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
ONE, TWO = "EX-000000000001", "EX-000000000002"
TOMORROW = ago(-1)


@pytest.fixture
def take(tmp_path):
    """Give back a file with these decisions, by exception; says (kept, unchanged, refused)."""
    with Store.open(default_url(tmp_path)) as store:

        def given_back(on=TODAY, decided_on="", **decisions):
            rows = [f"EX-{name[1:]:0>12},{decision},{decided_on}" for name, decision in decisions.items()]
            file = tmp_path / "decided.csv"
            file.write_text("\n".join(["exception_id,decision,decided_on", *rows]), encoding="utf-8")
            taken = take_decisions(file, store, "Pat", on, CLOCK)
            return taken.kept, taken.unchanged, taken.refused.height

        given_back.store = store
        yield given_back
        assert store.verify_audit() == []


def kept(take, exception=ONE):
    rows = take.store.known(DECISIONS).filter(exception_id=exception)
    return rows.sort(DECISIONS.identity).select("decision", "correction").rows()


def test_a_second_decision_of_the_day_corrects_the_first_and_both_are_kept(take):
    assert take(e1="not_an_error", e2="accepted") == (2, 0, 0)
    assert take(e1="in_progress", e2="accepted") == (1, 1, 0)
    assert kept(take) == [("not_an_error", 0), ("in_progress", 1)]
    assert kept(take, TWO) == [("accepted", 0)]


def test_going_back_to_the_first_decision_is_a_correction_too(take):
    for decision in ("accepted", "open", "accepted"):
        assert take(e1=decision) == (1, 0, 0)
    assert kept(take) == [("accepted", 0), ("open", 1), ("accepted", 2)]


def test_the_same_file_given_back_again_adds_nothing(take):
    take(e1="accepted")
    take(e1="open")
    assert take(e1="open") == (0, 1, 0)


def test_a_decision_that_holds_no_longer_is_taken_once_however_often_it_is_given_back(take):
    """It speaks of a day before the one that holds, so it changes nothing, and would be new every time."""
    take(e1="accepted")
    assert take(on=TOMORROW, decided_on=ago(5), e1="open") == (1, 0, 0)
    assert take(on=TOMORROW, decided_on=ago(5), e1="open") == (0, 1, 0)


def test_a_correction_holds_whatever_day_it_says_it_was_decided(take):
    take(e1="accepted")
    take(decided_on=ago(5), e1="open")
    assert take(decided_on=ago(5), e1="open") == (0, 1, 0)
    assert take(e1="accepted") == (1, 0, 0)


def test_a_correction_beside_the_day_that_the_file_was_published_with_is_of_today(take):
    """The file still says when the first decision was taken; nobody retypes that."""
    take(on=ago(3), e1="accepted")
    take(decided_on=ago(3), e1="not_an_error")
    take(decided_on=ago(3), e1="open")
    decided = take.store.known(DECISIONS).sort("recorded_on", "correction")
    assert decided.select("decision", "decided_on").rows() == [
        ("accepted", ago(3)), ("not_an_error", TODAY), ("open", TODAY),
    ]  # fmt: skip


def test_each_day_counts_its_corrections_from_nought(take):
    take(e1="accepted")
    take(e1="open")
    take(on=TOMORROW, e1="resolved")
    assert kept(take) == [("accepted", 0), ("open", 1), ("resolved", 0)]


def test_a_decision_delivered_on_the_same_day_is_corrected_as_well(take):
    delivered = pl.DataFrame(
        [{"exception_id": ONE, "decision": "accepted", "decided_on": TODAY, "recorded_on": TODAY, "correction": 0}],
        schema=DECISIONS.schema() | PROVENANCE,
    )
    take.store.load(Load(as_of=TODAY, loaded_at=CLOCK, accepted={"decisions": delivered}))
    assert take(e1="open") == (1, 0, 0)
    assert kept(take) == [("accepted", 0), ("open", 1)]


def test_a_column_that_staff_call_correction_is_theirs(take, tmp_path):
    file = tmp_path / "decided.csv"
    file.write_text(f"exception_id,decision,correction\n{ONE},open,see mail\n", encoding="utf-8")
    assert take_decisions(file, take.store, "Pat", TODAY, CLOCK).refused.is_empty()
    assert kept(take) == [("open", 0)]
