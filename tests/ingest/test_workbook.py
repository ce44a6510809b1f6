"""Excel workbooks: what the formula bar shows, with dates as ISO; nothing that fills the memory."""

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from reconciliation.ingest.table import Table, Unreadable
from reconciliation.ingest.workbook import read_xlsx
from tests.ingest.made import BY_SIGN, delivered, on, source

MOST = 100_000_000
EVERY_CELL = ("A", 1234.5, 100, date(2025, 1, 5), True, "007", "£1,234.50")


def workbook(*sheets: list[list], names: tuple[str, ...] = ()) -> bytes:
    """A workbook with these rows on its sheets; dates are cells that Excel shows as dates."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy"}) as book:
        for place, rows in enumerate(sheets):
            sheet = book.add_worksheet(names[place] if names else None)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(number, column, cell, None, "#DIV/0!" if "/0" in cell else 2)
                    elif isinstance(cell, str):
                        sheet.write_string(number, column, cell)
                    elif cell is not None:
                        sheet.write(number, column, cell)
    return out.getvalue()


def read(data: bytes, **options) -> Table:
    return read_xlsx(data, MOST, **options)


def cells(*row) -> list[str | None]:
    header = [f"h{n}" for n in range(len(row))]
    return list(read(workbook([header, row])).cells.row(0))


def test_cells_come_as_the_formula_bar_shows_them():
    assert cells(*EVERY_CELL) == ["A", "1234.5", "100", "2025-01-05", "true", "007", "£1,234.50"]


@pytest.mark.parametrize(
    ("number", "text"), [(0.1 + 0.2, "0.3"), (1234.56, "1234.56"), (-20, "-20"), (1e9 / 7 * 7, "1000000000")]
)
def test_numbers_are_read_to_fifteen_digits(number, text):
    assert cells("A", number) == ["A", text]


def test_a_residue_of_cancelled_sums_is_not_rounded_to_nothing():
    assert cells("A", -3.46945e-18)[1] not in ("0", "-0", "0.00", "")


def test_a_date_with_a_time_of_day_keeps_it():
    assert cells("A", datetime(2025, 1, 5, 10, 30)) == ["A", "2025-01-05 10:30:00"]  # noqa: DTZ001 - a cell has no zone


def test_a_failed_formula_is_no_blank():
    assert cells("A", "=1/0", "=1+1") == ["A", "#ERROR!", "2"]


def test_rows_without_any_cell_are_no_rows():
    table = read(workbook([["a", "b"], ["1", "2"], [None, None], ["", " "], ["3", "4"]]))
    assert table.cells.rows() == [("1", "2"), ("3", "4")]
    assert table.source_rows.to_list() == [1, 2]


def test_skip_rows_counts_the_sheets_own_rows():
    table = read(workbook([[None], ["Title"], [None], ["a", "b"], ["1", "2"]]), skip_rows=3)
    assert (table.header, table.cells.rows()) == (("a", "b"), [("1", "2")])


def test_a_cell_beyond_the_header_makes_its_row_ragged():
    table = read(workbook([["a", "b"], ["1", "2"], ["3", "4", "note"], ["5"]]))
    assert table.ragged.row(0) == (2, ["3", "4", "note"], "row: cells beyond the 2 of the header")
    assert table.source_rows.to_list() == [1, 3]


def test_a_named_sheet_is_read_and_the_first_otherwise():
    data = workbook([["a"], ["1"]], [["a"], ["2"]], names=("First", "Payments"))
    assert read(data).cells.rows() == [("1",)]
    assert read(data, sheet="Payments").cells.rows() == [("2",)]


@pytest.mark.parametrize(
    ("data", "options", "told"),
    [
        (workbook([["a"], ["1"]], names=("One",)), {"sheet": "Two"}, 'has no sheet "Two"; it has One'),
        (workbook([]), {}, "has no header row on that sheet"),
        (workbook([["a"], ["1"]]), {"skip_rows": 9}, "has no header row on that sheet"),
        (workbook([["a", "a"], ["1", "2"]]), {}, 'the header has "a" twice'),
        (workbook([["a"], ["1"]])[:-50], {}, "is no Excel workbook, or a damaged one"),
    ],
)
def test_a_workbook_that_cannot_be_read_says_why(data, options, told):
    with pytest.raises(Unreadable, match=told):
        read(data, **options)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused_before_it_does():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b" " * 20_000_000)
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(Unreadable, match="unpacks to more than"):
        read_xlsx(packed.getvalue(), 10_000_000)


def test_one_stray_cell_in_the_last_corner_does_not_fill_the_memory():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_string(1_048_575, 16_383, " ")
    with pytest.raises(Unreadable, match="cells so far out"):
        read(out.getvalue())


def test_a_workbook_is_a_layout_like_any_other(tmp_path):
    export = [
        ["Report"],
        ["No", "Day", "Sum"],
        ["A1", date(2026, 5, 21), 12.5],
        ["A2", "22/05/2026", "(1.00)"],
        ["A3", date(2026, 5, 23), 0.125],
    ]
    told = source(
        files='"ap.xlsx"', format='"xlsx"', skip_rows="1", date_format='"%d/%m/%Y"', amount_style='"accounting"'
    )
    delivery = delivered(tmp_path, ap_xlsx=workbook(export), sources_toml=told + BY_SIGN)
    rows = delivery.rows["transactions"]
    assert rows["posted_on"].to_list() == [on("2026-05-21"), on("2026-05-22")]
    assert rows["amount_pence"].to_list() == [1250, -100]
    assert delivery.quarantine["key"].to_list() == ["A3"]


def test_a_canonical_workbook_needs_no_layout(tmp_path):
    sheet = [["review_id", "family_id", "completed_on"], ["R1", "F1", date(2026, 1, 2)]]
    assert delivered(tmp_path, reviews_xlsx=workbook(sheet)).rows["reviews"]["completed_on"].to_list() == [
        on("2026-01-02")
    ]
