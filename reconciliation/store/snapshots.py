"""A table's rows once more, packed, so that a night need not read millions of them one by one from their table.

A snapshot goes with the position that left it, and says what was known by that position's loads; the rows loaded since
come from the table. Rows are only ever added, so the two together are the table. Erasing a family drops every snapshot.
"""

from collections.abc import Iterable
from io import BytesIO

import polars as pl
import sqlalchemy as sa

from reconciliation.records import TRANSACTIONS, Record
from reconciliation.store.audit import Audit
from reconciliation.store.records import Records, select_typed
from reconciliation.store.tables import FILES, NEIGHBOURS, POSITIONS, RECORD_TABLES

SNAPSHOT = "known transactions"
MANY_ROWS = 50_000
"""Fewer transactions are read from their table about as soon."""
STALE_SHARE = 10
"""A snapshot is made anew once more than a tenth of the transactions were loaded after it."""


class Snapshots(Records, Audit):
    """The one large table, kept whole beside itself."""

    def known(self, record: Record, from_table: bool = False) -> pl.DataFrame:
        """Every version of that record, typed, in no order; of transactions the packed ones, and those loaded since,
        unless all are to come `from_table`."""
        kept = self._snapshot() if record is TRANSACTIONS and not from_table else None
        if kept is None:
            return super().known(record)
        mark, packed = kept
        since = select_typed(record).where(RECORD_TABLES[record.name].c.load_id > mark)
        return pl.concat([pl.read_parquet(BytesIO(packed)), self._whole_frame(since, record.schema())])

    def snapshot_due(self, transactions: pl.DataFrame, anew: bool = False) -> bytes | None:
        """All known transactions packed for `keep_snapshot`; None while they are few, or the last one will do and none
        is asked for `anew`."""
        will_do = self._loaded_since_snapshot() * STALE_SHARE <= transactions.height and not anew
        if transactions.height < MANY_ROWS or will_do:
            return None
        packed = BytesIO()
        transactions.write_parquet(packed, compression="zstd", compression_level=1, statistics=False)
        return packed.getvalue()

    def keep_snapshot(self, position_id: int, packed: bytes) -> None:
        """Keep it with a position just recorded, in place of any earlier one; inside `writing`."""
        with self.writing() as connection:
            connection.execute(NEIGHBOURS.delete().where(NEIGHBOURS.c.name == SNAPSHOT))
            connection.execute(NEIGHBOURS.insert().values(position_id=position_id, name=SNAPSHOT, frame=packed))

    def verify_audit(self, anchors: Iterable[tuple[int, str]] = ()) -> list[str]:
        """As the audit trail says, and whether the snapshot still says what its table says."""
        return super().verify_audit(anchors) + self._broken_snapshot()

    def _broken_snapshot(self) -> list[str]:
        kept = self._snapshot()
        if kept is None:
            return []
        mark, packed = kept
        table = select_typed(TRANSACTIONS).where(RECORD_TABLES[TRANSACTIONS.name].c.load_id <= mark)
        rows = self._whole_frame(table, TRANSACTIONS.schema()).sort(TRANSACTIONS.key)
        if pl.read_parquet(BytesIO(packed)).sort(TRANSACTIONS.key).equals(rows):
            return []
        return ["The packed transactions are not those of their table: run the night with --full to make them anew."]

    def _snapshot(self) -> tuple[int, bytes] | None:
        """The last load that it holds, and the packed rows."""
        kept = sa.select(POSITIONS.c.data_mark, NEIGHBOURS.c.frame).join_from(
            NEIGHBOURS, POSITIONS, NEIGHBOURS.c.position_id == POSITIONS.c.position_id
        )
        with self.reading() as connection:
            return connection.execute(kept.where(NEIGHBOURS.c.name == SNAPSHOT)).first()

    def _loaded_since_snapshot(self) -> int:
        marked = sa.select(POSITIONS.c.data_mark).join_from(
            NEIGHBOURS, POSITIONS, NEIGHBOURS.c.position_id == POSITIONS.c.position_id
        )
        marked = marked.where(NEIGHBOURS.c.name == SNAPSHOT).scalar_subquery()
        loaded = sa.select(sa.func.sum(FILES.c.accepted)).where(FILES.c.record == TRANSACTIONS.name)
        with self.reading() as connection:
            return connection.scalar(loaded.where(FILES.c.load_id > sa.func.coalesce(marked, 0))) or 0
