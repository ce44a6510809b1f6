"""Payments and instalments that are each other's nearest beyond doubt, found side by side on one line."""

import polars as pl

from reconciliation.moments import moment


def side_by_side(payments: pl.DataFrame, instalments: pl.DataFrame, window_days: int) -> pl.DataFrame:
    """Pairs `payment, instalment` of one amount, at most `window_days` apart, that nothing else on the line is as near.

    Both sides have `family, day, pence` and are in the order of (family, day). Laid on one line, the two of a pair are
    neighbours, and each is nearer to the other than to its neighbour on the other side: so the pair is the first of
    its payment and of its instalment in the order of rules §3.3, whatever else there is.
    """
    nothing = pl.lit(None, pl.UInt32)
    line = pl.concat(
        [
            payments.select(place=moment("day"), payment="payment", instalment=nothing, pence="pence"),
            instalments.select(place=moment("day"), payment=nothing, instalment="instalment", pence="pence"),
        ]
    ).sort("place", maintain_order=True)
    apart = line["place"].diff()
    is_nearest = (apart < apart.shift(1)).fill_null(True) & (apart < apart.shift(-1)).fill_null(True)
    second = (is_nearest & (apart <= window_days)).fill_null(False).arg_true()
    pairs = pl.concat([_of(line, second - 1, "first"), _of(line, second, "second")], how="horizontal")
    return (
        pairs.filter(pl.col("first_pence") == pl.col("second_pence"))
        .select(
            payment=pl.coalesce("first_payment", "second_payment"),
            instalment=pl.coalesce("first_instalment", "second_instalment"),
        )
        .drop_nulls()
    )


def _of(line: pl.DataFrame, places: pl.Series, side: str) -> pl.DataFrame:
    return line.select(pl.all().name.prefix(f"{side}_"))[places]
