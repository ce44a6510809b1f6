"""No surprises at the top: who must know, since when, and when silence becomes an exception (rules §7)."""

from datetime import date, timedelta

import pytest

from tests.duties.made import TODAY, ago, policy_with, raised, results

OMBUDSMAN = {"stage": "ombudsman", "received_on": ago(40)}
TOLD = ("director", "monitoring_officer", "portfolio_holder")
OLD_PROMISE = {"amount_pence": 50_000, "due_on": ago(40)}
FIVE_WORKING_DAYS_AGO, SIX_WORKING_DAYS_AGO = date(2026, 6, 3), date(2026, 6, 2)


def briefed(**records):
    """{role: (since, amount in pence)} of family F1."""
    rows = results(**records).briefing.select("role", "since", "amount_pence").rows()
    return {role: (since, amount) for role, since, amount in rows}


def test_a_promise_escalates_on_its_thirtieth_day_overdue_with_what_is_outstanding():
    assert briefed(promises=[OLD_PROMISE | {"due_on": ago(30)}]) == {"director": (TODAY, 50_000)}
    assert briefed(promises=[OLD_PROMISE | {"due_on": ago(29)}]) == {}


def one_off(pence, days):
    """A one-off due that fell due that many days ago, on a working day."""
    return {"kind": "one_off", "amount_pence": pence, "effective_from": ago(days)}


def test_large_arrears_escalate_from_the_oldest_unpaid_day():
    assert briefed(entitlements=[one_off(100_000, 7)]) == {"director": (ago(7), 100_000)}
    assert briefed(entitlements=[one_off(99_999, 7)]) == {}


def test_old_arrears_escalate_on_their_eighty_fourth_day_even_below_the_tolerance():
    penny = [one_off(1, 84)]
    assert briefed(entitlements=penny) == {"director": (TODAY, 1)}
    assert briefed(entitlements=penny, policy=policy_with("tolerances", arrears=2)) == {"director": (TODAY, 1)}
    assert briefed(entitlements=[one_off(1, 83)]) == {}


def test_the_earliest_trigger_counts():
    records = {"entitlements": [one_off(100_000, 84)], "promises": [OLD_PROMISE | {"due_on": ago(200)}]}
    assert briefed(**records) == {"director": (ago(170), 50_000)}


def test_an_undecided_ombudsman_case_goes_to_three_roles():
    assert briefed(cases=[OMBUDSMAN]) == dict.fromkeys(TOLD, (ago(40), None))
    assert briefed(cases=[OMBUDSMAN | {"stage": "stage2"}]) == {}


@pytest.mark.parametrize(
    ("decision", "is_escalated"),
    [
        ({"upheld": True}, True),
        ({"upheld": False}, False),
        ({"upheld": None}, False),
    ],
)
def test_a_decided_case_stays_at_the_top_only_when_upheld(decision, is_escalated):
    decided = OMBUDSMAN | {"decided_on": ago(1)} | decision
    assert bool(briefed(cases=[decided])) == is_escalated


def test_an_upheld_case_counts_for_a_year_after_its_decision():
    upheld = OMBUDSMAN | {"received_on": ago(500), "upheld": True}
    assert briefed(cases=[upheld | {"decided_on": ago(365)}]) == dict.fromkeys(TOLD, (ago(500), None))
    assert briefed(cases=[upheld | {"decided_on": ago(366)}]) == {}


@pytest.mark.parametrize("public", [{"public_report": True}, {"referred_to_scrutiny_on": TODAY}])
def test_a_public_upheld_case_also_goes_to_section_151_from_its_decision(public):
    upheld = OMBUDSMAN | {"upheld": True, "decided_on": ago(20)} | public
    expected = dict.fromkeys(TOLD, (ago(40), None)) | {"section_151": (ago(20), None)}
    assert briefed(cases=[upheld]) == expected


