"""From an export's columns to a record's: which cell means what, and which rows are only furniture (records)."""

from collections.abc import Iterator

import polars as pl

from reconciliation.ingest.sources import Source
from reconciliation.ingest.table import Unreadable
from reconciliation.ingest.typed import TEXT
from reconciliation.records import Column


def refuse_missing_columns(header: tuple[str, ...], source: Source) -> None:
    """Raises `Unreadable` with a cause for each column that the source or the record needs and the file lacks."""
    causes = [*_broken_promises(header, source), *_absent_columns(header, source)]
    if causes:
        raise Unreadable(*causes)


def unknown_columns(header: tuple[str, ...], source: Source) -> tuple[str, ...]:
    """The file's columns that nothing reads."""
    used = {_origin(column, header, source) for column in source.layout_of.columns} | source.drop_rows_where.keys()
    return tuple(name for name in header if name not in used)


def staged(cells: pl.DataFrame, source: Source) -> pl.DataFrame:
    """The cells under their canonical names, each as `text:<name>`, in the same order."""
    header = tuple(cells.columns)
    return cells.select(
        _meaning(column, header, source).alias(TEXT + column.name) for column in source.layout_of.columns
    )


def is_furniture(source: Source) -> pl.Expr:
    """Whether a row of cells is a footer or subtotal; with several columns, any of them decides."""
    told = [_bare(name).is_in(values) for name, values in source.furniture.items()]
    return pl.any_horizontal(told).fill_null(False) if told else pl.lit(False)


def is_control_total(source: Source) -> pl.Expr:
    """Whether a furniture row carries the file's total."""
    return pl.any_horizontal(_bare(name) == source.control_total for name in source.drop_rows_where).fill_null(False)


def _bare(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars()


def _origin(column: Column, header: tuple[str, ...], source: Source) -> str | None:
    """The file's column that a record's column comes from: as mapped, else its own name where that is free."""
    if column.name in source.columns:
        return source.columns[column.name]
    is_free = column.name not in source.constants and column.name not in source.columns.values()
    return column.name if is_free and column.name in header else None


def _meaning(column: Column, header: tuple[str, ...], source: Source) -> pl.Expr:
    origin = _origin(column, header, source)
    if origin is None:
        is_by_sign = column.name == "kind" and source.kind_by_sign
        return pl.lit(None if is_by_sign else source.constants.get(column.name), dtype=pl.String)
    values = source.values.get(column.name)
    return _bare(origin).fill_null("").replace(values) if values else pl.col(origin)


def _broken_promises(header: tuple[str, ...], source: Source) -> Iterator[str]:
    for name, export in source.columns.items():
        if export not in header:
            yield f'has no column "{export}", which sources.toml maps to {name}; correct the mapping or the export'
    for export in sorted(source.drop_rows_where.keys() - set(header)):
        yield f'has no column "{export}", which drop_rows_where looks at; correct sources.toml or the export'


def _absent_columns(header: tuple[str, ...], source: Source) -> Iterator[str]:
    for column in source.layout_of.columns:
        is_given = column.name in source.constants or (column.name == "kind" and source.kind_by_sign)
        if column.required and not is_given and _origin(column, header, source) is None:
            yield f"the required column {column.name} is absent; add it to the export or map it in sources.toml"
