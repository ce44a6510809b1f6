"""Nights over the worked example, run once for a session and looked at by many tests."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from reconciliation.night import run_night
from reconciliation.position import Position
from reconciliation.requests import NightRequest

EXAMPLES = Path(__file__).parents[1] / "examples"
LANDING = EXAMPLES / "landing"
STARTED = datetime(2026, 6, 11, 2, 30, tzinfo=UTC)
POSITIONS = {
    "2026-06-10": (Position.at(date(2026, 6, 10)), None),
    "2025-03-31_known_2025-01-15": (Position.at(date(2025, 3, 31), date(2025, 1, 15)), None),
    "2026-07-10": (Position.at(date(2026, 7, 10)), None),
    "2026-06-10_other_policy": (Position.at(date(2026, 6, 10)), EXAMPLES / "policy.toml"),
}


def night(out: Path, data: Path = LANDING, position: Position = POSITIONS["2026-06-10"][0], policy: Path | None = None):
    """One night, told where to publish."""
    return run_night(NightRequest(data, out, position, STARTED, policy))


@pytest.fixture(scope="session")
def published(worked_night, tmp_path_factory):
    """The published folder of each worked position, by its name, each from a store of its own."""
    out = tmp_path_factory.mktemp("nights")
    others = {name: asked for name, asked in POSITIONS.items() if name != "2026-06-10"}
    return {"2026-06-10": worked_night / "2026-06-10"} | {
        name: night(out / name, position=position, policy=policy).folder for name, (position, policy) in others.items()
    }
