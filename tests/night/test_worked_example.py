"""The files of a night say what the independent reference says, to the penny, at each worked position."""

import csv
import io

import polars as pl
import pytest

from reconciliation.money import pounds_from_pence
from tests.night.conftest import EXAMPLES, POSITIONS

NAMES = pytest.mark.parametrize("name", POSITIONS)


def expected(name, file):
    """Rows of an expected file as tuples of text, and its columns."""
    with open(EXAMPLES / "expected" / name / file, encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    return rows[0], sorted(map(tuple, rows[1:]))


def published_rows(folder, file, columns):
    with open(folder / file, encoding="utf-8-sig", newline="") as handle:
        return sorted(tuple(row[column] for column in columns) for row in csv.DictReader(handle))


def parquet_rows(folder, file, columns):
    frame = pl.read_parquet(folder / file)
    cells = [
        pounds_from_pence(pl.col(name)).alias(name)
        if name in ("gross", "contribution", "due", "outstanding", "amount")
        else pl.col(name).cast(pl.String)
        for name in columns
    ]
    return sorted(frame.select(cells).rows())


@NAMES
@pytest.mark.parametrize("file", ["balances", "exceptions", "promises", "lookback", "suspense"])
def test_a_csv_file_holds_every_expected_row_and_no_other(published, name, file):
    columns, rows = expected(name, f"{file}.csv")
    assert published_rows(published[name], f"{file}.csv", columns) == rows


@NAMES
@pytest.mark.parametrize("file", ["ledger", "allocations"])
def test_a_parquet_file_holds_every_expected_row_and_no_other(published, name, file):
    columns, rows = expected(name, f"{file}.csv")
    assert parquet_rows(published[name], f"{file}.parquet", columns) == rows


@NAMES
def test_interest_is_worked_out_on_every_basis_or_left_blank_with_its_reason(published, name):
    _, rows = expected(name, "interest.csv")
    with open(published[name] / "compensation.csv", encoding="utf-8-sig", newline="") as handle:
        found = [row for row in csv.DictReader(handle) if row["head"] == "interest"]
    assert sorted((row["family_id"], row["basis"], row["low"]) for row in found) == rows
    assert all(row["low"] == row["high"] for row in found)
    assert all(row["trigger"] for row in found if not row["low"])


@NAMES
def test_csv_opens_right_in_a_spreadsheet(published, name):
    """UTF-8 with a byte order mark, CRLF at the end of every line, and as many cells in each row as in the header."""
    for file in published[name].glob("*.csv"):
        data = file.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf"), file.name
        assert b"\n" not in data.replace(b"\r\n", b""), file.name
        widths = {len(row) for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))}
        assert len(widths) == 1, file.name
