"""The whole council: the reference family, the families with a story, and all those where nothing is wrong."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from sample_data.answer_key import AnswerKey
from sample_data.council import Family, Line, Movement
from sample_data.days import EXPORTED_ON, plus
from sample_data.everyday import EVENTS
from sample_data.families import RECORDS_BEGIN, Profile, first_days, new_family
from sample_data.payroll import pay_all, periods
from sample_data.reference import FAMILY_ID, reference_family, write_answers
from sample_data.stories import STORIES

SEED = 20_260_610
FAMILIES = 230
CLOSED = 12
SCHEDULES = {"four_weekly_advance": 62, "monthly_advance": 18, "weekly_advance": 10, "four_weekly_arrears": 10}
QUARTERS = sorted(set(range(20, 220)) - {profile.quarters for told in STORIES for profile in told.profiles})
"""Quarter hours a week of families without a story: never those of one that has, whose amounts must be its own."""
NOBODY = "F00999"
"""A family id that the case-management system does not know."""
UNKNOWN_VENDOR = "V399901"
NUMBERING = {"ledger": 4_410_001, "card": 70_001, "bank": 1_001, "corporate": 501}
PREFIXES = {"ledger": "", "card": "PC", "bank": "RET", "corporate": "CX"}


@dataclass
class Council:
    """Every family by id, what belongs to none of them, and the key to what was planted."""

    families: list[Family]
    key: AnswerKey
    orphan: Line
    unplaced: list[Movement] = field(default_factory=list)

    def movements(self, channel: str) -> list[Movement]:
        """All movements of a channel, in order of posting."""
        found = [m for family in self.families for m in family.movements if m.channel == channel]
        found += [m for m in self.unplaced if m.channel == channel]
        return sorted(found, key=lambda m: (m.posted_on, m.family_id, m.kind))


def fenmarsh() -> Council:
    """The council as it stood on the night of the export; the same every time."""
    dice, key = Random(SEED), AnswerKey()  # noqa: S311 -- dice for a story, no secret
    numbers = [number for number in range(1, FAMILIES + 1) if number != int(FAMILY_ID[1:])]
    dice.shuffle(numbers)
    reference = reference_family()
    write_answers(reference, key)
    families = [reference]
    for told in STORIES:
        about = [new_family(numbers.pop(), profile, dice) for profile in told.profiles]
        key.tells(told.name, *about)
        told.plant(*about, key)
        families += about
    families += _calm_families(numbers, dice)
    families.sort(key=lambda family: family.family_id)
    council = Council(families, key, _orphan(key), _unplaced(key))
    _number_movements(council)
    return council


def _calm_families(numbers: list[int], dice: Random) -> list[Family]:
    closed, rest = numbers[:CLOSED], numbers[CLOSED:]
    families = [new_family(number, _closed_profile(dice), dice) for number in closed]
    families += [new_family(number, _profile(dice), dice) for number in rest]
    eventful = [family for family in families if not family.closed_on and len(family.lines) > 2]
    dice.shuffle(eventful)
    for count, happens in EVENTS:
        for _ in range(count):
            happens(eventful.pop(), dice)
    for family in families:
        pay_all(family)
    return families


def _profile(dice: Random, **fixed: object) -> Profile:
    quarters = min(dice.choice(QUARTERS), dice.choice(QUARTERS))
    schedule = dice.choices(list(SCHEDULES), list(SCHEDULES.values()))[0]
    first_day = RECORDS_BEGIN if dice.random() < 0.6 else dice.choice(first_days(schedule))
    contributes = dice.random() < 0.4
    drawn = {
        "schedule": schedule,
        "quarters": quarters,
        "first_day": first_day.replace(day=1) if schedule == "monthly_advance" else first_day,
        "channel": dice.choices(("ledger", "card"), (7, 3))[0],
        "contribution": min(dice.randrange(1_200, 9_000, 5), quarters * 150) if contributes else 0,
        "method": dice.choices(("net", "gross"), (8, 2))[0] if contributes else "net",
        "has_carer": dice.random() < 0.45,
    }
    return Profile(**(drawn | fixed))


def _closed_profile(dice: Random) -> Profile:
    """Closed on the last day of a period that was known in time: nothing to take back."""
    profile = _profile(dice, first_day=RECORDS_BEGIN)
    ends = [end for _, end in periods(profile.schedule, date(2024, 3, 1), date(2026, 4, 30)) if end < EXPORTED_ON]
    return Profile(**(vars(profile) | {"last_day": dice.choice(ends)}))


def _orphan(key: AnswerKey) -> Line:
    """An agreement whose family the case-management system does not know."""
    starts = date(2026, 4, 20)
    key.tells("agreement_of_nobody")
    key.raises("ORPHAN_ENTITLEMENT", NOBODY, starts, subject="A00999-26")
    return Line(
        entitlement_id="A00999-26",
        family_id=NOBODY,
        kind="weekly",
        pence=21_177,
        schedule="four_weekly_advance",
        starts=starts,
        ends=None,
        reason="new agreement",
        recorded_on=plus(starts, -5),
    )


def _unplaced(key: AnswerKey) -> list[Movement]:
    """Money that nobody can name, and a ledger row that nobody can read."""
    unknown = Movement("", UNKNOWN_VENDOR, date(2026, 4, 29), 31_250, "payment", "ledger", "DP 4WK")
    returned = Movement("", "", date(2026, 5, 13), -18_040, "return", "bank", "REF NOT PROVIDED")
    unreadable = Movement("", "V399902", date(2026, 4, 30), 9_900, "payment", "ledger", "DP 4WK")
    unreadable.spoilt = {"Payment Date": "31/04/2026"}
    key.tells("money_of_nobody")
    for movement in (unknown, returned):
        key.raises("SUSPENSE", "", movement.posted_on, 1, movement.pence, movement)
    key.quarantined("transactions", unreadable)
    key.quarantined("families", "F00998", "F00998")
    return [unknown, returned, unreadable]


def _number_movements(council: Council) -> None:
    for channel, first in NUMBERING.items():
        for number, movement in enumerate(council.movements(channel), first):
            movement.transaction_id = f"{PREFIXES[channel]}{number}"
