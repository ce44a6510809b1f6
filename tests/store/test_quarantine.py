"""Quarantined rows: kept once, closed by what puts them right, and standing at earlier positions all the same."""

from datetime import date

from reconciliation.records import RECORDS
from reconciliation.store import Store
from tests.store.rows import NIGHT, bad, day, delivery, typed


def standing(store: Store, as_of: date = NIGHT) -> list[str]:
    return store.standing_quarantine(as_of)["raw"].to_list()


def test_a_quarantined_row_stands_as_it_was_met(store: Store):
    row = bad(row=7, key="T1", family_id="F1", recorded_on=day(-2))
    store.load(delivery(quarantine=[row]))
    assert store.standing_quarantine(NIGHT).to_dicts() == [row | {"met_on": NIGHT}]


def test_the_same_row_met_again_is_kept_once_even_where_it_has_moved(store: Store):
    store.load(delivery(quarantine=[bad(row=7, key="T1")]))
    store.load(delivery(quarantine=[bad(row=9, key="T1")], as_of=day(1)))
    assert store.standing_quarantine(day(1)).select("row", "met_on").rows() == [(7, NIGHT)]


def test_two_equal_rows_of_one_file_are_both_kept(store: Store):
    twice = [bad(row=1), bad(row=2)]
    store.load(delivery(quarantine=twice))
    store.load(delivery(quarantine=twice, as_of=day(1)))
    assert store.standing_quarantine(day(1))["row"].to_list() == [1, 2]


def test_a_good_row_with_its_key_closes_it_accepted_or_unchanged(store: Store):
    good = typed("transactions", {"transaction_id": "T1"})
    for night, brought in ((1, {"accepted": {"transactions": good}}), (3, {"unchanged": {"transactions": good}})):
        store.load(delivery(quarantine=[bad(key="T1", raw=f"{night}")], as_of=day(night)))
        assert standing(store, day(night)) == [f"{night}"]
        store.load(delivery(as_of=day(night + 1), **brought))
        assert standing(store, day(night + 1)) == []


def test_a_good_row_of_another_record_or_key_closes_nothing(store: Store):
    store.load(delivery(quarantine=[bad(key="T1")]))
    others = {
        "transactions": typed("transactions", {"transaction_id": "T2"}),
        "cases": typed("cases", {"case_id": "T1"}),
    }
    store.load(delivery(others, as_of=day(1), files=["t.csv"]))
    assert len(standing(store, day(1))) == 1


def test_it_stays_while_its_key_is_quarantined_again(store: Store):
    """A delivery that brings a good and a bad row of one key has not put the bad one right."""
    store.load(delivery(quarantine=[bad(key="T1", raw="old")]))
    good = {"transactions": typed("transactions", {"transaction_id": "T1"})}
    store.load(delivery(good, as_of=day(1), quarantine=[bad(key="T1", raw="new")]))
    assert sorted(standing(store, day(1))) == ["new", "old"]


def test_a_row_without_key_closes_when_a_file_of_its_name_comes_without_it(store: Store):
    store.load(delivery(quarantine=[bad(file="t.csv"), bad(file="u.csv")]))
    store.load(delivery(as_of=day(1), files=["t.csv"]))
    assert store.standing_quarantine(day(1))["source_file"].to_list() == ["u.csv"]
    store.load(delivery(as_of=day(2), files=["u.csv"], quarantine=[bad(file="u.csv")]))
    assert store.standing_quarantine(day(2))["source_file"].to_list() == ["u.csv"]


def test_one_of_two_equal_keyless_rows_closes_when_one_is_left(store: Store):
    store.load(delivery(quarantine=[bad(row=1), bad(row=2)]))
    store.load(delivery(as_of=day(1), files=["t.csv"], quarantine=[bad(row=1)]))
    assert len(standing(store, day(1))) == 1


def test_a_row_closed_later_still_stands_at_earlier_positions(store: Store):
    store.load(delivery(quarantine=[bad(key="T1")]))
    store.load(delivery({"transactions": typed("transactions", {"transaction_id": "T1"})}, as_of=day(5)))
    assert [len(standing(store, day(n))) for n in (0, 4, 5)] == [1, 1, 0]


def test_a_row_whose_recording_day_cannot_be_read_stands_from_the_night_that_met_it(store: Store):
    store.load(delivery(quarantine=[bad(raw="blank"), bad(raw="dated", recorded_on=day(-9))]))
    assert standing(store, day(-1)) == ["dated"]
    store.load(delivery(quarantine=[bad(raw="blank")], as_of=day(-1)))
    assert sorted(standing(store, day(-1))) == ["blank", "dated"]


def test_an_older_night_run_again_closes_nothing_that_was_met_after_it(store: Store):
    store.load(delivery(quarantine=[bad(), bad(raw="keyed", key="T1")]))
    good = {"transactions": typed("transactions", {"transaction_id": "T1"})}
    store.load(delivery(good, as_of=day(-5), files=["t.csv"]))
    assert len(standing(store)) == 2


def test_a_closed_row_met_again_stands_again(store: Store):
    store.load(delivery(quarantine=[bad()]))
    store.load(delivery(as_of=day(1), files=["t.csv"]))
    store.load(delivery(as_of=day(2), quarantine=[bad()]))
    assert [len(standing(store, day(n))) for n in (0, 1, 2)] == [1, 0, 1]


def test_every_record_closes_by_its_own_key(store: Store):
    bads = [bad(record=name, key="K", raw=name) for name in RECORDS]
    store.load(delivery(quarantine=bads))
    store.load(delivery({name: typed(name, {record.key: "K"}) for name, record in RECORDS.items()}, as_of=day(1)))
    assert standing(store, day(1)) == []
