"""Dues and identified money brought together: numbers for the allocation, names for everyone else (rules §3)."""

import polars as pl

from reconciliation.allocation import Allocated, allocate
from reconciliation.misposting import LOOSE_PAYMENTS
from reconciliation.policy import Policy
from reconciliation.shapes import ALLOCATIONS, INSTALMENTS, LEDGER, MOVEMENTS, shaped
from reconciliation.vocabulary import MONEY_TO_FAMILY, Step

NO_PENCE = pl.lit(0, pl.Int64)
MOVEMENT_NUMBERS = ("movement", "family", "kind", "posted_on", "period_start", "amount_pence")
DUE_NUMBERS = ("due", "family", "due_on", "period_start", "due_pence")


def settled(
    identified: pl.DataFrame, dues: pl.DataFrame, families: pl.DataFrame, policy: Policy
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The ledger, the movements, the allocations (shapes LEDGER, MOVEMENTS, ALLOCATIONS), and the loose payments
    (shape LOOSE_PAYMENTS in `misposting`).

    `identified` are the visible transactions in order with their families (identify.identified), `dues` have the shape
    DUES in order, `families` are the visible ones.
    """
    number = pl.col("family_id").cast(pl.Enum(families["family_id"])).to_physical().cast(pl.UInt32)
    movements = identified.with_row_index("movement").with_columns(family=number)
    dues = dues.with_row_index("due").with_columns(family=number)
    allocated = allocate(_numbered(movements), dues.select(*DUE_NUMBERS), policy.matching)
    payers = movements.select("family_id", "transaction_id", "posted_on")[allocated.allotted["payment"]]
    allotted = pl.concat([allocated.allotted, payers], how="horizontal")
    movements = _movements(movements, allocated)
    return (
        _ledger(dues, allotted),
        shaped(movements, MOVEMENTS),
        _allocations(allotted, dues),
        _loose(movements, allocated),
    )


def _numbered(movements: pl.DataFrame) -> pl.DataFrame:
    """The movements of known families, with the movement that each one reverses."""
    ours = movements.select(*MOVEMENT_NUMBERS, "transaction_id", "reverses").filter(pl.col("family").is_not_null())
    reversing = ours.filter(pl.col("reverses").is_not_null()).select("family", "reverses", undoing="movement")
    reversible = (
        ours.filter(pl.col("kind").is_in(MONEY_TO_FAMILY))
        .join(reversing, left_on="transaction_id", right_on="reverses", how="semi")
        .select("family", reverses="transaction_id", target="movement")
    )
    targets = reversing.join(reversible, on=["family", "reverses"]).select("target", movement="undoing")
    return ours.join(targets, on="movement", how="left", maintain_order="left").select(*MOVEMENT_NUMBERS, "target")


def _ledger(dues: pl.DataFrame, allotted: pl.DataFrame) -> pl.DataFrame:
    whole = pl.col("step") == Step.REGULAR
    at_once = allotted.filter(whole).select("due", allocated_pence="amount_pence", last_paid_on="posted_on")
    in_parts = allotted.filter(~whole).group_by("due")
    parts = in_parts.agg(allocated_pence=pl.col("amount_pence").sum(), last_paid_on=pl.max("posted_on"))
    paid = pl.concat([at_once, parts])
    return shaped(
        dues.join(paid, on="due", how="left", maintain_order="left")
        .with_columns(pl.col("allocated_pence").fill_null(0))
        .with_columns(outstanding_pence=pl.col("due_pence") - pl.col("allocated_pence")),
        LEDGER,
    )


def instalments(ledger: pl.DataFrame) -> pl.DataFrame:
    """All of a family's dues sharing one due_on, as one row (rules §1); shape INSTALMENTS."""
    return shaped(
        ledger.group_by(pl.struct("family_id", "due_on").rle_id().set_sorted().alias("instalment"))
        .agg(
            pl.first("family_id", "due_on", "is_upcoming"),
            pl.col("due_pence", "allocated_pence", "outstanding_pence").sum(),
            pl.max("last_paid_on"),
        )
        .sort("instalment"),
        INSTALMENTS,
    )


def _movements(movements: pl.DataFrame, allocated: Allocated) -> pl.DataFrame:
    """The movements with what became of each, their numbers kept."""
    stays = pl.col("family").is_not_null() & pl.col("kind").is_in(MONEY_TO_FAMILY)
    whole = pl.when(stays).then("amount_pence").otherwise(NO_PENCE)
    return movements.join(allocated.outcomes, on="movement", how="left", maintain_order="left").with_columns(
        pl.col("unexplained_pence", "counted_pence", "unallocated_pence").fill_null(0),
        remaining_pence=pl.coalesce("remaining_pence", whole),
    )


def _loose(movements: pl.DataFrame, allocated: Allocated) -> pl.DataFrame:
    return (
        movements.join(allocated.passed_by, left_on="movement", right_on="payment", how="semi", maintain_order="left")
        .filter(pl.col("remaining_pence") == pl.col("amount_pence"))
        .select(LOOSE_PAYMENTS.keys())
    )


def _allocations(allotted: pl.DataFrame, dues: pl.DataFrame) -> pl.DataFrame:
    settled_dues = dues.select("entitlement_id", "period_start", "due_on")[allotted["due"]]
    return shaped(pl.concat([allotted, settled_dues], how="horizontal"), ALLOCATIONS)
