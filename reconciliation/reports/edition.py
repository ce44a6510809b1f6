"""One edition: all that the files of a position are made from, gathered before the first of them is written."""

from dataclasses import dataclass, field

import polars as pl

from reconciliation import shapes
from reconciliation.results import Results


@dataclass(frozen=True)
class Edition:
    """The results of a position and what stands beside them.

    `exceptions` has the columns `lifecycle.LIVED`; `quarantine` the shape of its name; `not_checked` names the record
    types that no delivery ever held. `before` holds the exceptions (at least `exception_id`) of the position a night
    earlier; None when there was none, and a page then says nothing of what is new or cleared.
    """

    results: Results
    exceptions: pl.DataFrame
    run_id: str = ""
    quarantine: pl.DataFrame = field(default_factory=lambda: shapes.empty(shapes.QUARANTINE))
    not_checked: tuple[str, ...] = ()
    before: pl.DataFrame | None = None
