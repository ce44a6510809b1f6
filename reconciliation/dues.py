"""What is due: entitlements split by their schedules into dues, to the penny (rules §1)."""

from datetime import date, timedelta

import polars as pl

from reconciliation.errors import Refusal
from reconciliation.moments import moment
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
ROW = {
    "line": pl.UInt32,
    "family": pl.UInt32,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "due_on": pl.Date,
    "percent_days": pl.Int64,
    "gross_pence": pl.Int64,
    "contribution_pence": pl.Int64,
    "due_pence": pl.Int64,
}
"""A due whose family and line are numbers still: there are many of them, so they stay narrow until they are sorted."""


def dues(
    families: pl.DataFrame,
    entitlements: pl.DataFrame,
    suspensions: pl.DataFrame,
    policy: Policy,
    position: Position,
    calendar: WorkingDays,
    since: date = date.min,
) -> pl.DataFrame:
    """Every due of the families that exists at the position, in the order of rules §3; shape DUES, and `family`, the
    family's place among them. With `since`, only of periods that last until that day at least.

    Takes visible records; entitlements of other families are passed over. Raises `Refusal` for a schedule that the
    policy lacks (an entitlement taken in under another policy).
    """
    horizon = position.as_of + timedelta(days=policy.matching.prepayment_days)
    lines = _lines(families, entitlements)
    _require_schedules(lines, policy)
    begun = lines.filter(pl.col("effective_from") <= horizon + LONGEST_ROLL)
    weekly = _weekly(begun.filter(pl.col("kind") == "weekly"), suspensions, policy, since, horizon, calendar)
    once = _one_off(begun.filter(pl.col("kind") == "one_off"), horizon, calendar)
    rows = [shaped(part, ROW).filter(pl.col("due_pence") > 0) for part in (*weekly, once)]
    ordered = _in_order(pl.concat(rows)).with_columns(is_upcoming=pl.col("due_on") > position.as_of)
    names = lines.select("family_id", "entitlement_id")[ordered["line"]]
    return pl.concat([ordered, names], how="horizontal").select("family", *DUES)


def _in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """In the order of rules §3, from rows in the order of periods within each line.

    Lines are numbered by family_id and entitlement_id, so it remains to sort by line, then by family and due_on.
    """
    for order in (pl.col("line"), moment("due_on")):
        if not rows.select(order).to_series().is_sorted():
            rows = rows.sort(order, maintain_order=True)
    return rows


def _lines(families: pl.DataFrame, entitlements: pl.DataFrame) -> pl.DataFrame:
    """Active entitlements of visible families, with the last day on which each is entitled (null: still open).

    Numbered by `line` in the order of (family_id, entitlement_id); `family` is the place among the visible families.
    """
    return (
        entitlements.filter(pl.col("status") == "active")
        .join(families.select("family_id", "closed_on").with_row_index("family"), on="family_id")
        .sort("family", "entitlement_id")
        .with_row_index("line")
        .with_columns(
            entitled_to=pl.min_horizontal("effective_to", "closed_on"),
            net_contribution_pence=pl.when(pl.col("contribution_method") == "net")
            .then("weekly_contribution_pence")
            .otherwise(0),
        )
    )


def _require_schedules(lines: pl.DataFrame, policy: Policy) -> None:
    used = lines.filter(pl.col("kind") == "weekly")["schedule"].unique()
    if missing := sorted(set(used) - set(policy.schedules)):
        raise Refusal(*(f'policy: entitlements use the schedule "{name}", which the policy lacks' for name in missing))


