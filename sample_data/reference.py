"""The reference family: the shape of a known case, with invented figures, and what every night would have said of it.

A payment is missed in November 2017. The amount rises in January 2018 and the ledger goes on paying the old one until
October. In November 2018 the council accepts the debt and promises to pay; in March 2019 it pays part. A second
complaint brings the promise of compensation for tax, which is never paid. There is no agreed plan and no carer's
assessment; recruitment stops after an advertisement to students. In 2025 the Ombudsman upholds the complaint, publishes
a report and the case goes to the scrutiny committee. Nobody at the top has confirmed that they know.
"""

from dataclasses import dataclass
from datetime import date

from sample_data.answer_key import AnswerKey
from sample_data.council import Family, Line
from sample_data.days import EXPORTED_ON, plus, uplift_day
from sample_data.payroll import instalments, pay_all
from sample_data.stories.promises import case, promise
from sample_data.stories.telling import payment_for, withhold

FAMILY_ID = "F00042"
OPENED_ON = date(2017, 4, 3)
MISSED_ON = date(2017, 11, 13)
RAISED_ON = date(2018, 1, 8)
SHORT_PERIODS = [plus(RAISED_ON, 28 * count) for count in range(11)]
"""Eleven periods at the old rate, £80 a week too little."""
OLD_RATE, NEW_RATE, SHORT_BY = 30_000, 38_000, 32_000
RATES = {2019: 38_800, 2020: 39_850, 2021: 40_700, 2022: 42_400, 2023: 44_950, 2024: 47_200, 2025: 49_600, 2026: 51_950}

ACCEPTED_ON, ARREARS_PROMISED = date(2018, 11, 20), date(2019, 1, 31)
PART_PAID_ON, PART_PAID = date(2019, 3, 15), 200_000
SETTLED_ON, TAX_PROMISED, TAX_COMPENSATION = date(2019, 5, 14), date(2019, 8, 30), 64_000
VACANCY_ON = date(2022, 9, 5)
OMBUDSMAN_ON, DECIDED_ON, REFERRED_ON = date(2024, 8, 12), date(2025, 9, 18), date(2025, 11, 4)
REMEDIES_DUE, DUTIES_DUE = date(2025, 10, 16), date(2025, 12, 18)


def reference_family() -> Family:
    """The family with all of its records, each known from the day on which the council came to know it."""
    family = Family(
        family_id=FAMILY_ID,
        name="Ansel Staithewater",
        carer="Merrin Staithewater",
        service="adult",
        team="North Fen",
        reference="V300042",
        channel="ledger",
        schedule="four_weekly_advance",
        opened_on=OPENED_ON,
    )
    _agree(family)
    _underpay(family)
    _neglect(family)
    _complain_and_promise(family)
    return family


def _agree(family: Family) -> None:
    first = _line(family, OPENED_ON, OLD_RATE, None, recorded_on=date(2017, 3, 20))
    family.lines.append(first)
    family.revise(first, date(2018, 1, 4), ends=plus(RAISED_ON, -1))
    rates = {RAISED_ON: NEW_RATE} | {uplift_day(family.schedule, year): pence for year, pence in RATES.items()}
    ends = [*list(rates)[1:], uplift_day(family.schedule, EXPORTED_ON.year + 1)]
    for (starts, pence), end in zip(rates.items(), ends, strict=True):
        recorded_on = date(2018, 1, 4) if starts == RAISED_ON else plus(starts, -18)
        family.lines.append(_line(family, starts, pence, plus(end, -1), recorded_on))


def _line(family: Family, starts: date, pence: int, ends: date | None, recorded_on: date) -> Line:
    return Line(
        entitlement_id=f"A{family.number}-{starts.year % 100}",
        family_id=family.family_id,
        kind="weekly",
        pence=pence,
        schedule=family.schedule,
        starts=starts,
        ends=ends,
        reason="new agreement" if starts == OPENED_ON else "reassessment" if starts == RAISED_ON else "annual uplift",
        recorded_on=recorded_on,
    )


def _short_due_days(family: Family) -> list[date]:
    """The due days of the short periods: bank holidays pull two of them forward."""
    return [day for day in instalments(family) if RAISED_ON <= day <= SHORT_PERIODS[-1]]


