"""The workbook as a spreadsheet program sees it."""

import io
import itertools
import zipfile
from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest
from openpyxl import load_workbook

from reconciliation.reports.csv_files import csv_files
from reconciliation.reports.workbook import workbook_file
from reconciliation.vocabulary import Decision
from tests.reports.small_council import HOSTILE_NAME, HOSTILE_NOTE, edition


@pytest.fixture(scope="module")
def book():
    return load_workbook(io.BytesIO(workbook_file(edition())))


def rows_of(sheet) -> list[dict]:
    header, *rows = sheet.iter_rows()
    return [dict(zip((cell.value for cell in header), row, strict=True)) for row in rows]


def line(book, sheet: str, code: str) -> dict:
    return next(row for row in rows_of(book[sheet]) if row["code"].value == code)


def test_there_is_a_page_of_help_a_summary_and_a_sheet_for_each_owner(book):
    assert book.sheetnames == [
        "How to use this",
        "Summary",
        "Payments",
        "Recovery",
        "Finance",
        "Social work",
        "Complaints",
        "Chief executive's office",
    ]
    assert book.active.title == "Summary"


def test_every_exception_stands_on_exactly_one_sheet(book):
    ids = [row["exception_id"].value for sheet in book.sheetnames[2:] for row in rows_of(book[sheet])]
    assert sorted(ids) == sorted(edition().exceptions["exception_id"])


def test_its_columns_bear_the_names_by_which_decisions_are_read_back(book):
    published = csv_files(edition())["exceptions.csv"].decode("utf-8-sig").split("\r\n")[0].split(",")
    names = {cell.value for cell in book["Payments"][1]}
    assert set(published) - names == {"run_id", "first_seen"}
    assert names - set(published) == {"decided_on", "snooze_until"}


def test_money_is_a_number_and_a_date_is_a_date(book):
    row = line(book, "Payments", "ARREARS")
    assert (row["amount"].value, row["amount"].data_type) == (840, "n")
    assert row["since"].value == datetime(2026, 5, 1)  # noqa: DTZ001 a spreadsheet's days have no zone
    assert line(book, "Finance", "SUSPENSE")["amount"].value == -12.34
    assert line(book, "Social work", "NO_PLAN")["amount"].value is None


def test_the_header_stays_in_sight_and_every_column_filters(book):
    for sheet in book.sheetnames[2:]:
        assert book[sheet].freeze_panes == "D2"
        assert book[sheet].auto_filter.ref.startswith("A1:U")


def test_the_decision_is_chosen_from_a_list(book):
    lists = [rule for rule in book["Payments"].data_validations.dataValidation if rule.type == "list"]
    assert lists[0].formula1 == f'"{",".join(Decision)}"'


def test_what_was_decided_before_is_shown(book):
    row = line(book, "Complaints", "PROMISE_OVERDUE")
    assert (row["decision"].value, row["decided_by"].value) == ("in_progress", "J. Officer")
    assert row["decided_on"].value == datetime(2026, 6, 9)  # noqa: DTZ001 a spreadsheet's days have no zone


def test_the_most_pressing_stand_first_and_those_done_with_last(book):
    severities = [row["severity"].value for row in rows_of(book["Finance"])]
    statuses = [row["status"].value for row in rows_of(book["Finance"])]
    assert severities == ["medium", "medium"]
    assert statuses == ["open", "snoozed"]
    assert [row["code"].value for row in rows_of(book["Payments"])] == ["ARREARS", "ARREARS", "LATE_PAYMENT"]


