"""Accounts payable: one file a year, three lines above the header, a blank line and the total below.

It knows vendors and no families, writes money as accountants do, and has no kinds: what is taken back stands in
brackets. Each year's file repeats the last rows of the one before.
"""

from pathlib import Path

from sample_data.council import Movement
from sample_data.days import EXPORTED_ON
from sample_data.exports.text import accounting, uk, write_table
from sample_data.fenmarsh import Council

HEADER = ["Trans No", "Payment Date", "Vendor", "Description", "Period From", "Amount", "Entered"]
FIRST_FULL_YEAR = 2023
REPEATED = 6
NARRATIVES = {"payment": "DIRECT PAYMENT", "reversal": "REVERSAL"}


def write(folder: Path, council: Council) -> None:
    """The yearly files, the years before the full ones in one archive."""
    years: dict[int, list[Movement]] = {}
    for movement in council.movements("ledger"):
        day = movement.posted_on
        year = max(day.year if day.month > 3 else day.year - 1, FIRST_FULL_YEAR - 1)
        years.setdefault(year, []).append(movement)
    for year, movements in years.items():
        repeated = years[year - 1][-REPEATED:] if year > FIRST_FULL_YEAR else []
        name = f"AP_{year}-{(year + 1) % 100}.csv" if year >= FIRST_FULL_YEAR else "AP_archive.csv"
        _write_year(folder / name, [*repeated, *movements], year)


def _write_year(path: Path, movements: list[Movement], year: int) -> None:
    above = ["FENMARSH COUNTY COUNCIL (INVENTED; SYNTHETIC DATA)", "AP130 Direct payments by vendor"]
    above.append(f"Extracted {uk(EXPORTED_ON)}")
    total = ["TOTAL", "", "", "", "", accounting(sum(m.pence for m in movements)), ""]
    rows = [list(_row(movement, year).values()) for movement in movements]
    write_table(path, HEADER, [*rows, [""] * len(HEADER), total], above)


def _row(movement: Movement, year: int) -> dict[str, str]:
    posted_on = uk(movement.posted_on) if year > FIRST_FULL_YEAR else movement.posted_on.strftime("%d-%b-%Y")
    cells = [
        movement.transaction_id,
        posted_on,
        movement.reference,
        movement.narrative or NARRATIVES[movement.kind],
        uk(movement.period_start),
        accounting(movement.pence),
        uk(movement.recorded_on or movement.posted_on),
    ]
    return dict(zip(HEADER, cells, strict=True)) | movement.spoilt
