"""The closed sets that every room shares; this module imports nothing of ours.

Each set is spelled as `records.md`, `rules.md` and `outputs.md` spell it, so a value found in a file,
a frame or a page can be looked up in the specification by name.
"""

from enum import StrEnum


class TransactionKind(StrEnum):
    """What a movement of money was (records: transactions)."""

    PAYMENT = "payment"
    REMEDY = "remedy"
    RETURN = "return"
    REVERSAL = "reversal"
    RECOVERY = "recovery"


MONEY_TO_FAMILY = (TransactionKind.PAYMENT, TransactionKind.REMEDY)
"""Kinds whose amount is positive; the amount of every other kind is negative."""


class Step(StrEnum):
    """The allocation step of rules §3 that settled a due with a payment."""

    NAMED = "named"
    REGULAR = "regular"
    FIFO = "fifo"


class Standing(StrEnum):
    """How a family stands on a night; exactly one holds, the first in this order (rules §3)."""

    CANNOT_TELL = "cannot_tell"
    OWED_PROMISED = "owed_promised"
    OWED = "owed"
    OVERPAID = "overpaid"
    SETTLED = "settled"


class Severity(StrEnum):
    """How soon an exception needs its person, most pressing first (rules §6)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Owner(StrEnum):
    """The desk whose work an exception is (rules §6)."""

    PAYMENTS = "payments"
    RECOVERY = "recovery"
    FINANCE = "finance"
    BROKERAGE = "brokerage"
    ASSESSMENTS = "assessments"
    SOCIAL_WORK = "social work"
    REVIEW_TEAM = "review team"
    COMPLAINTS = "complaints"
    CHIEF_EXECUTIVE = "chief executive's office"


class Role(StrEnum):
    """Who at the top must know (rules §7)."""

    DIRECTOR = "director"
    PORTFOLIO_HOLDER = "portfolio_holder"
    MONITORING_OFFICER = "monitoring_officer"
    SECTION_151 = "section_151"


class PromiseState(StrEnum):
    """Where a promise stands (outputs: promises.csv)."""

    DISCHARGED = "discharged"
    OPEN = "open"
    OVERDUE = "overdue"
    UNDATED = "undated"


class Decision(StrEnum):
    """What finance staff may decide on an exception (records: decisions)."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"
    NOT_AN_ERROR = "not_an_error"


class Status(StrEnum):
    """An exception's status once decisions are applied; closed and snoozed come last (outputs)."""

    NEW = "new"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    REOPENED = "reopened"
    RETURNED = "returned"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Failing(StrEnum):
    """The five failings of the reference case (rules §8)."""

    OWED = "owed"
    PLAN = "plan"
    CARER = "carer"
    RECRUITMENT = "recruitment"
    PROMISE = "promise"


class Head(StrEnum):
    """Heads of compensation, all indicative (rules §4)."""

    INTEREST = "interest"
    DISTRESS = "distress"
    TIME_AND_TROUBLE = "time_and_trouble"
    UNMET_SUPPORT = "unmet_support"
    TAX_COMPENSATION = "tax_compensation"
