"""What the council agreed or was told to do, and whether it did (rules §5)."""

import polars as pl

from reconciliation.position import Position
from reconciliation.shapes import PROMISES, shaped
from reconciliation.vocabulary import MONEY_TO_FAMILY, PromiseState


def promised(promises: pl.DataFrame, movements: pl.DataFrame, position: Position) -> pl.DataFrame:
    """Every visible promise and where it stands, by promise_id; shape PROMISES.

    `promises` are the visible ones, those of families that are not visible included: a promise on record is never
    left out of the list. `movements` has the shape MOVEMENTS. A promise of money is discharged by the payments and
    remedies that carry its id, whoever's they are, once they are identified: the ledger's own word on what a payment
    keeps is better than a guess. A part payment never closes a promise; `completed_on` closes only what is not money.
    """
    is_kept = pl.coalesce(pl.col("outstanding_pence") == 0, pl.col("completed_on") <= position.as_of)
    days = (pl.lit(position.as_of) - pl.col("due_on")).dt.total_days()
    return shaped(
        promises.join(_paid(movements), on="promise_id", how="left", maintain_order="left")
        .with_columns(discharged_pence=_if_money(pl.col("paid_pence").fill_null(0)))
        .with_columns(outstanding_pence=_if_money(_lacking()))
        .with_columns(state=_state(is_kept.fill_null(False), days))
        .with_columns(days_overdue=pl.when(pl.col("state") == PromiseState.OVERDUE).then(days))
        .sort("promise_id"),
        PROMISES,
    )


def _paid(movements: pl.DataFrame) -> pl.DataFrame:
    counts = pl.col("family_id").is_not_null() & pl.col("kind").is_in(MONEY_TO_FAMILY)
    return (
        movements.filter(pl.col("promise_id").is_not_null(), counts)
        .group_by("promise_id")
        .agg(paid_pence=pl.col("remaining_pence").sum())
    )


def _if_money(pence: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("amount_pence").is_not_null()).then(pence)


def _lacking() -> pl.Expr:
    return pl.max_horizontal(pl.col("amount_pence") - pl.col("discharged_pence"), pl.lit(0, pl.Int64))


def _state(is_kept: pl.Expr, days_past: pl.Expr) -> pl.Expr:
    return (
        pl.when(is_kept)
        .then(pl.lit(PromiseState.DISCHARGED.value))
        .when(days_past.is_null())
        .then(pl.lit(PromiseState.UNDATED.value))
        .when(days_past > 0)
        .then(pl.lit(PromiseState.OVERDUE.value))
        .otherwise(pl.lit(PromiseState.OPEN.value))
    )
