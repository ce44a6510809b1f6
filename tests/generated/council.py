"""A whole made-up council: the same from the same seed, as typed rows or as a folder of canonical files."""

import csv
from datetime import date
from pathlib import Path
from random import Random

from tests.generated import agreements, assurances, payments
from tests.generated.chances import Ids, chance, shifted
from tests.oracle.landing import COLUMNS, typed_name
from tests.oracle.visible import KEYS

Records = dict[str, list[dict]]
TODAY = date(2026, 6, 10)
"""The day around which a council's records lie, unless another is asked for."""


def council(seed: int, families: int, today: date = TODAY) -> Records:
    """All versions of all records of `families` families."""
    return drawn_council(Random(seed), families, today)


def drawn_council(drawer: Random, families: int, today: date) -> Records:
    """A council from any drawer: records by name, every record present."""
    ids = Ids(drawer)
    records: Records = {name: [] for name in KEYS}
    for number in range(1, families + 1):
        for name, rows in family_records(drawer, ids, number, families, today).items():
            records[name] += rows
    return records


def family_records(drawer: Random, ids: Ids, number: int, families: int, today: date) -> Records:
    """Everything about one family."""
    versions = agreements.family_versions(drawer, number, families, today)
    agreed = {
        "families": versions,
        "entitlements": agreements.entitlement_versions(drawer, ids, number, versions[-1]["closed_on"], today),
    }
    lines = agreed["entitlements"]
    agreed["suspensions"] = agreements.suspension_versions(drawer, ids, lines, number, today)
    promises = assurances.promises(drawer, ids, number, today)
    promise_ids = [row["promise_id"] for row in promises]
    open_lines = [row for row in lines if row["effective_to"] is None and row["kind"] == "weekly"]
    return agreed | {
        "transactions": payments.transactions(drawer, ids, number, families, agreed, promise_ids, today),
        "plans": assurances.plans(drawer, ids, number, [row["amount_pence"] for row in open_lines], today),
        "assessments": assurances.assessments(drawer, ids, number, today),
        "reviews": assurances.reviews(drawer, ids, number, today),
        "vacancies": assurances.vacancies(drawer, ids, number, today),
        "cases": assurances.cases(drawer, ids, number, today),
        "promises": promises,
        "acknowledgements": assurances.acknowledgements(drawer, ids, number, today),
    }


def drawn_quarantine(drawer: Random, families: int, today: date) -> list[dict]:
    """A few rows that could not be read: which record, which family they name, when they were recorded."""
    return [
        {
            "record": drawer.choice(("transactions", "entitlements", "suspensions", "plans")),
            "family_id": agreements.family_id(drawer.randint(1, families)) if chance(drawer, 70) else None,
            "recorded_on": shifted(drawer, today, -60, 20) if chance(drawer, 70) else None,
        }
        for _ in range(drawer.choice((0, 0, 0, 1, 2)))
    ]


def write_landing(records: Records, folder: Path) -> None:
    """The records as canonical CSV files in `folder`, one for each record."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in records.items():
        columns = [*COLUMNS[name], "recorded_on"]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(columns)
            writer.writerows([spelled(row, name, column) for column in columns] for row in rows)


def spelled(row: dict, record: str, column: str) -> str:
    """A typed value as a canonical cell."""
    name = typed_name(record, column)
    value = row[name]
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if name.endswith("_pence"):
        return in_decimals(value, 2)
    return in_decimals(value, 3) if name.endswith("_thousandths") else str(value)


def in_decimals(units: int, places: int) -> str:
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(units), 10**places)
    return f"{sign}{whole}.{rest:0{places}}"
