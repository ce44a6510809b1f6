"""People's data stays in the store and the published files: never in a log, an error, a page of Prefect, a manifest.

Every logger is at its most talkative here, and Prefect's own database is read whole.
"""

import json
import logging
import os
import shutil
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path

import pytest

from flows.family import family as family_flow
from reconciliation import cli, night, rerun
from reconciliation.cli import Exit
from reconciliation.requests import FamilyRequest
from reconciliation.rerun import rerun_family
from tests.trust.nights import AS_OF, LANDING, SAMPLE, asked
from tests.trust.nights import night as run_night

PRIVATE = {
    "families": ("recipient_name", "carer_name", "payee_reference"),
    "transactions": ("payee_reference", "narrative"),
    "decisions": ("note", "decided_by"),
}
TOO_SHORT_TO_TELL = 4


@pytest.fixture(scope="module")
def council(tmp_path_factory):
    """An output folder after a night over the sample council."""
    out = tmp_path_factory.mktemp("council")
    run_night(out, SAMPLE)
    return out


def private_words(database: Path) -> set[str]:
    """Every name, payee reference and narrative of everyone in the store."""
    with closing(sqlite3.connect(database)) as connection:
        found = {
            row[0]
            for table, columns in PRIVATE.items()
            for column in columns
            for row in connection.execute(f'SELECT DISTINCT "{column}" FROM "{table}"')  # noqa: S608 names are ours
            if row[0] and len(row[0]) >= TOO_SHORT_TO_TELL
        }
    assert len(found) > 100
    return found


