"""How the council's systems write dates, money and tables."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path


def iso(day: date | None) -> str:
    """`2026-06-10`; blank when not known."""
    return day.isoformat() if day else ""


def uk(day: date | None) -> str:
    """`10/06/2026`; blank when not known."""
    return day.strftime("%d/%m/%Y") if day else ""


def pounds(pence: int | None) -> str:
    """`1234.50`, `-20.00`; blank when not known."""
    if pence is None:
        return ""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02}"


def accounting(pence: int) -> str:
    """`1,234.50`, and `(20.00)` below zero."""
    size = f"{abs(pence) // 100:,}.{abs(pence) % 100:02}"
    return f"({size})" if pence < 0 else size


def write_table(
    path: Path,
    header: Iterable[str],
    rows: Iterable[Iterable[str]],
    above: Iterable[str] = (),
    encoding: str = "utf-8",
    delimiter: str = ",",
) -> None:
    """A CSV file with CRLF line ends, `above` standing over its header."""
    with path.open("w", encoding=encoding, newline="") as file:
        file.writelines(f"{line}\r\n" for line in above)
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)
