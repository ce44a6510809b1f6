"""Stories of duties not done: plans, reviews, assessments, recruitment. The money of these families is in order."""

from datetime import date

from sample_data.answer_key import AnswerKey
from sample_data.council import Family
from sample_data.days import EXPORTED_ON
from sample_data.families import Profile
from sample_data.payroll import pay_all
from sample_data.stories.promises import promise
from sample_data.stories.telling import story

NEW_RATES = date(2026, 4, 6)
"""When the lines that are active at the end began."""


def vacancy(family: Family, opened_on: date, channels: str, last_action_on: date) -> str:
    """A personal assistant to be found; returns the vacancy's id."""
    vacancy_id = f"Y{family.number}-1"
    row = {"vacancy_id": vacancy_id, "hours_per_week": "12.5", "opened_on": opened_on, "channels": channels}
    family.add("vacancies", **row, last_action_on=opened_on, recorded_on=opened_on)
    family.add("vacancies", **row, last_action_on=last_action_on, recorded_on=last_action_on)
    return vacancy_id


@story(Profile(quarters=98))
@story(Profile(quarters=158, channel="card"))
def no_plan(family: Family, key: AnswerKey) -> None:
    """Paid for three years on a plan that was never more than a draft."""
    pay_all(family)
    for plan in family.rows["plans"]:
        plan |= {"status": "draft", "agreed_on": None}
    key.raises("NO_PLAN", family, NEW_RATES)


@story(Profile(quarters=102))
@story(Profile(quarters=162))
def plan_incomplete(family: Family, key: AnswerKey) -> None:
    """An agreed plan that says neither how needs are met nor what the budget is, and was never handed over."""
    pay_all(family)
    for plan in family.rows["plans"]:
        plan |= {"needs_met_how": False, "personal_budget_stated": False, "copy_given": None}
    agreed = family.rows["plans"][0]
    key.raises("PLAN_INCOMPLETE", family, agreed["agreed_on"], 3, subject=agreed["plan_id"])


@story(Profile(quarters=106))
def plan_amount_mismatch(family: Family, key: AnswerKey) -> None:
    """The plan still states last year's amount."""
    pay_all(family)
    old, new = family.lines[-2:]
    for plan in family.rows["plans"]:
        plan["weekly_amount"] = min(plan["weekly_amount"], old.pence)
    agreed = family.rows["plans"][0]
    difference = new.pence - old.pence
    key.raises("PLAN_AMOUNT_MISMATCH", family, agreed["agreed_on"], 1, difference, subject=agreed["plan_id"])


@story(Profile(quarters=110))
def plan_review_overdue(family: Family, key: AnswerKey) -> None:
    """The plan was last looked at on 10 March 2025."""
    pay_all(family)
    reviewed_on = date(2025, 3, 10)
    for plan in family.rows["plans"]:
        plan["last_reviewed_on"] = reviewed_on if plan["recorded_on"] >= reviewed_on else None
    key.raises("PLAN_REVIEW_OVERDUE", family, date(2026, 3, 10), subject=f"P{family.number}")


@story(Profile(quarters=114))
def payment_review_overdue(family: Family, key: AnswerKey) -> None:
    """The last payment review was on 25 July 2024."""
    pay_all(family)
    last = date(2024, 7, 25)
    family.rows["reviews"] = [row for row in family.rows["reviews"] if row["completed_on"] <= last]
    family.rows["reviews"][-1] |= {"completed_on": last, "recorded_on": last}
    key.raises("PAYMENT_REVIEW_OVERDUE", family, date(2025, 7, 25))


@story(Profile(quarters=118, first_day=date(2025, 10, 6)))
def never_reviewed(family: Family, key: AnswerKey) -> None:
    """Paid since October, and the review of the first six months has not been held."""
    family.rows["reviews"].clear()
    pay_all(family)
    key.raises("PAYMENT_REVIEW_OVERDUE", family, date(2026, 4, 6))


@story(Profile(quarters=122))
def assessment_overdue(family: Family, key: AnswerKey) -> None:
    """Needs have changed; a new assessment was asked for in March."""
    pay_all(family)
    asked = family.add(
        "assessments",
        assessment_id=f"N{family.number}-R2",
        person="recipient",
        requested_on=date(2026, 3, 3),
        recorded_on=date(2026, 3, 3),
    )
    key.raises("ASSESSMENT_OVERDUE", family, asked["requested_on"], subject=asked["assessment_id"])


def _without_carer_assessment(family: Family) -> None:
    family.rows["assessments"] = [row for row in family.rows["assessments"] if row["person"] == "recipient"]


@story(Profile(quarters=126, has_carer=True))
@story(Profile(quarters=166, has_carer=True))
@story(Profile(quarters=170, has_carer=True, channel="card"))
def carer_never_assessed(family: Family, key: AnswerKey) -> None:
    """A known carer whom nobody has ever asked."""
    pay_all(family)
    _without_carer_assessment(family)
    key.raises("CARER_ASSESSMENT_MISSING", family, NEW_RATES)


@story(Profile(quarters=130, has_carer=True))
def carer_asked_and_left(family: Family, key: AnswerKey) -> None:
    """A carer's assessment was requested in January and not done."""
    pay_all(family)
    _without_carer_assessment(family)
    asked_on = date(2026, 1, 19)
    row = {"assessment_id": f"N{family.number}-C", "person": "carer", "requested_on": asked_on, "recorded_on": asked_on}
    family.add("assessments", **row)
    key.raises("CARER_ASSESSMENT_MISSING", family, asked_on)


@story(Profile(quarters=134))
@story(Profile(quarters=174))
@story(Profile(quarters=178))
def vacancy_stalled(family: Family, key: AnswerKey) -> None:
    """Nobody has looked for a personal assistant since March."""
    pay_all(family)
    opened_on = date(2026, 2, 2)
    vacancy_id = vacancy(family, opened_on, "agency;council website", date(2026, 3, 12))
    key.raises("VACANCY_STALLED", family, opened_on, (EXPORTED_ON - opened_on).days, subject=vacancy_id)


@story(Profile(quarters=138, has_carer=True))
def like_the_reference_case(family: Family, key: AnswerKey) -> None:
    """Paid to the penny, and yet four of the five failings of the reference case."""
    no_plan(family, key)
    _without_carer_assessment(family)
    key.raises("CARER_ASSESSMENT_MISSING", family, NEW_RATES)
    opened_on, due_on = date(2025, 11, 3), date(2026, 5, 20)
    vacancy_id = vacancy(family, opened_on, "students' union", date(2026, 5, 28))
    key.raises("VACANCY_STALLED", family, opened_on, (EXPORTED_ON - opened_on).days, subject=vacancy_id)
    made = promise(family, "plan", date(2026, 2, 20), due_on)
    key.raises("PROMISE_OVERDUE", family, due_on, (EXPORTED_ON - due_on).days, subject=made["promise_id"])
