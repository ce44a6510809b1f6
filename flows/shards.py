"""Shards of a council on an existing engine: whatever task runner the flow has, workers of it work the accounts out.

A shard travels inside its task, and its accounts come back as the task's outcome: the API is sent neither. What goes
over the wire between machines is the engine's to encrypt (Dask: `tls://`, docs/scale.md).
"""

from collections.abc import Callable
from contextvars import copy_context
from functools import partial

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.stages import Attempt
from reconciliation.accounts import Accounting, Accounts, Shard, accounts

LOCAL = "local"
"""Stands for a cluster of this machine's own, which lives as long as the flow run."""
FAMILIES_EACH = 2_000
"""Families in a shard for workers: many enough shards that a slow worker does not keep the others waiting."""


def engine(workers: str) -> TaskRunner:
    """Dask's task runner: the scheduler at that address, or with `local` a cluster of this machine.

    A local one listens on the loopback alone, shows no dashboard and writes nothing of what it holds to the disk.
    Raises ImportError where prefect-dask is not installed.
    """
    import dask
    from prefect_dask import DaskTaskRunner

    if workers != LOCAL:
        return DaskTaskRunner(address=workers)
    dask.config.set({"distributed.worker.memory.spill": False, "distributed.worker.memory.target": False})
    here = {"host": "127.0.0.1", "dashboard_address": None, "threads_per_worker": 1}
    return DaskTaskRunner(cluster_kwargs=here)


def accounting_here(families_each: int = FAMILIES_EACH) -> Accounting:
    """How the flow run that this is called in works accounts out: on its task runner's workers, where it has any."""
    if isinstance(FlowRunContext.get().task_runner, ThreadPoolTaskRunner):
        return accounts
    outside = copy_context()  # of any stage: a task takes along the one that it is sent from, with all that it holds
    return partial(accounts, each=partial(outside.run, on_workers), families_each=families_each)


def on_workers(work: Callable[[Shard], Accounts], shards: list[Shard]) -> list[Accounts]:
    """The accounts of every shard, in their order. Raises what the work raised, once all have ended."""
    sent = [_shown(work, shard).submit() for shard in shards]
    return [attempt.settled() for attempt in [future.result() for future in sent]]


def _shown(work: Callable[[Shard], Accounts], shard: Shard) -> Task:
    """A task that never raises, for a traceback could quote a record; its outcome does not carry the shard back."""

    def step() -> Attempt:
        attempt = Attempt(work, (shard,))
        attempt.run()
        attempt.arguments = ()
        return attempt

    return task(step, name="Work out a shard", cache_policy=NO_CACHE, persist_result=False)
