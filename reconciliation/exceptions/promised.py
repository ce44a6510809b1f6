"""The exceptions of promises, complaints and the way up: one rule, one function (rules §6, §7)."""

import polars as pl

from reconciliation.deadlines import cases_with_deadlines
from reconciliation.exceptions.raising import none, raised
from reconciliation.results import Facts
from reconciliation.vocabulary import PromiseState, Severity


def promise_overdue(facts: Facts) -> pl.DataFrame:
    """PROMISE_OVERDUE (rules §6): not discharged and past its date, as in LGSCO 23 012 356."""
    late = _of_visible(facts, facts.promises).filter(pl.col("state") == PromiseState.OVERDUE)
    grave = pl.col("days_overdue") >= facts.policy.escalation.promise_days
    return raised(
        "PROMISE_OVERDUE",
        late,
        "promise_id",
        "outstanding_pence",
        "due_on",
        "days_overdue",
        severity=pl.when(grave).then(pl.lit(Severity.CRITICAL.value)).otherwise(pl.lit(Severity.HIGH.value)),
        evidence=_what_was_promised(),
    )


def promise_without_date(facts: Facts) -> pl.DataFrame:
    """PROMISE_WITHOUT_DATE (rules §6): not discharged, and nobody said by when."""
    undated = _of_visible(facts, facts.promises).filter(pl.col("state") == PromiseState.UNDATED)
    days_since = (pl.lit(facts.position.as_of) - pl.col("agreed_on")).dt.total_days()
    return raised(
        "PROMISE_WITHOUT_DATE",
        undated,
        "promise_id",
        "outstanding_pence",
        "agreed_on",
        days_since,
        evidence=_what_was_promised(),
    )


def _what_was_promised() -> pl.Expr:
    return pl.format("promised: {}, agreed {}", pl.col("kind").str.replace_all("_", " "), "agreed_on")


def case_overdue(facts: Facts) -> pl.DataFrame:
    """CASE_OVERDUE (rules §6): not decided by its stage's deadline (SI 2009/309; LGSCO Complaint Handling Code)."""
    cases = _of_visible(facts, facts.records["cases"]).filter(pl.col("decided_on").is_null())
    if cases.is_empty():
        return none()
    late = cases_with_deadlines(cases, facts.policy, facts.position).filter(pl.col("days_past") > 0)
    evidence = pl.format("stage: {}, received {}", "stage", "received_on")
    return raised("CASE_OVERDUE", late, "case_id", None, "deadline", "days_past", evidence=evidence)


def senior_not_informed(facts: Facts) -> pl.DataFrame:
    """SENIOR_NOT_INFORMED (rules §7): a role did not confirm in time what it must know (LGHA 1989 s5, 5A)."""
    silent = facts.briefing.filter(pl.col("working_days_past") > 0)
    told = (
        pl.when(pl.col("notified_on").is_null())
        .then(pl.lit("not notified"))
        .otherwise(pl.format("notified {}", "notified_on"))
    )
    return raised(
        "SENIOR_NOT_INFORMED",
        silent,
        pl.col("family_id") + ":" + pl.col("role"),
        None,
        "since",
        "working_days_past",
        evidence=pl.format("role: {}; cause: {}; {}", pl.col("role").str.replace_all("_", " "), "trigger", told),
    )


def _of_visible(facts: Facts, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.join(facts.money.families, on="family_id", how="semi", maintain_order="left")


RULES = (promise_overdue, promise_without_date, case_overdue, senior_not_informed)
