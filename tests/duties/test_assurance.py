"""NO_PLAN to INTERIM_WITHOUT_END: each rule on its first day and on the day before (rules §6)."""

from datetime import date

import pytest

from tests.duties.made import TODAY, WEEKLY, ago, raised

LINE = {"entitlements": [{}]}


def test_a_family_in_payment_without_an_agreed_plan_has_no_plan_since_its_earliest_active_line():
    lines = [{"effective_from": ago(20)}, {"entitlement_id": "E2", "effective_from": ago(30)}]
    ended = {"entitlement_id": "E3", "effective_from": ago(90), "effective_to": ago(1)}
    assert raised("NO_PLAN", entitlements=[*lines, ended]) == [("F1", "critical", None, ago(30), 1)]


@pytest.mark.parametrize("plan", [{"person": "carer"}, {"status": "draft"}, {"status": "ended"}])
def test_only_an_agreed_plan_of_the_recipient_is_a_plan(plan):
    assert raised("NO_PLAN", plans=[plan], **LINE)


@pytest.mark.parametrize(
    "line",
    [
        {"status": "cancelled"},
        {"kind": "one_off"},
        {"effective_from": ago(-1)},
        {"effective_to": ago(1)},
        {"family_id": "not on record"},
    ],
)
def test_without_an_active_line_no_plan_is_missed(line):
    assert raised("NO_PLAN", entitlements=[line]) == []


def test_a_line_suspended_to_nothing_is_still_an_active_line():
    assert raised("NO_PLAN", suspensions=[{}], **LINE)


def test_nothing_is_missed_on_the_day_after_the_case_closed():
    assert raised("NO_PLAN", families=[{"closed_on": ago(1)}], **LINE) == []
    assert raised("NO_PLAN", families=[{"closed_on": TODAY}], **LINE) != []


def test_the_plans_amount_is_compared_with_the_sum_of_the_active_lines():
    lines = [{}, {"entitlement_id": "E2", "amount_pence": 1}]
    assert raised("PLAN_AMOUNT_MISMATCH", entitlements=lines, plans=[{}]) == [("P1", "high", 1, ago(10), 1)]
    assert raised("PLAN_AMOUNT_MISMATCH", entitlements=lines, plans=[{"weekly_amount_pence": WEEKLY + 1}]) == []
    assert raised("PLAN_AMOUNT_MISMATCH", entitlements=lines, plans=[{"weekly_amount_pence": None}]) == []


def test_the_latest_plan_is_by_day_agreed_then_by_id():
    older, newer = {"plan_id": "P9", "agreed_on": ago(20)}, {"plan_id": "P1", "copy_given": False}
    assert raised("PLAN_INCOMPLETE", plans=[older, newer], **LINE) == [("P1", "high", None, ago(10), 1)]
    same_day = {"plan_id": "P2"}
    assert raised("PLAN_INCOMPLETE", plans=[same_day, newer], **LINE) == []


def test_a_duty_that_is_not_known_to_be_done_counts_as_missing():
    plan = {"copy_given": None, "advice_given": False}
    assert raised("PLAN_INCOMPLETE", plans=[plan], **LINE) == [("P1", "high", None, ago(10), 2)]


@pytest.mark.parametrize(
    ("agreed_on", "reviewed_on", "deadline"),
    [
        (date(2025, 6, 9), None, date(2026, 6, 9)),
        (date(2025, 6, 10), None, None),
        (date(2020, 1, 1), date(2025, 6, 9), date(2026, 6, 9)),
        (date(2025, 6, 9), date(2024, 1, 1), date(2026, 6, 9)),
        (date(2024, 2, 29), None, date(2025, 2, 28)),
    ],
)
def test_a_plan_is_to_be_reviewed_within_twelve_months(agreed_on, reviewed_on, deadline):
    plan = {"agreed_on": agreed_on, "last_reviewed_on": reviewed_on}
    expected = [("P1", "medium", None, deadline, 1)] if deadline else []
    assert raised("PLAN_REVIEW_OVERDUE", plans=[plan], **LINE) == expected


def test_the_first_payment_review_is_due_six_months_after_the_first_entitled_day():
    earlier = {"entitlement_id": "E0", "effective_from": date(2025, 8, 31), "effective_to": date(2025, 9, 1)}
    assert raised("PAYMENT_REVIEW_OVERDUE", entitlements=[{}, earlier]) == [
        ("F1", "medium", None, date(2026, 2, 28), 1)
    ]
    assert raised("PAYMENT_REVIEW_OVERDUE", entitlements=[{}, earlier | {"status": "cancelled"}]) == []


