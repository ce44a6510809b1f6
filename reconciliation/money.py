"""Pence: the one door from text to money and back, and the one rounding.

Money is whole pence in 64-bit integers. No float comes near it.
"""

from decimal import Decimal

import polars as pl

PLAIN_POUNDS = r"^([+-]?)([0-9]{1,10})(?:\.([0-9]{1,2}))?$"
"""Decimal pounds with at most two decimals, up to ten digits: a longer figure is no direct payment."""


def pence_from_pounds(text: pl.Expr) -> pl.Expr:
    """Pence (Int64) of a text column of plain decimal pounds; null where the text is not one (records: Money)."""
    pounds = text.str.extract(PLAIN_POUNDS, 2).cast(pl.Int64)
    pence = text.str.extract(PLAIN_POUNDS, 3).fill_null("").str.pad_end(2, "0").cast(pl.Int64)
    sign = pl.when(text.str.starts_with("-")).then(-1).otherwise(1).cast(pl.Int64)
    return pl.when(text.str.contains(PLAIN_POUNDS)).then(sign * (pounds * 100 + pence))


def pounds_from_pence(pence: pl.Expr) -> pl.Expr:
    """Plain decimal pounds (`1234.50`, `-20.00`) of an Int64 pence column; null stays null."""
    size = pence.abs()
    sign = pl.when(pence < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return sign + (size // 100).cast(pl.String) + "." + (size % 100).cast(pl.String).str.zfill(2)


def spoken_pounds(pence: pl.Expr) -> pl.Expr:
    """Pounds as people read them (`£1,234.50`, `-£20.00`) of an Int64 pence column; null stays null."""
    pounds = (pence.abs() // 100).cast(pl.String)
    grouped = pounds.str.reverse().str.replace_all(r"(\d{3})", "${1},").str.reverse().str.strip_prefix(",")
    sign = pl.when(pence < 0).then(pl.lit("-£")).otherwise(pl.lit("£"))
    return sign + grouped + "." + (pence.abs() % 100).cast(pl.String).str.zfill(2)


def pence_of(pounds: Decimal) -> int:
    """Whole pence of a policy's pounds; raises ValueError when it has a fraction of a penny."""
    pence = pounds * 100
    if pence != pence.to_integral_value():
        raise ValueError(f"{pounds} is not a whole number of pence")
    return int(pence)


def round_half_up(numerator: pl.Expr, denominator: int) -> pl.Expr:
    """`numerator / denominator` in whole units, half away from zero, for Int64 numerators (rules, Arithmetic)."""
    size = (numerator.abs() * 2 + denominator) // (2 * denominator)
    return size * numerator.sign()
