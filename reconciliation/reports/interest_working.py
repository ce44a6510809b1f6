"""The working of interest that a person can check with a calculator (rules §4).

Interest is simple: a sum, times the days it was late, times the yearly rate, over 365. So for each rate the pounds
and days are multiplied and added up first (£10 late by 5 days are 50 pound-days), and there is one rounding at the end.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from reconciliation.interest import late_parts
from reconciliation.policy.settings import BankRate, Basis
from reconciliation.results import Results

LONG_AGO = date(1900, 1, 1)
FAR_OFF = date(9999, 1, 1)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Working:
    """One basis for one family: its total (None where it cannot be worked out, with the reason), and for each yearly
    rate that applied the pence-days it applied to."""

    basis: str
    percent: Decimal | None
    amount_pence: int | None
    reason: str | None
    by_rate: tuple[tuple[Decimal, int], ...]


def workings(results: Results, parts: pl.DataFrame) -> list[Working]:
    """Every basis of the policy for the one family that `results` hold, in the policy's order; [] without interest.

    `parts` are its `family_parts`.
    """
    policy = results.policy
    return [
        Working(
            name, policy.interest.bases[name].rate, pence, reason, _by_rate(parts, policy.interest.bases[name], policy)
        )
        for name, pence, reason in results.money.interest.select("basis", "amount_pence", "reason").iter_rows()
    ]


def family_parts(results: Results) -> pl.DataFrame:
    """Every part of a due that was late, and how long (columns of `interest.late_parts`)."""
    money = results.money
    return late_parts(money.ledger, money.allocations, results.policy, results.position)


def _by_rate(parts: pl.DataFrame, basis: Basis, policy) -> tuple[tuple[Decimal, int], ...]:
    if basis.kind == "none":
        return ()
    spans = [(LONG_AGO, FAR_OFF, basis.rate)] if basis.kind == "fixed" else _spans(policy.bank_rate, basis.margin)
    earned = parts.select(_pence_days(first, end).alias(str(first)) for first, end, _ in spans).row(0)
    sums: dict[Decimal, int] = {}
    for (_, _, percent), pence_days in zip(spans, earned, strict=True):
        sums[percent] = sums.get(percent, 0) + pence_days
    return tuple((percent, pence_days) for percent, pence_days in sums.items() if pence_days)


def _pence_days(first: date, end: date) -> pl.Expr:
    """What all parts come to between two days, the second excluded: pence times days late."""
    days = pl.min_horizontal("paid_on", pl.lit(end - ONE_DAY)) - pl.max_horizontal("due_on", pl.lit(first - ONE_DAY))
    return (pl.col("part_pence") * days.dt.total_days().clip(lower_bound=0)).sum()


def _spans(table: BankRate, margin: Decimal) -> list[tuple[date, date, Decimal]]:
    """Each rate with its first day and the day on which the next one takes over."""
    days = sorted(table.changes)
    return [(first, end, table.changes[first] + margin) for first, end in zip(days, [*days[1:], FAR_OFF], strict=True)]
