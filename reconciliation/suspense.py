"""Money whose family nobody can name, with the families it might be: never cleared by guess (rules §2)."""

import polars as pl

from reconciliation.identify import named_among_several
from reconciliation.shapes import SUSPENSE, shaped

CANDIDATES = 3
NAMED, ALIKE, AWAITING = 60, 40, 35
"""What each reason adds to a candidate's score."""
LONGEST_REFERENCE = 40
"""Longer references are not searched for slips of the pen."""


def suspense(movements: pl.DataFrame, families: pl.DataFrame, open_instalments: pl.DataFrame) -> pl.DataFrame:
    """Every transaction without a family, by posted_on and id, with up to three candidates; shape SUSPENSE.

    A candidate is named beside another family, has a payee reference one slip of the pen away, or awaits an
    instalment of just this amount. Its reasons' scores add up; ties go by family_id.
    """
    lost = movements.filter(pl.col("family_id").is_null())
    best = (
        pl.concat([_named(lost, families), _alike(lost, families), _awaiting(lost, open_instalments)])
        .unique(maintain_order=True)
        .group_by("transaction_id", "candidate", maintain_order=True)
        .agg(score=pl.col("score").sum(), reason=pl.col("reason").str.join("; "))
        .sort("transaction_id", -pl.col("score"), "candidate")
        .with_columns(place=pl.int_range(1, pl.len() + 1).over("transaction_id"))
    )
    for place in range(1, CANDIDATES + 1):
        parts = {
            "candidate": f"candidate_{place}",
            "score": f"candidate_{place}_score",
            "reason": f"candidate_{place}_reason",
        }
        placed = best.filter(pl.col("place") == place).select("transaction_id", *parts).rename(parts)
        lost = lost.join(placed, on="transaction_id", how="left", maintain_order="left")
    return shaped(lost, SUSPENSE)


def _candidates(pairs: pl.DataFrame, score: int, reason: str) -> pl.DataFrame:
    return pairs.select("transaction_id", candidate="family_id", score=pl.lit(score, pl.Int64), reason=pl.lit(reason))


def _named(lost: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    return _candidates(named_among_several(lost, families), NAMED, "is named, beside another family")


def _awaiting(lost: pl.DataFrame, open_instalments: pl.DataFrame) -> pl.DataFrame:
    waiting = open_instalments.select("family_id", amount_pence="due_pence").unique()
    return _candidates(
        lost.drop("family_id").join(waiting, on="amount_pence"), AWAITING, "awaits an instalment of this amount"
    )


def _alike(lost: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Families whose payee reference is one slip away: a character wrong, missing, added or swapped with the next.

    Two such references have a spelling in common once a single character is left out of either.
    """
    given = _spellings(lost.select("transaction_id", "payee_reference"))
    known = _spellings(families.select("family_id", "payee_reference"))
    near = given.join(known, on="spelling", suffix="_known")
    return _candidates(
        near.filter(pl.col("payee_reference") != pl.col("payee_reference_known")),
        ALIKE,
        "has a payee reference one slip of the pen away",
    )


def _spellings(references: pl.DataFrame) -> pl.DataFrame:
    """Each payee reference as it stands and with each single character left out, case ignored."""
    text = pl.col("payee_reference").str.to_lowercase()
    length = text.str.len_chars()
    gap = pl.col("gap")
    return (
        references.filter(length <= LONGEST_REFERENCE)
        .with_columns(gap=pl.int_ranges(0, length.cast(pl.Int64) + 1))
        .explode("gap")
        .with_columns(spelling=text.str.slice(0, gap) + text.str.slice(gap + 1))
    )
