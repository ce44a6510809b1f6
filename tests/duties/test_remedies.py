"""What a wrong may be worth beside the debt: bands, days and one rounding, for a person to decide (rules §4)."""

from datetime import date

import pytest

from tests.duties.made import ago, policy_with, results


def heads(head, **given):
    """(basis, low, high, trigger) of one head for family F1."""
    rows = results(**given).compensation.filter(head=head)
    return rows.select("basis", "low_pence", "high_pence", "trigger").rows()


def owed_on(*days):
    return [
        {"entitlement_id": f"E{n}", "kind": "one_off", "amount_pence": 100, "effective_from": day}
        for n, day in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("days", "low", "high"), [(28, 0, 15_000), (83, 0, 15_000), (84, 15_000, 30_000), (365, 30_000, 50_000)]
)
def test_distress_is_the_last_band_that_the_arrears_have_reached(days, low, high):
    assert heads("distress", entitlements=owed_on(ago(days))) == [(None, low, high, f"arrears unpaid for {days} days")]


def test_distress_is_not_suggested_before_the_first_band_nor_without_arrears():
    assert heads("distress", entitlements=owed_on(ago(27))) == []
    assert heads("distress") == []


STAGE1 = {"stage": "stage1", "received_on": date(2026, 5, 1)}
"""To be decided by 18 May: ten working days over the early May bank holiday."""


@pytest.mark.parametrize(
    ("case", "trigger"),
    [
        ({"decided_on": date(2026, 5, 18), "upheld": True}, None),
        ({"decided_on": date(2026, 5, 19), "upheld": True}, "a case ran 1 day past its deadline"),
        ({"decided_on": date(2026, 5, 19), "upheld": False}, "a case ran 1 day past its deadline"),
        ({}, "a case ran 23 days past its deadline"),
        ({"decided_on": ago(-5), "upheld": True}, "a case ran 23 days past its deadline"),
    ],
)
def test_time_and_trouble_is_by_how_long_a_case_ran_past_its_deadline(case, trigger):
    expected = [("C1", 10_000, 30_000, trigger)] if trigger else []
    assert heads("time_and_trouble", cases=[STAGE1 | case]) == expected


def test_a_band_from_the_first_day_holds_for_a_case_upheld_in_time_and_for_no_other():
    policy = policy_with("remedies")
    (band,) = policy.remedies.time_and_trouble
    policy = policy_with("remedies", time_and_trouble=(band.model_copy(update={"from_days": 0}),))
    in_time = STAGE1 | {"decided_on": date(2026, 5, 4)}
    assert heads("time_and_trouble", cases=[in_time | {"upheld": True}], policy=policy)
    assert heads("time_and_trouble", cases=[in_time | {"upheld": False}], policy=policy) == []


def test_unmet_support_is_hours_by_days_by_rate_rounded_once():
    """12.5 hours a week / 7 × 57 days × £16.29 = £1,658.089…"""
    vacancy = {"hours_per_week_thousandths": 12_500, "channels": None}
    assert heads("unmet_support", vacancies=[vacancy]) == [("Y1", 0, 165_809, "a vacancy open for 57 days")]
    assert heads("unmet_support", vacancies=[{}]) == []


def test_half_a_penny_of_unmet_support_is_rounded_up():
    policy = policy_with("remedies", pa_hourly_rate=1)
    vacancy = {"hours_per_week_thousandths": 500, "opened_on": ago(63), "channels": None}
    assert heads("unmet_support", vacancies=[vacancy], policy=policy)[0][2] == 5


def test_arrears_on_both_sides_of_6_april_flag_tax_without_a_figure():
    """5 April 2026 is a Sunday and Easter, so a due of that day rolls back; Thursday the 2nd is in the old year too."""
    both = owed_on(date(2026, 4, 2), date(2026, 4, 7))
    assert heads("tax_compensation", entitlements=both) == [(None, None, None, "arrears fall in 2 tax years")]
    assert heads("tax_compensation", entitlements=owed_on(date(2026, 1, 2), date(2026, 4, 2))) == []
    assert heads("tax_compensation", entitlements=owed_on(date(2025, 4, 7), date(2026, 4, 2))) == []


def test_every_basis_of_interest_stands_side_by_side_and_one_is_selected():
    policy = policy_with("interest", selected="county_court")
    rows = results(entitlements=owed_on(ago(365)), policy=policy).compensation.filter(head="interest")
    assert rows.filter("is_selected")["basis"].to_list() == ["county_court"]
    assert rows.filter(basis="county_court").select("low_pence", "high_pence").row(0) == (8, 8)
    assert rows["basis"].to_list() == ["bank_rate", "county_court", "none"]


def test_a_basis_that_cannot_be_worked_out_is_blank_with_the_reason():
    rows = results(as_of=date(2027, 1, 1), entitlements=owed_on(ago(7))).compensation
    bank_rate = rows.filter(head="interest", basis="bank_rate").row(0, named=True)
    assert (bank_rate["low_pence"], bank_rate["high_pence"]) == (None, None)
    assert "2026-06-17" in bank_rate["trigger"] or "17 June 2026" in bank_rate["trigger"]


def test_every_head_has_a_source_and_needs_approval():
    given = {
        "entitlements": owed_on(ago(500), ago(7)),
        "vacancies": [{"channels": None}],
        "cases": [STAGE1],
    }
    rows = results(**given).compensation
    assert set(rows["head"]) == {"interest", "distress", "time_and_trouble", "unmet_support", "tax_compensation"}
    assert rows["source"].null_count() == 0
    assert rows["needs_approval"].all()
