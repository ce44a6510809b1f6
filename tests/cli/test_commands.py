"""The commands as a person types them: what they print, and how they end."""

import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reconciliation.cli import Exit, run

EXAMPLES = Path(__file__).parents[1] / "examples"
LANDING = EXAMPLES / "landing"


@pytest.fixture(scope="module")
def out(worked_night, tmp_path_factory):
    """An output folder after one night, for commands that leave it as it is."""
    return shutil.copytree(worked_night, tmp_path_factory.mktemp("cli") / "out")


def said(capsys):
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_a_night_ends_with_where_to_look_and_names_nobody(tmp_path, capsys):
    arguments = ["nightly", "--direct", "--data", str(LANDING), "--out", str(tmp_path), "--as-of", "2026-06-10"]
    assert run(arguments) == Exit.DONE
    printed, progress = said(capsys)
    assert str(tmp_path / "2026-06-10" / "report.html") in printed
    assert "9 cannot tell" in printed
    assert "Publish and remember: done in" in progress
    with open(LANDING / "families.csv", encoding="utf-8", newline="") as file:
        for family in csv.DictReader(file):
            assert family["recipient_name"] not in printed + progress
            assert family["family_id"] not in printed + progress


def test_a_family_is_answered_for_within_100_columns(out, capsys):
    assert run(["family", "F00002", "--out", str(out), "--as-of", "2026-06-10"]) == Exit.DONE
    printed, _ = said(capsys)
    assert "6046.52" in printed.replace(",", "")
    assert all(len(line) <= 100 for line in printed.splitlines() if str(out) not in line)


def test_runs_are_listed_and_the_audit_trail_is_proved(out, capsys):
    assert run(["runs", "--out", str(out), "--verify"]) == Exit.DONE
    printed, _ = said(capsys)
    assert "nightly" in printed
    assert "nothing was edited or removed" in printed


def test_what_a_night_was_certified_by_opens_as_pages(out, tmp_path, capsys):
    assert run(["runs", "--out", str(out), "--data-docs", str(tmp_path / "docs")]) == Exit.DONE
    index = next((tmp_path / "docs").glob("index*"))
    assert "balances" in index.read_text(encoding="utf-8")


def test_the_dead_man_check_is_quiet_after_a_good_night_and_overdue_without(out, tmp_path, capsys):
    assert run(["check", "--max-age", "1", "--out", str(out)]) == Exit.DONE
    assert run(["check", "--max-age", "0", "--out", str(out)]) == Exit.OVERDUE
    _, errors = said(capsys)
    assert "the last good nightly run ended" in errors


@pytest.mark.usefixtures("unexamined")
def test_a_confirmation_from_the_top_closes_the_loop(after_a_night):
    before = _not_informed(after_a_night)
    assert ("F00001", "F00001:director") in before
    told = ["acknowledge", "F00001", "--role", "director", "--on", "2026-06-10", "--out", str(after_a_night)]
    assert run(told) == Exit.DONE
    later = ["nightly", "--direct", "--data", str(LANDING), "--out", str(after_a_night)]
    assert run([*later, "--as-of", "2026-06-10", "--known-on", "2026-12-31"]) == Exit.DONE
    assert before - _not_informed(after_a_night) == {("F00001", "F00001:director")}


def _not_informed(out):
    with open(out / "2026-06-10" / "exceptions.csv", encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] == "SENIOR_NOT_INFORMED"]
    return {(row["family_id"], row["subject"]) for row in rows}


