"""Exceptions night after night: what was seen first, last, anew, and at what amount, told from earlier nights alone."""

import random

import polars as pl
import pytest

from reconciliation.position import Position
from reconciliation.store import Store
from tests.store.rows import CLOCK, NIGHT, balances, day, neighbours, raised


def night(store: Store, offset: int, known: int | None = None, **amounts: int | None) -> None:
    """Record that a night raised these exceptions at these amounts."""
    position = Position.at(day(offset), None if known is None else day(known))
    run = store.begin_run("nightly", position.as_of, position.known_on, "policy", "code", CLOCK)
    store.record_position(run, position, "policy", raised(**amounts), balances(F1=100), neighbours())


def seen_before(store: Store, offset: int, *ids: str) -> dict:
    frame = store.first_seen(list(ids), day(offset))
    return {row[0]: tuple((seen - NIGHT).days for seen in row[1:]) for row in frame.iter_rows()}


def on_the_night_before(store: Store, offset: int) -> dict:
    night = store.previous_night(day(offset))
    return dict(store.raised_on(night).select("exception_id", "amount_pence").iter_rows()) if night else {}


def published(store: Store, offset: int, *ids: str) -> dict:
    return dict(store.published_amounts(list(ids), day(offset)).iter_rows())


def test_before_any_night_nothing_was_seen(store: Store):
    assert store.previous_night(NIGHT) is None
    assert on_the_night_before(store, 0) == {}
    assert seen_before(store, 0, "E1") == {}
    assert published(store, 0, "E1") == {}


def test_an_exception_that_stays_keeps_its_first_night(store: Store):
    for offset in (0, 1, 4):
        night(store, offset, E1=100)
    assert seen_before(store, 5, "E1", "E2") == {"E1": (0, 4)}
    assert store.raised_on(store.previous_night(day(5))).rows() == [("E1", "ARREARS", "F1", "E1", 100, NIGHT)]


def test_a_night_run_again_says_what_it_said(store: Store):
    night(store, 0, E1=100)
    night(store, 1, E1=100, E2=50)
    assert seen_before(store, 1, "E1", "E2") == {"E1": (0, 0)}
    assert on_the_night_before(store, 1) == {"E1": 100}


def test_a_cause_that_went_and_returns_can_be_told(store: Store):
    night(store, 0, E1=100)
    night(store, 1)
    assert seen_before(store, 2, "E1") == {"E1": (0, 0)}
    assert store.previous_night(day(2)) == day(1)
    night(store, 2, E1=100)
    assert seen_before(store, 3, "E1") == {"E1": (0, 2)}


def test_a_night_run_again_with_another_answer_takes_its_place(store: Store):
    for offset in (0, 1, 2):
        night(store, offset, E1=100)
    night(store, 1, E2=70)
    assert on_the_night_before(store, 1) == {"E1": 100}
    assert on_the_night_before(store, 2) == {"E2": 70}
    assert on_the_night_before(store, 3) == {"E1": 100}
    assert seen_before(store, 3, "E1", "E2") == {"E1": (0, 2), "E2": (1, 1)}


def test_a_look_into_the_past_is_no_night(store: Store):
    """A position whose known_on is another day publishes files, but writes no history of exceptions."""
    night(store, 0, E1=100)
    night(store, 0, known=-9, E2=50)
    assert on_the_night_before(store, 1) == {"E1": 100}
    assert store.trend(day(1))["as_of"].to_list() == [NIGHT]


def test_the_amount_that_was_published_when_a_person_decided(store: Store):
    for offset, amount in ((0, 100), (2, 250), (3, None)):
        night(store, offset, E1=amount)
    answers = [published(store, offset, "E1") for offset in (-1, 0, 1, 2, 3)]
    assert answers == [{}, {"E1": 100}, {"E1": 100}, {"E1": 250}, {"E1": None}]


def test_an_exception_that_stays_as_it_is_costs_one_row(store: Store):
    for offset in range(10):
        night(store, offset, E1=100, E2=None)
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sightings").scalar() == 2


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_nights_and_reruns_gives_what_plain_notes_of_every_night_give(store: Store, seed: int):
    """The intervals against a plain dictionary of nights."""
    chance = random.Random(seed)
    notes: dict[int, dict[str, int | None]] = {}
    for _ in range(25):
        offset = chance.randrange(12)
        notes[offset] = {name: chance.choice((1, 1, 2, None)) for name in "ABC" if chance.random() < 0.7}
        night(store, offset, **notes[offset])
    for offset in range(14):
        earlier = {other: notes[other] for other in sorted(notes) if other < offset}
        assert on_the_night_before(store, offset) == (earlier[max(earlier)] if earlier else {})
        nights_of = {name: [other for other in earlier if name in earlier[other]] for name in "ABC"}
        assert seen_before(store, offset, *"ABC") == {n: (min(at), max(at)) for n, at in nights_of.items() if at}
        assert published(store, offset - 1, *"ABC") == {n: earlier[max(at)][n] for n, at in nights_of.items() if at}


def test_ten_thousand_exceptions_are_looked_up_at_once(store: Store):
    ids = [f"E{number}" for number in range(10_000)]
    night(store, 0, **dict.fromkeys(ids, 100))
    night(store, 1, **dict.fromkeys(ids, 200))
    assert store.first_seen(ids, day(2))["first_seen"].unique().to_list() == [NIGHT]
    assert store.published_amounts(ids, NIGHT)["amount_pence"].sum() == 1_000_000
    assert store.raised_on(store.previous_night(day(2))).select(pl.col("amount_pence").sum()).item() == 2_000_000
