"""The audit trail: whoever edits or removes anything, even with the rights of the database's owner, is found out."""

import json

import polars as pl
import pytest
import sqlalchemy as sa

from reconciliation.records import RECORDS
from reconciliation.store import Store
from reconciliation.store.proofs import row_digest
from tests.store.rows import CLOCK, NIGHT, delivery, typed

TRIGGERS = {
    "sqlite": "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT 'ALTER TABLE ' || c.relname || ' DISABLE TRIGGER ALL' FROM pg_class c "
    "JOIN pg_trigger t ON t.tgrelid = c.oid WHERE c.relkind = 'r' GROUP BY c.relname",
}


def tamper(store: Store, *statements: str) -> None:
    """What someone with every right on the database could do."""
    with store.writing() as connection:
        for (unguard,) in connection.execute(sa.text(TRIGGERS[connection.dialect.name])).all():
            connection.execute(sa.text(unguard))
        for statement in statements:
            connection.execute(sa.text(statement))


@pytest.fixture
def audited(store: Store) -> Store:
    """A store with two decisions, an acknowledgement, a position and a run that noted the head."""
    decisions = typed(
        "decisions", {"exception_id": "E1", "note": "paid"}, {"exception_id": "E2", "decision": "resolved"}
    )
    others = {name: typed(name, {}) for name in ("acknowledgements", "families", "transactions")}
    store.load(delivery({"decisions": decisions} | others))
    run = store.begin_run("nightly", NIGHT, NIGHT, "policy", "code", CLOCK)
    store.append_audit("position", "2026-06-10", {"files": {"balances.csv": "ab12"}}, CLOCK)
    store.finish_run(run, "done", CLOCK)
    return store


def test_an_untouched_trail_is_intact(audited: Store):
    assert audited.verify_audit() == []
    assert audited.verify_audit([audited.audit_head(), (0, "")]) == []


def test_each_decision_and_acknowledgement_has_an_entry_without_its_words(audited: Store):
    with audited.reading() as connection:
        entries = connection.exec_driver_sql("SELECT kind, subject, payload FROM audit ORDER BY entry").all()
    assert [(kind, subject) for kind, subject, _ in entries] == [
        ("load", "1"), ("decisions", "E1"), ("decisions", "E2"), ("acknowledgements", "x"), ("position", "2026-06-10"),
    ]  # fmt: skip
    assert json.loads(entries[1].payload).keys() == {"recorded_on", "digest"}


def test_an_entry_is_kept_or_lost_with_the_write_it_speaks_of(audited: Store):
    before = audited.audit_head()

    def notify() -> None:
        with audited.writing():
            audited.append_audit("notification", "F1 director", {}, CLOCK)
            raise ConnectionError("the mail server refused")

    with pytest.raises(ConnectionError):
        notify()
    assert audited.audit_head() == before


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET subject = 'E9' WHERE entry = 3", "entry 3 (decisions) was edited"),
        ("UPDATE audit SET payload = '{}' WHERE entry = 1", "entry 1 (load) was edited"),
        ("UPDATE audit SET payload = 'no JSON' WHERE entry = 5", "entry 5 (position) was edited"),
        ("UPDATE audit SET at = '2026-01-01' WHERE entry = 2", "entry 2 (decisions) was edited"),
        ("UPDATE audit SET hash = previous WHERE entry = 4", "entry 4 (acknowledgements) was edited"),
        ("DELETE FROM audit WHERE entry = 1", "entry 1 is missing"),
        ("DELETE FROM audit WHERE entry = 3", "entry 3 is missing"),
        ("DELETE FROM audit WHERE entry = 5", "ends at entry 4, but the head kept beside it saw 5"),
        ("DELETE FROM audit", "ends at entry 0, but run 1 saw 5"),
        ("UPDATE audit_head SET entries = 9", "ends at entry 5, but the head kept beside it saw 9"),
        ("UPDATE decisions SET note = 'unpaid' WHERE exception_id = 'E1'", "decisions row of audit entry 2 was edited"),
        ("DELETE FROM decisions WHERE exception_id = 'E2'", "decisions row of audit entry 3 was edited or removed"),
        ("UPDATE acknowledgements SET acknowledged_on = '2026-06-10'", "acknowledgements row of audit entry 4"),
        (
            "INSERT INTO decisions (exception_id, decision, decided_on, recorded_on, load_id) "
            "VALUES ('E3', 'accepted', '2026-06-10', '2026-06-10', 1)",
            "Load 1 brought 2 rows of decisions; 3 stand",
        ),
        ("UPDATE transactions SET amount_pence = 99", "A row of transactions that load 1 brought was edited"),
        ("UPDATE transactions SET load_id = 2", "Load 2 brought 0 rows of transactions; 1 stand"),
        ("DELETE FROM families", "Load 1 brought 1 rows of families; 0 stand"),
    ],
)
def test_tampering_is_found_and_named(audited: Store, statement: str, found: str):
    tamper(audited, statement)
    assert any(found in line for line in audited.verify_audit())


def test_a_tail_cut_off_with_its_head_is_found_by_the_run_that_saw_it(audited: Store):
    tamper(
        audited,
        "DELETE FROM audit WHERE entry = 5",
        "UPDATE audit_head SET entries = 4, hash = (SELECT hash FROM audit WHERE entry = 4)",
    )
    assert audited.verify_audit() == ["The audit trail ends at entry 4, but run 1 saw 5: its end was cut off."]


def test_a_trail_rewritten_from_end_to_end_is_found_by_a_manifest_kept_elsewhere(audited: Store):
    noted = audited.audit_head()
    tamper(audited, "DELETE FROM audit", "UPDATE audit_head SET entries = 0, hash = ''", "DELETE FROM runs",
           *(f"DELETE FROM {name}" for name in RECORDS))  # noqa: S608 ours  # fmt: skip
    for _ in range(5):
        audited.append_audit("position", "2026-06-10", {}, CLOCK)
    assert audited.verify_audit() == []
    assert audited.verify_audit([noted]) == ["Audit entry 5 is not the one that the manifest at 5 entries saw."]


@pytest.mark.parametrize("table", ["audit", "audit_head", "runs"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_trail_is_not_rewritten_in_normal_work(audited: Store, table: str, change: str):
    column = {"audit": "entry", "audit_head": "entries", "runs": "run_id"}[table]
    with pytest.raises(Exception, match="refused a statement"), audited.writing() as connection:
        connection.execute(sa.text(change.format(table, column, column)))
    assert audited.verify_audit() == []


def test_a_blank_column_added_later_leaves_every_digest_as_it_was():
    row = {"exception_id": "E1", "decided_on": NIGHT, "note": None}
    assert row_digest(row) == row_digest({"exception_id": "E1", "decided_on": NIGHT})
    assert row_digest(row) != row_digest(row | {"note": "x"})


def test_ten_thousand_acknowledgements_in_one_delivery_are_all_audited(store: Store):
    rows = (
        typed("acknowledgements", {})
        .drop("acknowledgement_id")
        .join(pl.DataFrame({"acknowledgement_id": [f"A{number}" for number in range(10_000)]}), how="cross")
    )
    store.load(delivery({"acknowledgements": rows}))
    assert store.audit_head()[0] == 10_001
    assert store.verify_audit() == []
