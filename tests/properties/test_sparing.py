"""Families that nothing has touched keep what an earlier night settled for them, and nobody can tell (rules §1–§3)."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.position import Position
from reconciliation.reckoning import reckon
from reconciliation.results import Kept
from reconciliation.shards import in_shards
from reconciliation.sparing import Sparing, kept_from
from tests.generated.strategies import DRAWERS, Question, questions
from tests.properties.comparing import as_frames, seeded_question
from tests.properties.everyday import searching, seeds
from tests.properties.test_repeatability import assert_same

EARLIER = st.tuples(st.integers(0, 60), st.integers(0, 60))
"""How many days before a position, in `as_of` and in `known_on`, an earlier night was."""


def kept_before(question: Question, days: tuple[int, int], drawer: Random) -> Kept:
    """What a night so many days before leaves, to which one row in five had not been delivered yet."""
    came = {name: [row for row in rows if drawer.random() < 0.8] for name, rows in question.records.items()}
    position = question.position
    before = Position(position.as_of - timedelta(days[0]), position.known_on - timedelta(days[1]))
    return kept_from(reckon(as_frames(came), question.policy, before))


def taken_over(kept: Kept, question: Question) -> int:
    """How many families are; and everything is what it is when all are settled."""
    versions, sparing = as_frames(question.records), Sparing(kept, in_shards)
    whole = reckon(versions, question.policy, question.position)
    assert_same(whole, reckon(versions, question.policy, question.position, settling=sparing))
    return sparing.taken_over


@searching(8)
@given(questions(), EARLIER, DRAWERS)
def test_what_is_taken_over_is_what_would_be_settled(question: Question, days: tuple[int, int], drawer: Random):
    taken_over(kept_before(question, days, drawer), question)


@pytest.mark.parametrize("seed", seeds(2))
def test_a_large_council_some_days_later(seed: int):
    """Some of it is taken over and some is not."""
    question = seeded_question(seed, 150)
    kept = kept_before(question, (seed % 3, seed % 5), Random(seed))
    assert 0 < taken_over(kept, question) < 150


@pytest.fixture(scope="module")
def council() -> Question:
    """One in which nothing is dated after the day it is asked on."""
    question = seeded_question(1, 60)
    posted = [row for row in question.records["transactions"] if row["posted_on"] <= question.position.as_of]
    return replace(question, records=question.records | {"transactions": posted})


@pytest.fixture(scope="module")
def kept(council) -> Kept:
    return kept_from(reckon(as_frames(council.records), council.policy, council.position))


def families(question: Question) -> int:
    return reckon(as_frames(question.records), question.policy, question.position).balances.height


def test_the_same_again_takes_everyone_over(council, kept):
    assert taken_over(kept, council) == families(council) > 0


CHANGES = {
    "families": lambda row, today: {"closed_on": today},
    "entitlements": lambda row, today: {"amount_pence": row["amount_pence"] + 1},
    "suspensions": lambda row, today: {"pay_percent": (row["pay_percent"] + 50) % 100},
    "transactions": lambda row, today: {"transaction_id": "T-NEW", "posted_on": today},
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_new_of_a_family_has_it_settled_again_and_no_other(council, kept, name):
    """A later version, or one more transaction, of the newest row that a visible family has."""
    today = council.position.known_on
    known = kept.prints.collect()["family_id"]
    named = [row for row in council.records[name] if row["family_id"] in known]
    row = max((row for row in named if row["recorded_on"] < today), key=lambda row: row["recorded_on"])
    news = row | CHANGES[name](row, council.position.as_of) | {"recorded_on": today}
    more = replace(council, records=council.records | {name: [*council.records[name], news]})
    assert taken_over(kept, more) == families(council) - 1


def test_as_time_goes_by_a_family_is_settled_again_when_its_next_due_comes_within_reach(council, kept):
    """Not before; that a due is no longer upcoming needs nobody settled again."""
    reach, stirred = council.position.as_of + timedelta(council.policy.matching.prepayment_days), []
    for days in (0, 9, 28):
        later = replace(council, position=replace(council.position, as_of=council.position.as_of + timedelta(days)))
        ledger = reckon(as_frames(later.records), later.policy, later.position).money.ledger
        due = ledger.filter(pl.col("due_on") > reach)["family_id"].n_unique()
        assert taken_over(kept, later) == families(council) - due
        stirred.append(due)
    assert 0 == stirred[0] < stirred[1] < stirred[2]


def test_what_is_kept_is_kept_anew_once_a_tenth_was_settled_again(council, kept, monkeypatch):
    """And not by a replay of an earlier day, which takes nothing over."""
    monkeypatch.setattr("reconciliation.sparing.MANY_MOVEMENTS", 1)
    results = reckon(as_frames(council.records), council.policy, council.position)
    everyone = results.balances.height
    assert Sparing(None, in_shards).to_keep(results).as_of == council.position.as_of
    assert Sparing(kept, in_shards, taken_over=everyone - everyone // 10).to_keep(results) is None
    assert Sparing(kept, in_shards, taken_over=everyone - everyone // 10 - 1).to_keep(results) is not None
    assert Sparing(replace(kept, as_of=date(2030, 1, 1)), in_shards).to_keep(results) is None


@pytest.mark.parametrize("other", [{"program": "another"}, {"policy_version": "another"}, {"as_of": date(2030, 1, 1)}])
def test_nothing_is_taken_over_from_another_program_or_policy_or_a_later_day(council, kept, other):
    assert taken_over(replace(kept, **other), council) == 0
