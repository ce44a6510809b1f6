"""A night over the worked example, run once for a session, and nights without what takes most of a small one."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from reconciliation import intake
from reconciliation import night as nightly
from reconciliation.position import Position
from reconciliation.requests import NightRequest
from tests.trust.warm import unexamined as no_examination

LANDING = Path(__file__).parent / "examples" / "landing"


@pytest.fixture(scope="session")
def worked_night(tmp_path_factory) -> Path:
    """The output folder of the night of 10 June 2026, Great Expectations and all: to look at, or to copy."""
    out = tmp_path_factory.mktemp("worked") / "out"
    nightly.run_night(NightRequest(LANDING, out, Position.at(date(2026, 6, 10)), datetime.now(UTC)))
    return out


@pytest.fixture
def after_a_night(worked_night, tmp_path) -> Path:
    """An output folder of the test's own that has had that night."""
    return shutil.copytree(worked_night, tmp_path / "out")


@pytest.fixture
def unexamined(monkeypatch) -> None:
    """Nights without Great Expectations, which looks at frames, keeps nothing and takes most of a small night."""
    monkeypatch.setattr(intake, "certify_delivery", no_examination)
    monkeypatch.setattr(nightly, "certify_results", no_examination)
