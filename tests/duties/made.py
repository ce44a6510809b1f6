"""Small councils made by hand: only what a test speaks of is said, the rest is an ordinary family."""

from datetime import date, timedelta

import polars as pl

from reconciliation.policy import default_policy
from reconciliation.position import Position
from reconciliation.reckoning import reckon
from reconciliation.records import PLAN_DUTIES, RECORDS

TODAY = date(2026, 6, 10)
LONG_AGO = date(2020, 1, 1)
WEEKLY = 10_000
"""Pence a week of an ordinary line."""


def ago(days):
    """The day that many days before TODAY."""
    return TODAY - timedelta(days=days)


USUAL = {
    "families": {"family_id": "F1", "recipient_name": "N N", "service": "adult", "opened_on": LONG_AGO},
    "entitlements": {
        "entitlement_id": "E1",
        "family_id": "F1",
        "kind": "weekly",
        "amount_pence": WEEKLY,
        "weekly_contribution_pence": 0,
        "contribution_method": "net",
        "schedule": "weekly_advance",
        "effective_from": ago(10),
        "interim": False,
        "status": "active",
    },
    "transactions": {"transaction_id": "T1", "family_id": "F1", "kind": "payment"},
    "suspensions": {
        "suspension_id": "S1",
        "family_id": "F1",
        "starts_on": ago(10),
        "pay_percent": 0,
        "status": "active",
    },
    "plans": {
        "plan_id": "P1",
        "family_id": "F1",
        "person": "recipient",
        "status": "agreed",
        "agreed_on": ago(10),
        "weekly_amount_pence": WEEKLY,
        **dict.fromkeys(PLAN_DUTIES, True),
    },
    "assessments": {"assessment_id": "A1", "family_id": "F1", "person": "recipient", "requested_on": ago(10)},
    "reviews": {"review_id": "R1", "family_id": "F1"},
    "vacancies": {
        "vacancy_id": "Y1",
        "family_id": "F1",
        "hours_per_week_thousandths": 7_000,
        "opened_on": ago(57),
        "last_action_on": ago(1),
        "channels": "agency;website",
    },
    "cases": {"case_id": "C1", "family_id": "F1", "stage": "stage1", "received_on": ago(10)},
    "promises": {"promise_id": "M1", "family_id": "F1", "kind": "arrears", "agreed_on": ago(100)},
    "acknowledgements": {"acknowledgement_id": "K1", "family_id": "F1", "role": "director"},
}


def versions(**records):
    """Typed frames by record name; each row is given as what differs from USUAL. There is one family unless said."""
    given = {"families": [{}], **records}
    return {
        name: pl.DataFrame(
            [{"recorded_on": LONG_AGO, **USUAL[name], **row} for row in rows], schema=RECORDS[name].schema()
        )
        for name, rows in given.items()
    }


def results(as_of=TODAY, known_on=None, policy=None, **records):
    """Everything the rules say of these records."""
    return reckon(versions(**records), policy or default_policy(), Position.at(as_of, known_on))


def raised(code, **given):
    """The exceptions of one code as (subject, severity, amount in pence, since, items)."""
    rows = results(**given).raised.filter(code=code)
    return rows.select("subject", "severity", "amount_pence", "since", "items").rows()


def policy_with(section, **settings):
    """The default policy with some settings of one section replaced."""
    policy = default_policy()
    return policy.model_copy(update={section: getattr(policy, section).model_copy(update=settings)})
