"""How a rule says what it raises: any frame becomes rows of shape RAISED."""

import polars as pl

from reconciliation.exceptions.catalogue import CATALOGUE
from reconciliation.shapes import RAISED, empty

ONE = pl.lit(1, pl.Int64)
NO_AMOUNT = pl.lit(None, pl.Int64)


def raised(
    code: str,
    frame: pl.DataFrame,
    subject: str | pl.Expr = "family_id",
    amount: str | pl.Expr | None = None,
    since: str | pl.Expr = "since",
    items: str | pl.Expr = ONE,
    severity: pl.Expr | None = None,
    evidence: pl.Expr | None = None,
) -> pl.DataFrame:
    """One exception of `code` per row of `frame`, which has a `family_id`; each part a column's name or an expression.

    `severity` is the catalogue's unless the rule says otherwise.
    """
    if frame.is_empty():
        return none()
    parts = {
        "code": pl.lit(code),
        "family_id": "family_id",
        "subject": subject,
        "severity": pl.lit(CATALOGUE[code].severity.value) if severity is None else severity,
        "amount_pence": NO_AMOUNT if amount is None else amount,
        "since": since,
        "items": items,
        "evidence": pl.lit("") if evidence is None else evidence,
    }
    columns = {name: pl.col(part) if isinstance(part, str) else part for name, part in parts.items()}
    return frame.select(column.cast(RAISED[name]).alias(name) for name, column in columns.items())


def none() -> pl.DataFrame:
    """No exceptions."""
    return empty(RAISED)
