"""Every exception in words: what it means, what to do, whose work it is and whose rule it is (rules §6).

This is the only place that says so: files, pages and the reference of exceptions are made from it. A summary may
speak of `{amount}`, `{since}` and `{items}`; it never holds a name.
"""

from dataclasses import dataclass

import polars as pl

from reconciliation.money import spoken_pounds
from reconciliation.vocabulary import Owner, Severity

CARE_ACT_PLAN = "Care Act 2014 s25"
PAYMENT_DUTY = "Care Act 2014 s25(2): the plan fixes amount and frequency"
REGULATION_7 = "Care and Support (Direct Payments) Regulations 2014 reg 7"
SETTLED_COMPLAINT = "LGSCO 23 012 356: a council must do what it agreed when a complaint was settled"
OWN_POLICY = "the council's own policy"


@dataclass(frozen=True)
class Entry:
    """One code in words. `severity` is the usual one; rules §6 says which codes can be critical instead."""

    code: str
    title: str
    owner: Owner
    severity: Severity
    meaning: str
    action: str
    source: str
    summary: str


def _entries(*entries: Entry) -> dict[str, Entry]:
    return {entry.code: entry for entry in entries}


CATALOGUE = _entries(
    Entry(
        "ARREARS",
        "The council owes this family money",
        Owner.PAYMENTS,
        Severity.HIGH,
        "Dues have fallen due and were not paid in full. Critical when the sum or its age passes the council's limits.",
        "Check the dues on the family's working, pay what is outstanding, and tell the family when it will arrive.",
        PAYMENT_DUTY,
        "{amount} is owed, the oldest part since {since}. Dues outstanding: {items}.",
    ),
    Entry(
        "MISSED_PAYMENT",
        "Nothing was paid for an instalment",
        Owner.PAYMENTS,
        Severity.HIGH,
        "An instalment fell due some days ago and no money at all was set against it.",
        "Find out whether the payment run left it out or the money is in suspense, then pay it.",
        PAYMENT_DUTY,
        "{amount} was not paid at all, the first of it due on {since}. Instalments: {items}.",
    ),
    Entry(
        "SHORT_PAYMENT",
        "An instalment was paid in part",
        Owner.PAYMENTS,
        Severity.HIGH,
        "An instalment fell due some days ago and less than all of it was paid.",
        "Compare the rate that was paid with the entitlement, then pay the difference.",
        PAYMENT_DUTY,
        "{amount} is missing from instalments paid in part, the first due on {since}. Instalments: {items}.",
    ),
    Entry(
        "LATE_PAYMENT",
        "An instalment was paid late",
        Owner.PAYMENTS,
        Severity.LOW,
        "Instalments are now paid in full, but the last of the money came days after they were due, and not long ago.",
        "Find the cause of the delay so that it does not happen again; ask whether the family had costs from it.",
        PAYMENT_DUTY,
        "{amount} came late, the first of it due on {since}. Instalments: {items}.",
    ),
    Entry(
        "OVERPAYMENT",
        "The family was paid more than was due",
        Owner.RECOVERY,
        Severity.MEDIUM,
        "Payments remain that no due explains.",
        "Check first that no entitlement is missing and nothing is owed; then agree with the family how to settle it.",
        "LGSCO Norfolk 20 009 580: check for arrears before recovering an overpayment",
        "{amount} is more than was due, paid from {since} on. Payments: {items}.",
    ),
    Entry(
        "DUPLICATE_PAYMENT",
        "The same payment may have been made twice",
        Owner.PAYMENTS,
        Severity.MEDIUM,
        "A payment that nothing needed follows soon after one of the same amount.",
        "Compare the two in the ledger. If it is a duplicate, agree its return; if not, find what it pays.",
        OWN_POLICY,
        "{amount} of the payment of {since} looks like a second payment of the same sum.",
    ),
    Entry(
        "RETURNED_PAYMENT",
        "The bank sent a payment back and it was not made again",
        Owner.PAYMENTS,
        Severity.CRITICAL,
        "A payment came back from the bank and no payment of that size has followed: the family is without the money.",
        "Check the bank details with the family today and pay again.",
        PAYMENT_DUTY,
        "{amount} came back from the bank on {since} and has not been paid again.",
    ),
    Entry(
        "UNMATCHED_RETURN",
        "Money came back that no payment explains",
        Owner.FINANCE,
        Severity.MEDIUM,
        "A return or reversal takes back more than the family's payments up to then.",
        "Find the payment it undoes. It may belong to another family or to a payment that was never loaded.",
        OWN_POLICY,
        "{amount} came back on {since} and no payment explains it.",
    ),
    Entry(
        "SUSPENSE",
        "Nobody can say whose money this is",
        Owner.FINANCE,
        Severity.MEDIUM,
        "A transaction names no known family, by id, by reference or in its text. It is in nobody's balance.",
        "Look at the candidates in suspense.csv, then correct the family or reference in the source system.",
        OWN_POLICY,
        "{amount} of {since} belongs to no family that can be named.",
    ),
    Entry(
        "POSSIBLE_MISPOSTING",
        "A payment may belong to another family",
        Owner.PAYMENTS,
        Severity.HIGH,
        "A payment that fits nothing of this family is exactly what one other family is waiting for.",
        "Check who received the money. If it was posted to the wrong family, correct the ledger.",
        OWN_POLICY,
        "{amount} of {since} fits another family's unpaid instalment.",
    ),
    Entry(
        "PAYEE_MISMATCH",
        "The family and the payee reference do not belong together",
        Owner.FINANCE,
        Severity.HIGH,
        "A transaction names one family but carries the payee reference of another.",
        "Check the bank record for who was paid, then correct the ledger or the reference.",
        OWN_POLICY,
        "{amount} of {since} names this family but another family's payee reference.",
    ),
    Entry(
        "NO_ENTITLEMENT",
        "Paid without an entitlement",
        Owner.PAYMENTS,
        Severity.MEDIUM,
        "The family is paid, but no entitlement makes anything due.",
        "Find the agreed entitlement and record it, or stop the payments.",
        PAYMENT_DUTY,
        "{amount} was paid from {since} on without any entitlement. Payments: {items}.",
    ),
    Entry(
        "PAID_AFTER_END",
        "Paid after the case was closed",
        Owner.RECOVERY,
        Severity.MEDIUM,
        "Payments were made after the date on which the family's case closed.",
        "Check that the closing date is right and nothing was still owed before asking for anything back.",
        OWN_POLICY,
        "{amount} was paid after the case closed, first on {since}. Payments: {items}.",
    ),
    Entry(
        "BACKDATED_CHANGE",
        "A change was recorded long after it took effect",
        Owner.BROKERAGE,
        Severity.LOW,
        "An entitlement was recorded more than four weeks after it took effect, so money fell due before anyone knew.",
        "Check the backdated amount, and tell the family what changes for them.",
        OWN_POLICY,
        "{amount} had fallen due from {since} on before the change was recorded. Dues: {items}.",
    ),
    Entry(
        "CONTRIBUTION_EXCEEDS",
        "The contribution eats up the whole payment",
        Owner.ASSESSMENTS,
        Severity.MEDIUM,
        "The client's weekly contribution is as much as the weekly amount or more, so nothing is paid.",
        "Check the financial assessment and the entitlement; one of them is likely to be wrong.",
        "Care Act 2014 s14, s17: charges follow a financial assessment",
        "A weekly contribution of {amount} leaves nothing to pay since {since}.",
    ),
    Entry(
        "RECOVERY_IN_ARREARS",
        "Money was taken back from a family that is owed money",
        Owner.RECOVERY,
        Severity.CRITICAL,
        "The council recovered money from a family to which it is itself in arrears.",
        "Stop further recovery, compare both sums, and give back what should not have been taken.",
        "LGSCO Norfolk 20 009 580: check for arrears before recovering an overpayment",
        "{amount} was taken back on {since} although the family is owed money.",
    ),
    Entry(
        "NOT_UPLIFTED",
        "The rate was not uplifted",
        Owner.FINANCE,
        Severity.MEDIUM,
        "An entitlement in payment still has its rate from before the last uplift.",
        "Check whether the uplift applies; if so, record the new line from the uplift date.",
        "the council's uplift decision",
        "A weekly amount of {amount} was not changed at the uplift of {since}.",
    ),
    Entry(
        "ORPHAN_ENTITLEMENT",
        "An entitlement of a family that is not on record",
        Owner.FINANCE,
        Severity.HIGH,
        "An active entitlement names a family that no record describes, so nothing of it is reckoned.",
        "Ask for the family's record, or correct the family on the entitlement.",
        OWN_POLICY,
        "An entitlement from {since} names a family that is not on record.",
    ),
    Entry(
        "PLAN_AMOUNT_MISMATCH",
        "The plan states another amount than is paid",
        Owner.SOCIAL_WORK,
        Severity.HIGH,
        "The weekly amount in the agreed plan is not the sum of the entitlements in payment.",
        "Find out which is right, then correct the plan with the family or the entitlement, and any arrears.",
        "Care Act 2014 s25(2)",
        "The plan agreed on {since} differs from the weekly payment by {amount}.",
    ),
    Entry(
        "NO_PLAN",
        "There is no agreed care and support plan",
        Owner.SOCIAL_WORK,
        Severity.CRITICAL,
        "A direct payment is being paid and no agreed plan for the person is on record.",
        "Prepare the plan with the person and their carer, agree it, and give them a copy.",
        "Care Act 2014 s24, s25",
        "A direct payment has run since {since} without an agreed plan.",
    ),
    Entry(
        "PLAN_INCOMPLETE",
        "The plan lacks what the law requires",
        Owner.SOCIAL_WORK,
        Severity.HIGH,
        "The latest agreed plan leaves out at least one of the eight things that a plan must state or do.",
        "Complete the parts that the evidence names, agree the plan anew, and give the family a copy.",
        CARE_ACT_PLAN,
        "The plan agreed on {since} is incomplete. Parts missing: {items}.",
    ),
    Entry(
        "PLAN_REVIEW_OVERDUE",
        "The plan's yearly review is overdue",
        Owner.SOCIAL_WORK,
        Severity.MEDIUM,
        "The plan was neither agreed nor reviewed in the last twelve months.",
        "Arrange the review with the family and record its date.",
        "Care Act 2014 s27; statutory guidance ch 13",
        "The plan's review was due by {since}.",
    ),
    Entry(
        "PAYMENT_REVIEW_OVERDUE",
        "The review of the direct payment is overdue",
        Owner.REVIEW_TEAM,
        Severity.MEDIUM,
        "The payment was not reviewed within six months of its start, or within twelve months of the last review.",
        "Arrange the review with the family and record its date.",
        REGULATION_7,
        "The review of the direct payment was due by {since}.",
    ),
    Entry(
        "ASSESSMENT_OVERDUE",
        "A needs assessment is overdue",
        Owner.SOCIAL_WORK,
        Severity.HIGH,
        "A needs assessment was asked for and is not completed within the council's own time.",
        "Allocate the assessment and tell the person when it will be done.",
        "Care Act 2014 s9",
        "The assessment asked for on {since} is not completed.",
    ),
    Entry(
        "CARER_ASSESSMENT_MISSING",
        "The carer has not been assessed",
        Owner.SOCIAL_WORK,
        Severity.HIGH,
        "A carer is known, none of their assessments is completed, and none was asked for lately.",
        "Offer the carer an assessment now; it is owed on the appearance of need, without being asked for.",
        "Care Act 2014 s10, s20",
        "A known carer has been waiting for an assessment since {since}.",
    ),
    Entry(
        "VACANCY_STALLED",
        "Recruitment of a personal assistant has stalled",
        Owner.SOCIAL_WORK,
        Severity.HIGH,
        "A vacancy has been open too long, and nothing was done lately or only one way of advertising was tried.",
        "Agree another way to recruit with the family, and how the needs are met until someone is found.",
        "Care Act 2014 s18: needs must be met; LGSCO 23 012 356",
        "A vacancy has been open since {since}. Days: {items}.",
    ),
    Entry(
        "INTERIM_WITHOUT_END",
        "An interim payment has no end date",
        Owner.SOCIAL_WORK,
        Severity.MEDIUM,
        "An entitlement marked as interim runs on without an end.",
        "Decide the lasting amount, or set the date by which it will be decided.",
        OWN_POLICY,
        "An interim payment of {amount} a week has run since {since} without an end date.",
    ),
    Entry(
        "PROMISE_OVERDUE",
        "A promise was not kept in time",
        Owner.COMPLAINTS,
        Severity.HIGH,
        "What the council agreed or was told to do is past its date and not done in full. Critical after some weeks.",
        "Do it now, or tell the family and the promise's owner when it will be done. A part payment does not close it.",
        SETTLED_COMPLAINT,
        "A promise due on {since} is not kept; outstanding: {amount}. Days overdue: {items}.",
    ),
    Entry(
        "PROMISE_WITHOUT_DATE",
        "A promise has no date",
        Owner.COMPLAINTS,
        Severity.HIGH,
        "The council agreed to do something, and nobody set the day by which it must be done.",
        "Agree a date with the family and record it.",
        SETTLED_COMPLAINT,
        "A promise made on {since} has no date; outstanding: {amount}. Days since: {items}.",
    ),
    Entry(
        "CASE_OVERDUE",
        "A complaint is past its deadline",
        Owner.COMPLAINTS,
        Severity.HIGH,
        "A complaint or investigation is not decided within the time allowed for its stage.",
        "Decide it, or write to the family with the reason and a new date.",
        "SI 2009/309 reg 14; LGSCO Complaint Handling Code",
        "A case should have been decided by {since}. Days past: {items}.",
    ),
    Entry(
        "SENIOR_NOT_INFORMED",
        "Someone at the top has not confirmed that they know",
        Owner.CHIEF_EXECUTIVE,
        Severity.CRITICAL,
        "A family's case must be known at the top, and the person in that role has not confirmed it in time.",
        "Put the briefing in front of them today and record their confirmation.",
        "Local Government Act 1974 s30–31; Local Government and Housing Act 1989 s5, s5A",
        "To be known at the top since {since}, not confirmed. Working days past the limit: {items}.",
    ),
)

