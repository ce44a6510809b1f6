"""The tables, as the newest migration leaves them; a test holds both to each other.

Money is whole pence in 64-bit integers. Days are ISO text in SQLite, whose STRICT tables know no dates, and DATE on
PostgreSQL; moments are UTC. Every record has one table with every version of every row, which is never changed.
"""

from datetime import UTC, date, datetime

import polars as pl
import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from reconciliation.records import RECORDS, Record


class Day(TypeDecorator):
    """A date."""

    impl = sa.Date
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else sa.Date())

    def process_bind_param(self, value: date | None, dialect):
        return value.isoformat() if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value, dialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


class Moment(TypeDecorator):
    """A point in time, kept in UTC."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect):
        return value.astimezone(UTC).isoformat() if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value, dialect) -> datetime | None:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment and moment.astimezone(UTC)


class Flag(TypeDecorator):
    """True, false or not known."""

    impl = sa.Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.Integer() if dialect.name == "sqlite" else sa.Boolean())

    def process_bind_param(self, value: bool | None, dialect):
        return int(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value, dialect) -> bool | None:
        return None if value is None else bool(value)


WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
TYPES = {pl.String: sa.Text(), pl.Date: Day(), pl.Int64: WHOLE, pl.Boolean: Flag()}

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def _number(name: str) -> sa.Column:
    """A number that the database gives, and never gives twice."""
    return sa.Column(name, WHOLE, sa.Identity(), primary_key=True)


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_strict=True, sqlite_autoincrement=True)


def _columns(schema: dict, required: tuple[str, ...] = ()) -> list[sa.Column]:
    return [sa.Column(name, TYPES[dtype], nullable=name not in required) for name, dtype in schema.items()]


PROVENANCE = {"source": pl.String, "source_file": pl.String, "source_row": pl.Int64}
"""Where a row came from; `source_row` 1 is the first data row."""


def _record_table(record: Record) -> sa.Table:
    required = {column.typed_name for column in record.columns if column.required} | {*record.identity, "recorded_on"}
    return _table(
        record.name,
        *_columns(record.schema() | PROVENANCE, tuple(required)),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint(*record.identity),
    )


RECORD_TABLES = {name: _record_table(record) for name, record in RECORDS.items()}
FAMILIES, TRANSACTIONS = RECORD_TABLES["families"], RECORD_TABLES["transactions"]

for _name, _table_of_record in RECORD_TABLES.items():
    if _name != "families" and "family_id" in _table_of_record.c:
        sa.Index(None, _table_of_record.c.family_id)
sa.Index(None, FAMILIES.c.payee_reference)
sa.Index("ix_families_family_id_any_case", sa.func.lower(FAMILIES.c.family_id))
sa.Index("ix_families_payee_reference_any_case", sa.func.lower(FAMILIES.c.payee_reference))
sa.Index(None, TRANSACTIONS.c.payee_reference)
sa.Index(None, TRANSACTIONS.c.promise_id)

LOADS = _table(
    "loads",
    _number("load_id"),
    sa.Column("run_id", WHOLE),
    sa.Column("as_of", Day, nullable=False),
    sa.Column("loaded_at", Moment, nullable=False),
    sa.Column("counts_from", Day),  # earliest recorded_on among its money records, null without any
    sa.Column("newest_posted_on", Day),
)

FILES = _table(
    "files",
    sa.Column("load_id", WHOLE, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("source", sa.Text),
    sa.Column("record", sa.Text),
    sa.Column("sha256", sa.Text),
    sa.Column("rows", WHOLE, nullable=False),
    sa.Column("accepted", WHOLE, nullable=False),
    sa.Column("unchanged", WHOLE, nullable=False),
    sa.Column("quarantined", WHOLE, nullable=False),
    sa.Column("furniture", WHOLE, nullable=False),
    sa.Column("control_total_pence", WHOLE),
    sa.Index("ix_files_load_id", "load_id"),
)

QUARANTINE = _table(
    "quarantine",
    _number("quarantine_id"),
    sa.Column("source", sa.Text),
    sa.Column("source_file", sa.Text, nullable=False),
    sa.Column("row", WHOLE),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("raw", sa.Text),
    sa.Column("key", sa.Text),
    sa.Column("family_id", sa.Text),
    sa.Column("recorded_on", Day),
    sa.Column("occurrence", WHOLE, nullable=False),
    sa.Column("met_load_id", WHOLE, nullable=False),
    sa.Column("met_on", Day, nullable=False),
    sa.Column("closed_load_id", WHOLE),
    sa.Column("closed_on", Day),
    sa.Index("ix_quarantine_family_id", "family_id"),
)

RUNS = _table(
    "runs",
    _number("run_id"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("as_of", Day, nullable=False),
    sa.Column("known_on", Day, nullable=False),
    sa.Column("policy_version", sa.Text, nullable=False),
    sa.Column("code_version", sa.Text, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
    sa.Column("outcome", sa.Text),
    sa.Column("causes", sa.Text),
    sa.Column("manifest", sa.Text),
    sa.Column("seconds", sa.Text),
    sa.Column("expectations", sa.Text),
    sa.Column("audit_entries", WHOLE),
    sa.Column("audit_head", sa.Text),
)

POSITIONS = _table(
    "positions",
    _number("position_id"),
    sa.Column("run_id", WHOLE, nullable=False),
    sa.Column("as_of", Day, nullable=False),
    sa.Column("known_on", Day, nullable=False),
    sa.Column("policy_version", sa.Text, nullable=False),
    sa.Column("data_mark", WHOLE, nullable=False),
    sa.Column("is_night", Flag, nullable=False),  # known_on = as_of: one of the nights that history is told from
    sa.Index("ix_positions_as_of", "as_of"),
)

STANDINGS = _table(
    "standings",
    sa.Column("position_id", WHOLE, nullable=False),
    sa.Column("standing", sa.Text, nullable=False),
    sa.Column("families", WHOLE, nullable=False),
    sa.Column("due_pence", WHOLE, nullable=False),
    sa.Column("paid_pence", WHOLE, nullable=False),
    sa.Column("arrears_pence", WHOLE, nullable=False),
    sa.Column("overpaid_pence", WHOLE, nullable=False),
    sa.PrimaryKeyConstraint("position_id", "standing"),
)

NEIGHBOURS = _table(
    "neighbours",
    sa.Column("position_id", WHOLE, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("frame", sa.LargeBinary, nullable=False),
    sa.PrimaryKeyConstraint("position_id", "name"),
)

EXCEPTIONS = _table(
    "exceptions",
    sa.Column("exception_id", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("family_id", sa.Text),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Index("ix_exceptions_family_id", "family_id"),
)

SIGHTINGS = _table(
    "sightings",
    sa.Column("exception_id", sa.Text, nullable=False),
    sa.Column("seen_from", Day, nullable=False),
    sa.Column("seen_to", Day, nullable=False),
    sa.Column("amount_pence", WHOLE),
    sa.Column("since", Day),
    sa.PrimaryKeyConstraint("exception_id", "seen_from"),
    sa.Index("ix_sightings_seen_to", "seen_to"),
)

AUDIT = _table(
    "audit",
    sa.Column("entry", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

AUDIT_HEAD = _table(
    "audit_head",
    sa.Column("only", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("entries", WHOLE, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

ERASURE_PERMITS = _table(
    "erasure_permits",
    sa.Column("reason", sa.Text, nullable=False),
)
"""Rows may leave a record table only while a permit stands, within the transaction of `Store.forget`."""
