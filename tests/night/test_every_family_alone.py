"""A family read alone from the store, with what a night kept of its neighbours, is what the whole night says of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given

from reconciliation.alone import Neighbours, narrowed
from reconciliation.night import _neighbours
from reconciliation.reckoning import reckon_alone
from reconciliation.results import Results
from reconciliation.store import Store, default_url
from reconciliation.store.tables import PROVENANCE
from tests.generated.strategies import Question, questions
from tests.properties.comparing import as_frames, as_quarantine, reckoned, seeded_question
from tests.properties.everyday import searching, seeds
from tests.properties.test_repeatability import assert_same
from tests.store.rows import CLOCK, delivery, raised


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> Path:
    """A database without a row, to copy from."""
    folder = tmp_path_factory.mktemp("migrated")
    Store.open(default_url(folder)).close()
    return folder / "reconciliation.sqlite"


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("alone")


def filled(question: Question, place: Path, migrated: Path) -> Store:
    """A store that holds the question's records."""
    for left in place.iterdir():
        left.unlink()
    shutil.copy(migrated, place)
    store = Store.open(default_url(place))
    nowhere = {name: pl.lit(None, dtype) for name, dtype in PROVENANCE.items()}
    store.load(delivery({name: frame.with_columns(**nowhere) for name, frame in as_frames(question.records).items()}))
    return store


def alone(question: Question, whole: Results, store: Store) -> Iterator[tuple[str, Results]]:
    """Each visible family, worked out from what the store gives of it."""
    position, policy = question.position, question.policy
    run = store.begin_run("nightly", position.as_of, position.known_on, "p", "code", CLOCK)
    store.record_position(run, position, "p", raised(), whole.balances, _neighbours(whole))
    kept = store.neighbours(position, "p")
    quarantined = as_quarantine(question.quarantined)
    for family_id in whole.money.families["family_id"]:
        versions = store.family_versions(family_id, kept.strays)
        others = Neighbours(family_id, kept.loose_payments, kept.open_instalments)
        yield family_id, reckon_alone(versions, policy, position, quarantined, others)


def assert_each_is_what_the_whole_says(question: Question, place: Path, migrated: Path) -> None:
    whole = reckoned(question)
    with filled(question, place, migrated) as store:
        for family_id, found in alone(question, whole, store):
            assert_same(found, narrowed(whole, family_id))


@searching(8)
@given(question=questions())
def test_every_family_of_any_council(place, migrated, question: Question):
    assert_each_is_what_the_whole_says(question, place, migrated)


@pytest.mark.parametrize("seed", seeds(1, 2))
def test_every_family_of_a_larger_council(place, migrated, seed: int):
    """Here families share payers, promises and amounts."""
    assert_each_is_what_the_whole_says(seeded_question(seed, 25), place, migrated)
