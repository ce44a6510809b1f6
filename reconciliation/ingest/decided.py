"""What people decided: the filled-in exceptions CSV or workbook, back as rows of the record `decisions` (outputs.md).

Staff save it as their spreadsheet likes: columns moved or added, UK dates, a BOM or none, cp1252 or UTF-16, commas,
semicolons or tabs, any sheet of the workbook. Only rows with a decision count. What cannot be understood is refused
row by row with its reason, and the rest is taken.
"""

import codecs
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from reconciliation import shapes
from reconciliation.errors import Refusal
from reconciliation.exceptions.lifecycle import CLOSING, as_corrected
from reconciliation.ingest.csv_text import read_csv
from reconciliation.ingest.delivery import PROVENANCE
from reconciliation.ingest.judging import judge
from reconciliation.ingest.sources import ISO_DATE, Source
from reconciliation.ingest.table import Table, Unreadable
from reconciliation.ingest.workbook import first_rows, read_xlsx
from reconciliation.records import DECISIONS

AS_PEOPLE_WRITE_DATES = [ISO_DATE, "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y"]
NEEDED = {"exception_id", "decision"}
ALSO_CALLED = {"decision_note": "note"}
"""exceptions.csv and the record name one column differently."""
EXCEPTION_ID = r"^EX-[0-9a-f]{12}$"
MADE_HARMLESS = r"^'([=+\-@\t\r\n＝＋－＠])"
"""Text that an output file kept from running as a formula, with the apostrophe that did so."""
MOST_BYTES = 100_000_000
"""What a file may hold, or unpack to."""
CONTENT = ("exception_id", "decision", "note", "decided_by", "decided_on", "snooze_until", "amount_pence")


@dataclass(frozen=True)
class DecidedFile:
    """`rows` are typed decisions with PROVENANCE, `recorded_on` null; `refused` has the shape QUARANTINE.

    `undecided` rows had no decision, `unchanged` ones only repeat what is known. `sha256` is the file's.
    """

    rows: pl.DataFrame
    refused: pl.DataFrame
    undecided: int
    unchanged: int
    sha256: str


def read_decisions(
    path: Path, decided_by: str | None, decided_on: date, known: pl.DataFrame | None = None
) -> DecidedFile:
    """The decisions in the file; blank names and days become `decided_by` and `decided_on`, the day of taking in.

    `known` (typed decisions) tells which rows only repeat the decision that the file was published with.
    Raises `Refusal` for a file that cannot be read or has no column `exception_id` or `decision`.
    """
    try:
        data = _bytes(path)
        tables = _decided_tables(data)
    except Unreadable as fault:
        raise Refusal(*(f"{path.name}: {cause}" for cause in fault.args)) from None
    source = Source(
        name="decisions", record="decisions", files="*", date_format=AS_PEOPLE_WRITE_DATES, amount_style="accounting"
    )
    known = DECISIONS.empty() if known is None else known
    judgements, undecided, without_snooze = [], 0, []
    for sheet, table in tables:
        filled_in = _filled_in(table)
        undecided += table.rows - filled_in.rows
        name = f"{path.name}, sheet {sheet}" if sheet else path.name
        judgements.append(judge(_completed(filled_in, decided_by, decided_on), source, name, frozenset()))
        without_snooze += [] if "snooze_until" in table.header else [name]
    rows = pl.concat(judgement.rows for judgement in judgements)
    changed = _changed(rows, known, decided_on, without_snooze)
    taken, doubtful = _apart(changed, decided_on)
    refused = pl.concat([*(judgement.quarantine for judgement in judgements), doubtful])
    return DecidedFile(taken, refused, undecided, rows.height - changed.height, hashlib.sha256(data).hexdigest())


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as fault:
        raise Unreadable(f"cannot be read ({fault.strerror}); check its name and whether it is still open") from None
    if len(data) > MOST_BYTES:
        raise Unreadable("is far larger than any exceptions file; check that it is the right one")
    return data


def _decided_tables(data: bytes) -> list[tuple[str, Table]]:
    """The tables that hold decisions, each with its sheet's name, blank for a CSV. Raises `Unreadable`."""
    tables = _sheets(data) if data.startswith(b"PK") else [("", _named(_csv(data)))]
    decided = [(sheet, table) for sheet, table in tables if set(table.header) >= NEEDED]
    if not decided:
        raise Unreadable(
            'has no columns "exception_id" and "decision"; fill in the exceptions file itself, and save your own sheet '
            "of it, or the whole workbook"
        )
    return decided


def _csv(data: bytes) -> Table:
    encoding = _encoding(data)
    first_line = data.decode(encoding, "replace").lstrip("\ufeff\r\n ").partition("\n")[0]
    return read_csv(data, encoding, max(",;\t", key=first_line.count))


