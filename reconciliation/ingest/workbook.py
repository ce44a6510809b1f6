"""Reading an Excel workbook (.xlsx) as text: what the formula bar shows, with dates as ISO.

A number is read to Excel's own 15 significant digits: 0.1 + 0.2 is `0.3`, and a residue such as -3.46945E-18 stays
what it is, which no amount may be. A date with a time of day keeps it, which no date may have. `#N/A`, Excel's word
for not available, is blank; the cell of any other failed formula is `#ERROR!`. A row without any cell is no row.
"""

import functools
import io
import re
import zipfile

import fastexcel
import polars as pl

from reconciliation.ingest.table import RAGGED, Table, Unreadable, checked_header

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
CHUNK = 1 << 20
SHEETS = "xl/worksheets/"
CELL_PLACE = re.compile(rb' r="([A-Z]{1,3})([0-9]{1,7})"')
PLACE_LENGTH = 16
MOST_CELLS = 50_000_000
"""The reader lays a sheet out as a full rectangle: one stray cell in the last corner would fill the memory."""
FAILED_FORMULA = "#ERROR!"
MIDNIGHT = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00$"
FIFTEEN_DIGITS = 1e-15


def read_xlsx(data: bytes, most_bytes: int, sheet: str | None = None, skip_rows: int = 0) -> Table:
    """The table on `sheet` (default the first), below `skip_rows` rows. Raises `Unreadable`.

    `most_bytes` bounds what the workbook may unpack to, so that a small file cannot fill the memory.
    """
    _refuse_what_is_no_workbook(data, most_bytes)
    cells = _sheet(data, sheet).slice(skip_rows)
    cells = cells.filter(pl.any_horizontal(pl.all().str.strip_chars() != "")) if cells.width else cells
    if cells.is_empty():
        raise Unreadable("has no header row on that sheet; check sheet and skip_rows, or ask for the export again")
    names = [name or "" for name in cells.row(0)]
    header = checked_header(names[: _last_named(names)])
    return _table(cells.slice(1), header)


def first_rows(data: bytes, most_bytes: int) -> dict[str, list[str]]:
    """What stands in the first row of each sheet, by the sheet's name. Raises `Unreadable`."""
    _refuse_what_is_no_workbook(data, most_bytes)
    try:
        workbook = fastexcel.read_excel(data)
        tops = {
            name: workbook.load_sheet(name, header_row=None, n_rows=1, dtypes="string").to_polars()
            for name in workbook.sheet_names
        }
    except fastexcel.FastExcelError:
        raise Unreadable("is no Excel workbook that can be read; save the export as .xlsx again") from None
    return {name: [cell or "" for cell in top.row(0)] if top.height else [] for name, top in tops.items()}


def _refuse_what_is_no_workbook(data: bytes, most_bytes: int) -> None:
    if data.startswith(OLD_WORKBOOK):
        raise Unreadable("is an old Excel workbook (.xls) or one with a password; save it as .xlsx without one")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "[Content_Types].xml" not in archive.namelist():
                raise Unreadable("is a zip archive but no Excel workbook; unpack it, or save the export as .xlsx")
            _refuse_bombs(archive, most_bytes)
    except Unreadable:
        raise
    except Exception:  # a damaged archive fails in as many ways as there are packers
        raise Unreadable("is no Excel workbook, or a damaged one; save the export as .xlsx again") from None


def _refuse_bombs(archive: zipfile.ZipFile, most_bytes: int) -> None:
    """What an archive says of its sizes may be a lie, so it is unpacked once, a piece at a time, and counted."""
    unpacked = 0
    for name in archive.namelist():
        columns, last_row, tail = set(), 0, b""
        with archive.open(name) as part:
            while piece := part.read(CHUNK):
                unpacked += len(piece)
                if unpacked > most_bytes:
                    raise Unreadable("unpacks to more than [ingest.max_file_megabytes] allows; check the file")
                places = CELL_PLACE.findall(tail + piece) if name.startswith(SHEETS) else []
                columns |= {column for column, _ in places}
                last_row = max([last_row, *(int(row) for _, row in places)])
                tail = piece[-PLACE_LENGTH:]
        if last_row * max(map(_column_number, columns), default=0) > MOST_CELLS:
            raise Unreadable(f"has cells so far out that its sheet has over {MOST_CELLS:,}; delete what strays far off")


def _column_number(letters: bytes) -> int:
    """Which column Excel calls `letters`: A is 1, AA is 27."""
    return functools.reduce(lambda number, letter: number * 26 + letter - ord("A") + 1, letters, 0)


def _sheet(data: bytes, sheet: str | None) -> pl.DataFrame:
    """Every row of the sheet from its very first, as text."""
    try:
        workbook = fastexcel.read_excel(data)
        which = 0 if sheet is None else sheet
        if sheet is not None and sheet not in workbook.sheet_names:
            raise Unreadable(f'has no sheet "{sheet}"; it has {", ".join(workbook.sheet_names)}')
        shown = workbook.load_sheet(which, header_row=None, skip_rows=0, dtypes="string")
        batch, errors = shown.to_arrow_with_errors()
        numbers = workbook.load_sheet(which, header_row=None, skip_rows=0, dtypes="float").to_polars()
    except fastexcel.FastExcelError:
        raise Unreadable("is no Excel workbook that can be read; save the export as .xlsx again") from None
    text = pl.DataFrame(pl.from_arrow(batch))
    text = text.select(_exact(text[name], numbers[name]) for name in text.columns)
    return _with_failures(text, [error.offset_position for error in errors.errors] if errors else [])


def _exact(text: pl.Series, number: pl.Series) -> pl.Series:
    """The shown text, except where the reader rounded away digits that Excel keeps."""
    lost = (number - text.cast(pl.Float64, strict=False)).abs() > number.abs() * FIFTEEN_DIGITS
    exact = pl.when(lost.fill_null(False)).then(number.cast(pl.String)).otherwise(text.str.replace(MIDNIGHT, "${1}"))
    return pl.select(exact.alias(text.name)).to_series()


def _with_failures(text: pl.DataFrame, positions: list[tuple[int, int]]) -> pl.DataFrame:
    for column in {column for _, column in positions}:
        rows = pl.Series([row for row, at in positions if at == column], dtype=pl.Int64)
        failed = pl.int_range(pl.len(), dtype=pl.Int64).is_in(rows.implode())
        name = pl.nth(column)
        text = text.with_columns(pl.when(failed).then(pl.lit(FAILED_FORMULA)).otherwise(name).name.keep())
    return text


def _last_named(names: list[str]) -> int:
    """The header's width: empty columns beyond its last name are no part of the table."""
    return max((place for place, name in enumerate(names, start=1) if name.strip()), default=0)


def _table(cells: pl.DataFrame, header: tuple[str, ...]) -> Table:
    width = len(header)
    beyond = [(pl.nth(place).str.strip_chars() != "").fill_null(False) for place in range(width, cells.width)]
    is_ragged = cells.select(pl.any_horizontal(*beyond, pl.repeat(False, pl.len()))).to_series()
    places = pl.Series("source_row", range(1, cells.height + 1), dtype=pl.Int64)
    ragged = cells.filter(is_ragged).select(
        source_row=places.filter(is_ragged),
        cells=pl.concat_list(pl.all().fill_null("")),
        reason=pl.lit(f"row: cells beyond the {width} of the header"),
    )
    fitting = cells[:, :width].filter(~is_ragged)
    fitting.columns = list(header)
    return Table(header, fitting, places.filter(~is_ragged), ragged.cast(RAGGED), has_true_dates=True)
