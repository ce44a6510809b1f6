"""What a night leaves packed to the nights after it, whole frames with the position that left them.

One is a table's rows once more, so that a night need not read millions of them one by one: they say what was known by
that position's loads, and the rows loaded since come from the table. Rows are only ever added, so the two together are
the table. The other is what was settled for every family (`sparing`). Erasing a family drops all of it. The audit trail
has the digest of each frame, and nothing is taken over from one that is not what was left.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from io import BytesIO

import polars as pl
import sqlalchemy as sa

from reconciliation.errors import Refusal
from reconciliation.records import TRANSACTIONS, Record
from reconciliation.results import Kept
from reconciliation.store.audit import Audit
from reconciliation.store.records import Records, select_typed
from reconciliation.store.tables import AUDIT, FILES, NEIGHBOURS, POSITIONS, RECORD_TABLES

SNAPSHOT = "known transactions"
SETTLED = {field.name: f"settled {field.name}" for field in fields(Kept) if field.type is pl.LazyFrame}
"""The frames of what was settled, by the names they are kept under."""
TERMS = "settled when and by whom"
PACKED = "packed"
"""The kind of audit entry that holds their digests."""
MANY_ROWS = 50_000
"""Fewer transactions are read from their table about as soon."""
STALE_SHARE = 10
"""A snapshot is made anew once more than a tenth of the transactions were loaded after it."""


def settled_packed(kept: Kept) -> dict[str, bytes]:
    """What a night settled, to `keep_packed`."""
    terms = {field.name: [getattr(kept, field.name)] for field in fields(Kept) if field.name not in SETTLED}
    settled = {name: _packed(getattr(kept, field).collect()) for field, name in SETTLED.items()}
    return {TERMS: _packed(pl.DataFrame(terms))} | settled


class Snapshots(Records, Audit):
    """What is taken over from earlier nights, and what is left to later ones."""

    def known(self, record: Record, from_table: bool = False) -> pl.DataFrame:
        """Every version of that record, typed, in no order; of transactions the packed ones, and those loaded since,
        unless all are to come `from_table`. Raises `Refusal` where what is packed is not what was left."""
        mark = self._snapshot_mark() if record is TRANSACTIONS and not from_table else None
        if mark is None:
            return super().known(record)
        since = select_typed(record).where(RECORD_TABLES[record.name].c.load_id > mark)
        packed = self._unpacked([SNAPSHOT])[SNAPSHOT].collect()
        return pl.concat([packed, self._whole_frame(since, record.schema())])

    def snapshot_due(self, transactions: pl.DataFrame, anew: bool = False) -> dict[str, bytes]:
        """All known transactions, to `keep_packed`; nothing while they are few, or the last snapshot will do and none
        is asked for `anew`."""
        will_do = self._loaded_since_snapshot() * STALE_SHARE <= transactions.height and not anew
        return {} if transactions.height < MANY_ROWS or will_do else {SNAPSHOT: _packed(transactions)}

    def settled_before(self) -> Kept | None:
        """What an earlier night settled and left; None where none did. Raises `Refusal` where it is not what was
        left."""
        frames = self._unpacked([TERMS, *SETTLED.values()])
        if not frames:
            return None
        terms = frames[TERMS].collect().row(0, named=True)
        return Kept(**terms, **{field: frames[name] for field, name in SETTLED.items()})

    def keep_packed(self, position_id: int, packed: Mapping[str, bytes], at: datetime) -> None:
        """Keep them with a position just recorded, in place of any earlier ones; inside `writing`."""
        if not packed:
            return
        rows = [{"position_id": position_id, "name": name, "frame": frame} for name, frame in packed.items()]
        with self.writing() as connection:
            connection.execute(NEIGHBOURS.delete().where(NEIGHBOURS.c.name.in_(list(packed))))
            connection.execute(NEIGHBOURS.insert(), rows)
        self.append_audit(PACKED, str(position_id), {name: _digest(frame) for name, frame in packed.items()}, at)

    def _unpacked(self, names: Iterable[str]) -> dict[str, pl.LazyFrame]:
        frames = self._packed_frames(names)
        if broken := self._broken_frames(frames):
            raise Refusal(*broken)
        return {name: pl.scan_parquet(BytesIO(frame)) for name, frame in frames.items()}

    def _packed_frames(self, names: Iterable[str]) -> dict[str, bytes]:
        wanted = sa.select(NEIGHBOURS.c.name, NEIGHBOURS.c.frame).where(NEIGHBOURS.c.name.in_(list(names)))
        with self.reading() as connection:
            return dict(connection.execute(wanted).all())

    def _broken_frames(self, frames: Mapping[str, bytes]) -> list[str]:
        """A line for each frame that is not what a night left."""
        entries = sa.select(AUDIT.c.payload).where(AUDIT.c.kind == PACKED).order_by(AUDIT.c.entry)
        left = {}
        with self.reading() as connection:
            for payload in connection.scalars(entries):
                left |= json.loads(payload)
        return [
            f'database: what a night left packed as "{name}" has been changed since: run the night with --full'
            for name, frame in frames.items()
            if left.get(name) != _digest(frame)
        ]

    def verify_audit(self, anchors: Iterable[tuple[int, str]] = ()) -> list[str]:
        """As the audit trail says; also whether what is packed is what was left, and what its table says."""
        broken = self._broken_frames(self._packed_frames([SNAPSHOT, TERMS, *SETTLED.values()]))
        return super().verify_audit(anchors) + (broken or self._broken_snapshot())

    def _broken_snapshot(self) -> list[str]:
        mark = self._snapshot_mark()
        if mark is None:
            return []
        table = select_typed(TRANSACTIONS).where(RECORD_TABLES[TRANSACTIONS.name].c.load_id <= mark)
        rows = self._whole_frame(table, TRANSACTIONS.schema()).sort(TRANSACTIONS.key)
        if self._unpacked([SNAPSHOT])[SNAPSHOT].collect().sort(TRANSACTIONS.key).equals(rows):
            return []
        return ["The packed transactions are not those of their table: run the night with --full to make them anew."]

    def _snapshot_mark(self) -> int | None:
        """The last load that the snapshot holds; None where there is no snapshot."""
        marked = sa.select(POSITIONS.c.data_mark).join_from(
            NEIGHBOURS, POSITIONS, NEIGHBOURS.c.position_id == POSITIONS.c.position_id
        )
        with self.reading() as connection:
            return connection.scalar(marked.where(NEIGHBOURS.c.name == SNAPSHOT))

    def _loaded_since_snapshot(self) -> int:
        loaded = sa.select(sa.func.sum(FILES.c.accepted)).where(FILES.c.record == TRANSACTIONS.name)
        with self.reading() as connection:
            return connection.scalar(loaded.where(FILES.c.load_id > (self._snapshot_mark() or 0))) or 0


def _packed(frame: pl.DataFrame) -> bytes:
    packed = BytesIO()
    frame.write_parquet(packed, compression="zstd", compression_level=1, statistics=False)
    return packed.getvalue()


def _digest(frame: bytes) -> str:
    return sha256(frame).hexdigest()