def test_no_cell_is_a_formula_or_a_link_from_data_and_hostile_text_is_kept_as_text(book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    links = {link.location for sheet in book for link in sheet._hyperlinks}
    assert all(location.endswith("!A1") for location in links)
    assert not [link.target for sheet in book for link in sheet._hyperlinks if link.target]
    assert line(book, "Social work", "NO_PLAN")["recipient_name"].value == HOSTILE_NAME
    assert line(book, "Complaints", "PROMISE_OVERDUE")["decision_note"].value == HOSTILE_NOTE
    assert line(book, "Recovery", "OVERPAYMENT")["decision_note"].value == "=cmd|' /C calc'!A0"


def test_each_severity_is_lighter_than_the_one_before_so_that_grey_paper_tells_them_apart(book):
    def light(sheet, code):
        colour = line(book, sheet, code)["severity"].fill.fgColor.rgb[-6:]
        red, green, blue = (int(colour[place : place + 2], 16) for place in (0, 2, 4))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    shades = [light("Payments", "ARREARS"), light("Complaints", "PROMISE_OVERDUE"), light("Finance", "SUSPENSE")]
    shades.append(light("Payments", "LATE_PAYMENT"))
    assert all(lighter - darker > 15 for darker, lighter in itertools.pairwise(shades))


def test_the_summary_counts_by_owner_and_sums_by_code(book):
    rows = {row[0].value: [cell.value for cell in row[1:]] for row in book["Summary"].iter_rows() if row[0].value}
    assert rows["Payments"][:6] == [1, 1, 0, 1, 3, 0]
    assert rows["Recovery"][:6] == [0, 0, 0, 0, 0, 1]
    assert rows["ARREARS"][:3] == [2, 2, 1360]
    assert rows["NO_PLAN"][:3] == [1, 1, None]
    assert rows["SUSPENSE"][:3] == [1, 0, -12.34]
    assert rows["cannot tell: a failure to be cleared first"][:3] == [1, 520, 0]
    assert "Not checked, because no such records were delivered: vacancies, reviews" in rows


def test_the_same_position_gives_the_same_bytes_whatever_the_run_and_the_night_it_was_first_seen():
    again = edition(run_id="run-2")
    later = replace(again, exceptions=again.exceptions.with_columns(first_seen=pl.col("first_seen").dt.offset_by("1d")))
    assert workbook_file(later) == workbook_file(edition())


def test_the_file_says_it_was_made_on_the_day_it_speaks_of_and_not_when_it_was_written(book):
    assert book.properties.created == datetime(2026, 6, 10)  # noqa: DTZ001 a spreadsheet's days have no zone


def test_text_that_xml_cannot_hold_or_a_cell_cannot_fit_does_not_break_the_file():
    nasty = "\x00\x0b\ufffe_x0041_" + "x" * 40_000
    given = edition()
    hostile = replace(given, exceptions=given.exceptions.with_columns(decision_note=pl.lit(nasty)))
    content = workbook_file(hostile)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = parts.read("xl/sharedStrings.xml").decode()
    assert "\x00" not in text
    assert "\ufffe" not in text
    assert "_x005F_x0041_" in text
    read = load_workbook(io.BytesIO(content))["Recovery"]["K2"].value
    assert len(read) <= 32_767


def test_text_that_looks_like_the_librarys_own_markup_is_text():
    given = edition()
    note = "<r>a & b</r>"
    content = workbook_file(replace(given, exceptions=given.exceptions.with_columns(decision_note=pl.lit(note))))
    assert load_workbook(io.BytesIO(content))["Recovery"]["K2"].value.strip() == note


def test_a_position_without_exceptions_still_gives_a_workbook():
    given = edition()
    book = load_workbook(io.BytesIO(workbook_file(replace(given, exceptions=given.exceptions.clear()))))
    assert book.sheetnames == ["How to use this", "Summary"]


def test_each_line_is_as_high_as_its_longest_text_so_that_no_program_prints_one_over_another():
    given = edition()
    long = replace(given, exceptions=given.exceptions.with_columns(decision_note=pl.lit("word " * 40)))
    usual, wordy = (load_workbook(io.BytesIO(workbook_file(edition)))["Recovery"] for edition in (given, long))
    assert 15 <= usual.row_dimensions[2].height < wordy.row_dimensions[2].height
    assert wordy.row_dimensions[2].height >= 15 * 200 / (1.2 * wordy.column_dimensions["K"].width)


def test_paper_shows_what_is_worked_and_leaves_the_rest_to_the_screen(book):
    assert book["Recovery"].print_area.replace("$", "").endswith("!A1:N2")
