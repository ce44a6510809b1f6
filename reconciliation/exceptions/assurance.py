"""The exceptions of care duties, PLAN_AMOUNT_MISMATCH to INTERIM_WITHOUT_END: one rule, one function (rules §6).

An *active line* is a visible active weekly entitlement of a visible family, entitled on `as_of`. Dates of things done
that lie after `as_of` are already null in the visible records.
"""

from datetime import timedelta

import polars as pl

from reconciliation.exceptions.raising import none, raised
from reconciliation.records import PLAN_DUTIES
from reconciliation.results import Facts, Known

PLAN_REVIEW_MONTHS = 12
FIRST_REVIEW_MONTHS = 6
LATER_REVIEW_MONTHS = 12
QUIET = timedelta(days=28)
"""Rules §6 fix these spans, the law most of them; no policy setting moves them."""


def plan_amount_mismatch(facts: Facts) -> pl.DataFrame:
    """PLAN_AMOUNT_MISMATCH (rules §6; Care Act 2014 s25(2)): the plan states another amount than is paid.

    A plan that states no amount cannot disagree; that it states none shows in its eight parts.
    """
    plans = facts.plans_in_use.filter(pl.col("weekly_amount_pence") != pl.col("paid_weekly_pence"))
    difference = (pl.col("weekly_amount_pence") - pl.col("paid_weekly_pence")).abs()
    return raised("PLAN_AMOUNT_MISMATCH", plans, "plan_id", difference, "agreed_on", evidence=pl.col("entitlements"))


def no_plan(facts: Facts) -> pl.DataFrame:
    """NO_PLAN (rules §6; Care Act 2014 s24, s25): a payment runs and no plan for the recipient is agreed."""
    without = facts.in_payment.join(facts.plans_in_use, on="family_id", how="anti", maintain_order="left")
    return raised("NO_PLAN", without, since="in_payment_since", evidence=pl.col("entitlements"))


def plan_incomplete(facts: Facts) -> pl.DataFrame:
    """PLAN_INCOMPLETE (rules §6; Care Act 2014 s25): any of the plan's eight duties is not known to be done."""
    missing = pl.concat_list(
        pl.when(pl.col(duty).fill_null(False)).then(None).otherwise(pl.lit(duty.replace("_", " ")))
        for duty in PLAN_DUTIES
    ).list.drop_nulls()
    plans = facts.plans_in_use.with_columns(missing=missing).filter(pl.col("missing").list.len() > 0)
    return raised(
        "PLAN_INCOMPLETE",
        plans,
        "plan_id",
        None,
        "agreed_on",
        pl.col("missing").list.len(),
        evidence=pl.format("missing: {}", pl.col("missing").list.join(", ")),
    )


def plan_review_overdue(facts: Facts) -> pl.DataFrame:
    """PLAN_REVIEW_OVERDUE (rules §6; Care Act 2014 s27, statutory guidance ch 13): twelve months without a review."""
    looked_at = pl.max_horizontal("agreed_on", "last_reviewed_on")
    plans = facts.plans_in_use.with_columns(deadline=looked_at.dt.offset_by(f"{PLAN_REVIEW_MONTHS}mo"))
    late = plans.filter(pl.col("deadline") < facts.position.as_of)
    return raised("PLAN_REVIEW_OVERDUE", late, "plan_id", None, "deadline")


def payment_review_overdue(facts: Facts) -> pl.DataFrame:
    """PAYMENT_REVIEW_OVERDUE (rules §6; Direct Payments Regulations 2014 reg 7).

    Twelve months after the last completed review, whenever it was held; before any, six months after the first
    entitled day of the family's active weekly entitlements.
    """
    reviews = facts.records["reviews"].group_by("family_id").agg(reviewed_on=pl.col("completed_on").max())
    deadline = pl.coalesce(
        pl.col("reviewed_on").dt.offset_by(f"{LATER_REVIEW_MONTHS}mo"),
        pl.col("entitled_from").dt.offset_by(f"{FIRST_REVIEW_MONTHS}mo"),
    )
    families = (
        facts.in_payment.join(_first_entitled_days(facts), on="family_id", how="left", maintain_order="left")
        .join(reviews, on="family_id", how="left", maintain_order="left")
        .with_columns(deadline=deadline)
    )
    late = families.filter(pl.col("deadline") < facts.position.as_of)
    last = (
        pl.when(pl.col("reviewed_on").is_null())
        .then(pl.lit("never reviewed"))
        .otherwise(pl.format("last reviewed {}", "reviewed_on"))
    )
    return raised("PAYMENT_REVIEW_OVERDUE", late, since="deadline", evidence=last)


def _first_entitled_days(facts: Facts) -> pl.DataFrame:
    """`entitled_from` of families in payment: their case is open, so no line of theirs starts after its end."""
    weekly = facts.records["entitlements"].filter(pl.col("kind") == "weekly", pl.col("status") == "active")
    return weekly.group_by("family_id").agg(entitled_from=pl.col("effective_from").min())


