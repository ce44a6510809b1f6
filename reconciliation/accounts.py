"""Rules §1–§4 for all families: whose each transaction is, what is settled, and what follows from it for each."""

from collections.abc import Callable

import polars as pl

from reconciliation.balances import balances
from reconciliation.identify import identified
from reconciliation.interest import interest, late_parts
from reconciliation.misposting import LOOSE_PAYMENTS
from reconciliation.policy import Policy
from reconciliation.position import Position
from reconciliation.results import Accounts
from reconciliation.settlement import Settled, instalments
from reconciliation.shapes import ALLOCATIONS, LEDGER, MOVEMENTS, shaped
from reconciliation.shards import calendar_of, in_shards

Settling = Callable[[dict[str, pl.DataFrame], pl.DataFrame, Policy, Position], Settled]
"""Gives what is settled for all visible families, from the visible records and identify.identified's movements:
`shards.in_shards`, or another way to the same."""


def accounts(
    records: dict[str, pl.DataFrame], policy: Policy, position: Position, settling: Settling = in_shards
) -> Accounts:
    """The accounts of all visible families, and the movements that are nobody's."""
    families = records["families"]
    movements = identified(records["transactions"], families)
    calendar = calendar_of(records["entitlements"], movements, position)
    done = settling(records, movements, policy, position)
    return Accounts(
        ledger=shaped(done.ledger, LEDGER),
        instalments=instalments(done.ledger),
        movements=shaped(done.movements, MOVEMENTS),
        allocations=shaped(done.allocations, ALLOCATIONS),
        balances=balances(families, done, policy, position, calendar),
        interest=interest(late_parts(done.ledger, done.allocations, policy, position), policy),
        loose_payments=shaped(done.loose_payments, LOOSE_PAYMENTS),
    )
