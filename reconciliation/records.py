"""The records that come in: their columns, types, keys and ranges, as `records.md` lists them.

A *staged* frame has every column as text; a *typed* frame has the columns of `Record.schema()`, where a money
column `x` has become `x_pence` (Int64), hours have become thousandths (Int64), dates are dates, booleans are
booleans. `recorded_on` is the last column of every file and never null once a row is accepted.
"""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from reconciliation.vocabulary import Decision, Role, TransactionKind


class Type(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    """Pounds of zero or more."""
    SIGNED_MONEY = "signed money"
    BOOLEAN = "true or false"
    PERCENT = "whole percent, 0 to 100"
    HOURS = "hours"
    CHOICE = "choice"


DTYPES = {
    Type.TEXT: pl.String,
    Type.CHOICE: pl.String,
    Type.DATE: pl.Date,
    Type.MONEY: pl.Int64,
    Type.SIGNED_MONEY: pl.Int64,
    Type.BOOLEAN: pl.Boolean,
    Type.PERCENT: pl.Int64,
    Type.HOURS: pl.Int64,
}
SUFFIXES = {Type.MONEY: "_pence", Type.SIGNED_MONEY: "_pence", Type.HOURS: "_thousandths"}
CORRECTION = "correction"
"""The typed column that tells corrections of one day apart: 0 as delivered, then 1, 2, … in the order they came."""


@dataclass(frozen=True)
class Column:
    """One column of a record. `default` stands in for a blank cell; a required cell is never blank."""

    name: str
    type: Type = Type.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    default: str | bool | int | None = None

    @property
    def typed_name(self) -> str:
        """The name in typed frames, with its unit: `amount` becomes `amount_pence`."""
        return self.name + SUFFIXES.get(self.type, "")


@dataclass(frozen=True)
class Record:
    """One record type. `spans` are (start, end) columns whose end may not lie before its start."""

    name: str
    key: str
    columns: tuple[Column, ...]
    spans: tuple[tuple[str, str], ...] = ()
    is_required: bool = False
    is_ledger: bool = False
    """True for transactions: never edited, so the key alone identifies a row."""
    is_corrected: bool = False
    """True for decisions: what the command takes in corrects what was decided that day; no file has CORRECTION."""

    @property
    def identity(self) -> tuple[str, ...]:
        """The typed columns that identify a version (records, Conventions); sorted by them, the last one counts."""
        if self.is_ledger:
            return (self.key,)
        return (self.key, "recorded_on", CORRECTION) if self.is_corrected else (self.key, "recorded_on")

    def schema(self) -> dict[str, type[pl.DataType]]:
        """The typed frame's columns and dtypes, in order."""
        typed = {column.typed_name: DTYPES[column.type] for column in self.columns}
        return typed | {CORRECTION: pl.Int64} if self.is_corrected else typed

    def empty(self) -> pl.DataFrame:
        """A typed frame without rows."""
        return pl.DataFrame(schema=self.schema())

    def column(self, name: str) -> Column:
        """The column of that file name; raises KeyError for an unknown one."""
        return {column.name: column for column in self.columns}[name]


def _text(name: str, **more) -> Column:
    return Column(name, **more)


def _date(name: str, required: bool = False) -> Column:
    return Column(name, Type.DATE, required)


def _choice(name: str, *choices: str, required: bool = True, default: str | None = None) -> Column:
    return Column(name, Type.CHOICE, required, choices, default)


def _flag(name: str, default: bool | None = None) -> Column:
    return Column(name, Type.BOOLEAN, default=default)


_FAMILY = _text("family_id", required=True)
_RECORDED = _date("recorded_on")

FAMILIES = Record(
    "families",
    "family_id",
    (
        _FAMILY,
        _text("recipient_name", required=True),
        _text("carer_name"),
        _choice("service", "adult", "child", "carer"),
        _text("team"),
        _text("payee_reference"),
        _date("opened_on", required=True),
        _date("closed_on"),
        _RECORDED,
    ),
    spans=(("opened_on", "closed_on"),),
    is_required=True,
)

ENTITLEMENTS = Record(
    "entitlements",
    "entitlement_id",
    (
        _text("entitlement_id", required=True),
        _FAMILY,
        _choice("kind", "weekly", "one_off"),
        Column("amount", Type.MONEY, required=True),
        Column("weekly_contribution", Type.MONEY, default=0),
        _choice("contribution_method", "net", "gross", required=False, default="net"),
        _text("schedule"),
        _date("effective_from", required=True),
        _date("effective_to"),
        _flag("interim", default=False),
        _choice("status", "active", "cancelled"),
        _text("reason"),
        _RECORDED,
    ),
    spans=(("effective_from", "effective_to"),),
    is_required=True,
)

SUSPENSIONS = Record(
    "suspensions",
    "suspension_id",
    (
        _text("suspension_id", required=True),
        _FAMILY,
        _text("entitlement_id"),
        _date("starts_on", required=True),
        _date("ends_on"),
        Column("pay_percent", Type.PERCENT, required=True),
        _choice("status", "active", "cancelled"),
        _text("reason"),
        _RECORDED,
    ),
    spans=(("starts_on", "ends_on"),),
)

TRANSACTIONS = Record(
    "transactions",
    "transaction_id",
    (
        _text("transaction_id", required=True),
        _text("family_id"),
        _text("payee_reference"),
        _date("posted_on", required=True),
        Column("amount", Type.SIGNED_MONEY, required=True),
        _choice("kind", *TransactionKind),
        _text("reverses"),
        _date("period_start"),
        _text("promise_id"),
        _text("narrative"),
        _RECORDED,
    ),
    is_required=True,
    is_ledger=True,
)

PLAN_DUTIES = (
    "needs_identified",
    "eligibility_stated",
    "needs_met_how",
    "wellbeing_matters",
    "personal_budget_stated",
    "advice_given",
    "direct_payment_needs",
    "copy_given",
)
"""The eight things a care and support plan must do (Care Act 2014 s25)."""

PLANS = Record(
    "plans",
    "plan_id",
    (
        _text("plan_id", required=True),
        _FAMILY,
        _choice("person", "recipient", "carer"),
        _choice("status", "draft", "agreed", "ended"),
        _date("agreed_on"),
        _date("last_reviewed_on"),
        Column("weekly_amount", Type.MONEY),
        _text("payment_frequency"),
        *(_flag(duty) for duty in PLAN_DUTIES),
        _RECORDED,
    ),
)

ASSESSMENTS = Record(
    "assessments",
    "assessment_id",
    (
        _text("assessment_id", required=True),
        _FAMILY,
        _choice("person", "recipient", "carer"),
        _date("requested_on", required=True),
        _date("completed_on"),
        _RECORDED,
    ),
    spans=(("requested_on", "completed_on"),),
)

REVIEWS = Record(
    "reviews",
    "review_id",
    (_text("review_id", required=True), _FAMILY, _date("completed_on", required=True), _RECORDED),
)

VACANCIES = Record(
    "vacancies",
    "vacancy_id",
    (
        _text("vacancy_id", required=True),
        _FAMILY,
        Column("hours_per_week", Type.HOURS, required=True),
        _date("opened_on", required=True),
        _date("filled_on"),
        _text("channels"),
        _date("last_action_on"),
        _RECORDED,
    ),
    spans=(("opened_on", "filled_on"),),
)

CASES = Record(
    "cases",
    "case_id",
    (
        _text("case_id", required=True),
        _FAMILY,
        _choice("stage", "statutory", "stage1", "stage2", "ombudsman"),
        _date("received_on", required=True),
        _date("acknowledged_on"),
        _date("decided_on"),
        _flag("upheld"),
        _flag("public_report"),
        _date("referred_to_scrutiny_on"),
        _RECORDED,
    ),
    spans=(("received_on", "decided_on"),),
)

PROMISES = Record(
    "promises",
    "promise_id",
    (
        _text("promise_id", required=True),
        _FAMILY,
        _text("case_id"),
        _choice(
            "kind",
            "arrears",
            "tax_compensation",
            "distress",
            "time_and_trouble",
            "reimbursement",
            "apology",
            "assessment",
            "plan",
            "meeting",
            "recruitment",
            "service_improvement",
            "other",
        ),
        Column("amount", Type.MONEY),
        _date("agreed_on", required=True),
        _date("due_on"),
        _text("owner"),
        _date("completed_on"),
        _text("evidence"),
        _RECORDED,
    ),
)

ACKNOWLEDGEMENTS = Record(
    "acknowledgements",
    "acknowledgement_id",
    (
        _text("acknowledgement_id", required=True),
        _FAMILY,
        _choice("role", *Role),
        _date("notified_on", required=True),
        _date("acknowledged_on"),
        _RECORDED,
    ),
)

DECISIONS = Record(
    "decisions",
    "exception_id",
    (
        _text("exception_id", required=True),
        _choice("decision", *Decision),
        _text("note"),
        _text("decided_by"),
        _date("decided_on", required=True),
        _date("snooze_until"),
        Column("amount", Type.SIGNED_MONEY),
        _RECORDED,
    ),
    is_corrected=True,
)
"""`amount`, optional, is the exception's amount that the person saw; where it is absent the store fills in the
amount it had published, so that a grown amount can reopen the exception (outputs: exceptions.csv)."""

RECORDS: dict[str, Record] = {
    record.name: record
    for record in (
        FAMILIES,
        ENTITLEMENTS,
        SUSPENSIONS,
        TRANSACTIONS,
        PLANS,
        ASSESSMENTS,
        REVIEWS,
        VACANCIES,
        CASES,
        PROMISES,
        ACKNOWLEDGEMENTS,
        DECISIONS,
    )
}
