"""The walk of finance-officer.md, command by command, as a new colleague would take it."""

import contextlib
import io
import shlex
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook

from reconciliation.cli import run
from tests.docs.pages import ROOT, blocks, commands, table

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs/finance-officer.md"
DEMO = "nightly --direct --data sample_data/council/landing --out out --as-of 2026-06-10"
"""What `make demo` runs, here by plain calls."""
STEPS = table(PAGE, "family | code")
DECIDED_ON = "10/06/2026"


@pytest.fixture(scope="module")
def walk(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """Every command of the page, run in order in an empty folder: the folder, and what each command printed."""
    folder = tmp_path_factory.mktemp("walk")
    (folder / "sample_data").symlink_to(ROOT / "sample_data")
    with pytest.MonkeyPatch.context() as here:
        here.chdir(folder)
        here.delenv("RECONCILIATION_DATABASE_URL", raising=False)
        printed = {"make demo": _printed_by(shlex.split(DEMO))}
        _decide(folder / "out/2026-06-10/exceptions.xlsx", folder / "decided.xlsx")
        for line in commands(PAGE):
            printed.setdefault(" ".join(line), _printed_by(line))
    return folder, printed


def _printed_by(line: list[str]) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert run(line) == 0, line
    return out.getvalue()


def _decide(given: Path, filled_in: Path) -> None:
    """Write into the sheet what the page's table says."""
    book = load_workbook(given)
    sheet = book["Payments"]
    place = {cell.value: cell.column for cell in sheet[1]}
    rows = {
        (sheet.cell(row, place["family_id"]).value, sheet.cell(row, place["code"]).value): row
        for row in range(2, sheet.max_row + 1)
    }
    for step in STEPS:
        row = rows[step["family"], step["code"]]
        sheet.cell(row, place["decision"], step["decision"])
        sheet.cell(row, place["snooze_until"], step["snooze_until"] or None)
        sheet.cell(row, place["decided_by"], "A. Officer")
        sheet.cell(row, place["decided_on"], DECIDED_ON)
    book.save(filled_in)


def _line(folder: Path, day: str, step: dict) -> dict:
    raised = pl.read_csv(folder / "out" / day / "exceptions.csv")
    return raised.row(
        by_predicate=(pl.col("family_id") == step["family"]) & (pl.col("code") == step["code"]), named=True
    )


def test_make_demo_runs_what_is_tried_here():
    assert DEMO.replace("--direct ", "") in (ROOT / "Makefile").read_text().replace("$(AS_OF)", "2026-06-10")


def test_what_the_page_shows_of_the_terminal_is_what_the_commands_print(walk):
    _, printed = walk
    for shown in blocks(PAGE, ""):
        if not shown.startswith("AP_"):
            assert shown in "\n".join(printed.values())


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step['decision']} {step['family']}")
def test_the_next_night_does_with_each_decision_what_the_table_says(walk, step):
    folder, _ = walk
    assert _line(folder, "2026-06-11", step)["status"] == step["after the next night"]


def test_what_was_accepted_is_reopened_when_its_amount_has_grown(walk):
    folder, _ = walk
    accepted = next(step for step in STEPS if step["family"] == "F00206")
    before, after = (_line(folder, day, accepted) for day in ("2026-06-11", "2026-06-16"))
    assert (before["amount"], after["amount"], after["status"]) == (1629.00, 3258.00, "reopened")
    assert "£1,629.00. Now £3,258.00" in PAGE.read_text()


def test_the_statement_lies_where_the_page_says(walk):
    folder, _ = walk
    assert (folder / "out/2026-06-10/F00042/statement.html").exists()


def test_the_examples_of_suspense_quarantine_and_cannot_tell_are_in_the_sample(walk):
    night = walk[0] / "out/2026-06-10"
    suspense = pl.read_csv(night / "suspense.csv").row(by_predicate=pl.col("transaction_id") == "4417451", named=True)
    assert (suspense["amount"], suspense["payee_reference"], suspense["candidate_1"]) == (879.68, "V300119", "F00201")
    assert suspense["candidate_1_reason"] in " ".join(PAGE.read_text().split())
    bad = pl.read_csv(night / "quarantine.csv").row(0, named=True)
    shown = next(shown for shown in blocks(PAGE, "") if shown.startswith("AP_")).strip()
    assert f"{bad['source_file']}, row {bad['row']}: {bad['reason']}".startswith(shown)
    doubtful = pl.read_csv(night / "balances.csv").filter(standing="cannot_tell")["family_id"].to_list()
    assert len(doubtful) == 11
    for family in set(doubtful) - {"F00025", "F00113"}:
        assert family in PAGE.read_text()


def test_the_table_shown_to_the_committee_is_the_sample_councils(walk):
    published = (walk[0] / "out/2026-06-10/scrutiny.csv").read_text("utf-8-sig").splitlines()
    (shown,) = blocks(ROOT / "docs/scrutiny.md", "")
    assert set(shown.splitlines()) <= set(published)


def test_a_change_of_mind_on_the_same_day_counts(walk, monkeypatch, capsys):
    folder, _ = walk
    monkeypatch.chdir(folder)
    book = load_workbook("decided.xlsx")
    place = {cell.value: cell.column_letter for cell in book["Payments"][1]}
    for row in range(2, book["Payments"].max_row + 1):
        if book["Payments"][f"{place['decision']}{row}"].value == "accepted":
            book["Payments"][f"{place['decision']}{row}"] = "resolved"
    book.save("changed mind.xlsx")
    assert run(["decisions", "changed mind.xlsx", "--out", "out"]) == 0
    assert "2 decisions taken in, 3 already known" in capsys.readouterr().out
