"""Which versions count at a position (rules, Position; records, Conventions)."""

from collections.abc import Mapping

import polars as pl

from reconciliation.position import Position
from reconciliation.records import RECORDS, Record

HAPPENINGS = ("completed_on", "filled_on", "decided_on", "referred_to_scrutiny_on", "acknowledged_on")
"""Dates that have not happened yet while they lie after `as_of`; every other date is taken as recorded."""


def visible(versions: Mapping[str, pl.DataFrame], position: Position) -> dict[str, pl.DataFrame]:
    """The visible version of every key, by record name; a record that is not given is empty.

    `versions` holds typed frames with every version; the columns of `Record.schema()` are kept, and any further ones.
    Transactions come in no order (`identify` gives them one), every other record in the order of its key.
    """
    return {name: _visible(record, versions.get(name, record.empty()), position) for name, record in RECORDS.items()}


def _visible(record: Record, versions: pl.DataFrame, position: Position) -> pl.DataFrame:
    known = versions.filter(pl.col("recorded_on") <= position.known_on)
    if record.is_ledger:
        return known.filter(pl.col("posted_on") <= position.as_of)
    latest = _latest(known, record)
    happenings = [name for name in HAPPENINGS if name in latest.columns]
    return latest.with_columns(pl.when(pl.col(name) <= position.as_of).then(pl.col(name)) for name in happenings)


def _latest(known: pl.DataFrame, record: Record) -> pl.DataFrame:
    """The last version of each key, by key. Most keys have one, and rows kept by key need no sorting."""
    ordered = known if known[record.key].is_sorted() else known.sort(record.key, maintain_order=True)
    is_alone = (ordered[record.key] != ordered[record.key].shift(1)).all()
    return ordered if is_alone else ordered.sort(*record.identity).unique(record.key, keep="last", maintain_order=True)