def test_later_payment_reviews_are_due_twelve_months_after_the_last_one_whenever_it_was_held():
    line = {"effective_from": ago(400)}
    before_the_line = {"completed_on": date(2025, 1, 31)}
    assert raised("PAYMENT_REVIEW_OVERDUE", entitlements=[line], reviews=[before_the_line]) == [
        ("F1", "medium", None, date(2026, 1, 31), 1)
    ]
    assert raised("PAYMENT_REVIEW_OVERDUE", entitlements=[line], reviews=[{"completed_on": date(2025, 6, 10)}]) == []


def test_a_review_after_the_position_has_not_happened():
    line = {"effective_from": ago(400)}
    assert raised("PAYMENT_REVIEW_OVERDUE", entitlements=[line], reviews=[{"completed_on": ago(-1)}])


def test_an_assessment_is_overdue_from_the_day_after_its_clock():
    assert raised("ASSESSMENT_OVERDUE", assessments=[{"requested_on": ago(43)}]) == [("A1", "high", None, ago(43), 1)]
    assert raised("ASSESSMENT_OVERDUE", assessments=[{"requested_on": ago(42)}]) == []
    done = {"requested_on": ago(43), "completed_on": TODAY}
    assert raised("ASSESSMENT_OVERDUE", assessments=[done]) == []
    assert raised("ASSESSMENT_OVERDUE", assessments=[done | {"completed_on": ago(-1)}])
    assert raised("ASSESSMENT_OVERDUE", assessments=[{"requested_on": ago(43), "person": "carer"}]) == []


CARER = {"families": [{"carer_name": "C C"}], **LINE}


def test_a_known_carer_who_was_never_assessed_is_missed_since_the_payment_began():
    assert raised("CARER_ASSESSMENT_MISSING", **CARER) == [("F1", "high", None, ago(10), 1)]
    assert raised("CARER_ASSESSMENT_MISSING", **LINE) == []


def test_a_carers_request_within_its_clock_leaves_the_council_time():
    def asked(*days):
        rows = [{"assessment_id": f"A{n}", "person": "carer", "requested_on": ago(day)} for n, day in enumerate(days)]
        return raised("CARER_ASSESSMENT_MISSING", assessments=rows, **CARER)

    assert asked(42) == []
    assert asked(43) == [("F1", "high", None, ago(43), 1)]
    assert asked(400, 42) == []


def test_any_completed_assessment_of_the_carer_is_enough():
    rows = [
        {"assessment_id": "A1", "person": "carer", "requested_on": ago(900), "completed_on": ago(800)},
        {"assessment_id": "A2", "person": "carer", "requested_on": ago(100)},
    ]
    assert raised("CARER_ASSESSMENT_MISSING", assessments=rows, **CARER) == []


@pytest.mark.parametrize(
    ("vacancy", "is_stalled"),
    [
        ({}, False),
        ({"last_action_on": ago(28)}, False),
        ({"last_action_on": ago(29)}, True),
        ({"last_action_on": None}, True),
        ({"channels": "agency"}, True),
        ({"channels": "agency; Agency ;"}, True),
        ({"channels": None}, True),
        ({"channels": " ; "}, True),
        ({"channels": None, "opened_on": ago(56)}, False),
        ({"channels": None, "filled_on": TODAY}, False),
        ({"channels": None, "filled_on": ago(-1)}, True),
        ({"channels": None, "family_id": "not on record"}, False),
    ],
)
def test_a_vacancy_stalls_when_nothing_is_done_or_one_channel_tried(vacancy, is_stalled):
    expected = [("Y1", "high", None, ago(57), 57)] if is_stalled else []
    assert raised("VACANCY_STALLED", vacancies=[vacancy]) == expected


def test_an_interim_line_needs_an_end():
    assert raised("INTERIM_WITHOUT_END", entitlements=[{"interim": True}]) == [("E1", "medium", WEEKLY, ago(10), 1)]
    assert raised("INTERIM_WITHOUT_END", entitlements=[{"interim": True, "effective_to": TODAY}]) == []
    assert raised("INTERIM_WITHOUT_END", entitlements=[{}]) == []
