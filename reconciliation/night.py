"""The paragraph of a night: records in, every family's position out, all of it published or none."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from expectations.certificate import Certificate
from expectations.results import certify_results
from reconciliation import __version__
from reconciliation.accounts import Settling
from reconciliation.editing import edition_of, nights_covered
from reconciliation.errors import Refusal
from reconciliation.exceptions.catalogue import with_words
from reconciliation.exceptions.lifecycle import exception_ids
from reconciliation.identify import named_among_several
from reconciliation.intake import TakenIn, take_in
from reconciliation.policy import Policy, read_policy, version_of
from reconciliation.reckoning import raised_at, reckon
from reconciliation.reports.edition import Edition
from reconciliation.reports.manifest import Account, manifest
from reconciliation.reports.position_files import position_files
from reconciliation.reports.publishing import file_digests, publish_position
from reconciliation.requests import NightRequest, database_url
from reconciliation.results import Results
from reconciliation.sampling import work_out_some_alone
from reconciliation.shards import in_shards
from reconciliation.sparing import Sparing
from reconciliation.stages import Stage, Timed, call
from reconciliation.store import Neighbours, Store, settled_packed

WAIT_SECONDS = 600


@dataclass(frozen=True)
class NightOutcome:
    """What a night may be told by: where its files are, and counts that name nobody."""

    run_id: int
    folder: Path
    manifest: dict


@dataclass(frozen=True)
class WorkedOut:
    """What a night goes on with; all else that is known may leave the memory. `before` has the `exception_id` of all
    that the day before raised, `decisions` every known version of them, `accepted_pence` the sum of every transaction
    ever accepted; `taken_over` counts the families whose settled accounts are an earlier night's; `packed` is what the
    nights to come may take over, where it is time to leave that anew."""

    results: Results
    before: pl.DataFrame
    decisions: pl.DataFrame
    accepted_pence: int
    taken_over: int
    packed: dict[str, bytes]


def run_night(
    request: NightRequest, stage: Stage = call, say=lambda sentence: None, settling: Settling = in_shards
) -> NightOutcome:
    """Run one night; `settling` is where and how rules §1–§3 are worked out.

    Raises `Refusal` when no right answer can be given: nothing is published and the previous results stand.
    """
    stage = Timed(stage)
    policy = stage("Read the policy", read_policy, request.policy_file)
    with Store.open(database_url(request.database, request.out)) as store, store.lock(WAIT_SECONDS, say):
        run_id = _begin(store, request, policy)
        try:
            return _night(request, policy, store, run_id, stage, settling)
        except Refusal as refusal:
            store.finish_run(run_id, "refused", datetime.now(UTC), refusal.causes, seconds=stage.seconds)
            raise
        except Exception as fault:
            store.finish_run(run_id, "failed", datetime.now(UTC), (type(fault).__name__,), seconds=stage.seconds)
            raise


def _night(
    request: NightRequest, policy: Policy, store: Store, run_id: int, stage: Timed, settling: Settling
) -> NightOutcome:
    position = request.position
    taken = take_in(
        request.data, store, policy, position.as_of, run_id, request.started_at, stage, from_tables=request.full
    )
    found = _worked_out(request, store, policy, taken.versions, stage, settling)
    taken = replace(taken, versions={})
    edition = stage("Give every exception its life", _edition, found, store, taken, run_id)
    certificate = stage("Check the figures", _certified, edition)
    neighbours = _neighbours(found.results)
    sampled = stage("Work some families out alone", _sampled, found.results, neighbours, store)
    account = _account(store, position.as_of, taken, found, sampled, stage)
    remember = (neighbours, taken.certificate, certificate, found.packed)
    return stage("Publish and remember", _published, request, store, run_id, edition, account, *remember)


def _begin(store: Store, request: NightRequest, policy: Policy) -> int:
    position = request.position
    return store.begin_run(
        "nightly", position.as_of, position.known_on, version_of(policy), __version__, request.started_at
    )


def _worked_out(
    request: NightRequest,
    store: Store,
    policy: Policy,
    versions: dict[str, pl.DataFrame],
    stage: Timed,
    settling: Settling,
) -> WorkedOut:
    """The day before comes first, and leaves its few exceptions alone behind: two positions at once take too much."""
    kept = None if request.full else stage("Recall what was settled", store.settled_before)
    sparing = Sparing(kept, settling)
    before = stage("Look at the day before", _day_before, request, store, policy, versions, sparing)
    doubtful = store.standing_quarantine(request.position.as_of)
    results = stage("Work out every family", reckon, versions, policy, request.position, doubtful, sparing)
    return WorkedOut(
        results=results,
        before=before,
        decisions=versions["decisions"],
        accepted_pence=int(versions["transactions"]["amount_pence"].sum()),
        taken_over=sparing.taken_over,
        packed=stage("Pack what later nights take over", _packed, request, store, versions, sparing, results),
    )


def _packed(
    request: NightRequest, store: Store, versions: dict[str, pl.DataFrame], sparing: Sparing, results: Results
) -> dict[str, bytes]:
    kept = sparing.to_keep(results)
    settled = {} if kept is None else settled_packed(kept)
    return store.snapshot_due(versions["transactions"], anew=request.full) | settled


def _day_before(
    request: NightRequest, store: Store, policy: Policy, versions: dict[str, pl.DataFrame], settling: Settling
) -> pl.DataFrame:
    """What the day before raised, as it was known then: what its night said, where that still holds."""
    position = request.position.day_before()
    said = None if request.full else store.still_raised(position, version_of(policy), __version__)
    return exception_ids(raised_at(versions, policy, position, settling)) if said is None else said


def _edition(found: WorkedOut, store: Store, taken: TakenIn, run_id: int) -> Edition:
    not_checked = tuple(name for name in taken.delivery.absent if name != "decisions")
    quarantine = taken.delivery.quarantine
    return edition_of(found.results, store, found.decisions, quarantine, not_checked, str(run_id), found.before)


def _certified(edition: Edition) -> Certificate:
    certificate = certify_results(edition.results, with_words(edition.exceptions))
    if not certificate.passed:
        raise Refusal(*certificate.causes)
    return certificate


def _sampled(results: Results, neighbours: Neighbours, store: Store) -> int:
    doubtful = store.standing_quarantine(results.position.as_of)
    return work_out_some_alone(results, neighbours, doubtful, store)


def _account(store: Store, as_of: date, taken: TakenIn, found: WorkedOut, sampled: int, stage: Timed) -> Account:
    delivery = taken.delivery
    return Account(
        files=delivery.files,
        ignored=delivery.ignored,
        notes=[f'source "{name}": no file came that its pattern fits' for name in delivery.unfed],
        nights_covered=nights_covered(store, as_of),
        seconds=stage.seconds,
        accepted_pence=found.accepted_pence,
        taken_over=found.taken_over,
        worked_out_alone=sampled,
        audit_head=store.audit_head(),
    )


def _published(
    request: NightRequest,
    store: Store,
    run_id: int,
    edition: Edition,
    account: Account,
    neighbours: Neighbours,
    delivered: Certificate,
    found: Certificate,
    packed: dict[str, bytes],
) -> NightOutcome:
    """Remember the position and publish its files within one transaction: a database that is lost before publishes
    nothing, and what is published is remembered, or else the night is simply run again."""
    results = edition.results
    position, said = results.position, manifest(edition, account)
    with store.writing():
        number = store.record_position(
            run_id,
            position,
            version_of(results.policy),
            edition.exceptions,
            results.balances,
            neighbours,
        )
        store.keep_packed(number, packed, datetime.now(UTC))
        folder = publish_position(request.out, position.as_of, position_files(edition, account))
        published = {"known_on": position.known_on.isoformat(), "files": file_digests(folder)}
        store.append_audit("position", position.as_of.isoformat(), published, datetime.now(UTC))
        expectations = {"delivery": delivered.json, "results": found.json}
        store.finish_run(
            run_id, "done", datetime.now(UTC), manifest=said, seconds=account.seconds, expectations=expectations
        )
    return NightOutcome(run_id, folder, said)


def _neighbours(results: Results) -> Neighbours:
    """Each stray with every family that it concerns: the one it is given to, or all that it names among several."""
    money = results.money
    told = money.movements.filter(pl.col("identified_by") == "narrative").select("transaction_id", "family_id")
    lost = money.movements.filter(pl.col("family_id").is_null())
    return Neighbours(
        strays=pl.concat([told, named_among_several(lost, money.families)]),
        loose_payments=money.loose_payments,
        open_instalments=money.open_instalments,
    )
