"""The tables of rules §4–§8 that people act on, with what must hold for each."""

import polars as pl

from expectations.money import FAULT
from expectations.rules import Rule, Whole, at_least, complete, distinct, one_of, same, within
from reconciliation.results import Results
from reconciliation.vocabulary import Failing, Head, Owner, PromiseState, Role, Severity

IDENTITY_AND_TEXT = ("exception_id", "code", "subject", "severity", "owner", "summary", "action")


def exceptions_to_publish(exceptions: pl.DataFrame) -> Whole:
    """Every exception once, with an owner, a summary and what to do (rules §6)."""
    frame = exceptions.with_columns(
        family_or_suspense=pl.coalesce("family_id", pl.when(pl.col("code") == "SUSPENSE").then(pl.lit("suspense")))
    )
    rules = (
        *(_told(column) for column in IDENTITY_AND_TEXT),
        complete("exceptions.family", "family_or_suspense", _of_exceptions("no family")),
        distinct("exceptions.key", ("code", "subject"), _of_exceptions("the same code and subject")),
        distinct("exceptions.id", ("exception_id",), _of_exceptions("the same identifier")),
        one_of("exceptions.severities", "severity", Severity, _of_exceptions("no known severity")),
        one_of("exceptions.owners", "owner", Owner, _of_exceptions("no known owner")),
    )
    return Whole("exceptions", frame, rules)


def _told(column: str) -> Rule:
    return complete(f"exceptions.{column}", column, _of_exceptions(f"no {column}"))


def _of_exceptions(fault: str) -> str:
    return f"exceptions: {{count}} have {fault}; {FAULT}"


def compensation(results: Results) -> Whole:
    """Every head known, its range the right way round and never below nothing (rules §4)."""
    rules = (
        one_of("compensation.heads", "head", Head, f"compensation: {{count}} rows are of no known head; {FAULT}"),
        complete("compensation.approval", "needs_approval", f"compensation: {{count}} rows need no decision; {FAULT}"),
        at_least(
            "compensation.range",
            "high_pence",
            "low_pence",
            f"compensation: {{count}} rows have a high below their low; {FAULT}",
        ),
        within("compensation.low", "low_pence", 0, None, f"compensation: {{count}} rows are below nothing; {FAULT}"),
    )
    return Whole("compensation", results.compensation, rules)


def promises(results: Results) -> Whole:
    """Every promise once, in a known state, overdue exactly when days are counted (rules §5)."""
    frame = results.promises.with_columns(
        is_overdue=pl.col("state") == PromiseState.OVERDUE, is_counted=pl.col("days_overdue").is_not_null()
    )
    rules = (
        distinct("promises.key", ("promise_id",), f"promises: {{count}} rows are of the same promise; {FAULT}"),
        complete("promises.state", "state", f"promises: {{count}} have no state; {FAULT}"),
        one_of("promises.states", "state", PromiseState, f"promises: {{count}} have no known state; {FAULT}"),
        same("promises.days", "is_overdue", "is_counted", f"promises: {{count}} have days and state at odds; {FAULT}"),
        within(
            "promises.outstanding", "outstanding_pence", 0, None, f"promises: {{count}} lack less than nothing; {FAULT}"
        ),
    )
    return Whole("promises", frame, rules)


def briefing(results: Results) -> Whole:
    """One row for an escalated family, role and trigger (rules §7)."""
    rules = (
        complete("briefing.family", "family_id", f"briefing: {{count}} rows name no family; {FAULT}"),
        complete("briefing.since", "since", f"briefing: {{count}} rows have no date; {FAULT}"),
        one_of("briefing.roles", "role", Role, f"briefing: {{count}} rows are for no known role; {FAULT}"),
        distinct(
            "briefing.key", ("family_id", "role", "trigger"), f"briefing: {{count}} rows say the same twice; {FAULT}"
        ),
    )
    return Whole("briefing", results.briefing, rules)


def lookback(results: Results) -> Whole:
    """One row for every visible family; its failings are counted right (rules §8)."""
    visible = results.records["families"].select("family_id", is_visible=True)
    frame = visible.join(results.lookback, on="family_id", how="full", coalesce=True).with_columns(
        pl.col("is_visible").fill_null(False),
        held=pl.sum_horizontal(pl.col(list(Failing)).cast(pl.Int64)),
        is_like_the_case=pl.col("failings") >= results.policy.lookback.similar,
    )
    rules = (
        one_of("lookback.visible", "is_visible", [True], f"lookback: {{count}} rows are of no family; {FAULT}"),
        complete("lookback.family", "failings", f"lookback: {{count}} families are missing; {FAULT}"),
        distinct("lookback.key", ("family_id",), f"lookback: {{count}} rows are of the same family; {FAULT}"),
        same("lookback.failings", "failings", "held", f"lookback: {{count}} families are counted wrong; {FAULT}"),
        same("lookback.similar", "similar", "is_like_the_case", f"lookback: {{count}} are judged wrong; {FAULT}"),
    )
    return Whole("lookback", frame, rules)


def scrutiny(results: Results) -> Whole:
    """No count that could point at a family is published (rules §8)."""
    number = pl.col("count").cast(pl.Int64, strict=False)
    frame = results.scrutiny.with_columns(shown=pl.when(number != 0).then(number))
    rules = (
        distinct("scrutiny.key", ("team", "measure"), f"scrutiny: {{count}} rows are of the same cell; {FAULT}"),
        within(
            "scrutiny.small",
            "shown",
            results.policy.publication.threshold,
            None,
            f"scrutiny: {{count}} counts are small enough to point at a family; {FAULT}",
        ),
    )
    return Whole("scrutiny", frame, rules)
