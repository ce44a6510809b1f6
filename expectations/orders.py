"""What is known of the order of a position's tables, used to count sooner and relied on for nothing.

They lie family after family and day after day (rules §3). So what belongs together mostly stands together: it is looked
for there, held to its key, and looked for everywhere else where it is not there.
"""

from collections.abc import Sequence

import polars as pl

from reconciliation.moments import moment


def places(rows: pl.DataFrame, among: pl.DataFrame, key: Sequence[str], day: str) -> pl.Series:
    """The place in `among` of a row with the same `key`, for each of `rows`; null where there is none (UInt32).

    Both have `family_id`, `day` and the columns of `key`.
    """
    first = _first_of_its_day(rows, among, day)
    is_it = pl.Series([True]).new_from_index(0, rows.height)
    for column in key:
        is_it &= (among[column].gather(first) == rows[column]).fill_null(value=False)
    lost = rows.select(key).with_row_index("row").filter(~is_it)
    found = lost.join(among.select(key).with_row_index("place"), on=key).group_by("row").agg(pl.min("place"))
    return _where(is_it, first).scatter(found["row"], found["place"])


def _first_of_its_day(rows: pl.DataFrame, among: pl.DataFrame, day: str) -> pl.Series:
    """Where the first row of the same family and day would stand in `among`; null beyond its end."""
    families = _heads(among).unique(maintain_order=True).with_row_index("family")
    first = _moments(among, families, day).search_sorted(_moments(rows, families, day))
    return _where(first < among.height, first)


def _moments(rows: pl.DataFrame, families: pl.DataFrame, day: str) -> pl.Series:
    family = _heads(rows).join(families, on="family_id", how="left", maintain_order="left")["family"]
    numbered = rows.select(day, family.gather(rows["family_id"].rle_id()))
    return numbered.select(moment(day).fill_null(0)).to_series()


def _heads(rows: pl.DataFrame) -> pl.DataFrame:
    """The `family_id` of each run of rows that stand together."""
    return rows.select(pl.col("family_id").rle().struct.field("value").alias("family_id"))


def _where(holds: pl.Series, value: pl.Series) -> pl.Series:
    return pl.select(pl.when(holds).then(value)).to_series()


def sums_at(places: pl.Series, pence: pl.Series, rows: int) -> pl.Series:
    """The sum of the pence at each of that many places (Int64); pence without a place are left out."""
    placed = pl.DataFrame({"place": places, "pence": pence}).drop_nulls("place").sort("place")
    sums = placed.group_by("place").agg(pl.sum("pence"))
    return pl.Series([0]).new_from_index(0, rows).scatter(sums["place"], sums["pence"])


def sums_of_families(rows: pl.DataFrame, **pence: pl.Expr) -> pl.DataFrame:
    """`family_id` and the sums of each family's pence: of rows that stand together, then of all such runs of rows."""
    run = pl.col("family_id").rle_id().set_sorted().alias("run")
    runs = rows.select(run, "family_id", **pence).group_by("run").agg(pl.first("family_id"), pl.col(*pence).sum())
    return runs.group_by("family_id").agg(pl.col(*pence).sum())
