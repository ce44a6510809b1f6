"""Disks, databases, files and clocks that fail: each is told plainly, and the next night is as if nothing had been.

What is marked slow says of another size, stage, damage or direction what its neighbour says on an ordinary day.
"""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from reconciliation import cli, night
from reconciliation.cli import Exit
from reconciliation.store import Store, default_url, sqlite
from tests.trust.nights import AS_OF, LANDING, files_of, kept_in

pytestmark = pytest.mark.usefixtures("unexamined")
SLOW = pytest.mark.slow
NIGHT = ["nightly", "--direct", "--as-of", str(AS_OF)]


def run(out: Path, *more: str, data: Path = LANDING) -> Exit:
    return cli.run([*NIGHT, "--data", str(data), "--out", str(out), *more])


def told(capsys) -> list[str]:
    """What a person reads of the refusal: the lines that are no progress."""
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("reconcile: ")]


def assert_clean_next_night(out: Path, good) -> None:
    """Run again, the night gives what it gives anywhere, and the store holds what it would hold."""
    assert run(out) == Exit.DONE
    assert files_of(out / str(AS_OF)) == good.files
    assert kept_in(out / "reconciliation.sqlite") == good.kept
    assert not list(out.glob(".*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, to be made small or read-only by `resize`."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip("mounting a small disk takes root")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)  # noqa: S603, S607


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)  # noqa: S603, S607


@pytest.mark.parametrize("kilobytes", [96, 400, pytest.param(1000, marks=SLOW), 1400])
def test_a_full_disk_is_told_and_the_next_night_is_whole(small_disk, good, capsys, kilobytes):
    """Full while the tables are made, while records are kept, while files are written: never half of anything."""
    remount(small_disk, f"size={kilobytes}k")
    out = small_disk / "out"
    assert run(out) == Exit.REFUSED
    (line,) = told(capsys)
    assert "full" in line
    assert not (out / str(AS_OF)).exists()
    remount(small_disk, "size=64m")
    assert_clean_next_night(out, good)


def test_a_disk_that_fills_up_leaves_the_earlier_position_standing(small_disk, worked_night, good, capsys):
    out = shutil.copytree(worked_night, small_disk / "out")
    shutil.copytree(out / str(AS_OF), small_disk / "before")
    before = files_of(out / str(AS_OF))
    used = sum(path.stat().st_blocks * 512 for path in small_disk.rglob("*"))
    remount(small_disk, f"size={used // 1024 + 200}k")
    assert run(out) == Exit.REFUSED
    assert "full" in told(capsys)[-1]
    assert files_of(out / str(AS_OF)) == before
    remount(small_disk, "size=64m")
    assert_clean_next_night(out, good)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_read_only_folder_is_told(small_disk, worked_night, good, capsys, is_first):
    """Nothing there yet, or an earlier night there: both say that it cannot be written, and who to ask."""
    out = small_disk / "out"
    if not is_first:
        shutil.copytree(worked_night, out)
    remount(small_disk, "ro")
    assert run(out) == Exit.REFUSED
    (line,) = told(capsys)
    assert "lets this account write" in line or "Read-only" in line
    remount(small_disk, "rw")
    assert_clean_next_night(out, good)


def test_results_that_cannot_be_written_are_told_though_the_database_can(small_disk, tmp_path, capsys):
    remount(small_disk, "ro")
    assert run(small_disk / "out", "--database", default_url(tmp_path)) == Exit.REFUSED
    (line,) = told(capsys)
    assert "output folder" in line
    assert "cannot be written" in line


STAGES = ("Read the landing folder", "Keep the records", "Work out every family", "Publish and remember")
FIRST_AND_LAST = [STAGES[0], pytest.param(STAGES[1], marks=SLOW), pytest.param(STAGES[2], marks=SLOW), STAGES[3]]
"""Whatever goes before the first stage or the last is told on an ordinary day; between them, in the longer run."""


def with_a_mishap(monkeypatch, stage_name: str, mishap) -> None:
    """Let something happen just before a stage of the next night, once."""
    once = [mishap]

    def call(name, function, *arguments):
        if name == stage_name and once:
            once.pop()()
        return function(*arguments)

    monkeypatch.setattr(cli, "call", call)


@pytest.mark.parametrize("stage", FIRST_AND_LAST)
def test_a_database_that_goes_in_the_middle_is_told(tmp_path, good, monkeypatch, capsys, stage):
    out = tmp_path / "out"
    database = out / "reconciliation.sqlite"
    with_a_mishap(monkeypatch, stage, lambda: database.rename(tmp_path / "elsewhere.sqlite"))
    assert run(out) == Exit.REFUSED
    assert "reconciliation.sqlite" in told(capsys)[0]
    for left in out.glob("reconciliation.sqlite*"):
        left.unlink()
    assert_clean_next_night(out, good)


