"""The dead-man check, and nights that did not happen: silence is never taken for a good night."""

from datetime import date, timedelta

import pytest

from reconciliation import cli
from reconciliation.cli import Exit
from reconciliation.errors import Refusal
from reconciliation.requests import FamilyRequest
from reconciliation.rerun import rerun_family
from tests.trust.nights import AS_OF, LANDING, asked, night

pytestmark = pytest.mark.usefixtures("unexamined")


def days_before(count: int) -> date:
    return AS_OF - timedelta(days=count)


def covered(out, **more) -> list[str]:
    return night(out, **more).manifest["nights_covered"]


def check(out, hours: float = 26) -> Exit:
    return cli.run(["check", "--max-age", str(hours), "--out", str(out)])


def test_a_night_speaks_for_all_nights_since_the_last_good_one(tmp_path):
    """Neither a night that never ran nor one that was refused was a night."""
    assert covered(tmp_path, as_of=days_before(3)) == [str(days_before(3))]
    with pytest.raises(Refusal):
        night(tmp_path, tmp_path, as_of=days_before(2))
    assert covered(tmp_path) == [str(days_before(count)) for count in (2, 1, 0)]
    assert covered(tmp_path) == [str(days_before(count)) for count in (2, 1, 0)], "again, it says the same"


def test_the_check_tells_a_good_night_from_an_old_one_and_from_none(tmp_path, clock, capsys):
    assert check(tmp_path) == Exit.REFUSED
    with pytest.raises(Refusal):
        night(tmp_path, tmp_path)
    assert check(tmp_path) == Exit.OVERDUE
    assert "no nightly run has ever ended well" in capsys.readouterr().err
    night(tmp_path)
    assert check(tmp_path) == Exit.DONE
    clock.off = timedelta(hours=27)
    assert check(tmp_path) == Exit.OVERDUE
    assert "at most 26 are allowed" in capsys.readouterr().err


def test_nothing_but_a_good_night_quietens_the_check(after_a_night, clock):
    """A day later: a refused night, a family's rerun and a family's own folder do not count."""
    clock.off = timedelta(hours=27)
    with pytest.raises(Refusal):
        night(after_a_night, after_a_night / "nothing")
    request = asked(after_a_night)
    rerun_family(FamilyRequest("F00002", after_a_night, request.position, request.started_at))
    rerun_family(FamilyRequest("F00002", after_a_night, request.position, request.started_at, data=LANDING))
    assert check(after_a_night) == Exit.OVERDUE
    night(after_a_night)
    assert check(after_a_night) == Exit.DONE


def test_a_night_killed_on_the_way_does_not_quieten_the_check(nights, tmp_path):
    """It stays visible as unfinished, and the check stays overdue."""
    from tests.trust.killing import KILLED, Moment

    ended = nights.run(tmp_path, Moment("Work out every family", 0.0), {"Work out every family": 0.0})
    assert ended.status == KILLED
    assert check(tmp_path) == Exit.OVERDUE
