"""Text to pence through one door: the plain style and the accounting style (records: Money, amount_style)."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.ingest.amounts import pence


def read(text: str, style: str) -> int | None:
    return pl.DataFrame({"a": [text]}).select(pence(pl.col("a"), style)).item()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1234.5", 123450), ("-20.00", -2000), ("+7", 700), ("0.07", 7), ("-0.05", -5), ("9999999999.99", 999999999999)],
)
def test_plain_pounds(text, expected):
    assert read(text, "plain") == expected
    assert read(text, "accounting") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("£1,234.50", 123450),
        ("1,234,567.89", 123456789),
        ("(1.00)", -100),
        ("(£1,000)", -100000),
        ("£(12.34)", -1234),
        ("1.00-", -100),
        ("-£1.00", -100),
        ("£-1.00", -100),
        ("1.00 CR", -100),
        ("1.00cr", -100),
        ("1.00 DR", 100),
        ("12.340", 1234),
        ("12.3000", 1230),
        ("−5.00", -500),
        ("£ 5", 500),
    ],
)
def test_the_accounting_style_only_where_it_is_declared(text, expected):
    assert read(text, "accounting") == expected
    assert read(text, "plain") is None, "undeclared, it is no amount"


@pytest.mark.parametrize(
    "text",
    ["12.345", "1,23.45", "12,34", "1,2345.00", "--1", "-1.00-", "(-1.00)", "-1.00 CR", "(1.00", "1.00)", "££1", "$1",
     "1e3", "NaN", "", ".", "£", "-", "1 234.00", "1.00 XX", "0x1F", "１２", "12.", "REDACTED", "-3.46945E-18"],
)  # fmt: skip
def test_what_is_no_amount_is_never_guessed(text):
    assert read(text, "accounting") is None


@given(st.integers(-(10**11), 10**11))
def test_any_pence_survive_both_styles(amount):
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    plain = f"{sign}{size // 100}.{size % 100:02}"
    bracketed = f"({size // 100:,}.{size % 100:02}0)" if amount < 0 else f"£{size // 100:,}.{size % 100:02}0"
    assert read(plain, "plain") == amount
    assert read(bracketed, "accounting") == amount


@given(st.text(alphabet="0123456789.,-+£()CRD eE", max_size=12))
def test_no_text_breaks_the_reading(text):
    assert read(text, "accounting") is None or isinstance(read(text, "accounting"), int)