@pytest.mark.parametrize("stage", FIRST_AND_LAST)
def test_a_server_that_drops_the_connection_is_told(tmp_path, good, monkeypatch, capsys, stage, postgresql_store):
    def drop():
        with psycopg.connect(postgresql_store, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    with_a_mishap(monkeypatch, stage, drop)
    status = run(tmp_path, "--database", postgresql_store)
    assert status in (Exit.DONE, Exit.REFUSED)
    if status == Exit.REFUSED:
        assert "PostgreSQL database" in told(capsys)[0]
    assert run(tmp_path, "--database", postgresql_store) == Exit.DONE
    assert files_of(tmp_path / str(AS_OF)) == good.files
    with Store.open(postgresql_store) as store, store.lock(0):
        assert store.verify_audit() == []


DAMAGES = {
    "overwritten": lambda data: b"not a database" * (len(data) // 14),
    "cut short": lambda data: data[: len(data) // 3],
    "zeroed pages": lambda data: data[:4096] + bytes(len(data) - 4096),
}


@pytest.mark.parametrize("damage", ["overwritten", pytest.param("cut short", marks=SLOW), "zeroed pages"])
def test_a_corrupt_database_is_told_and_a_backup_carries_on(after_a_night, good, capsys, damage):
    database = after_a_night / "reconciliation.sqlite"
    backup = database.read_bytes()
    database.write_bytes(DAMAGES[damage](backup))
    assert run(after_a_night) == Exit.REFUSED
    assert "reconciliation.sqlite" in told(capsys)[-1]
    assert files_of(after_a_night / str(AS_OF)) == good.files
    for left in after_a_night.glob("reconciliation.sqlite?*"):
        left.unlink()
    database.write_bytes(backup)
    assert_clean_next_night(after_a_night, good)


def test_a_database_that_somebody_else_writes_to_is_told_after_a_wait(after_a_night, good, monkeypatch, capsys):
    """An engineer's tool with a transaction left open."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.5)
    with closing(sqlite3.connect(after_a_night / "reconciliation.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert run(after_a_night) == Exit.REFUSED
        assert "locked" in told(capsys)[-1]
        other.execute("ROLLBACK")
    assert_clean_next_night(after_a_night, good)


def test_a_night_that_finds_another_says_so_and_gives_up_in_time(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(night, "WAIT_SECONDS", 0.5)
    with Store.open(default_url(tmp_path)) as store, store.lock(0):
        assert run(tmp_path) == Exit.REFUSED
    said = capsys.readouterr().err
    assert said.index("Another night is running; waiting.") < said.index("reconcile: Another run is still writing")


def test_a_landing_file_that_grows_while_the_folder_is_read_is_refused(tmp_path, good, monkeypatch, capsys):
    """An export still being written would look like payments never made."""
    from reconciliation.ingest import reading

    data = shutil.copytree(LANDING, tmp_path / "landing")
    whole = (data / "transactions.csv").read_bytes()
    cut = whole[: whole.rindex(b"\n", 0, len(whole) // 2) + 1]
    (data / "transactions.csv").write_bytes(cut)
    judge = reading.judge

    def judge_while_the_export_goes_on(*arguments):
        (data / "transactions.csv").write_bytes(whole)
        return judge(*arguments)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(reading, "judge", judge_while_the_export_goes_on)
        assert run(tmp_path / "out", data=data) == Exit.REFUSED
    (line,) = told(capsys)
    assert "transactions.csv" in line
    assert "changed while" in line
    assert run(tmp_path / "out", data=data) == Exit.DONE
    assert files_of(tmp_path / "out" / str(AS_OF)) == good.files


def test_a_landing_file_that_goes_while_the_folder_is_read_is_refused(tmp_path, monkeypatch, capsys):
    from reconciliation.ingest import reading

    data = shutil.copytree(LANDING, tmp_path / "landing")
    survey = reading.survey

    def survey_then_lose(*arguments):
        found = survey(*arguments)
        (data / "plans.csv").unlink()
        return found

    monkeypatch.setattr(reading, "survey", survey_then_lose)
    assert run(tmp_path / "out", data=data) == Exit.REFUSED
    (line,) = told(capsys)
    assert line.startswith("reconcile: plans.csv: ")


def test_a_clock_that_jumped_ahead_is_a_stale_feed_and_no_quiet_night(tmp_path, good, clock, capsys):
    """Without --as-of a night is for the clock's day; years ahead, no feed is fresh, so nothing is published."""
    clock.off = timedelta(days=3000)
    assert cli.run(["nightly", "--direct", "--data", str(LANDING), "--out", str(tmp_path)]) == Exit.REFUSED
    assert "ask for a current export" in told(capsys)[0]
    clock.off = timedelta()
    assert_clean_next_night(tmp_path, good)


@pytest.mark.parametrize("days", [-2, pytest.param(2, marks=SLOW)])
def test_a_clock_that_jumps_during_the_night_changes_no_figure(tmp_path, good, clock, monkeypatch, days):
    with_a_mishap(monkeypatch, "Work out every family", lambda: setattr(clock, "off", timedelta(days=days)))
    assert run(tmp_path) == Exit.DONE
    assert files_of(tmp_path / str(AS_OF)) == good.files
    assert kept_in(tmp_path / "reconciliation.sqlite") == good.kept


def test_a_night_that_ended_in_the_future_does_not_silence_the_dead_man_check(tmp_path, clock, capsys):
    """A clock that was wrong once must not make the check quiet for years."""
    clock.off = timedelta(days=3000)
    assert run(tmp_path) == Exit.DONE
    clock.off = timedelta()
    check = ["check", "--max-age", "26", "--out", str(tmp_path)]
    assert cli.run(check) == Exit.OVERDUE
    assert "clock" in told(capsys)[-1]
    assert run(tmp_path) == Exit.DONE
    assert cli.run(check) == Exit.DONE
