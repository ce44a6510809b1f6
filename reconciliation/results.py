"""What the core hands to the edges: every figure of one position, as frames."""

from dataclasses import dataclass

import polars as pl

from reconciliation.policy import Policy
from reconciliation.position import Position


@dataclass(frozen=True)
class Money:
    """Rules §1–§4 for one position; each frame has the shape of its name in `shapes`."""

    families: pl.DataFrame
    """The visible families, as typed records."""
    ledger: pl.DataFrame
    instalments: pl.DataFrame
    movements: pl.DataFrame
    allocations: pl.DataFrame
    balances: pl.DataFrame
    """Without a standing yet: that needs the exceptions."""
    interest: pl.DataFrame
    loose_payments: pl.DataFrame
    open_instalments: pl.DataFrame
    """These two have the shapes in `misposting`; in a family's rerun they hold everyone's."""


@dataclass(frozen=True)
class Facts:
    """All that a rule of §5–§8 may look at. `records` are the visible versions by record name, typed; each has the
    records' columns. `active_lines` are the visible active weekly entitlements of visible families that are entitled
    on `as_of` (rules §6). `promises` has the shape PROMISES."""

    position: Position
    policy: Policy
    records: dict[str, pl.DataFrame]
    active_lines: pl.DataFrame
    money: Money
    promises: pl.DataFrame


@dataclass(frozen=True)
class Results:
    """Everything a position says; each frame has the shape of its name in `shapes`, `raised` that of RAISED.

    `money.balances` has no standing; `balances` is the one to publish. `records` are the visible versions.
    """

    position: Position
    policy: Policy
    records: dict[str, pl.DataFrame]
    money: Money
    balances: pl.DataFrame
    suspense: pl.DataFrame
    promises: pl.DataFrame
    raised: pl.DataFrame
    compensation: pl.DataFrame
    briefing: pl.DataFrame
    lookback: pl.DataFrame
    scrutiny: pl.DataFrame
