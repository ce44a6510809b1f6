"""How each family stands tonight: exactly one of five, the first that holds (rules §3, Standing)."""

from datetime import date

import polars as pl

from reconciliation.vocabulary import PromiseState, Standing

MONEY_RECORDS = ("entitlements", "suspensions", "transactions")
"""A quarantined row of one of these leaves its family's figures in doubt."""


def doubted_rows(quarantine: pl.DataFrame, known_on: date) -> pl.DataFrame:
    """`family_id` of every family that a quarantined money row names; the row counts from its recorded_on, or always
    where that is blank or unreadable."""
    counts = pl.col("recorded_on").is_null() | (pl.col("recorded_on") <= known_on)
    return quarantine.filter(pl.col("record").is_in(MONEY_RECORDS), pl.col("family_id").is_not_null(), counts).select(
        "family_id"
    )


def with_standing(
    balances: pl.DataFrame, doubted: pl.DataFrame, raised: pl.DataFrame, promises: pl.DataFrame
) -> pl.DataFrame:
    """`balances` with each family's standing. *Cannot tell* is a failure to be cleared, never nothing owed.

    `doubted` has the `family_id` of every family whose figures cannot be trusted tonight.
    """
    undischarged = promises.filter(pl.col("kind") == "arrears", pl.col("state") != PromiseState.DISCHARGED)
    in_arrears = _is_among(_raising(raised, "ARREARS"))
    return balances.with_columns(
        standing=pl.when(_is_among(doubted["family_id"]))
        .then(pl.lit(Standing.CANNOT_TELL.value))
        .when(in_arrears & _is_among(undischarged["family_id"]))
        .then(pl.lit(Standing.OWED_PROMISED.value))
        .when(in_arrears)
        .then(pl.lit(Standing.OWED.value))
        .when(_is_among(_raising(raised, "OVERPAYMENT")))
        .then(pl.lit(Standing.OVERPAID.value))
        .otherwise(pl.lit(Standing.SETTLED.value))
    )


def _raising(raised: pl.DataFrame, code: str) -> pl.Series:
    return raised.filter(pl.col("code") == code)["family_id"]


def _is_among(family_ids: pl.Series) -> pl.Expr:
    return pl.col("family_id").is_in(family_ids.implode())
