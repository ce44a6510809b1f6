"""The sample council, delivered and reckoned once for all tests here."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from reconciliation.ingest import Delivery, read_landing, settled
from reconciliation.policy import default_policy
from reconciliation.position import Position
from reconciliation.reckoning import reckon
from reconciliation.records import RECORDS
from reconciliation.results import Results
from reconciliation.versions import merge

COUNCIL = Path(__file__).parents[2] / "sample_data" / "council"
NIGHT = date(2026, 6, 10)


@dataclass(frozen=True)
class Night:
    """The delivery, every version that it brought, and what the night makes of it."""

    delivery: Delivery
    versions: dict[str, pl.DataFrame]
    results: Results


@pytest.fixture(scope="session")
def night() -> Night:
    delivery = read_landing(COUNCIL / "landing", default_policy(), NIGHT)
    merged = {name: merge(RECORDS[name], rows, RECORDS[name].empty(), NIGHT) for name, rows in delivery.rows.items()}
    delivery = settled(delivery, merged)
    versions = {name: record.empty() for name, record in RECORDS.items()}
    versions |= {name: record.accepted.select(*RECORDS[name].schema()) for name, record in merged.items()}
    results = reckon(versions, default_policy(), Position.at(NIGHT), delivery.quarantine)
    return Night(delivery, versions, results)


def key(name: str) -> list[dict[str, str]]:
    """The rows of one of the council's keys."""
    with (COUNCIL / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
