"""Stories of money that did not arrive, came short or came late."""

from datetime import date

from sample_data.answer_key import AnswerKey
from sample_data.council import Family
from sample_data.days import plus, working_day_before
from sample_data.families import Profile
from sample_data.payroll import dues, pay_all
from sample_data.stories.telling import APRIL, FEBRUARY, MAY, never_paid, owed, payment_for, story, withhold


@story(Profile(quarters=44))
def missed_payment(family: Family, key: AnswerKey) -> None:
    """May's payment run left one family out."""
    pay_all(family)
    never_paid(family, key, MAY)


@story(Profile(quarters=46, channel="card"))
def missed_card_load(family: Family, key: AnswerKey) -> None:
    """The card was not loaded in April."""
    pay_all(family)
    never_paid(family, key, APRIL)


@story(Profile(quarters=21, schedule="weekly_advance"))
def missed_weeks(family: Family, key: AnswerKey) -> None:
    """Two weekly payments in a row were not made."""
    pay_all(family)
    never_paid(family, key, date(2026, 5, 11), MAY)


@story(Profile(quarters=88))
def two_missed_payments(family: Family, key: AnswerKey) -> None:
    """Nearly £3,000 unpaid since April, and the director has not been told."""
    pay_all(family)
    never_paid(family, key, APRIL, MAY)
    key.nobody_told(family, "director", APRIL)


@story(Profile(quarters=92))
def missed_and_acknowledged(family: Family, key: AnswerKey) -> None:
    """As much unpaid, but the director was told and has confirmed it."""
    pay_all(family)
    never_paid(family, key, APRIL, MAY)
    told = {"acknowledgement_id": f"K{family.number}-1", "role": "director", "notified_on": date(2026, 6, 1)}
    family.add("acknowledgements", **told, acknowledged_on=None, recorded_on=date(2026, 6, 1))
    family.add("acknowledgements", **told, acknowledged_on=date(2026, 6, 3), recorded_on=date(2026, 6, 3))


@story(Profile(quarters=36))
def long_unpaid(family: Family, key: AnswerKey) -> None:
    """A small debt, but more than twelve weeks old."""
    pay_all(family)
    never_paid(family, key, FEBRUARY)
    key.nobody_told(family, "director", plus(FEBRUARY, 84))


@story(Profile(quarters=52))
def short_payment(family: Family, key: AnswerKey) -> None:
    """May was keyed £40 too low."""
    pay_all(family)
    payment_for(family, MAY).pence -= 4000
    owed(family, key, MAY, 4000, code="SHORT_PAYMENT")


@story(Profile(quarters=40, schedule="monthly_advance", first_day=date(2026, 4, 1)))
def pennies_short(family: Family, key: AnswerKey) -> None:
    """£150 a week less £20: the ledger nets first and rounds once, so that each month comes a penny short."""
    line = family.lines[0]
    line.pence, line.contribution = 15_000, 2_000
    for plan in family.rows["plans"]:
        plan["weekly_amount"] = line.pence
    for due in dues(family):
        family.pay(working_day_before(due.due_on), due.pence - 1, period_start=due.period_start)
    owed(family, key, date(2026, 4, 1), 3, 3, code="SHORT_PAYMENT")


@story(Profile(quarters=56))
def late_payment(family: Family, key: AnswerKey) -> None:
    """May was paid nine days late."""
    pay_all(family)
    payment = payment_for(family, MAY)
    payment.posted_on = date(2026, 5, 27)
    key.raises("LATE_PAYMENT", family, MAY, 1, payment.pence)


@story(Profile(quarters=60))
def caught_up_last_year(family: Family, key: AnswerKey) -> None:
    """Three instalments of last autumn were missed and made good by one lump sum before Christmas."""
    pay_all(family)
    missed = [withhold(family, due_on) for due_on in (date(2025, 9, 8), date(2025, 10, 6), date(2025, 11, 3))]
    family.pay(date(2025, 12, 10), sum(missed), narrative="ARREARS SEPT-NOV")


@story(Profile(quarters=42))
def promised_arrears(family: Family, key: AnswerKey) -> None:
    """April is unpaid and the council has agreed to pay it by the middle of July."""
    pay_all(family)
    pence = never_paid(family, key, APRIL)
    family.add(
        "promises",
        promise_id=f"M{family.number}-1",
        kind="arrears",
        amount=pence,
        agreed_on=date(2026, 6, 2),
        due_on=date(2026, 7, 15),
        owner="direct payments team",
        recorded_on=date(2026, 6, 2),
    )
    key.stands("owed_promised", family)


@story(Profile(quarters=100))
def recovery_in_arrears(family: Family, key: AnswerKey) -> None:
    """April was never paid, and in May the council asked £200 back."""
    pay_all(family)
    never_paid(family, key, APRIL)
    recovery = family.pay(date(2026, 5, 6), -20_000, "recovery", channel="corporate")
    key.nobody_told(family, "director", APRIL)
    key.raises("RECOVERY_IN_ARREARS", family, recovery.posted_on, 1, 20_000, subject=recovery)
