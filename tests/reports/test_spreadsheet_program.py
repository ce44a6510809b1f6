"""The workbook in a real spreadsheet program: it opens, saves again, and the decisions come back."""

import io
import os
import shutil
import subprocess
from datetime import date

import pytest
from openpyxl import load_workbook

from reconciliation.ingest.decided import read_decisions
from reconciliation.reports.workbook import workbook_file
from tests.reports.small_council import edition, exception_id

SECONDS = 120


@pytest.fixture
def saved_again(tmp_path):
    """A function that gives a workbook as LibreOffice saves it."""
    program = shutil.which("soffice")
    if program is None and os.environ.get("CI") != "true":
        pytest.skip("no LibreOffice on this machine")

    def save(content: bytes) -> bytes:
        given, folder = tmp_path / "exceptions.xlsx", tmp_path / "saved"
        given.write_bytes(content)
        home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
        command = [program, home, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(given)]
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)  # noqa: S603 our own command
        return (folder / "exceptions.xlsx").read_bytes()

    return save


def filled_in(content: bytes) -> bytes:
    """The workbook with a decision on the first line of the payments desk."""
    book = load_workbook(io.BytesIO(content))
    sheet = book["Payments"]
    places = {cell.value: cell.column for cell in sheet[1]}
    for name, value in {
        "decision": "in_progress",
        "decision_note": "=ask brokerage",
        "decided_by": "J. Officer",
    }.items():
        cell = sheet.cell(2, places[name], value)
        cell.data_type = "s"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.slow
def test_a_workbook_filled_in_and_saved_by_a_spreadsheet_program_is_taken_back(saved_again, tmp_path):
    file = tmp_path / "as saved.xlsx"
    file.write_bytes(saved_again(filled_in(workbook_file(edition()))))
    taken = read_decisions(file, None, date(2026, 6, 11))
    assert taken.refused.is_empty()
    rows = {row["exception_id"]: row for row in taken.rows.iter_rows(named=True)}
    assert len(rows) == 4
    decided = rows[exception_id("ARREARS", "F1")]
    assert (decided["decision"], decided["note"], decided["decided_by"]) == (
        "in_progress",
        "=ask brokerage",
        "J. Officer",
    )
    assert (decided["decided_on"], decided["amount_pence"]) == (date(2026, 6, 11), 84000)
    assert rows[exception_id("UNMATCHED_RETURN", "T58")]["snooze_until"] == date(2026, 6, 20)


@pytest.mark.slow
def test_drop_downs_and_filters_survive_a_spreadsheet_program(saved_again):
    sheet = load_workbook(io.BytesIO(saved_again(workbook_file(edition()))))["Payments"]
    assert sheet.auto_filter.ref is not None
    assert "in_progress" in {rule.type: rule.formula1 for rule in sheet.data_validations.dataValidation}["list"]
