"""The days of all families laid end to end: one whole number says family and day, and sorts sooner than the two."""

import polars as pl

FAR_APART = 10**8
"""More days than any calendar has: the days of one family never reach into those of the next."""
NOBODY = 2**32 - 1
"""Stands for no family, so that what is nobody's comes last."""


def moment(day: str) -> pl.Expr:
    """Where column `day` of the family numbered in column `family` lies (Int64)."""
    return pl.col("family").fill_null(NOBODY).cast(pl.Int64) * FAR_APART + pl.col(day).cast(pl.Int32)


def by_moment(frame: pl.DataFrame, day: str, name: str) -> pl.DataFrame:
    """`frame` by family (none last), `day`, and `name`; texts are compared only where two rows share a moment."""
    moments = frame.select(moment(day)).to_series()
    places = moments.arg_sort()
    moments = moments.gather(places)
    is_shared = ((moments == moments.shift(1)) | (moments == moments.shift(-1))).fill_null(value=False)
    shared = pl.DataFrame({"place": places.filter(is_shared), "moment": moments.filter(is_shared)})
    shared = shared.with_columns(name=frame[name].gather(shared["place"])).sort("moment", "name")
    places = places.scatter(is_shared.arg_true(), shared["place"])
    return frame if places.is_sorted() else frame.rechunk()[places]  # rows in many pieces take twice the time
