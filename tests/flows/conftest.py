"""Nights to be run as flows."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from reconciliation.position import Position
from reconciliation.requests import NightRequest


@pytest.fixture
def request_for(tmp_path):
    """A night over the worked example."""

    def of(data: Path, as_of: date = date(2026, 6, 10), **more) -> NightRequest:
        return NightRequest(data, tmp_path / "out", Position.at(as_of), datetime.now(UTC), **more)

    return of
