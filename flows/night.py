"""The flow of a night, and how a command runs it."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from prefect import Flow, flow
from prefect.runtime import flow_run
from prefect.states import State

from flows.embedded import ServerProcess
from flows.orchestration import NoOrchestrator, quieten, start
from flows.parameters import Database, Day, Folder, PolicyFile, without_password
from flows.stages import Caller, as_flow_run, run_here
from reconciliation.position import Position
from reconciliation.requests import NightRequest, today
from reconciliation.stages import Stage

if TYPE_CHECKING:
    from reconciliation.night import NightOutcome

__all__ = ["NoOrchestrator", "nightly", "nightly_through_prefect"]


FAMILIES_EACH = 2_000
"""Families in a shard for workers: many enough shards that a slow worker does not keep the others waiting."""


def _name() -> str:
    return f"night of {flow_run.parameters['as_of'] or today(datetime.now(UTC))}"


@flow(name="nightly", flow_run_name=_name, persist_result=False)
def nightly(
    data: Folder,
    out: Folder,
    as_of: Day = None,
    known_on: Day = None,
    policy: PolicyFile = None,
    database: Database = None,
) -> State:
    """Take in a landing folder and publish every family's position (outputs: reconcile nightly).

    Args:
        data: The folder that holds the extracts.
        out: The folder that results are published in.
        as_of: The day the figures speak of; today if left out.
        known_on: Only what was recorded by this day counts; the day the figures speak of if left out.
        policy: A policy file laid over the default policy.
        database: Its URL, without a password; one with a password is read from RECONCILIATION_DATABASE_URL alone.
    """
    from expectations.certifier import begin

    begin()
    from flows.artifacts import show_night
    from flows.workers import workers_here
    from reconciliation.night import run_night
    from reconciliation.shards import in_shards

    now = datetime.now(UTC)
    request = NightRequest(data, out, Position.at(as_of or today(now), known_on), now, policy, database)
    each = workers_here("Work out a shard")
    settling = in_shards if each is None else partial(in_shards, each=each, families_each=FAMILIES_EACH)
    return as_flow_run(partial(run_night, settling=settling), request, show_night)


def nightly_through_prefect(
    request: NightRequest,
    watched: Callable[[Stage], Stage] = lambda stage: stage,
    say: Callable[[str], None] = lambda sentence: None,
    early: ServerProcess | None = None,
    workers: str | None = None,
) -> "NightOutcome":
    """Run a night as the flow `nightly`, on the server that PREFECT_API_URL names or on Prefect's embedded one,
    which `early` is where it was started already.

    `watched` goes around the stages, to show or time them; `workers` are those of a Dask scheduler's address, or
    `local`, on which the council's shards are worked out. Raises `NoOrchestrator` when no API can be had and the
    night has not begun; `Refusal`, or whatever else stopped it, once it has. An API that is lost on the way takes
    its pages with it and leaves the night to run on, once, to its end.
    """
    server = start(early)
    quieten()
    from reconciliation.night import run_night  # noqa: F401 loads for seconds, in which the server starts

    server.wait()
    with server.used():
        return run_here(_with(workers), _parameters(request), Caller(request, watched, say))


def _with(workers: str | None) -> Flow:
    if workers is None:
        return nightly
    from flows.workers import engine

    return nightly.with_options(task_runner=engine(workers))


def _parameters(request: NightRequest) -> dict:
    """The flow's parameters, which the API keeps: nothing secret in them."""
    return {
        "data": request.data,
        "out": request.out,
        "as_of": request.position.as_of,
        "known_on": request.position.known_on,
        "policy": request.policy_file,
        "database": without_password(request.database),
    }
