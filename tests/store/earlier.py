"""Stores as the program of each earlier revision left them, row by row, in `revisions/<revision>.json`.

Before a migration is written, `python -m tests.store.earlier` keeps what the program writes until then.
"""

import json
import tempfile
import warnings
from pathlib import Path

import polars as pl
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from reconciliation.position import Position
from reconciliation.records import RECORDS
from reconciliation.store import Store, default_url, migrations
from reconciliation.store.database import _backend
from tests.store.rows import CLOCK, EXAMPLES, NIGHT, bad, balances, day, delivery, neighbours, raised, typed

FOLDER = Path(__file__).parent / "revisions"
Rows = dict[str, list[dict]]


def kept(revision: str) -> Rows:
    """Every table's rows, as SQLite holds them and bytes in hexadecimal."""
    return json.loads((FOLDER / f"{revision}.json").read_text(encoding="utf-8"))


def restore(url: str, revision: str) -> None:
    """Make an empty database what it was at that revision, with the rows kept of it."""
    backend = _backend(url)
    with backend.engine.begin() as connection:
        to_revision(connection, revision)
        tables = _tables(connection)
        for name, rows in kept(revision).items():
            table = tables[name]
            if rows:
                fill = table.update() if name == "audit_head" else table.insert()
                connection.execute(fill, [_bound(table, row) for row in rows])
            if connection.dialect.name == "postgresql" and rows:
                _count_on(connection, table)
    backend.engine.dispose()


def to_revision(connection: sa.Connection, revision: str) -> None:
    """Migrate an open connection's database so far and no further."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _bound(table: sa.Table, row: dict) -> dict:
    return {name: _value(table.c[name], value) for name, value in row.items()}


def _value(column: sa.Column, value):
    if value is not None and isinstance(column.type, sa.Boolean):
        return bool(value)
    return bytes.fromhex(value) if isinstance(column.type, sa.LargeBinary) else value


def _count_on(connection: sa.Connection, table: sa.Table) -> None:
    """The numbers that a database gives go on after those it holds."""
    for column in table.c:
        if column.identity is not None:
            newest = sa.select(sa.func.max(column)).scalar_subquery()
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(sa.select(sa.func.setval(sequence, newest)))


def held(store: Store) -> Rows:
    """Every table's rows as `kept` has them, whichever the database."""
    with store.reading() as connection:
        return {name: _rows(connection, table) for name, table in sorted(_tables(connection).items())}


def _rows(connection: sa.Connection, table: sa.Table) -> list[dict]:
    rows = connection.execute(table.select()).mappings()
    return sorted(({name: _plain(value) for name, value in row.items()} for row in rows), key=json.dumps)


def _tables(connection: sa.Connection) -> dict[str, sa.Table]:
    """The tables as the database itself describes them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*expression-based index.*")  # SQLite cannot show these
        tables = sa.MetaData()
        tables.reflect(connection, only=lambda name, _: name != "alembic_version")
    return dict(tables.tables)


def _plain(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def fill(store: Store) -> None:
    """Something in every table: full and sparse rows, a bad row put right, two nights, a family forgotten."""
    run = store.begin_run("nightly", NIGHT, NIGHT, "policy", "code", CLOCK)
    rows = {name: typed(name, _full(name), {RECORDS[name].key: "sparse"}) for name in RECORDS}
    decisions = [
        {"exception_id": "E1", "decision": "accepted", "note": "agreed by phone", "amount_pence": 0},
        {"exception_id": "E2", "decision": "open"},
        {"exception_id": "E9", "decision": "resolved", "decided_by": "A. Clerk"},
    ]
    ours = {"families": typed("families", _full("families"), {"family_id": "F9"})}
    ours |= {"decisions": typed("decisions", _full("decisions"), *decisions)}
    held_up = [bad(key="T1", family_id="x"), bad(record="reviews", file="r.csv")]
    store.load(delivery(rows | ours, quarantine=held_up, files=["t.csv", "r.csv"], run_id=run))
    seen = raised(E1=100, E9=100).with_columns(
        family_id=pl.when(pl.col("exception_id") == "E9").then(pl.lit("F9")).otherwise(pl.lit("F1"))
    )
    with store.writing():
        store.record_position(run, Position.at(NIGHT), "policy", seen, balances(F1=100), neighbours("T9"))
        store.append_audit("position", str(NIGHT), {"files": {"balances.csv": "ab12"}}, CLOCK)
    store.finish_run(run, "done", CLOCK)
    again = typed("decisions", {"exception_id": "E1", "decision": "in_progress", "recorded_on": day(1)})
    good = typed("transactions", {"transaction_id": "T1"})
    store.load(delivery({"decisions": again, "transactions": good}, as_of=day(1)))
    store.forget(["F9"], "7 years after closing", CLOCK)
    run = store.begin_run("nightly", day(1), day(1), "policy", "code", CLOCK)
    store.record_position(run, Position.at(day(1)), "policy", seen.head(1), balances(F1=70), neighbours("T8"))
    store.finish_run(run, "done", CLOCK)


def _full(name: str) -> dict:
    return {column: EXAMPLES[dtype] for column, dtype in RECORDS[name].schema().items()}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, Store.open(default_url(Path(folder))) as store:
        fill(store)
        text = json.dumps(held(store), indent=1, ensure_ascii=False)
        (FOLDER / f"{migrations.HEAD}.json").write_text(text + "\n", encoding="utf-8")
