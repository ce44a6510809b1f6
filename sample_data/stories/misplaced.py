"""Stories of money that came back or went to somebody else."""

from datetime import date

from sample_data.answer_key import AnswerKey
from sample_data.council import Family
from sample_data.days import plus
from sample_data.families import Profile
from sample_data.payroll import pay_all
from sample_data.stories.telling import APRIL, FEBRUARY, MAY, never_paid, owed, payment_for, story


@story(Profile(quarters=48))
def returned_payment(family: Family, key: AnswerKey) -> None:
    """The bank sent May's payment back and nobody paid it again."""
    pay_all(family)
    payment = payment_for(family, MAY)
    returned = family.pay(date(2026, 5, 20), -payment.pence, "return", channel="bank", reverses=payment)
    key.raises("RETURNED_PAYMENT", family, returned.posted_on, 1, payment.pence, subject=returned)
    owed(family, key, MAY, payment.pence)


@story(Profile(quarters=104))
def returned_and_reissued(family: Family, key: AnswerKey) -> None:
    """February's payment came back on the third day and was paid again within the week."""
    pay_all(family)
    payment = payment_for(family, FEBRUARY)
    family.pay(date(2026, 2, 25), -payment.pence, "return", channel="bank", reverses=payment)
    family.pay(date(2026, 2, 27), payment.pence, narrative="REISSUE")


@story(Profile(quarters=108))
def returned_without_reference(family: Family, key: AnswerKey) -> None:
    """The bank does not say which payment came back; its amount does."""
    pay_all(family)
    payment = payment_for(family, date(2025, 9, 8))
    family.pay(date(2025, 9, 10), -payment.pence, "return", channel="bank")
    family.pay(date(2025, 9, 12), payment.pence, narrative="REISSUE")


@story(Profile(quarters=112, first_day=date(2026, 1, 26)))
def unmatched_return(family: Family, key: AnswerKey) -> None:
    """£85 came back before anything had been paid."""
    pay_all(family)
    returned = family.pay(date(2026, 1, 21), -8500, "return", channel="bank")
    key.raises("UNMATCHED_RETURN", family, returned.posted_on, 1, 8500, subject=returned)
    key.stands("cannot_tell", family)


@story(Profile(quarters=116), Profile(quarters=120, schedule="monthly_advance"))
def misposting(wronged: Family, favoured: Family, key: AnswerKey) -> None:
    """One family's May payment went to another family's vendor number."""
    pay_all(wronged)
    pay_all(favoured)
    pence = never_paid(wronged, key, MAY)
    payment = favoured.pay(date(2026, 5, 15), pence)
    key.nobody_told(wronged, "director", MAY)
    key.raises("POSSIBLE_MISPOSTING", favoured, payment.posted_on, 1, pence, subject=payment)
    key.raises("OVERPAYMENT", favoured, payment.posted_on, 1, pence)
    key.stands("cannot_tell", wronged, favoured)


@story(Profile(quarters=124, channel="card"), Profile(quarters=128, channel="card"))
def wrong_card(family: Family, other: Family, key: AnswerKey) -> None:
    """A load that is booked for one family stands on another family's card."""
    pay_all(family)
    pay_all(other)
    payment = payment_for(family, APRIL)
    payment.reference = other.reference
    key.raises("PAYEE_MISMATCH", family, payment.posted_on, 1, payment.pence, subject=payment)
    key.stands("cannot_tell", family, other)


@story(Profile(quarters=132), Profile(quarters=136))
def narrative_names_two(family: Family, other: Family, key: AnswerKey) -> None:
    """A payment without a vendor whose narrative names two families: nobody may guess."""
    pay_all(family)
    pay_all(other)
    narrative = f"RESPITE {family.family_id} & {other.family_id}"
    payment = family.pay(date(2026, 3, 12), 21_000, reference="", narrative=narrative)
    key.raises("SUSPENSE", "", payment.posted_on, 1, payment.pence, subject=payment)
    key.stands("cannot_tell", family, other)


@story(
    Profile(quarters=140, last_day=date(2025, 6, 15)),
    Profile(quarters=54, first_day=date(2025, 9, 8)),
)
def vendor_used_again(closed: Family, family: Family, key: AnswerKey) -> None:
    """A closed family's vendor number was given to a new one; only narratives tell them apart, and May's has none."""
    family.reference = closed.reference
    for each in (closed, family):
        pay_all(each)
        for payment in each.movements:
            payment.reference, payment.narrative = each.reference, f"DP {each.family_id} 4WK"
    payment = payment_for(family, MAY)
    payment.narrative = "DP 4WK"
    key.raises("SUSPENSE", "", payment.posted_on, 1, payment.pence, subject=payment)
    owed(family, key, MAY, payment.pence)
    key.stands("cannot_tell", closed, family)


@story(Profile(quarters=62))
def known_by_narrative(family: Family, key: AnswerKey) -> None:
    """A manual payment, entered a week later without a vendor number, says whose it is in its narrative."""
    pay_all(family)
    payment = payment_for(family, FEBRUARY)
    payment.reference, payment.narrative = "", f"CHAPS - {family.family_id.lower()}, urgent"
    payment.recorded_on = plus(payment.posted_on, 7)
