"""The committed sample is what its generator writes."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from sample_data.council import Family, Line
from sample_data.exports import cards
from sample_data.fenmarsh import fenmarsh
from sample_data.generate import COMMITTED, write_council
from sample_data.payroll import dues

MOST_BYTES = 3_000_000


def files(folder: Path) -> dict[str, bytes]:
    """Every file's bytes; a workbook by its parts, since the same parts may be packed differently elsewhere."""
    found = {}
    for path in folder.rglob("*.*"):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found |= {f"{name}/{part}": book.read(part) for part in book.namelist()}
        else:
            found[name] = path.read_bytes()
    return found


def test_the_generator_writes_the_committed_files_again_byte_for_byte(tmp_path):
    write_council(tmp_path)
    written, committed = files(tmp_path), files(COMMITTED)
    assert written.keys() == committed.keys()
    assert [name for name in committed if written[name] != committed[name]] == []


def test_the_workbook_is_the_same_bytes_however_often_it_is_written(tmp_path):
    council = fenmarsh()
    for folder in ("once", "again"):
        (tmp_path / folder).mkdir()
        cards.write(tmp_path / folder, council)
    once, again = ((tmp_path / folder / "prepaid_cards.xlsx").read_bytes() for folder in ("once", "again"))
    assert once == again


def test_the_sample_stays_small_enough_to_be_cloned():
    assert sum(path.stat().st_size for path in COMMITTED.rglob("*.*")) < MOST_BYTES


def test_every_file_or_a_notice_beside_it_says_that_it_is_synthetic():
    assert "synthetic" in (COMMITTED / "landing" / "READ_ME.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("pounds", "contribution", "first", "last", "pence"),
    [
        (150, 20, date(2024, 1, 1), date(2024, 1, 31), 57_572),
        (150, 20, date(2023, 2, 1), date(2023, 2, 28), 52_000),
        (150, 20, date(2024, 4, 1), date(2024, 4, 30), 55_715),
    ],
)
def test_the_councils_own_payroll_gives_the_published_hampshire_figures(pounds, contribution, first, last, pence):
    """£150 a week less £20: £575.72 for 31 days, £520.00 for 28, £557.15 for 30."""
    line = Line(
        entitlement_id="A1",
        family_id="F1",
        kind="weekly",
        pence=pounds * 100,
        contribution=contribution * 100,
        schedule="monthly_advance",
        starts=first,
        ends=last,
        recorded_on=first,
    )
    family = Family("F1", "", "", "adult", "", "", "ledger", "monthly_advance", first, lines=[line])
    assert [due.pence for due in dues(family)] == [pence]
