"""statement.csv: every line of a family's statement, one row each, with the file and row it comes from."""

import polars as pl

from reconciliation.reports.csv_files import csv_bytes
from reconciliation.reports.edition import Edition
from reconciliation.reports.statement import MOVED, allocated, due_lines
from reconciliation.results import Results


def statement_csv(edition: Edition) -> bytes:
    """Dues, then what paid for them, then the money that moved, each by date; money in plain pounds."""
    results = edition.results
    lines = pl.concat([_dues(results), _allocations(results), _movements(results)], how="diagonal")
    traced = lines.join(
        edition.sources, left_on=["record", "reference"], right_on=["record", "key"], how="left", maintain_order="left"
    )
    return csv_bytes(traced.drop("record"))


def _dues(results: Results) -> pl.DataFrame:
    words = [line.words for line in reversed(due_lines(results))]
    return results.money.ledger.sort("due_on", "entitlement_id", "period_start").select(
        line=pl.lit("due"),
        record=pl.lit("entitlements"),
        date="due_on",
        reference="entitlement_id",
        period_start="period_start",
        period_end="period_end",
        amount_pence="due_pence",
        outstanding_pence="outstanding_pence",
        how=pl.Series(words, dtype=pl.String),
    )


def _allocations(results: Results) -> pl.DataFrame:
    return allocated(results).select(
        line=pl.lit("paid for"),
        record=pl.lit("transactions"),
        date="posted_on",
        reference="transaction_id",
        period_start="period_start",
        period_end="period_end",
        amount_pence="amount_pence",
        how=pl.format("pays {} by step {}", "entitlement_id", "step"),
    )


def _movements(results: Results) -> pl.DataFrame:
    return results.money.movements.sort("posted_on", "transaction_id").select(
        line=pl.lit("money moved"),
        record=pl.lit("transactions"),
        date="posted_on",
        reference="transaction_id",
        period_start="period_start",
        amount_pence="amount_pence",
        how=pl.col("kind").replace_strict(MOVED, return_dtype=pl.String),
    )
