"""The audit trail: append-only entries, each holding the hash of the one before (issue: exceptions that live).

A row of people's data is audited by its digest, not its content, so that it can be forgotten when its time is over
(UK GDPR article 5(1)(e)) while the trail stays whole.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa

from reconciliation.records import RECORDS
from reconciliation.store.database import Database
from reconciliation.store.tables import AUDIT, AUDIT_HEAD, RECORD_TABLES, RUNS

AUDITED_RECORDS = ("decisions", "acknowledgements")
"""Records of what a person decided or confirmed: each row has an entry of its own."""


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

    def _audit_rows(self, accepted: dict[str, pl.DataFrame], at: datetime) -> None:
        """One entry for each decision and acknowledgement just kept."""
        self._append_entries((entry for name in AUDITED_RECORDS for entry in _row_entries(name, accepted)), at)

    def audit_head(self) -> tuple[int, str]:
        """How many entries the trail has and the hash of the last: the proof that a manifest carries."""
        with self.reading() as connection:
            return tuple(connection.execute(sa.select(AUDIT_HEAD.c.entries, AUDIT_HEAD.c.hash)).one())

    def verify_audit(self, anchors: Iterable[tuple[int, str]] = ()) -> list[str]:
        """What does not fit, one line each; empty when the trail is intact.

        Checked: every entry's number, link and hash; the head kept beside the trail; the head that every run noted
        when it ended; `anchors`, (entries, hash) pairs kept elsewhere, as in published manifests; and that each
        audited decision and acknowledgement stands as audited, unless it was forgotten since. Only an anchor kept
        outside the database convinces against someone who may rewrite all of it.
        """
        with self.reading() as connection:
            entries = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.entry)).mappings().all()
            heads = {"the head kept beside it": self.audit_head()}
            noted = sa.select(RUNS.c.run_id, RUNS.c.audit_entries, RUNS.c.audit_head)
            for run_id, count, head in connection.execute(noted.where(RUNS.c.audit_entries.is_not(None))):
                heads[f"run {run_id}"] = (count, head)
            heads |= {f"the manifest at {count} entries": (count, head) for count, head in anchors}
            standing = {row for name in AUDITED_RECORDS for row in self._standing_digests(name)}
        return [*_broken_links(entries), *_broken_heads(entries, heads), *_broken_rows(entries, standing)]

    def _standing_digests(self, name: str) -> Iterator[tuple[str, str]]:
        schema = RECORDS[name].schema()
        frame = self._frame(sa.select(*(RECORD_TABLES[name].c[column] for column in schema)), schema)
        return ((name, row_digest(row)) for row in frame.iter_rows(named=True))


def canonical(value: dict) -> str:
    """The one JSON text of a value: sorted, without spaces, dates in ISO."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False)


def row_digest(row: dict) -> str:
    """SHA-256 of a typed row; blanks do not count, so a column added later changes nothing."""
    return sha256(canonical({name: value for name, value in row.items() if value is not None}))


def sha256(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _chained(entries: Iterable[tuple[str, str, dict]], at: str, number: int, head: str) -> Iterator[dict]:
    for kind, subject, payload in entries:
        number += 1
        entry = {"entry": number, "at": at, "kind": kind, "subject": subject, "payload": canonical(payload)}
        previous, head = head, _link(head, entry)
        yield entry | {"previous": previous, "hash": head}


def _link(previous: str, entry: dict) -> str:
    return sha256(previous + canonical(entry))


def _row_entries(name: str, accepted: dict[str, pl.DataFrame]) -> Iterator[tuple[str, str, dict]]:
    record = RECORDS[name]
    rows = accepted.get(name, record.empty()).select(*record.schema()).sort(record.key, "recorded_on")
    for row in rows.iter_rows(named=True):
        yield name, row[record.key], {"recorded_on": row["recorded_on"], "digest": row_digest(row)}


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


def _broken_rows(entries: list, standing: set[tuple[str, str]]) -> Iterator[str]:
    audited = {}
    for entry in entries:
        payload = json.loads(entry["payload"])
        if entry["kind"] in AUDITED_RECORDS:
            audited[entry["kind"], payload["digest"]] = entry
        for digest in payload.get("forgotten_digests", ()) if entry["kind"] == "forget" else ():
            for name in AUDITED_RECORDS:
                audited.pop((name, digest), None)
    for (name, digest), entry in audited.items():
        if (name, digest) not in standing:
            yield f"The {name} row of audit entry {entry['entry']} was edited or removed."
    for name, _ in sorted(standing - audited.keys()):
        yield f"A row of {name} has no audit entry: it was added by another way, or edited."
