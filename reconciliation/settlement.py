"""Dues and identified money brought together: numbers for the allocation, names for everyone else (rules §3)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import polars as pl

from reconciliation.allocation import Allocated, allocate
from reconciliation.allocation.taking import of_families, scattered
from reconciliation.misposting import LOOSE_PAYMENTS
from reconciliation.moments import moment
from reconciliation.policy import Policy
from reconciliation.shapes import ALLOCATIONS, INSTALMENTS, shaped
from reconciliation.vocabulary import MONEY_TO_FAMILY, Step

MOVEMENT_NUMBERS = ("movement", "family", "kind", "posted_on", "period_start", "amount_pence")
DUE_NUMBERS = ("due", "family", "due_on", "period_start", "due_pence")
OUTCOMES = ("remaining_pence", "unexplained_pence", "counted_pence", "unallocated_pence")


@dataclass(frozen=True)
class Settled:
    """What was paid for what: each frame has the columns of its name in `shapes` or `misposting`, and `family`, the
    family's place among all that are looked at (UInt32; null for movements that are nobody's, which come last)."""

    ledger: pl.DataFrame
    movements: pl.DataFrame
    allocations: pl.DataFrame
    loose_payments: pl.DataFrame

    def placed(self, first: int) -> "Settled":
        """The same for families that stand from place `first` on among more."""
        return replace(
            self,
            **{name: frame.with_columns(pl.col("family") + first) for name, frame in vars(self).items()},
        )

    @classmethod
    def together(cls, parts: Iterable["Settled"]) -> "Settled":
        """What is settled for families, from what is settled for some of them after the other."""
        parts = list(parts)
        return cls(**{frame.name: pl.concat([getattr(part, frame.name) for part in parts]) for frame in fields(cls)})


def settled(identified: pl.DataFrame, dues: pl.DataFrame, policy: Policy) -> Settled:
    """The five steps of rules §3 over the visible transactions (identify.identified) and the dues (dues.dues)."""
    movements, dues = identified.with_row_index("movement"), dues.with_row_index("due")
    ours = movements.filter(pl.col("family").is_not_null())  # what is nobody's comes last: numbers stay places
    allocated = allocate(ours.select(MOVEMENT_NUMBERS), _targets(ours), dues.select(DUE_NUMBERS), policy.matching)
    payers = movements.select("family", "family_id", "transaction_id", "posted_on")[allocated.allotted["payment"]]
    allotted = pl.concat([allocated.allotted, payers], how="horizontal")
    movements = _movements(movements, allocated)
    return Settled(_ledger(dues, allotted), movements, _allocations(allotted, dues), _loose(movements, allocated))


def _targets(ours: pl.DataFrame) -> pl.DataFrame:
    """`movement, target`: the payment or remedy of the same family that a movement reverses."""
    reversing = ours.filter(pl.col("reverses").is_not_null()).select("family", "movement", transaction_id="reverses")
    reversible = of_families(ours.select("family", "transaction_id", "kind", target="movement"), reversing["family"])
    return reversing.join(
        reversible.filter(pl.col("kind").is_in(MONEY_TO_FAMILY)), on=["family", "transaction_id"]
    ).select("movement", "target")


def _ledger(dues: pl.DataFrame, allotted: pl.DataFrame) -> pl.DataFrame:
    whole = pl.col("step") == Step.REGULAR
    at_once = allotted.filter(whole).select("due", allocated_pence="amount_pence", last_paid_on="posted_on")
    in_parts = allotted.filter(~whole).group_by("due")
    parts = in_parts.agg(allocated_pence=pl.col("amount_pence").sum(), last_paid_on=pl.max("posted_on"))
    paid = pl.concat([at_once, parts])
    unpaid = dues.with_columns(allocated_pence=pl.lit(0, pl.Int64), last_paid_on=pl.lit(None, pl.Date)).drop("due")
    return scattered(unpaid, paid, "due").with_columns(
        outstanding_pence=pl.col("due_pence") - pl.col("allocated_pence")
    )


def instalments(ledger: pl.DataFrame) -> pl.DataFrame:
    """All of a family's dues sharing one due_on, as one row (rules §1); shape INSTALMENTS."""
    numbered = ledger.with_columns(instalment=moment("due_on").rle_id())
    if numbered.is_empty() or numbered["instalment"].last() == numbered.height - 1:
        return shaped(ledger, INSTALMENTS)
    return shaped(
        numbered.group_by("instalment")
        .agg(
            pl.first("family_id", "due_on", "is_upcoming"),
            pl.col("due_pence", "allocated_pence", "outstanding_pence").sum(),
            pl.max("last_paid_on"),
        )
        .sort("instalment"),
        INSTALMENTS,
    )


def _movements(movements: pl.DataFrame, allocated: Allocated) -> pl.DataFrame:
    """The movements with what became of each."""
    told = allocated.outcomes
    found = with_ordinary_outcomes(movements.drop("movement"))
    for outcome in OUTCOMES:
        found = scattered(found, told.select("movement", outcome).drop_nulls(), "movement")
    return found


def with_ordinary_outcomes(movements: pl.DataFrame) -> pl.DataFrame:
    """The movements with what becomes of most: a family's money remains whole, and all of it is allocated."""
    stays = pl.col("family").is_not_null() & pl.col("kind").is_in(MONEY_TO_FAMILY)
    nothing = pl.lit(0, pl.Int64)
    remaining = pl.when(stays).then("amount_pence").otherwise(nothing)
    return movements.with_columns(**dict.fromkeys(OUTCOMES, nothing) | {"remaining_pence": remaining})


def _loose(movements: pl.DataFrame, allocated: Allocated) -> pl.DataFrame:
    passed_by = movements[allocated.passed_by["payment"]]
    return passed_by.filter(pl.col("remaining_pence") == pl.col("amount_pence")).select("family", *LOOSE_PAYMENTS)


def _allocations(allotted: pl.DataFrame, dues: pl.DataFrame) -> pl.DataFrame:
    settled_dues = dues.select("entitlement_id", "period_start", "due_on")[allotted["due"]]
    return pl.concat([allotted, settled_dues], how="horizontal").select("family", *ALLOCATIONS)
