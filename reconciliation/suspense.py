"""Money whose family nobody can name, with the families it might be: never cleared by guess (rules §2)."""

import polars as pl
from rapidfuzz import fuzz, process

from reconciliation.identify import named_among_several
from reconciliation.shapes import SUSPENSE, shaped

CANDIDATES = 3
NAMED = 90
"""Score of a family that the transaction names, though it names another too."""
ALIKE = 75
"""From this likeness on (0 to 100) a reference is worth showing as a slip of the pen."""
AMOUNT = 50
"""Score of a family that awaits exactly this amount."""


def suspense(movements: pl.DataFrame, families: pl.DataFrame, open_instalments: pl.DataFrame) -> pl.DataFrame:
    """Every transaction without a family, by posted_on and id, with up to three candidates; shape SUSPENSE.

    A candidate is named by the payee reference or narrative beside another family, has a reference much like it, or
    awaits an instalment of just this amount. The best reason of each family counts, ties go by family_id.
    """
    lost = movements.filter(pl.col("family_id").is_null())
    best = (
        pl.concat([_named(lost, families), _alike(lost, families), _awaiting(lost, open_instalments)])
        .sort("transaction_id", pl.col("score") * -1, "candidate", "reason")
        .unique(["transaction_id", "candidate"], keep="first", maintain_order=True)
        .with_columns(place=pl.int_range(1, pl.len() + 1).over("transaction_id"))
    )
    for place in range(1, CANDIDATES + 1):
        names = {
            "candidate": f"candidate_{place}",
            "score": f"candidate_{place}_score",
            "reason": f"candidate_{place}_reason",
        }
        placed = best.filter(pl.col("place") == place).select("transaction_id", *names).rename(names)
        lost = lost.join(placed, on="transaction_id", how="left", maintain_order="left")
    return shaped(lost, SUSPENSE)


def _candidate(frame: pl.DataFrame, score: pl.Expr, reason: str) -> pl.DataFrame:
    return frame.select("transaction_id", candidate="family_id", score=score.cast(pl.Int64), reason=pl.lit(reason))


def _named(lost: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    return _candidate(named_among_several(lost, families), pl.lit(NAMED), "named, and so is another family")


def _awaiting(lost: pl.DataFrame, open_instalments: pl.DataFrame) -> pl.DataFrame:
    waiting = open_instalments.select("family_id", amount_pence="due_pence").unique()
    return _candidate(lost.join(waiting, on="amount_pence"), pl.lit(AMOUNT), "awaits an instalment of this amount")


def _alike(lost: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Families whose payee reference is a likely misspelling of the one on the transaction."""
    given = lost["payee_reference"].drop_nulls().unique().sort()
    known = families["payee_reference"].drop_nulls().unique().sort()
    likeness = process.cdist(given.to_list(), known.to_list(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    rows, columns = likeness.nonzero()
    pairs = pl.DataFrame(
        {
            "payee_reference": given.gather(rows),
            "known_reference": known.gather(columns),
            "score": pl.Series(likeness[rows, columns], dtype=pl.Float32).floor().cast(pl.Int64),
        },
        schema={"payee_reference": pl.String, "known_reference": pl.String, "score": pl.Int64},
    ).filter(pl.col("payee_reference") != pl.col("known_reference"))
    holders = families.select("family_id", known_reference="payee_reference")
    near = lost.join(pairs, on="payee_reference").join(holders, on="known_reference")
    return _candidate(near, pl.min_horizontal("score", pl.lit(NAMED - 1)), "its payee reference is much like this one")
