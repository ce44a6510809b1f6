"""A night that takes over what earlier ones left says, byte for byte, what a full night says."""

import csv
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import given

from reconciliation import __version__, sparing
from reconciliation.errors import Refusal
from reconciliation.exceptions.lifecycle import exception_ids
from reconciliation.night import run_night
from reconciliation.policy import read_policy, version_of
from reconciliation.position import Position
from reconciliation.reckoning import raised_at, reckon
from reconciliation.records import RECORDS, TRANSACTIONS
from reconciliation.requests import NightRequest
from reconciliation.sampling import sample
from reconciliation.shards import in_shards
from reconciliation.store import Store, default_url, snapshots
from reconciliation.store.tables import NEIGHBOURS, POSITIONS
from tests.generated.strategies import DRAWERS, Question, questions
from tests.night.conftest import LANDING, STARTED
from tests.properties.comparing import as_frames, reckoned, seeded_question
from tests.properties.everyday import searching, seeds
from tests.properties.test_repeatability import assert_same

pytestmark = pytest.mark.usefixtures("unexamined")

FIRST = date(2026, 6, 9)
DIFFER_BY_DESIGN = {"manifest.json", "exceptions.csv", "exceptions.xlsx"}
"""These tell of the run; the exceptions are compared without its number."""


@pytest.fixture(scope="module", autouse=True)
def packed_however_few():
    """What is packed is for large councils; here a small one has it too."""
    with pytest.MonkeyPatch.context() as here:
        here.setattr(snapshots, "MANY_ROWS", 1)
        here.setattr(sparing, "MANY_MOVEMENTS", 1)
        yield


@pytest.fixture(scope="module")
def packed_night(packed_however_few, tmp_path_factory) -> Path:
    """The output folder of the first night, to copy."""
    out = tmp_path_factory.mktemp("first") / "out"
    night(out, LANDING, FIRST)
    return out


@pytest.fixture
def out(packed_night, tmp_path) -> Path:
    """An output folder that has had the first night."""
    return shutil.copytree(packed_night, tmp_path / "out")


def night(out: Path, data: Path, as_of: date, **more):
    return run_night(NightRequest(data, out, Position.at(as_of), STARTED, **more))


def exceptions(folder: Path) -> list[dict]:
    with open(folder / "exceptions.csv", encoding="utf-8-sig", newline="") as file:
        return [{name: cell for name, cell in row.items() if name != "run_id"} for row in csv.DictReader(file)]


def assert_same_files(one: Path, other: Path) -> None:
    for path in sorted(one.iterdir()):
        if path.name not in DIFFER_BY_DESIGN:
            assert path.read_bytes() == (other / path.name).read_bytes(), path.name
    assert exceptions(one) == exceptions(other)


def dealt(drawer: Random, folder: Path, nights: int) -> list[Path]:
    """The worked example's rows dealt into as many deliveries; the first has a row of each file at least."""
    places = [folder / str(number) for number in range(nights)]
    for place in places:
        place.mkdir(parents=True)
    for source in LANDING.glob("*.csv"):
        header, *rows = source.read_text(encoding="utf-8").splitlines()
        drawer.shuffle(rows)
        shares = [rows[:1] if number == 0 else [] for number in range(nights)]
        for row in rows[1:]:
            drawer.choice(shares).append(row)
        for place, share in zip(places, shares, strict=True):
            (place / source.name).write_text("\n".join([header, *share]) + "\n", encoding="utf-8")
    return places


@pytest.mark.parametrize("seed", seeds(1))
def test_nights_that_take_over_what_earlier_ones_left_say_what_full_nights_say(tmp_path, seed):
    """Rows come in any night, recorded long before or after it; a night is left out now and then.

    After each night the packed records are those of their table.
    """
    drawer = Random(seed)
    quiet, full = tmp_path / "quiet", tmp_path / "full"
    day = FIRST
    for data in dealt(drawer, tmp_path / "landing", 3):
        one = night(quiet, data, day).folder
        other = night(full, data, day, full=True).folder
        assert_same_files(one, other)
        assert_packed_records_are_their_tables(quiet)
        day += timedelta(days=drawer.choice((1, 1, 2)))


def test_the_second_night_asks_the_first_one_and_reads_what_is_packed(out, monkeypatch):
    """And a full night does neither."""
    asked = []
    monkeypatch.setattr("reconciliation.night.raised_at", lambda *given: asked.append(given) or raised_at(*given))
    unpacked = pl.scan_parquet
    monkeypatch.setattr(snapshots.pl, "scan_parquet", lambda *given: asked.append("packed") or unpacked(*given))
    night(out, LANDING, FIRST + timedelta(days=1))
    assert set(asked) == {"packed"}
    asked.clear()
    whole = night(out, LANDING, FIRST + timedelta(days=1), full=True)
    assert len(asked) == 1
    assert "packed" not in asked
    assert whole.manifest["families_taken_over"] == 0


