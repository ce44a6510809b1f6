"""Counts that may be published: how many families each failing touches, and no family in them (rules §8).

The table adds up in one way only: for each measure the teams' counts make the total. Nothing is added up across
measures, no sum of money is published (the largest debt would show through it), and one mark stands for every
suppressed count, so that the mark does not say which were small.

Suppressing is enough when, for a measure whose total is shown, the suppressed teams together have at least
`[publication.threshold]` families with the failing, as many without it, and as many beside the largest of them. Each
suppressed count could then be any of more than that many, or anything from nobody to everybody in a team smaller than
that, even for a reader who knows how many families every team has. The tests solve the table to show it.
UK GDPR art 5(1)(c), art 9; DPA 2018.
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
    and how many are similar to the reference case, is told for all teams alone, the latter only where it says nothing
    about a suppressed count. A team that bears the total's name counts as no team.
    """
    threshold = policy.publication.threshold
    teams = families.select("family_id", team=pl.col("team").replace(ALL_TEAMS, None).fill_null(NO_TEAM)).join(
        lookback, on="family_id"
    )
    cells = protected(_counted(teams), threshold)
    similar = int(teams["similar"].sum())
    says_nothing = _could_be_anything(cells, similar, policy.lookback.similar)
    totals = [
        cells.group_by("measure", maintain_order=True).agg(pl.sum("count"), pl.any("is_total_suppressed")),
        _of_all(FAMILIES, teams.height, 0 < teams.height < threshold),
        _of_all(SIMILAR, similar, 0 < similar < threshold or not says_nothing),
    ]
    rows = [
        pl.concat(totals).select(
            pl.lit(ALL_TEAMS).alias("team"), "measure", "count", is_suppressed="is_total_suppressed"
        ),
        cells.select("team", "measure", "count", "is_suppressed"),
    ]
    shown = pl.when("is_suppressed").then(pl.lit(SUPPRESSED)).otherwise(pl.col("count").cast(pl.String))
    return shaped(pl.concat(rows).with_columns(count=shown), SCRUTINY)


def _counted(teams: pl.DataFrame) -> pl.DataFrame:
    """`team, families, measure, count`: how many of each team's families have each failing."""
    by_team = teams.group_by("team").agg(pl.col(FAILINGS).sum().cast(pl.Int64), families=pl.len().cast(pl.Int64))
    return by_team.sort("team").unpivot(
        FAILINGS, index=["team", "families"], variable_name="measure", value_name="count"
    )


def _of_all(measure: str, count: int, is_suppressed: bool) -> pl.DataFrame:
    return pl.DataFrame(
        {"measure": [measure], "count": [count], "is_total_suppressed": [is_suppressed]},
        schema_overrides={"count": pl.Int64},
    )


def protected(cells: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """`cells` (`team, families, measure, count`) with `is_suppressed` and `is_total_suppressed`, in their order.

    Small counts go first. Where the total is shown they take the smallest other counts with them, until the
    suppressed teams have `threshold` families with the failing, as many without it, and as many beside the largest
    team; where no such set exists the total is suppressed instead. A team with nobody is shown as 0, and hidden only
    when no other count is left to hide the small ones.
    """
    count = pl.col("count")
    return (
        cells.with_row_index("place")
        .with_columns(
            is_small=count.is_between(1, threshold - 1),
            is_total_small=count.sum().over("measure").is_between(1, threshold - 1),
        )
        .sort("measure", count == 0, "count", "team")
        .with_columns(
            pl.int_range(1, pl.len() + 1).over("measure").alias("rank"), small=pl.sum("is_small").over("measure")
        )
        .with_columns(needed=_enough(threshold).over("measure"))
        .with_columns(
            is_total_suppressed=(pl.col("small") > 0) & (pl.col("is_total_small") | pl.col("needed").is_null())
        )
        .with_columns(last=pl.when("is_total_suppressed").then("small").otherwise("needed"))
        .with_columns(is_suppressed=(pl.col("small") > 0) & (pl.col("rank") <= pl.col("last")))
        .sort("place")
        .select(*cells.columns, "is_suppressed", "is_total_suppressed")
    )


def _enough(threshold: int) -> pl.Expr:
    """How many counts, from the smallest, hide each other; null where not even all of a measure's do."""
    count, families = pl.col("count"), pl.col("families")
    with_it, without_it = count.cum_sum(), (families - count).cum_sum()
    beside_the_largest = families.cum_sum() - families.cum_max()
    is_enough = pl.min_horizontal(with_it, without_it, beside_the_largest) >= threshold
    return pl.col("rank").filter(is_enough & (pl.col("rank") >= pl.col("small"))).min()


def _could_be_anything(cells: pl.DataFrame, similar: int, needed: int) -> bool:
    """Whether so many similar families fit the published counts whatever the suppressed ones are.

    Then the number says nothing about them. A team's fewest and most similar families grow with its counts.
    """
    teams = (
        cells.with_columns(low=_least_possible(), high=_most_possible())
        .group_by("team")
        .agg(pl.first("families"), low=pl.col("low").sort(), lacking=(pl.col("families") - pl.col("high")).sort())
    )
    most = _most_with(needed, pl.col("low"))
    fewest = pl.col("families") - _most_with(len(FAILINGS) + 1 - needed, pl.col("lacking"))
    return teams.select((fewest.sum() <= similar) & (similar <= most.sum())).item()


def _least_possible() -> pl.Expr:
    """The least that a count could be: the other suppressed teams of its measure can take no more than their size."""
    others = pl.col("families").filter("is_suppressed").sum().over("measure") - pl.col("families")
    closed = pl.max_horizontal(pl.lit(0), _sum_suppressed() - others)
    return pl.when(~pl.col("is_suppressed")).then("count").when("is_total_suppressed").then(0).otherwise(closed)


def _most_possible() -> pl.Expr:
    closed = pl.min_horizontal("families", _sum_suppressed())
    return (
        pl.when(~pl.col("is_suppressed")).then("count").when("is_total_suppressed").then("families").otherwise(closed)
    )


def _sum_suppressed() -> pl.Expr:
    return pl.col("count").filter("is_suppressed").sum().over("measure")


def _most_with(needed: int, counts: pl.Expr) -> pl.Expr:
    """The most families of a team that can have `needed` failings or more, of its five counts in ascending order.

    However many of the largest counts are left out, each family needs the rest of its failings from the others.
    """
    bounds = (counts.list.head(len(FAILINGS) - out).list.sum() // (needed - out) for out in range(needed))
    return pl.min_horizontal("families", *bounds)
