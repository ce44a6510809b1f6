"""Amounts as exports write them, brought to the plain form that `money` reads (records: amount_style).

The accounting style takes: £ before the figures, thousands commas where they belong, a minus before or after, a
figure in brackets (negative), `CR` (money that comes back: negative) or `DR` (money that goes out: positive) after
it, and zeros after the pence. Two signs at once, a comma in the wrong place or a third decimal is no amount.
"""

import polars as pl

from reconciliation.money import pence_from_pounds

POUND_SIGN = r"^([-+(−]?)\s*£\s*"
FIGURES = r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]{1,2})0*)?"
NEGATIVE = (rf"^\(\s*{FIGURES}\s*\)$", rf"^[-−]\s*{FIGURES}$", rf"^{FIGURES}\s*(?:-|−|CR)$")
POSITIVE = (rf"^\+?{FIGURES}$", rf"^{FIGURES}\s*DR$")


def pence(text: pl.Expr, style: str) -> pl.Expr:
    """Pence (Int64) of amounts written in `style` (`plain` or `accounting`); null where the text is no amount."""
    return pence_from_pounds(text if style == "plain" else _plain(text))


def _plain(text: pl.Expr) -> pl.Expr:
    bare = text.str.to_uppercase().str.replace(POUND_SIGN, "${1}")
    negative = pl.coalesce(*(_figures(bare, pattern, "-") for pattern in NEGATIVE))
    return pl.coalesce(negative, *(_figures(bare, pattern, "") for pattern in POSITIVE))


def _figures(text: pl.Expr, pattern: str, sign: str) -> pl.Expr:
    pounds = text.str.extract(pattern, 1).str.replace_all(",", "", literal=True)
    pennies = text.str.extract(pattern, 2).fill_null("0")
    return pl.lit(sign) + pounds + "." + pennies
