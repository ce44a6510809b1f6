"""Rules §1–§4 for some families: their accounts need nothing of anyone else's, so a council can be dealt into shards.

A shard is worked out here, on another thread or on another machine; the accounts of all shards, put together in the
order of the families, are the accounts of the council, row for row.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from itertools import pairwise

import polars as pl

from reconciliation.balances import balances
from reconciliation.dues import dues
from reconciliation.identify import identified
from reconciliation.interest import interest, late_parts
from reconciliation.moments import NOBODY
from reconciliation.policy import Policy
from reconciliation.position import Position
from reconciliation.results import Accounts
from reconciliation.settlement import instalments, settled
from reconciliation.shapes import LEDGER, MOVEMENTS, shaped
from reconciliation.working_days import WorkingDays

SHARD_FAMILIES = 8_000
"""Families in a shard: few enough that every processor of one machine has a shard of a large council to do."""


@dataclass(frozen=True)
class Shard:
    """Some families and what their accounts are made of: visible records, and their movements (identify.identified).

    `families` are in the order of their ids; `movements` carry `family`, the place among them.
    """

    families: pl.DataFrame
    entitlements: pl.DataFrame
    suspensions: pl.DataFrame
    movements: pl.DataFrame


Each = Callable[[Callable[[Shard], Accounts], list[Shard]], Iterable[Accounts]]
"""Gives a function's accounts of every shard, in their order, wherever they are worked out."""
Accounting = Callable[[dict[str, pl.DataFrame], Policy, Position], Accounts]
"""Gives the accounts of all visible families from the visible records: `accounts`, or another way to the same."""


def in_threads(work: Callable[[Shard], Accounts], shards: list[Shard]) -> list[Accounts]:
    """One shard per processor at a time: Polars computes outside Python's lock."""
    if len(shards) == 1:
        return [work(shards[0])]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, shards))


def accounts(
    records: dict[str, pl.DataFrame],
    policy: Policy,
    position: Position,
    each: Each = in_threads,
    families_each: int = SHARD_FAMILIES,
) -> Accounts:
    """The accounts of all visible families, and the movements that are nobody's."""
    movements = identified(records["transactions"], records["families"])
    work = partial(accounts_of, policy=policy, position=position)
    parts = list(each(work, shards(records, movements, families_each)))
    return Accounts(**{part.name: pl.concat([getattr(one, part.name) for one in parts]) for part in fields(Accounts)})


def shards(records: dict[str, pl.DataFrame], movements: pl.DataFrame, families_each: int) -> list[Shard]:
    """The visible families in shards of so many, in order; what is in suspense goes with the last."""
    families, places = records["families"], movements["family"].fill_null(NOBODY)
    starts = range(0, max(families.height, 1), families_each)
    edges = _edges(places, starts)
    entitlements, suspensions = (_dealt(records[name], families, starts) for name in ("entitlements", "suspensions"))
    return [
        Shard(
            families.slice(start, families_each),
            entitlements[number],
            suspensions[number],
            _renumbered(movements.slice(edges[number], edges[number + 1] - edges[number]), start),
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


def _renumbered(movements: pl.DataFrame, first: int) -> pl.DataFrame:
    return movements.with_columns(pl.col("family") - first)


def accounts_of(shard: Shard, policy: Policy, position: Position) -> Accounts:
    """The accounts of one shard."""
    calendar = WorkingDays.between(_earliest_day(shard, position), position.as_of)
    owed = dues(shard.families, shard.entitlements, shard.suspensions, policy, position, calendar)
    done = settled(shard.movements, owed, policy)
    return Accounts(
        ledger=shaped(done.ledger, LEDGER),
        instalments=instalments(done.ledger),
        movements=shaped(done.movements, MOVEMENTS),
        allocations=done.allocations,
        balances=balances(shard.families, done.ledger, done.movements, done.allocations, policy, position, calendar),
        interest=interest(late_parts(done.ledger, done.allocations, policy, position), policy),
        loose_payments=done.loose_payments,
    )


def _earliest_day(shard: Shard, position: Position) -> date:
    """The first day that any due or payment can fall on."""
    starts = (shard.entitlements["effective_from"].min(), shard.movements["posted_on"].min())
    return min([position.as_of, *(day for day in starts if day is not None)])
