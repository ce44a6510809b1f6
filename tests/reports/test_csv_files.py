"""What a spreadsheet opens, and what a program reads exactly."""

import csv
import io
from dataclasses import replace

import polars as pl
import pytest

from reconciliation.reports.csv_files import csv_bytes, csv_files, parquet_bytes, parquet_files
from tests.reports.small_council import HOSTILE_NARRATIVE, edition, results

CONTRACT = {
    "exceptions.csv": "exception_id, severity, code, family_id, recipient_name, team, subject, amount, since, "
    "age_days, items, summary, action, owner, evidence, first_seen, status, decision, decision_note, decided_by, "
    "run_id",
    "balances.csv": "family_id, standing, due, paid, arrears, prepaid, overpaid, recovered, surplus_recovered, "
    "remedies_paid, offset, provisional, oldest_unpaid_on, days_overdue, arrears_0_28, arrears_29_56, arrears_57_84, "
    "arrears_85_plus",
    "compensation.csv": "family_id, head, basis, low, high, trigger, source, selected, needs_approval",
    "promises.csv": "promise_id, family_id, kind, amount, discharged, outstanding, agreed_on, due_on, days_overdue, "
    "state",
    "suspense.csv": "transaction_id, posted_on, amount, kind, payee_reference, narrative, candidate_1, "
    "candidate_1_score, candidate_1_reason, candidate_2, candidate_2_score, candidate_2_reason, candidate_3, "
    "candidate_3_score, candidate_3_reason",
    "briefing.csv": "family_id, trigger, since, amount, role, notified_on, acknowledged_on, working_days_past",
    "lookback.csv": "family_id, owed, plan, carer, recruitment, promise, failings, similar",
    "scrutiny.csv": "team, measure, count",
    "quarantine.csv": "source_file, row, record, reason, raw",
}
"""The columns of outputs.md, typed from it by hand."""


def rows_of(content: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", CONTRACT)
def test_every_csv_has_exactly_the_columns_of_the_contract(name):
    header = csv_files(edition())[name].decode("utf-8-sig").split("\r\n")[0]
    assert header == CONTRACT[name].replace(", ", ",")


def test_no_csv_is_published_that_the_contract_does_not_name():
    assert set(csv_files(edition())) == set(CONTRACT)


def test_a_csv_starts_with_a_bom_and_ends_every_line_as_excel_expects():
    content = csv_files(edition())["balances.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n") == 6


def test_money_is_plain_pounds_dates_are_iso_and_flags_are_words():
    files = csv_files(edition())
    first = rows_of(files["balances.csv"])[0]
    assert (first["due"], first["oldest_unpaid_on"], first["days_overdue"]) == ("1560.00", "2026-05-01", "40")
    assert [row["selected"] for row in rows_of(files["compensation.csv"])] == ["false", "false", "false", "true"]


def test_a_negative_amount_stays_a_number():
    suspense = next(row for row in rows_of(csv_files(edition())["exceptions.csv"]) if row["code"] == "SUSPENSE")
    assert suspense["amount"] == "-12.34"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(cell):
    (row,) = rows_of(csv_bytes(pl.DataFrame({"note": [cell]})))
    assert row["note"] == "'" + cell


@pytest.mark.parametrize("cell", ["£5 = five pounds", "O'Neill", "F1:director", "", "a\r\nb", 'say "so", please'])
def test_an_ordinary_cell_is_left_as_it_is(cell):
    (row,) = rows_of(csv_bytes(pl.DataFrame({"note": [cell], "more": ["x"]})))
    assert row["note"] == cell


def test_no_cell_of_any_file_begins_like_a_formula_unless_it_is_a_number():
    for name, content in csv_files(edition()).items():
        for row in rows_of(content):
            for column, cell in row.items():
                harmless = not cell.startswith(("=", "+", "-", "@")) or cell.lstrip("-").replace(".", "").isdigit()
                assert harmless, (name, column, cell)


def test_a_hostile_narrative_is_kept_whole_behind_its_apostrophe():
    (row,) = rows_of(csv_files(edition())["suspense.csv"])
    assert row["narrative"] == "'" + HOSTILE_NARRATIVE


def test_exceptions_stand_by_family_with_closed_and_snoozed_ones_last():
    rows = rows_of(csv_files(edition())["exceptions.csv"])
    assert [(row["family_id"], row["code"]) for row in rows] == [
        ("", "SUSPENSE"),
        ("F1", "ARREARS"),
        ("F1", "PROMISE_OVERDUE"),
        ("F1", "SENIOR_NOT_INFORMED"),
        ("F2", "LATE_PAYMENT"),
        ("F2", "NO_PLAN"),
        ("F5", "ARREARS"),
        ("F3", "OVERPAYMENT"),
        ("F5", "UNMATCHED_RETURN"),
    ]
    assert {row["run_id"] for row in rows} == {"run-1"}


def test_every_exception_carries_its_words_its_owner_and_the_familys_name():
    rows = rows_of(csv_files(edition())["exceptions.csv"])
    assert all(row["summary"] and row["action"] and row["owner"] for row in rows)
    assert rows[1]["recipient_name"] == "Una Brown"


def upside_down(frames):
    return replace(
        frames, **{name: value.reverse() for name, value in vars(frames).items() if isinstance(value, pl.DataFrame)}
    )


def test_the_order_in_which_rows_come_changes_no_byte():
    given = edition()
    turned = replace(
        given,
        results=replace(upside_down(given.results), money=upside_down(given.results.money)),
        exceptions=given.exceptions.reverse(),
        quarantine=given.quarantine.reverse(),
    )
    assert csv_files(turned) == csv_files(given)
    assert parquet_files(turned) == parquet_files(given)


def test_the_shards_in_which_families_were_worked_out_change_no_byte():
    """A large table in pieces would be written in pieces."""
    whole = pl.DataFrame({"due_pence": pl.int_range(300_000, eager=True)})
    dealt = pl.concat([whole.head(100_000), whole.tail(200_000)], rechunk=False)
    assert parquet_bytes(dealt) == parquet_bytes(whole)


def test_the_ledger_keeps_whole_pence_and_real_dates():
    ledger = pl.read_parquet(io.BytesIO(parquet_files(edition())["ledger.parquet"]))
    assert ledger.schema == {
        "family_id": pl.String,
        "entitlement_id": pl.String,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "due_on": pl.Date,
        "percent_days": pl.Int64,
        "gross": pl.Int64,
        "contribution": pl.Int64,
        "due": pl.Int64,
        "allocated": pl.Int64,
        "outstanding": pl.Int64,
        "last_paid_on": pl.Date,
        "upcoming": pl.Boolean,
    }
    assert ledger["due"].sum() == results().money.ledger["due_pence"].sum()


def test_the_allocations_keep_whole_pence_and_real_dates():
    allocations = pl.read_parquet(io.BytesIO(parquet_files(edition())["allocations.parquet"]))
    assert allocations.schema == {
        "family_id": pl.String,
        "transaction_id": pl.String,
        "entitlement_id": pl.String,
        "period_start": pl.Date,
        "step": pl.String,
        "posted_on": pl.Date,
        "amount": pl.Int64,
    }
