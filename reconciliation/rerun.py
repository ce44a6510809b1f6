"""The paragraph of a family's rerun: an answer for one family while they are on the phone."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from reconciliation import __version__
from reconciliation.alone import Neighbours, narrowed
from reconciliation.editing import edition_of
from reconciliation.errors import Refusal
from reconciliation.exceptions.lifecycle import exception_ids
from reconciliation.policy import Policy, read_policy, version_of
from reconciliation.reckoning import reckon, reckon_alone
from reconciliation.records import RECORDS
from reconciliation.reports.edition import SOURCES, Edition
from reconciliation.reports.family_files import family_files
from reconciliation.reports.publishing import publish_family
from reconciliation.requests import FamilyRequest, database_url
from reconciliation.results import Results
from reconciliation.stages import Stage, call
from reconciliation.store import Store

WAIT_SECONDS = 30


@dataclass(frozen=True)
class FamilyOutcome:
    """The family's edition, for the terminal, and the folder its statement lies in."""

    edition: Edition
    folder: Path
    is_from_everyones_rows: bool
    """True when no night had published this position, so that every family's rows had to be read."""


def rerun_family(request: FamilyRequest, stage: Stage = call, say=lambda sentence: None) -> FamilyOutcome:
    """Answer for one family, the same as a night at that position would; no other family's results are touched.

    Raises `Refusal` when the family is not known at the position, `request.data` cannot be taken in, or there is
    neither that nor a database.
    """
    policy = read_policy(request.policy_file)
    url = database_url(request.database, request.out)
    if request.data is None and not Store.exists(url):
        raise Refusal("no database there yet; run a night first, or check --database or --out")
    with Store.open(url) as store:
        if request.data is not None:
            with store.lock(WAIT_SECONDS, say):
                _take_in(request, store, policy, stage)
        doubtful = store.standing_quarantine(request.position.as_of)
        results, is_from_everyones_rows = stage("Work out the family", _results, request, store, policy, doubtful)
        edition = stage("Give its exceptions their lives", _edition, results, store, request, doubtful)
        folder = stage("Write the statement", _publish, request, edition)
        return FamilyOutcome(edition, folder, is_from_everyones_rows)


def _take_in(request: FamilyRequest, store: Store, policy: Policy, stage: Stage) -> None:
    """Take a folder in first, as a run of its own kind."""
    from reconciliation.intake import take_in  # loads Great Expectations, which takes seconds that a rerun has not

    position = request.position
    run_id = store.begin_run(
        "family", position.as_of, position.known_on, version_of(policy), __version__, request.started_at
    )
    try:
        take_in(request.data, store, policy, position.as_of, run_id, request.started_at, stage)
    except Refusal as refusal:
        store.finish_run(run_id, "refused", datetime.now(UTC), refusal.causes)
        raise
    store.finish_run(run_id, "done", datetime.now(UTC))


def _results(request: FamilyRequest, store: Store, policy: Policy, doubtful: pl.DataFrame) -> tuple[Results, bool]:
    position, family_id = request.position, request.family_id
    kept = store.neighbours(position, version_of(policy))
    if kept is None:
        versions = {name: store.known(record) for name, record in RECORDS.items() if name != "decisions"}
        results = narrowed(reckon(versions, policy, position, doubtful), family_id)
    else:
        versions = store.family_versions(family_id, kept.strays)
        others = Neighbours(family_id, kept.loose_payments, kept.open_instalments)
        results = reckon_alone(versions, policy, position, doubtful, others)
    if results.balances.is_empty():
        raise Refusal(
            f"family {family_id}: is not known on {position.known_on}; check the id, or run a night with its records"
        )
    return results, kept is None


def _sources(results: Results, store: Store) -> pl.DataFrame:
    """The file and row that each rate and each movement of money was read from; shape SOURCES."""
    visible = results.records["entitlements"].select("recorded_on", key="entitlement_id")
    rates = store.sources_of(RECORDS["entitlements"], visible["key"]).join(
        visible, on=["key", "recorded_on"], how="semi"
    )
    money = store.sources_of(RECORDS["transactions"], results.money.movements["transaction_id"])
    return pl.concat([rates, money]).select(*SOURCES)


def _ids(results: Results) -> list[str]:
    return exception_ids(results.raised)["exception_id"].to_list()


def _edition(results: Results, store: Store, request: FamilyRequest, doubtful: pl.DataFrame) -> Edition:
    edition = edition_of(
        results,
        store,
        store.versions_of(RECORDS["decisions"], _ids(results)),
        doubtful.filter(pl.col("family_id") == request.family_id).select(pl.all().exclude("met_on")),
        store.never_delivered(),
    )
    return replace(edition, sources=_sources(results, store))


def _publish(request: FamilyRequest, edition: Edition) -> Path:
    return publish_family(
        request.out, request.position.as_of, request.family_id, family_files(edition, request.with_pdf)
    )
