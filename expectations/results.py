"""Is this what may be published? Every table of a position held to the identities of rules §3 and to its own shape."""

import polars as pl

from expectations.certificate import Certificate
from expectations.duties import briefing, compensation, exceptions_to_publish, lookback, promises, scrutiny
from expectations.money import allocations, balances, families, interest, ledger, movements, night, suspense
from expectations.rules import Whole
from expectations.validating import SMALL_ROWS, certify
from reconciliation.policy import Policy
from reconciliation.results import Results


def certify_results(
    results: Results, transactions: pl.DataFrame, exceptions: pl.DataFrame, policy: Policy, small_rows: int = SMALL_ROWS
) -> Certificate:
    """Certifies a position before it is published.

    `transactions` are the visible typed transactions (those posted after `as_of` are left aside). `exceptions` are
    the rows about to be published; `exception_id, code, family_id, subject, severity, owner, summary, action` are
    looked at. Tables of more than `small_rows` rows are counted by Polars.
    """
    return certify("results", _tables(results, transactions, exceptions, policy), small_rows)


def _tables(results: Results, transactions: pl.DataFrame, exceptions: pl.DataFrame, policy: Policy) -> list[Whole]:
    return [
        night(results, transactions, exceptions),
        families(results),
        balances(results),
        ledger(results),
        allocations(results),
        movements(results),
        suspense(results),
        interest(results),
        exceptions_to_publish(exceptions),
        compensation(results),
        promises(results),
        briefing(results),
        lookback(results, policy),
        scrutiny(results, policy),
    ]
