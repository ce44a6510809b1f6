"""Every version of every record: reading them, whole or for one family."""

from collections.abc import Iterable
from datetime import date

import polars as pl
import sqlalchemy as sa

from reconciliation.records import RECORDS, Record
from reconciliation.store.database import Database
from reconciliation.store.tables import LOADS, PROVENANCE, RECORD_TABLES


class Records(Database):
    """All versions, as typed frames."""

    def known(self, record: Record) -> pl.DataFrame:
        """Every version of that record, typed, in no order: what `versions.merge` needs."""
        return self._whole_frame(select_typed(record), record.schema())

    def versions(self, record: Record, family_id: str | None = None) -> pl.DataFrame:
        """Every version with its provenance: `record.schema()`, then source, source_file, source_row and load_id.

        With `family_id`, only rows that name that family, by index; `decisions` name none.
        """
        schema = record.schema() | PROVENANCE | {"load_id": pl.Int64}
        statement = _select(record.name, schema)
        if family_id is None:
            return self._whole_frame(statement, schema)
        return self._frame(statement.where(RECORD_TABLES[record.name].c.family_id == family_id), schema)

    def versions_of(self, record: Record, keys: Iterable[str | None]) -> pl.DataFrame:
        """Every version of those keys, by index, in the columns of `record.schema()`."""
        return self._valued(RECORD_TABLES[record.name].c[record.key], keys)

    def sources_of(self, record: Record, keys: Iterable[str]) -> pl.DataFrame:
        """Where every version of those keys was read, by index: record, key, recorded_on and PROVENANCE."""
        schema = {record.key: pl.String, "recorded_on": pl.Date} | PROVENANCE
        among = self._backend.among(RECORD_TABLES[record.name].c[record.key], sorted(set(keys)))
        found = self._frame(_select(record.name, schema).where(among), schema)
        return found.rename({record.key: "key"}).with_columns(record=pl.lit(record.name))

    def _valued(
        self, column: sa.Column, values: Iterable[str | None], told: sa.ColumnElement | None = None
    ) -> pl.DataFrame:
        """Every typed row whose `column`, or what is `told` of it, is one of `values`; no value asks nothing."""
        record = RECORDS[column.table.name]
        wanted = sorted({value for value in values if value is not None})
        if not wanted:
            return record.empty()
        among = self._backend.among(column if told is None else told, wanted)
        return self._frame(select_typed(record).where(among), record.schema())

    def never_delivered(self) -> tuple[str, ...]:
        """The record types of which no version was ever kept: *not checked*, never fine; decisions are no check."""
        checked = [name for name in RECORD_TABLES if name != "decisions"]
        with self.reading() as connection:
            held = connection.execute(
                sa.select(*(sa.exists(sa.select(RECORD_TABLES[name])).label(name) for name in checked))
            ).one()
        return tuple(name for name, has_rows in zip(checked, held, strict=True) if not has_rows)

    def newest_posted_on(self) -> date | None:
        """The newest `posted_on` ever loaded, for the freshness of the feed (rules §9); None before any."""
        with self.reading() as connection:
            return connection.scalar(sa.select(sa.func.max(LOADS.c.newest_posted_on)))

    def data_mark(self) -> int:
        """The number of the last load that brought money records, 0 before any: equal marks, equal money."""
        with self.reading() as connection:
            return (
                connection.scalar(sa.select(sa.func.max(LOADS.c.load_id)).where(LOADS.c.counts_from.is_not(None))) or 0
            )


def select_typed(record: Record) -> sa.Select:
    """The columns of `record.schema()` of every version."""
    return _select(record.name, record.schema())


def _select(name: str, schema: dict) -> sa.Select:
    return sa.select(*(RECORD_TABLES[name].c[column] for column in schema))
