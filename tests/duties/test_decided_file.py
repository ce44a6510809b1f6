"""The filled-in exceptions file comes back as staff saved it, and what cannot be understood is refused by row."""

import io
import os
from datetime import date

import polars as pl
import pytest
import xlsxwriter

from reconciliation.errors import Refusal
from reconciliation.ingest.decided import read_decisions
from reconciliation.records import DECISIONS
from tests.duties.made import TODAY, ago

ONE, TWO, THREE = "EX-000000000001", "EX-000000000002", "EX-00000000000a"


def taken(tmp_path, content, known=None, name="exceptions.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_decisions(path, "Pat", TODAY, known)


def said(file):
    return file.rows.select("exception_id", "decision", "note", "decided_by", "decided_on").rows()


PLAIN = f"exception_id,severity,decision,decision_note\r\n{ONE},high,accepted,café, agreed\r\n".replace(
    "café, agreed", '"café, agreed"'
)
AS_READ = [(ONE, "accepted", "café, agreed", "Pat", TODAY)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_encoding_and_delimiter_of_a_spreadsheet_reads_the_same(tmp_path, encoding, delimiter):
    header, row = PLAIN.splitlines()[0], [ONE, "high", "accepted", '"café, agreed"']
    text = header.replace(",", delimiter) + "\r\n" + delimiter.join(row) + "\r\n"
    assert said(taken(tmp_path, text.encode(encoding))) == AS_READ


def test_columns_may_be_moved_added_and_retyped(tmp_path):
    text = f"my own column,Decision Note,DECISION,Exception ID\nx,looked at,In progress,{ONE}\n"
    assert said(taken(tmp_path, text)) == [(ONE, "in_progress", "looked at", "Pat", TODAY)]


@pytest.mark.parametrize("written", ["03/06/2026", "3/6/2026", "03/06/26", "2026-06-03", "3-Jun-2026", "3 June 2026"])
def test_dates_are_read_day_first_as_in_the_uk(tmp_path, written):
    text = f'exception_id,decision,decided_on,snooze_until,amount\n{ONE},open,{written},01/07/2026,"£1,234.50"\n'
    (row,) = taken(tmp_path, text).rows.iter_rows(named=True)
    assert (row["decided_on"], row["snooze_until"]) == (date(2026, 6, 3), date(2026, 7, 1))
    assert row["amount_pence"] == 123_450


def test_rows_without_a_decision_are_counted_and_left_alone(tmp_path):
    file = taken(tmp_path, f"exception_id,decision\n{ONE},\n{TWO},  \n{THREE},resolved\n")
    assert (file.rows["exception_id"].to_list(), file.undecided) == ([THREE], 2)
    assert file.refused.is_empty()


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        (f"{ONE},maybe,,", "decision: found"),
        (f"{ONE},open,31/02/2026,", "decided_on: found"),
        (f"{ONE},open,06/13/2026,", "decided_on: found"),
        (f"{ONE},open,11/06/2026,", "decided_on: lies after the day of taking in"),
        (f"{ONE},open,,soon", "snooze_until: found"),
        ("EX-1,open,,", "exception_id: not an id"),
        (",open,,", "exception_id: blank"),
        (f"{ONE},open", "row: 2 cells"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_with_its_reason_and_the_rest_taken(tmp_path, row, cause):
    file = taken(tmp_path, f"exception_id,decision,decided_on,snooze_until\n{row}\n{TWO},open,,\n")
    assert [(refused["row"], cause in refused["reason"]) for refused in file.refused.iter_rows(named=True)] == [
        (1, True)
    ]
    assert file.rows["exception_id"].to_list() == [TWO]


def test_two_different_decisions_on_one_exception_are_both_refused_and_a_copy_is_one(tmp_path):
    file = taken(tmp_path, f"exception_id,decision\n{ONE},open\n{ONE},accepted\n{TWO},open\n{TWO},open\n")
    assert file.rows["exception_id"].to_list() == [TWO]
    assert file.refused["key"].to_list() == [ONE, ONE]


def test_text_that_was_made_harmless_for_the_spreadsheet_comes_back_as_it_was(tmp_path):
    assert said(taken(tmp_path, f"exception_id,decision,note\n{ONE},open,'=1+1\n{TWO},open,'tis\n"))[0][2] == "=1+1"
    assert said(taken(tmp_path, f"exception_id,decision,note\n{ONE},open,'tis\n"))[0][2] == "'tis"


KNOWN = pl.DataFrame(
    [
        {
            "exception_id": ONE,
            "decision": "accepted",
            "note": "n",
            "decided_by": "Sam",
            "decided_on": ago(9),
            "snooze_until": ago(-9),
            "amount_pence": 100,
            "recorded_on": ago(9),
        }
    ],
    schema=DECISIONS.schema(),
)


@pytest.mark.parametrize(
    ("row", "is_new"),
    [
        (f"{ONE},accepted,n,,,1.00", False),
        (f"{ONE},accepted,n,Sam,{ago(9)},1.00", False),
        (f"{ONE},accepted,n,Sam,,0.50", False),
        (f"{ONE},accepted,n,Sam,,1.01", True),
        (f"{ONE},accepted,other,Sam,,1.00", True),
        (f"{ONE},resolved,n,Sam,,1.00", True),
        (f"{TWO},accepted,n,Sam,,1.00", True),
    ],
)
def test_a_decision_that_the_file_was_published_with_is_not_taken_again(tmp_path, row, is_new):
    """A grown amount reopened it, so there the same words are a new decision."""
    file = taken(tmp_path, f"exception_id,decision,note,decided_by,decided_on,amount\n{row}\n", KNOWN)
    assert (file.rows.height, file.unchanged) == ((1, 0) if is_new else (0, 1))


@pytest.mark.parametrize(
    ("header", "row", "until"),
    [
        ("decision,note", "accepted,another note", ago(-9)),
        ("decision,note", "resolved,n", None),
        ("decision,note,amount", "accepted,n,1.01", None),
        ("decision,note,snooze_until", "accepted,n,", None),
        ("decision,note,snooze_until", f"accepted,n,{ago(-20)}", ago(-20)),
    ],
)
def test_a_snooze_stays_only_where_the_file_cannot_speak_of_it_and_the_decision_stands(tmp_path, header, row, until):
    file = taken(tmp_path, f"exception_id,{header}\n{ONE},{row}\n", KNOWN)
    assert file.rows["snooze_until"].to_list() == [until]


def test_a_decision_changed_beside_its_old_day_is_of_today(tmp_path):
    file = taken(tmp_path, f"exception_id,decision,decided_on\n{ONE},resolved,{ago(9)}\n", KNOWN)
    assert file.rows["decided_on"].to_list() == [TODAY]


def test_a_decision_corrected_on_the_day_it_was_taken_in_keeps_the_day_that_the_person_wrote(tmp_path):
    known = KNOWN.with_columns(recorded_on=pl.lit(TODAY))
    file = taken(tmp_path, f"exception_id,decision,decided_on\n{ONE},resolved,{ago(9)}\n", known)
    assert file.rows["decided_on"].to_list() == [ago(9)]


def workbook(*sheets):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(place, column, cell, day if isinstance(cell, date) else None)
    return file.getvalue()


def test_every_sheet_of_the_workbook_that_lists_exceptions_is_read(tmp_path):
    header = ["exception_id", "amount", "decision", "decision_note", "snooze_until", "decided_on"]
    content = workbook(
        ("How to use this", [["Choose a decision", "Choose a decision"], ["decision"]]),
        ("payments", [header, [ONE, 1234.5, "accepted", "fine", date(2026, 7, 1), ago(2)], [], [TWO, 0.29]]),
        ("empty", []),
        ("recovery", [header, [THREE, 5, "open", None, "01/07/2026"], ["EX-1", 5, "open"]]),
    )
    file = taken(tmp_path, content, name="exceptions.xlsx")
    assert said(file) == [(ONE, "accepted", "fine", "Pat", ago(2)), (THREE, "open", None, "Pat", TODAY)]
    assert file.rows["snooze_until"].to_list() == [date(2026, 7, 1)] * 2
    assert file.rows["amount_pence"].to_list() == [123_450, 500]
    assert file.rows["source_file"].to_list() == ["exceptions.xlsx, sheet payments", "exceptions.xlsx, sheet recovery"]
    assert file.refused.select("source_file", "row").rows() == [("exceptions.xlsx, sheet recovery", 2)]


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", b"PK\x03\x04 no workbook", b"<html>log in</html>", b"exception_id,decision,decision\nx,y,z\n"],
)
def test_a_file_that_is_no_exceptions_file_is_refused_whole_in_plain_words(tmp_path, content):
    with pytest.raises(Refusal, match=r"^exceptions\.csv: "):
        taken(tmp_path, content)


def test_a_file_that_is_not_there_is_refused_in_plain_words(tmp_path):
    with pytest.raises(Refusal, match="cannot be read"):
        read_decisions(tmp_path / "none.csv", None, TODAY)


def test_nothing_personal_is_in_a_reason(tmp_path):
    file = taken(tmp_path, f"exception_id,decision,note\n{ONE},Mrs Patel 12,for Mrs Patel\n")
    assert "Patel" not in file.refused["reason"][0]
    assert os.fspath(tmp_path) not in file.refused["source_file"][0]
