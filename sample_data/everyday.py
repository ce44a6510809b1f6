"""What happens in families where nothing goes wrong: respite, hospital, equipment, a second line, recruitment, a kept
promise. The council knows of it in time and pays accordingly, so the night must stay quiet."""

from collections.abc import Callable
from datetime import date
from random import Random

from sample_data.council import Family, Line
from sample_data.days import EXPORTED_ON, plus
from sample_data.families import weekly_pence


def hospital(family: Family, dice: Random) -> None:
    """A planned stay, unpaid, with part-paid respite around it: where the two overlap, the lower percent counts."""
    starts = _some_day(family, dice, room=80)
    family.suspend(starts, plus(starts, 27), 50, "respite", recorded_on=plus(starts, -45))
    family.suspend(
        plus(starts, 6), plus(starts, 6 + dice.randrange(2, 9)), 0, "hospital", recorded_on=plus(starts, -45)
    )


def short_break(family: Family, dice: Random) -> None:
    """Some days of respite at a reduced rate; an earlier booking of it was cancelled."""
    starts = _some_day(family, dice, room=60)
    family.suspend(plus(starts, 5), plus(starts, 11), 0, "respite", recorded_on=plus(starts, -45))
    family.suspensions[-1].status = "cancelled"
    percent = dice.choice((25, 40, 60, 75))
    family.suspend(starts, plus(starts, dice.randrange(4, 15)), percent, "respite", recorded_on=plus(starts, -45))


def equipment(family: Family, dice: Random) -> None:
    """A one-off for equipment or training, agreed a fortnight before."""
    starts = _some_day(family, dice, room=30)
    wednesday = plus(starts, 2 - starts.weekday())
    family.lines.append(
        Line(
            entitlement_id=f"A{family.number}-X1",
            family_id=family.family_id,
            kind="one_off",
            pence=dice.randrange(15_000, 140_000, 500),
            starts=wednesday,
            ends=None,
            reason=dice.choice(("equipment", "training for personal assistants", "start-up costs")),
            recorded_on=plus(wednesday, -14),
        )
    )


def weekend_line(family: Family, dice: Random) -> None:
    """A second, smaller line for weekends, agreed in spring."""
    last = family.lines[-1]
    extra = Line(
        entitlement_id=f"A{family.number}-W1",
        family_id=family.family_id,
        kind="weekly",
        pence=weekly_pence(dice.randrange(9, 20), last.starts),
        schedule=last.schedule,
        starts=last.starts,
        ends=last.ends,
        reason="weekend support",
        recorded_on=last.recorded_on,
    )
    family.lines.append(extra)
    for plan in family.rows["plans"]:
        if plan["recorded_on"] >= extra.starts:
            plan["weekly_amount"] += extra.pence


def recruitment(family: Family, dice: Random) -> None:
    """A vacancy that is filled, or young and actively advertised."""
    opened_on = dice.choice((plus(EXPORTED_ON, -dice.randrange(10, 45)), date(2025, 3, 3), date(2025, 9, 15)))
    row = {
        "vacancy_id": f"Y{family.number}-1",
        "hours_per_week": dice.choice(("6", "10.5", "16", "21.25")),
        "opened_on": opened_on,
        "channels": "agency;council website;jobcentre",
        "last_action_on": opened_on,
    }
    family.add("vacancies", **row, recorded_on=opened_on)
    filled_on = plus(opened_on, dice.randrange(20, 50))
    if filled_on <= EXPORTED_ON:
        family.add("vacancies", **row, filled_on=filled_on, recorded_on=filled_on)


def complaint_answered(family: Family, dice: Random) -> None:
    """A first-stage complaint, answered in eight days and not upheld."""
    received_on = plus(EXPORTED_ON, -dice.randrange(40, 300))
    row = {"case_id": f"C{family.number}-stage1", "stage": "stage1", "received_on": received_on}
    family.add("cases", **row, acknowledged_on=plus(received_on, 1), recorded_on=received_on)
    decided_on = plus(received_on, 8)
    outcome = {"acknowledged_on": plus(received_on, 1), "decided_on": decided_on, "upheld": False}
    family.add("cases", **row, **outcome, recorded_on=decided_on)


def _some_day(family: Family, dice: Random, room: int) -> date:
    """A day well inside the line that began last but one, or else the newest."""
    line = family.lines[-2] if len(family.lines) > 1 else family.lines[-1]
    last = min(line.ends, EXPORTED_ON)
    return plus(line.starts, dice.randrange(7, max(8, (last - line.starts).days - room)))


EVENTS: tuple[tuple[int, Callable[[Family, Random], None]], ...] = (
    (9, hospital),
    (8, short_break),
    (12, equipment),
    (8, weekend_line),
    (7, recruitment),
    (5, complaint_answered),
)
"""How many families each of these happens to."""
