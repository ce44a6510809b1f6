"""A family's rerun says what the night says of it, reads only what it needs, and touches nobody else's results."""

import csv
import shutil

import pytest

from reconciliation.errors import Refusal
from reconciliation.position import Position
from reconciliation.requests import FamilyRequest
from reconciliation.rerun import rerun_family
from tests.night.conftest import LANDING, POSITIONS, STARTED, night

AS_OF = POSITIONS["2026-06-10"][0]
FILES = ("balances.csv", "exceptions.csv", "compensation.csv", "promises.csv", "briefing.csv", "lookback.csv")


@pytest.fixture(scope="module")
def out(worked_night, tmp_path_factory):
    return shutil.copytree(worked_night, tmp_path_factory.mktemp("reruns") / "out")


def rows_of(folder, family_id):
    """The family's rows of every file, without what tells of the run."""
    found = {}
    for name in FILES:
        with open(folder / name, encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["family_id"] == family_id]
        found[name] = [{column: cell for column, cell in row.items() if column != "run_id"} for row in rows]
    return found


def families(folder):
    with open(folder / "balances.csv", encoding="utf-8-sig", newline="") as file:
        return [row["family_id"] for row in csv.DictReader(file)]


def rerun(out, family_id, position=AS_OF):
    return rerun_family(FamilyRequest(family_id, out, position, STARTED))


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_a_family_alone_says_what_the_night_says(out, every):
    folder = out / "2026-06-10"
    for family_id in families(folder)[::every]:
        outcome = rerun(out, family_id)
        assert not outcome.is_from_everyones_rows
        assert rows_of(outcome.folder, family_id) == rows_of(folder, family_id), family_id


@pytest.mark.usefixtures("unexamined")
def test_a_position_that_no_night_published_is_worked_out_all_the_same(out, tmp_path):
    position = Position.at(POSITIONS["2025-03-31_known_2025-01-15"][0].as_of)
    elsewhere = night(tmp_path, position=position).folder
    for family_id in families(elsewhere)[::16]:
        outcome = rerun(out, family_id, position)
        assert outcome.is_from_everyones_rows
        mine, theirs = (rows_of(place, family_id) for place in (outcome.folder, elsewhere))
        assert [mine[name] for name in FILES if name != "exceptions.csv"] == [
            theirs[name] for name in FILES if name != "exceptions.csv"
        ]


def test_a_rerun_touches_no_other_results(out):
    folder = out / "2026-06-10"
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    rerun(out, "F00002")
    assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_an_unknown_family_is_refused_in_words(out):
    with pytest.raises(Refusal, match="family F77777: is not known on 2026-06-10"):
        rerun(out, "F77777")


def test_a_folder_without_a_database_is_refused_and_left_as_it_was(tmp_path):
    with pytest.raises(Refusal, match="no database there yet; run a night first, or check --database or --out"):
        rerun(tmp_path / "oot", "F00002")
    assert not (tmp_path / "oot").exists()


def test_each_line_of_the_statement_leads_back_to_its_file_and_row(out):
    folder = rerun(out, "F00002").folder
    with open(folder / "statement.csv", encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["line"] in ("due", "money moved")]
    for name, key in {"due": "entitlement_id", "money moved": "transaction_id"}.items():
        for row in (row for row in rows if row["line"] == name):
            with open(LANDING / row["source_file"], encoding="utf-8", newline="") as file:
                read = list(csv.DictReader(file))[int(row["source_row"]) - 1]
            assert read[key] == row["reference"]
