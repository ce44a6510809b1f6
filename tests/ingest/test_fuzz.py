"""Any bytes under any name: a table, or one sentence why not; never a crash, never without end."""

import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.ingest.reading import read_table
from reconciliation.ingest.sources import Source
from reconciliation.ingest.table import Table, Unreadable
from tests.ingest.test_camt import DETAILS, balance, entry, statement
from tests.ingest.test_workbook import EVERY_CELL, workbook

MOST = 10_000_000
HEADER = [f"h{n}" for n in range(len(EVERY_CELL))]
PARQUET = io.BytesIO()
pl.DataFrame({"a": ["x", None], "b": [1.5, 2.5]}).write_parquet(PARQUET)
WHOLE = {
    "csv": b'\xef\xbb\xbfa,b\r\n1,"2,\n3"\r\n4\r\n',
    "xlsx": workbook([HEADER, EVERY_CELL, EVERY_CELL]),
    "parquet": PARQUET.getvalue(),
    "camt.053": statement(balance("OPBD", "0"), entry("E1", "1.00", more=DETAILS)),
}


def read(form: str, data: bytes) -> Table:
    return read_table(data, Source(name="x", record="transactions", files="*", format=form), MOST)


CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=6)


def changed(data: bytes, changes: list[tuple[float, bytes]]) -> bytes:
    out = bytearray(data)
    for place, piece in changes:
        at = int(place * len(data))
        out[at : at + len(piece)] = piece
    return bytes(out)


@pytest.mark.parametrize("form", WHOLE)
@given(changes=CHANGES, kept=st.floats(0, 1))
def test_a_damaged_file_is_a_table_or_a_sentence(form, changes, kept):
    data = changed(WHOLE[form], changes)
    told = None
    try:
        table = read(form, data[: int(kept * len(data)) or None])
    except Unreadable as fault:
        told = fault.args
    if told is None:
        assert table.rows == table.cells.height + table.ragged.height == len(table.source_rows) + table.ragged.height
    else:
        assert all(sentence and "\n" not in sentence for sentence in told)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_sentence(data):
    for form in WHOLE:
        try:
            read(form, data)
        except Unreadable as fault:
            sentence = fault.args[0]
        else:
            sentence = "a table"
        assert sentence
