"""A night run again, or on the same records in another order, says the same; loading again adds nothing."""

import csv
import json
import random
import shutil

import pytest

from reconciliation.records import RECORDS
from reconciliation.store import Store, default_url
from tests.night.conftest import LANDING, night

DIFFER_BY_DESIGN = {"manifest.json"}


def contents(folder):
    """Every file's bytes by name, but for those that tell of the run itself."""
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in DIFFER_BY_DESIGN}
    with open(folder / "exceptions.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found["exceptions.csv"] = [{name: cell for name, cell in row.items() if name != "run_id"} for row in rows]
    return found


def shuffled(folder, target):
    """The example's records with rows, columns and files in another order: transactions in three files."""
    chance = random.Random(7)
    target.mkdir()
    for path in folder.glob("*.csv"):
        with open(path, encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        order = list(range(len(header)))
        chance.shuffle(rows)
        chance.shuffle(order)
        parts = 3 if path.stem == "transactions" else 1
        for part in range(parts):
            with open(target / f"{path.stem}_{9 - part}.csv", "w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow([header[place] for place in order])
                writer.writerows([row[place] for place in order] for row in rows[part::parts])
    return target


@pytest.fixture(scope="module")
def twice(worked_night, tmp_path_factory):
    out = shutil.copytree(worked_night, tmp_path_factory.mktemp("twice") / "out")
    first = contents(out / "2026-06-10")
    again = night(out)
    return first, contents(again.folder), again.manifest, out


def test_the_same_night_twice_is_byte_identical(twice):
    first, again, _, _ = twice
    assert first == again


def test_loading_the_same_folder_again_adds_nothing(twice):
    _, _, manifest, out = twice
    assert all(file["accepted"] == 0 for file in manifest["files"])
    assert all(file["rows"] == file["unchanged"] for file in manifest["files"])
    with Store.open(default_url(out)) as store:
        kept = {name: store.known(record).height for name, record in RECORDS.items()}
    for name, count in kept.items():
        path = LANDING / f"{name}.csv"
        delivered = len(path.read_text(encoding="utf-8").splitlines()) - 1 if path.exists() else 0
        assert count == delivered, name


def test_the_order_of_rows_columns_and_files_decides_nothing(twice, tmp_path):
    first, *_ = twice
    other = contents(night(tmp_path / "out", shuffled(LANDING, tmp_path / "landing")).folder)
    assert first == other


def test_every_penny_is_accounted_for_and_every_row_counted(twice):
    *_, manifest, _ = twice
    assert all(equation["holds"] for equation in manifest["proof"])
    assert json.dumps(manifest)
    for file in manifest["files"]:
        assert file["rows"] == sum(file[part] for part in ("accepted", "unchanged", "quarantined", "furniture"))
