"""Step 1: returns and reversals take back what they undo (rules §3.1)."""

import polars as pl

from reconciliation.allocation.taking import in_rounds, newest_first, of_families, replaced
from reconciliation.vocabulary import MONEY_TO_FAMILY, TransactionKind

UNDOING = (TransactionKind.RETURN, TransactionKind.REVERSAL)


def cancel(movements: pl.DataFrame, targets: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What remains of the payments and remedies, and what of a return or reversal nothing explains.

    Takes MOVEMENTS and TARGETS; returns (`movement, remaining_pence` of the payments and remedies of families that
    have a return or reversal: every other one remains whole; `movement, unexplained_pence` of every return and
    reversal that has some).
    """
    undoing = (
        movements.filter(pl.col("kind").is_in(UNDOING))
        .join(targets, on="movement", how="left", maintain_order="left")
        .select("family", "target", undoing="movement", undone_on="posted_on", wanted=-pl.col("amount_pence"))
    )
    remaining = (
        of_families(movements, undoing["family"])
        .filter(pl.col("kind").is_in(MONEY_TO_FAMILY))
        .select("movement", "family", "kind", "posted_on", remaining_pence="amount_pence")
    )
    unexplained = []
    for batch in in_rounds(undoing):
        touched, left_over = _take_back(remaining.join(batch, on="family", maintain_order="left"), batch)
        remaining = replaced(remaining, touched, "movement", "remaining_pence")
        unexplained.append(left_over)
    nothing = pl.DataFrame(schema={"movement": pl.UInt32, "unexplained_pence": pl.Int64})
    return remaining.select("movement", "remaining_pence"), pl.concat([nothing, *unexplained])


def _take_back(money: pl.DataFrame, batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One return or reversal per family, against that family's money in order."""
    money = _off_its_target(money)
    money = _off_the_payments_before(money)
    explained = pl.col("taken").sum() + pl.col("retaken").sum()
    covered = money.group_by("undoing").agg(explained=explained)
    left_over = batch.join(covered, on="undoing", how="left").select(
        movement="undoing", unexplained_pence=pl.col("wanted") - pl.col("explained").fill_null(0)
    )
    kept = money.select("movement", remaining_pence=pl.col("remaining_pence") - pl.col("retaken"))
    return kept, left_over.filter(pl.col("unexplained_pence") > 0)


def _off_its_target(money: pl.DataFrame) -> pl.DataFrame:
    is_target = (pl.col("movement") == pl.col("target")).fill_null(value=False)
    taken = pl.when(is_target).then(pl.min_horizontal("remaining_pence", "wanted")).otherwise(0)
    return money.with_columns(taken=taken).with_columns(
        remaining_pence=pl.col("remaining_pence") - pl.col("taken"),
        still_wanted=pl.col("wanted") - pl.col("taken").sum().over("family"),
    )


def _off_the_payments_before(money: pl.DataFrame) -> pl.DataFrame:
    """What is left over comes off the newest payment of just that much, or else newest first."""
    eligible = (pl.col("kind") == TransactionKind.PAYMENT) & (pl.col("posted_on") <= pl.col("undone_on"))
    available = pl.when(eligible).then(pl.col("remaining_pence")).otherwise(0)
    just_that_much = pl.when(eligible & (pl.col("remaining_pence") == pl.col("still_wanted"))).then(pl.col("movement"))
    money = money.with_columns(available=available, exact=just_that_much.max().over("family"))
    off_the_exact_one = pl.when(pl.col("movement") == pl.col("exact")).then(pl.col("still_wanted")).otherwise(0)
    off_the_newest = newest_first(pl.col("available"), pl.col("still_wanted"))
    return money.with_columns(
        retaken=pl.when(pl.col("exact").is_not_null()).then(off_the_exact_one).otherwise(off_the_newest)
    )
