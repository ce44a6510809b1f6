"""One delivery, kept in one transaction: accepted rows, file reports, quarantine, audit entries. All or nothing."""

from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from reconciliation import shapes
from reconciliation.records import RECORDS, TRANSACTIONS
from reconciliation.store.audit import Audit
from reconciliation.store.quarantine import Quarantine
from reconciliation.store.records import Records
from reconciliation.store.tables import FILES, LOADS, PROVENANCE, RECORD_TABLES

MONEY_RECORDS = ("families", "entitlements", "suspensions", "transactions")
"""Records that a family's figures, and its neighbours', are worked out from."""

FILES_READ = {
    "name": pl.String,
    "source": pl.String,
    "record": pl.String,
    "sha256": pl.String,
    "rows": pl.Int64,
    "accepted": pl.Int64,
    "unchanged": pl.Int64,
    "quarantined": pl.Int64,
    "furniture": pl.Int64,
    "control_total_pence": pl.Int64,
}
"""One row per file read: rows = accepted + unchanged + quarantined + furniture (records, Conventions)."""


@dataclass(frozen=True)
class Load:
    """What a landing folder, a decisions file or a command brought, once `versions.merge` has spoken.

    `accepted` has the records' typed columns and source, source_file, source_row (null where there is no file);
    `unchanged` needs the records' keys alone; `files` has the shape FILES_READ, `quarantine` shapes.QUARANTINE.
    """

    as_of: date
    loaded_at: datetime
    accepted: dict[str, pl.DataFrame]
    unchanged: dict[str, pl.DataFrame] = field(default_factory=dict)
    files: pl.DataFrame = field(default_factory=lambda: shapes.empty(FILES_READ))
    quarantine: pl.DataFrame = field(default_factory=lambda: shapes.empty(shapes.QUARANTINE))
    run_id: int | None = None


class Deliveries(Records, Quarantine, Audit):
    """Loading. Call it under `lock`, and outside `writing`, so that large frames can be staged."""

    def load(self, brought: Load) -> int:
        """Keep a whole delivery; returns its load_id.

        Raises Refusal when the database cannot be written, and then nothing is kept.
        """
        frames = {name: _storable(name, frame) for name, frame in brought.accepted.items() if not frame.is_empty()}
        with self.writing(staged=frames) as connection:
            load_id = connection.execute(LOADS.insert().values(_load_row(brought))).inserted_primary_key[0]
            for name, frame in frames.items():
                self._backend.insert(connection, RECORD_TABLES[name], frame, load_id=load_id)
            self._backend.insert(connection, FILES, shapes.shaped(brought.files, FILES_READ), load_id=load_id)
            self._settle_quarantine(connection, load_id, brought)
            self._audit_load(load_id, frames, brought.files, brought.loaded_at)
        return load_id


def _storable(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """In the order of the primary key: an index filled in order costs less than half of one filled at random."""
    record = RECORDS[name]
    return shapes.shaped(frame, record.schema() | PROVENANCE).sort(record.identity)


def _load_row(brought: Load) -> dict:
    money = [brought.accepted[name]["recorded_on"].min() for name in MONEY_RECORDS if name in brought.accepted]
    posted = brought.accepted.get(TRANSACTIONS.name, TRANSACTIONS.empty())["posted_on"]
    return {
        "run_id": brought.run_id,
        "as_of": brought.as_of,
        "loaded_at": brought.loaded_at,
        "counts_from": min((day for day in money if day is not None), default=None),
        "newest_posted_on": posted.filter(posted <= max(brought.as_of, brought.loaded_at.date())).max(),
    }
