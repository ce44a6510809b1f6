"""Whose money it is: the family of every transaction, or suspense (rules §2)."""

import polars as pl

WORD = r"[\p{L}\p{Nd}-]+"
"""Words of a narrative: runs of letters, digits and `-`."""


def identified(transactions: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """`transactions` with the family each belongs to and how that is known; the order is kept.

    `family_id` as recorded becomes `named_family_id`; `family_id` is whose it is, null in suspense; `identified_by`
    is `family_id`, `payee_reference`, `narrative` or null.
    """
    named = transactions.rename({"family_id": "named_family_id"})
    by_reference = _sole_holders(families).select("payee_reference", _by_reference="family_id")
    known = families.select(named_family_id="family_id", _by_id="family_id")
    found = named.join(known, on="named_family_id", how="left", maintain_order="left").join(
        by_reference, on="payee_reference", how="left", maintain_order="left"
    )
    lost = found.filter(pl.col("_by_id").is_null() & pl.col("_by_reference").is_null())
    by_narrative = (
        mentioned(lost, families).filter(pl.len().over("transaction_id") == 1).rename({"family_id": "_by_narrative"})
    )
    ways = {"family_id": "_by_id", "payee_reference": "_by_reference", "narrative": "_by_narrative"}
    return (
        found.join(by_narrative, on="transaction_id", how="left", maintain_order="left")
        .with_columns(
            family_id=pl.coalesce(*ways.values()),
            identified_by=pl.coalesce(
                pl.when(pl.col(column).is_not_null()).then(pl.lit(way)) for way, column in ways.items()
            ),
        )
        .drop(*ways.values())
    )


def _sole_holders(families: pl.DataFrame) -> pl.DataFrame:
    """The families whose payee_reference is theirs alone."""
    return families.filter(pl.col("payee_reference").is_not_null()).filter(pl.len().over("payee_reference") == 1)


def mentioned(transactions: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Which families' ids or payee references stand in each narrative as whole words, case ignored.

    Columns `transaction_id`, `family_id`, one row per pair.
    """
    words = (
        transactions.select("transaction_id", word=pl.col("narrative").str.to_lowercase().str.extract_all(WORD))
        .explode("word")
        .filter(pl.col("word").is_not_null())
    )
    return words.join(_names(families), on="word").select("transaction_id", "family_id").unique(maintain_order=True)


def _names(families: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(
        families.select("family_id", word=pl.col(name).str.to_lowercase()) for name in ("family_id", "payee_reference")
    ).filter(pl.col("word").is_not_null())


def named_among_several(suspense: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Which families each suspense transaction's payee reference or narrative names.

    Columns `transaction_id`, `family_id`: were it one family alone, the transaction would not be in suspense.
    """
    by_reference = suspense.select("transaction_id", "payee_reference").join(
        families.select("family_id", "payee_reference"), on="payee_reference"
    )
    return pl.concat([by_reference.select("transaction_id", "family_id"), mentioned(suspense, families)]).unique(
        maintain_order=True
    )
