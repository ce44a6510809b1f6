"""The flow of many councils' nights: each on a worker, by plain calls there; this run shows which have ended."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow
from prefect.states import State

from flows.night import NoOrchestrator
from flows.orchestration import quieten, start
from flows.parameters import Day
from flows.stages import Caller, as_flow_run, run_here
from flows.workers import engine, workers_here
from reconciliation.councils import Ended, every_night, in_turn, read_councils
from reconciliation.position import Position
from reconciliation.requests import today

__all__ = ["NoOrchestrator", "councils", "councils_through_prefect"]


@flow(name="councils", persist_result=False)
def councils(file: Path, as_of: Day = None, known_on: Day = None) -> State:
    """Run the night of every council that a file lists (docs/scale.md).

    Args:
        file: The TOML file that lists the councils.
        as_of: The day the figures speak of; today if left out.
        known_on: Only what was recorded by this day counts; the day the figures speak of if left out.
    """
    each = workers_here("Run a council's night") or in_turn
    position = Position.at(as_of or today(datetime.now(UTC)), known_on)
    return as_flow_run(lambda listed, _stage, _say: every_night(read_councils(listed), position, each), file, _told)


def _told(ended: list[Ended]) -> str:
    good = sum(one.folder is not None for one in ended)
    return f"{good} of {len(ended)} councils have their night"


def councils_through_prefect(
    file: Path, position: Position, workers: str, say: Callable[[str], None] = print
) -> list[Ended]:
    """Run the flow on a Dask scheduler's workers, or on those of a `local` cluster.

    Raises `NoOrchestrator` when no API can be had, `Refusal` for a list that cannot be followed.
    """
    server = start()
    quieten()
    server.wait()
    parameters = {"file": file, "as_of": position.as_of, "known_on": position.known_on}
    with server.used():
        spread = councils.with_options(task_runner=engine(workers))
        return run_here(spread, parameters, Caller(file, lambda stage: stage, say))