def _encoding(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _sheets(data: bytes) -> list[tuple[str, Table]]:
    """The sheets that list exceptions; the others explain or sum up, and may look as they like."""
    names = [name for name, top in first_rows(data, MOST_BYTES).items() if {_plain(cell) for cell in top} >= NEEDED]
    return [(name, _named(read_xlsx(data, MOST_BYTES, name))) for name in names]


def _named(table: Table) -> Table:
    """The table with its columns called as the record calls them, however their heads were retyped."""
    names = {name: ALSO_CALLED.get(_plain(name), _plain(name)) for name in table.header}
    if len(set(names.values())) < len(names):
        raise Unreadable("has two columns of the same name; remove the one that is not meant")
    return Table(tuple(names.values()), table.cells.rename(names), table.source_rows, table.ragged)


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _filled_in(table: Table) -> Table:
    """The rows with a decision, and the rows of which nobody can tell."""
    is_decided = table.cells.select(pl.col("decision").fill_null("").str.strip_chars() != "").to_series()
    return Table(table.header, table.cells.filter(is_decided), table.source_rows.filter(is_decided), table.ragged)


def _completed(table: Table, decided_by: str | None, decided_on: date) -> Table:
    """The cells as the record wants them: who and when filled in, what a spreadsheet did to text undone."""
    blank = pl.lit(None, pl.String)
    cells = table.cells.with_columns(
        blank.alias(column.name) for column in DECISIONS.columns if column.name not in table.header
    ).with_columns(
        decision=pl.col("decision").str.strip_chars().str.to_lowercase().str.replace_all(r"[ -]+", "_"),
        note=pl.col("note").str.replace(MADE_HARMLESS, "$1"),
        decided_by=_else(pl.col("decided_by"), decided_by),
        decided_on=_else(pl.col("decided_on"), decided_on.isoformat()),
        recorded_on=blank,
    )
    return Table(tuple(cells.columns), cells, table.source_rows, table.ragged)


def _else(text: pl.Expr, default: str | None) -> pl.Expr:
    return pl.when(text.str.strip_chars() != "").then(text).otherwise(pl.lit(default, pl.String))


def _changed(rows: pl.DataFrame, known: pl.DataFrame, today: date, without_snooze: list[str]) -> pl.DataFrame:
    """The rows that say something new of their exception.

    A file carries the decisions that it was published with; a row repeats one of them when both say the same. What had
    grown beyond a decision was published without it, so there the same words are a new decision. A sheet without the
    column `snooze_until` leaves a snooze as it was while the decision stays. A changed decision beside the day of one
    recorded before is of the day of taking in; the day of one that was taken in today was written by the person.
    """
    latest = as_corrected(known).unique("exception_id", keep="last")
    published = known.filter(pl.col("recorded_on") < today).select("exception_id", "decided_on").unique()
    beside = rows.join(latest, on="exception_id", how="left", suffix="_known", maintain_order="left")
    left_over = published.with_columns(is_left_over=True)
    beside = beside.join(left_over, on=["exception_id", "decided_on"], how="left", maintain_order="left")
    had_grown = pl.col("amount_pence").abs() > pl.col("amount_pence_known").abs()
    had_rested = pl.col("decision_known").is_in(CLOSING) | pl.col("snooze_until_known").is_not_null()
    stands = (pl.col("decision") == pl.col("decision_known")) & ~(had_grown.fill_null(False) & had_rested)
    is_silent = pl.col("source_file").is_in(without_snooze)
    repeats = stands & pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(f"{name}_known")) for name in ("note", "snooze_until")
    )
    return (
        beside.with_columns(
            snooze_until=pl.when(is_silent & stands).then("snooze_until_known").otherwise("snooze_until"),
            decided_on=pl.when("is_left_over").then(pl.lit(today)).otherwise("decided_on"),
        )
        .filter(~repeats.fill_null(False))
        .select(rows.columns)
    )


def _apart(rows: pl.DataFrame, today: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows to take in, and the readable ones that make no sense, refused with why. A row given twice is one."""
    content = pl.struct(CONTENT)
    rows = rows.filter(content.is_first_distinct())
    reasons = {
        "exception_id: not an id of an exceptions file; copy it from there": ~pl.col("exception_id").str.contains(
            EXCEPTION_ID
        ),
        "decided_on: lies after the day of taking in": pl.col("decided_on") > today,
        "exception_id: decided twice in this file in different ways; keep one": pl.len().over("exception_id") > 1,
    }
    reason = pl.concat_str(
        [pl.when(holds).then(pl.lit(said)) for said, holds in reasons.items()], separator="; ", ignore_nulls=True
    )
    told = rows.with_columns(reason=reason)
    is_sound = pl.col("reason") == ""
    return told.filter(is_sound).select(*DECISIONS.schema(), *PROVENANCE), _refused(told.filter(~is_sound))


def _refused(rows: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String)
    return rows.select(
        "source",
        "source_file",
        "reason",
        "recorded_on",
        row="source_row",
        record=pl.lit("decisions"),
        raw=pl.struct(pl.col(CONTENT).cast(pl.String).fill_null("")).struct.json_encode(),
        key="exception_id",
        family_id=nothing,
    ).pipe(shapes.shaped, shapes.QUARANTINE)
