"""Who else was let down in the same way: the five failings of the reference case, family by family (rules §8)."""

import polars as pl

from reconciliation.results import Facts
from reconciliation.shapes import LOOKBACK, shaped
from reconciliation.vocabulary import Failing

CODES = {
    Failing.OWED: ("ARREARS",),
    Failing.PLAN: ("NO_PLAN", "PLAN_INCOMPLETE"),
    Failing.CARER: ("CARER_ASSESSMENT_MISSING",),
    Failing.RECRUITMENT: ("VACANCY_STALLED",),
    Failing.PROMISE: ("PROMISE_OVERDUE", "PROMISE_WITHOUT_DATE"),
}
"""The exceptions that show each failing; `owed` also holds where a due was ever paid late (LGSCO 23 012 356)."""


def lookback(facts: Facts, raised: pl.DataFrame) -> pl.DataFrame:
    """One row per visible family, by family_id; shape LOOKBACK. `raised` has the shape RAISED."""
    shown = {
        failing.value: pl.col("family_id").is_in(pl.lit(families)) for failing, families in _failing(raised).items()
    }
    ever_late = pl.col("family_id").is_in(_ever_paid_late(facts).implode())
    return shaped(
        facts.money.families.select("family_id")
        .sort("family_id")
        .with_columns(**shown)
        .with_columns(owed=pl.col("owed") | ever_late)
        .with_columns(failings=pl.sum_horizontal(*shown))
        .with_columns(similar=pl.col("failings") >= facts.policy.lookback.similar),
        LOOKBACK,
    )


def _failing(raised: pl.DataFrame) -> dict[Failing, pl.Series]:
    """The families that show each failing, as one list."""
    shows = {failing: pl.col("code").is_in(codes) for failing, codes in CODES.items()}
    lists = raised.select(pl.col("family_id").filter(shown).implode().alias(name) for name, shown in shows.items())
    return {failing: lists[failing] for failing in CODES}


def _ever_paid_late(facts: Facts) -> pl.Series:
    """Families of which any money for a due came more than `[lookback.late_days]` after it, paid in full or not."""
    days_late = (pl.col("posted_on") - pl.col("due_on")).dt.total_days()
    return facts.money.allocations.filter(days_late > facts.policy.lookback.late_days)["family_id"].unique()
