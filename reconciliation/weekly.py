"""The paragraph of the week: each role at the top is told what it must know, and that is kept (rules §7)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from reconciliation import __version__
from reconciliation.errors import Refusal
from reconciliation.ingest import PROVENANCE
from reconciliation.letters import briefing_letter
from reconciliation.mail import Letter, is_on, send
from reconciliation.policy import Policy, read_policy, version_of
from reconciliation.position import Position
from reconciliation.reckoning import reckon
from reconciliation.records import ACKNOWLEDGEMENTS, RECORDS
from reconciliation.reports.publishing import publish_position, write_private
from reconciliation.requests import database_url
from reconciliation.stages import Stage, call
from reconciliation.store import Load, Store
from reconciliation.versions import merge
from reconciliation.vocabulary import Role

WAIT_SECONDS = 600
BY_BRIEFING = "briefing"
FOLDER = "briefings"


@dataclass(frozen=True)
class BriefingRequest:
    """One week's briefing: where it is written, the position it speaks of, the policy and the database."""

    out: Path
    position: Position
    started_at: datetime
    policy_file: Path | None = None
    database: str | None = None


@dataclass(frozen=True)
class BriefingOutcome:
    """What a briefing may be told by: where it lies, how many families each role must know of, and who was sent it."""

    run_id: int
    folder: Path
    families: dict[Role, int]
    sent: tuple[Role, ...]


def run_briefing(request: BriefingRequest, stage: Stage = call, say=lambda sentence: None) -> BriefingOutcome:
    """Write each role's briefing to `out/briefings/<as_of>/`; where the policy names a mail server, send it and keep
    that the role was notified of each family in it.

    Run again on the same day, nothing is sent twice. Raises `Refusal` with a cause for each role that could not be
    told; what was sent to the others is kept.
    """
    policy = stage("Read the policy", read_policy, request.policy_file)
    url = database_url(request.database, request.out)
    if not Store.exists(url):
        raise Refusal("no database there yet, so nothing can be told; run a night first")
    with Store.open(url) as store, store.lock(WAIT_SECONDS, say):
        run_id = _begin(store, request, policy)
        try:
            outcome = _briefed(request, policy, store, run_id, stage)
        except Refusal as refusal:
            store.finish_run(run_id, "refused", datetime.now(UTC), refusal.causes)
            raise
        except Exception as fault:
            store.finish_run(run_id, "failed", datetime.now(UTC), (type(fault).__name__,))
            raise
        store.finish_run(run_id, "done", datetime.now(UTC))
        return outcome


def _begin(store: Store, request: BriefingRequest, policy: Policy) -> int:
    position = request.position
    return store.begin_run(
        "briefing", position.as_of, position.known_on, version_of(policy), __version__, request.started_at
    )


def _briefed(request: BriefingRequest, policy: Policy, store: Store, run_id: int, stage: Stage) -> BriefingOutcome:
    as_of = request.position.as_of
    must_know = stage("Work out who must know what", _must_know, store, policy, request.position)
    by_role = {Role(role): rows for (role,), rows in must_know.group_by("role", maintain_order=True)}
    letters = {role: briefing_letter(role, rows, as_of) for role, rows in by_role.items()}
    folder = stage("Write each role's briefing", _written, request.out, as_of, letters)
    sent = _sent(request, policy, store, run_id, by_role, letters, stage) if is_on(policy.mail) else ()
    return BriefingOutcome(run_id, folder, {role: rows.height for role, rows in by_role.items()}, sent)


def _must_know(store: Store, policy: Policy, position: Position) -> pl.DataFrame:
    """The briefing's rows (shape BRIEFING) that their role has not confirmed."""
    versions = {name: store.known(record) for name, record in RECORDS.items() if name != "decisions"}
    results = reckon(versions, policy, position, store.standing_quarantine(position.as_of))
    return results.briefing.filter(pl.col("acknowledged_on").is_null()).sort("role", "since", "family_id")


def _written(out: Path, as_of: date, letters: dict[Role, str]) -> Path:
    files = {f"{role.value}.txt": letter.encode() for role, letter in letters.items()}
    return publish_position(out / FOLDER, as_of, lambda folder: write_private(folder, files))


def _sent(
    request: BriefingRequest,
    policy: Policy,
    store: Store,
    run_id: int,
    by_role: dict[Role, pl.DataFrame],
    letters: dict[Role, str],
    stage: Stage,
) -> tuple[Role, ...]:
    """The roles that were sent their briefing today; each is kept as notified before the next is sent."""
    sent: list[Role] = []
    causes: list[str] = []
    for role, rows in by_role.items():
        told = _notifications(store, rows, request.position.as_of)
        if told.is_empty():
            continue
        try:
            stage(
                f"Send the briefing to the {_words(role)}", send, policy.mail, _addressed(policy, role, letters[role])
            )
        except Refusal as refusal:
            causes += [f"briefing for the {_words(role)} was not sent: {cause}" for cause in refusal.causes]
            continue
        stage(f"Keep that the {_words(role)} was told", _keep, store, told, request, run_id)
        sent.append(role)
    if causes:
        raise Refusal(*causes)
    return tuple(sent)


def _addressed(policy: Policy, role: Role, letter: str) -> Letter:
    recipient = getattr(policy.mail.recipients, role)
    if not recipient:
        raise Refusal(f"policy [mail.recipients]: {role.value} has no address; name who holds the office")
    return Letter(recipient, "Direct payments: what you must know this week", letter)


def _notifications(store: Store, rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """A new acknowledgement record, not yet confirmed, for each of the role's families that has none from today."""
    told = rows.select(
        "family_id",
        "role",
        acknowledgement_id=pl.concat_str(pl.lit(f"MAIL-{as_of}"), "role", "family_id", separator="-"),
        notified_on=pl.lit(as_of),
        acknowledged_on=pl.lit(None, pl.Date),
        recorded_on=pl.lit(as_of),
        source=pl.lit(BY_BRIEFING),
        source_file=pl.lit(BY_BRIEFING),
        source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
    ).select(*ACKNOWLEDGEMENTS.schema(), *PROVENANCE)
    return merge(ACKNOWLEDGEMENTS, told, store.known(ACKNOWLEDGEMENTS), as_of).accepted


def _keep(store: Store, told: pl.DataFrame, request: BriefingRequest, run_id: int) -> None:
    day = request.position.as_of
    store.load(Load(as_of=day, loaded_at=request.started_at, accepted={"acknowledgements": told}, run_id=run_id))


def _words(role: Role) -> str:
    return role.replace("_", " ")
