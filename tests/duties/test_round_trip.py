"""The files that a night publishes, filled in and taken back: CSV and workbook say the same."""

import io
from datetime import date

import polars as pl
import pytest
from openpyxl import load_workbook

from reconciliation.exceptions.lifecycle import exception_ids, lived
from reconciliation.ingest.decided import read_decisions
from reconciliation.position import Position
from reconciliation.records import DECISIONS
from reconciliation.reports.csv_files import csv_files
from reconciliation.reports.edition import Edition
from reconciliation.reports.workbook import workbook_file
from tests.duties.made import TODAY, ago, results

NEVER_SEEN = pl.DataFrame(schema={"exception_id": pl.String, "first_seen": pl.Date})
TOMORROW = date(2026, 6, 11)


@pytest.fixture(scope="module")
def night():
    return results(
        entitlements=[{}, {"entitlement_id": "E2", "kind": "one_off", "amount_pence": 123_456}],
        promises=[{"amount_pence": 50_000, "due_on": ago(3)}],
    )


def published(night, decisions, as_of):
    exceptions = lived(exception_ids(night.raised), decisions, NEVER_SEEN, Position.at(as_of))
    return Edition(results=night, exceptions=exceptions)


def filled_in_csv(edition, path):
    """As a UK spreadsheet saves it: cp1252, semicolons, every promise and plan decided."""
    table = pl.read_csv(io.BytesIO(csv_files(edition)["exceptions.csv"]), infer_schema=False)
    decided = pl.col("code").str.contains("PROMISE|PLAN")
    filled = table.with_columns(decision=pl.when(decided).then(pl.lit("accepted")), decision_note=pl.lit("£ agreed"))
    path.write_bytes(filled.write_csv(separator=";").encode("cp1252"))


def filled_in_workbook(edition, path):
    book = load_workbook(io.BytesIO(workbook_file(edition)))
    for sheet in book.worksheets:
        names = [cell.value for cell in sheet[1]]
        if "exception_id" not in names:
            continue
        for row in sheet.iter_rows(min_row=2):
            cells = dict(zip(names, row, strict=True))
            if "PROMISE" in cells["code"].value or "PLAN" in cells["code"].value:
                cells["decision"].value = "accepted"
            cells["decision_note"].value = "£ agreed"
    book.save(path)


@pytest.mark.parametrize(
    ("name", "fill_in"), [("exceptions.csv", filled_in_csv), ("exceptions.xlsx", filled_in_workbook)]
)
def test_what_staff_decide_closes_their_exceptions_the_next_night_and_is_not_taken_twice(
    night, tmp_path, name, fill_in
):
    edition = published(night, DECISIONS.empty(), TODAY)
    fill_in(edition, tmp_path / name)
    first = read_decisions(tmp_path / name, "Pat", TODAY)
    assert first.refused.is_empty()
    assert first.rows.height + first.undecided == edition.exceptions.height
    known = first.rows.with_columns(recorded_on=pl.lit(TODAY)).select(DECISIONS.schema().keys())

    next_night = published(night, known, TOMORROW)
    closed = next_night.exceptions.filter(status="closed")
    assert set(closed["code"]) == {"NO_PLAN", "PROMISE_OVERDUE"}
    assert closed.select("decision", "decision_note", "decided_by").unique().rows() == [("accepted", "£ agreed", "Pat")]

    (tmp_path / name).write_bytes(
        csv_files(next_night)["exceptions.csv"] if name.endswith("csv") else workbook_file(next_night)
    )
    again = read_decisions(tmp_path / name, "Sam", TOMORROW, known)
    assert (again.rows.height, again.unchanged, again.refused.height) == (0, closed.height, 0)
