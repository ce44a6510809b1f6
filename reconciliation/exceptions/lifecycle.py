"""Exceptions that live: the same id night after night, its age, and what people decided about it (outputs.md).

`status` follows from the records, the policy and the position alone; only `first_seen` comes from the store.
"""

import hashlib

import polars as pl

from reconciliation.exceptions.catalogue import SEVERITY_ORDER
from reconciliation.position import Position
from reconciliation.records import CORRECTION
from reconciliation.vocabulary import Decision, Status

IDENTITY = ("family_id", "code", "subject")
BETWEEN = "\x1f"
ID_DIGITS = 12
LIVED = (
    "exception_id",
    "severity",
    "code",
    "family_id",
    "subject",
    "amount_pence",
    "since",
    "age_days",
    "items",
    "evidence",
    "first_seen",
    "status",
    "decision",
    "decision_note",
    "decided_by",
    "decided_on",
    "snooze_until",
)
LAST = (Status.SNOOZED, Status.CLOSED)
CLOSING = (Decision.NOT_AN_ERROR, Decision.ACCEPTED)


def exception_ids(raised: pl.DataFrame) -> pl.DataFrame:
    """`raised` with `exception_id` in front: a digest of family, code and subject alone, the same on every machine."""
    identity = pl.concat_str([pl.col(name).fill_null("") for name in IDENTITY], separator=BETWEEN)
    texts = raised.select(identity.alias("identity"))["identity"]
    ids = [f"EX-{hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]}" for text in texts]
    return raised.select(pl.Series("exception_id", ids, pl.String), pl.all())


def lived(
    raised_with_ids: pl.DataFrame, decisions: pl.DataFrame, first_seen: pl.DataFrame, position: Position
) -> pl.DataFrame:
    """Every exception raised with its age, status and decision; columns LIVED.

    `decisions` holds typed rows of the record, all of them; `first_seen` has `exception_id` and `first_seen`, and an
    exception that is not in it is seen for the first time at `as_of`. `age_days` counts from `since`, blank without it.
    Closed and snoozed exceptions come last, the others by severity, family, code and subject.

    A reopened or returned exception waits for a new decision: its `decision` is blank and so are its days; the note
    and the name stay.
    """
    as_of = position.as_of
    status = pl.col("status")
    decides = ~status.is_in([Status.REOPENED, Status.RETURNED])
    return (
        raised_with_ids.join(_latest(decisions, position), on="exception_id", how="left", maintain_order="left")
        .join(first_seen.select("exception_id", "first_seen"), on="exception_id", how="left", maintain_order="left")
        .with_columns(
            first_seen=pl.col("first_seen").fill_null(as_of),
            age_days=(pl.lit(as_of) - pl.col("since")).dt.total_days(),
            status=_status(position),
        )
        .with_columns(pl.when(decides).then(pl.col("decision", "decided_on", "snooze_until")))
        .sort(
            status.is_in(LAST),
            status == Status.CLOSED,
            pl.col("severity").cast(SEVERITY_ORDER),
            *IDENTITY,
            nulls_last=False,
        )
        .select(LIVED)
    )


def as_corrected(decisions: pl.DataFrame) -> pl.DataFrame:
    """Of an exception's decisions of one `recorded_on` only the last correction, whatever day it says it was decided.

    In the order in which they come to hold: by decided_on, then recorded_on, then their own words.
    """
    return (
        decisions.sort(pl.all())
        .sort("recorded_on", CORRECTION, maintain_order=True)
        .unique(["exception_id", "recorded_on"], keep="last", maintain_order=True)
        .sort("decided_on", "recorded_on", maintain_order=True)
    )


def _latest(decisions: pl.DataFrame, position: Position) -> pl.DataFrame:
    """The decision of each exception that was known and taken by the position, and holds there."""
    known = as_corrected(decisions.filter(pl.col("recorded_on") <= position.known_on))
    taken = known.filter(pl.col("decided_on") <= position.as_of)
    return taken.unique("exception_id", keep="last", maintain_order=True).select(
        "exception_id",
        "decision",
        "decided_by",
        "decided_on",
        "snooze_until",
        decision_note="note",
        decided_pence="amount_pence",
    )


def _status(position: Position) -> pl.Expr:
    """What a decision makes of an exception that is raised at the position.

    Grown means by size, since money in suspense has a sign; an amount that was not known when deciding cannot grow.
    `resolved` and raised all the same: the cause has returned. A snooze ends on its own day.
    """
    decision = pl.col("decision")
    has_grown = (pl.col("amount_pence").abs() > pl.col("decided_pence").abs()).fill_null(False)
    is_closed = decision.is_in(CLOSING)
    is_snoozed = (pl.col("snooze_until") > position.as_of).fill_null(False)
    return (
        pl.when(decision.is_null())
        .then(pl.lit(Status.NEW.value))
        .when(has_grown & (is_closed | is_snoozed))
        .then(pl.lit(Status.REOPENED.value))
        .when(is_closed)
        .then(pl.lit(Status.CLOSED.value))
        .when(is_snoozed)
        .then(pl.lit(Status.SNOOZED.value))
        .when(decision == Decision.RESOLVED)
        .then(pl.lit(Status.RETURNED.value))
        .when(decision == Decision.IN_PROGRESS)
        .then(pl.lit(Status.IN_PROGRESS.value))
        .otherwise(pl.lit(Status.OPEN.value))
    )
