"""All of a position appears together, or none of it."""

import errno
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import pytest

from reconciliation.errors import Refusal
from reconciliation.reports import publishing
from reconciliation.reports.publishing import publish_family, publish_position, safe_name, write_private

NIGHT = date(2026, 6, 10)


def writer(text: str):
    return lambda folder: write_private(folder, {"a.csv": text.encode(), "b.csv": text.encode()})


def failing(code: int):
    def write(folder: Path) -> None:
        write_private(folder, {"a.csv": b"half"})
        raise OSError(code, os.strerror(code))

    return write


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.fixture(params=["exchange", "two renames"])
def way(request, monkeypatch):
    """Both ways of changing names: the one step of Linux, and the two of other file systems."""
    if request.param == "two renames":
        monkeypatch.setattr(publishing, "_exchanged", lambda first, second: False)


@pytest.mark.usefixtures("way")
def test_a_position_appears_with_all_its_files_and_nothing_beside_them(tmp_path):
    folder = publish_position(tmp_path / "out", NIGHT, writer("one"))
    assert folder == tmp_path / "out" / "2026-06-10"
    assert contents(folder) == {"a.csv": "one", "b.csv": "one"}
    assert hidden(tmp_path / "out") == []


@pytest.mark.usefixtures("way")
def test_a_position_published_again_is_replaced_whole(tmp_path):
    folder = publish_position(tmp_path, NIGHT, lambda f: write_private(f, {"old.csv": b"old"}))
    publish_family(tmp_path, NIGHT, "F1", writer("letter"))
    publish_position(tmp_path, NIGHT, writer("new"))
    assert sorted(path.name for path in folder.iterdir()) == ["a.csv", "b.csv"]
    assert hidden(tmp_path) == []


@pytest.mark.usefixtures("way")
def test_a_family_is_published_inside_its_position_and_touches_nothing_else(tmp_path):
    position = publish_position(tmp_path, NIGHT, writer("night"))
    publish_family(tmp_path, NIGHT, "F1", writer("first"))
    folder = publish_family(tmp_path, NIGHT, "F1", writer("second"))
    assert folder == position / "F1"
    assert contents(folder)["a.csv"] == "second"
    assert contents(position) == {"a.csv": "night", "b.csv": "night"}
    assert hidden(tmp_path) == hidden(position) == []


def test_files_and_folders_are_private_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:

        def write(folder: Path) -> None:
            (folder / "loose.csv").write_text("x")
            (folder / "docs").mkdir(mode=0o777)
            (folder / "docs" / "page.html").write_text("x")

        publish_family(tmp_path / "out", NIGHT, "F1", write)
    finally:
        os.umask(before)
    for path in [tmp_path / "out", *(tmp_path / "out").rglob("*")]:
        assert stat.S_IMODE(path.lstat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize(
    ("code", "said"),
    [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "cannot be written"), (errno.EACCES, "cannot be written")],
)
def test_a_disk_that_is_full_or_closed_is_a_refusal_and_the_old_position_stands(tmp_path, code, said):
    folder = publish_position(tmp_path, NIGHT, writer("old"))
    with pytest.raises(Refusal, match=said):
        publish_position(tmp_path, NIGHT, failing(code))
    assert contents(folder) == {"a.csv": "old", "b.csv": "old"}
    assert hidden(tmp_path) == []


def test_a_fault_of_the_program_is_no_refusal_and_leaves_the_old_position(tmp_path):
    folder = publish_position(tmp_path, NIGHT, writer("old"))
    with pytest.raises(ZeroDivisionError):
        publish_position(tmp_path, NIGHT, lambda f: 1 / 0)
    assert contents(folder)["a.csv"] == "old"
    assert hidden(tmp_path) == []


def test_an_output_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(Refusal, match="cannot be written"):
        publish_position(tmp_path / "out", NIGHT, writer("x"))