def test_a_record_that_comes_late_makes_the_day_before_be_worked_out_again(out, tmp_path):
    """It was known the day before, as its own date says, whatever was said that night."""
    landing = shutil.copytree(LANDING, tmp_path / "landing")
    with Store.open(default_url(out)) as store:
        assert told(store) is not None
    row = "PR-LATE,F00001,,arrears,1.00,2026-01-05,2026-02-02,Head of Finance,,,2026-01-05"
    with open(landing / "promises.csv", "a", encoding="utf-8") as file:
        file.write(row + "\n")
    night(out, landing, FIRST + timedelta(days=1))
    with Store.open(default_url(out)) as store:
        assert told(store) is None
        versions = {name: store.known(record) for name, record in RECORDS.items()}
    again = exception_ids(raised_at(versions, read_policy(), Position.at(FIRST)))
    assert "PR-LATE" in again["subject"].to_list()


def told(store: Store):
    return store.still_raised(Position.at(FIRST), version_of(read_policy()), __version__)


@pytest.mark.parametrize("other", [("another policy", __version__), (version_of(read_policy()), "another program")])
def test_what_another_policy_or_program_raised_is_not_taken_over(out, other):
    with Store.open(default_url(out)) as store:
        assert store.still_raised(Position.at(FIRST), *other) is None


def assert_packed_records_are_their_tables(out: Path) -> None:
    with Store.open(default_url(out)) as store:
        known, table = store.known(TRANSACTIONS), store.known(TRANSACTIONS, from_table=True)
        assert known.sort("transaction_id").equals(table.sort("transaction_id"))
        assert store.verify_audit() == []


def test_packed_records_that_are_not_their_tables_are_found_out(tmp_path):
    """By whoever verifies the store, and by the sample of the next night."""
    out, (first, second) = tmp_path / "out", dealt(Random(5), tmp_path / "landing", 2)
    night(out, first, FIRST)
    with Store.open(default_url(out)) as store:
        forged = store.known(TRANSACTIONS).with_columns(pl.col("amount_pence") * 2)
        with store.writing() as connection:
            number = connection.scalar(sa.select(sa.func.max(POSITIONS.c.position_id)))
            store.keep_packed(number, store.snapshot_due(forged, anew=True), STARTED)
        assert any("packed transactions" in line for line in store.verify_audit())
    tomorrow = FIRST + timedelta(days=1)
    with pytest.raises(Refusal, match=r"worked out alone from its own rows, its .*balances.* --full"):
        night(out, second, tomorrow)
    assert not (out / tomorrow.isoformat()).exists()
    night(out, second, tomorrow, full=True)
    with Store.open(default_url(out)) as store:
        assert store.verify_audit() == []


def test_the_turn_to_be_worked_out_twice_goes_round():
    families = reckoned(seeded_question(3, 60))
    turns = {family for day in range(60) for family in sample_on(families, day)}
    assert len(turns) > 40


def sample_on(results, day: int) -> list[str]:
    return sample(replace(results, position=Position.at(FIRST + timedelta(days=day))))


def test_the_second_night_settles_again_whom_something_touched(out, tmp_path):
    """The manifest counts them."""
    everyone = pl.read_csv(out / FIRST.isoformat() / "balances.csv").height
    landing = shutil.copytree(LANDING, tmp_path / "landing")
    with open(landing / "transactions.csv", "a", encoding="utf-8") as file:
        file.write("T-NEWS,F00001,,2026-06-09,25.00,payment,,,,,2026-06-09\n")
    again = night(out, landing, FIRST).manifest
    assert (again["families_settled_anew"], again["families_taken_over"]) == (1, everyone - 1)
    assert everyone > 1


@pytest.mark.parametrize("name", ["known transactions", "settled ledger"])
def test_nothing_is_taken_over_from_what_has_been_changed(out, name):
    """Not by a night, and whoever verifies the store is told."""
    with Store.open(default_url(out)) as store:
        with store.writing() as connection:
            other = sa.func.substr(NEIGHBOURS.c.frame, 1, 100)
            connection.execute(NEIGHBOURS.update().where(NEIGHBOURS.c.name == name).values(frame=other))
        assert any(name in line for line in store.verify_audit())
    with pytest.raises(Refusal, match=f'"{name}" has been changed since: run the night with --full'):
        night(out, LANDING, FIRST + timedelta(days=1))


@searching(6)
@given(questions(), DRAWERS)
def test_a_council_in_shards_is_the_council(question: Question, drawer: Random):
    """Whatever the shards' size: equal rows in equal order, in every frame."""
    size = drawer.randint(1, 9)

    def one_by_one(*given):
        return in_shards(*given, each=lambda work, shards: map(work, shards), families_each=size)

    versions, position = as_frames(question.records), question.position
    assert_same(
        reckon(versions, question.policy, position),
        reckon(versions, question.policy, position, settling=one_by_one),
    )
