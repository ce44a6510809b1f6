"""How the workbook looks: its columns and widths, and colours that keep their order when printed in grey."""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from reconciliation.vocabulary import Severity


class Kind(StrEnum):
    """How a column's cells are written and shown."""

    TEXT = "text"
    LONG_TEXT = "long text"
    SEVERITY = "severity"
    MONEY = "money"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """One column of an owner's sheet; `is_filled_in` marks those in which people write."""

    width: int
    kind: Kind = Kind.TEXT
    is_filled_in: bool = False


COLUMNS = {
    "severity": Column(10, Kind.SEVERITY),
    "family_id": Column(12),
    "recipient_name": Column(22),
    "amount": Column(13, Kind.MONEY),
    "since": Column(12, Kind.DATE),
    "age_days": Column(8, Kind.NUMBER),
    "summary": Column(46, Kind.LONG_TEXT),
    "action": Column(46, Kind.LONG_TEXT),
    "status": Column(12),
    "decision": Column(14, is_filled_in=True),
    "decision_note": Column(36, Kind.LONG_TEXT, is_filled_in=True),
    "decided_by": Column(16, is_filled_in=True),
    "decided_on": Column(12, Kind.DATE, is_filled_in=True),
    "snooze_until": Column(13, Kind.DATE, is_filled_in=True),
    "team": Column(14),
    "code": Column(26),
    "subject": Column(16),
    "items": Column(7, Kind.NUMBER),
    "evidence": Column(40, Kind.LONG_TEXT),
    "owner": Column(16),
    "exception_id": Column(26),
}
"""What people need first stands first; the names are those of exceptions.csv, by which decisions are read back."""

LINE_HEIGHT = 15
"""Points of one line of text."""
MONEY_FORMAT = "£#,##0.00;[Red]-£#,##0.00"
DATE_FORMAT = "dd/mm/yyyy"
FORMATS = {
    Kind.LONG_TEXT: {"text_wrap": True, "indent": 1},
    Kind.MONEY: {"num_format": MONEY_FORMAT, "align": "right", "indent": 1},
    Kind.DATE: {"num_format": DATE_FORMAT, "align": "left", "indent": 1},
    Kind.NUMBER: {"num_format": "0", "align": "right", "indent": 1},
}
SEVERITY_FORMATS = {
    Severity.CRITICAL: {"bg_color": "#7A1420", "font_color": "#FFFFFF", "bold": True},
    Severity.HIGH: {"bg_color": "#E2A38B", "font_color": "#000000", "bold": True},
    Severity.MEDIUM: {"bg_color": "#F6E3B5", "font_color": "#000000"},
    Severity.LOW: {"bg_color": "#F4F6F7", "font_color": "#000000", "italic": True},
}
"""Each is lighter than the one before, and the word itself says it: grey paper loses nothing."""
BASE = {"font_name": "Calibri", "font_size": 11, "valign": "top", "bottom": 1, "bottom_color": "#D9DEE2"}
FILLED_IN = {"bg_color": "#FFFBE6", "left": 1, "right": 1, "left_color": "#D9C97A", "right_color": "#D9C97A"}
DONE = {"font_color": "#6B7680"}


@dataclass(frozen=True)
class Styles:
    """The cell formats of one workbook: by column, for open rows and for those that are done with."""

    open: dict[str, Format]
    done: dict[str, Format]
    severity: dict[str, Format]
    header: Format
    number_header: Format
    filled_in_header: Format
    title: Format
    text: Format
    strong: Format
    money: Format
    number: Format

    @classmethod
    def of(cls, workbook: Workbook) -> "Styles":
        """Add every format to `workbook` once."""

        def add(*parts: dict) -> Format:
            return workbook.add_format({key: value for part in parts for key, value in part.items()})

        def by_column(*more: dict) -> dict[str, Format]:
            return {
                name: add(BASE, FORMATS.get(column.kind, {}), _paper(column), *more) for name, column in COLUMNS.items()
            }

        header = {"bold": True, "bg_color": "#22313F", "font_color": "#FFFFFF", "valign": "vcenter", "text_wrap": True}
        plain = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        return cls(
            open=by_column(),
            done=by_column(DONE),
            severity={severity.value: add(BASE, look) for severity, look in SEVERITY_FORMATS.items()},
            header=add(BASE, header),
            number_header=add(BASE, header, {"align": "right"}),
            filled_in_header=add(BASE, header, {"bg_color": "#7A6A1E"}),
            title=add(plain, {"bold": True, "font_size": 16}),
            text=add(plain, {"text_wrap": True}),
            strong=add(plain, {"bold": True}),
            money=add(BASE, FORMATS[Kind.MONEY]),
            number=add(BASE, {"num_format": "#,##0"}),
        )

    def cell(self, name: str, value: object, is_done: bool) -> Format:
        """The format of a column's cell; a severity still to be worked has its own."""
        if is_done:
            return self.done[name]
        return self.severity[value] if COLUMNS[name].kind == Kind.SEVERITY else self.open[name]


def _paper(column: Column) -> dict:
    return FILLED_IN if column.is_filled_in else {}


def lines_of(text: pl.Expr, width: int) -> pl.Expr:
    """How many lines a text takes in a column of that width, which counts digits: letters are a little narrower."""
    letters = width * 115 // 100
    return ((text.fill_null("").str.len_chars() + letters - 1) // letters).cast(pl.Int64)
