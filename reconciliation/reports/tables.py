"""The published tables: which columns of which frame appear under which name, and in what order (outputs.md).

A published name is the internal name without its unit: `amount_pence` is published as `amount`, `is_selected` as
`selected`. Rows are in an order that the data alone decides.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from reconciliation.exceptions.catalogue import with_words
from reconciliation.reports.edition import Edition
from reconciliation.shapes import BALANCES, BRIEFING, COMPENSATION, LEDGER, LOOKBACK, PROMISES, SCRUTINY, SUSPENSE
from reconciliation.vocabulary import Status

LAST_STATUSES = (Status.SNOOZED, Status.CLOSED)


@dataclass(frozen=True)
class Table:
    """A published table: its frame, the internal names of its columns, and what its rows are sorted by.

    A blank sorts before any value, so money without a family stands at the top.
    """

    frame: Callable[[Edition], pl.DataFrame]
    columns: tuple[str, ...]
    sorted_by: tuple[str | pl.Expr, ...]

    def of(self, edition: Edition) -> pl.DataFrame:
        """The table's rows and columns for an edition, under internal names."""
        rows = self.frame(edition)
        if not _is_ordered(rows.select(self.sorted_by)):
            rows = rows.sort(*self.sorted_by, maintain_order=True)
        return rows.select(self.columns)


def _is_ordered(keys: pl.DataFrame) -> bool:
    """Whether no row is known to belong above the one before it: a large table mostly comes in its order, and finding
    that takes a quarter of sorting it, and none of the memory. Blanks are left to the sorting."""
    is_tied = pl.Series([True]).new_from_index(0, max(keys.height - 1, 0))
    for key in keys:
        here, above = key[1:], key[:-1]
        if key.has_nulls() or (is_tied & (here < above)).any():
            return False
        is_tied &= here == above
    return True


def published_name(internal: str) -> str:
    """The name that people see: the internal one without its unit."""
    return internal.removeprefix("is_").removesuffix("_pence")


def exceptions_of(edition: Edition) -> pl.DataFrame:
    """The lived exceptions with the family's name and team, and each code's words and owner (rules §6)."""
    people = edition.results.records["families"].select("family_id", "recipient_name", "team")
    return with_words(edition.exceptions.join(people, on="family_id", how="left", maintain_order="left"))


EXCEPTIONS = Table(
    lambda edition: exceptions_of(edition).with_columns(run_id=pl.lit(edition.run_id)),
    (
        "exception_id",
        "severity",
        "code",
        "family_id",
        "recipient_name",
        "team",
        "subject",
        "amount_pence",
        "since",
        "age_days",
        "items",
        "summary",
        "action",
        "owner",
        "evidence",
        "first_seen",
        "status",
        "decision",
        "decision_note",
        "decided_by",
        "run_id",
    ),
    (pl.col("status").is_in(LAST_STATUSES), "family_id", "code", "subject"),
)
QUARANTINE = Table(
    lambda edition: edition.quarantine,
    ("source_file", "row", "record", "reason", "raw"),
    ("source_file", "row", "record", "reason", "raw"),
)

CSV_TABLES = {
    "exceptions.csv": EXCEPTIONS,
    "balances.csv": Table(lambda edition: edition.results.balances, tuple(BALANCES), ("family_id",)),
    "compensation.csv": Table(
        lambda edition: edition.results.compensation, tuple(COMPENSATION), ("family_id", "head", "basis", "trigger")
    ),
    "promises.csv": Table(lambda edition: edition.results.promises, tuple(PROMISES), ("family_id", "promise_id")),
    "suspense.csv": Table(lambda edition: edition.results.suspense, tuple(SUSPENSE), ("transaction_id",)),
    "briefing.csv": Table(
        lambda edition: edition.results.briefing, tuple(BRIEFING), ("family_id", "since", "trigger", "role")
    ),
    "lookback.csv": Table(lambda edition: edition.results.lookback, tuple(LOOKBACK), ("family_id",)),
    "scrutiny.csv": Table(lambda edition: edition.results.scrutiny, tuple(SCRUTINY), ("team", "measure")),
    "quarantine.csv": QUARANTINE,
}

PARQUET_TABLES = {
    "ledger.parquet": Table(
        lambda edition: edition.results.money.ledger,
        (*(name for name in LEDGER if name != "is_upcoming"), "is_upcoming"),
        ("family_id", "due_on", "entitlement_id", "period_start"),
    ),
    "allocations.parquet": Table(
        lambda edition: edition.results.money.allocations,
        ("family_id", "transaction_id", "entitlement_id", "period_start", "step", "posted_on", "amount_pence"),
        ("family_id", "posted_on", "transaction_id", "due_on", "entitlement_id", "period_start", "step"),
    ),
}
