"""Stories of rows that nobody can read: they are quarantined, and where they name a family it cannot be told."""

from datetime import date

from sample_data.answer_key import AnswerKey
from sample_data.council import Family
from sample_data.families import Profile
from sample_data.payroll import pay_all
from sample_data.stories.telling import story


@story(Profile(quarters=142))
def agreement_unreadable(family: Family, key: AnswerKey) -> None:
    """A second line has a payment pattern that the council does not use."""
    pay_all(family)
    line = family.revise(family.lines[-1], date(2026, 5, 11), entitlement_id=f"A{family.number}-N1", pence=6_000)
    line.spoilt = {"Payment Pattern": "Fortnightly"}
    key.quarantined("entitlements", line.entitlement_id, family.family_id)
    key.stands("cannot_tell", family)


@story(Profile(quarters=146, channel="card"))
def card_load_unreadable(family: Family, key: AnswerKey) -> None:
    """A small load has a date that does not exist."""
    pay_all(family)
    load = family.pay(date(2026, 2, 27), 5_000)
    load.spoilt = {"Value Date": "31/02/2026"}
    key.quarantined("transactions", load, family.family_id)
    key.stands("cannot_tell", family)


@story(Profile(quarters=150))
def plan_without_a_date(family: Family, key: AnswerKey) -> None:
    """A carer's plan is marked as agreed, without the day; nothing else depends on it."""
    pay_all(family)
    plan = family.add(
        "plans", plan_id=f"P{family.number}-C", person="carer", status="agreed", recorded_on=date(2026, 4, 28)
    )
    key.quarantined("plans", plan["plan_id"], family.family_id)


@story(Profile(quarters=154))
def review_told_twice(family: Family, key: AnswerKey) -> None:
    """Two exports of one review disagree on its day: nobody knows which is true, and neither counts."""
    pay_all(family)
    review_id = f"R{family.number}-9"
    for completed_on in (date(2026, 2, 9), date(2026, 2, 19)):
        family.add("reviews", review_id=review_id, completed_on=completed_on, recorded_on=date(2026, 2, 20))
        key.quarantined("reviews", review_id, family.family_id)
