"""Reading delimited text: a quick way for the common file, an exact way for the odd one; both give the same table.

Rows end with CR, LF or CRLF. Cells follow RFC 4180: a cell in double quotes may hold delimiters, line ends and
doubled quotes. A blank line is no row.
"""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

import polars as pl

from reconciliation.ingest.table import RAGGED, Table, Unreadable, checked_header
from reconciliation.ingest.text import decoded

LONGEST_LINE = 100_000
"""Bytes: a longer line is no row of a ledger, and rows of that size would exhaust the memory."""
BATCH = 100_000
QUOTED = r'"(?:[^"]|"")*"'
MARK = "\x00"
"""Stands for a quoted cell while delimiters are counted; text that itself holds it is read the exact way."""
BLANK = " "
DELIMITERS = ",;\t|"


def read_csv(data: bytes, encoding: str = "utf-8", delimiter: str = ",", skip_rows: int = 0) -> Table:
    """The table in `data`; `skip_rows` lines above the header are passed over. Raises `Unreadable`."""
    text = decoded(data, encoding)
    lines = pl.read_lines(io.BytesIO(text)).slice(skip_rows)
    _refuse_enormous_lines(lines, skip_rows)
    lines = lines.with_columns(bare=pl.col("line").str.replace_all(QUOTED, MARK) if b'"' in text else "line")
    if MARK.encode() in text or (b'"' in text and lines.select(_is_malformed(delimiter).any()).item()):
        return exactly(lines["line"].to_list(), delimiter)
    return _quickly(lines.filter(pl.col("line").str.strip_chars(BLANK) != ""), delimiter)


def _refuse_enormous_lines(lines: pl.DataFrame, skip_rows: int) -> None:
    longest = lines.with_row_index(offset=skip_rows + 1).filter(pl.col("line").str.len_bytes() > LONGEST_LINE)
    if not longest.is_empty():
        line = longest["index"][0]
        raise Unreadable(f"line {line} is longer than {LONGEST_LINE:,} bytes; check that the file is a table of rows")


def _is_malformed(delimiter: str) -> pl.Expr:
    """Lines whose quotes do not wrap whole cells: a cell spans lines, or a quote is stray."""
    apart = re.escape(delimiter)
    bare = pl.col("bare")
    return bare.str.contains('"', literal=True) | bare.str.contains(rf"[^{apart}]{MARK}|{MARK}[^{apart}]")


def _quickly(lines: pl.DataFrame, delimiter: str) -> Table:
    header = _header(next(csv.reader(lines["line"].head(1), delimiter=delimiter), []), delimiter)
    rows = lines.slice(1).select(
        "line",
        cell_count=pl.col("bare").str.count_matches(delimiter, literal=True) + 1,
        source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
    )
    fitting = pl.col("cell_count") == len(header)
    good, bad = rows.filter(fitting), rows.filter(~fitting)
    misfits = zip(bad["source_row"], csv.reader(bad["line"], delimiter=delimiter), strict=True)
    ragged = [(row, cells, _miscount(len(cells), len(header))) for row, cells in misfits]
    return Table(header, _cells(good["line"], header, delimiter), good["source_row"], _ragged(ragged))


def _cells(lines: pl.Series, header: tuple[str, ...], delimiter: str) -> pl.DataFrame:
    if lines.is_empty():
        return pl.DataFrame(schema=_as_text(header))
    text = lines.str.join("\n").item().encode()
    quote = '"' if b'"' in text else None
    options = {"has_header": False, "schema": _as_text(header), "separator": delimiter, "quote_char": quote}
    return pl.read_csv(io.BytesIO(text), **options)


def exactly(lines: list[str], delimiter: str) -> Table:
    """The same table by Python's own parser, which also follows cells over several lines."""
    records = _records(lines, delimiter)
    names, reason = next(records, ([], None))
    if reason:
        raise Unreadable("the header cannot be told apart: a quote in it is not closed; export it anew")
    header = _header(names, delimiter)
    schema = _as_text(header)
    cells, places, ragged = [pl.DataFrame(schema=schema)], [], []
    numbered = ((row, *record) for row, record in enumerate(records, start=1))
    while batch := list(islice(numbered, BATCH)):
        fitting = [(row, record) for row, record, reason in batch if reason is None]
        places += [row for row, _ in fitting]
        cells.append(pl.DataFrame([record for _, record in fitting], schema=schema, orient="row"))
        ragged += [record for record in batch if record[2] is not None]
    return Table(header, pl.concat(cells), pl.Series("source_row", places, dtype=pl.Int64), _ragged(ragged))


class _Lines:
    """Lines for a csv reader, with a place to return to."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.at >= len(self.lines):
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1] + "\n"

    def past_blanks(self) -> int:
        while self.at < len(self.lines) and not self.lines[self.at].strip(BLANK):
            self.at += 1
        return self.at


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], str | None]]:
    """Each record's cells, with a reason where they are not to be trusted; the first is the header.

    A quote that is never closed, or closed by chance rows later, would swallow the lines between, which shows in a
    line below that is a whole row. Such a row is put aside alone and reading goes on with the next line, so that no
    line is lost inside another.
    """
    feed, width = _Lines(lines), None
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while (start := feed.past_blanks()) < len(lines):
        try:
            cells, reason = next(reader), None
        except csv.Error:
            cells, reason = [], "row: a quote is not closed or stands in the middle of a cell"
        width = width or len(cells)
        if reason is None and len(cells) != width:
            reason = _miscount(len(cells), width)
        below = lines[start + 1 : feed.at]
        if below and (reason or any(len(_alone(line, delimiter)) == width for line in below)):
            cells, reason = [], "row: a quote is opened and not closed on its line"
        if reason is not None:
            feed.at = start + 1
        yield cells or _alone(lines[start], delimiter), reason


def _alone(line: str, delimiter: str) -> list[str]:
    """The cells of a line by itself, as far as they can be told apart."""
    return next(csv.reader([line], delimiter=delimiter), [])


def _header(names: list[str], delimiter: str) -> tuple[str, ...]:
    if not names:
        raise Unreadable("has no header row; check skip_rows, or ask for the export again")
    others = [mark for mark in DELIMITERS if mark != delimiter and mark in names[0]]
    if len(names) == 1 and others:
        named = others[0].replace("\t", "\\t")
        raise Unreadable(f'has a single column; declare its delimiter in sources.toml, probably delimiter = "{named}"')
    return checked_header(names)


def _miscount(found: int, expected: int) -> str:
    return f"row: {found} cells, expected {expected} as in the header"


def _as_text(header: tuple[str, ...]) -> dict[str, type[pl.String]]:
    return dict.fromkeys(header, pl.String)


def _ragged(rows: list[tuple]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=RAGGED, orient="row")
