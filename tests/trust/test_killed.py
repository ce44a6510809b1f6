"""Killed at any moment: the night is run again and nothing shows that anything happened (design: safety)."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from reconciliation.records import RECORDS
from reconciliation.store import Store, default_url
from tests.trust.killing import KILLED, Moment, moments
from tests.trust.nights import AS_OF, files_of, kept_in

EVERYDAY, DRILL = 6, 60
AT_REST = {str(AS_OF), "reconciliation.sqlite", "reconciliation.sqlite.lock"}
SEED = 20260610


def assert_nothing_half_done(out, undisturbed):
    """Whatever stands right after the kill is whole: a position that is there is complete, and so is the database."""
    folder = out / str(AS_OF)
    if folder.exists():
        assert files_of(folder) == undisturbed.files
        assert (folder / "manifest.json").stat().st_size
    database = out / "reconciliation.sqlite"
    if database.exists() and database.stat().st_size:
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            is_made = connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        assert not is_made or _records(kept_in(database)) in ({}, _records(undisturbed.kept))


def _records(kept):
    """The records that are there at all."""
    return {name: kept[name] for name in RECORDS if kept[name]}


def assert_as_if_undisturbed(out, undisturbed):
    assert {path.name for path in out.iterdir()} == AT_REST
    assert files_of(out / str(AS_OF)) == undisturbed.files
    assert kept_in(out / "reconciliation.sqlite") == undisturbed.kept
    with Store.open(default_url(out)) as store, store.lock(0):
        assert store.verify_audit() == []
        assert store.last_good_run().as_of == AS_OF


def kill_and_run_again(nights, undisturbed, out, at):
    """Nights killed at those moments, one after another on the same folder, then one that nobody kills."""
    killed = 0
    for moment in at:
        ended = nights.run(out, moment, undisturbed.seconds)
        assert ended.status in (KILLED, 0), ended.said
        killed += ended.status == KILLED
        assert_nothing_half_done(out, undisturbed)
    ended = nights.run(out)
    assert ended.status == 0, ended.said
    assert_as_if_undisturbed(out, undisturbed)
    return killed


def test_a_few_nights_killed_in_a_row_leave_nothing_to_mend(nights, undisturbed, tmp_path):
    """Two folders of three kills each; each then holds what an undisturbed night gives."""
    at = moments(undisturbed.seconds, EVERYDAY, SEED)
    killed = sum(kill_and_run_again(nights, undisturbed, tmp_path / str(number), at[number::2]) for number in range(2))
    assert killed >= EVERYDAY - 2


@pytest.mark.slow
def test_sixty_nights_killed_each_followed_by_a_good_one(nights, undisturbed, tmp_path):
    """Every kill on a folder of its own, so that each moment meets each state: nothing there yet."""
    killed = 0
    for number, moment in enumerate(moments(undisturbed.seconds, DRILL, SEED + 1)):
        out = tmp_path / str(number)
        killed += kill_and_run_again(nights, undisturbed, out, [moment])
        shutil.rmtree(out)
    assert killed >= 50


@pytest.mark.slow
def test_a_night_killed_while_an_earlier_one_of_that_day_is_published_leaves_that_standing(
    nights, undisturbed, tmp_path
):
    """The same date published anew: one position or the other stands at every moment, never none."""
    nights.run(tmp_path)
    for moment in moments(undisturbed.seconds, 20, SEED + 2):
        nights.run(tmp_path, moment, undisturbed.seconds)
        assert (tmp_path / str(AS_OF)).is_dir()
        assert_nothing_half_done(tmp_path, undisturbed)
    assert nights.run(tmp_path).status == 0
    assert_as_if_undisturbed(tmp_path, undisturbed)


@pytest.mark.parametrize("stage", ["Keep the records", "Publish and remember"])
def test_what_is_written_is_kept_whole_or_not_at_all_and_the_lock_dies_with_its_night(
    nights, undisturbed, tmp_path, stage
):
    """Killed four times in the middle of the same transaction; nobody waits for the dead."""
    for share in (0.2, 0.4, 0.6, 0.8):
        nights.run(tmp_path, Moment(stage, share), undisturbed.seconds)
        assert_nothing_half_done(tmp_path, undisturbed)
        with Store.open(default_url(tmp_path)) as store, store.lock(0):
            pass


def test_nights_killed_on_postgresql_leave_nothing_to_mend(nights, undisturbed, postgresql_store, tmp_path):
    """The server gives the lock back when it notices that nobody is there any more."""
    for moment in moments(undisturbed.seconds, 6, SEED + 3):
        ended = nights.run(tmp_path, moment, undisturbed.seconds, database=postgresql_store)
        assert ended.status in (KILLED, 0), ended.said
    assert nights.run(tmp_path, database=postgresql_store).status == 0
    assert files_of(tmp_path / str(AS_OF)) == undisturbed.files
    with Store.open(postgresql_store) as store, store.lock(0):
        assert store.verify_audit() == []
        kept = {name: store.known(record).height for name, record in RECORDS.items()}
    assert kept == {name: len(undisturbed.kept[name]) for name in RECORDS}
