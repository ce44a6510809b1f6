"""What a person or a schedule asks for: a night, or one family's rerun."""

import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from reconciliation.position import Position

DATABASE_VARIABLE = "RECONCILIATION_DATABASE_URL"
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class NightRequest:
    """One night: the landing folder, where results go, the position and the policy.

    `database` None means the environment's URL, else the SQLite file in `out`. `started_at` is the edge's clock. A
    `full` night takes nothing from the nights before it but the records in their tables.
    """

    data: Path
    out: Path
    position: Position
    started_at: datetime
    policy_file: Path | None = None
    database: str | None = None
    full: bool = False


@dataclass(frozen=True)
class FamilyRequest:
    """One family's rerun; with `data`, that folder is taken in first, with `with_pdf` the statement is a PDF too."""

    family_id: str
    out: Path
    position: Position
    started_at: datetime
    policy_file: Path | None = None
    database: str | None = None
    data: Path | None = None
    with_pdf: bool = False


def database_url(named: str | None, out: Path | None) -> str | None:
    """The database to use: the one named, else the environment's, else the SQLite file in `out`; None without any."""
    from reconciliation.store import default_url

    return named or os.environ.get(DATABASE_VARIABLE) or (default_url(out) if out else None)


def today(now: datetime) -> date:
    """The calendar day of a moment, in England."""
    return now.astimezone(LONDON).date()