@pytest.mark.usefixtures("unexamined")
def test_decisions_come_back_and_close_what_they_decided(after_a_night, tmp_path, capsys):
    """A row marked `not_an_error` is closed and last the next night; a row that makes no sense is refused alone."""
    rows = _exceptions(after_a_night)
    rows[3] |= {"decision": "not_an_error", "decision_note": "agreed by phone", "decided_by": "A. Clerk"}
    rows[4] |= {"decision": "perhaps"}
    filled_in = tmp_path / "filled in.csv"
    with open(filled_in, "w", encoding="cp1252", errors="replace", newline="") as file:
        writer = csv.DictWriter(file, list(reversed(rows[0])), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    assert run(["decisions", str(filled_in), "--out", str(after_a_night)]) == Exit.REFUSED
    printed, errors = said(capsys)
    assert "1 decisions taken in" in printed
    assert re.search(r"row 5: not taken in: decision", errors)
    night = ["nightly", "--direct", "--data", str(LANDING), "--out", str(after_a_night), "--as-of"]
    assert run([*night, "2026-06-10", "--known-on", "2026-12-31"]) == Exit.DONE


@pytest.mark.usefixtures("unexamined")
def test_a_decision_corrected_within_the_hour_is_believed(after_a_night, tmp_path, capsys):
    """At nine `not_an_error`, at ten `in_progress`: the next night says in_progress, and both are kept."""
    chosen = _exceptions(after_a_night)[3]
    for decision in ("not_an_error", "in_progress", "in_progress"):
        row = chosen | {"decision": decision, "decided_by": "A. Clerk", "decided_on": "2026-06-10"}
        with open(tmp_path / "decided.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            writer.writeheader()
            writer.writerow(row)
        assert run(["decisions", str(tmp_path / "decided.csv"), "--out", str(after_a_night)]) == Exit.DONE
    said_of_decisions = [line for line in said(capsys)[0].splitlines() if line.startswith("decided.csv")]
    assert [line.split(",")[0] for line in said_of_decisions] == [
        "decided.csv: 1 decisions taken in", "decided.csv: 1 decisions taken in", "decided.csv: 0 decisions taken in",
    ]  # fmt: skip
    night = ["nightly", "--direct", "--data", str(LANDING), "--out", str(after_a_night), "--as-of", "2026-06-11"]
    assert run([*night, "--known-on", "2099-12-31"]) == Exit.DONE
    after = {row["exception_id"]: row for row in _exceptions(after_a_night, "2026-06-11")}[chosen["exception_id"]]
    assert (after["status"], after["decision"]) == ("in_progress", "in_progress")
    assert run(["runs", "--out", str(after_a_night), "--verify"]) == Exit.DONE


def _exceptions(out, day="2026-06-10"):
    with open(out / day / "exceptions.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


MISTAKES = {
    "a day that is none": (["family", "F00001", "--as-of", "10/06/2026"], '--as-of "10/06/2026" is no day'),
    "a folder that is none": (["nightly", "--direct", "--data", "no/such/folder"], "is no folder that can be read"),
    "an unknown family": (["family", "F1", "--as-of", "2026-06-10"], "family F1: is not known on 2026-06-10"),
    "an unknown command": (["reconsile"], "No such command"),
    "an unknown role": (["acknowledge", "F00001", "--role", "king"], "'king' is not one of 'director'"),
    "a policy that is none": (
        ["nightly", "--direct", "--data", str(LANDING), "--policy", "no.toml"],
        "policy no.toml: cannot be read",
    ),
    "a day to come": (
        ["acknowledge", "F00001", "--role", "director", "--on", "2999-01-01"],
        "--on 2999-01-01: has not come yet",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_a_sentence_and_never_as_a_traceback(mistake, out, capsys):
    arguments, sentence = MISTAKES[mistake]
    assert run(arguments if arguments[0] == "reconsile" else [*arguments, "--out", str(out)]) == Exit.REFUSED
    printed, errors = said(capsys)
    assert sentence in errors
    assert "Traceback" not in printed + errors


@pytest.mark.parametrize("command", [["runs"], ["check", "--max-age", "3"], ["decisions", "x.csv"]])
def test_a_database_that_is_not_there_is_not_made(command, tmp_path, capsys):
    assert run([*command, "--out", str(tmp_path / "nowhere")]) == Exit.REFUSED
    assert "no database there yet" in said(capsys)[1]
    assert not (tmp_path / "nowhere").exists()


def test_a_fault_of_the_program_ends_with_1_and_shows_nobodys_data(out, capsys, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("Una Brown is owed 2752.96")

    monkeypatch.setattr("reconciliation.rerun.reckon_alone", broken)
    assert run(["family", "F00001", "--out", str(out), "--as-of", "2026-06-10"]) == Exit.FAULT
    printed, errors = said(capsys)
    assert "a fault of the program: ZeroDivisionError" in errors
    assert "Brown" not in printed + errors


def test_a_familys_rerun_waits_for_no_room_that_it_does_not_need():
    """A family is on the phone: what only a night uses takes seconds to load."""
    libraries = ["pyarrow", "pandas", "numpy", "xlsxwriter", "vl_convert", "alembic", "great_expectations", "prefect"]
    rooms = ["reconciliation.ingest", "expectations", "flows", *libraries]
    asked = "import sys, reconciliation.cli, reconciliation.rerun, reconciliation.reports.family_files as _; "
    done = subprocess.run(  # noqa: S603 our own words
        [sys.executable, "-c", f"{asked}print([room for room in {rooms} if room in sys.modules])"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
