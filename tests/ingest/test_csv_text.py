"""Delimited text: the quick way and the exact way give one table, and no line is lost."""

import csv
import io
import time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.ingest import csv_text
from reconciliation.ingest.csv_text import LONGEST_LINE, exactly, read_csv
from reconciliation.ingest.table import Table, Unreadable

CELLS = st.text(alphabet='ab1 ;,"£\n\t', max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6)


def written(rows: list[list[str]], **options) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", **options).writerows([["h1", "h2", "h3"], *rows])
    return out.getvalue()


def cells(table: Table) -> list[tuple[str, ...]]:
    return table.cells.with_columns(pl.all().fill_null("")).rows()


@given(TABLES, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_whatever_a_csv_writer_writes_is_read_back(rows, quoting):
    """A cell with a line end that itself looks like a whole row is the one thing that is not believed."""
    rows = [[cell.replace("\n", " / ").replace(",", ";") if "\n" in cell else cell for cell in row] for row in rows]
    table = read_csv(written(rows, quoting=quoting).encode())
    assert cells(table) == [tuple(row) for row in rows]
    assert table.source_rows.to_list() == list(range(1, len(rows) + 1))


@given(st.text(alphabet='a,"\n ', max_size=40))
def test_the_quick_way_and_the_exact_way_agree_on_any_text(body):
    text = "h1,h2,h3\n" + body
    quick, exact = read_csv(text.encode()), exactly(text.removesuffix("\n").split("\n"), ",")
    assert cells(quick) == cells(exact)
    assert quick.source_rows.to_list() == exact.source_rows.to_list()
    assert quick.ragged.rows() == exact.ragged.rows()


@given(st.text(alphabet='a,"\n', max_size=60))
def test_every_line_with_text_is_in_some_row(body):
    """Each line that is not blank is a row of its own or lies inside a cell of one."""
    table = read_csv(("h1,h2,h3\n" + body).encode())
    within = sum(cell.count("\n") for row in cells(table) for cell in row)
    assert table.rows + within >= sum(1 for line in body.split("\n") if line.strip(" "))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_ends_a_row(end):
    table = read_csv(end.join(["a,b", "1,2", "3,4", ""]).encode())
    assert cells(table) == [("1", "2"), ("3", "4")]


def test_a_delimiter_within_quotes_is_text():
    table = read_csv(b'a;b\n"x;y";2\n', delimiter=";")
    assert cells(table) == [("x;y", "2")]


def test_rows_count_from_the_first_below_the_header_and_blank_lines_do_not():
    table = read_csv(b"title\n\na,b\n\n1,2\n1\n\n3,4\n", skip_rows=1)
    assert table.source_rows.to_list() == [1, 3]
    assert table.ragged["source_row"].to_list() == [2]


def test_a_declared_encoding_is_used():
    assert cells(read_csv("a,b\n£,Zoë\n".encode("cp1252"), "cp1252")) == [("£", "Zoë")]
    assert cells(read_csv("a,b\n£,Zoë\n".encode("utf-16"), "utf-16")) == [("£", "Zoë")]


def test_a_column_without_a_name_is_called_by_its_place():
    assert read_csv(b"a,,b,\n1,2,3,4\n").header == ("a", "column 2", "b", "column 4")


def test_a_column_may_be_called_as_ours_are_within():
    """The exact way keeps row numbers apart from the cells, whatever the export's columns are called."""
    table = exactly(["source_row,misfit", "x,y"], ",")
    assert cells(table) == [("x", "y")]


def test_a_header_of_endless_columns_is_refused():
    with pytest.raises(Unreadable, match="2,001 columns"):
        read_csv(b"a" + b"," * 2000)


def test_a_header_whose_quote_is_open_is_refused():
    with pytest.raises(Unreadable, match="a quote in it is not closed"):
        read_csv(b'a,"b\n1,2\n3,4')


def test_one_enormous_line_is_refused_at_once():
    start = time.monotonic()
    with pytest.raises(Unreadable, match="line 2 is longer than"):
        read_csv(b"a,b\n" + b"x" * 50_000_000)
    assert time.monotonic() - start < 10


def test_a_line_as_long_as_may_be_is_read_either_way():
    line = "x" * (LONGEST_LINE - 2) + ",y"
    assert cells(read_csv(f"a,b\n{line}\n".encode())) == cells(exactly(["a,b", line], ","))


def test_many_open_quotes_take_time_in_proportion():
    """Going back after each open quote must not make the reading quadratic."""
    lines = ["a,b", *['1,"x'] * 20_000]
    start = time.monotonic()
    table = exactly(lines, ",")
    assert table.rows == 20_000
    assert time.monotonic() - start < 10


def test_batches_of_the_exact_way_join_without_a_seam(monkeypatch):
    monkeypatch.setattr(csv_text, "BATCH", 2)
    table = exactly(["a,b", "1,2", "3", "4,5", "6,7", "8,9"], ",")
    assert cells(table) == [("1", "2"), ("4", "5"), ("6", "7"), ("8", "9")]
    assert table.source_rows.to_list() == [1, 3, 4, 5]
