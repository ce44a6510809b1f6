"""As it was known: months later, every earlier position comes out of the one database byte for byte.

A council grows by a night's records each night. Some of its exports say when a thing was recorded, others do not and
simply change. A row belongs to the night that brings it: one delivered later than it says it was recorded would
rightly change the positions in between (records, Conventions).
"""

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from reconciliation.position import Position
from reconciliation.requests import FamilyRequest
from reconciliation.rerun import rerun_family
from reconciliation.store import Store, default_url
from tests.generated.council import TODAY, council, write_landing
from tests.oracle.visible import KEYS
from tests.trust.nights import asked, files_of, night, rows_of

pytestmark = pytest.mark.usefixtures("unexamined")
FAMILIES = 14
SAYS_NOT_WHEN = ("vacancies", "cases", "reviews")
"""Exports that hold each thing as it now is, with no word of when it was recorded."""
OF_A_FAMILY = ("balances.csv", "compensation.csv", "promises.csv", "lookback.csv")


def nights_of(count: int, days: int) -> list[date]:
    """So many nights, so many days apart, the last of them today."""
    return [TODAY - timedelta(days=days * back) for back in reversed(range(count))]


def brought(records: dict, day: date, draw: Random) -> dict:
    """What the council's systems hold on the evening of `day`."""
    return {name: _as_held(name, _by(rows, day), draw) for name, rows in records.items()}


def _by(rows: list[dict], day: date) -> list[dict]:
    return [row for row in rows if (row["recorded_on"] or date.min) <= day]


def _as_held(name: str, rows: list[dict], draw: Random) -> list[dict]:
    """All versions, or the newest alone and undated; in an order of its own each night."""
    if name in SAYS_NOT_WHEN:
        newest = {row[KEYS[name]]: row for row in sorted(rows, key=lambda row: row["recorded_on"])}
        rows = [row | {"recorded_on": None} for row in newest.values()]
    return draw.sample(rows, len(rows))


def dated(records: dict, first: date) -> dict:
    """The council's records, each with a day on which it was recorded; those that had none, within the nights."""
    draw = Random(60)

    def moved(row: dict) -> dict:
        day = row["recorded_on"] or first + timedelta(days=draw.randint(0, (TODAY - first).days))
        return row | {"recorded_on": min(day, TODAY)}

    return {name: _without_rivals(name, [moved(row) for row in rows]) for name, rows in records.items()}


def _without_rivals(name: str, rows: list[dict]) -> list[dict]:
    """One row of each version, one alone of each transaction: drawn days must not set rows at odds."""
    day = (lambda row: None) if name == "transactions" else (lambda row: row["recorded_on"])
    return list({(row[KEYS[name]], day(row)): row for row in rows}.values())


def load_and_replay(tmp_path: Path, days: list[date]) -> int:
    """Load every night, then ask for every one of them again; returns how many files were compared."""
    records = dated(council(7, FAMILIES), days[0])
    draw, out, again = Random(7), tmp_path / "out", tmp_path / "again"
    for day in days:
        write_landing(brought(records, day, draw), tmp_path / str(day))
        night(out, tmp_path / str(day), day)
    first_said = {day: files_of(out / str(day)) for day in days}
    assert len({said["balances.csv"] for said in first_said.values()}) > len(days) / 2, "the council hardly changed"
    for day in Random(1).sample(days, len(days)):
        said = night(again, tmp_path / str(day), day, database=default_url(out))
        assert said.manifest["quarantined_rows"] == 0
        compare(files_of(again / str(day)), first_said[day], day)
        compare_a_family(out, tmp_path / "alone", day, draw)
    with Store.open(default_url(out)) as store, store.lock(0):
        assert store.verify_audit() == []
    return sum(map(len, first_said.values()))


def compare(found: dict, expected: dict, day: date) -> None:
    assert found.keys() == expected.keys()
    assert [name for name in expected if found[name] != expected[name]] == [], day


def compare_a_family(out: Path, alone: Path, day: date, draw: Random) -> None:
    """One family of that day, rerun from the final database, has the rows that the night published."""
    published = {name: rows_of(out / str(day) / name) for name in OF_A_FAMILY}
    family_id = draw.choice(published["balances.csv"])["family_id"]
    request = asked(out)
    outcome = rerun_family(
        FamilyRequest(family_id, alone, Position.at(day), request.started_at, database=default_url(out))
    )
    for name, rows in published.items():
        mine = [row for row in rows if row["family_id"] == family_id]
        assert rows_of(outcome.folder / name) == mine, (day, name)


def test_some_nights_and_every_one_of_them_again(tmp_path):
    """Three nights, a fortnight apart."""
    assert load_and_replay(tmp_path, nights_of(3, 14)) >= 3 * 14


@pytest.mark.slow
def test_sixty_nights_and_every_one_of_them_again(tmp_path):
    """Sixty nights in a row."""
    assert load_and_replay(tmp_path, nights_of(60, 1)) >= 60 * 14
