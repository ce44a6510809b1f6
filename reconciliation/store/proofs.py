"""Proofs of rows: what the audit trail says of people's data without holding any of it.

A row is audited by its digest, not its content, so that it can be forgotten when its time is over (UK GDPR
article 5(1)(e)) and the trail still proves what stays.
"""

import hashlib
import json
from collections.abc import Iterator
from io import BytesIO

import polars as pl

from reconciliation.records import CORRECTION, RECORDS, Record

AUDITED_RECORDS = ("decisions", "acknowledgements")
"""Records of what a person decided or confirmed: each row has an entry of its own, beside its load's."""

AS_DIGESTED = {
    "include_header": False,
    "separator": "\x1f",
    "line_terminator": "\x1e",
    "null_value": "\N{SYMBOL FOR NULL}",
    "quote_style": "never",
}
"""How cells become the text that a load's digest is taken of: the trails of all stores depend on it."""

Said = list[tuple[int, str, str, dict]]
"""Audit entries as (number, kind, subject, payload)."""


def canonical(value: dict) -> str:
    """The one JSON text of a value: sorted, without spaces, dates in ISO."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False)


def sha256(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def row_digest(row: dict) -> str:
    """SHA-256 of a typed row; blanks do not count, so a column added later changes nothing.

    Nor does a correction of 0: rows audited before there were corrections keep their digest.
    """
    corrected = row | {CORRECTION: row.get(CORRECTION) or None}
    return sha256(canonical({name: value for name, value in corrected.items() if value is not None}))


def row_entries(name: str, rows: pl.DataFrame) -> Iterator[tuple[str, str, dict]]:
    """What the trail keeps of each decision or acknowledgement: kind, subject, payload."""
    record = RECORDS[name]
    for row in rows.select(*record.schema()).sort(record.identity).iter_rows(named=True):
        yield name, row[record.key], {"recorded_on": row["recorded_on"], "digest": row_digest(row)}


def rows_proof(record: Record, rows: pl.DataFrame, columns: list[str] | None = None) -> dict:
    """How many rows there are, and one SHA-256 over all of them in the order of their keys.

    `columns` are those that were digested when the rows were loaded: one added to the record later does not count.
    """
    columns = columns or list(record.schema())
    digest = hashlib.sha256()
    for part in rows.sort(record.identity).select(columns).iter_slices(100_000):
        text = BytesIO()
        part.write_csv(text, **AS_DIGESTED)
        digest.update(text.getbuffer())
    return {"count": rows.height, "digest": digest.hexdigest(), "columns": columns}


def broken_rows(record: Record, loaded: pl.DataFrame, said: Said) -> Iterator[str]:
    """What does not stand as the trail says; `loaded` has every row of the record and its load_id."""
    yield from _broken_loads(record, loaded, _proofs(record, said))
    if record.name in AUDITED_RECORDS:
        standing = {row_digest(row) for row in loaded.select(*record.schema()).iter_rows(named=True)}
        for digest, number in _audited(record, said).items():
            if digest not in standing:
                yield f"The {record.name} row of audit entry {number} was edited or removed."


def _broken_loads(record: Record, loaded: pl.DataFrame, proofs: dict[int, dict]) -> Iterator[str]:
    standing = {load_id: rows for (load_id,), rows in loaded.partition_by("load_id", as_dict=True).items()}
    for load_id in sorted(proofs.keys() | standing.keys()):
        proof = proofs.get(load_id, {"count": 0})
        rows = standing.get(load_id, loaded.clear())
        if rows.height != proof["count"]:
            yield f"Load {load_id} brought {proof['count']} rows of {record.name}; {rows.height} stand."
        elif rows.height and rows_proof(record, rows, proof["columns"]) != proof:
            yield f"A row of {record.name} that load {load_id} brought was edited."


def _proofs(record: Record, said: Said) -> dict[int, dict]:
    """The last proof that the trail has of each load's rows: when they were loaded, or when some were forgotten."""
    proofs = {}
    for _, kind, subject, payload in said:
        if kind == "load" and record.name in payload["rows"]:
            proofs[int(subject)] = payload["rows"][record.name]
        elif kind == "forget":
            proofs |= {int(load_id): proof for load_id, proof in payload["remaining"].get(record.name, {}).items()}
    return proofs


def _audited(record: Record, said: Said) -> dict[str, int]:
    """The digests of single rows that should stand, with the entry that says so."""
    audited = {}
    for number, kind, _, payload in said:
        if kind == record.name:
            audited[payload["digest"]] = number
        elif kind == "forget":
            audited = {digest: at for digest, at in audited.items() if digest not in payload["forgotten"]}
    return audited
