"""Rules §1–§3 for some families: what is due and what it was paid with need nothing of anyone else's, so a council can
be dealt into shards.

A shard is worked out here, on another thread or on another machine; what was settled in all shards, put together in the
order of the families, is what is settled for the council, row for row.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import polars as pl

from reconciliation.dues import dues
from reconciliation.moments import NOBODY
from reconciliation.policy import Policy
from reconciliation.position import Position
from reconciliation.settlement import Settled, settled
from reconciliation.working_days import WorkingDays

SHARD_FAMILIES = 8_000
"""Families in a shard: few enough that every processor of one machine has a shard of a large council to do."""


@dataclass(frozen=True)
class Shard:
    """Some families and what is settled for them from: visible records, and their movements (identify.identified).

    `families` are in the order of their ids; `movements` carry `family`, the place among them. `first` is the place of
    the first of them among all families.
    """

    first: int
    families: pl.DataFrame
    entitlements: pl.DataFrame
    suspensions: pl.DataFrame
    movements: pl.DataFrame


Each = Callable[[Callable[[Shard], Settled], list[Shard]], Iterable[Settled]]
"""Gives what a function settles of every shard, in their order, wherever they are worked out."""


def in_threads(work: Callable[[Shard], Settled], shards: list[Shard]) -> list[Settled]:
    """One shard per processor at a time: Polars computes outside Python's lock."""
    if len(shards) == 1:
        return [work(shards[0])]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, shards))


def in_shards(
    records: dict[str, pl.DataFrame],
    movements: pl.DataFrame,
    policy: Policy,
    position: Position,
    each: Each = in_threads,
    families_each: int = SHARD_FAMILIES,
) -> Settled:
    """What is settled for all visible families, from the visible records and identify.identified's movements."""
    work = partial(settled_in, policy=policy, position=position)
    return Settled.together(each(work, shards(records, movements, families_each)))


def shards(records: dict[str, pl.DataFrame], movements: pl.DataFrame, families_each: int) -> list[Shard]:
    """The visible families in shards of so many, in order; what is in suspense goes with the last."""
    families, places = records["families"], movements["family"].fill_null(NOBODY)
    starts = range(0, max(families.height, 1), families_each)
    edges = _edges(places, starts)
    entitlements, suspensions = (_dealt(records[name], families, starts) for name in ("entitlements", "suspensions"))
    return [
        Shard(
            start,
            families.slice(start, families_each),
            entitlements[number],
            suspensions[number],
            movements.slice(edges[number], edges[number + 1] - edges[number]).with_columns(pl.col("family") - start),
        )
        for number, start in enumerate(starts)
    ]


def _dealt(rows: pl.DataFrame, families: pl.DataFrame, starts: range) -> list[pl.DataFrame]:
    """The rows of each shard's families."""
    known = rows.join(families.select("family_id").with_row_index("family"), on="family_id", maintain_order="left")
    ordered = known.sort("family", maintain_order=True)
    edges = _edges(ordered["family"], starts)
    return [ordered.slice(low, high - low).drop("family") for low, high in pairwise(edges)]


def _edges(places: pl.Series, starts: range) -> list[int]:
    """Where the rows of each shard begin, and where the last one ends; `places` are ordered."""
    return [*places.search_sorted(pl.Series(starts, dtype=pl.UInt32)), places.len()]


def settled_in(shard: Shard, policy: Policy, position: Position) -> Settled:
    """What is settled in one shard; `family` is the place among all families."""
    calendar = calendar_of(shard.entitlements, shard.movements, position)
    owed = dues(shard.families, shard.entitlements, shard.suspensions, policy, position, calendar)
    return settled(shard.movements, owed, policy).placed(shard.first)


def calendar_of(entitlements: pl.DataFrame, movements: pl.DataFrame, position: Position) -> WorkingDays:
    """The working days from the first day that any due or payment of these can fall on."""
    starts = (entitlements["effective_from"].min(), movements["posted_on"].min())
    return WorkingDays.between(min(day for day in (position.as_of, *starts) if day is not None), position.as_of)
