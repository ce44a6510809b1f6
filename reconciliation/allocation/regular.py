"""Step 3: a whole payment meets a whole instalment of the same amount, nearest in time first (rules §3.3)."""

import polars as pl

from reconciliation.allocation.nearest import side_by_side
from reconciliation.allocation.taking import others

EMPTY = {"payment": pl.UInt32, "instalment": pl.UInt32}


def regular(payments: pl.DataFrame, dues: pl.DataFrame, window_days: int) -> pl.DataFrame:
    """Pairs `payment, due, amount_pence`: the dues of every instalment that one untouched payment settles whole.

    `dues` carry `instalment`, a number in the order (family, due_on).
    """
    whole_payments, whole_instalments = _untouched_payments(payments), _untouched_instalments(dues)
    plain = side_by_side(whole_payments, whole_instalments, window_days)
    candidates = _candidates(
        others(whole_payments, plain["payment"], "payment"),
        others(whole_instalments, plain["instalment"], "instalment"),
        window_days,
    )
    return _dues_settled(dues, pl.concat([plain, _nearest_first(candidates)]))


def _dues_settled(dues: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The dues of the instalments that the pairs settle, each with its payment."""
    if pairs.is_empty():
        return pl.DataFrame(schema={"payment": pl.UInt32, "due": pl.UInt32, "amount_pence": pl.Int64})
    unpaid = pl.repeat(None, dues["instalment"].max() + 1, dtype=pl.UInt32, eager=True)
    payer = unpaid.scatter(pairs["instalment"], pairs["payment"])
    return dues.select(payer.gather(dues["instalment"]).alias("payment"), "due", amount_pence="due_pence").filter(
        pl.col("payment").is_not_null()
    )


def _untouched_payments(payments: pl.DataFrame) -> pl.DataFrame:
    return payments.filter(pl.col("left_pence") > 0, pl.col("left_pence") == pl.col("remaining_pence")).select(
        "payment", "family", day="posted_on", pence="left_pence"
    )


def _untouched_instalments(dues: pl.DataFrame) -> pl.DataFrame:
    untouched = pl.col("lacking_pence") == pl.col("due_pence")
    return _by_instalment(dues).filter(untouched).select("instalment", "family", day="due_on", pence="due_pence")


def _by_instalment(dues: pl.DataFrame) -> pl.DataFrame:
    """One row per instalment, in order: a due itself, where no two share one."""
    if dues.is_empty() or dues["instalment"].last() == dues.height - 1:
        return dues
    whole = dues.group_by("instalment").agg(
        pl.col("family", "due_on").first(), pl.col("due_pence").sum(), pl.col("lacking_pence").sum()
    )
    return whole.sort("instalment")


def _candidates(payments: pl.DataFrame, instalments: pl.DataFrame, window_days: int) -> pl.DataFrame:
    """Every payment and instalment of one family and amount at most `window_days` apart, with the `days` between.

    Days are dealt into weeks as long as the window, so that only neighbouring weeks need to be compared.
    """
    week = window_days + 1
    dealt = instalments.with_columns(week=pl.col("day").cast(pl.Int32) // week)
    near = pl.concat(dealt.with_columns(pl.col("week") + step) for step in (-1, 0, 1))
    return (
        payments.with_columns(week=pl.col("day").cast(pl.Int32) // week)
        .join(near, on=["family", "pence", "week"], suffix="_due")
        .with_columns(days=(pl.col("day") - pl.col("day_due")).dt.total_days().abs())
        .filter(pl.col("days") <= window_days)
    )


def _nearest_first(candidates: pl.DataFrame) -> pl.DataFrame:
    """Takes pairs in the order (days apart, due_on, posted_on, transaction_id), each side once.

    A pair that comes first among the pairs of its payment and among those of its instalment is taken whatever else
    happens, so every such pair is taken in one round, then what they used falls away.
    """
    open_pairs = candidates.sort("days", "instalment", "payment").select("payment", "instalment").with_row_index("turn")
    taken = [pl.DataFrame(schema=EMPTY)]
    while not open_pairs.is_empty():
        first = pl.col("turn") == pl.col("turn").min()
        chosen = open_pairs.filter(first.over("payment") & first.over("instalment"))
        taken.append(chosen.select(EMPTY.keys()))
        open_pairs = open_pairs.join(chosen, on="payment", how="anti", maintain_order="left").join(
            chosen, on="instalment", how="anti", maintain_order="left"
        )
    return pl.concat(taken)
