"""What is due: entitlements split by their schedules into dues, to the penny (rules §1)."""

from datetime import timedelta

import polars as pl

from reconciliation.errors import Refusal
from reconciliation.money import round_half_up
from reconciliation.periods import with_periods
from reconciliation.policy import Policy
from reconciliation.position import Position
from reconciliation.shapes import DUES, shaped
from reconciliation.working_days import WorkingDays

LONGEST_ROLL = timedelta(days=14)
"""No run of days without a working day is longer, so no due of a later period can roll back into the position."""
FULL_WEEK = 700
"""Percents of a week paid in full: seven days at 100."""
ORDER = ("family_id", "due_on", "entitlement_id", "period_start")


def dues(records: dict[str, pl.DataFrame], policy: Policy, position: Position, calendar: WorkingDays) -> pl.DataFrame:
    """Every due of the visible families that exists at the position, in the order of rules §3; shape DUES.

    Needs the visible `families`, `entitlements` and `suspensions`. Raises `Refusal` for a schedule that the policy
    lacks (an entitlement taken in under another policy).
    """
    horizon = position.as_of + timedelta(days=policy.matching.prepayment_days)
    lines = _lines(records)
    _require_schedules(lines, policy)
    weekly = _weekly(lines.filter(pl.col("kind") == "weekly"), records["suspensions"], policy, horizon, calendar)
    once = _one_off(lines.filter(pl.col("kind") == "one_off"), calendar)
    return shaped(
        pl.concat([weekly, once], how="diagonal")
        .filter(pl.col("due_pence") > 0, pl.col("due_on") <= horizon)
        .with_columns(is_upcoming=pl.col("due_on") > position.as_of)
        .sort(ORDER),
        DUES,
    )


def _lines(records: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Active entitlements of visible families, with the last day on which each is entitled (null: still open)."""
    return (
        records["entitlements"]
        .filter(pl.col("status") == "active")
        .join(records["families"].select("family_id", "closed_on"), on="family_id")
        .with_columns(entitled_to=pl.min_horizontal("effective_to", "closed_on"))
    )


def _require_schedules(lines: pl.DataFrame, policy: Policy) -> None:
    used = lines.filter(pl.col("kind") == "weekly")["schedule"].unique()
    if missing := sorted(set(used) - set(policy.schedules)):
        raise Refusal(*(f'policy: entitlements use the schedule "{name}", which the policy lacks' for name in missing))


def _weekly(lines, suspensions, policy, horizon, calendar) -> pl.DataFrame:
    """The dues of weekly lines under every schedule of the policy, those with nothing to pay included."""
    last = pl.min_horizontal("entitled_to", pl.lit(horizon + LONGEST_ROLL))
    # a family may close before a line begins: then no day of it is entitled
    lines = lines.with_columns(_last=last).filter(pl.col("effective_from") <= pl.col("_last"))
    split = []
    for name, schedule in policy.schedules.items():
        periods = with_periods(lines.filter(pl.col("schedule") == name), schedule, "effective_from", "_last")
        periods = _percents(_entitled_days(periods), suspensions)
        nominal = pl.col("first_paid_day" if schedule.pay == "advance" else "period_end")
        split.append(periods.with_columns(due_on=calendar.rolled(nominal, schedule.roll)))
    return _priced(pl.concat(split), policy)


def _entitled_days(periods: pl.DataFrame) -> pl.DataFrame:
    return periods.with_columns(
        first_day=pl.max_horizontal("period_start", "effective_from"),
        last_day=pl.min_horizontal("period_end", "entitled_to"),
    )


def _percents(periods: pl.DataFrame, suspensions: pl.DataFrame) -> pl.DataFrame:
    """Adds `percent_days` (P) and `first_paid_day`: every entitled day counts 100, or what a suspension leaves."""
    days = (pl.col("last_day") - pl.col("first_day")).dt.total_days() + 1
    plain = periods.with_row_index("_line").with_columns(percent_days=days * 100, first_paid_day=pl.col("first_day"))
    reduced = _reduced(plain, suspensions.filter(pl.col("status") == "active"))
    return plain.update(reduced, on="_line", include_nulls=True).drop("_line")


def _reduced(periods: pl.DataFrame, suspensions: pl.DataFrame) -> pl.DataFrame:
    """`percent_days` and `first_paid_day` of the periods that a suspension touches, reckoned day by day."""
    applies = pl.col("suspended_line").is_null() | (pl.col("suspended_line") == pl.col("entitlement_id"))
    starts, ends = pl.max_horizontal("first_day", "starts_on"), pl.min_horizontal("last_day", "ends_on")
    touched = periods.join(
        suspensions.select("family_id", "starts_on", "ends_on", "pay_percent", suspended_line="entitlement_id"),
        on="family_id",
    ).filter(applies, starts <= ends)
    suspended = (
        touched.select("_line", "pay_percent", day=pl.date_ranges(starts, ends))
        .explode("day")
        .group_by("_line", "day")
        .agg(pl.col("pay_percent").min())
    )
    return (
        periods.join(touched.select("_line").unique(), on="_line", how="semi")
        .select("_line", day=pl.date_ranges("first_day", "last_day"))
        .explode("day")
        .join(suspended, on=["_line", "day"], how="left")
        .with_columns(pl.col("pay_percent").fill_null(100))
        .group_by("_line")
        .agg(
            percent_days=pl.col("pay_percent").sum(),
            first_paid_day=pl.col("day").filter(pl.col("pay_percent") > 0).min(),
        )
    )


def _priced(periods: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Adds gross, contribution and due by the policy's rounding order."""
    net = pl.when(pl.col("contribution_method") == "net").then(pl.col("weekly_contribution_pence")).otherwise(0)
    gross, contribution = _share(pl.col("amount_pence")), _share(net)
    each_side = policy.rounding.order == "each_side"
    due = gross - contribution if each_side else _share(pl.col("amount_pence") - net)
    return periods.with_columns(
        gross_pence=gross,
        contribution_pence=contribution,
        due_pence=pl.max_horizontal(due, pl.lit(0, pl.Int64)),
    )


def _share(weekly_pence: pl.Expr) -> pl.Expr:
    """The part of a weekly amount that a period's percents earn, rounded once."""
    return round_half_up(weekly_pence * pl.col("percent_days"), FULL_WEEK)


def _one_off(lines: pl.DataFrame, calendar: WorkingDays) -> pl.DataFrame:
    return lines.filter(pl.col("closed_on").is_null() | (pl.col("effective_from") <= pl.col("closed_on"))).with_columns(
        period_start="effective_from",
        period_end="effective_from",
        due_on=calendar.rolled(pl.col("effective_from"), "previous"),
        percent_days=pl.lit(0, pl.Int64),
        gross_pence="amount_pence",
        contribution_pence=pl.lit(0, pl.Int64),
        due_pence="amount_pence",
    )