def _underpay(family: Family) -> None:
    pay_all(family)
    withhold(family, MISSED_ON)
    for due_on, period_start in zip(_short_due_days(family), SHORT_PERIODS, strict=True):
        payment = payment_for(family, due_on)
        payment.pence -= SHORT_BY
        payment.period_start = period_start
    family.pay(
        PART_PAID_ON,
        PART_PAID,
        channel="corporate",
        promise_id=f"M{family.number}-1",
        narrative="Part payment of the agreed shortfall",
    )


def _neglect(family: Family) -> None:
    plan = {"plan_id": f"P{family.number}", "person": "recipient", "status": "draft", "needs_identified": True}
    family.add("plans", **plan, recorded_on=date(2017, 5, 2))
    assessed = {"assessment_id": f"N{family.number}-R", "person": "recipient", "requested_on": date(2017, 1, 16)}
    family.add("assessments", **assessed, completed_on=date(2017, 2, 20), recorded_on=date(2017, 2, 20))
    reviewed_on = date(2017, 9, 25)
    family.add("reviews", review_id=f"R{family.number}-1", completed_on=reviewed_on, recorded_on=reviewed_on)
    vacancy = {
        "vacancy_id": f"Y{family.number}-1",
        "hours_per_week": "21",
        "opened_on": VACANCY_ON,
        "channels": "students",
    }
    for acted_on in (VACANCY_ON, date(2022, 10, 3)):
        family.add("vacancies", **vacancy, last_action_on=acted_on, recorded_on=acted_on)


def _complain_and_promise(family: Family) -> None:
    case(family, "stage1", date(2018, 9, 10), ACCEPTED_ON, upheld=True)
    case(family, "stage2", date(2019, 3, 25), SETTLED_ON, upheld=True)
    upheld = {"upheld": True, "public_report": True}
    case(family, "ombudsman", OMBUDSMAN_ON, DECIDED_ON, **upheld)
    decided = family.rows["cases"][-1]
    family.add("cases", **(decided | {"referred_to_scrutiny_on": REFERRED_ON, "recorded_on": REFERRED_ON}))

    def promised(number: int, kind: str, agreed_on: date, due_on: date | None, stage: str, pence: int | None = None):
        ids = {"promise_id": f"M{family.number}-{number}", "case_id": f"C{family.number}-{stage}"}
        return promise(family, kind, agreed_on, due_on, pence, **ids)

    shortfall = instalments(family)[MISSED_ON] + SHORT_BY * len(SHORT_PERIODS)
    promised(1, "arrears", ACCEPTED_ON, ARREARS_PROMISED, "stage1", shortfall)
    promised(2, "tax_compensation", SETTLED_ON, TAX_PROMISED, "stage2", TAX_COMPENSATION)
    distress = promised(3, "distress", DECIDED_ON, REMEDIES_DUE, "ombudsman", 50_000)
    apology = promised(4, "apology", DECIDED_ON, REMEDIES_DUE, "ombudsman")
    promised(5, "plan", DECIDED_ON, DUTIES_DUE, "ombudsman")
    promised(6, "assessment", DECIDED_ON, DUTIES_DUE, "ombudsman")
    promised(7, "recruitment", DECIDED_ON, None, "ombudsman")
    family.add("promises", **(apology | {"completed_on": date(2025, 10, 10), "recorded_on": date(2025, 10, 10)}))
    family.pay(date(2025, 10, 15), 50_000, "remedy", channel="corporate", promise_id=distress["promise_id"])


def write_answers(family: Family, key: AnswerKey) -> None:
    """What the night of the export must say of the family."""
    key.tells("the_reference_family", family)
    key.stands("owed_promised", family)
    oldest, number = date(2018, 3, 5), family.number
    left = arrears_on(EXPORTED_ON, family)
    key.raises("ARREARS", family, oldest, 9, left)
    key.raises("SHORT_PAYMENT", family, oldest, 9, left)
    key.raises("NO_PLAN", family, date(2026, 4, 6))
    key.raises("CARER_ASSESSMENT_MISSING", family, date(2026, 4, 6))
    key.raises("PAYMENT_REVIEW_OVERDUE", family, date(2018, 9, 25))
    key.raises("VACANCY_STALLED", family, VACANCY_ON, _days_since(VACANCY_ON), subject=f"Y{number}-1")
    overdue = {
        1: (ARREARS_PROMISED, left),
        2: (TAX_PROMISED, TAX_COMPENSATION),
        5: (DUTIES_DUE, None),
        6: (DUTIES_DUE, None),
    }
    for promise_number, (due_on, pence) in overdue.items():
        key.raises("PROMISE_OVERDUE", family, due_on, _days_since(due_on), pence, f"M{number}-{promise_number}")
    key.raises("PROMISE_WITHOUT_DATE", family, DECIDED_ON, _days_since(DECIDED_ON), subject=f"M{number}-7")
    key.nobody_told(family, "director", oldest)
    key.nobody_told(family, "portfolio_holder", OMBUDSMAN_ON)
    key.nobody_told(family, "monitoring_officer", OMBUDSMAN_ON)
    key.nobody_told(family, "section_151", DECIDED_ON)


