"""Families, what was agreed with them, and the days that are paid at less."""

from datetime import date, timedelta
from random import Random

from tests.generated.chances import Ids, chance, maybe, shifted

SCHEDULES = ("weekly_advance", "four_weekly_advance", "monthly_advance", "four_weekly_arrears")
AMOUNTS = (10000, 1, 3, 99, 7520, 15000, 24343, 70001, 120050)
PERCENTS = (0, 0, 50, 33, 99, 1, 100)
TEAMS = ("North", "South", "Coast", None)


def family_id(number: int) -> str:
    """The id of the council's `number`-th family."""
    return f"F{number:05}"


def payee_reference(number: int) -> str:
    """The payee reference that this family alone has, unless another was drawn to share it."""
    return f"V{number:05}"


def family_versions(drawer: Random, number: int, families: int, today: date) -> list[dict]:
    """A family as first recorded, and perhaps as changed later: closed, with another payee or carer."""
    opened_on = shifted(drawer, today, -400, -60)
    whose_payee = drawer.randint(1, families) if chance(drawer, 12) else number
    row = {
        "family_id": family_id(number),
        "recipient_name": f"Synthetic {number}",
        "carer_name": maybe(drawer, 50, f"Carer {number}"),
        "service": drawer.choice(("adult", "child", "carer")),
        "team": drawer.choice(TEAMS),
        "payee_reference": drawn_payee(drawer, whose_payee),
        "opened_on": opened_on,
        "closed_on": maybe(drawer, 15, shifted(drawer, today, -60, 10)),
        "recorded_on": shifted(drawer, today, 1, 40) if chance(drawer, 5) else opened_on,
    }
    if not chance(drawer, 20):
        return [row]
    change = drawer.choice(
        (
            {"closed_on": shifted(drawer, today, -60, 5)},
            {"payee_reference": payee_reference(drawer.randint(1, families))},
            {"carer_name": None},
        )
    )
    return [row, row | change | {"recorded_on": row["recorded_on"] + timedelta(days=drawer.randint(1, 380))}]


def drawn_payee(drawer: Random, number: int) -> str | None:
    """Mostly the family's own; now and then none, or one that looks like a family's id."""
    if chance(drawer, 8):
        return None
    return family_id(number) if chance(drawer, 3) else payee_reference(number)


def entitlement_versions(drawer: Random, ids: Ids, number: int, closed_on: date | None, today: date) -> list[dict]:
    """Up to four lines of a family, each in up to two versions; now and then a line of a family nobody knows."""
    lines = drawer.choice((1, 1, 1, 2, 2, 3, 0))
    versions = []
    for _ in range(lines):
        line = weekly_line(drawer, ids, number, today)
        if closed_on is not None and chance(drawer, 25):
            line |= {"effective_from": shifted(drawer, closed_on, 0, 3), "effective_to": None}
        versions += versions_of_line(drawer, line, today)
    if chance(drawer, 20):
        versions += versions_of_line(drawer, one_off(drawer, ids, number, today), today)
    if chance(drawer, 4):
        versions.append(weekly_line(drawer, ids, number, today) | {"family_id": "F99999"})
    return versions


def weekly_line(drawer: Random, ids: Ids, number: int, today: date) -> dict:
    amount = 0 if chance(drawer, 2) else drawer.choice(AMOUNTS) + (13 * number if chance(drawer, 60) else 0)
    starts_on = shifted(drawer, today, -300, 20)
    ends_on = starts_on + timedelta(days=drawer.randint(0, 200))
    return {
        "entitlement_id": ids.fresh("E"),
        "family_id": family_id(number),
        "kind": "weekly",
        "amount_pence": amount,
        "weekly_contribution_pence": drawer.choice((0, 0, 0, 1, amount // 3, amount - 1, amount, amount + 100)),
        "contribution_method": drawer.choice(("net", "net", "gross")),
        "schedule": drawer.choice(SCHEDULES),
        "effective_from": starts_on,
        "effective_to": maybe(drawer, 50, ends_on),
        "interim": chance(drawer, 20),
        "status": "cancelled" if chance(drawer, 5) else "active",
        "reason": None,
        "recorded_on": min(recorded_after(drawer, starts_on, today), today + timedelta(days=10)),
    }


def recorded_after(drawer: Random, starts_on: date, today: date) -> date:
    """When a line became known: about its start, or on a day beside the spans of BACKDATED_CHANGE (rules §6)."""
    if not chance(drawer, 25):
        return shifted(drawer, starts_on, -20, 60)
    return drawer.choice((starts_on, today)) + timedelta(days=drawer.choice((28, 29, -28, -27)))


def one_off(drawer: Random, ids: Ids, number: int, today: date) -> dict:
    line = weekly_line(drawer, ids, number, today)
    return line | {"kind": "one_off", "schedule": None, "effective_to": None}


def versions_of_line(drawer: Random, line: dict, today: date) -> list[dict]:
    """The line, and perhaps what it became when somebody corrected, ended, backdated or cancelled it."""
    if not chance(drawer, 25):
        return [line]
    earlier = line["effective_from"] - timedelta(days=drawer.randint(1, 90))
    ended = line["effective_from"] + timedelta(days=drawer.randint(0, 60))
    change = drawer.choice(
        (
            {"amount_pence": line["amount_pence"] + 570},
            {"effective_from": earlier},
            {"status": "cancelled"},
            {} if line["kind"] == "one_off" else {"effective_to": ended},
        )
    )
    since = (today - line["recorded_on"]).days
    recorded_on = line["recorded_on"] + timedelta(days=drawer.randint(1, max(since, 1) + 5))
    return [line, line | change | {"recorded_on": recorded_on}]


def suspension_versions(drawer: Random, ids: Ids, lines: list[dict], number: int, today: date) -> list[dict]:
    """Up to three suspensions that may overlap, of one line or all, some open and some cancelled later."""
    versions = []
    for _ in range(drawer.choice((0, 0, 1, 2, 3))):
        starts_on = shifted(drawer, today, -250, 20)
        row = {
            "suspension_id": ids.fresh("S"),
            "family_id": family_id(number),
            "entitlement_id": drawer.choice(lines)["entitlement_id"] if lines and chance(drawer, 40) else None,
            "starts_on": starts_on,
            "ends_on": None if chance(drawer, 15) else starts_on + timedelta(days=drawer.randint(0, 45)),
            "pay_percent": drawer.choice(PERCENTS),
            "status": "active",
            "reason": "hospital",
            "recorded_on": shifted(drawer, starts_on, 0, 20),
        }
        versions.append(row)
        if chance(drawer, 20):
            later = row["recorded_on"] + timedelta(days=drawer.randint(1, 60))
            versions.append(row | {"status": "cancelled", "recorded_on": later})
    return versions