def family_ids(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {row[0] for row in connection.execute("SELECT DISTINCT family_id FROM families")}


def everything_in(database: Path, of: str = "") -> str:
    """Every cell of every table, as one text, once it tells `of` something: runs arrive as events, a moment later."""
    for _ in range(100):
        if of in (said := _cells(database)):
            break
        time.sleep(0.2)
    assert of in said
    return said


def _cells(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return "\n".join(
            str(row)
            for table in tables
            for row in connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608
        )


def found_in(text: str, words: set[str]) -> list[str]:
    return sorted(word for word in words if word in text)


@pytest.fixture
def heard(caplog, capfd):
    """Everything said so far: every log record of every logger with its traceback, standard output and error."""
    caplog.set_level(logging.DEBUG)

    def all_of_it() -> str:
        printed = capfd.readouterr()
        return caplog.text + printed.out + printed.err

    return all_of_it


def test_a_night_as_a_flow_says_nothing_of_anyone(api, prefect_home, council, tmp_path, heard):
    """Log lines, terminal, manifest, and all that Prefect keeps: no name, reference, narrative, not even an id."""
    words = private_words(council / "reconciliation.sqlite") | family_ids(council / "reconciliation.sqlite")
    arguments = ["nightly", "--data", str(SAMPLE), "--out", str(tmp_path), "--as-of", str(AS_OF)]
    assert cli.run(arguments) == Exit.DONE
    said = heard()
    assert "Publish and remember" in said
    assert found_in(said, words) == []
    assert found_in((tmp_path / str(AS_OF) / "manifest.json").read_text(encoding="utf-8"), words) == []
    kept = everything_in(prefect_home / "prefect.db", of="Work out every family")
    assert found_in(kept, words) == []


def test_a_night_as_a_flow_calls_nobody_beyond_this_machine(api, tmp_path, calls):
    """The orchestrator on the loopback, and no one else."""
    arguments = ["nightly", "--data", str(LANDING), "--out", str(tmp_path), "--as-of", str(AS_OF)]
    assert cli.run(arguments) == Exit.DONE
    assert calls.addresses
    assert {address[0] for address in calls.addresses} <= {"127.0.0.1", "localhost", "::1"}


def test_a_familys_rerun_as_a_flow_says_its_id_and_nothing_else(api, prefect_home, council, heard):
    words = private_words(council / "reconciliation.sqlite")
    family_id = min(family_ids(council / "reconciliation.sqlite"))
    family_flow(family_id, council, AS_OF)
    kept = everything_in(prefect_home / "prefect.db")
    assert family_id in kept
    assert found_in(kept + heard(), words) == []


def test_what_the_store_keeps_of_runs_and_audit_names_nobody(council):
    """Manifests, causes, certificates and audit entries are shown to people who may not see the records."""
    database = council / "reconciliation.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        rows = [row for table in ("runs", "audit") for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608
    assert len(rows) > 1
    assert found_in(str(rows), private_words(database)) == []


def spoilt(target: Path) -> Path:
    """The worked example with every tenth payment's cells glued together and its amount unreadable."""
    shutil.copytree(LANDING, target)
    file = target / "transactions.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([lines[0], *(_spoilt(line, n) for n, line in enumerate(lines[1:]))]), encoding="utf-8")
    return target


def _spoilt(line: str, number: int) -> str:
    return line.replace(",", " ") if number % 10 == 0 else line


@pytest.mark.usefixtures("unexamined")
def test_a_refused_night_names_nobody(tmp_path, worked_night, heard):
    assert cli.run(_direct(spoilt(tmp_path / "landing"), tmp_path / "out")) == Exit.REFUSED
    database = worked_night / "reconciliation.sqlite"
    said = heard()
    assert "rows are bad" in said
    assert found_in(said, private_words(database) | family_ids(database)) == []


def _direct(data: Path, out: Path) -> list[str]:
    return ["nightly", "--direct", "--data", str(data), "--out", str(out), "--as-of", str(AS_OF)]


def test_a_fault_of_the_program_names_nobody(tmp_path, monkeypatch, heard):
    """The text of an exception may quote a record; its kind and place are told, its text is not."""

    def fail(versions, *_rest):
        raise ValueError(f"cannot add {versions['families'].rows()}")

    monkeypatch.setattr(night, "reckon", fail)
    assert cli.run(_direct(LANDING, tmp_path)) == Exit.FAULT
    said = heard()
    assert "a fault of the program: ValueError in test_privacy.py" in said
    database = tmp_path / "reconciliation.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        causes = connection.execute("SELECT causes FROM runs").fetchall()
    assert causes == [("ValueError",)]
    assert found_in(said, private_words(database) | family_ids(database)) == []


def test_a_fault_in_a_rerun_names_nobody(council, monkeypatch, heard):
    monkeypatch.setattr(rerun, "reckon_alone", lambda versions, *more: {}[versions["families"].rows()[0]])
    family_id = min(family_ids(council / "reconciliation.sqlite"))
    assert cli.run(["family", family_id, "--out", str(council), "--as-of", str(AS_OF)]) == Exit.FAULT
    assert found_in(heard(), private_words(council / "reconciliation.sqlite")) == []


@pytest.mark.usefixtures("unexamined")
def test_a_statement_the_database_refuses_is_told_without_its_row(after_a_night, heard):
    """A row that a database's own check turns down must not be printed with the check's name."""
    database = after_a_night / "reconciliation.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "CREATE TRIGGER t BEFORE INSERT ON sightings BEGIN SELECT RAISE(ABORT, 'x'); END",
        )
        connection.commit()
    assert cli.run(_direct(LANDING, after_a_night)) == Exit.FAULT
    said = heard()
    assert "StoreFault" in said
    assert found_in(said, private_words(database)) == []


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode) for path in folder.rglob("*")}


@pytest.mark.parametrize("umask", [0o000, 0o027])
@pytest.mark.usefixtures("unexamined")
def test_every_file_and_folder_is_its_owners_alone_at_every_moment(tmp_path, umask):
    """Also those that are there for a moment only: the write-ahead log, the lock, the staging file and folder."""
    out, seen = tmp_path / "out", {}

    def watched(_name, function, *arguments):
        seen.update(modes(out))
        outcome = function(*arguments)
        seen.update(modes(out))
        return outcome

    before = os.umask(umask)
    try:
        run_night(out, stage=watched)
        request = asked(out)
        rerun_family(FamilyRequest("F00002", out, request.position, request.started_at))
    finally:
        os.umask(before)
    seen.update(modes(out))
    assert {"reconciliation.sqlite-wal", "reconciliation.sqlite.lock", str(AS_OF)} <= seen.keys()
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {name: oct(mode) for name, mode in seen.items() if mode not in (0o600, 0o700)} == {}


def test_the_manifest_has_no_amount_that_is_one_familys(council):
    """Sums over everyone, counts, and file names: nothing in it is keyed by a family."""
    said = json.loads((council / str(AS_OF) / "manifest.json").read_text(encoding="utf-8"))
    assert found_in(json.dumps(said), family_ids(council / "reconciliation.sqlite")) == []
