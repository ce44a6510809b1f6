"""Who else was let down in the same way (rules §8)."""

import pytest

from tests.duties.made import TODAY, ago, policy_with, results

DUE = {"kind": "one_off", "amount_pence": 100, "effective_from": ago(100)}


def failings(**given):
    row = results(**given).lookback.row(0, named=True)
    return {name for name in ("owed", "plan", "carer", "recruitment", "promise") if row[name]}


def paid(days_late, pence=100):
    return {"amount_pence": pence, "posted_on": ago(100 - days_late)}


@pytest.mark.parametrize(("days_late", "expected"), [(28, set()), (29, {"owed"})])
def test_a_due_ever_paid_more_than_28_days_late_is_the_first_failing(days_late, expected):
    assert failings(entitlements=[DUE], transactions=[paid(days_late)]) == expected


def test_money_that_came_late_for_a_part_of_a_due_is_enough():
    parts = [paid(0, 99) | {"transaction_id": "T0"}, paid(29, 1)]
    assert failings(entitlements=[DUE], transactions=parts) == {"owed"}


def test_arrears_below_the_tolerance_are_not_the_failing():
    assert failings(entitlements=[DUE]) == {"owed"}
    assert failings(entitlements=[DUE], policy=policy_with("tolerances", arrears=101)) == set()


@pytest.mark.parametrize(
    ("failing", "given"),
    [
        ("plan", {"entitlements": [{"effective_from": TODAY, "schedule": "four_weekly_arrears"}]}),
        ("recruitment", {"vacancies": [{"channels": None}]}),
        ("promise", {"promises": [{"due_on": ago(1)}]}),
        ("promise", {"promises": [{}]}),
    ],
)
def test_each_failing_has_its_exceptions(failing, given):
    assert failings(**given) == {failing}


def test_a_family_with_three_of_the_five_is_similar():
    line = {"effective_from": TODAY, "schedule": "four_weekly_arrears"}
    carer = {"families": [{"carer_name": "C C"}], "entitlements": [line]}
    assert results(**carer).lookback.select("failings", "similar").row(0) == (2, False)
    assert results(**carer, promises=[{}]).lookback.select("failings", "similar").row(0) == (3, True)
    strict = policy_with("lookback", similar=4)
    assert results(**carer, promises=[{}], policy=strict).lookback["similar"].to_list() == [False]


def test_every_visible_family_has_its_row():
    two = results(families=[{"family_id": "F2"}, {"family_id": "F1"}]).lookback
    assert two["family_id"].to_list() == ["F1", "F2"]
    assert two["failings"].to_list() == [0, 0]
