"""No surprises at the top: which families must be known to whom, since when, and who has confirmed it (rules §7)."""

from datetime import timedelta
from functools import cache

import polars as pl

from reconciliation.money import spoken_pounds
from reconciliation.results import Known
from reconciliation.shapes import BRIEFING, empty, shaped
from reconciliation.vocabulary import PromiseState, Role
from reconciliation.working_days import WorkingDays

TRIGGERS = {
    "family_id": pl.String,
    "role": pl.String,
    "trigger": pl.String,
    "since": pl.Date,
    "amount_pence": pl.Int64,
}
"""One row per cause and role that must know of it. `trigger` is the cause in plain words, `since` the trigger date;
`amount_pence` the arrears, what a promise leaves outstanding, or null."""

DIRECTOR = (Role.DIRECTOR,)
OMBUDSMAN = (Role.DIRECTOR, Role.PORTFOLIO_HOLDER, Role.MONITORING_OFFICER)
PUBLIC_REPORT = (*OMBUDSMAN, Role.SECTION_151)
DECIDED_LATELY = timedelta(days=365)
"""Rules §7 fix this span; no policy setting moves it."""


def triggers(known: Known) -> pl.DataFrame:
    """Every cause that puts a visible family in front of a role; shape TRIGGERS.

    A decision 365 days before `as_of` still counts as decided within 365 days.
    """
    causes = (_old_promises(known), _large_arrears(known), _old_arrears(known), *_ombudsman_cases(known))
    return pl.concat(causes).join(known.money.families, on="family_id", how="semi", maintain_order="left")


def _old_promises(known: Known) -> pl.DataFrame:
    days = known.policy.escalation.promise_days
    old = known.promises.filter(pl.col("state") == PromiseState.OVERDUE, pl.col("days_overdue") >= days)
    since = pl.col("due_on") + pl.lit(timedelta(days=days))
    return _caused(old, DIRECTOR, f"a promise overdue by {days} days or more", since, pl.col("outstanding_pence"))


def _large_arrears(known: Known) -> pl.DataFrame:
    amount = known.policy.escalation.arrears_amount
    large = known.money.balances.filter(pl.col("arrears_pence") >= amount, pl.col("oldest_unpaid_on").is_not_null())
    cause = f"arrears of {_in_words(amount)} or more"
    return _caused(large, DIRECTOR, cause, pl.col("oldest_unpaid_on"), pl.col("arrears_pence"))


def _old_arrears(known: Known) -> pl.DataFrame:
    days = known.policy.escalation.arrears_days
    old = known.money.balances.filter(pl.col("days_overdue") >= days)
    since = pl.col("oldest_unpaid_on") + pl.lit(timedelta(days=days))
    return _caused(old, DIRECTOR, f"arrears unpaid for {days} days or more", since, pl.col("arrears_pence"))


def _ombudsman_cases(known: Known) -> tuple[pl.DataFrame, ...]:
    cases = known.records["cases"].filter(pl.col("stage") == "ombudsman")
    upheld = cases.filter(pl.col("upheld"), pl.col("decided_on") >= known.position.as_of - DECIDED_LATELY)
    public = upheld.filter(pl.col("public_report").fill_null(False) | pl.col("referred_to_scrutiny_on").is_not_null())
    undecided = cases.filter(pl.col("decided_on").is_null())
    return (
        _caused(undecided, OMBUDSMAN, "an ombudsman case that is not decided", pl.col("received_on")),
        _caused(upheld, OMBUDSMAN, "an ombudsman case that was upheld", pl.col("received_on")),
        _caused(
            public, PUBLIC_REPORT, "an upheld ombudsman case made public or sent to scrutiny", pl.col("decided_on")
        ),
    )


def _caused(
    frame: pl.DataFrame, roles: tuple[Role, ...], trigger: str, since: pl.Expr, amount: pl.Expr | None = None
) -> pl.DataFrame:
    if frame.is_empty():
        return empty(TRIGGERS)
    return frame.select(
        "family_id",
        role=pl.lit([role.value for role in roles], pl.List(pl.String)),
        trigger=pl.lit(trigger),
        since=since,
        amount_pence=pl.lit(None, pl.Int64) if amount is None else amount,
    ).explode("role")


@cache
def _in_words(pence: int) -> str:
    return pl.select(spoken_pounds(pl.lit(pence, pl.Int64))).item()


def briefing(known: Known) -> pl.DataFrame:
    """One row per escalated family and role, by family and role; shape BRIEFING.

    The trigger shown is the role's earliest. `acknowledged_on` is the first confirmation on or after that trigger
    date, and `notified_on` the notification it answers; while there is none, the latest notification since then.
    """
    earliest = triggers(known).sort("family_id", "role", "since", "trigger", "amount_pence")
    if earliest.is_empty():
        return empty(BRIEFING)
    duties = earliest.unique(["family_id", "role"], keep="first", maintain_order=True)
    told = duties.join(_answers(known, duties), on=["family_id", "role"], how="left", maintain_order="left")
    return shaped(told.with_columns(working_days_past=_working_days_past(known, told)), BRIEFING)


def _answers(known: Known, duties: pl.DataFrame) -> pl.DataFrame:
    """What a role was sent and confirmed since its trigger date, the earliest confirmation first."""
    heard = known.records["acknowledgements"].join(
        duties.select("family_id", "role", "since"), on=["family_id", "role"], maintain_order="left"
    )
    confirmed = pl.when(pl.col("acknowledged_on") >= pl.col("since")).then(pl.col("acknowledged_on"))
    sent_since = pl.col("notified_on").is_between(pl.col("since"), known.position.as_of)
    return (
        heard.with_columns(acknowledged_on=confirmed)
        .filter(pl.col("acknowledged_on").is_not_null() | sent_since)
        .sort("acknowledged_on", "notified_on", "acknowledgement_id", descending=[False, True, False], nulls_last=True)
        .unique(["family_id", "role"], keep="first", maintain_order=True)
        .select("family_id", "role", "notified_on", "acknowledged_on")
    )


def _working_days_past(known: Known, told: pl.DataFrame) -> pl.Expr:
    as_of = known.position.as_of
    calendar = WorkingDays.between(told["since"].min() or as_of, max(told["since"].max() or as_of, as_of))
    past = calendar.counted(pl.col("since"), pl.lit(as_of)) - known.policy.escalation.acknowledge_days
    return pl.when(pl.col("acknowledged_on").is_null(), past > 0).then(past)
