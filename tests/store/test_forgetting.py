"""Forgetting: all that is a family's goes, nothing of anyone else's, and the trail proves it."""

from pathlib import Path

import polars as pl
import pytest

from reconciliation.position import Position
from reconciliation.records import RECORDS
from reconciliation.store import Store, StoreFault, default_url
from reconciliation.store.proofs import sha256
from tests.store.rows import CLOCK, NIGHT, bad, balances, delivery, neighbours, raised, typed

NAME = "Zebedee Quince-Abernathy"


def money(name: str, family_id: str | None, reference: str | None, **more) -> dict:
    return {"transaction_id": name, "family_id": family_id, "payee_reference": reference} | more


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store)
    return store


def fill(store: Store) -> None:
    """Two families with a row of every record, and money of every kind of belonging."""
    both = {
        name: typed(name, *({"family_id": family, record.key: f"{name}-{family}"} for family in ("F1", "F2")))
        for name, record in RECORDS.items()
        if "family_id" in record.schema() and name not in ("families", "transactions")
    }
    families = [
        {"family_id": "F1", "payee_reference": "V1", "recipient_name": NAME},
        {"family_id": "F1", "payee_reference": "SHARED", "recorded_on": CLOCK.date().replace(day=1)},
        {"family_id": "F2", "payee_reference": "SHARED"},
    ]
    transactions = [
        money("names F1", "F1", None, narrative=NAME), money("pays V1", None, "V1"), money("unknown", "F9", "V1"),
        money("pays both", None, "SHARED"), money("F2's by V1", "F2", "V1"), money("told", None, None),
    ]  # fmt: skip
    decided = typed("decisions", {"exception_id": "E1", "note": NAME}, {"exception_id": "E2"})
    rows = both | {"families": typed("families", *families), "transactions": typed("transactions", *transactions)}
    held = [bad(family_id="F1", raw=NAME), bad(key="told", raw=NAME), bad(family_id="F2", raw="kept")]
    store.load(delivery(rows | {"decisions": decided}, quarantine=held))
    run = store.begin_run("nightly", NIGHT, NIGHT, "policy", "code", CLOCK)
    seen = raised(E1=100, E2=100).with_columns(family_id=whose_other("E2"))
    store.record_position(run, Position.at(NIGHT), "policy", seen, balances(F1=100, F2=100), neighbours("told"))
    store.finish_run(run, "done", CLOCK)


def whose_other(exception: str) -> pl.Expr:
    return pl.when(pl.col("exception_id") == exception).then(pl.lit("F2")).otherwise(pl.lit("F1"))


def test_everything_of_the_family_goes_and_everything_of_others_stays(filled: Store):
    erased = filled.forget(["F1"], "7 years after closing", CLOCK, transaction_ids=["told"])
    for name, record in RECORDS.items():
        if "family_id" in record.schema() and name not in ("families", "transactions"):
            assert filled.known(record)[record.key].to_list() == [f"{name}-F2"]
    assert filled.known(RECORDS["families"])["family_id"].to_list() == ["F2"]
    assert sorted(filled.known(RECORDS["transactions"])["transaction_id"]) == ["F2's by V1", "pays both"]
    assert filled.known(RECORDS["decisions"])["exception_id"].to_list() == ["E2"]
    assert filled.raised_on(filled.previous_night(CLOCK.date().replace(day=30)))["exception_id"].to_list() == ["E2"]
    assert filled.standing_quarantine(NIGHT)["raw"].to_list() == ["kept"]
    assert filled.neighbours(Position.at(NIGHT), "policy") is None
    assert (erased["families"], erased["transactions"], erased["decisions"], erased["quarantine"]) == (2, 4, 1, 2)


def test_the_trail_stays_whole_and_says_what_went(filled: Store):
    filled.forget(["F1"], "7 years after closing", CLOCK)
    assert filled.verify_audit() == []
    with filled.reading() as connection:
        (payload,) = connection.exec_driver_sql("SELECT payload FROM audit WHERE kind = 'forget'").one()
    assert sha256("F1") in payload
    assert NAME not in payload


def test_forgetting_gives_no_leave_to_delete_afterwards(filled: Store):
    filled.forget(["F1"], "7 years after closing", CLOCK)
    with pytest.raises(StoreFault), filled.writing() as connection:
        connection.exec_driver_sql("DELETE FROM families")


def test_no_byte_of_the_name_is_left_in_the_sqlite_files(tmp_path: Path):
    def holds_name() -> bool:
        return any(NAME.encode() in path.read_bytes() for path in tmp_path.iterdir())

    with Store.open(default_url(tmp_path)) as store:
        fill(store)
        assert holds_name()
        store.forget(["F1"], "7 years after closing", CLOCK, transaction_ids=["told"])
        assert not holds_name()
    assert not holds_name()
