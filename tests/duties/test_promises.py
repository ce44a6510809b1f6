"""What was promised and what became of it (rules §5)."""

from datetime import date, timedelta

import pytest

from tests.duties.made import TODAY, ago, raised, results

MONEY = {"amount_pence": 50_000, "due_on": ago(10)}


def standing(promise, transactions=()):
    """(discharged, outstanding, days overdue, state) of one promise."""
    promises = results(promises=[promise], transactions=list(transactions)).promises
    return promises.select("discharged_pence", "outstanding_pence", "days_overdue", "state").row(0)


def paid(pence, **more):
    return {"amount_pence": pence, "posted_on": ago(5), "promise_id": "M1", "kind": "remedy", **more}


def test_a_part_payment_never_closes_a_promise():
    assert standing(MONEY, [paid(49_999)]) == (49_999, 1, 10, "overdue")
    assert standing(MONEY, [paid(50_000)]) == (50_000, 0, None, "discharged")


def test_completed_on_does_not_close_a_promise_of_money():
    assert standing(MONEY | {"completed_on": ago(5)}) == (0, 50_000, 10, "overdue")


def test_more_than_promised_leaves_nothing_outstanding_and_shows_what_was_paid():
    parts = [paid(30_000), paid(30_000, transaction_id="T2", kind="payment")]
    assert standing(MONEY, parts) == (60_000, 0, None, "discharged")


def test_money_that_came_back_does_not_count():
    came_back = paid(-20_000, transaction_id="T2", kind="return", reverses="T1", promise_id=None)
    assert standing(MONEY, [paid(50_000), came_back]) == (30_000, 20_000, 10, "overdue")


def test_money_in_suspense_or_posted_later_keeps_no_promise():
    assert standing(MONEY, [paid(50_000, family_id=None)])[0] == 0
    assert standing(MONEY, [paid(50_000, posted_on=ago(-1))])[0] == 0


def test_a_recovery_that_names_a_promise_discharges_nothing():
    assert standing(MONEY, [paid(-50_000, kind="recovery")])[0] == 0


def test_an_apology_is_kept_on_the_day_it_is_completed():
    apology = {"kind": "apology", "due_on": ago(10)}
    assert standing(apology) == (None, None, 10, "overdue")
    assert standing(apology | {"completed_on": TODAY}) == (None, None, None, "discharged")
    assert standing(apology | {"completed_on": ago(-1)}) == (None, None, 10, "overdue")


@pytest.mark.parametrize(
    ("due_on", "days", "state"), [(TODAY, None, "open"), (ago(1), 1, "overdue"), (None, None, "undated")]
)
def test_a_promise_is_overdue_from_the_day_after_its_date(due_on, days, state):
    assert standing(MONEY | {"due_on": due_on})[2:] == (days, state)


def test_an_overdue_promise_is_critical_from_the_thirtieth_day():
    assert raised("PROMISE_OVERDUE", promises=[MONEY | {"due_on": ago(29)}]) == [("M1", "high", 50_000, ago(29), 29)]
    assert raised("PROMISE_OVERDUE", promises=[MONEY | {"due_on": ago(30)}]) == [
        ("M1", "critical", 50_000, ago(30), 30)
    ]


def test_a_promise_without_a_date_is_counted_from_the_day_it_was_made():
    undated = MONEY | {"due_on": None}
    assert raised("PROMISE_WITHOUT_DATE", promises=[undated]) == [("M1", "high", 50_000, ago(100), 100)]
    assert raised("PROMISE_WITHOUT_DATE", promises=[undated], transactions=[paid(50_000)]) == []


def test_a_promise_to_a_family_that_is_not_on_record_is_listed_and_raises_nothing():
    promise = MONEY | {"family_id": "not on record"}
    assert results(promises=[promise]).promises["state"].to_list() == ["overdue"]
    assert raised("PROMISE_OVERDUE", promises=[promise]) == []


@pytest.mark.parametrize(
    ("stage", "last_day_in_time"),
    [
        ("stage1", "2026-05-27"),
        ("stage2", "2026-05-12"),
        ("statutory", "2025-12-10"),
        ("ombudsman", "2025-06-10"),
    ],
)
def test_a_case_is_overdue_from_the_day_after_the_deadline_of_its_stage(stage, last_day_in_time):
    """Ten working days after 27 May 2026 is 10 June; twenty after 12 May likewise, over the bank holiday of 25 May."""
    in_time = date.fromisoformat(last_day_in_time)
    assert raised("CASE_OVERDUE", cases=[{"stage": stage, "received_on": in_time}]) == []
    late = raised("CASE_OVERDUE", cases=[{"stage": stage, "received_on": in_time - timedelta(days=1)}])
    assert late == [("C1", "high", None, ago(1), 1)]


def test_a_decision_after_the_position_has_not_been_taken():
    received = {"received_on": ago(100)}
    assert raised("CASE_OVERDUE", cases=[received | {"decided_on": TODAY}]) == []
    assert raised("CASE_OVERDUE", cases=[received | {"decided_on": ago(-1)}])
