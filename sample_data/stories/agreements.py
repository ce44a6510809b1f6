"""Stories of the agreement itself: uplifts, contributions, interim lines."""

from datetime import date

from sample_data.answer_key import AnswerKey
from sample_data.council import Family
from sample_data.days import working_day_before
from sample_data.families import Profile
from sample_data.payroll import pay_all
from sample_data.stories.telling import APRIL, MAY, owed, story

FIRST_AT_NEW_RATE = date(2026, 4, 2)
"""The new rate's first days, from Monday 6 April, fall due on the Thursday before Easter."""


def _uplift_known_late(family: Family, key: AnswerKey) -> int:
    """April's uplift was authorised on 20 May: three payments at the old rate, ten weeks of difference."""
    old, new = family.lines[-2:]
    new.recorded_on = date(2026, 5, 20)
    pay_all(family)
    family.movements = [paid for paid in family.movements if paid.posted_on < date(2026, 3, 20)]
    for period_start in (date(2026, 3, 23), APRIL, MAY):
        family.pay(working_day_before(period_start), 4 * old.pence, period_start=period_start)
    key.raises("BACKDATED_CHANGE", family, new.starts, 3, 10 * new.pence, subject=new.entitlement_id)
    return 10 * (new.pence - old.pence)


@story(Profile(quarters=74))
def late_uplift(family: Family, key: AnswerKey) -> None:
    """An uplift came late and its difference was paid at once."""
    difference = _uplift_known_late(family, key)
    family.pay(date(2026, 5, 29), difference, narrative="UPLIFT ARREARS")
    key.raises("LATE_PAYMENT", family, FIRST_AT_NEW_RATE, 3, difference)


@story(Profile(quarters=78))
def late_uplift_unpaid(family: Family, key: AnswerKey) -> None:
    """An uplift came late and its difference is still owed."""
    difference = _uplift_known_late(family, key)
    owed(family, key, FIRST_AT_NEW_RATE, difference, 3, code="SHORT_PAYMENT")


@story(Profile(quarters=22))
def contribution_exceeds(family: Family, key: AnswerKey) -> None:
    """Since April the assessed contribution is more than the payment: nothing is due."""
    line = family.lines[-1]
    line.contribution = line.pence + 1_041
    pay_all(family)
    key.raises("CONTRIBUTION_EXCEEDS", family, line.starts, 1, line.contribution, subject=line.entitlement_id)


@story(Profile(quarters=82))
def not_uplifted(family: Family, key: AnswerKey) -> None:
    """April's uplift passed this family by: it is paid last year's rate, as its records say."""
    family.lines.pop()
    line = family.lines[-1]
    line.ends = None
    for plan in family.rows["plans"]:
        plan["weekly_amount"] = min(plan["weekly_amount"], line.pence)
    pay_all(family)
    key.raises("NOT_UPLIFTED", family, date(2026, 4, 1), 1, line.pence, subject=line.entitlement_id)


@story(Profile(quarters=86))
def interim_without_end(family: Family, key: AnswerKey) -> None:
    """An interim arrangement that nobody has given an end."""
    line = family.lines[-1]
    line.is_interim, line.ends = True, None
    pay_all(family)
    key.raises("INTERIM_WITHOUT_END", family, line.starts, 1, line.pence, subject=line.entitlement_id)
