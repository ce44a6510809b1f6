"""One edition: all that the files of a position are made from, gathered before the first of them is written."""

from dataclasses import dataclass, field

import polars as pl

from reconciliation import shapes
from reconciliation.results import Results

TREND = {"as_of": pl.Date, "arrears_pence": pl.Int64, "exceptions": pl.Int64}
"""What earlier published positions said, one row each, by date."""


@dataclass(frozen=True)
class Edition:
    """The results of a position and what stands beside them.

    `exceptions` has the columns `lifecycle.LIVED`; `quarantine` the shape of its name; `not_checked` names the record
    types that no delivery ever held. `before` holds the exceptions (`exception_id`, `code`, `family_id`) of the
    position a night earlier and `trend` (TREND) what earlier positions said; without them a page leaves those parts
    out.
    """

    results: Results
    exceptions: pl.DataFrame
    run_id: str = ""
    quarantine: pl.DataFrame = field(default_factory=lambda: shapes.empty(shapes.QUARANTINE))
    not_checked: tuple[str, ...] = ()
    before: pl.DataFrame | None = None
    trend: pl.DataFrame | None = None
