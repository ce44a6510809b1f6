"""Recorded positions: the trend, and whether what was noted about neighbours still holds."""

from polars.testing import assert_frame_equal

from reconciliation.position import Position
from reconciliation.store import Neighbours, Store
from tests.store.rows import CLOCK, NIGHT, balances, day, delivery, neighbours, raised, typed

TONIGHT = Position.at(NIGHT)


def record(
    store: Store, position: Position = TONIGHT, policy: str = "p1", facts: Neighbours | None = None, **owed: int
):
    run = store.begin_run("nightly", position.as_of, position.known_on, policy, "code", CLOCK)
    return store.record_position(run, position, policy, raised(), balances(**owed), facts or neighbours())


def test_the_trend_is_told_by_standing_from_the_nights_before(store: Store):
    record(store, Position.at(day(-1)), F1=100, F2=50)
    record(store, TONIGHT, F1=300)
    assert store.trend(NIGHT).select("as_of", "standing", "families", "arrears_pence").rows() == [
        (day(-1), "owed", 2, 150)
    ]
    assert store.trend(day(1))["arrears_pence"].to_list() == [150, 300]


def test_a_night_recorded_again_counts_once_in_the_trend(store: Store):
    record(store, F1=100)
    record(store, F1=70)
    assert store.trend(day(1))["arrears_pence"].to_list() == [70]


def test_neighbours_come_back_as_they_were_noted(store: Store):
    noted = neighbours("T1", "T2")
    record(store, facts=noted)
    kept = store.neighbours(TONIGHT, "p1")
    for name in ("strays", "loose_payments", "open_instalments"):
        assert_frame_equal(getattr(kept, name), getattr(noted, name))


def test_neighbours_hold_for_their_own_position_and_policy_alone(store: Store):
    record(store)
    assert store.neighbours(Position.at(day(1)), "p1") is None
    assert store.neighbours(Position.at(NIGHT, day(1)), "p1") is None
    assert store.neighbours(TONIGHT, "p2") is None


def test_the_latest_night_of_a_position_is_the_one_that_counts(store: Store):
    record(store, facts=neighbours("T1"))
    record(store, facts=neighbours("T2"))
    assert store.neighbours(TONIGHT, "p1").strays["transaction_id"].to_list() == ["T2"]
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM neighbours").scalar() == 3


def test_neighbours_no_longer_hold_once_money_that_counts_there_is_loaded(store: Store):
    record(store)
    store.load(delivery({"reviews": typed("reviews", {})}))
    assert store.neighbours(TONIGHT, "p1") is not None
    store.load(delivery({"transactions": typed("transactions", {"recorded_on": day(1)})}, as_of=day(1)))
    assert store.neighbours(TONIGHT, "p1") is not None
    store.load(delivery({"transactions": typed("transactions", {"transaction_id": "y"})}, as_of=day(1)))
    assert store.neighbours(TONIGHT, "p1") is None
