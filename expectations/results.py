"""Is this what may be published? Every table of a position held to the identities of rules §3 and to its own shape."""

from collections.abc import Iterator

import polars as pl

from expectations.certificate import Certificate
from expectations.duties import briefing, compensation, exceptions_to_publish, lookback, promises, scrutiny
from expectations.money import (
    allocations,
    balances,
    families,
    interest,
    ledger,
    movements,
    night,
    settling,
    suspense,
)
from expectations.rules import Whole
from expectations.validating import SMALL_ROWS, certify
from reconciliation.results import Results


def certify_results(results: Results, exceptions: pl.DataFrame, small_rows: int = SMALL_ROWS) -> Certificate:
    """Certifies a position before it is published.

    `exceptions` are the rows about to be published, with each code's words and owner: `exception_id, code,
    family_id, subject, severity, owner, summary, action` are looked at. Polars counts where there are more than
    `small_rows` rows.
    """
    return certify("results", wholes(results, exceptions), small_rows)


def wholes(results: Results, exceptions: pl.DataFrame) -> Iterator[Whole]:
    """Every whole of a position with its rules, each made when it is asked for: the large ones are large."""
    yield night(results, exceptions)
    yield exceptions_to_publish(exceptions)
    yield families(results)
    yield balances(results)
    settled = settling(results.money)
    for whole in (ledger, allocations, movements):
        yield whole(results, settled)
    for whole in (suspense, interest, compensation, promises, briefing, lookback, scrutiny):
        yield whole(results)
