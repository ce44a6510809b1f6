"""Payments and instalments that are each other's nearest beyond doubt, found side by side on one line."""

import polars as pl

from reconciliation.moments import moment


def side_by_side(payments: pl.DataFrame, instalments: pl.DataFrame, window_days: int) -> pl.DataFrame:
    """Pairs `payment, instalment` of one amount, at most `window_days` apart, that nothing else on the line is as near.

    Both sides have `family, day, pence` and are in the order of (family, day). Laid on one line, the two of a pair are
    neighbours, and each is nearer to the other than to its neighbour on the other side: so the pair is the first of
    its payment and of its instalment in the order of rules §3.3, whatever else there is.
    """
    moments = pl.concat([payments.select(moment("day")), instalments.select(moment("day"))]).to_series()
    line = moments.arg_sort()
    apart = moments.gather(line).diff()
    is_nearest = (apart < apart.shift(1)).fill_null(True) & (apart < apart.shift(-1)).fill_null(True)
    second = (is_nearest & (apart <= window_days)).fill_null(False).arg_true()
    one, other = line.gather(second - 1), line.gather(second)
    neighbours = pl.DataFrame({"first": one.zip_with(one < other, other), "last": other.zip_with(one < other, one)})
    return _of_one_amount(neighbours.filter(_is_mixed(payments.height)), payments, instalments)


def _is_mixed(payment_count: int) -> pl.Expr:
    """Payments were laid down before instalments: a payment and an instalment, and not two of a kind."""
    return (pl.col("first") < payment_count) & (pl.col("last") >= payment_count)


def _of_one_amount(pairs: pl.DataFrame, payments: pl.DataFrame, instalments: pl.DataFrame) -> pl.DataFrame:
    paid = payments.select("payment", "pence")[pairs["first"]]
    owed = instalments.select("instalment", owed_pence="pence")[pairs["last"] - payments.height]
    met = pl.concat([paid, owed], how="horizontal")
    return met.filter(pl.col("pence") == pl.col("owed_pence")).select("payment", "instalment")
