"""The manifest: every penny accounted for, and no person in it."""

import json
from dataclasses import replace
from datetime import date

import polars as pl

from reconciliation.ingest.delivery import FileReport
from reconciliation.policy import default_policy, version_of
from reconciliation.reports.manifest import Account, manifest, manifest_file, pounds
from reconciliation.reports.proof import proof
from tests.reports.small_council import FAMILIES, HOSTILE_NAME, edition, results

ACCOUNT = Account(
    files=[
        FileReport(
            "transactions.csv",
            "canonical",
            "transactions",
            "ab" * 32,
            rows=20,
            delivered=19,
            quarantined=1,
            control_total_pence=123456,
            unknown_columns=("colour",),
            accepted=18,
            unchanged=1,
        )
    ],
    ignored=["notes.txt"],
    nights_covered=[date(2026, 6, 9), date(2026, 6, 10)],
    seconds={"ingest": 0.12345},
    accepted_pence=10_000_00,
)


def test_the_manifest_says_what_was_read_and_at_what_position():
    said = manifest(edition(), ACCOUNT)
    assert (said["run_id"], said["as_of"], said["known_on"]) == ("run-1", "2026-06-10", "2026-06-10")
    assert said["policy_version"] == version_of(default_policy())
    assert said["ignored_files"] == ["notes.txt"]
    assert said["not_checked"] == ["vacancies", "reviews"]
    assert said["nights_covered"] == ["2026-06-09", "2026-06-10"]
    assert said["seconds"] == {"ingest": 0.123}


def test_each_file_is_accounted_for_row_by_row():
    (file,) = json.loads(manifest_file(edition(), ACCOUNT))["files"]
    assert (file["name"], file["sha256"], file["unknown_columns"]) == ("transactions.csv", "ab" * 32, ["colour"])
    assert file["rows"] == file["accepted"] + file["unchanged"] + file["quarantined"] + file["furniture"] == 20
    assert file["control_total"] == "1234.56"


def test_every_standing_is_counted_even_where_no_family_stands_so():
    said = manifest(edition(), ACCOUNT)
    assert said["families_by_standing"] == {
        "cannot_tell": 1,
        "owed_promised": 1,
        "owed": 0,
        "overpaid": 1,
        "settled": 2,
    }
    assert said["exceptions_by_code"]["ARREARS"] == 2


def test_every_penny_of_the_small_council_is_accounted_for():
    equations = proof(results(), accepted_pence=10_000_00)
    assert len(equations) == 5
    assert [equation.difference_pence for equation in equations] == [0] * 5
    assert equations[0].parts[1] == ("posted or recorded after this position", 10_000_00 - 683234)


def test_a_penny_that_goes_missing_is_shown_and_never_hidden():
    given = results()
    short = given.balances.with_columns(paid_pence=pl.col("paid_pence") - (pl.col("family_id") == "F2").cast(pl.Int64))
    broken = [equation for equation in proof(replace(given, balances=short)) if not equation.holds]
    assert [equation.difference_pence for equation in broken] == [1, -1]
    said = manifest(edition(results=replace(given, balances=short)), Account())
    assert [line["difference"] for line in said["proof"]] == ["0.00", "0.01", "-0.01", "0.00"]


def test_an_equation_reads_in_pounds_and_its_parts_add_up():
    line = manifest(edition(), ACCOUNT)["proof"][1]
    assert line["says"] == "Every transaction belongs to a family or is in suspense."
    assert line["amount"] == "6832.34"
    assert {part["part"]: part["amount"] for part in line["made_of"]} == {
        "payments of families": "6800.00",
        "remedies of families": "50.00",
        "returns of families": "-30.00",
        "in suspense": "12.34",
    }


def test_no_person_is_in_the_manifest():
    text = manifest_file(edition(), ACCOUNT).decode()
    for family in FAMILIES.iter_rows(named=True):
        assert family["recipient_name"] not in text
        assert f'"{family["family_id"]}"' not in text
    assert HOSTILE_NAME not in text
    assert "V9" not in text


def test_the_manifest_is_json_that_any_program_reads():
    assert json.loads(manifest_file(edition(), Account())) == manifest(edition(), Account())


def test_pounds_are_written_plainly():
    assert [pounds(pence) for pence in (0, 5, -5, 123456, -2000)] == ["0.00", "0.05", "-0.05", "1234.56", "-20.00"]
