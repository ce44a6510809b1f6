"""A night, family reruns and a decisions import at the same time: nobody waits unheard, and nothing is wrong."""

import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reconciliation.requests import FamilyRequest
from reconciliation.rerun import rerun_family
from reconciliation.store import Store, default_url
from tests.trust.nights import AS_OF, asked, files_of, night, rows_of

pytestmark = pytest.mark.usefixtures("unexamined")
FEW_SECONDS = 5
FAMILIES = ("F00001", "F00002", "F00003")
OF_A_FAMILY = ("balances.csv", "promises.csv", "lookback.csv")
DECIDED = "exception_id,decision,decision_note,decided_by\r\n{},in_progress,looking into it,J. Clerk\r\n"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path) -> str:
    return default_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgresql_store")


@pytest.fixture
def out(request, tmp_path, database) -> Path:
    """An output folder that has had a night, as has the database."""
    if database == default_url(tmp_path):
        return shutil.copytree(request.getfixturevalue("worked_night"), tmp_path, dirs_exist_ok=True)
    night(tmp_path, database=database)
    return tmp_path


@dataclass
class Told:
    """A command of its own process: how it ended, how long it took, when each line came."""

    status: int = -1
    seconds: float = 0.0
    lines: list[tuple[float, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(line for _, line in self.lines)

    def first(self, pattern: str) -> float:
        """When a line that fits came, in seconds from the command's beginning."""
        return next((at for at, line in self.lines if re.search(pattern, line)), float("inf"))


def command(*arguments: str) -> Told:
    """A command run to its end, its lines noted as they come."""
    told, started = Told(), time.monotonic()
    with subprocess.Popen(  # noqa: S603 our own interpreter and arguments
        [sys.executable, "-c", "from reconciliation.cli import main; main()", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout:
            told.lines.append((time.monotonic() - started, line.rstrip()))
        told.status = process.wait()
    told.seconds = time.monotonic() - started
    return told


def at_once(*works) -> list:
    """Each piece of work in a thread of its own, all begun together; what they gave, or raised."""
    outcomes: list = [None] * len(works)

    def run(number, work):
        try:
            outcomes[number] = work()
        except Exception as fault:
            outcomes[number] = fault

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_night_reruns_and_decisions_together(out, tmp_path, database, good):
    """All begin together on one store that has had a night; each ends well, and as it would have alone."""
    exception = rows_of(out / str(AS_OF) / "exceptions.csv")[0]["exception_id"]
    decided = tmp_path / "decided.csv"
    decided.write_text(DECIDED.format(exception), encoding="utf-8")
    alone = tmp_path / "desk"

    def rerun(family_id):
        request = asked(alone)
        return rerun_family(FamilyRequest(family_id, alone, request.position, request.started_at, database=database))

    outcomes = at_once(
        lambda: night(out, database=database),
        *(lambda family_id=family_id: rerun(family_id) for family_id in FAMILIES),
        lambda: command("decisions", str(decided), "--database", database),
    )
    faults = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert faults == []
    assert files_of(out / str(AS_OF)) == good.files
    for family_id, outcome in zip(FAMILIES, outcomes[1:-1], strict=True):
        for name in OF_A_FAMILY:
            expected = [row for row in rows_of(out / str(AS_OF) / name) if row["family_id"] == family_id]
            assert rows_of(outcome.folder / name) == expected
    assert outcomes[-1].status == 0, outcomes[-1].text
    assert "1 decisions taken in" in outcomes[-1].text
    with Store.open(database) as store, store.lock(0):
        assert store.verify_audit() == []


@pytest.mark.usefixtures("out")
def test_a_rerun_does_not_wait_for_the_night(tmp_path, database):
    """A family on the phone is answered while a night writes."""
    request = asked(tmp_path / "desk")
    with Store.open(database) as store, store.lock(0), store.writing():
        started = time.monotonic()
        rerun_family(
            FamilyRequest("F00002", tmp_path / "desk", request.position, request.started_at, database=database)
        )
        assert time.monotonic() - started < FEW_SECONDS


def test_whoever_must_wait_is_told_at_once(out, tmp_path, database):
    """Decisions handed in during a night: the wait is said within seconds, and they are taken in when it ends."""
    exception = rows_of(out / str(AS_OF) / "exceptions.csv")[0]["exception_id"]
    decided = tmp_path / "decided.csv"
    decided.write_text(DECIDED.format(exception), encoding="utf-8")
    with Store.open(database) as store:
        release = threading.Event()
        held = threading.Event()

        def hold():
            with store.lock(0):
                held.set()
                release.wait(60)

        holder = threading.Thread(target=hold)
        holder.start()
        held.wait(10)
        threading.Timer(8, release.set).start()
        told = command("decisions", str(decided), "--database", database)
        holder.join()
    assert told.status == 0, told.text
    assert told.first("is running; waiting") < told.first("decisions taken in") - 0.5


def test_two_nights_at_once_are_one_after_the_other(tmp_path, database, good):
    """Cron and a person start the same night: the second waits, says so, and gives the same."""
    said: list[str] = []

    def speaking():
        from reconciliation.night import run_night

        return run_night(asked(tmp_path, database=database), say=said.append)

    outcomes = at_once(speaking, speaking)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert said == ["Another night is running; waiting."]
    assert files_of(tmp_path / str(AS_OF)) == good.files
