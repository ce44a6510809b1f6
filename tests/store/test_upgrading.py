"""A store of an earlier program is brought to this one's tables by opening it, with its data in place."""

import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from reconciliation.position import Position
from reconciliation.records import DECISIONS, RECORDS
from reconciliation.store import Store, StoreFault, default_url, migrations
from reconciliation.store.database import _backend
from reconciliation.store.tables import metadata
from tests.store import earlier
from tests.store.conftest import _database
from tests.store.rows import CLOCK, NIGHT, day, delivery, typed

EARLIER = sorted(path.stem for path in earlier.FOLDER.glob("*.json"))
KILLED = """
import os, signal, sys
import sqlalchemy as sa
from reconciliation.store import Store

@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def kill(connection, cursor, statement, parameters, context, executemany):
    if sys.argv[2] in statement:
        os.kill(os.getpid(), signal.SIGKILL)

Store.open(sys.argv[1])
"""


@pytest.fixture(scope="module", params=EARLIER)
def revision(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def old_folder(revision: str, tmp_path_factory) -> Path:
    """SQLite's files as an earlier program left them, to copy from."""
    folder = tmp_path_factory.mktemp("old")
    earlier.restore(default_url(folder), revision)
    return folder


@pytest.fixture(scope="module")
def old_database(server: Path, revision: str) -> Iterator[str]:
    """A database on the server as an earlier program left it, to copy from."""
    for url in _database(server, "template1"):
        earlier.restore(url, revision)
        yield sa.make_url(url).database


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request, revision: str, tmp_path: Path) -> Iterator[str]:
    """A database of each kind as an earlier program left it."""
    if request.param == "postgresql":
        yield from _database(request.getfixturevalue("server"), request.getfixturevalue("old_database"))
    else:
        yield default_url(shutil.copytree(request.getfixturevalue("old_folder"), tmp_path / "old"))


@pytest.fixture
def upgraded(old_url: str) -> Iterator[Store]:
    with Store.open(old_url) as store:
        yield store


def test_a_store_of_every_earlier_revision_is_kept_to_try_the_migrations_on():
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    revisions = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    assert set(EARLIER) == revisions - {migrations.HEAD}


def test_the_kept_store_has_something_in_every_table(revision: str):
    empty = [name for name, rows in earlier.kept(revision).items() if not rows]
    assert empty == ["erasure_permits"]


def test_every_row_is_still_there_and_says_what_it_said(upgraded: Store, revision: str):
    now = earlier.held(upgraded)
    for name, rows in earlier.kept(revision).items():
        added = dict.fromkeys(now[name][0].keys() - rows[0].keys(), 0) if rows else {}
        assert _comparable(now[name]) == _comparable([row | added for row in rows]), name
        assert added.keys() == ({"correction"} if name == "decisions" else set())


def _comparable(rows: list[dict]) -> list[list]:
    return sorted((sorted(row.items()) for row in rows), key=repr)


def test_the_audit_trail_is_intact_and_still_finds_tampering(upgraded: Store):
    assert upgraded.verify_audit() == []
    with upgraded.writing() as connection:
        connection.exec_driver_sql("INSERT INTO erasure_permits VALUES ('none')")
        connection.exec_driver_sql("DELETE FROM decisions WHERE exception_id = 'E2'")
    assert any("decisions row of audit entry" in line for line in upgraded.verify_audit())


def test_the_tables_are_those_of_this_program(upgraded: Store):
    with upgraded.reading() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*expression-based index.*")  # SQLite cannot show these
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
        keys = {name: sa.inspect(connection).get_pk_constraint(name)["constrained_columns"] for name in RECORDS}
        assert keys == {name: list(record.identity) for name, record in RECORDS.items()}
        if connection.dialect.name == "sqlite":
            made = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
            assert [name for name, sql in made if "STRICT" not in sql] == ["alembic_version", "sqlite_sequence"]


def test_history_is_still_guarded(upgraded: Store):
    changes = ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"]
    with upgraded.reading() as connection:
        changes += ["TRUNCATE {0}"] if connection.dialect.name == "postgresql" else []
    for table in (*RECORDS, "audit", "loads", "files", "runs", "audit_head"):
        for change in changes:
            statement = change.format(table, metadata.tables[table].columns[0].name)
            with pytest.raises(StoreFault), upgraded.writing() as connection:
                connection.exec_driver_sql(statement)


def test_the_work_goes_on_where_it_stopped(upgraded: Store):
    """A correction is taken in beside the old decision, a family is forgotten, and all of it is proved."""
    corrected = typed("decisions", {"exception_id": "E1", "decision": "open", "recorded_on": day(1), "correction": 1})
    upgraded.load(delivery({"decisions": corrected}, as_of=day(1)))
    run = upgraded.begin_run("nightly", day(2), day(2), "policy", "code", CLOCK)
    upgraded.finish_run(run, "done", CLOCK)
    assert sorted(upgraded.known(DECISIONS).filter(exception_id="E1")["correction"]) == [0, 0, 1]
    assert upgraded.verify_audit() == []
    assert upgraded.forget(["F1", "x"], "7 years after closing", CLOCK)["decisions"] == 3
    assert upgraded.verify_audit() == []


def test_earlier_nights_are_remembered(upgraded: Store):
    assert upgraded.raised_on(upgraded.previous_night(day(2)))["exception_id"].to_list() == ["E1"]
    assert upgraded.trend(day(2))["arrears_pence"].to_list() == [100, 70]
    assert upgraded.neighbours(Position.at(day(1)), "policy").strays["transaction_id"].to_list() == ["T8"]
    assert upgraded.standing_quarantine(NIGHT)["key"].to_list() == [None, "T1"]
    assert upgraded.standing_quarantine(day(1))["key"].to_list() == [None]


@pytest.mark.parametrize("moment", ["pk_decisions", "ALTER TABLE", "UPDATE alembic_version"])
def test_a_migration_that_is_killed_leaves_the_old_store_and_is_simply_done_again(
    old_url: str, revision: str, moment: str
):
    before = _tables(old_url)
    killed = subprocess.run([sys.executable, "-c", KILLED, old_url, moment], check=False)  # noqa: S603 ours
    assert killed.returncode == -signal.SIGKILL
    assert (_revision(old_url), _tables(old_url)) == (revision, before)
    with Store.open(old_url) as store:
        assert store.verify_audit() == []
        assert store.known(DECISIONS).height == len(earlier.kept(revision)["decisions"])
    assert _revision(old_url) == migrations.HEAD


def _tables(url: str) -> dict[str, list[str]]:
    engine = _backend(url).engine
    with engine.connect() as connection:
        look = sa.inspect(connection)
        found = {name: [column["name"] for column in look.get_columns(name)] for name in look.get_table_names()}
    engine.dispose()
    return found


def _revision(url: str) -> str:
    engine = _backend(url).engine
    with engine.connect() as connection:
        found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    engine.dispose()
    return found
