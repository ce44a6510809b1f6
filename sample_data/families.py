"""Families as most of them are: assessed, planned, paid in full and in time, reviewed every year."""

from dataclasses import dataclass
from datetime import date
from random import Random

from sample_data.council import Family, Line
from sample_data.days import EXPORTED_ON, plus, uplift_day
from sample_data.names import full_name
from sample_data.payroll import periods, rounded

RECORDS_BEGIN = date(2023, 4, 3)
"""The case-management system was filled on this Monday; families known before it begin here."""

HOURLY_PENCE = {2022: 1330, 2023: 1410, 2024: 1480, 2025: 1555, 2026: 1629}
FREQUENCIES = {
    "four_weekly_advance": "four-weekly",
    "four_weekly_arrears": "four-weekly in arrears",
    "weekly_advance": "weekly",
    "monthly_advance": "monthly",
}
DUTIES = (
    "needs_identified",
    "eligibility_stated",
    "needs_met_how",
    "wellbeing_matters",
    "personal_budget_stated",
    "advice_given",
    "direct_payment_needs",
    "copy_given",
)
TEAMS = ("North Fen", "South Fen", "Eastern Wash", "Market Towns")


@dataclass(frozen=True)
class Profile:
    """What is fixed of a family before the dice fill in the rest; `quarters` are its quarter hours a week."""

    schedule: str = "four_weekly_advance"
    quarters: int | None = None
    first_day: date = RECORDS_BEGIN
    last_day: date | None = None
    channel: str = "ledger"
    contribution: int = 0
    method: str = "net"
    has_carer: bool = False


def weekly_pence(quarters: int, day: date) -> int:
    """A week's payment for that many quarter hours at the rate of the year that began last."""
    year = day.year if day >= date(day.year, 4, 1) else day.year - 1
    return rounded(quarters * HOURLY_PENCE[year], 4)


def new_family(number: int, profile: Profile, dice: Random) -> Family:
    """A family in good order, every duty done; nothing is paid yet."""
    name, carer_name = full_name(dice), full_name(dice)
    service = dice.choices(("adult", "child", "carer"), (70, 22, 8))[0]
    family = Family(
        family_id=f"F{number:05}",
        name=name,
        carer=carer_name if profile.has_carer else "",
        service=service,
        team="Children and Families" if service == "child" else dice.choice(TEAMS),
        reference=f"V3{number:05}" if profile.channel == "ledger" else f"CARD-44{number:05}",
        channel=profile.channel,
        schedule=profile.schedule,
        opened_on=_opened_on(profile, dice),
        closed_on=profile.last_day,
    )
    family.lines = list(_lines(family, profile))
    _assess(family, profile.first_day)
    _review(family, profile.first_day)
    return family


def _opened_on(profile: Profile, dice: Random) -> date:
    known_before = profile.first_day == RECORDS_BEGIN
    return plus(profile.first_day, -dice.randrange(60, 1500) if known_before else 0)


def _lines(family: Family, profile: Profile):
    """One line a year: each April's uplift is a new one, authorised in the March before."""
    last = profile.last_day or uplift_day(profile.schedule, EXPORTED_ON.year + 1)
    starts, recorded_on = profile.first_day, plus(profile.first_day, -12)
    while starts <= last:
        next_uplift = min(
            day for year in (starts.year, starts.year + 1) if (day := uplift_day(profile.schedule, year)) > starts
        )
        if starts > EXPORTED_ON:
            return
        yield Line(
            entitlement_id=f"A{family.number}-{starts.year % 100}{'' if starts.month > 3 else 'A'}",
            family_id=family.family_id,
            kind="weekly",
            pence=weekly_pence(profile.quarters, starts),
            contribution=profile.contribution,
            method=profile.method,
            schedule=profile.schedule,
            starts=starts,
            ends=min(plus(next_uplift, -1), profile.last_day or next_uplift),
            reason="annual uplift" if starts != profile.first_day else "new agreement",
            recorded_on=recorded_on,
        )
        starts, recorded_on = next_uplift, plus(next_uplift, -18)


def _assess(family: Family, first_day: date) -> None:
    people = ["recipient", "carer"] if family.carer else ["recipient"]
    for person in people:
        row = {
            "assessment_id": f"N{family.number}-{person[0].upper()}",
            "person": person,
            "requested_on": plus(first_day, -70),
            "completed_on": None,
            "recorded_on": plus(first_day, -70),
        }
        family.add("assessments", **row)
        completed = {"completed_on": plus(first_day, -35), "recorded_on": plus(first_day, -35)}
        family.add("assessments", **(row | completed))


def _review(family: Family, first_day: date) -> None:
    """A payment review and a plan review five months in, then every eleven months (regulation 7)."""
    last = min(family.closed_on or EXPORTED_ON, EXPORTED_ON)
    reviewed = [day for day in (plus(first_day, 150 + 330 * count) for count in range(4)) if day <= last]
    for count, day in enumerate(reviewed, 1):
        family.add("reviews", review_id=f"R{family.number}-{count}", completed_on=day, recorded_on=day)
    agreed_on = plus(first_day, -10)
    changes = {agreed_on, *reviewed, *(line.starts for line in family.lines if first_day < line.starts <= last)}
    for day in sorted(changes):
        family.add(
            "plans",
            plan_id=f"P{family.number}",
            person="recipient",
            status="agreed",
            agreed_on=agreed_on,
            last_reviewed_on=max((done for done in reviewed if done <= day), default=None),
            weekly_amount=sum(line.pence for line in family.active_lines(max(day, first_day))),
            payment_frequency=FREQUENCIES[family.schedule],
            **dict.fromkeys(DUTIES, True),
            recorded_on=day,
        )


def first_days(schedule: str) -> list[date]:
    """The days on which a new agreement of this schedule may begin: mostly the first of a period."""
    return [start for start, _ in periods(schedule, date(2023, 5, 1), date(2026, 5, 20)) if start > RECORDS_BEGIN]
