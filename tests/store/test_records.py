"""Records: every version kept once, exactly as typed, and never changed."""

import random
import subprocess
import sys
from datetime import date

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal

from reconciliation.records import RECORDS, TRANSACTIONS
from reconciliation.store import Store, StoreFault
from reconciliation.store.sqlite import BULK_ROWS
from reconciliation.store.tables import PROVENANCE
from tests.store.rows import NIGHT, day, delivery, typed

AWKWARD = [
    "",
    " ",
    "\\N",
    "NULL",
    'comma, "quote"',
    "two\nlines\r\n",
    "O'Brien; DROP TABLE families",
    "é中🙂",
    "\t",
    "\\.",
]


def awkward(name: str, count: int) -> pl.DataFrame:
    """Rows of that record with nulls, awkward text and the ends of the ranges in every column that allows them."""
    chosen = random.Random(name)
    values = {
        pl.String: [None, *AWKWARD],
        pl.Date: [None, date(1, 1, 1), date(9999, 12, 31), NIGHT],
        pl.Int64: [None, 0, -1, 10**15, -(10**15)],
        pl.Boolean: [None, True, False],
    }
    record = RECORDS[name]
    required = {column.typed_name for column in record.columns if column.required} | {"recorded_on", *record.identity}
    rows = [
        {record.key: f"K{number}"}
        | {column: chosen.choice(values[dtype]) for column, dtype in record.schema().items() if column not in required}
        for number in range(count)
    ]
    return typed(name, *rows)


def test_rows_come_back_exactly_as_they_went_in(store: Store):
    rows = {name: awkward(name, 40) for name in RECORDS}
    load_id = store.load(delivery(rows))
    for name, record in RECORDS.items():
        whole = rows[name].with_columns(load_id=pl.lit(load_id, pl.Int64)).sort(record.key)
        assert_frame_equal(store.known(record).sort(record.key), whole.select(*record.schema()))
        assert_frame_equal(store.versions(record).sort(record.key), whole)
        few = store.versions_of(record, ["K7", "K9", "none"]).sort(record.key)
        assert_frame_equal(few, whole.filter(pl.col(record.key).is_in(["K7", "K9"])).select(*record.schema()))


def test_a_delivery_large_enough_for_bulk_loading_comes_back_the_same(store: Store):
    """By the bulk writers and readers: text, dates, money in transactions, booleans in plans."""
    rows = {name: awkward(name, BULK_ROWS + 1) for name in ("transactions", "plans")} | {"cases": awkward("cases", 3)}
    store.load(delivery(rows))
    for name, sent in rows.items():
        key = RECORDS[name].key
        assert_frame_equal(store.known(RECORDS[name]).sort(key), sent.drop(PROVENANCE).sort(key))
    assert store.verify_audit() == []


def test_bulk_loading_leaves_every_index_in_place_and_right(store: Store, url: str):
    """A table's first rows are indexed afterwards; the next delivery's one by one."""
    before = indexes(url)
    money = typed(
        "transactions", *({"transaction_id": f"T{n}", "family_id": f"F{n % 7}"} for n in range(BULK_ROWS + 9))
    )
    for part in (money.head(BULK_ROWS), money.tail(9)):
        store.load(delivery({"transactions": part}))
        assert indexes(url) == before
    found = store.versions(TRANSACTIONS, "F3")["transaction_id"]
    assert sorted(found) == sorted(money.filter(family_id="F3")["transaction_id"])


def indexes(url: str) -> list[str]:
    """The indexes of the transactions, as the database itself tells them."""
    engine = sa.create_engine(url)
    told = sorted(map(str, sa.inspect(engine).get_indexes("transactions")))
    engine.dispose()
    return told


def test_reading_a_small_table_does_not_import_the_bulk_reader(url: str):
    """Its import costs half a second, which a family's rerun has not."""
    read = (
        "import sys; from reconciliation.store import Store; from reconciliation.records import RECORDS; "
        "Store.open(sys.argv[1]).known(RECORDS['decisions']); print('pyarrow' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", read, url], capture_output=True, check=True)  # noqa: S603 ours
    assert said.stdout.split() == [b"False"]


def test_record_types_that_were_never_delivered_are_named(store: Store):
    store.load(delivery({name: typed(name, {}) for name in RECORDS if name not in ("cases", "decisions")}))
    assert store.never_delivered() == ("cases",)


def test_a_column_that_starts_with_thousands_of_nulls_keeps_its_type(store: Store):
    """The bulk reader takes a column's type from its first row."""
    empty = [{"transaction_id": f"T{number:05}"} for number in range(6000)]
    store.load(delivery({"transactions": typed("transactions", *empty, {"transaction_id": "U", "narrative": "text"})}))
    assert store.known(TRANSACTIONS)["narrative"].drop_nulls().to_list() == ["text"]


def test_an_empty_table_reads_as_an_empty_typed_frame(store: Store):
    for record in RECORDS.values():
        assert_frame_equal(store.known(record), record.empty())


def test_versions_of_one_key_stand_beside_each_other(store: Store):
    first, second = (
        typed("families", {"family_id": "F1", "team": team, "recorded_on": day(n)}) for n, team in enumerate("AB")
    )
    store.load(delivery({"families": first}))
    store.load(delivery({"families": second}, as_of=day(1)))
    versions = store.versions(RECORDS["families"], "F1").sort("recorded_on")
    assert versions.select("team", "load_id").rows() == [("A", 1), ("B", 2)]


def test_a_version_twice_is_the_programs_fault_and_nothing_of_that_load_is_kept(store: Store):
    """`versions.merge` leaves none; were it to, the whole delivery is undone, and the fault names no one."""
    row = typed("families", {"family_id": "F1", "recipient_name": "Ann Example"})
    store.load(delivery({"families": row}))
    with pytest.raises(StoreFault) as fault:
        store.load(delivery({"reviews": typed("reviews", {"review_id": "R1"}), "families": row}))
    assert "Example" not in str(fault.value)
    assert store.known(RECORDS["reviews"]).is_empty()
    assert store.data_mark() == 1


def test_history_is_not_rewritten_by_the_program(store: Store):
    """The database itself refuses, whoever asks."""
    store.load(delivery({name: typed(name, {}) for name in RECORDS}, files=["f.csv"]))
    for table in (*RECORDS, "loads", "files"):
        for change in (f"UPDATE {table} SET load_id = 9", f"DELETE FROM {table}"):  # noqa: S608 ours
            with pytest.raises(StoreFault), store.writing() as connection:
                connection.execute(sa.text(change))


def test_the_newest_posting_is_known_without_reading_the_transactions(store: Store):
    assert store.newest_posted_on() is None
    store.load(delivery({"transactions": typed("transactions", {"posted_on": day(-3)}, {"transaction_id": "y"})}))
    store.load(delivery({"transactions": typed("transactions", {"transaction_id": "z", "posted_on": day(-9)})}))
    assert store.newest_posted_on() == NIGHT


def test_the_data_mark_moves_with_money_records_alone(store: Store):
    assert store.data_mark() == 0
    store.load(delivery({"entitlements": typed("entitlements", {})}))
    assert store.data_mark() == 1
    store.load(delivery({"reviews": typed("reviews", {})}))
    store.load(delivery({"transactions": typed("transactions")}))
    assert store.data_mark() == 1
    store.load(delivery({"transactions": typed("transactions", {})}))
    assert store.data_mark() == 4
