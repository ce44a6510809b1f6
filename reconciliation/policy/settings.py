"""The shape of the policy: every setting, its type and its unit, and nothing beside them.

Pounds in the file become whole pence here (`Pence`); percentages a year stay exact decimals.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from reconciliation.money import pence_of

MOST_DIGITS = 18
"""Longer numbers are nobody's money, and take long to work with."""


def _exact(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError("expected a number")
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() > MOST_DIGITS:
        raise ValueError("expected a number that a council could mean")
    return number


def _pence(value: object) -> int:
    return pence_of(_exact(value))


class Deadline(NamedTuple):
    """A span after a date: `count` of working days (`wd`) or calendar months (`m`)."""

    count: int
    unit: Literal["wd", "m"]


def _deadline(value: object) -> Deadline:
    found = re.fullmatch(r"(\d{1,3})(wd|m)", value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('expected working days or months, such as "10wd" or "6m"')
    return Deadline(int(found[1]), found[2])


Pence = Annotated[int, BeforeValidator(_pence), Field(ge=0, le=10**12)]
Percent = Annotated[Decimal, BeforeValidator(_exact), Field(ge=-100, le=1000, decimal_places=4)]
Days = Annotated[int, Field(strict=True, ge=0, le=36_525)]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Span = Annotated[Deadline, BeforeValidator(_deadline)]


class Section(BaseModel):
    """A table of the policy file; a setting that it does not declare is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Schedule(Section):
    """How a weekly entitlement is split into periods and when each is due (rules §1)."""

    every: Literal["7d", "14d", "28d", "month"]
    anchor: date | None = None
    pay: Literal["advance", "arrears"]
    roll: Literal["previous", "next", "none"]

    @model_validator(mode="after")
    def _counts_from_somewhere(self) -> "Schedule":
        if self.every != "month" and self.anchor is None:
            raise ValueError(f'a schedule of every "{self.every}" needs an anchor: the first day of any one period')
        return self

    @property
    def days(self) -> int | None:
        """Days in a period, or None for calendar months."""
        return None if self.every == "month" else int(self.every.removesuffix("d"))


class Rounding(Section):
    order: Literal["each_side", "net_first"]


class Matching(Section):
    window_days: Days
    prepayment_days: Days


class Tolerances(Section):
    arrears: Pence
    overpayment: Pence


class Clocks(Section):
    missed_days: Days
    late_days: Days
    lookback_days: Days
    duplicate_days: Days
    assessment_days: Days
    vacancy_days: Days
    return_days: Days


class Cases(Section):
    statutory: Span
    stage1: Span
    stage2: Span
    ombudsman: Span


class Uplift(Section):
    dates: tuple[date, ...]


class Basis(Section):
    """One way to reckon interest: none, a fixed rate, or Bank Rate plus a margin, in percent a year (rules §4)."""

    kind: Literal["none", "fixed", "bank_rate"]
    rate: Percent | None = None
    margin: Percent = Decimal(0)

    @model_validator(mode="after")
    def _fixed_has_a_rate(self) -> "Basis":
        if self.kind == "fixed" and self.rate is None:
            raise ValueError("a fixed basis needs its rate, in percent a year")
        return self


class Interest(Section):
    selected: str
    grace_days: Days
    bases: dict[str, Basis]

    @model_validator(mode="after")
    def _selected_is_a_basis(self) -> "Interest":
        if self.selected not in self.bases:
            raise ValueError(f'selected = "{self.selected}" is none of the bases: {", ".join(self.bases)}')
        return self


class BankRate(Section):
    """Bank of England Bank Rate: percent a year from each date, checked up to `verified_to`."""

    verified_to: date
    changes: dict[date, Percent]


class Band(Section):
    """An indicative range of compensation from a number of days on, and where it comes from."""

    from_days: Days
    low: Pence
    high: Pence
    source: str = "LGSCO, Guidance on remedies: no fixed tariff"


class Remedies(Section):
    pa_hourly_rate: Pence
    distress: tuple[Band, ...]
    time_and_trouble: tuple[Band, ...]


class Escalation(Section):
    promise_days: Days
    arrears_amount: Pence
    arrears_days: Days
    acknowledge_days: Days


class Lookback(Section):
    late_days: Days
    similar: Annotated[int, Field(strict=True, ge=1, le=5)]


class Publication(Section):
    threshold: Annotated[int, Field(strict=True, ge=1, le=1000)]


class Ingest(Section):
    max_quarantined_percent: Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=100)]
    max_feed_age_days: Days
    max_file_megabytes: Count


class Retention(Section):
    years: Annotated[int, Field(strict=True, ge=1, le=100)]


class Recipients(Section):
    director: str
    portfolio_holder: str
    monitoring_officer: str
    section_151: str


class Mail(Section):
    server: str
    port: Annotated[int, Field(strict=True, ge=1, le=65535)]
    security: Literal["starttls", "tls", "none"]
    sender: str
    recipients: Recipients


class Policy(Section):
    """One council's rules as data: `policy.<section>.<setting>`, as the policy file names them."""

    schedules: dict[str, Schedule]
    rounding: Rounding
    matching: Matching
    tolerances: Tolerances
    clocks: Clocks
    cases: Cases
    uplift: Uplift
    interest: Interest
    bank_rate: BankRate
    remedies: Remedies
    escalation: Escalation
    lookback: Lookback
    publication: Publication
    ingest: Ingest
    retention: Retention
    mail: Mail
