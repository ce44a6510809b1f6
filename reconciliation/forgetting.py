"""The paragraph of forgetting: who may be forgotten at a position, and their erasure when it is asked for."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from reconciliation.policy import read_policy
from reconciliation.position import Position
from reconciliation.reckoning import reckon
from reconciliation.records import RECORDS
from reconciliation.retention import forgettable
from reconciliation.store import Store


@dataclass(frozen=True)
class Forgotten:
    """The families, and how many rows of each table went; empty while nothing was erased."""

    family_ids: list[str]
    erased: dict[str, int]


def forget_families(store: Store, position: Position, policy_file: Path | None, at: datetime | None) -> Forgotten:
    """Erase who may be forgotten; with `at` None, only find them. Call it under the store's lock.

    A family with a quarantined row in doubt stands as *cannot tell* and is kept (rules §3).
    """
    policy = read_policy(policy_file)
    versions = {name: store.known(record) for name, record in RECORDS.items() if name != "decisions"}
    results = reckon(versions, policy, position, store.standing_quarantine(position.as_of))
    family_ids = forgettable(results)
    if at is None or not family_ids:
        return Forgotten(family_ids, {})
    theirs = results.money.movements.filter(pl.col("family_id").is_in(family_ids))["transaction_id"].to_list()
    reason = f"closed more than {policy.retention.years} years before {position.as_of}"
    return Forgotten(family_ids, store.forget(family_ids, reason, at, theirs))
