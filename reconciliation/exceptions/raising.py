"""How a rule says what it raises: any frame becomes rows of shape RAISED."""

import polars as pl

from reconciliation.exceptions.catalogue import CATALOGUE
from reconciliation.shapes import RAISED, empty, shaped

ONE = pl.lit(1, pl.Int64)
NO_AMOUNT = pl.lit(None, pl.Int64)


def raised(
    code: str,
    frame: pl.DataFrame,
    subject: str | pl.Expr = "family_id",
    amount: str | pl.Expr = NO_AMOUNT,
    since: str | pl.Expr = "since",
    items: str | pl.Expr = ONE,
    severity: pl.Expr | None = None,
    evidence: pl.Expr | None = None,
) -> pl.DataFrame:
    """One exception of `code` per row of `frame`, which has a `family_id`; each part a column's name or an expression.

    `severity` is the catalogue's unless the rule says otherwise.
    """
    parts = {
        "code": pl.lit(code),
        "family_id": "family_id",
        "subject": subject,
        "severity": pl.lit(CATALOGUE[code].severity.value) if severity is None else severity,
        "amount_pence": amount,
        "since": since,
        "items": items,
        "evidence": pl.lit("") if evidence is None else evidence,
    }
    return shaped(
        frame.select(**{name: pl.col(part) if isinstance(part, str) else part for name, part in parts.items()}), RAISED
    )


def none() -> pl.DataFrame:
    """No exceptions."""
    return empty(RAISED)