def _weekly(lines, suspensions, policy, since, horizon, calendar) -> list[pl.DataFrame]:
    """The dues of weekly lines up to the horizon, those with nothing to pay included: one frame per schedule."""
    first = pl.max_horizontal("effective_from", pl.lit(since))
    last = pl.min_horizontal("entitled_to", pl.lit(horizon + LONGEST_ROLL))
    # a family may close before a line begins: then no day of it is entitled
    lines = lines.with_columns(_first=first, _last=last).filter(pl.col("effective_from") <= pl.col("_last"))
    suspended = _suspended(lines, suspensions)
    bounds = ("_first", "_last", "effective_from", "entitled_to")
    numbers = ("line", "family", *bounds, "amount_pence", "net_contribution_pence")
    split = []
    for name, schedule in policy.schedules.items():
        of_schedule = lines.filter(pl.col("schedule") == name).select(numbers)
        periods = with_periods(of_schedule, schedule, "_first", "_last")
        periods = _percents(_entitled_days(periods), suspended)
        nominal = pl.col("first_paid_day" if schedule.pay == "advance" else "period_end")
        dated = periods.with_columns(due_on=calendar.rolled(nominal, schedule.roll))
        split.append(_priced(dated.filter(pl.col("due_on") <= horizon), policy))
    return split


def _suspended(lines: pl.DataFrame, suspensions: pl.DataFrame) -> pl.DataFrame:
    """`line, starts_on, ends_on, pay_percent` of every active suspension and line that it reduces."""
    applies = pl.col("suspended_line").is_null() | (pl.col("suspended_line") == pl.col("entitlement_id"))
    active = suspensions.filter(pl.col("status") == "active").select(
        "family_id", "starts_on", "ends_on", "pay_percent", suspended_line="entitlement_id"
    )
    reduced = lines.select("line", "family_id", "entitlement_id").join(active, on="family_id").filter(applies)
    return reduced.select("line", "starts_on", "ends_on", "pay_percent")


def _entitled_days(periods: pl.DataFrame) -> pl.DataFrame:
    return periods.with_columns(
        first_day=pl.max_horizontal("period_start", "effective_from"),
        last_day=pl.min_horizontal("period_end", "entitled_to"),
    )


def _percents(periods: pl.DataFrame, suspended: pl.DataFrame) -> pl.DataFrame:
    """Adds `percent_days` (P) and `first_paid_day`: every entitled day counts 100, or what a suspension leaves."""
    days = (pl.col("last_day") - pl.col("first_day")).dt.total_days() + 1
    plain = periods.with_columns(percent_days=days * 100, first_paid_day="first_day")
    if suspended.is_empty():
        return plain
    reduced = _reduced(plain.with_row_index("_period"), suspended)
    return plain.with_columns(
        plain[name].scatter(reduced["_period"], reduced[name]) for name in ("percent_days", "first_paid_day")
    )


def _reduced(periods: pl.DataFrame, suspended: pl.DataFrame) -> pl.DataFrame:
    """`percent_days` and `first_paid_day` of the periods that a suspension touches, reckoned day by day."""
    starts, ends = pl.max_horizontal("first_day", "starts_on"), pl.min_horizontal("last_day", "ends_on")
    touched = periods.join(suspended, on="line").filter(starts <= ends)
    percents = (
        touched.select("_period", "pay_percent", day=pl.date_ranges(starts, ends))
        .explode("day")
        .group_by("_period", "day")
        .agg(pl.col("pay_percent").min())
    )
    return (
        periods.join(touched.select("_period").unique(), on="_period", how="semi")
        .select("_period", day=pl.date_ranges("first_day", "last_day"))
        .explode("day")
        .join(percents, on=["_period", "day"], how="left")
        .with_columns(pl.col("pay_percent").fill_null(100))
        .group_by("_period")
        .agg(
            percent_days=pl.col("pay_percent").sum(),
            first_paid_day=pl.col("day").filter(pl.col("pay_percent") > 0).min(),
        )
    )


def _priced(periods: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Adds gross, contribution and due by the policy's rounding order."""
    net = pl.col("net_contribution_pence")
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


def _one_off(lines: pl.DataFrame, horizon: date, calendar: WorkingDays) -> pl.DataFrame:
    is_open = pl.col("closed_on").is_null() | (pl.col("effective_from") <= pl.col("closed_on"))
    once = lines.filter(is_open).with_columns(
        period_start="effective_from",
        period_end="effective_from",
        due_on=calendar.rolled(pl.col("effective_from"), "previous"),
        percent_days=pl.lit(0, pl.Int64),
        gross_pence="amount_pence",
        contribution_pence=pl.lit(0, pl.Int64),
        due_pence="amount_pence",
    )
    return once.filter(pl.col("due_on") <= horizon)
