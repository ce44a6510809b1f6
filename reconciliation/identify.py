"""Whose money it is: the family of every transaction, or suspense (rules §2)."""

import polars as pl

from reconciliation.moments import by_moment

WORD = r"[\p{L}\p{Nd}-]+"
"""Words of a narrative: runs of letters, digits and `-`."""


def identified(transactions: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """The visible `transactions` with the family each belongs to and how that is known, in the order of MOVEMENTS.

    `family_id` as recorded becomes `named_family_id`; `family_id` is whose it is, null in suspense; `family` is that
    family's place among `families`, which are in the order of their ids; `identified_by` is `family_id`,
    `payee_reference`, `narrative` or null.
    """
    number = place_among(families)
    named = transactions.drop("recorded_on").with_columns(family=number)
    is_stray = named["family"].is_null()
    told = _told_otherwise(named.filter(is_stray).with_columns(row=is_stray.arg_true()), families)
    narrated = told.filter(pl.col("told_by") == "narrative")["row"]
    found = named.with_columns(
        family=named["family"].scatter(told["row"], told.select(number).to_series()),
        is_narrated=pl.repeat(False, named.height, eager=True).scatter(narrated, True),
    )
    ordered = by_moment(found, "posted_on", "transaction_id").rename({"family_id": "named_family_id"})
    family_id = families["family_id"].gather(ordered["family"])
    return ordered.with_columns(family_id=family_id).with_columns(identified_by=_how()).drop("is_narrated")


def _how() -> pl.Expr:
    """How the family of a transaction is known."""
    return (
        pl.when(pl.col("family_id").is_null())
        .then(None)
        .when(pl.col("family_id") == pl.col("named_family_id"))
        .then(pl.lit("family_id"))
        .when("is_narrated")
        .then(pl.lit("narrative"))
        .otherwise(pl.lit("payee_reference"))
    )


def place_among(families: pl.DataFrame) -> pl.Expr:
    """The place of each family_id among `families` (UInt32); null for an unknown one."""
    return pl.col("family_id").cast(pl.Enum(families["family_id"]), strict=False).to_physical().cast(pl.UInt32)


def _told_otherwise(strays: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """`row, family_id, told_by`: what the payee reference, or else the narrative, says of these."""
    strays = strays.drop("family_id")
    by_reference = strays.join(_sole_holders(families), on="payee_reference")
    silent = strays.join(by_reference, on="row", how="anti")
    by_narrative = silent.join(
        mentioned(silent, families).filter(pl.len().over("transaction_id") == 1), on="transaction_id"
    )
    told = {"payee_reference": by_reference, "narrative": by_narrative}
    return pl.concat(found.select("row", "family_id", told_by=pl.lit(by)) for by, found in told.items())


def _sole_holders(families: pl.DataFrame) -> pl.DataFrame:
    """The families whose payee_reference is theirs alone."""
    held = families.select("family_id", "payee_reference").filter(pl.col("payee_reference").is_not_null())
    return held.filter(pl.len().over("payee_reference") == 1)


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
