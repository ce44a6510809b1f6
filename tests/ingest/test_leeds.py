"""A real public export, read as its council published it: every row and every penny accounted for."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from reconciliation.ingest import check_feed_age, check_quarantined, read_landing, settled
from reconciliation.policy import default_policy
from reconciliation.records import RECORDS
from reconciliation.versions import merge

FOLDER = Path(__file__).parents[2] / "sample_data" / "leeds"
AS_OF = date(2020, 6, 30)
FILE_PENCE = 15_773_069_63


@pytest.fixture(scope="module")
def delivery():
    read = read_landing(FOLDER, default_policy(), AS_OF)
    merged = {name: merge(RECORDS[name], rows, RECORDS[name].empty(), AS_OF) for name, rows in read.rows.items()}
    return settled(read, merged)


@pytest.fixture(scope="module")
def report(delivery):
    return next(file for file in delivery.files if file.record == "transactions")


def test_every_row_is_accepted_or_quarantined(report):
    assert (report.rows, report.accepted, report.quarantined) == (12_848, 12_844, 4)


def test_the_pence_add_up_to_the_files(report):
    assert report.pence == FILE_PENCE
    assert report.accepted_pence + report.quarantined_pence == FILE_PENCE
    assert report.unread_amounts == 0


def test_only_the_two_numbers_used_twice_are_quarantined(delivery):
    assert sorted(delivery.quarantine["key"]) == ["1112-06777", "1112-06777", "1112-06778", "1112-06778"]
    assert delivery.quarantine["reason"].str.starts_with("conflicting_version").all()


def test_negatives_are_reversals_and_redacted_payees_name_nobody(delivery):
    transactions = delivery.rows["transactions"]
    assert transactions.filter(pl.col("amount_pence") < 0)["kind"].to_list() == ["reversal"] * 135
    assert transactions["payee_reference"].null_count() == 12_782


def test_all_three_date_styles_are_read(delivery):
    days = delivery.rows["transactions"]["posted_on"]
    assert (days.min(), days.max(), days.null_count()) == (date(2010, 12, 8), date(2020, 6, 25), 0)


def test_the_shipped_policy_lets_it_through(delivery):
    check_quarantined(delivery.files, delivery.quarantine, default_policy())
    check_feed_age(delivery.rows["transactions"]["posted_on"].max(), default_policy(), AS_OF)
