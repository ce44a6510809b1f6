"""Stories of money paid too much, too early or too often, and of money taken back."""

from datetime import date

from sample_data.answer_key import AnswerKey
from sample_data.council import Family
from sample_data.families import Profile
from sample_data.payroll import instalments, pay_all
from sample_data.stories.telling import APRIL, FEBRUARY, payment_for, story, withhold


@story(Profile(quarters=64, schedule="monthly_advance"))
def misapplied_uplift(family: Family, key: AnswerKey) -> None:
    """April's uplift was applied twice: £30 a month too much."""
    pay_all(family)
    for month in (4, 5, 6):
        payment = payment_for(family, date(2026, month, 1))
        payment.pence += 3000
        payment.period_start = date(2026, month, 1)
    key.raises("OVERPAYMENT", family, date(2026, 3, 31), 3, 9000)
    key.stands("overpaid", family)


@story(Profile(quarters=68, schedule="monthly_advance", channel="card"))
def overpaid_once(family: Family, key: AnswerKey) -> None:
    """May's card load was £120 too much."""
    pay_all(family)
    payment = payment_for(family, date(2026, 5, 1))
    payment.pence += 12_000
    key.raises("OVERPAYMENT", family, payment.posted_on, 1, 12_000)
    key.stands("overpaid", family)


@story(Profile(quarters=72))
def overpaid_and_offset(family: Family, key: AnswerKey) -> None:
    """April was £50 too much; the money stands against June's instalment, which is not due yet."""
    pay_all(family)
    payment_for(family, APRIL).pence += 5000


@story(Profile(quarters=76, schedule="monthly_advance"))
def duplicate_payment(family: Family, key: AnswerKey) -> None:
    """May was paid twice within a week."""
    pay_all(family)
    again = family.pay(date(2026, 5, 6), payment_for(family, date(2026, 5, 1)).pence)
    key.raises("OVERPAYMENT", family, again.posted_on, 1, again.pence)
    key.raises("DUPLICATE_PAYMENT", family, again.posted_on, 1, again.pence, subject=again)
    key.stands("overpaid", family)


@story(Profile(quarters=80, schedule="monthly_advance"))
def duplicate_recovered(family: Family, key: AnswerKey) -> None:
    """A payment made twice last September was asked back in October, in full."""
    pay_all(family)
    again = family.pay(date(2025, 9, 3), payment_for(family, date(2025, 9, 1)).pence)
    family.pay(date(2025, 10, 15), -again.pence, "recovery", channel="corporate")


@story(Profile(quarters=84, schedule="monthly_advance"))
def duplicate_reversed(family: Family, key: AnswerKey) -> None:
    """A payment keyed twice was reversed in the ledger the next day."""
    pay_all(family)
    again = family.pay(date(2025, 11, 5), payment_for(family, date(2025, 10, 31)).pence)
    family.pay(date(2025, 11, 6), -again.pence, "reversal", narrative="KEYED TWICE")


@story(Profile(quarters=96, channel="card"))
def surplus_taken_back(family: Family, key: AnswerKey) -> None:
    """More than eight weeks of unspent money came off the card: no arrears, nothing overpaid."""
    pay_all(family)
    family.pay(date(2025, 11, 12), -64_000, "recovery", narrative="Surplus above eight weeks")


@story(Profile(quarters=66))
def never_agreed(family: Family, key: AnswerKey) -> None:
    """Two payments were made on an agreement that was then cancelled."""
    family.rows.clear()
    newest = family.lines[-1]
    family.lines = [newest]
    first = family.pay(date(2026, 4, 17), 4 * newest.pence)
    family.pay(date(2026, 5, 15), 4 * newest.pence)
    newest.recorded_on = date(2026, 4, 14)
    family.revise(newest, date(2026, 5, 21), status="cancelled", reason="never signed")
    key.raises("NO_ENTITLEMENT", family, first.posted_on, 2, 8 * newest.pence)
    key.raises("OVERPAYMENT", family, first.posted_on, 2, 8 * newest.pence)
    key.stands("overpaid", family)


@story(Profile(quarters=70))
def paid_after_end(family: Family, key: AnswerKey) -> None:
    """A death in March was recorded in June; four more payments went out, and most of March's was for days after it."""
    pay_all(family)
    family.closed_on, family.closure_recorded_on = date(2026, 3, 6), date(2026, 6, 1)
    after = [paid for paid in family.movements if paid.posted_on > family.closed_on]
    last = payment_for(family, FEBRUARY)
    unearned = last.pence - instalments(family)[FEBRUARY]
    pence = sum(paid.pence for paid in after)
    key.raises("PAID_AFTER_END", family, after[0].posted_on, len(after), pence)
    key.raises("OVERPAYMENT", family, last.posted_on, len(after) + 1, pence + unearned)
    key.stands("overpaid", family)


@story(Profile(quarters=90))
def hospital_known_late(family: Family, key: AnswerKey) -> None:
    """Four weeks in hospital were recorded after they had been paid; the next instalment was left out instead."""
    pay_all(family)
    withhold(family, FEBRUARY)
    family.suspend(date(2026, 1, 12), date(2026, 2, 8), 0, "hospital", recorded_on=date(2026, 2, 6))


@story(Profile(quarters=94))
def paid_early(family: Family, key: AnswerKey) -> None:
    """June's instalment left a week early, ahead of a system change."""
    pay_all(family)
    due_on = date(2026, 6, 15)
    family.pay(date(2026, 6, 8), instalments(family)[due_on])
