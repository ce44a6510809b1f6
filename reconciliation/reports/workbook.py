"""exceptions.xlsx: the exceptions as finance staff work them, a sheet for each owner (outputs.md).

Every exception stands on exactly one sheet, its owner's, so that no two copies can be filled in differently. The
columns bear the names of exceptions.csv, so `reconcile decisions` reads any sheet back. Nothing in the file depends
on the run: the same position gives the same bytes. No cell is a formula or a link that came from data.
"""

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal

import polars as pl
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from reconciliation.exceptions.catalogue import SEVERITY_ORDER
from reconciliation.reports.edition import Edition
from reconciliation.reports.tables import LAST_STATUSES, exceptions_of, published_name
from reconciliation.reports.workbook_front import fit_on_paper, how_to_sheet, sheet_name, summary_sheet
from reconciliation.reports.workbook_style import COLUMNS, LINE_HEIGHT, Kind, Styles, lines_of
from reconciliation.vocabulary import Decision, Owner

MOST_ROWS = 20_000
"""More than a desk can work through; the summary says when a sheet leaves some to exceptions.csv."""
LONGEST_CELL = 32_767
MOST_LINES = 12
NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FIRST_SCROLLED_COLUMN = 3
PRINTED_COLUMNS = list(COLUMNS).index("team")
"""Paper shows what people work with; the columns from the team on are there to filter by."""
LAST_PRINTED_COLUMN = list(COLUMNS).index("snooze_until")
"""With what lies beyond it, a printed line would be too small to read."""


def workbook_file(edition: Edition) -> bytes:
    """exceptions.xlsx for an edition."""
    file = io.BytesIO()
    rows = _pressing_first(exceptions_of(edition))
    with xlsxwriter.Workbook(file, OPTIONS) as workbook:
        _name(workbook, edition.results.position.as_of)
        styles = Styles.of(workbook)
        how_to_sheet(workbook.add_worksheet("How to use this"), styles)
        summary = workbook.add_worksheet("Summary")
        summary_sheet(summary, styles, edition, rows, MOST_ROWS)
        summary.activate()
        for owner, of_owner in _by_owner(rows):
            _owner_sheet(workbook.add_worksheet(sheet_name(owner)), styles, of_owner.head(MOST_ROWS))
    return file.getvalue()


def _name(workbook: Workbook, as_of: date) -> None:
    created = datetime.combine(as_of, time(), UTC)
    workbook.set_properties({"title": f"Exceptions on {as_of:%-d %B %Y}", "created": created})
    workbook.set_size(2400, 1400)


def _pressing_first(rows: pl.DataFrame) -> pl.DataFrame:
    """Open before closed and snoozed, then by severity, then the oldest first."""
    severity = pl.col("severity").cast(SEVERITY_ORDER)
    is_done = pl.col("status").is_in(LAST_STATUSES)
    return rows.sort(is_done, severity, "since", "family_id", "code", "subject", nulls_last=True)


def _by_owner(rows: pl.DataFrame) -> Iterator[tuple[Owner, pl.DataFrame]]:
    for owner in Owner:
        of_owner = rows.filter(owner=owner.value)
        if of_owner.height:
            yield owner, of_owner


def _owner_sheet(sheet: Worksheet, styles: Styles, rows: pl.DataFrame) -> None:
    _lay_out(sheet, styles, rows.height)
    named = rows.rename(published_name)
    for row, lines in enumerate(_lines(named), 1):
        sheet.set_row(row, lines * LINE_HEIGHT)
    is_done = named["status"].is_in(LAST_STATUSES).to_list()
    for place, (name, column) in enumerate(COLUMNS.items()):
        for row, value in enumerate(named[name].to_list(), 1):
            _write(sheet, row, place, column.kind, value, styles.cell(name, value, is_done[row - 1]))


def _lines(named: pl.DataFrame) -> list[int]:
    """How many lines of text each row shows; not every spreadsheet program works that out by itself."""
    return (
        named.select(
            pl.max_horizontal(
                lines_of(pl.col(name), column.width)
                for name, column in COLUMNS.items()
                if column.kind == Kind.LONG_TEXT
            ).clip(1, MOST_LINES)
        )
        .to_series()
        .to_list()
    )


def _write(sheet: Worksheet, row: int, place: int, kind: Kind, value: object, style) -> None:
    if value is None:
        sheet.write_blank(row, place, None, style)
    elif kind == Kind.MONEY:
        sheet.write_number(row, place, Decimal(value) / 100, style)
    elif kind == Kind.NUMBER:
        sheet.write_number(row, place, value, style)
    elif kind == Kind.DATE:
        sheet.write_datetime(row, place, value, style)
    else:
        sheet.write_string(row, place, _plain(value), style)


def _plain(text: str) -> str:
    """As much of a text as a cell holds; the library takes what begins and ends as its own markup does for markup."""
    held = NOT_IN_XML.sub("", text)[: LONGEST_CELL - 1]
    return f"{held} " if held.startswith("<r>") and held.endswith("</r>") else held


def _lay_out(sheet: Worksheet, styles: Styles, rows: int) -> None:
    """Header, widths, filters, drop-downs and the printed page of one owner's sheet."""
    for place, (name, column) in enumerate(COLUMNS.items()):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, name, styles.filled_in_header if column.is_filled_in else styles.header)
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, FIRST_SCROLLED_COLUMN)
    sheet.autofilter(0, 0, rows, len(COLUMNS) - 1)
    _drop_downs(sheet, rows)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, rows, PRINTED_COLUMNS - 1)
    sheet.print_area(0, 0, rows, LAST_PRINTED_COLUMN)
    fit_on_paper(sheet)


def _drop_downs(sheet: Worksheet, rows: int) -> None:
    places = {name: place for place, name in enumerate(COLUMNS)}
    choices = {
        "validate": "list",
        "source": [decision.value for decision in Decision],
        "error_title": "Not a decision",
        "error_message": "Choose one of the decisions in the list, or leave the cell as it is.",
    }
    sheet.data_validation(1, places["decision"], rows, places["decision"], choices)
    days = {
        "validate": "date",
        "criteria": ">",
        "value": date(2000, 1, 1),
        "error_title": "Not a date",
        "error_message": "Write a date as day/month/year, for example 15/07/2026.",
    }
    for name in ("decided_on", "snooze_until"):
        sheet.data_validation(1, places[name], rows, places[name], days)
