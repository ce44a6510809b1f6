"""What a file says before it means anything: a header, cells as text, and the rows that do not fit the header."""

from dataclasses import dataclass

import polars as pl

MOST_COLUMNS = 1_000
RAGGED = {"source_row": pl.Int64, "cells": pl.List(pl.String), "reason": pl.String}


class Unreadable(Exception):
    """The file as a whole cannot be read; each argument says why and what to do, without the file's name."""


@dataclass(frozen=True)
class Table:
    """One file's data rows; row 1 is the first below the header. A line without any cell is no row.

    `cells` has one String column for each of `header`; a blank cell is null or empty. `source_rows` (Int64) are its
    row numbers. `ragged` (shape RAGGED) holds the rows whose cells cannot be told apart or do not fit the header.
    """

    header: tuple[str, ...]
    cells: pl.DataFrame
    source_rows: pl.Series
    ragged: pl.DataFrame
    has_true_dates: bool = False
    """True where the format itself marks dates, so that they come out as ISO whatever text dates look like."""

    @property
    def rows(self) -> int:
        return self.cells.height + self.ragged.height


def whole(header: tuple[str, ...], cells: pl.DataFrame, has_true_dates: bool = False) -> Table:
    """A table in which every row fits the header."""
    rows = pl.Series("source_row", range(1, cells.height + 1), dtype=pl.Int64)
    return Table(header, cells, rows, pl.DataFrame(schema=RAGGED), has_true_dates)


def checked_header(names: list[str]) -> tuple[str, ...]:
    """Column names, stripped; a blank one is called by its place. Raises `Unreadable` for a name used twice
    or a header too long to be one."""
    if len(names) > MOST_COLUMNS:
        raise Unreadable(f"has {len(names):,} columns, and no export has more than {MOST_COLUMNS:,}; check the file")
    header = tuple(name.strip() or f"column {place}" for place, name in enumerate(names, start=1))
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise Unreadable(f"the header has {_quoted(twice)} twice, so nobody can say which is meant; rename one")
    return header


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name[:40]}"' for name in names[:5])
