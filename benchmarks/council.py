"""A seeded council of any size: five years of four-weekly payments, one instalment in a hundred in trouble.

Every troubled family has one kind of trouble, so that the truth (arrears, overpayment, interest) follows from what
was planted and needs none of the program's rules. Everything is drawn over whole columns; 130,000 families (nine
million payments) take well under a minute, most of it the writing of the files.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from reconciliation.money import pounds_from_pence, round_half_up
from reconciliation.records import PLAN_DUTIES, RECORDS, Type
from reconciliation.working_days import WorkingDays

AS_OF = date(2026, 5, 29)
"""No four-weekly due lies in the ten days after it, so nothing is paid early."""
ANCHOR = date(2015, 4, 6)
FIRST_DAY = date(2021, 6, 21)
PERIOD_DAYS = 28
UPLIFT_PERCENT = 4
TROUBLED = 0.01
KINDS = ("missed", "short", "late", "returned", "duplicate", "recovered", "unidentified")
ORDINARY = "paid"
TEAMS = ("City", "Coast", "East", "North", "South", "West")


@dataclass(frozen=True)
class Council:
    """Typed records by name, and the truth: one row per family."""

    records: dict[str, pl.DataFrame]
    truth: pl.DataFrame


def council(family_count: int, seed: int) -> Council:
    """The same council for the same count and seed."""
    draw = np.random.default_rng(seed)
    families = _families(family_count, draw)
    instalments = _instalments(families, draw)
    records = {
        "families": families.drop("number", "weekly_pence", "contribution_pence", "trouble"),
        "entitlements": _entitlements(families),
        "transactions": _transactions(instalments, draw),
        "plans": _plans(families, draw),
        "reviews": _reviews(families),
        "vacancies": _vacancies(families),
        "promises": _promises(families),
    }
    return Council({name: _as_recorded(name, frame) for name, frame in records.items()}, _truth(families, instalments))


def news(family_count: int, known_on: date) -> dict[str, pl.DataFrame]:
    """The records of one family in a hundred more, who come with their five years; their ids are nobody else's."""
    ids = {"payee_reference", "reverses", "narrative"} | {record.key for record in RECORDS.values()}
    made = council(max(family_count // 100, 1), seed=family_count)
    return {
        name: frame.with_columns(pl.col(*(ids & set(frame.columns))) + "N", recorded_on=pl.lit(known_on))
        for name, frame in made.records.items()
    }


def write(made: Council, folder: Path) -> None:
    """`landing/*.csv` as a council would send them, `typed/*.parquet` for the core alone, and `truth.parquet`."""
    (folder / "typed").mkdir(parents=True, exist_ok=True)
    write_landing(made.records, folder / "landing")
    for name, frame in made.records.items():
        frame.write_parquet(folder / "typed" / f"{name}.parquet")
    made.truth.write_parquet(folder / "truth.parquet")


def write_landing(records: dict[str, pl.DataFrame], folder: Path, suffix: str = "") -> None:
    """A landing folder of canonical files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in records.items():
        _as_text(name, frame).write_csv(folder / f"{name}{suffix}.csv")


def _families(count: int, draw: np.random.Generator) -> pl.DataFrame:
    number = pl.int_range(count)
    numbered = number.cast(pl.String).str.zfill(6)
    has_contribution = pl.Series(draw.random(count) < 0.4)
    return pl.select(
        number=number,
        family_id="F" + numbered,
        recipient_name="Recipient " + numbered,
        carer_name=pl.when(number % 3 == 0).then("Carer " + numbered),
        service=pl.lit("adult"),
        team=pl.lit(pl.Series(TEAMS)).gather(number % len(TEAMS)),
        payee_reference="V" + (number * 37 + 1_000_000).cast(pl.String),
        opened_on=pl.lit(FIRST_DAY),
        weekly_pence=pl.lit(pl.Series(draw.integers(8_000, 60_000, count))),
        contribution_pence=pl.when(has_contribution).then(pl.Series(draw.integers(500, 6_000, count))).otherwise(0),
        trouble=pl.lit(pl.Series(KINDS)).gather(pl.Series(draw.integers(0, len(KINDS), count))),
    )


def _lines() -> pl.DataFrame:
    """The lines that every family has, one until each 31 March: `line`, its days, its percent of the first amount."""
    starts = [FIRST_DAY, *(date(year, 4, 1) for year in range(FIRST_DAY.year + 1, AS_OF.year + 1))]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), None]
    percents = [100 + UPLIFT_PERCENT * place for place in range(len(starts))]
    return pl.DataFrame(
        {"line": range(len(starts)), "effective_from": starts, "effective_to": ends, "percent": percents}
    )


def _pence(name: str) -> pl.Expr:
    return pl.col(name) * pl.col("percent") // 100


def _entitlements(families: pl.DataFrame) -> pl.DataFrame:
    return families.join(_lines(), how="cross").select(
        "family_id",
        "effective_from",
        "effective_to",
        entitlement_id=pl.format("E{}-{}", pl.col("family_id").str.slice(1), "line"),
        kind=pl.lit("weekly"),
        amount_pence=_pence("weekly_pence"),
        weekly_contribution_pence=_pence("contribution_pence"),
        contribution_method=pl.lit("net"),
        schedule=pl.lit("four_weekly_advance"),
        interim=pl.lit(value=False),
        status=pl.lit("active"),
    )


def _calendar() -> pl.DataFrame:
    """Every part of a period under one line, up to AS_OF: its `days`, `due_on` and the line's `percent`."""
    first = FIRST_DAY - timedelta(days=(FIRST_DAY - ANCHOR).days % PERIOD_DAYS)
    periods = pl.select(period_start=pl.date_range(first, AS_OF, f"{PERIOD_DAYS}d")).with_columns(
        period_end=pl.col("period_start") + timedelta(days=PERIOD_DAYS - 1)
    )
    working_days = WorkingDays.between(FIRST_DAY, AS_OF)
    first_day = pl.max_horizontal("period_start", "effective_from")
    last_day = pl.min_horizontal("period_end", "effective_to")
    return (
        periods.join(_lines(), how="cross")
        .with_columns(
            days=(last_day - first_day).dt.total_days() + 1, due_on=working_days.rolled(first_day, "previous")
        )
        .filter(pl.col("days") > 0)
        .select("due_on", "days", "percent")
    )


def _instalments(families: pl.DataFrame, draw: np.random.Generator) -> pl.DataFrame:
    """Every instalment with what befell it: `fate`, and `posted_on` of its payment.

    No family is paid short twice: the second short payment would be used for the first gap (rules §3.5).
    """
    weekly, contribution = (
        round_half_up(_pence(f"{name}_pence") * pl.col("days"), 7) for name in ("weekly", "contribution")
    )
    due = families.join(_calendar(), how="cross").select(
        "number", "family_id", "payee_reference", "trouble", "due_on", due_pence=weekly - contribution
    )
    due = due.with_columns(troubled=_may_befall() & pl.Series(draw.random(due.height) < TROUBLED))
    late_by = pl.Series(draw.integers(5, 18, due.height))
    drift = pl.Series(draw.choice([-1, 0, 1], due.height, p=[0.2, 0.7, 0.1]))
    again = (pl.col("trouble") == "short") & (pl.col("troubled").cum_sum().over("number") > 1)
    befalls = pl.col("troubled") & ~again
    return due.with_columns(fate=pl.when(befalls).then("trouble").otherwise(pl.lit(ORDINARY))).with_columns(
        posted_on=pl.col("due_on") + pl.duration(days=pl.when(pl.col("fate") == "late").then(late_by).otherwise(drift)),
        paid_pence=pl.when(pl.col("fate") == "short").then(pl.col("due_pence") * 6 // 10).otherwise("due_pence"),
    )


def _may_befall() -> pl.Expr:
    """A late payment must have come by AS_OF; a recovery must not meet a further due within its reach."""
    ripe = pl.col("due_on") <= AS_OF - timedelta(days=30)
    spring = pl.col("due_on").dt.month().is_in([3, 4])
    return ripe & ~((pl.col("trouble") == "recovered") & spring)


def _transactions(instalments: pl.DataFrame, draw: np.random.Generator) -> pl.DataFrame:
    """Payments and what came after them, in the order of posting, ids in no order."""
    paid = _numbered(instalments.filter(pl.col("fate") != "missed"), "T1").with_columns(
        kind=pl.lit("payment"), amount_pence="paid_pence"
    )
    repeated = _after(paid, ("duplicate", "recovered"), 2, "T2")
    returned = _after(paid, ("returned",), 3, "T3").with_columns(
        kind=pl.lit("return"),
        amount_pence=-pl.col("amount_pence"),
        reverses="T1" + pl.col("transaction_id").str.slice(2),
    )
    recovered = _after(repeated, ("recovered",), 7, "T4").with_columns(
        kind=pl.lit("recovery"), amount_pence=-pl.col("amount_pence")
    )
    every = pl.concat([paid, repeated, returned, recovered], how="diagonal").sort("posted_on", maintain_order=True)
    way = pl.Series(draw.random(every.height))
    lost = pl.col("fate") == "unidentified"
    return every.select(
        "transaction_id",
        "posted_on",
        "amount_pence",
        "kind",
        "reverses",
        family_id=pl.when(~lost & (way > 0.06)).then("family_id"),
        payee_reference=pl.when(lost)
        .then(pl.when(way > 0.5).then("payee_reference" + pl.lit("X")))
        .otherwise(pl.when(way > 0.01).then("payee_reference")),
        narrative=pl.when(lost).then(pl.lit("BACS CREDIT")).otherwise("DP " + pl.col("family_id")),
    )


def _numbered(rows: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Ids that differ and whose order says nothing: an odd multiplier walks through all of 2³¹ numbers."""
    scattered = pl.int_range(pl.len(), dtype=pl.Int64) * 1_103_515_245 % 2**31
    return rows.with_columns(transaction_id=prefix + scattered.cast(pl.String).str.zfill(10))


def _after(rows: pl.DataFrame, fates: tuple[str, ...], days: int, prefix: str) -> pl.DataFrame:
    return rows.filter(pl.col("fate").is_in(fates)).with_columns(
        transaction_id=prefix + pl.col("transaction_id").str.slice(2),
        posted_on=pl.col("posted_on") + timedelta(days=days),
    )


def _plans(families: pl.DataFrame, draw: np.random.Generator) -> pl.DataFrame:
    complete = pl.Series(draw.random(families.height) > 0.01)
    latest = _lines()["percent"].max()
    return families.select(
        "family_id",
        plan_id="P" + pl.col("family_id").str.slice(1),
        person=pl.lit("recipient"),
        status=pl.lit("agreed"),
        agreed_on=pl.lit(FIRST_DAY),
        last_reviewed_on=pl.lit(date(2025, 11, 3)),
        weekly_amount_pence=pl.col("weekly_pence") * latest // 100,
        payment_frequency=pl.lit("four-weekly"),
        **{duty: pl.lit(value=True) for duty in PLAN_DUTIES[:-1]},
        copy_given=complete,
    )


def _reviews(families: pl.DataFrame) -> pl.DataFrame:
    years = pl.DataFrame({"year": range(FIRST_DAY.year, AS_OF.year)})
    return families.join(years, how="cross").select(
        "family_id",
        review_id=pl.format("R{}-{}", pl.col("family_id").str.slice(1), "year"),
        completed_on=pl.date("year", 11, 3),
    )


def _vacancies(families: pl.DataFrame) -> pl.DataFrame:
    return families.filter(pl.col("number") % 50 == 0).select(
        "family_id",
        vacancy_id="Y" + pl.col("family_id").str.slice(1),
        hours_per_week_thousandths=pl.lit(12_500),
        opened_on=pl.lit(date(2026, 2, 2)),
        channels=pl.lit("website"),
    )


def _promises(families: pl.DataFrame) -> pl.DataFrame:
    return families.filter(pl.col("number") % 50 == 1).select(
        "family_id",
        promise_id="M" + pl.col("family_id").str.slice(1),
        kind=pl.lit("arrears"),
        amount_pence=pl.lit(25_000),
        agreed_on=pl.lit(date(2026, 1, 12)),
        due_on=pl.lit(date(2026, 3, 2)),
    )


def _truth(families: pl.DataFrame, instalments: pl.DataFrame) -> pl.DataFrame:
    """What was planted: `family_id, arrears_pence, overpaid_pence, interest_pence` (8 % simple), `in_suspense`."""
    fate = pl.col("fate")
    never_came = fate.is_in(["missed", "returned", "unidentified"])
    lacking = pl.when(never_came).then("due_pence").otherwise(pl.col("due_pence") - pl.col("paid_pence"))
    late_days = (pl.col("posted_on") - pl.col("due_on")).dt.total_days().clip(lower_bound=0)
    open_days = (AS_OF - pl.col("due_on")).dt.total_days()
    pence_days = (pl.col("due_pence") - lacking) * late_days + lacking * open_days
    sums = instalments.group_by("family_id").agg(
        arrears_pence=lacking.sum(),
        overpaid_pence=pl.col("due_pence").filter(fate == "duplicate").sum(),
        interest_pence=round_half_up(pence_days.sum() * 8, 36_500),
        in_suspense=(fate == "unidentified").sum(),
    )
    return families.select("family_id").join(sums, on="family_id", how="left", maintain_order="left")


def _as_recorded(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with every column of its record; recorded on its own first date."""
    known_on = {"transactions": "posted_on", "reviews": "completed_on"}.get(name)
    recorded = frame.with_columns(recorded_on=pl.col(known_on) if known_on else pl.lit(FIRST_DAY))
    schema = RECORDS[name].schema()
    return recorded.select(
        (pl.col(column) if column in recorded.columns else pl.lit(None)).cast(dtype).alias(column)
        for column, dtype in schema.items()
    )


def _as_text(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The canonical file's columns: money as pounds, hours as hours."""
    cells = []
    for column in RECORDS[name].columns:
        cell = pl.col(column.typed_name)
        if column.type in (Type.MONEY, Type.SIGNED_MONEY):
            cell = pounds_from_pence(cell)
        elif column.type == Type.HOURS:
            cell = pl.format("{}.{}", cell // 1000, (cell % 1000).cast(pl.String).str.zfill(3))
        cells.append(cell.alias(column.name))
    return frame.select(cells)
