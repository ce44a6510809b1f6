"""What the trust tests share: a night to run, and what it left behind, to be compared byte for byte."""

import csv
import io
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from reconciliation.night import NightOutcome, run_night
from reconciliation.position import Position
from reconciliation.records import RECORDS
from reconciliation.requests import NightRequest
from reconciliation.stages import call

LANDING = Path(__file__).parents[1] / "examples" / "landing"
SAMPLE = Path(__file__).parents[2] / "sample_data" / "council" / "landing"
AS_OF = date(2026, 6, 10)
OF_THE_RUN = {"manifest.json"}
HISTORY = {
    "quarantine": "record, source_file, row, raw, reason, key, family_id, recorded_on, occurrence, met_on, closed_on",
    "exceptions": "*",
    "sightings": "*",
}
"""What the store keeps beside records, in the columns that do not count loads."""


def asked(out: Path, data: Path = LANDING, as_of: date = AS_OF, **more) -> NightRequest:
    """One night, asked for now."""
    known_on = more.pop("known_on", None)
    return NightRequest(data, out, Position.at(as_of, known_on), datetime.now(UTC), **more)


def night(out: Path, data: Path = LANDING, as_of: date = AS_OF, stage=call, **more) -> NightOutcome:
    """One night, run here by plain calls."""
    return run_night(asked(out, data, as_of, **more), stage)


def files_of(folder: Path) -> dict[str, object]:
    """Every file of a published folder by name, without what tells of the run: the manifest and the run's number."""
    found = {
        path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name not in OF_THE_RUN
    }
    found["exceptions.csv"] = [
        {name: cell for name, cell in row.items() if name != "run_id"} for row in rows_of(folder / "exceptions.csv")
    ]
    return found


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a published CSV file."""
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))


def kept_in(database: Path) -> dict[str, list]:
    """Every record version and all history that an SQLite store holds, without the numbers of loads and runs."""
    columns = {name: ", ".join(f'"{column}"' for column in record.schema()) for name, record in RECORDS.items()}
    with closing(sqlite3.connect(database)) as connection:
        return {
            table: sorted(connection.execute(f'SELECT {wanted} FROM "{table}"').fetchall(), key=repr)  # noqa: S608 names are ours
            for table, wanted in (columns | HISTORY).items()
        }
