"""The case-management system: people and agreements, semicolons, Windows encoding, dates as they are said."""

from pathlib import Path

from sample_data.council import Family, Line
from sample_data.days import EXPORTED_ON
from sample_data.exports.text import accounting, uk, write_table
from sample_data.fenmarsh import Council

GROUPS = {"adult": "ASC", "child": "CYP", "carer": "CARER"}
PATTERNS = {
    "": "",
    "four_weekly_advance": "4-weekly in advance",
    "four_weekly_arrears": "4-weekly in arrears",
    "weekly_advance": "Weekly in advance",
    "monthly_advance": "Calendar monthly",
}
METHODS = {"net": "Paid net", "gross": "Invoiced"}
LINE_TYPES = {"weekly": "Weekly rate", "one_off": "One-off"}
STATUSES = {"active": "Current", "cancelled": "Void"}
NAMELESS = "F00998;;;ASC;North Fen;;01/06/2026;;01/06/2026"
"""A record that was begun and never filled in."""


def write(folder: Path, council: Council) -> None:
    """The exports of people and of agreements."""
    day = EXPORTED_ON.strftime("%Y%m%d")
    people = [row for family in council.families for row in _person(family)]
    _write(folder / f"casework_people_{day}.csv", _PERSON, [*people, NAMELESS.split(";")])
    lines = [line for family in council.families for line in family.lines] + [council.orphan]
    lines.sort(key=lambda line: (line.entitlement_id, line.recorded_on))
    _write(folder / f"casework_agreements_{day}.csv", _AGREEMENT, [list(_agreement(line).values()) for line in lines])


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    write_table(path, header, rows, encoding="cp1252", delimiter=";")


_PERSON = [
    "Person Ref",
    "Person Name",
    "Known Carer",
    "User Group",
    "Locality Team",
    "Supplier Or Card",
    "DP Start",
    "DP End",
    "Last Updated",
]


def _person(family: Family) -> list[list[str]]:
    """One row, and a second one once the family is closed."""
    who = [family.family_id, family.name, family.carer, GROUPS[family.service], family.team, family.reference]
    opened = uk(family.opened_on)
    rows = [[*who, opened, "", opened]]
    if family.closed_on:
        rows.append([*who, opened, uk(family.closed_on), uk(family.closure_recorded_on or family.closed_on)])
    return rows


_AGREEMENT = [
    "Agreement No",
    "Person Ref",
    "Line Type",
    "Rate £",
    "Client Contribution £",
    "Contribution Method",
    "Payment Pattern",
    "From",
    "To",
    "Interim",
    "Agreement Status",
    "Change Reason",
    "Authorised On",
]


def _agreement(line: Line) -> dict[str, str]:
    cells = [
        line.entitlement_id,
        line.family_id,
        LINE_TYPES[line.kind],
        accounting(line.pence),
        accounting(line.contribution),
        METHODS[line.method],
        PATTERNS[line.schedule],
        uk(line.starts),
        uk(line.ends),
        "Y" if line.is_interim else "N",
        STATUSES[line.status],
        line.reason,
        uk(line.recorded_on),
    ]
    return dict(zip(_AGREEMENT, cells, strict=True)) | line.spoilt
