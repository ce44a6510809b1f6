"""What a person sees on the terminal."""

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest
from rich.cells import cell_len

from reconciliation.reports.manifest import Account, manifest
from reconciliation.reports.terminal import night_told, show_family, show_runs
from tests.reports.small_council import AS_OF, FAMILIES, edition
from tests.reports.test_statement import of_family


@pytest.fixture
def printed(capsys, tmp_path):
    def run(family: str) -> str:
        show_family(of_family(family), tmp_path)
        return capsys.readouterr().out

    return run


def test_a_familys_answer_fits_a_hundred_columns_in_a_pipe_and_has_no_colour(printed):
    out = printed("F1")
    assert max(cell_len(line) for line in out.splitlines() if "statement" not in line) <= 100
    assert "\x1b" not in out


def test_no_color_is_respected_on_a_terminal(printed, monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31m" in printed("F1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;31m" not in printed("F1")


def test_the_answer_says_how_the_family_stands_what_is_owed_and_why(printed):
    out = printed("F1")
    assert "Family F1 on 10 June 2026: owed, and promised" in out
    assert "£840.00" in out
    assert "1 May 2026, 40 days" in out
    assert "28 days at £150.00 a week is £600.00" in out
    assert "no date" in out
    assert "the table ends on 2026-06-01" in out


def test_a_family_with_nothing_owed_is_not_shown_empty_tables(printed):
    out = printed("F4")
    assert "Promises" not in out
    assert "Interest" not in out
    assert "coming" in out


def test_what_a_terminal_would_obey_is_never_sent_to_it(capsys, tmp_path):
    hostile = "F9\x1b]0;owned\x07[red]"
    given = of_family("F1")
    balances = given.results.balances.with_columns(family_id=pl.lit(hostile))
    show_family(replace(given, results=replace(given.results, balances=balances)), tmp_path)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "F9]0;owned[red]" in out


def test_a_night_ends_with_where_to_look_and_names_nobody(tmp_path):
    (tmp_path / "report.html").touch()
    told = night_told(tmp_path, manifest(edition(), Account(taken_over=1, worked_out_alone=2)))
    assert "1 cannot tell, 1 owed promised, 0 owed, 1 overpaid, 2 settled" in told
    assert "9 exceptions, 1 quarantined row." in told
    assert "Settled anew: 4; taken over, as nothing has touched them since an earlier night: 1;" in told
    assert "worked out a second time, alone, and found the same: 2." in told
    assert "Not checked, since nothing was delivered: vacancies, reviews." in told
    assert told.endswith(f"  {tmp_path / 'report.html'}")
    assert not [name for name in FAMILIES["recipient_name"] if name in told]


def test_the_runs_say_when_they_began_in_local_time_and_how_they_ended(capsys):
    run = {
        "run_id": 7,
        "kind": "nightly",
        "as_of": AS_OF,
        "known_on": date(2026, 6, 10),
        "started_at": datetime(2026, 6, 10, 1, 30, tzinfo=UTC),
        "outcome": "refused",
        "causes": "transactions.csv: the newest posting is 40 days old",
    }
    show_runs(pl.DataFrame([run, run | {"run_id": 8, "outcome": None, "causes": None}]))
    out = capsys.readouterr().out
    assert "2026-06-10 02:30" in out
    assert "refused" in out
    assert "running" in out
    assert "transactions.csv: the newest" in " ".join(out.split())
