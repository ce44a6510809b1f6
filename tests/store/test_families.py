"""What a family's rerun reads: all that its figures can depend on, found by index."""

import polars as pl
import pytest
import sqlalchemy as sa

from reconciliation.records import RECORDS
from reconciliation.store import Store
from tests.store.rows import day, delivery, typed


def family(name: str, reference: str | None = None, recorded: int = 0) -> dict:
    return {"family_id": name, "payee_reference": reference, "recorded_on": day(recorded)}


def money(name: str, family_id: str | None = None, reference: str | None = None, **more) -> dict:
    return {"transaction_id": name, "family_id": family_id, "payee_reference": reference} | more


def load(store: Store, **rows: list[dict]) -> None:
    store.load(delivery({name: typed(name, *of_record) for name, of_record in rows.items()}))


def strayed(**families: str | None) -> pl.DataFrame:
    """Strays by id, each with the family it concerns."""
    return pl.DataFrame(
        list(families.items()), schema=dict.fromkeys(("transaction_id", "family_id"), pl.String), orient="row"
    )


def found(store: Store, name: str, family_id: str = "F1", strays: pl.DataFrame | None = None) -> list[str]:
    frame = store.family_versions(family_id, strayed() if strays is None else strays)[name]
    return sorted(frame[RECORDS[name].key])


def test_a_family_that_nobody_knows_has_empty_typed_frames(store: Store):
    frames = store.family_versions("nobody", strayed())
    assert {name: frame.schema for name, frame in frames.items()} == {
        name: record.empty().schema for name, record in RECORDS.items()
    }


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, record in RECORDS.items()
        if "family_id" in record.schema() and name not in ("families", "transactions")
    ],
)
def test_its_rows_of_every_record_and_no_other_familys(store: Store, name: str):
    key = RECORDS[name].key
    load(store, **{name: [{"family_id": "F1", key: "mine"}, {"family_id": "F2", key: "theirs"}]})
    assert found(store, name) == ["mine"]


def test_every_version_of_a_key_that_ever_named_it(store: Store):
    """A line that has moved to another family is that family's now; only all its versions can tell."""
    line = {"entitlement_id": "L1"}
    load(store, entitlements=[line | {"family_id": "F1"}, line | {"family_id": "F2", "recorded_on": day(3)}])
    assert found(store, "entitlements") == ["L1", "L1"]


def test_money_that_names_it_or_bears_a_reference_it_ever_had(store: Store):
    load(
        store,
        families=[family("F1", "V1"), family("F1", "V2", recorded=5), family("F2", "V3")],
        transactions=[money("named", "F1"), money("now", None, "V2"), money("then", None, "V1"),
                      money("both", "F1", "V1"), money("theirs", "F2", "V3"), money("nobody's")],
    )  # fmt: skip
    assert found(store, "transactions") == ["both", "named", "now", "then"]


def test_families_that_could_claim_its_money_come_with_it(store: Store):
    load(
        store,
        families=[family("F1", "V1"), family("F2", "V1"), family("F3", "V9"), family("F3", "V1", -9),
                  family("F4", "V4"), family("F5", "V5")],
        transactions=[money("shared", None, "V1"), money("mismatch", "F1", "V4"), money("other", "F5", "V5")],
    )  # fmt: skip
    assert found(store, "families") == ["F1", "F2", "F3", "F3", "F4"]


def test_the_strays_that_concern_it_come_with_every_family_they_name(store: Store):
    load(
        store,
        families=[family("F1"), family("F2"), family("F3")],
        transactions=[money("mine", narrative="f1"), money("either", narrative="F1 or F2"), money("theirs"),
                      money("nobodys")],
    )  # fmt: skip
    strays = pl.concat([strayed(mine="F1", either="F1", theirs="F3"), strayed(either="F2")])
    assert found(store, "transactions", "F1", strays) == ["either", "mine"]
    assert found(store, "families", "F1", strays) == ["F1", "F2"]


def test_strays_of_an_earlier_programs_night_come_with_every_family_their_narrative_could_mean(store: Store):
    """It did not say which families money in suspense names."""
    load(
        store,
        families=[family("F-1", "V1"), family("F2", "Ref-7"), family("F3", "V3"), family("F4")],
        transactions=[money("stray", narrative="dp f-1/REF-7 (june)"), money("unasked", narrative="F3")],
    )  # fmt: skip
    assert found(store, "transactions", "F4", strayed(stray=None)) == ["stray"]
    assert found(store, "families", "F4", strayed(stray=None)) == ["F-1", "F2", "F4"]


def test_money_that_keeps_its_promise_comes_with_all_the_payers_money(store: Store):
    """What a payment discharges of a promise depends on that family's returns (rules §5)."""
    load(
        store,
        families=[family("F1"), family("F2", "V2"), family("F3")],
        promises=[{"promise_id": "P1", "family_id": "F1"}],
        transactions=[money("keeps", "F2", promise_id="P1"), money("back", None, "V2"), money("other", "F3")],
    )
    assert found(store, "transactions") == ["back", "keeps"]


def test_a_stray_that_keeps_its_promise_comes_with_all_the_payers_money(store: Store):
    """Only its narrative says whose it is, and that family's returns may undo it."""
    load(
        store,
        families=[family("F1"), family("F2", "V2"), family("F3")],
        promises=[{"promise_id": "P1", "family_id": "F1"}],
        transactions=[money("keeps", narrative="F2", promise_id="P1"), money("back", None, "V2"),
                      money("again", narrative="f2"), money("other", "F3"), money("astray", narrative="f3")],
    )  # fmt: skip
    strays = strayed(keeps="F2", again="F2", astray="F3")
    assert found(store, "transactions", "F1", strays) == ["again", "back", "keeps"]
    assert found(store, "families", "F1", strays) == ["F1", "F2"]


def test_it_reads_by_index_alone(store: Store):
    """However many families the store holds, no table is read whole."""
    families = [family(f"F{number}", f"V{number}") for number in range(50)]
    paid = [money(f"T{number}", f"F{number}", narrative="F3", promise_id=f"P{number + 1}") for number in range(50)]
    load(store, families=families, transactions=paid, promises=[{"promise_id": "P7", "family_id": "F7"}])
    asked = []
    with store.reading() as connection:
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # else it prefers to for tables this small
        sa.event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
        store.family_versions("F7", strayed(T9="F7"))
        plans = [connection.exec_driver_sql(explain + statement, values).all() for statement, values in asked.copy()]
    steps = [" ".join(map(str, step)) for plan in plans for step in plan]
    assert len(plans) == 15
    assert [step for step in steps if "Seq Scan" in step] == []
    assert [step for step in steps if " SCAN " in step and "VIRTUAL TABLE" not in step and "USING" not in step] == []
