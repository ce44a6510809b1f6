"""One edition: all that the files of a position are made from, gathered before the first of them is written."""

from dataclasses import dataclass, field

import polars as pl

from reconciliation import shapes
from reconciliation.results import Results

SOURCES = {"record": pl.String, "key": pl.String, "source_file": pl.String, "source_row": pl.Int64}
"""Where a record's visible version was read: `key` is its key column's value, `source_row` 1 the first data row."""


@dataclass(frozen=True)
class Edition:
    """The results of a position and what stands beside them.

    `exceptions` has the columns `lifecycle.LIVED`; `quarantine` the shape of its name; `not_checked` names the record
    types that no delivery ever held. `before` holds the exceptions (at least `exception_id`) of the position a night
    earlier; None when there was none, and a page then says nothing of what is new or cleared. `sources` (SOURCES)
    leads a family's lines back to their files; a night, whose files may come in any order, has none.
    """

    results: Results
    exceptions: pl.DataFrame
    run_id: str = ""
    quarantine: pl.DataFrame = field(default_factory=lambda: shapes.empty(shapes.QUARANTINE))
    not_checked: tuple[str, ...] = ()
    before: pl.DataFrame | None = None
    sources: pl.DataFrame = field(default_factory=lambda: shapes.empty(SOURCES))
