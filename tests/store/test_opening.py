"""Opening a store: private, migrated by the program itself, refused in plain words."""

import os
import stat
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from reconciliation.errors import Refusal
from reconciliation.records import RECORDS
from reconciliation.store import Store, default_url, migrations
from reconciliation.store.tables import metadata
from tests.store.rows import delivery, typed

OPEN = "import sys; from reconciliation.store import Store; Store.open(sys.argv[1]).close()"


def test_the_migrations_make_the_tables_that_the_program_uses(store: Store):
    with store.reading() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*expression-based index.*")  # SQLite cannot show these
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_the_newest_revision_is_the_one_that_opening_compares_with():
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_opening_again_keeps_what_is_there(new_url: str):
    with Store.open(new_url) as store:
        store.load(delivery({"reviews": typed("reviews", {"review_id": "R1"})}))
    with Store.open(new_url) as store:
        assert store.known(RECORDS["reviews"])["review_id"].to_list() == ["R1"]


def test_several_programs_may_open_a_new_database_at_once(new_url: str):
    """One migrates, the others wait for it."""
    openings = [subprocess.Popen([sys.executable, "-c", OPEN, new_url], stderr=subprocess.PIPE) for _ in range(2)]  # noqa: S603 ours
    assert [(opening.communicate()[1], opening.returncode) for opening in openings] == [(b"", 0)] * 2


def test_a_database_of_a_newer_program_is_refused(url: str):
    with Store.open(url) as store, store.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Refusal, match="made by a newer version of this program"):
        Store.open(url)


def test_the_sqlite_files_are_their_owners_alone(tmp_path: Path):
    out = tmp_path / "out"
    with Store.open(default_url(out)) as store, store.lock(0), store.writing():
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()}
        assert modes == dict.fromkeys(
            ("reconciliation.sqlite", *(f"reconciliation.sqlite{end}" for end in ("-wal", "-shm", ".lock"))), 0o600
        )
        assert stat.S_IMODE(out.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://user:hush@host/name", "names mysql: expected sqlite"),
        ("sqlite://", "names no file"),
        ("postgresql+other://user:hush@host/name", "unknown driver"),
        ("postgresql://user:hush@127.0.0.1:1/name", "PostgreSQL database name at 127.0.0.1 could not be used"),
        ("postgresql://127.0.0.1:1/name?password=hush", "could not be used"),
        ("sqlite:////dev/null/reconciliation.sqlite", "cannot be made"),
    ],
)
def test_a_url_that_cannot_serve_is_refused_in_one_line_without_its_password(url: str, said: str):
    with pytest.raises(Refusal, match=said) as refused:
        Store.open(url)
    assert len(refused.value.causes) == 1
    assert "\n" not in refused.value.causes[0]
    assert "hush" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    (tmp_path / "reconciliation.sqlite").write_text("Dear sirs, " * 1000)
    with pytest.raises(Refusal, match="file is not a database"):
        Store.open(default_url(tmp_path))


def test_a_full_disk_is_refused_and_nothing_of_the_load_is_kept(tmp_path: Path):
    """The page limit stands in for the disk."""
    with Store.open(default_url(tmp_path)) as store:
        with store.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        rows = typed("reviews", *({"review_id": f"R{number}" * 50} for number in range(4000)))
        with pytest.raises(Refusal, match="database or disk is full"):
            store.load(delivery({"reviews": rows}))
        assert store.known(RECORDS["reviews"]).is_empty()


def test_a_server_that_goes_away_in_the_middle_is_refused(postgresql_url: str):
    with Store.open(postgresql_url) as store:
        with pytest.raises(Refusal, match="could not be used"), store.writing() as connection:
            connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        assert store.load(delivery({"reviews": typed("reviews", {"review_id": "R1"})})) == 1


def test_a_path_with_odd_signs_opens(tmp_path: Path):
    odd = tmp_path / "100% ? # out"
    with Store.open(default_url(odd)) as store:
        store.load(delivery({"reviews": typed("reviews", {"review_id": "R1"})}))
        assert store.known(RECORDS["reviews"]).height == 1
    assert os.listdir(odd)
