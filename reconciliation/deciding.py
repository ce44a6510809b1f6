"""What people tell the program: decisions on exceptions, and confirmations from the top. Each is audited."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from reconciliation.errors import Refusal
from reconciliation.ingest import PROVENANCE
from reconciliation.ingest.decided import read_decisions
from reconciliation.records import ACKNOWLEDGEMENTS, CORRECTION, DECISIONS, FAMILIES
from reconciliation.store import Load, Store
from reconciliation.versions import merge
from reconciliation.vocabulary import Role

BY_COMMAND = "command"


@dataclass(frozen=True)
class Taken:
    """What came of one file: how many decisions were kept, and the rows refused (shape QUARANTINE)."""

    kept: int
    unchanged: int
    undecided: int
    refused: pl.DataFrame

    @property
    def sentence(self) -> str:
        """The same in words."""
        return (
            f"{self.kept} decisions taken in, {self.unchanged} already known, "
            f"{self.undecided} rows without a decision, {self.refused.height} refused"
        )


def take_decisions(file: Path, store: Store, decided_by: str | None, on: date, at: datetime) -> Taken:
    """Keep the decisions of a filled-in exceptions file; call it under the store's lock.

    A decision taken in corrects any other of the same day, delivered or taken in before it; all of them are kept.
    Rows that cannot be understood are refused row by row. Raises `Refusal` for a file that is none.
    """
    known = store.known(DECISIONS)
    decided = read_decisions(file, decided_by, on, known)
    merged = merge(DECISIONS, _numbered(decided.rows, known, on), known, on)
    store.load(Load(as_of=on, loaded_at=at, accepted={"decisions": merged.accepted}))
    return Taken(
        kept=merged.accepted.height,
        unchanged=decided.unchanged + merged.unchanged.height,
        undecided=decided.undecided,
        refused=decided.refused,
    )


def _numbered(decided: pl.DataFrame, known: pl.DataFrame, on: date) -> pl.DataFrame:
    """Each exception's decision with the next correction of the day, 0 where that day knows of none."""
    today = known.filter(pl.col("recorded_on") == on).group_by("exception_id").agg(last=pl.col(CORRECTION).max())
    following = (pl.col("last") + 1).fill_null(0).alias(CORRECTION)
    beside = decided.join(today, on="exception_id", how="left", maintain_order="left")
    return beside.with_columns(following).drop("last")


def record_acknowledgement(store: Store, family_id: str, role: Role, on: date, recorded_on: date, at: datetime) -> None:
    """Keep that a role confirmed, on a day, what it was told of a family (rules §7); under the store's lock.

    It was notified on the day of its last briefing about the family, or, where it had none, by this confirmation.
    Raises `Refusal` for a family that nobody has recorded, or a day that has not come.
    """
    if store.versions(FAMILIES, family_id).is_empty():
        raise Refusal(f"family {family_id}: is not known; check the id")
    if on > recorded_on:
        raise Refusal(f"--on {on}: has not come yet; expected a day up to {recorded_on}")
    earlier = store.versions(ACKNOWLEDGEMENTS, family_id).filter(pl.col("role") == role, pl.col("notified_on") <= on)
    identity = f"{family_id}\x1f{role.value}\x1f{on}"
    row = pl.DataFrame(
        {
            "acknowledgement_id": [f"CMD-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"],
            "family_id": [family_id],
            "role": [role.value],
            "notified_on": [earlier["notified_on"].max() or on],
            "acknowledged_on": [on],
            "recorded_on": [recorded_on],
            "source": [BY_COMMAND],
            "source_file": [BY_COMMAND],
            "source_row": [1],
        },
        schema=ACKNOWLEDGEMENTS.schema() | PROVENANCE,
    )
    merged = merge(ACKNOWLEDGEMENTS, row, store.known(ACKNOWLEDGEMENTS), recorded_on)
    store.load(Load(as_of=recorded_on, loaded_at=at, accepted={"acknowledgements": merged.accepted}))
