"""Money that looks like another family's: the facts behind POSSIBLE_MISPOSTING and PAYEE_MISMATCH (rules §6).

These are the only rules that look across families, so their facts are frames of their own: a night keeps
`loose_payments` and `open_instalments`, and a rerun for one family brings everyone else's.
"""

import polars as pl

from reconciliation.shapes import empty

LOOSE_PAYMENTS = {
    "family_id": pl.String,
    "transaction_id": pl.String,
    "posted_on": pl.Date,
    "amount_pence": pl.Int64,
}
"""Payments with remaining = amount and nothing allocated by steps 2–3."""

MISPOSTINGS = LOOSE_PAYMENTS | {"other_family_id": pl.String, "other_due_on": pl.Date}

OPEN_INSTALMENTS = {"family_id": pl.String, "due_on": pl.Date, "due_pence": pl.Int64}
"""Instalments, upcoming ones included, with nothing allocated after all steps."""

PAYEE_MISMATCHES = {
    "transaction_id": pl.String,
    "family_id": pl.String,
    "posted_on": pl.Date,
    "amount_pence": pl.Int64,
    "other_family_id": pl.String,
}


def open_instalments(instalments: pl.DataFrame) -> pl.DataFrame:
    """The instalments that nothing has touched; shape OPEN_INSTALMENTS."""
    return instalments.filter(pl.col("allocated_pence") == 0).select(OPEN_INSTALMENTS.keys())


def mispostings(payments: pl.DataFrame, instalments: pl.DataFrame, window_days: int) -> pl.DataFrame:
    """Loose payments that fit exactly one open instalment among all other families.

    Shape MISPOSTINGS: `other_family_id` and `other_due_on` say whose instalment it is.
    """
    if payments.is_empty() or instalments.is_empty():
        return empty(MISPOSTINGS)
    week = window_days + 1
    dealt = instalments.select(
        other_family_id="family_id",
        other_due_on="due_on",
        amount_pence="due_pence",
        week=pl.col("due_on").cast(pl.Int32) // week,
    )
    near = pl.concat(dealt.with_columns(pl.col("week") + step) for step in (-1, 0, 1))
    apart = (pl.col("posted_on") - pl.col("other_due_on")).dt.total_days().abs()
    return (
        payments.with_columns(week=pl.col("posted_on").cast(pl.Int32) // week)
        .join(near, on=["amount_pence", "week"])
        .filter(pl.col("family_id") != pl.col("other_family_id"), apart <= window_days)
        .filter(pl.len().over("transaction_id") == 1)
        .drop("week")
    )


def payee_mismatches(movements: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Transactions that name one visible family and bear the payee reference of exactly one other, not their own.

    Shape PAYEE_MISMATCHES.
    """
    references = families.select("payee_reference", "family_id").filter(pl.col("payee_reference").is_not_null())
    named = pl.col("named_family_id").cast(pl.Enum(families["family_id"]), strict=False).to_physical()
    own = pl.lit(families["payee_reference"]).gather(named)
    strange = movements.filter(
        pl.col("identified_by") == "family_id",
        pl.col("payee_reference").is_not_null(),
        pl.col("payee_reference").ne_missing(own),
    )
    if strange.is_empty():
        return empty(PAYEE_MISMATCHES)
    return (
        strange.join(references.rename({"family_id": "other_family_id"}), on="payee_reference")
        .filter(pl.len().over("transaction_id") == 1)
        .select(PAYEE_MISMATCHES.keys())
    )
