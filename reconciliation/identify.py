"""Whose money it is: the family of every transaction, or suspense (rules §2)."""

import polars as pl

WORD = r"[\p{L}\p{Nd}-]+"
"""Words of a narrative: runs of letters, digits and `-`."""


def identified(transactions: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """`transactions` with the family each belongs to and how that is known; the order is kept.

    `family_id` as recorded becomes `named_family_id`; `family_id` is whose it is, null in suspense; `identified_by`
    is `family_id`, `payee_reference`, `narrative` or null.
    """
    known = pl.Enum(families["family_id"].unique())
    named = transactions.with_row_index("_place").with_columns(
        named_family_id="family_id", _is_known=pl.col("family_id").cast(known, strict=False).is_not_null()
    )
    told = _told_otherwise(named.filter(~pl.col("_is_known")), families)
    named_itself = pl.when("_is_known")
    return (
        named.join(told, on="_place", how="left", maintain_order="left")
        .with_columns(
            family_id=named_itself.then("family_id").otherwise("_told_family_id"),
            identified_by=named_itself.then(pl.lit("family_id")).otherwise("_told_by"),
        )
        .drop("_place", "_is_known", "_told_family_id", "_told_by")
    )


def _told_otherwise(strays: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """`_place, _told_family_id, _told_by`: what the payee reference, or else the narrative, says of these."""
    by_reference = strays.join(_sole_holders(families), on="payee_reference", suffix="_told").select(
        "_place", _told_family_id="family_id_told", _told_by=pl.lit("payee_reference")
    )
    silent = strays.join(by_reference, on="_place", how="anti")
    by_narrative = (
        silent.select("_place", "transaction_id")
        .join(mentioned(silent, families).filter(pl.len().over("transaction_id") == 1), on="transaction_id")
        .select("_place", _told_family_id="family_id", _told_by=pl.lit("narrative"))
    )
    return pl.concat([by_reference, by_narrative])


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
