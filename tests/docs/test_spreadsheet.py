"""The workbook in a real spreadsheet program: LibreOffice opens it, a person decides, and the decision comes back."""

import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from reconciliation.cli import run
from tests.docs.soffice import Desk

pytestmark = pytest.mark.slow

LANDING = Path("sample_data/council/landing")
SHEET = "Payments"
FIRST_LINE = {"decision": "in_progress", "decision_note": "Rang the family", "decided_by": "A. Officer"}
FIRST_LINE |= {"decided_on": "10/06/2026", "snooze_until": "01/07/2026"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("soffice is missing: install libreoffice-calc to see the workbook in a real spreadsheet program")
    return Desk(soffice, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("out")
    assert run(["nightly", "--direct", "--data", str(LANDING), "--out", str(out), "--as-of", "2026-06-10"]) == 0
    return out


@pytest.fixture(scope="module")
def printed(desk, out, tmp_path_factory) -> str:
    pdf = desk.as_pdf(out / "2026-06-10/exceptions.xlsx", tmp_path_factory.mktemp("pdf"))
    return " ".join(" ".join(page.extract_text() for page in PdfReader(pdf).pages).split())


@pytest.fixture(scope="module")
def saved(desk, out, printed, tmp_path_factory) -> dict[str, Path]:
    """What a person saves: the workbook, and the sheet of their team as CSV."""
    workbook = out / "2026-06-10/exceptions.xlsx"
    book = load_workbook(workbook)
    cells = {cell.value: f"{cell.column_letter}2" for cell in book[SHEET][1]}
    typed = {(SHEET, cells[name]): text for name, text in FIRST_LINE.items()}
    folder = tmp_path_factory.mktemp("saved")
    place = book.sheetnames.index(SHEET) + 1
    csv = desk.fill_in(workbook, typed, folder / "back.xlsx", folder / "back.csv", place)
    return {"xlsx": folder / "back.xlsx", "csv": csv}


def test_libreoffice_opens_the_workbook_and_prints_every_sheet(out, printed):
    for name in load_workbook(out / "2026-06-10/exceptions.xlsx").sheetnames:
        assert name in printed
    assert "Check the dues on the family's working, pay what is outstanding, and tell the family" in printed


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_decision_typed_in_libreoffice_comes_back_and_the_next_night_acts_on_it(kind, out, saved, tmp_path, capsys):
    again = shutil.copytree(out, tmp_path / "out")
    assert run(["decisions", str(saved[kind]), "--out", str(again)]) == 0
    assert "1 decisions taken in" in capsys.readouterr().out
    night = ["nightly", "--direct", "--data", str(LANDING), "--out", str(again), "--as-of", "2026-06-11"]
    assert run([*night, "--known-on", "2099-12-31"]) == 0
    line = next(
        line for line in load_workbook(again / "2026-06-11/exceptions.xlsx")[SHEET] if line[8].value == "snoozed"
    )
    assert [str(cell.value).removesuffix(" 00:00:00") for cell in line[9:14]] == [
        "in_progress",
        "Rang the family",
        "A. Officer",
        "2026-06-10",
        "2026-07-01",
    ]


def test_the_same_decision_given_back_twice_is_taken_in_once(out, saved, tmp_path, capsys):
    again = shutil.copytree(out, tmp_path / "out")
    assert run(["decisions", str(saved["xlsx"]), str(saved["csv"]), "--out", str(again)]) == 0
    said = capsys.readouterr().out
    assert "1 decisions taken in, 0 already known" in said
    assert "0 decisions taken in, 1 already known" in said
