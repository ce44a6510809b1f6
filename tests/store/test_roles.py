"""On PostgreSQL, the account that runs nights adds to history and cannot rewrite it (docs/postgresql-roles.sql)."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from reconciliation.errors import Refusal
from reconciliation.position import Position
from reconciliation.records import RECORDS
from reconciliation.store import Store
from reconciliation.store.tables import metadata
from tests.store.rows import CLOCK, NIGHT, bad, balances, day, delivery, neighbours, raised, typed

GRANTS = Path(__file__).parents[2] / "docs" / "postgresql-roles.sql"
HISTORY = (*RECORDS, "loads", "files", "audit", "positions", "standings", "exceptions")


@pytest.fixture
def night_url(postgresql_store: str) -> Iterator[str]:
    """The migrated database, as the account that runs nights reaches it."""
    with psycopg.connect(postgresql_store, autocommit=True) as connection:
        connection.execute("CREATE ROLE reconciliation_night LOGIN")
        connection.execute(GRANTS.read_text())
        yield postgresql_store.replace("postgres@", "reconciliation_night@")
        connection.execute("DROP OWNED BY reconciliation_night")
        connection.execute("DROP ROLE reconciliation_night")


@pytest.fixture
def night(night_url: str) -> Iterator[Store]:
    with Store.open(night_url) as opened:
        a_night(opened, 0)
        yield opened


def a_night(store: Store, offset: int) -> None:
    """All that a night writes."""
    with store.lock(0):
        position = Position.at(day(offset))
        run = store.begin_run("nightly", day(offset), day(offset), "policy", "code", CLOCK)
        rows = {name: typed(name, {record.key: f"K{offset}"}) for name, record in RECORDS.items()}
        store.load(
            delivery(rows, as_of=day(offset), quarantine=[bad(key=f"K{offset + 1}", raw=f"{offset}")], files=["t.csv"])
        )
        with store.writing():
            store.record_position(run, position, "policy", raised(E1=100), balances(F1=100), neighbours())
            store.append_audit("position", str(NIGHT), {}, CLOCK)
        store.finish_run(run, "done", CLOCK)


def test_it_can_run_nights_and_run_them_again(night: Store):
    a_night(night, 1)
    night.record_position(1, Position.at(NIGHT), "policy", raised(E2=1), balances(F1=1), neighbours())
    assert night.standing_quarantine(day(1))["key"].to_list() == ["K2"]
    assert night.verify_audit() == []


@pytest.mark.parametrize(
    "change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL"]
)
def test_it_cannot_rewrite_history(night: Store, change: str):
    for table in HISTORY:
        column = next(iter(metadata.tables[table].columns)).name
        with pytest.raises(Refusal, match=r"permission denied|must be owner"), night.writing() as connection:
            connection.exec_driver_sql(change.format(table, column, column))


def test_it_cannot_forget_anyone(night: Store):
    with pytest.raises(Refusal, match="permission denied"):
        night.forget(["x"], "no reason", CLOCK)
    assert night.known(RECORDS["families"]).height == 1


def test_it_cannot_migrate_and_says_who_can(postgresql_url: str):
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE newcomer LOGIN")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    try:
        with pytest.raises(Refusal, match="permission denied for schema public"):
            Store.open(postgresql_url.replace("postgres@", "newcomer@"))
    finally:
        with psycopg.connect(postgresql_url, autocommit=True) as connection:
            connection.execute("DROP ROLE newcomer")