def test_what_has_not_happened_yet_escalates_nothing():
    later = OMBUDSMAN | {"upheld": True, "public_report": True, "decided_on": ago(-1)}
    assert "section_151" not in briefed(cases=[later])
    referred_later = OMBUDSMAN | {"upheld": True, "decided_on": ago(20), "referred_to_scrutiny_on": ago(-1)}
    assert "section_151" not in briefed(cases=[referred_later])


def test_a_family_that_is_not_on_record_is_in_no_briefing():
    assert briefed(cases=[OMBUDSMAN | {"family_id": "not on record"}]) == {}


def silent(received_on, *acknowledgements):
    case = OMBUDSMAN | {"received_on": received_on}
    return [
        row
        for row in raised("SENIOR_NOT_INFORMED", cases=[case], acknowledgements=list(acknowledgements))
        if row[0] == "F1:director"
    ]


def test_silence_is_an_exception_after_five_working_days():
    assert silent(FIVE_WORKING_DAYS_AGO) == []
    assert silent(SIX_WORKING_DAYS_AGO) == [("F1:director", "critical", None, SIX_WORKING_DAYS_AGO, 1)]


def test_weekends_and_bank_holidays_are_no_working_days():
    """From Friday 22 May to 10 June lie twelve working days: the 25th was the spring bank holiday."""
    assert silent(date(2026, 5, 22))[0][4] == 12 - 5


@pytest.mark.parametrize(
    ("acknowledged_on", "is_informed"),
    [(ago(40), True), (ago(41), False), (TODAY, True), (ago(-1), False), (None, False)],
)
def test_only_a_confirmation_on_or_after_the_trigger_date_informs(acknowledged_on, is_informed):
    sent = {"notified_on": ago(41), "acknowledged_on": acknowledged_on}
    assert (silent(ago(40), sent) == []) == is_informed


def test_a_confirmation_is_for_its_own_role_and_family():
    sent = {"notified_on": ago(39), "acknowledged_on": ago(38)}
    assert silent(ago(40), sent | {"role": "portfolio_holder"})
    assert silent(ago(40), sent | {"family_id": "F2"})


def test_the_briefing_shows_the_confirmation_that_answered_and_the_notice_it_answers():
    sent = [
        {"acknowledgement_id": "K1", "notified_on": ago(60), "acknowledged_on": ago(50)},
        {"acknowledgement_id": "K2", "notified_on": ago(30), "acknowledged_on": ago(20)},
        {"acknowledgement_id": "K3", "notified_on": ago(29), "acknowledged_on": ago(19)},
        {"acknowledgement_id": "K4", "notified_on": ago(10)},
    ]
    row = results(cases=[OMBUDSMAN], acknowledgements=sent).briefing.filter(role="director").row(0, named=True)
    assert (row["notified_on"], row["acknowledged_on"], row["working_days_past"]) == (ago(30), ago(20), None)


def test_while_nobody_confirms_the_briefing_shows_the_latest_notice_since_the_trigger():
    sent = [
        {"acknowledgement_id": "K1", "notified_on": ago(60)},
        {"acknowledgement_id": "K2", "notified_on": ago(30)},
        {"acknowledgement_id": "K3", "notified_on": ago(35)},
        {"acknowledgement_id": "K4", "notified_on": ago(-1)},
    ]
    row = results(cases=[OMBUDSMAN], acknowledgements=sent).briefing.filter(role="director").row(0, named=True)
    assert (row["notified_on"], row["acknowledged_on"]) == (ago(30), None)
    assert row["working_days_past"] > 0


def test_the_cause_is_said_in_words_and_holds_no_familys_amount():
    (trigger,) = results(entitlements=[one_off(123_456, 7)]).briefing["trigger"]
    assert trigger == "arrears of £1,000.00 or more"


def test_as_it_was_known_before_the_case_was_recorded_nobody_had_to_know():
    late = OMBUDSMAN | {"recorded_on": ago(5)}
    assert results(cases=[late], known_on=ago(6)).briefing.is_empty()
    assert results(cases=[late], known_on=ago(6), as_of=TODAY + timedelta(days=1)).briefing.is_empty()
