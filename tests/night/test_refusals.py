"""A night that cannot be right publishes nothing, says why, and leaves the last one in place (rules §9)."""

import shutil
from datetime import date

import pytest

from reconciliation.errors import Refusal
from reconciliation.position import Position
from reconciliation.records import RECORDS
from reconciliation.store import Store, default_url
from tests.night.conftest import LANDING, night

TOTALLED = """
[[source]]
name = "ledger"
record = "transactions"
files = "ledger.csv"
format = "csv"
drop_rows_where = { "transaction_id" = ["TOTAL"] }
control_total = "TOTAL"
"""


@pytest.fixture(scope="module")
def good(worked_night, tmp_path_factory):
    """An output folder with a good night in it."""
    return shutil.copytree(worked_night, tmp_path_factory.mktemp("refusals") / "out")


def delivery(tmp_path):
    return shutil.copytree(LANDING, tmp_path / "landing")


def rewritten(folder, name, change):
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    (folder / name).write_text("\n".join(change(lines)) + "\n", encoding="utf-8")


def without_families(folder):
    (folder / "families.csv").unlink()


def without_a_column(folder):
    rewritten(folder, "transactions.csv", lambda lines: [lines[0].replace("posted_on", "paid_on"), *lines[1:]])


def with_a_penny_too_little(folder):
    (folder / "sources.toml").write_text(TOTALLED, encoding="utf-8")
    header, *rows = (folder / "transactions.csv").read_text(encoding="utf-8").splitlines()
    (folder / "transactions.csv").unlink()
    amount = header.split(",").index("amount")
    pence = sum(round(float(row.split(",")[amount]) * 100) for row in rows) - 1
    total = ["TOTAL" if place == 0 else "" for place in range(len(header.split(",")))]
    total[amount] = f"{pence / 100:.2f}"
    (folder / "ledger.csv").write_text("\n".join([header, *rows, ",".join(total)]) + "\n", encoding="utf-8")


def with_bad_rows(folder):
    def spoil(lines):
        return [lines[0], *(line.replace("weekly", "yearly", 1) for line in lines[1:])]

    rewritten(folder, "entitlements.csv", spoil)


DELIVERIES = {
    "families are absent": (without_families, "families: no file; expected families.csv"),
    "a required column is absent": (without_a_column, "transactions.csv: .*posted_on"),
    "a control total disagrees": (with_a_penny_too_little, "ledger.csv: .*0.01|ledger.csv: .*total"),
    "too many rows are bad": (with_bad_rows, r"entitlements.csv: \d+ of 215 rows are bad, more than the 5.0 %"),
}


def as_it_stands(out):
    """Every published byte, and how many versions the store holds."""
    with Store.open(default_url(out)) as store:
        counts = {name: store.known(record).height for name, record in RECORDS.items()}
    return {path.name: path.read_bytes() for path in (out / "2026-06-10").iterdir()}, counts


@pytest.mark.parametrize("what", DELIVERIES)
def test_a_delivery_that_cannot_be_right_is_refused_and_the_last_night_stands(what, good, tmp_path):
    spoil, cause = DELIVERIES[what]
    folder = delivery(tmp_path)
    spoil(folder)
    before = as_it_stands(good)
    with pytest.raises(Refusal, match=cause):
        night(good, folder)
    assert as_it_stands(good) == before


def test_a_stale_feed_never_looks_like_a_quiet_night(good):
    before = as_it_stands(good)
    with pytest.raises(Refusal, match=r"the newest was posted on 2026-06-\d\d, \d+ days before 2026-09-30"):
        night(good, position=Position.at(date(2026, 9, 30)))
    assert as_it_stands(good) == before
    assert not (good / "2026-09-30").exists()


def test_every_cause_is_told_at_once(tmp_path):
    folder = delivery(tmp_path)
    without_families(folder)
    without_a_column(folder)
    with pytest.raises(Refusal) as refused:
        night(tmp_path / "out", folder)
    assert len(refused.value.causes) == 2


def test_a_folder_that_cannot_be_written_refuses_the_night(tmp_path):
    (tmp_path / "out").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(Refusal, match=r"cannot be made|cannot be written"):
        night(tmp_path / "out")


def test_the_refusal_is_kept_with_its_causes_in_the_book_of_runs(good, tmp_path):
    folder = delivery(tmp_path)
    without_families(folder)
    with pytest.raises(Refusal):
        night(good, folder)
    with Store.open(default_url(good)) as store:
        last = store.runs(1).row(0, named=True)
    assert last["outcome"] == "refused"
    assert "families: no file" in last["causes"]