def assessment_overdue(facts: Facts) -> pl.DataFrame:
    """ASSESSMENT_OVERDUE (rules §6; Care Act 2014 s9): asked for, and not completed within the council's own time."""
    waiting = pl.col("person") == "recipient", pl.col("completed_on").is_null()
    late = _of_visible(facts, "assessments").filter(*waiting, _is_past_assessment_clock(facts, "requested_on"))
    return raised("ASSESSMENT_OVERDUE", late, "assessment_id", None, "requested_on")


def carer_assessment_missing(facts: Facts) -> pl.DataFrame:
    """CARER_ASSESSMENT_MISSING (rules §6; Care Act 2014 s10): a carer is known and was never assessed.

    A request within the clock leaves the council time. Without any request the duty arose with the payment itself,
    since need only has to appear.
    """
    carers = facts.money.families.filter(pl.col("carer_name").is_not_null())
    if carers.is_empty():
        return none()
    assessed = (
        facts.records["assessments"]
        .filter(pl.col("person") == "carer")
        .group_by("family_id")
        .agg(asked_on=pl.col("requested_on").max(), is_assessed=pl.col("completed_on").is_not_null().any())
    )
    waiting = (
        facts.in_payment.join(carers, on="family_id", how="semi", maintain_order="left")
        .join(assessed, on="family_id", how="left", maintain_order="left")
        .filter(~pl.col("is_assessed").fill_null(False))
        .filter(pl.col("asked_on").is_null() | _is_past_assessment_clock(facts, "asked_on"))
    )
    asked = (
        pl.when(pl.col("asked_on").is_null())
        .then(pl.lit("never asked for"))
        .otherwise(pl.format("last asked for {}", "asked_on"))
    )
    since = pl.coalesce("asked_on", "in_payment_since")
    return raised("CARER_ASSESSMENT_MISSING", waiting, since=since, evidence=asked)


def _is_past_assessment_clock(facts: Facts, asked: str) -> pl.Expr:
    return pl.col(asked) < facts.position.as_of - timedelta(days=facts.policy.clocks.assessment_days)


def vacancy_stalled(facts: Facts) -> pl.DataFrame:
    """VACANCY_STALLED (rules §6; LGSCO 23 012 356): open for long, with nothing done lately or one channel tried."""
    channels = pl.col("channels").fill_null("none")
    evidence = pl.format(
        "channels: {}; last action {}", channels, pl.col("last_action_on").cast(pl.String).fill_null("none")
    )
    stalled = facts.stalled_vacancies
    return raised("VACANCY_STALLED", stalled, "vacancy_id", None, "opened_on", "days_open", evidence=evidence)


def stalled_vacancies(known: Known) -> pl.DataFrame:
    """The visible families' vacancies that have stalled, with `days_open`. Naming a channel twice is one channel."""
    as_of = known.position.as_of
    named = pl.col("channels").fill_null("").str.to_lowercase().str.extract_all(r"[^;\s][^;]*")
    channels = named.list.eval(pl.element().str.strip_chars()).list.n_unique()
    last_moved = pl.coalesce("last_action_on", "opened_on")
    return (
        _of_visible(known, "vacancies")
        .with_columns(days_open=(pl.lit(as_of) - pl.col("opened_on")).dt.total_days())
        .filter(pl.col("filled_on").is_null(), pl.col("days_open") > known.policy.clocks.vacancy_days)
        .filter((last_moved < as_of - QUIET) | (channels <= 1))
    )


def interim_without_end(facts: Facts) -> pl.DataFrame:
    """INTERIM_WITHOUT_END (rules §6): an interim line in payment that runs on without an end."""
    endless = facts.active_lines.filter(pl.col("interim"), pl.col("effective_to").is_null())
    return raised("INTERIM_WITHOUT_END", endless, "entitlement_id", "amount_pence", "effective_from")


def families_in_payment(active_lines: pl.DataFrame) -> pl.DataFrame:
    """Families with an active line: `in_payment_since`, `paid_weekly_pence` and `entitlements`, the lines in words."""
    return (
        active_lines.sort("family_id", "entitlement_id")
        .group_by("family_id", maintain_order=True)
        .agg(
            in_payment_since=pl.col("effective_from").min(),
            paid_weekly_pence=pl.col("amount_pence").sum(),
            entitlements=pl.lit("in payment: ") + pl.col("entitlement_id").str.join(", "),
        )
    )


def plans_in_use(plans: pl.DataFrame, in_payment: pl.DataFrame) -> pl.DataFrame:
    """The latest agreed plan of the recipient of each family in payment, by agreed_on, then plan_id (rules §6), with
    what is paid a week."""
    agreed = plans.filter(pl.col("person") == "recipient", pl.col("status") == "agreed")
    latest = agreed.sort("agreed_on", "plan_id").unique("family_id", keep="last", maintain_order=True)
    return latest.join(in_payment, on="family_id", maintain_order="left")


def _of_visible(known: Known, record: str) -> pl.DataFrame:
    return known.records[record].join(known.money.families, on="family_id", how="semi", maintain_order="left")


RULES = (
    plan_amount_mismatch,
    no_plan,
    plan_incomplete,
    plan_review_overdue,
    payment_review_overdue,
    assessment_overdue,
    carer_assessment_missing,
    vacancy_stalled,
    interim_without_end,
)
