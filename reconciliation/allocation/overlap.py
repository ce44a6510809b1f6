"""First in, first out as one overlap of running sums: who gives to whom, without a loop."""

import polars as pl


def overlap(givers: pl.DataFrame, takers: pl.DataFrame, giver: str, taker: str) -> pl.DataFrame:
    """Within each `group`, lets givers fill takers, both in order.

    `givers` has `group, <giver>, pence`, `takers` has `group, <taker>, pence`; each in the order in which it gives or
    takes within its group, pence above zero. Returns `<giver>, <taker>, amount_pence` for every amount that passes.

    Both sides are laid end to end on one line on which each group has a stretch as long as its larger side. Where
    the cuts of both sides meet is what one giver gives one taker.
    """
    totals = _total(givers, "given").join(_total(takers, "taken"), on="group").sort("group")
    stretch = pl.max_horizontal("given", "taken")
    bases = totals.select("group", base=stretch.cum_sum() - stretch)
    cuts = _ends(givers, bases, giver).merge_sorted(_ends(takers, bases, taker), key="end")
    # the next giver (taker) to end at or after a cut is the one that gives (takes) up to it
    filled = cuts.with_columns(pl.all().exclude("end").backward_fill())
    same_group = pl.col(f"{giver}_group") == pl.col(f"{taker}_group")
    return (
        filled.with_columns(amount_pence=pl.col("end") - pl.col("end").shift(1, fill_value=0))
        .filter(same_group, pl.col("amount_pence") > 0)
        .select(giver, taker, "amount_pence")
    )


def _total(side: pl.DataFrame, name: str) -> pl.DataFrame:
    return side.group_by("group").agg(pl.col("pence").sum().alias(name))


def _ends(side: pl.DataFrame, bases: pl.DataFrame, name: str) -> pl.DataFrame:
    """Where each giver (taker) ends on the line, its other side's columns null; columns alike for both sides."""
    other = {"payment": "due", "due": "payment"}[name]
    ends = side.join(bases, on="group", maintain_order="left").with_columns(
        end=pl.col("pence").cum_sum().over("group") + pl.col("base")
    )
    columns = {
        "end": pl.col("end"),
        name: pl.col(name),
        f"{name}_group": pl.col("group"),
        other: pl.lit(None, pl.UInt32),
        f"{other}_group": pl.lit(None, pl.UInt32),
    }
    return ends.select(**{key: columns[key] for key in ("end", "payment", "payment_group", "due", "due_group")}).sort(
        "end", maintain_order=True
    )
