"""What lateness is worth: simple interest on every part of a due, on every basis side by side (rules §4).

`sum over days of part × rate(day) / 100 / 365`, exact to the end and rounded once for each family and basis
(County Courts Act 1984 s69 for the fixed rate). It is proposed, never paid: a person decides.
"""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from reconciliation.money import round_half_up
from reconciliation.policy import Policy
from reconciliation.policy.settings import BankRate, Basis
from reconciliation.position import Position
from reconciliation.shapes import INTEREST, shaped

SCALE = 10_000
"""Rates are kept as whole ten-thousandths of a percent: a policy may give four decimals."""
YEAR = 365


def late_parts(ledger: pl.DataFrame, allocations: pl.DataFrame, policy: Policy, position: Position) -> pl.DataFrame:
    """Every part of a due that was late beyond the grace days, with the day it was paid, or `as_of` if it is not.

    Columns `family_id, entitlement_id, period_start, due_on, paid_on, part_pence, is_paid, days`.
    """
    key = ("family_id", "entitlement_id", "period_start", "due_on")
    grace = pl.lit(timedelta(days=policy.interest.grace_days))
    paid = allocations.filter(pl.col("posted_on") > pl.col("due_on") + grace).select(
        *key, paid_on="posted_on", part_pence="amount_pence", is_paid=pl.lit(value=True)
    )
    unpaid = ledger.filter(pl.col("outstanding_pence") > 0, pl.col("due_on") + grace < position.as_of).select(
        *key, paid_on=pl.lit(position.as_of), part_pence="outstanding_pence", is_paid=pl.lit(value=False)
    )
    return (
        pl.concat([paid, unpaid])
        .with_columns(days=(pl.col("paid_on") - pl.col("due_on")).dt.total_days())
        .sort(*key, "paid_on", maintain_order=True)
    )


def interest(parts: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """One row per basis for each family where any basis is above zero; shape INTEREST, bases in the policy's order.

    A basis that cannot be worked out is null with its reason.
    """
    rows = [
        _on_basis(parts, basis, policy.bank_rate).with_columns(basis=pl.lit(name), place=pl.lit(place))
        for place, (name, basis) in enumerate(policy.interest.bases.items())
    ]
    every = pl.concat(rows)
    some = every.filter(pl.col("amount_pence") > 0).select("family_id").unique()
    return shaped(every.join(some, on="family_id", how="semi").sort("family_id", "place"), INTEREST)


def _on_basis(parts: pl.DataFrame, basis: Basis, table: BankRate) -> pl.DataFrame:
    """`family_id, amount_pence, reason` on one basis, for every family with a late part."""
    match basis.kind:
        case "none":
            return _summed(parts, pl.lit(0, pl.Int64), pl.lit(None, pl.String))
        case "fixed":
            days = (pl.col("paid_on") - pl.col("due_on")).dt.total_days()
            return _summed(parts, pl.col("part_pence") * days * _scaled(basis.rate), pl.lit(None, pl.String))
        case "bank_rate":
            earned = pl.col("part_pence") * (pl.col("rate_days_paid_on") - pl.col("rate_days_due_on"))
            steps = _rate_steps(table, basis.margin)
            return _summed(_with_rate_days(parts, steps), earned, _out_of_table(table))


def _summed(parts: pl.DataFrame, earned: pl.Expr, reason: pl.Expr) -> pl.DataFrame:
    """Pence of each family from what its parts earned in (pence × scaled percent × days), rounded once."""
    sums = parts.group_by("family_id").agg(earned=earned.cast(pl.Int128).sum(), reason=reason.max())
    pence = round_half_up(pl.col("earned"), 100 * YEAR * SCALE).cast(pl.Int64)
    return sums.select("family_id", amount_pence=pl.when(pl.col("reason").is_null()).then(pence), reason="reason")


def _scaled(percent: Decimal) -> int:
    return int(percent * SCALE)


def _rate_steps(table: BankRate, margin: Decimal) -> pl.DataFrame:
    """Each rate with the rate × days that all rates before it had earned by the day before it took effect."""
    changes = sorted(table.changes.items())
    rates = pl.DataFrame(
        {"from_on": [day for day, _ in changes], "rate": [_scaled(rate + margin) for _, rate in changes]},
        schema={"from_on": pl.Date, "rate": pl.Int64},
    )
    lasted = pl.col("from_on").diff().dt.total_days().fill_null(0)
    return rates.with_columns(earlier=(pl.col("rate").shift(1, fill_value=0) * lasted).cum_sum())


def _with_rate_days(parts: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Adds `rate_days_due_on` and `rate_days_paid_on`: the sum of the daily rates up to and including that day."""
    for day in ("due_on", "paid_on"):
        run = (pl.col(day) - pl.col("from_on")).dt.total_days() + 1
        parts = (
            parts.sort(day)
            .join_asof(steps, left_on=day, right_on="from_on", strategy="backward")
            .with_columns((pl.col("earlier") + pl.col("rate") * run).fill_null(0).alias(f"rate_days_{day}"))
            .drop("from_on", "rate", "earlier")
        )
    return parts


def _out_of_table(table: BankRate) -> pl.Expr:
    """Why a part cannot be worked out from the Bank Rate table: it reaches past what was checked, or before it."""
    first = min(table.changes)
    day_before = first - timedelta(days=1)
    return (
        pl.when(pl.col("paid_on") > table.verified_to)
        .then(pl.lit(_unchecked(table.verified_to)))
        .when(pl.col("due_on") < day_before)
        .then(pl.lit(f"the Bank Rate table starts on {first.isoformat()}"))
    )


def _unchecked(verified_to: date) -> str:
    return f"the Bank Rate table is checked only up to {verified_to.isoformat()}"
