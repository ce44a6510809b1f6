"""Nights that went well, to hold all others to: one in a warm process that can be killed, one in this process."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reconciliation import cli
from reconciliation import night as nightly
from tests.store.conftest import migrated, postgresql_store, server  # noqa: F401 the same server as the store's tests
from tests.trust.cut_off import Calls
from tests.trust.killing import Nights, warm
from tests.trust.nights import AS_OF, files_of, kept_in


@dataclass(frozen=True)
class Good:
    """What a night that nothing happened to published and kept; of one in the warm process, each stage's seconds."""

    files: dict
    kept: dict
    seconds: dict[str, float] = field(default_factory=dict)


@pytest.fixture(scope="session")
def nights() -> Iterator[Nights]:
    """A process that starts nights at once."""
    with warm() as ready:
        yield ready


@pytest.fixture(scope="session")
def undisturbed(nights: Nights, tmp_path_factory) -> Good:
    """A night in the warm process."""
    out = tmp_path_factory.mktemp("undisturbed")
    ended = nights.run(out)
    assert ended.status == 0, ended.said
    return Good(*_left_in(out), ended.seconds)


@pytest.fixture(scope="session")
def good(worked_night: Path) -> Good:
    """A night in this process, Great Expectations and all."""
    return Good(*_left_in(worked_night))


def _left_in(out: Path) -> tuple[dict, dict]:
    return files_of(out / str(AS_OF)), kept_in(out / "reconciliation.sqlite")


class Clock(datetime):
    """A clock that stands wherever it is put."""

    off = timedelta()

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.off


@pytest.fixture
def clock(monkeypatch):
    """The clock of the command and of the night; each test gets it right again."""
    for room in (cli, nightly):
        monkeypatch.setattr(room, "datetime", Clock)
    monkeypatch.setattr(Clock, "off", timedelta())
    return Clock


@pytest.fixture
def calls() -> Iterator[Calls]:
    """Every call out of this process, as Python itself reports it."""
    watched = Calls()
    yield watched
    watched.is_on = False


LONGER = (
    "test_nights_killed_on_postgresql_leave_nothing_to_mend",
    "test_whoever_must_wait_is_told_at_once[postgresql]",
    "test_a_night_reruns_and_decisions_together[postgresql]",
    "test_two_nights_at_once_are_one_after_the_other[postgresql]",
    "test_a_night_as_a_flow_calls_nobody_beyond_this_machine",
    "test_a_night_killed_on_the_way_does_not_quieten_the_check",
    "test_what_is_written_is_kept_whole_or_not_at_all_and_the_lock_dies_with_its_night[Keep the records]",
    "test_a_night_that_ended_in_the_future_does_not_silence_the_dead_man_check",
)
"""Drills of many seconds that say on another database, or once more, what an everyday test says."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Leave the longer drills, and every attack on PostgreSQL, out of the everyday run."""
    for test in items:
        is_second_attack = "test_attackers.py" in test.nodeid and test.nodeid.endswith("[postgresql]")
        if test.nodeid.endswith(LONGER) or is_second_attack:
            test.add_marker(pytest.mark.slow)
