"""Each kind of rule: the native expectation and the Polars count find the same rows."""

import subprocess
import sys
from datetime import date

import polars as pl
import pytest

from expectations.certificate import Certificate
from expectations.rules import SAID_ROW_BY_ROW, Rule, Whole, at_least, complete, distinct, one_of, same, within
from expectations.sparing import describing_once
from expectations.validating import certify

FRAME = pl.DataFrame(
    {
        "id": ["a", "b", "b", None, "c"],
        "kind": ["payment", "remedy", "gift", None, "payment"],
        "pence": [5, -1, None, 0, 101],
        "again": [5, 1, 3, None, 101],
        "starts": [date(2026, 1, 1), date(2026, 1, 2), None, date(2026, 1, 4), date(2026, 1, 5)],
        "ends": [date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 1), None, date(2026, 1, 9)],
        "flag": [True, False, None, True, True],
    }
)
WAYS = {"the table itself": 1000, "counted by Polars": 0}

KINDS = {
    "complete": (complete("r", "id", "{count}"), 1),
    "distinct in one column": (distinct("r", ("id",), "{count}"), 2),
    "distinct in two columns": (distinct("r", ("id", "flag"), "{count}"), 0),
    "one of a set": (one_of("r", "kind", ("payment", "remedy"), "{count}"), 1),
    "one of two truths": (one_of("r", "flag", [True], "{count}"), 1),
    "within": (within("r", "pence", 0, 100, "{count}"), 2),
    "within, open above": (within("r", "pence", 0, None, "{count}"), 1),
    "same": (same("r", "pence", "again", "{count}"), 1),
    "at least": (at_least("r", "ends", "starts", "{count}"), 1),
}


@pytest.mark.parametrize("small_rows", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize(("rule", "broken"), KINDS.values(), ids=KINDS.keys())
def test_a_rule_counts_the_rows_that_break_it_and_a_blank_breaks_only_completeness(rule, broken, small_rows):
    """Both ways of looking give the same count, so a threshold never changes what a night says."""
    certificate = certify("delivery", [Whole("records", FRAME, (rule,))], small_rows)
    assert certificate.passed == (broken == 0)
    assert certificate.causes == ((str(broken),) if broken else ())


@pytest.mark.parametrize("small_rows", WAYS.values(), ids=WAYS.keys())
def test_an_empty_table_breaks_nothing(small_rows):
    rules = tuple(Rule(name, rule.expectation, rule.breaks, rule.cause) for name, (rule, _) in KINDS.items())
    assert certify("delivery", [Whole("records", FRAME.clear(), rules)], small_rows).passed


def test_rows_that_hold_nobodys_data_are_named_one_by_one_up_to_a_limit():
    files = pl.DataFrame({"file": [f"f{n}.csv" for n in range(9)], "rows": [0] * 9})
    rule = within("r", "rows", 1, None, "{file}: no rows", is_said_of_each_row=True)
    causes = certify("delivery", [Whole("files", files, (rule,))]).causes
    assert causes[:2] == ("f0.csv: no rows", "f1.csv: no rows")
    assert causes[SAID_ROW_BY_ROW:] == ("files: the same of 4 more",)


def test_a_rule_that_cannot_be_tried_counts_as_failed():
    """The library reports its own exceptions as a result; that must never pass for a checked table."""
    words_against_a_number = Rule("r", within("r", "kind", 0, 1, "").expectation, pl.col("kind") == "", "")
    certificate = certify("delivery", [Whole("records", FRAME, (words_against_a_number,))])
    assert certificate.causes == (
        "records: the check r could not be carried out; tell whoever looks after the program",
    )


def test_large_tables_are_counted_together_and_told_apart():
    """They share one validation; each rule's count is its own table's."""
    unknown = one_of("kinds", "kind", ("payment",), "{count} unknown")
    missing = complete("ids", "id", "{count} missing")
    tables = [Whole("records", FRAME, (unknown,)), Whole("people", FRAME.head(2), (missing,))]
    certificate = certify("delivery", tables, small_rows=1)
    assert certificate.causes == ("2 unknown",)
    assert [(table["table"], table["rows"], table["is_whole"]) for table in certificate.json["tables"]] == [
        ("records", 5, False),
        ("people", 2, False),
    ]


def test_a_count_that_cannot_be_tried_counts_as_failed(monkeypatch):
    """What the library did not look at has not been certified, even where Polars counted nothing."""
    words = pl.DataFrame({"r": ["none"]})
    monkeypatch.setattr("expectations.validating._counted", lambda table: words)
    certificate = certify("delivery", [Whole("records", FRAME, (complete("r", "id", ""),))], small_rows=0)
    assert certificate.causes == (
        "records: the check r could not be carried out; tell whoever looks after the program",
    )


def test_statistics_and_pictures_load_only_when_asked_for():
    """Great Expectations imports them for rules that are none of ours: a second of every night's start."""
    asked = "import sys, expectations.library; print('scipy.stats._distn_infrastructure' in sys.modules)"
    asked += "; from scipy import stats; print(round(stats.entropy([1, 1], [1, 1])))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603 our own words
    assert done.stdout.split() == ["False", "0"]


def test_an_expectation_is_described_once_only_while_it_is_validated():
    """The library's own way is back afterwards."""
    import great_expectations.expectations as gxe  # takes seconds, which other workers are spared

    rule = gxe.ExpectColumnValuesToNotBeNull(column="id")
    with describing_once():
        assert rule.configuration is rule.configuration
    assert rule.configuration is not rule.configuration
    assert rule.configuration.type == complete("r", "id", "").expectation.type


def test_what_is_kept_holds_no_cell_and_gives_the_certificate_back():
    rule = one_of("r", "kind", ("payment",), "{count} unknown")
    certificate = certify("delivery", [Whole("records", FRAME, (rule,))])
    assert "gift" not in str(certificate.json)
    assert Certificate.kept(certificate.json) == certificate