@pytest.mark.parametrize("publish", [publish_position, lambda *night: publish_family(*night[:2], "F1", night[2])])
def test_a_link_where_the_position_should_be_is_refused_and_not_followed(tmp_path, publish):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "2026-06-10").symlink_to(elsewhere)
    with pytest.raises(Refusal, match="a link"):
        publish(tmp_path / "out", NIGHT, writer("x"))
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("family", ["../../etc", "a/b", "..", ".", ".hidden", "a\\b", "x\0y", "Ä 1", "%2E%2E", "a\nb"])
def test_a_familys_id_never_leads_out_of_its_position(tmp_path, family):
    folder = publish_family(tmp_path, NIGHT, family, writer("x"))
    assert folder.parent == tmp_path / "2026-06-10"
    assert not folder.name.startswith(".")
    assert [path.name for path in tmp_path.iterdir()] == ["2026-06-10"]


def test_two_ids_never_share_a_folder():
    ids = ["a/b", "a%2Fb", ".a", "%2Ea", "a b", "a+b", "A", "a"]
    assert len({safe_name(family) for family in ids}) == len(ids)


def test_an_ordinary_id_is_its_own_folder():
    assert safe_name("F00001-B") == "F00001-B"


@pytest.mark.parametrize("family", ["", "x" * 300])
def test_an_id_that_cannot_name_a_folder_is_refused(family):
    with pytest.raises(Refusal, match="id"):
        safe_name(family)


def test_a_file_is_never_written_through_a_link(tmp_path):
    (tmp_path / "a.csv").symlink_to(tmp_path / "victim")
    with pytest.raises(FileExistsError):
        write_private(tmp_path, {"a.csv": b"x"})
    assert not (tmp_path / "victim").exists()


def _publish_slowly(out: Path, started, go) -> None:
    def write(folder: Path) -> None:
        started.set()
        go.wait(20)
        write_private(folder, {"a.csv": b"slow"})

    publish_position(out, NIGHT, write)


def test_a_living_run_keeps_its_staging_folder_while_another_publishes(tmp_path):
    context = multiprocessing.get_context("spawn")
    started, go = context.Event(), context.Event()
    slow = context.Process(target=_publish_slowly, args=(tmp_path, started, go))
    slow.start()
    assert started.wait(20)
    publish_family(tmp_path, NIGHT, "F1", writer("quick"))
    assert len(hidden(tmp_path)) == 1
    go.set()
    slow.join(20)
    assert slow.exitcode == 0
    assert contents(tmp_path / "2026-06-10") == {"a.csv": "slow"}


def test_what_a_killed_run_left_is_cleared_by_the_next_and_never_seen(tmp_path):
    script = f"""
        import os, signal, pathlib
        from datetime import date
        from reconciliation.reports.publishing import publish_position
        def write(folder):
            (folder / "half.csv").write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
        publish_position(pathlib.Path({str(tmp_path)!r}), date(2026, 6, 10), write)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)  # noqa: S603 our own script
    assert killed.returncode == -signal.SIGKILL
    assert len(hidden(tmp_path)) == 1
    assert not (tmp_path / "2026-06-10").exists()
    publish_position(tmp_path, NIGHT, writer("whole"))
    assert hidden(tmp_path) == []
    assert contents(tmp_path / "2026-06-10")["a.csv"] == "whole"


def test_a_position_put_aside_by_a_run_that_died_between_two_renames_is_put_back(tmp_path):
    position = publish_position(tmp_path, NIGHT, writer("old"))
    position.rename(tmp_path / ".2026-06-10.aside")
    with pytest.raises(ZeroDivisionError):
        publish_position(tmp_path, NIGHT, lambda f: 1 / 0)
    assert contents(position) == {"a.csv": "old", "b.csv": "old"}


def test_a_reader_never_finds_the_position_missing(tmp_path):
    """Many exchanges while another process looks all the time: it finds a whole position at every look."""
    folder = publish_position(tmp_path, NIGHT, writer("0"))
    script = f"import os\nprint('looking', flush=True)\nwhile True: os.stat({str(folder / 'b.csv')!r})"
    looker = subprocess.Popen(  # noqa: S603 our own script
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert looker.stdout.readline() == "looking\n"
    for turn in range(100):
        publish_position(tmp_path, NIGHT, writer(str(turn)))
    looker.kill()
    _, said = looker.communicate()
    assert said == ""
