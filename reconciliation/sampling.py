"""Every night works some families out a second time, each alone from its own rows, and must find what all found.

What a night takes over from earlier ones (packed records, what was raised before) and how it deals a council into
shards may save time and never change a figure: here that is tried on real records, every night.
"""

from collections.abc import Iterator
from dataclasses import fields

import polars as pl

from reconciliation.alone import Neighbours, narrowed
from reconciliation.errors import Refusal
from reconciliation.reckoning import reckon_alone
from reconciliation.results import Money, Results
from reconciliation.store import Neighbours as Kept
from reconciliation.store import Store

FAMILIES_FOR_EACH = 10_000
"""One family for every so many, and one more."""
STRIDE = 7_919
"""A prime: from night to night other families' turn comes, far apart from each other."""


def work_out_some_alone(results: Results, kept: Kept, quarantined: pl.DataFrame, store: Store) -> int:
    """How many families were worked out both ways. `kept` is what the night keeps of neighbours.

    Raises `Refusal` when one of them is found otherwise, which is a fault of the program: nothing may be published.
    """
    chosen = sample(results)
    for family_id in chosen:
        versions = store.family_versions(family_id, kept.strays)
        others = Neighbours(family_id, kept.loose_payments, kept.open_instalments)
        alone = reckon_alone(versions, results.policy, results.position, quarantined, others)
        if differing := list(different_frames(narrowed(results, family_id), alone)):
            raise Refusal(
                f"family {family_id}: worked out alone from its own rows, its {', '.join(differing)} are not what the "
                "night found; nothing is published. Run again with --full, and report it with the run's number"
            )
    return len(chosen)


def sample(results: Results) -> list[str]:
    """The families whose turn it is: the day decides, and nothing else."""
    family_ids = results.money.families["family_id"]
    if family_ids.is_empty():
        return []
    wanted = min(family_ids.len(), 1 + family_ids.len() // FAMILIES_FOR_EACH)
    first = results.position.as_of.toordinal()
    return [family_ids[(first + place) * STRIDE % family_ids.len()] for place in range(wanted)]


def different_frames(one: Results, other: Results) -> Iterator[str]:
    """The names of the frames in which two results of one family are not the same."""
    for kind, first, second in ((Results, one, other), (Money, one.money, other.money)):
        for name in (field.name for field in fields(kind)):
            frame = getattr(first, name)
            if isinstance(frame, pl.DataFrame) and not frame.equals(getattr(second, name)):
                yield name.replace("_", " ")
