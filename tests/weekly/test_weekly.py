"""The weekly briefing: each role is told what it must know and nothing else, and that it was told is kept."""

import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from reconciliation import weekly
from reconciliation.errors import Refusal
from reconciliation.policy import default_policy
from reconciliation.policy.settings import Mail
from reconciliation.position import Position
from reconciliation.records import ACKNOWLEDGEMENTS
from reconciliation.store import Store, default_url
from reconciliation.vocabulary import Role
from reconciliation.weekly import BriefingRequest, run_briefing
from tests.night.conftest import LANDING

AS_OF = date(2026, 6, 10)
MONDAY = datetime(2026, 6, 10, 6, tzinfo=UTC)


@pytest.fixture
def request_(worked_night, tmp_path) -> BriefingRequest:
    """A briefing on a copy of what a night over the worked example left."""
    (tmp_path / "reconciliation.sqlite").write_bytes((worked_night / "reconciliation.sqlite").read_bytes())
    return BriefingRequest(tmp_path, Position.at(AS_OF), MONDAY)


@pytest.fixture
def mailing(monkeypatch):
    """Lets the policy name a mail server; gives a way to change its settings."""

    def to(mail: Mail) -> None:
        with_mail = default_policy().model_copy(update={"mail": mail})
        monkeypatch.setattr(weekly, "read_policy", lambda _file: with_mail)

    return to


def notified(request: BriefingRequest) -> pl.DataFrame:
    """What the store holds of briefings sent: family, role and day."""
    with Store.open(default_url(request.out)) as store:
        told = store.versions(ACKNOWLEDGEMENTS).filter(pl.col("acknowledgement_id").str.starts_with("MAIL-"))
        assert store.verify_audit() == []
    return told.select("family_id", "role", "notified_on", "acknowledged_on")


def due(out: Path) -> pl.DataFrame:
    """What the night's own briefing says nobody has confirmed."""
    briefing = pl.read_csv(out / AS_OF.isoformat() / "briefing.csv", infer_schema=False)
    return briefing.filter(pl.col("acknowledged_on").is_null()).select("family_id", "role")


def families_in(letter: str) -> list[str]:
    """The families that a letter speaks of."""
    return sorted(line.removeprefix("Family ") for line in letter.splitlines() if line.startswith("Family "))


def test_each_roles_letter_holds_its_families_and_no_others(request_, worked_night):
    outcome = run_briefing(request_)
    expected = {Role(role): sorted(rows["family_id"]) for (role,), rows in due(worked_night).group_by("role")}
    letters = {role: (outcome.folder / f"{role.value}.txt") for role in expected}
    assert {role: families_in(letter.read_text()) for role, letter in letters.items()} == expected
    assert outcome.families == {role: len(families) for role, families in expected.items()}
    assert {stat.S_IMODE(letter.stat().st_mode) for letter in outcome.folder.iterdir()} == {0o600}


def test_a_letter_names_nobody(request_, worked_night):
    families = pl.read_csv(LANDING / "families.csv", infer_schema=False)
    names = pl.concat([families["recipient_name"], families["carer_name"], families["payee_reference"]]).drop_nulls()
    folder = run_briefing(request_).folder
    letters = "".join(letter.read_text() for letter in folder.iterdir())
    assert [name for name in names if name in letters] == []


def test_without_a_mail_server_nobody_counts_as_told(request_):
    assert run_briefing(request_).sent == ()
    assert notified(request_).is_empty()


def test_a_briefing_arrives_at_each_role_and_each_of_its_families_is_kept_as_notified(
    request_, worked_night, mailing, plain, postbox
):
    mailing(plain)
    outcome = run_briefing(request_)
    arrived = {message["To"]: message.get_content() for message in postbox.messages}
    assert set(arrived) == {f"{role.value}@council.example" for role in outcome.families}
    for role in outcome.families:
        letter = (outcome.folder / f"{role.value}.txt").read_text()
        assert arrived[f"{role.value}@council.example"].splitlines() == letter.splitlines()
    told = notified(request_)
    assert (
        told.select("family_id", "role").sort("family_id", "role").equals(due(worked_night).sort("family_id", "role"))
    )
    assert set(told["notified_on"]) == {AS_OF}
    assert told["acknowledged_on"].null_count() == told.height


def test_the_next_briefing_says_when_the_role_was_last_told(request_, mailing, plain, postbox):
    mailing(plain)
    run_briefing(request_)
    next_week = replace(request_, position=Position.at(date(2026, 6, 17)))
    letter = (run_briefing(next_week).folder / "director.txt").read_text()
    assert "Last told on 10 June 2026, not confirmed" in letter


def test_a_briefing_run_twice_on_a_day_is_sent_once(request_, mailing, plain, postbox):
    mailing(plain)
    run_briefing(request_)
    sent = len(postbox.messages)
    assert run_briefing(request_).sent == ()
    assert len(postbox.messages) == sent


def test_a_role_that_cannot_be_told_is_named_and_the_others_are_told(request_, mailing, plain, postbox):
    nobody = plain.recipients.model_copy(update={"director": ""})
    mailing(plain.model_copy(update={"recipients": nobody}))
    with pytest.raises(Refusal, match=r"briefing for the director was not sent: .* director has no address"):
        run_briefing(request_)
    told = notified(request_)
    assert "director" not in set(told["role"])
    assert len(postbox.messages) == told["role"].n_unique() > 0


def test_without_a_database_there_is_nothing_to_tell(tmp_path):
    with pytest.raises(Refusal, match="run a night first"):
        run_briefing(BriefingRequest(tmp_path, Position.at(AS_OF), MONDAY))
