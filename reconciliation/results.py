"""What the core hands to the edges: every figure of one position, as frames."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from reconciliation.policy import Policy
from reconciliation.position import Position


@dataclass(frozen=True)
class Accounts:
    """What rules §1–§4 say of all visible families; each frame has the shape of its name in `shapes`, family after
    family.

    `balances` are without a standing yet: that needs the exceptions. `loose_payments`: see `misposting`.
    """

    ledger: pl.DataFrame
    instalments: pl.DataFrame
    movements: pl.DataFrame
    allocations: pl.DataFrame
    balances: pl.DataFrame
    interest: pl.DataFrame
    loose_payments: pl.DataFrame


@dataclass(frozen=True)
class Kept:
    """What was settled for all families on the day `as_of`, under that policy and by that `program`; large, so each
    frame is read when it is looked at.

    `prints`: family_id, print (UInt64) of every family that was visible, in the order of their ids. `ledger`,
    `allocations` and `loose_payments` are those of settlement.Settled, where `family` is the place among `prints`.
    `outcomes`: transaction_id and settlement.OUTCOMES of the movements of whom they say anything but the ordinary.
    """

    as_of: date
    policy_version: str
    program: str
    prints: pl.LazyFrame
    ledger: pl.LazyFrame
    allocations: pl.LazyFrame
    loose_payments: pl.LazyFrame
    outcomes: pl.LazyFrame


@dataclass(frozen=True)
class Money(Accounts):
    """The accounts of all families at one position. `families` are the visible ones, as typed records.

    `open_instalments` has its shape in `misposting`; in a family's rerun it and `loose_payments` hold everyone's too.
    """

    families: pl.DataFrame
    open_instalments: pl.DataFrame


@dataclass(frozen=True)
class Known:
    """What the rules of §5–§8 start from. `records` are the visible versions by record name, typed; each has the
    records' columns. `active_lines` are the visible active weekly entitlements of visible families that are entitled
    on `as_of` (rules §6). `promises` has the shape PROMISES."""

    position: Position
    policy: Policy
    records: dict[str, pl.DataFrame]
    active_lines: pl.DataFrame
    money: Money
    promises: pl.DataFrame


@dataclass(frozen=True)
class Facts(Known):
    """All that a rule of §5–§8 may look at: what is known, and what more than one rule makes of it, worked out once.

    `in_payment` are the families with an active line, `plans_in_use` and `stalled_vacancies` theirs (see
    `exceptions.assurance`); `mispostings` and `payee_mismatches` have the shapes in `misposting`, `briefing` the shape
    BRIEFING.
    """

    in_payment: pl.DataFrame
    plans_in_use: pl.DataFrame
    stalled_vacancies: pl.DataFrame
    mispostings: pl.DataFrame
    payee_mismatches: pl.DataFrame
    briefing: pl.DataFrame


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
