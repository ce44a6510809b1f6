"""The same position over the same records gives the same results, however often and in whatever order they came."""

from dataclasses import fields, replace
from random import Random

import polars as pl
from hypothesis import given
from polars.testing import assert_frame_equal

from reconciliation.results import Results
from tests.generated.strategies import DRAWERS, Question, questions
from tests.properties.comparing import reckoned, seeded_question
from tests.properties.everyday import searching


def frames(results: Results) -> dict[str, pl.DataFrame]:
    """Every frame that is published, by name, the money's among them."""
    parts = [(results, part.name) for part in fields(results)] + [
        (results.money, part.name) for part in fields(results.money)
    ]
    found = {f"{type(holder).__name__}.{name}": getattr(holder, name) for holder, name in parts}
    return {name: frame for name, frame in found.items() if isinstance(frame, pl.DataFrame)}


def assert_same(results: Results, again: Results) -> None:
    """Equal rows in equal order, in every frame."""
    for name, frame in frames(results).items():
        assert_frame_equal(frame, frames(again)[name])


def shuffled(question: Question, drawer: Random) -> Question:
    """The same question with the rows of every record in another order."""
    records = {name: drawer.sample(rows, len(rows)) for name, rows in question.records.items()}
    return replace(question, records=records)


@searching(10)
@given(questions(), DRAWERS)
def test_the_order_of_rows_decides_nothing(question: Question, drawer: Random):
    """Rows in another order, within and across families: identical frames."""
    assert_same(reckoned(question), reckoned(shuffled(question, drawer)))


def test_asking_twice_gives_the_same():
    """A large council, twice in one process, row for row."""
    question = seeded_question(11, 200)
    assert_same(reckoned(question), reckoned(question))


@searching(10)
@given(questions())
def test_what_was_not_known_yet_changes_nothing(question: Question):
    """Records recorded after `known_on` are as good as absent (rules, Position)."""
    known_on = question.position.known_on
    known = {name: [row for row in rows if row["recorded_on"] <= known_on] for name, rows in question.records.items()}
    quarantined = [row for row in question.quarantined if row["recorded_on"] is None or row["recorded_on"] <= known_on]
    earlier = replace(question, records=known, quarantined=quarantined)
    assert_same(reckoned(question), reckoned(earlier))
