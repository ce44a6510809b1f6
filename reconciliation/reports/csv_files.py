"""The CSV and Parquet files: what a spreadsheet opens right, and what a program reads exactly (outputs.md)."""

import io

import polars as pl

from reconciliation.money import pounds_from_pence
from reconciliation.reports.edition import Edition
from reconciliation.reports.tables import CSV_TABLES, PARQUET_TABLES, published_name

RUN_AS_FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
"""A text cell that begins so may be run as a formula by a spreadsheet, the wide forms by East Asian ones."""


def csv_files(edition: Edition) -> dict[str, bytes]:
    """Every CSV file of a position, by file name."""
    return {name: csv_bytes(table.of(edition)) for name, table in CSV_TABLES.items()}


def parquet_files(edition: Edition) -> dict[str, bytes]:
    """Every Parquet file of a position, by file name; money is whole pence (Int64)."""
    return {name: parquet_bytes(table.of(edition)) for name, table in PARQUET_TABLES.items()}


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """UTF-8 with BOM, CRLF, ISO dates, plain decimal pounds, `true` and `false`, no cell that runs as a formula."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    pence = [name for name in frame.columns if name.endswith("_pence")]
    cells = frame.with_columns(
        *(harmless(pl.col(name)).alias(name) for name in texts),
        *(pounds_from_pence(pl.col(name)).alias(name) for name in pence),
    )
    file = io.BytesIO()
    cells.rename(published_name).write_csv(file, line_terminator="\r\n", include_bom=True)
    return file.getvalue()


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """The frame as Parquet under its published names; in one piece, or its bytes would tell how families were dealt."""
    file = io.BytesIO()
    frame.rename(published_name).rechunk().write_parquet(file, compression="zstd")
    return file.getvalue()


def harmless(text: pl.Expr) -> pl.Expr:
    """Text with an apostrophe before what a spreadsheet would run; numbers are no text and stay as they are."""
    return pl.when(text.str.contains(RUN_AS_FORMULA)).then("'" + text).otherwise(text)