def _days_since(day: date) -> int:
    return (EXPORTED_ON - day).days


def arrears_on(night: date, family: Family) -> int:
    """Pence owed on a night: what was missed and short until then, less the part payment."""
    missed = instalments(family)[MISSED_ON] if night >= MISSED_ON else 0
    short = SHORT_BY * sum(day <= night for day in _short_due_days(family))
    return missed + short - (PART_PAID if night >= PART_PAID_ON else 0)


@dataclass(frozen=True)
class Span:
    """An exception, from the first night that must report it to the last; None while it goes on."""

    code: str
    first: date
    last: date | None = None


WALK_FROM = date(2017, 11, 12)
"""The night before the first missed payment falls due."""

SPANS = (
    Span("NO_PLAN", OPENED_ON),
    Span("CARER_ASSESSMENT_MISSING", OPENED_ON),
    Span("ARREARS", MISSED_ON),
    Span("MISSED_PAYMENT", date(2017, 11, 19), date(2019, 3, 14)),
    Span("SENIOR_NOT_INFORMED:director", date(2017, 11, 21)),
    Span("BACKDATED_CHANGE", date(2018, 1, 4), date(2018, 1, 31)),
    Span("SHORT_PAYMENT", date(2018, 1, 14)),
    Span("CASE_OVERDUE", date(2018, 9, 25), date(2018, 11, 19)),
    Span("PAYMENT_REVIEW_OVERDUE", date(2018, 9, 26)),
    Span("PROMISE_OVERDUE", date(2019, 2, 1)),
    Span("LATE_PAYMENT", PART_PAID_ON, date(2019, 6, 13)),
    Span("CASE_OVERDUE", date(2019, 4, 25), date(2019, 5, 13)),
    Span("VACANCY_STALLED", date(2022, 11, 1)),
    Span("SENIOR_NOT_INFORMED:portfolio_holder", date(2024, 8, 20)),
    Span("SENIOR_NOT_INFORMED:monitoring_officer", date(2024, 8, 20)),
    Span("CASE_OVERDUE", date(2025, 8, 13), date(2025, 9, 17)),
    Span("PROMISE_WITHOUT_DATE", DECIDED_ON),
    Span("SENIOR_NOT_INFORMED:section_151", date(2025, 9, 26)),
)
"""Each by the clocks of rules §6 and §7: five days for a missed payment, five working days for the director, …"""


def standing_on(night: date) -> str:
    """How the family stands on a night: settled, owed, and owed with a promise from the day the debt was accepted."""
    return "settled" if night < MISSED_ON else "owed" if night < ACCEPTED_ON else "owed_promised"


def nights() -> list[date]:
    """The nights on either side of every change, and the night of the export."""
    first = [span.first for span in SPANS] + [ACCEPTED_ON, PART_PAID_ON]
    last = [span.last for span in SPANS if span.last]
    either_side = {plus(day, -1) for day in first} | set(first) | set(last) | {plus(day, 1) for day in last}
    return sorted(night for night in either_side | {EXPORTED_ON} if WALK_FROM <= night <= EXPORTED_ON)


def walk(family: Family) -> list[dict[str, object]]:
    """One row for each of the nights: standing, pence owed, and the whole list of what must be raised."""
    return [
        {
            "as_of": night,
            "standing": standing_on(night),
            "arrears": arrears_on(night, family),
            "codes": " ".join(sorted(s.code for s in SPANS if s.first <= night <= (s.last or EXPORTED_ON))),
        }
        for night in nights()
    ]
