"""From results to an edition: exceptions given their lives, and everything that stands beside them in the files."""

from datetime import date, timedelta

import polars as pl

from reconciliation.exceptions.lifecycle import exception_ids, lived
from reconciliation.reports.edition import Edition
from reconciliation.results import Results
from reconciliation.store import Store


def edition_of(
    results: Results,
    store: Store,
    decisions: pl.DataFrame,
    quarantine: pl.DataFrame,
    not_checked: tuple[str, ...],
    run_id: str = "",
    before: pl.DataFrame | None = None,
) -> Edition:
    """The edition of a position: `decisions` are all known ones, `quarantine` the rows to show with it, `before` has
    the `exception_id` of all that was raised the day before."""
    raised = exception_ids(results.raised)
    ids, as_of = raised["exception_id"].to_list(), results.position.as_of
    decided = _with_amounts(decisions.filter(pl.col("exception_id").is_in(ids)), store)
    return Edition(
        results=results,
        run_id=run_id,
        exceptions=lived(raised, decided, store.first_seen(ids, as_of), results.position),
        quarantine=quarantine,
        not_checked=not_checked,
        before=before,
    )


def _with_amounts(decisions: pl.DataFrame, store: Store) -> pl.DataFrame:
    """Decisions with the amount the person saw: the one they sent back, else the one published by that day."""
    unseen = decisions.filter(pl.col("amount_pence").is_null())
    published = [
        store.published_amounts(group["exception_id"].to_list(), day).with_columns(decided_on=pl.lit(day))
        for (day,), group in unseen.group_by("decided_on")
    ]
    if not published:
        return decisions
    return decisions.update(pl.concat(published), on=["exception_id", "decided_on"], how="left")


def nights_covered(store: Store, as_of: date) -> list[date]:
    """The nights since the last good one, up to `as_of`: this night speaks for them all (outputs: manifest)."""
    before = store.good_nights(as_of)
    first = before[-1] + timedelta(days=1) if before else as_of
    return [first + timedelta(days=day) for day in range((as_of - first).days + 1)]
