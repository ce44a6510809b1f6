"""What a wrong may be worth beside the debt: indicative, each with its source, for a person to decide (rules §4).

The Ombudsman has no tariff in adult social care: remedies put people back where they would have been, so every row
`needs_approval` and none is ever paid by the program.
"""

import polars as pl

from reconciliation.deadlines import cases_with_deadlines
from reconciliation.money import round_half_up
from reconciliation.policy.settings import Band
from reconciliation.results import Facts
from reconciliation.shapes import COMPENSATION, empty, shaped
from reconciliation.vocabulary import Head

BASIS_SOURCES = {
    "none": "LGSCO, Guidance on remedies: interest is not added as a matter of course",
    "fixed": "simple interest at a fixed rate, as County Courts Act 1984 s69",
    "bank_rate": "simple interest at Bank of England Bank Rate and the council's margin",
}
AS_IF_IT_HAD_NOT_HAPPENED = "LGSCO, Guidance on remedies: put the person back where they would have been"
THOUSANDTHS_OF_A_WEEK = 1000 * 7


def compensation(facts: Facts, interest: pl.DataFrame) -> pl.DataFrame:
    """Every head of compensation, by family, head and basis; shape COMPENSATION. `interest` has the shape INTEREST.

    `basis` says which row of its head it is: the interest basis, the case, the vacancy; blank where a family has one.
    """
    heads = (
        _interest(facts, interest),
        _distress(facts),
        _time_and_trouble(facts),
        _unmet_support(facts),
        _tax_compensation(facts),
    )
    return pl.concat(heads).sort("family_id", "head", "basis", maintain_order=True)


def _interest(facts: Facts, interest: pl.DataFrame) -> pl.DataFrame:
    """Low and high are the sum; where a basis cannot be worked out both are blank and `trigger` holds the reason."""
    settings = facts.policy.interest
    sources = {name: BASIS_SOURCES[basis.kind] for name, basis in settings.bases.items()}
    return _indicated(
        Head.INTEREST,
        interest,
        basis=pl.col("basis"),
        low=pl.col("amount_pence"),
        high=pl.col("amount_pence"),
        trigger=pl.coalesce("reason", pl.lit("dues paid late or not yet paid")),
        source=pl.col("basis").replace_strict(sources, return_dtype=pl.String),
        is_selected=pl.col("basis") == settings.selected,
    )


def _distress(facts: Facts) -> pl.DataFrame:
    """By how long the oldest unpaid due of a family has been waiting: the band of the most days that were reached."""
    waiting = facts.money.balances.rename({"days_overdue": "days"})
    reached = _in_bands(waiting, facts.policy.remedies.distress)
    trigger = pl.format("arrears unpaid for {}", _days("days"))
    return _indicated(Head.DISTRESS, reached, pl.col("low"), pl.col("high"), trigger, pl.col("source"))


def _time_and_trouble(facts: Facts) -> pl.DataFrame:
    """By how long a case ran past its deadline, to its decision or to `as_of` while it has none.

    One row per case that was upheld or is late, whenever it was decided. A case in time ran 0 days past its deadline.
    """
    cases = cases_with_deadlines(_of_visible(facts, "cases"), facts.policy, facts.position)
    upheld = pl.col("upheld").fill_null(False) & pl.col("decided_on").is_not_null()
    counted = cases.filter(upheld | (pl.col("days_past") > 0))
    days = counted.with_columns(days=pl.max_horizontal("days_past", pl.lit(0, pl.Int64)))
    reached = _in_bands(days, facts.policy.remedies.time_and_trouble)
    trigger = pl.format("a case ran {} past its deadline", _days("days"))
    return _indicated(
        Head.TIME_AND_TROUBLE, reached, pl.col("low"), pl.col("high"), trigger, pl.col("source"), pl.col("case_id")
    )


def _unmet_support(facts: Facts) -> pl.DataFrame:
    """What the hours of a stalled vacancy would have cost since it opened; some may have been met, so low is 0."""
    hours_days = pl.col("hours_per_week_thousandths") * pl.col("days_open")
    cost = round_half_up(hours_days * facts.policy.remedies.pa_hourly_rate, THOUSANDTHS_OF_A_WEEK)
    trigger = pl.format("a vacancy open for {}", _days("days_open"))
    return _indicated(
        Head.UNMET_SUPPORT,
        facts.stalled_vacancies,
        pl.lit(0, pl.Int64),
        cost,
        trigger,
        pl.lit(AS_IF_IT_HAD_NOT_HAPPENED),
        pl.col("vacancy_id"),
    )


def _tax_compensation(facts: Facts) -> pl.DataFrame:
    """Flagged without a figure: a lump sum for several tax years can cost tax or benefits that regular pay would not.

    It looks at the dues that are unpaid at the position, each in the tax year of its due_on.
    """
    unpaid = facts.money.ledger.filter(~pl.col("is_upcoming"), pl.col("outstanding_pence") > 0)
    years = unpaid.group_by("family_id", maintain_order=True).agg(years=_tax_year(pl.col("due_on")).n_unique())
    trigger = pl.format("arrears fall in {} tax years", "years")
    no_figure = pl.lit(None, pl.Int64)
    several = years.filter(pl.col("years") > 1)
    source = pl.lit(AS_IF_IT_HAD_NOT_HAPPENED)
    return _indicated(Head.TAX_COMPENSATION, several, no_figure, no_figure, trigger, source)


def _tax_year(day: pl.Expr) -> pl.Expr:
    """The year in which the day's tax year began: it runs from 6 April."""
    before_april_6 = (day.dt.month() < 4) | ((day.dt.month() == 4) & (day.dt.day() < 6))
    return day.dt.year() - before_april_6.cast(pl.Int32)


def _days(column: str) -> pl.Expr:
    return pl.when(pl.col(column) == 1).then(pl.lit("1 day")).otherwise(pl.format("{} days", column))


def _in_bands(frame: pl.DataFrame, bands: tuple[Band, ...]) -> pl.DataFrame:
    """The rows whose `days` reach a band, with `low`, `high` and `source` of the last band they reach."""
    waiting = frame.filter(pl.col("days").is_not_null()).sort("days", maintain_order=True)
    if waiting.is_empty():
        return waiting
    table = pl.DataFrame(
        [(band.from_days, band.low, band.high, band.source) for band in bands],
        schema={"from_days": pl.Int64, "low": pl.Int64, "high": pl.Int64, "source": pl.String},
        orient="row",
    ).sort("from_days")
    return waiting.join_asof(table, left_on="days", right_on="from_days").filter(pl.col("from_days").is_not_null())


def _indicated(
    head: Head,
    rows: pl.DataFrame,
    low: pl.Expr,
    high: pl.Expr,
    trigger: pl.Expr,
    source: pl.Expr,
    basis: pl.Expr | None = None,
    is_selected: pl.Expr | None = None,
) -> pl.DataFrame:
    if rows.is_empty():
        return empty(COMPENSATION)
    return shaped(
        rows.select(
            "family_id",
            head=pl.lit(head.value),
            basis=basis,
            low_pence=low,
            high_pence=high,
            trigger=trigger,
            source=source,
            is_selected=pl.lit(None, pl.Boolean) if is_selected is None else is_selected,
            needs_approval=pl.lit(value=True),
        ),
        COMPENSATION,
    )


def _of_visible(facts: Facts, record: str) -> pl.DataFrame:
    return facts.records[record].join(facts.money.families, on="family_id", how="semi", maintain_order="left")
