"""The book of runs."""

from datetime import timedelta

import pytest

from reconciliation.store import Run, Store, StoreFault
from tests.store.rows import CLOCK, NIGHT, day

LATER = CLOCK + timedelta(hours=1)


def begin(store: Store, offset: int = 0, kind: str = "nightly") -> int:
    return store.begin_run(kind, day(offset), day(offset), "policy", "code", CLOCK)


def test_a_run_is_listed_with_how_it_ended_newest_first(store: Store):
    first, second = begin(store), begin(store, 1, "family")
    store.finish_run(first, "refused", LATER, causes=("One cause.", "Another."))
    listed = store.runs().to_dicts()
    assert [run["run_id"] for run in listed] == [second, first]
    assert listed[1] == {
        "run_id": first, "kind": "nightly", "as_of": NIGHT, "known_on": NIGHT, "policy_version": "policy",
        "code_version": "code", "started_at": CLOCK, "finished_at": LATER, "outcome": "refused",
        "causes": "One cause.\nAnother.",
    }  # fmt: skip
    assert store.runs(limit=1)["run_id"].to_list() == [second]


def test_a_run_that_never_ended_is_shown_as_unfinished(store: Store):
    begin(store)
    assert store.runs()["outcome"].to_list() == ["unfinished"]


def test_what_a_run_left_can_be_read_again(store: Store):
    run = begin(store)
    assert store.run_details(run) == {"manifest": None, "seconds": None, "expectations": None}
    kept = {"manifest": {"sum": 12}, "seconds": {"read": 0.5}, "expectations": {"good": True}}
    store.finish_run(run, "done", LATER, **kept)
    assert store.run_details(run) == kept


def test_a_finished_run_is_not_rewritten(store: Store):
    run = begin(store)
    store.finish_run(run, "failed", LATER)
    with pytest.raises(StoreFault):
        store.finish_run(run, "done", LATER)
    assert store.runs()["outcome"].to_list() == ["failed"]


def test_the_last_good_run_of_a_kind(store: Store):
    assert store.last_good_run() is None
    for number, (offset, outcome, kind) in enumerate(
        [(0, "done", "nightly"), (1, "refused", "nightly"), (2, "done", "family")]
    ):
        store.finish_run(begin(store, offset, kind), outcome, CLOCK + timedelta(hours=number))
    assert store.last_good_run() == Run(1, NIGHT, CLOCK)
    assert store.last_good_run("family").as_of == day(2)


def test_the_good_nights_before_a_day(store: Store):
    for offset, outcome in ((1, "done"), (0, "done"), (0, "done"), (2, "refused"), (3, "done")):
        store.finish_run(begin(store, offset), outcome, LATER)
    assert store.good_nights(day(3)) == [NIGHT, day(1)]
