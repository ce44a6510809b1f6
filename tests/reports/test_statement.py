"""A family's letter: what was due and why, what paid for it, and words that a twelve-year-old can read."""

import csv
import html
import io
import re
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from pypdf import PdfReader

from reconciliation import shapes
from reconciliation.alone import narrowed
from reconciliation.interest import interest
from reconciliation.policy import default_policy
from reconciliation.reports import interest_working
from reconciliation.reports.edition import SOURCES
from reconciliation.reports.family_files import family_files
from reconciliation.reports.publishing import publish_family
from reconciliation.reports.statement import statement_page, statement_pdf
from reconciliation.reports.statement_table import statement_csv
from tests.reports.readability import grade
from tests.reports.small_council import AS_OF, HOSTILE_NAME, edition, frame, record


def of_family(family: str, **records: pl.DataFrame):
    """The small council's edition cut down to one family; `records` replaces visible records."""
    given = edition()
    results = replace(given.results, records=given.results.records | records)
    own = pl.col("family_id") == family
    return replace(
        given,
        results=narrowed(results, family),
        exceptions=given.exceptions.filter(own),
        quarantine=given.quarantine.filter(own),
    )


def words_of(page: bytes) -> str:
    """What the page says, without markup."""
    body = re.sub(r"<(style|script|title).*?</\1>", " ", page.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def prose_of(page: bytes) -> str:
    """The sentences of the page: paragraphs and what is said of each duty."""
    found = re.findall(r"<(p|dd|summary)\b[^>]*>(.*?)</\1>", page.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))) for _, text in found)


def test_a_family_that_is_owed_money_is_told_how_much_and_since_when():
    said = words_of(statement_page(of_family("F1")))
    assert "We owe you £840.00. The oldest part was due on 1 May 2026. That is 40 days ago." in said
    assert "We promised to pay it. We have not kept that promise in full." in said


def test_a_debt_of_years_is_told_in_years():
    given = of_family("F1")
    balances = given.results.balances.with_columns(days_overdue=pl.lit(3019, pl.Int64))
    said = words_of(statement_page(replace(given, results=replace(given.results, balances=balances))))
    assert "That is more than 8 years ago." in said


def test_each_due_is_worked_out_in_words():
    said = words_of(statement_page(of_family("F1")))
    assert "28 days at £150.00 a week is £600.00. You pay £80.00 of it. That leaves £520.00." in said


def test_each_due_names_what_paid_it_and_each_payment_what_it_paid():
    said = words_of(statement_page(of_family("F1")))
    assert "£200.00 on 1 May 2026" in said
    assert "We paid you T11 £200.00 £200.00 for 4 May 2026 to 31 May 2026" in said


def test_money_that_came_back_and_money_that_pays_nothing_are_told():
    given = of_family("F3")
    sent_back = pl.when(pl.col("transaction_id") == "T31").then(12000).otherwise("remaining_pence")
    moved = given.results.money.movements.with_columns(remaining_pence=sent_back)
    money = replace(given.results.money, movements=moved)
    said = words_of(statement_page(replace(given, results=replace(given.results, money=money))))
    assert "£400.00 of it came back to us" in said
    assert "£100.00 does not match anything that was due" in said


def test_a_line_leads_back_to_its_file_and_row():
    known = [("entitlements", "E2", "care_export.csv", 12), ("transactions", "T20", "AP_2026_04.csv", 3)]
    given = replace(of_family("F2"), sources=frame(SOURCES, *known))
    said = words_of(statement_page(given))
    assert "E2: care_export.csv, row 12" in said
    assert "T20: AP_2026_04.csv, row 3" in said
    rows = list(csv.DictReader(io.StringIO(statement_csv(given).decode("utf-8-sig"))))
    traced = {(row["reference"], row["source_file"], row["source_row"]) for row in rows if row["source_file"]}
    assert traced == {("E2", "care_export.csv", "12"), ("T20", "AP_2026_04.csv", "3")}


def test_where_the_source_is_not_known_the_line_still_names_its_record():
    assert "E1" in words_of(statement_page(of_family("F1")))


def test_a_family_that_is_settled_is_told_so():
    assert "We do not owe you any direct payment today." in words_of(statement_page(of_family("F2")))


def test_a_family_whose_figures_are_in_doubt_is_told_first():
    said = words_of(statement_page(of_family("F5")))
    assert said.index("We are not sure of these sums yet") < said.index("We owe you £520.00")


def test_a_family_that_was_overpaid_is_asked_for_nothing():
    said = words_of(statement_page(of_family("F3")))
    assert "We have paid you £100.00 that we cannot match" in said
    assert "You do not need to do anything now." in said


def test_what_is_not_due_yet_is_never_called_owed():
    page = statement_page(of_family("F4")).decode()
    coming = page[page.index("not due yet") :]
    assert '<td class="money">–</td>' in coming[:600]


def test_what_was_not_checked_is_said_and_not_passed_as_fine():
    said = words_of(statement_page(of_family("F1")))
    assert "The review of your direct payment We could not check this." in said
    assert "We have not reviewed it yet." not in said


