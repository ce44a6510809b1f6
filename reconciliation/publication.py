"""Counts that may be published: how many families each failing touches, and no family in them (rules §8).

The table adds up in one way only: for each measure the teams' counts make the total. Nothing is added up across
measures, no sum of money is published (the largest debt would show through it), and one mark stands for every
suppressed count, so that the mark does not say which were small.

Suppressing is enough when, for a measure whose total is shown, the suppressed teams together have at least
`[publication.threshold]` families with the failing, as many without it, and as many beside the largest of them. Each
suppressed count could then be any of more than that many, or anything from nobody to everybody in a team smaller than
that, even for a reader who knows how many families every team has. The tests solve the table to show it.
UK GDPR art 5(1)(c), 9; DPA 2018.
"""

import polars as pl

from reconciliation.policy import Policy
from reconciliation.shapes import SCRUTINY, shaped
from reconciliation.vocabulary import Failing

ALL_TEAMS = "(all teams)"
NO_TEAM = "(no team)"
SUPPRESSED = "*"
FAMILIES = "families"
SIMILAR = "similar"
FAILINGS = tuple(failing.value for failing in Failing)


def scrutiny(lookback: pl.DataFrame, families: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The publishable table, all teams first, then team by team; shape SCRUTINY.

    `lookback` has the shape LOOKBACK, `families` are the visible ones with their `team`. How many families there are,
    and how many are similar to the reference case, is told for all teams alone: by team these would tie the failings
    together. For the same reason `similar` is shown only when no failing of any team is suppressed.
    """
    teams = families.select("family_id", team=pl.col("team").fill_null(NO_TEAM)).join(lookback, on="family_id")
    threshold = policy.publication.threshold
    cells = protected(_counted(teams), threshold)
    totals = _totals(teams, cells, threshold)
    rows = pl.concat([totals, cells.select("team", "measure", "count", "is_suppressed")])
    shown = pl.when(pl.col("is_suppressed")).then(pl.lit(SUPPRESSED)).otherwise(pl.col("count").cast(pl.String))
    return shaped(rows.with_columns(count=shown), SCRUTINY)


def _counted(teams: pl.DataFrame) -> pl.DataFrame:
    """`team, measure, count, families`: the families of each team with each failing, and all of the team's."""
    by_team = teams.group_by("team").agg(pl.col(FAILINGS).sum().cast(pl.Int64), families=pl.len().cast(pl.Int64))
    return by_team.sort("team").unpivot(
        FAILINGS, index=["team", "families"], variable_name="measure", value_name="count"
    )


def protected(cells: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """`cells` (`team, measure, count, families`) with `is_suppressed` and `is_total_suppressed`, in their order.

    Small counts go first. Where the total is shown they take the smallest other counts with them, until the
    suppressed teams have `threshold` families with the failing, as many without it, and as many beside the largest
    team; where no such set exists the total is suppressed instead. A team without any is shown as 0: it has nobody to
    reveal.
    """
    count, families = pl.col("count"), pl.col("families")
    is_small = count.is_between(1, threshold - 1)
    with_it, without_it = count.cum_sum(), (families - count).cum_sum()
    beside_the_largest = families.cum_sum() - families.cum_max()
    is_enough = pl.min_horizontal(with_it, without_it, beside_the_largest) >= threshold
    ranked = cells.with_row_index("place").with_columns(is_small=is_small, total=count.sum().over("measure"))
    hiding = (
        ranked.filter(count > 0)
        .sort("measure", "count", "team")
        .with_columns(
            rank=pl.int_range(1, pl.len() + 1).over("measure"), small=pl.col("is_small").sum().over("measure")
        )
        .with_columns(is_enough=is_enough.over("measure") & (pl.col("rank") >= pl.col("small")))
        .with_columns(needed=pl.col("rank").filter("is_enough").min().over("measure"))
        .select("place", "rank", "small", "needed")
    )
    is_total_small = pl.col("total").is_between(1, threshold - 1)
    is_total_suppressed = (pl.col("small") > 0) & (is_total_small | pl.col("needed").is_null())
    last = pl.when(pl.col("small") == 0).then(0).when("is_total_suppressed").then("small").otherwise("needed")
    return (
        ranked.join(hiding, on="place", how="left", maintain_order="left")
        .with_columns(is_total_suppressed=is_total_suppressed.fill_null(False))
        .with_columns(
            is_suppressed=(pl.col("rank") <= last).fill_null(False),
            is_total_suppressed=pl.col("is_total_suppressed").any().over("measure"),
        )
        .select(*cells.columns, "is_suppressed", "is_total_suppressed")
    )


def _totals(teams: pl.DataFrame, cells: pl.DataFrame, threshold: int) -> pl.DataFrame:
    failings = cells.group_by("measure", maintain_order=True).agg(
        pl.col("count").sum(), is_suppressed=pl.col("is_total_suppressed").any()
    )
    anything_hidden = cells["is_suppressed"].any()
    similar = int(teams["similar"].sum())
    whole = pl.DataFrame(
        {
            "measure": [FAMILIES, SIMILAR],
            "count": [teams.height, similar],
            "is_suppressed": [0 < teams.height < threshold, anything_hidden or 0 < similar < threshold],
        },
        schema=failings.schema,
    )
    return pl.concat([failings, whole]).select(pl.lit(ALL_TEAMS).alias("team"), "measure", "count", "is_suppressed")
