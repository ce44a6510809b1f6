"""One file's table becomes typed rows, quarantined rows and furniture: split, never dropped (records, Conventions)."""

import json
from dataclasses import dataclass

import polars as pl

from reconciliation import shapes
from reconciliation.ingest import typed
from reconciliation.ingest.delivery import PROVENANCE
from reconciliation.ingest.mapping import is_control_total, is_furniture, refuse_missing_columns, staged
from reconciliation.ingest.sources import ISO_DATE, Source
from reconciliation.ingest.table import Table, Unreadable
from reconciliation.money import pounds_from_pence

AMOUNT = "amount_pence"
BEYOND = "beyond the header"
ASIDE = {"source_row": pl.Int64, "misfit": pl.String, "raw": pl.String}


@dataclass(frozen=True)
class Judgement:
    """`rows` are typed with PROVENANCE; `quarantine` has the shape QUARANTINE. `pence` are those of all rows whose
    amount could be read, null where the record moves no money."""

    rows: pl.DataFrame
    quarantine: pl.DataFrame
    furniture: int
    control_total_pence: int | None
    pence: int | None
    unread_amounts: int


def judge(table: Table, source: Source, name: str, schedules: frozenset[str]) -> Judgement:
    """Every row of the file `name`, judged; `schedules` are those of the policy.

    Raises `Unreadable` for an absent column or a control total that disagrees with the rows.
    """
    refuse_missing_columns(table.header, source)
    source = _with_true_dates(source) if table.has_true_dates else source
    cells, aside = _every_row(table, source)
    furniture = cells.select(is_furniture(source)).to_series()
    data, aside = cells.filter(~furniture), aside.filter(~furniture)
    judged, faults = typed.judged(staged(data, source), source, schedules)
    judged = judged.hstack(aside).with_columns(pl.lit(source.name).alias("source"), pl.lit(name).alias("source_file"))
    is_bad = judged.select(pl.col("misfit").is_not_null() | typed.is_bad(faults)).to_series()
    good, bad = judged.filter(~is_bad), judged.filter(is_bad)
    control_total = _control_total(cells.filter(furniture), source, schedules)
    _refuse_wrong_total(control_total, judged)
    return Judgement(
        rows=good.select(*source.layout_of.schema(), *PROVENANCE),
        quarantine=_quarantined(bad, data.filter(is_bad), source, faults),
        furniture=int(furniture.sum()),
        control_total_pence=control_total,
        pence=judged[AMOUNT].sum() if source.layout_of.is_ledger else None,
        unread_amounts=bad[AMOUNT].null_count() if source.layout_of.is_ledger else 0,
    )


def _with_true_dates(source: Source) -> Source:
    """A format that knows dates gives them in ISO form, whatever its text dates look like."""
    return source.model_copy(update={"date_format": [*source.date_format, ISO_DATE]})


def _every_row(table: Table, source: Source) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells of all rows in order, and beside them ASIDE: row number, why a row fits no header, its raw text.

    A blank cell that may tell furniture is empty text; a cell that a short row lacks is null and tells nothing.
    """
    cells = table.cells.with_columns(pl.col(list(source.furniture)).fill_null(""))
    aside = pl.DataFrame({"source_row": table.source_rows}).with_columns(misfit=None, raw=None).cast(ASIDE)
    if table.ragged.is_empty():
        return cells, aside
    ragged = table.ragged["cells"]
    padded = pl.DataFrame({name: ragged.list.get(n, null_on_oob=True) for n, name in enumerate(table.header)})
    raw = [_raw(table.header, row) for row in ragged.to_list()]
    misfits = table.ragged.select("source_row", misfit="reason", raw=pl.Series(raw, dtype=pl.String))
    aside = pl.concat([aside, misfits])
    order = aside["source_row"].arg_sort()
    return pl.concat([cells, padded])[order], aside[order]


def _raw(header: tuple[str, ...], cells: list[str]) -> str:
    row = dict(zip(header, cells, strict=False))
    return json.dumps(row | ({BEYOND: cells[len(header) :]} if len(cells) > len(header) else {}), ensure_ascii=False)


def _quarantined(
    bad: pl.DataFrame, cells: pl.DataFrame, source: Source, faults: tuple[typed.Fault, ...]
) -> pl.DataFrame:
    record = source.layout_of
    raw = cells.select(pl.struct(pl.all().fill_null("")).struct.json_encode()).to_series()
    return bad.select(
        "source",
        "source_file",
        row="source_row",
        record=pl.lit(record.name),
        reason=pl.coalesce("misfit", typed.reason(faults)),
        raw=pl.coalesce("raw", raw),
        key=record.key,
        family_id="family_id" if "family_id" in record.schema() else pl.lit(None, dtype=pl.String),
        recorded_on="recorded_on",
    ).pipe(shapes.shaped, shapes.QUARANTINE)


def _control_total(furniture: pl.DataFrame, source: Source, schedules: frozenset[str]) -> int | None:
    """Pence of the furniture row that carries the file's total; None where the source declares none."""
    if source.control_total is None:
        return None
    totals = furniture.filter(is_control_total(source))
    amounts = typed.judged(staged(totals, source), source, schedules)[0][AMOUNT].to_list()
    if len(amounts) != 1 or amounts[0] is None:
        found = f"{len(amounts)} such rows" if len(amounts) != 1 else "one whose amount cannot be read"
        raise Unreadable(
            f'expected one row "{source.control_total}" with the file\'s total, found {found}; '
            "the export may be cut short: ask for it again"
        )
    return amounts[0]


def _refuse_wrong_total(control_total: int | None, judged: pl.DataFrame) -> None:
    if control_total is None or control_total == judged[AMOUNT].sum():
        return
    stated, found = pl.select(pounds_from_pence(pl.Series([control_total, judged[AMOUNT].sum()]))).to_series()
    unread = judged[AMOUNT].null_count()
    raise Unreadable(
        f"the control total is £{stated} but its {judged.height} rows come to £{found}"
        + (f" ({unread} of them have no readable amount)" if unread else "")
        + "; the export is incomplete or altered: ask for it again"
    )
