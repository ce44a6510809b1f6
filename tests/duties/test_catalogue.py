"""Every code has its words, its owner and its rule; nothing has words without a rule (rules §6)."""

import re

import polars as pl
import pytest

from reconciliation.exceptions import RULES
from reconciliation.exceptions.catalogue import CATALOGUE, with_words, words
from tests.duties.made import TODAY

OWNERS = {
    "payments": "ARREARS MISSED_PAYMENT SHORT_PAYMENT LATE_PAYMENT DUPLICATE_PAYMENT RETURNED_PAYMENT"
    " POSSIBLE_MISPOSTING NO_ENTITLEMENT",
    "recovery": "OVERPAYMENT PAID_AFTER_END RECOVERY_IN_ARREARS",
    "finance": "UNMATCHED_RETURN SUSPENSE PAYEE_MISMATCH NOT_UPLIFTED ORPHAN_ENTITLEMENT",
    "brokerage": "BACKDATED_CHANGE",
    "assessments": "CONTRIBUTION_EXCEEDS",
    "social work": "PLAN_AMOUNT_MISMATCH NO_PLAN PLAN_INCOMPLETE PLAN_REVIEW_OVERDUE ASSESSMENT_OVERDUE"
    " CARER_ASSESSMENT_MISSING VACANCY_STALLED INTERIM_WITHOUT_END",
    "review team": "PAYMENT_REVIEW_OVERDUE",
    "complaints": "PROMISE_OVERDUE PROMISE_WITHOUT_DATE CASE_OVERDUE",
    "chief executive's office": "SENIOR_NOT_INFORMED",
}


def test_every_code_has_one_rule_of_its_name_in_the_order_of_the_rules():
    assert [rule.__name__.upper() for rule in RULES] == list(CATALOGUE)


def test_every_code_belongs_to_the_desk_that_the_rules_name():
    expected = {code: owner for owner, codes in OWNERS.items() for code in codes.split()}
    assert {code: entry.owner for code, entry in CATALOGUE.items()} == expected


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_words_are_short_and_plain(entry):
    assert all(len(text.split()) > 1 for text in (entry.title, entry.meaning, entry.action, entry.summary))
    assert len(entry.title) <= 60
    assert not entry.title.endswith(".")
    for sentence in (entry.meaning, entry.action, entry.summary):
        assert len(sentence) <= 160
        assert sentence.endswith(".")
    assert max(len(part.split()) for part in re.split(r"[.;]", entry.action)) <= 25


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_a_summary_speaks_of_the_row_and_leaves_no_gap(entry):
    row = {"code": entry.code, "amount_pence": 123456789, "since": TODAY, "items": 4321}
    said = with_words(pl.DataFrame([row])).row(0, named=True)
    assert "{" not in said["summary"]
    assert ("£1,234,567.89" in said["summary"]) == ("{amount}" in entry.summary)
    assert "10 June 2026" in said["summary"]
    assert said["owner"] == entry.owner
    blank = with_words(
        pl.DataFrame(
            [row | dict.fromkeys(("amount_pence", "since", "items"))],
            schema_overrides={"amount_pence": pl.Int64, "since": pl.Date, "items": pl.Int64},
        )
    )
    assert "{" not in blank["summary"][0]


def test_the_table_of_words_has_a_row_for_each_code():
    assert words()["code"].to_list() == list(CATALOGUE)
    assert words().null_count().sum_horizontal().item() == 0
