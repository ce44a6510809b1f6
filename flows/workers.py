"""Work on an existing engine: whatever task runner the flow has, its workers do what is sent to them.

What is worked on travels inside its task, and what comes of it as the task's outcome: the API is sent neither. What
goes over the wire between machines is the engine's to encrypt (Dask: `tls://`, docs/scale.md).
"""

from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.stages import Attempt

LOCAL = "local"
"""Stands for a cluster of this machine's own, which lives as long as the flow run."""

Each = Callable[[Callable[[Any], Any], list[Any]], list[Any]]


def engine(workers: str) -> TaskRunner:
    """Dask's task runner: the scheduler at that address, or with `local` a cluster of this machine.

    A local one listens on the loopback alone, shows no dashboard and writes nothing of what it holds to the disk.
    Raises ImportError where prefect-dask is not installed.
    """
    import dask
    from prefect_dask import DaskTaskRunner

    if workers != LOCAL:
        return DaskTaskRunner(address=workers)
    dask.config.set(
        {
            "distributed.worker.memory.spill": False,
            "distributed.worker.memory.target": False,
            "distributed.nanny.environ.PREFECT_LOGGING_LEVEL": "WARNING",
            "distributed.nanny.environ.PREFECT_LOGGING_TO_API_ENABLED": "false",
        }
    )
    return DaskTaskRunner(cluster_kwargs={"host": "127.0.0.1", "dashboard_address": None, "threads_per_worker": 1})


def workers_here(name: str) -> Each | None:
    """What has work done on the workers of the flow run that this is called in, as tasks of that name; None where it
    has no workers but the threads of this process."""
    if isinstance(FlowRunContext.get().task_runner, ThreadPoolTaskRunner):
        return None
    outside = copy_context()  # of any stage: a task takes along the one that it is sent from, with all that it holds
    return partial(outside.run, on_workers, name)


def on_workers(name: str, work: Callable[[Any], Any], items: list[Any]) -> list[Any]:
    """What comes of every item, in their order. Raises what the work raised, once all have ended."""
    sent = [_shown(name, work, item).submit() for item in items]
    return [attempt.settled() for attempt in [future.result() for future in sent]]


def _shown(name: str, work: Callable[[Any], Any], item: Any) -> Task:
    """A task that never raises, for a traceback could quote a record; its outcome does not carry the item back."""

    def step() -> Attempt:
        attempt = Attempt(work, (item,))
        attempt.run()
        attempt.arguments = ()
        return attempt

    return task(step, name=name, task_run_name=name, cache_policy=NO_CACHE, persist_result=False)