SEVERITY_ORDER = pl.Enum([severity.value for severity in Severity])
"""Sorts severities by how pressing they are: `pl.col("severity").cast(SEVERITY_ORDER)`."""


def words() -> pl.DataFrame:
    """The catalogue as a table, one row per code in the order of rules §6; every column is text."""
    names = ("code", "title", "owner", "severity", "meaning", "action", "source", "summary")
    rows = [[str(getattr(entry, name)) for name in names] for entry in CATALOGUE.values()]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def with_words(exceptions: pl.DataFrame) -> pl.DataFrame:
    """`exceptions` (at least code, amount_pence, since, items) with `summary`, `action` and `owner`; order is kept.

    The summary is one line with the row's own amount, date and count in it.
    """
    parts = {
        "{amount}": spoken_pounds(pl.col("amount_pence")).fill_null("not a sum of money"),
        "{since}": pl.col("since").dt.strftime("%-d %B %Y").fill_null("an unknown day"),
        "{items}": pl.col("items").cast(pl.String).fill_null("not known"),
    }
    summary = pl.col("summary")
    for place, text in parts.items():
        summary = summary.str.replace(place, text, literal=True)
    return exceptions.join(
        words().select("code", "summary", "action", "owner"), on="code", how="left", maintain_order="left"
    ).with_columns(summary=summary)