def test_the_state_of_plan_and_assessments_is_told():
    asked = {"assessment_id": "A1", "family_id": "F1", "person": "carer", "requested_on": date(2026, 2, 4)}
    plan = {
        "plan_id": "P1",
        "family_id": "F1",
        "person": "recipient",
        "status": "agreed",
        "agreed_on": date(2026, 1, 5),
    }
    told = words_of(
        statement_page(of_family("F1", assessments=record("assessments", asked), plans=record("plans", plan)))
    )
    assert "We were asked on 4 February 2026 to look at what help Bea Brown needs. It is not done yet." in told
    assert "Your plan was agreed on 5 January 2026." in told
    assert "These parts are still missing: what you need help with" in told


def test_a_hostile_name_is_only_ever_text():
    page = statement_page(of_family("F2")).decode()
    assert HOSTILE_NAME not in page
    assert "&lt;/script&gt;" in page
    assert "<script" not in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize("family", ["F1", "F2", "F3", "F4", "F5"])
def test_the_letter_can_be_read_at_twelve(family):
    prose = prose_of(statement_page(of_family(family)))
    assert len(prose.split()) > 100
    assert grade(prose) <= 7


def test_the_measure_of_reading_tells_plain_from_hard():
    assert grade("We owe you money. We will pay it on Monday.") < 4
    assert (
        grade("Notwithstanding the aforementioned considerations, remuneration entitlements necessitate verification.")
        > 15
    )


def test_the_working_of_interest_adds_up_to_the_rule_on_every_basis():
    """Pound-days by rate, times the rate, over 365, rounded once, is what `interest` says (rules §4)."""
    given = of_family("F1").results
    checked = default_policy().model_copy(deep=True)
    parts = interest_working.family_parts(given)
    results = replace(given, money=replace(given.money, interest=interest(parts, checked)))
    ways = {way.basis: way for way in interest_working.workings(results, parts)}
    assert set(ways) == {"none", "county_court", "bank_rate"}
    for way in ways.values():
        exact = sum((percent * pence_days for percent, pence_days in way.by_rate), Decimal(0)) / 36500
        assert int(exact.quantize(Decimal(1), ROUND_HALF_UP)) == way.amount_pence
    assert ways["county_court"].by_rate == ((Decimal("8.00"), 32000 * 40 + 52000 * 9),)
    assert "17,480.00 pound-days × 8.00% ÷ 365" in words_of(statement_page(replace(of_family("F1"), results=results)))


def test_a_rate_that_changes_is_split_at_the_day_it_changes():
    """£520 due on 15 December 2025 and unpaid on 20 December: two days at 4 %, three from the 18th on at 3.75 %."""
    given = of_family("F1").results
    ledger = given.money.ledger.head(1).with_columns(
        due_on=date(2025, 12, 15), outstanding_pence=pl.lit(52000, pl.Int64), allocated_pence=pl.lit(0, pl.Int64)
    )
    at = replace(given, position=replace(given.position, as_of=date(2025, 12, 20)))
    late = replace(at, money=replace(at.money, ledger=ledger, allocations=shapes.empty(shapes.ALLOCATIONS)))
    bank_rate = interest_working.workings(late, interest_working.family_parts(late))[2]
    assert bank_rate.by_rate == ((Decimal("4.00"), 52000 * 2), (Decimal("3.75"), 52000 * 3))


def test_a_basis_that_cannot_be_worked_out_says_why():
    assert "This cannot be worked out: the table ends on 2026-06-01." in words_of(statement_page(of_family("F1")))


def test_the_csv_holds_every_line_with_plain_money():
    rows = list(csv.DictReader(io.StringIO(statement_csv(of_family("F1")).decode("utf-8-sig"))))
    assert [row["amount"] for row in rows if row["line"] == "due"] == ["520.00"] * 3
    assert [(row["reference"], row["amount"]) for row in rows if row["line"] == "money moved"] == [
        ("T10", "520.00"),
        ("T11", "200.00"),
        ("T18", "50.00"),
    ]


def test_the_pdf_is_the_letter_on_numbered_a4_pages_and_always_the_same():
    page = statement_page(of_family("F1"))
    content = statement_pdf(page)
    assert content == statement_pdf(page)
    read = PdfReader(io.BytesIO(content))
    width, height = (round(float(side) / 72 * 25.4) for side in read.pages[0].mediabox[2:])
    assert (width, height) == (210, 297)
    text = read.pages[0].extract_text()
    assert "We owe you £840.00" in text
    assert f"Page 1 of {len(read.pages)}" in text
    assert "2026-06-10" in str(read.metadata.creation_date)


def test_a_rerun_publishes_the_statement_beside_the_familys_rows(tmp_path):
    folder = publish_family(tmp_path, AS_OF, "F1", family_files(of_family("F1")))
    names = {path.name for path in folder.iterdir()}
    assert {"statement.html", "statement.csv", "balances.csv", "ledger.parquet"} <= names
    assert pl.read_parquet(folder / "ledger.parquet")["family_id"].unique().to_list() == ["F1"]
