"""Taking money off payments, newest first: what cancelling and recovering share (rules §3.1, §3.4)."""

import polars as pl


def newest_first(available: pl.Expr, wanted: pl.Expr) -> pl.Expr:
    """How much each payment gives up when a family wants `wanted` back, the newest payment giving first.

    For frames in the order of the payments; `wanted` is the same on every row of a family.
    """
    newer = available.cum_sum(reverse=True).over("family") - available
    return pl.min_horizontal(pl.max_horizontal(wanted - newer, pl.lit(0, pl.Int64)), available)


def in_rounds(events: pl.DataFrame) -> list[pl.DataFrame]:
    """`events` in the order given, split into rounds: the first of every family, then the second of every family…"""
    if events.is_empty():
        return []
    numbered = events.with_columns(_round=pl.int_range(pl.len()).over("family"))
    return [batch.drop("_round") for batch in numbered.sort("_round").partition_by("_round", maintain_order=True)]


def replaced(frame: pl.DataFrame, changed: pl.DataFrame, key: str, column: str) -> pl.DataFrame:
    """`frame`, in its order, with `column` as in `changed` for the keys that stand there."""
    return (
        frame.join(changed.select(key, _changed=column), on=key, how="left", maintain_order="left")
        .with_columns(pl.coalesce("_changed", column).alias(column))
        .drop("_changed")
    )


def others(frame: pl.DataFrame, taken: pl.Series, key: str) -> pl.DataFrame:
    """`frame`, in its order, without the rows whose number `key` is among `taken`.

    Numbers are positions, so a mark at each position says it sooner than a join.
    """
    if frame.is_empty() or taken.is_empty():
        return frame
    is_taken = pl.repeat(False, max(frame[key].max(), taken.max()) + 1, eager=True).scatter(taken, True)
    return frame.filter(~is_taken.gather(frame[key]))


def of_families(frame: pl.DataFrame, families: pl.Series) -> pl.DataFrame:
    """`frame`, in its order, with the rows of the families numbered in `families` alone."""
    if frame.is_empty() or families.is_empty():
        return frame.clear()
    is_wanted = pl.repeat(False, max(frame["family"].max(), families.max()) + 1, eager=True).scatter(families, True)
    return frame.filter(is_wanted.gather(frame["family"]))


def scattered(frame: pl.DataFrame, told: pl.DataFrame, place: str) -> pl.DataFrame:
    """`frame` with the other columns of `told` put in at the rows whose number its column `place` holds."""
    return frame.with_columns(frame[name].scatter(told[place], told[name]) for name in told.columns if name != place)
