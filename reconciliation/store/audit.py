"""The audit trail: append-only entries, each holding the hash of the one before (issue: exceptions that live).

A fact about people is audited by its digest (`proofs`), so that it can be forgotten while the trail stays whole.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa

from reconciliation.records import RECORDS, Record
from reconciliation.store.database import Database
from reconciliation.store.proofs import AUDITED_RECORDS, broken_rows, canonical, row_entries, rows_proof, sha256
from reconciliation.store.tables import AUDIT, AUDIT_HEAD, RECORD_TABLES, RUNS


class Audit(Database):
    """Adding to the trail, and proving that nothing was edited or removed."""

    def append_audit(self, kind: str, subject: str, payload: dict, at: datetime) -> None:
        """Add one entry; inside `writing`, with the write it speaks of. `payload` is JSON without personal data."""
        self._append_entries([(kind, subject, payload)], at)

    def _append_entries(self, entries: Iterable[tuple[str, str, dict]], at: datetime) -> None:
        with self.writing() as connection:
            number, head = connection.execute(sa.select(AUDIT_HEAD.c.entries, AUDIT_HEAD.c.hash)).one()
            rows = list(_chained(entries, at.astimezone(UTC).isoformat(), number, head))
            if rows:
                connection.execute(AUDIT.insert(), rows)
                last = {"entries": rows[-1]["entry"], "hash": rows[-1]["hash"]}
                connection.execute(AUDIT_HEAD.update().values(last))

    def _audit_load(self, load_id: int, rows: dict[str, pl.DataFrame], files: pl.DataFrame, at: datetime) -> None:
        """One entry for the load, and one for each decision and acknowledgement it brought."""
        people = [entry for name in AUDITED_RECORDS if name in rows for entry in row_entries(name, rows[name])]
        load = {
            "files": dict(files.select("name", "sha256").iter_rows()),
            "rows": {name: rows_proof(RECORDS[name], frame) for name, frame in rows.items()},
        }
        self._append_entries([("load", str(load_id), load), *people], at)

    def audit_head(self) -> tuple[int, str]:
        """How many entries the trail has and the hash of the last: the proof that a manifest carries."""
        with self.reading() as connection:
            return tuple(connection.execute(sa.select(AUDIT_HEAD.c.entries, AUDIT_HEAD.c.hash)).one())

    def verify_audit(self, anchors: Iterable[tuple[int, str]] = ()) -> list[str]:
        """What does not fit, one line each; empty when the trail is intact. Call it under `lock`.

        Checked: every entry's number, link and hash; the head kept beside the trail; the head that every run noted
        when it ended; `anchors`, (entries, hash) pairs kept elsewhere, as in published manifests; that the rows of
        every load stand as they were loaded, and each decision and acknowledgement as it was audited, save what was
        forgotten since. Only an anchor kept outside the database convinces against someone who may rewrite all of it.
        """
        with self.reading() as connection:
            entries = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.entry)).mappings().all()
            heads = {"the head kept beside it": self.audit_head()}
            noted = sa.select(RUNS.c.run_id, RUNS.c.audit_entries, RUNS.c.audit_head)
            for run_id, count, head in connection.execute(noted.where(RUNS.c.audit_entries.is_not(None))):
                heads[f"run {run_id}"] = (count, head)
        heads |= {f"the manifest at {count} entries": (count, head) for count, head in anchors}
        links, ends = list(_broken_links(entries)), list(_broken_heads(entries, heads))
        if links:  # what an edited entry says of rows proves nothing
            return links + ends
        said = [(entry["entry"], entry["kind"], entry["subject"], json.loads(entry["payload"])) for entry in entries]
        return ends + [line for record in RECORDS.values() for line in broken_rows(record, self._loaded(record), said)]

    def _loaded(self, record: Record) -> pl.DataFrame:
        schema = record.schema() | {"load_id": pl.Int64}
        return self._whole_frame(sa.select(*(RECORD_TABLES[record.name].c[column] for column in schema)), schema)


def _chained(entries: Iterable[tuple[str, str, dict]], at: str, number: int, head: str) -> Iterator[dict]:
    for kind, subject, payload in entries:
        number += 1
        entry = {"entry": number, "at": at, "kind": kind, "subject": subject, "payload": canonical(payload)}
        previous, head = head, _link(head, entry)
        yield entry | {"previous": previous, "hash": head}


def _link(previous: str, entry: dict) -> str:
    return sha256(previous + canonical(entry))


def _broken_links(entries: list) -> Iterator[str]:
    head = ""
    for number, entry in enumerate(entries, start=1):
        if entry["entry"] != number:
            yield f"Audit entry {number} is missing."
            return
        content = {name: entry[name] for name in ("entry", "at", "kind", "subject", "payload")}
        if entry["previous"] != head or entry["hash"] != _link(head, content):
            yield f"Audit entry {number} ({entry['kind']}) was edited, or the one before it was."
        head = entry["hash"]


def _broken_heads(entries: list, heads: dict[str, tuple[int, str]]) -> Iterator[str]:
    hashes = {0: ""} | {entry["entry"]: entry["hash"] for entry in entries}
    for witness, (count, head) in heads.items():
        if count not in hashes:
            yield f"The audit trail ends at entry {len(entries)}, but {witness} saw {count}: its end was cut off."
        elif hashes[count] != head:
            yield f"Audit entry {count} is not the one that {witness} saw."
