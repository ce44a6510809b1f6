"""Parquet: typed columns come as the text a canonical file would have."""

import io
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from reconciliation.ingest.parquet import read_parquet
from reconciliation.ingest.table import Unreadable
from tests.ingest.made import delivered, on

MOST = 100_000_000


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def text(series: pl.Series) -> list[str | None]:
    return read_parquet(parquet(pl.DataFrame({"a": series})), MOST).cells["a"].to_list()


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        (pl.Series(["x", None, ""]), ["x", None, ""]),
        (pl.Series([1, -20, None]), ["1", "-20", None]),
        (pl.Series([True, False]), ["true", "false"]),
        (pl.Series([date(2025, 1, 5)]), ["2025-01-05"]),
        (pl.Series([datetime(2025, 1, 5), datetime(2025, 1, 5, 9)]), ["2025-01-05", "2025-01-05 09:00:00"]),  # noqa: DTZ001
        (pl.Series([Decimal("12.50"), Decimal("-3.00")]), ["12.50", "-3.00"]),
        (pl.Series([Decimal("12.5000"), Decimal("0.1250")]), ["12.50", "0.125"]),
        (pl.Series([1234.5, 100.0, float("nan"), 0.1 + 0.2]), ["1234.5", "100", None, "0.30000000000000004"]),
        (pl.Series(["x", "y"], dtype=pl.Categorical), ["x", "y"]),
        (pl.Series([None, None], dtype=pl.Null), [None, None]),
    ],
)  # fmt: skip
def test_each_type_has_its_plain_text(series, expected):
    assert text(series) == expected


@pytest.mark.parametrize("series", [pl.Series([[1]]), pl.Series([b"x"]), pl.Series([{"a": 1}])])
def test_a_column_that_is_no_cell_is_refused(series):
    with pytest.raises(Unreadable, match='column "a" holds'):
        text(series)


def test_a_small_file_of_endless_rows_is_refused_before_it_is_read():
    data = parquet(pl.DataFrame({"a": pl.repeat("x", 1_000_000, eager=True)}))
    assert len(data) < 100_000
    with pytest.raises(Unreadable, match="unpacks to more than"):
        read_parquet(data, 500_000)


def test_a_canonical_parquet_file_needs_no_layout(tmp_path):
    frame = pl.DataFrame(
        {
            "transaction_id": ["A1", "A2", "A3"],
            "posted_on": [date(2026, 5, 21)] * 3,
            "amount": [12.5, 0.125, -1.0],
            "kind": ["payment", "payment", "return"],
        }
    )
    delivery = delivered(tmp_path, transactions_1_parquet=parquet(frame))
    rows = delivery.rows["transactions"]
    assert rows["amount_pence"].to_list() == [1250, -100]
    assert rows["posted_on"].to_list() == [on("2026-05-21")] * 2
    assert delivery.quarantine["key"].to_list() == ["A2"]
