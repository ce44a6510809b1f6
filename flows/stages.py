"""Stages as visible Prefect tasks, and a paragraph of stages as one flow run.

The API is sent names of stages and how they ended, nothing else: a task takes no parameters, keeps no result, and
never raises, for a traceback could quote a record. Losing the API in the middle costs its pages, not the night.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from prefect import Flow, task
from prefect.cache_policies import NO_CACHE
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prefect.states import Completed, Failed, State

from flows.orchestration import NoOrchestrator
from reconciliation.errors import Refusal
from reconciliation.stages import Outcome, Stage

RETRIES = {"Read the landing folder": 2}
"""Reading the folder, often a network drive that is back in a moment. Nothing else is repeated: rules give the same
again, and after a lost database the lock that keeps two nights apart is lost too."""

RETRY_SECONDS = 5


API_RETRIES = 1
"""How often a request to a lost API is repeated while somebody waits; Prefect's own five take a minute each time."""


class Stumbled(Exception):
    """A stage that only reads failed for a reason that may pass; says the kind of error alone."""


@dataclass
class Attempt:
    """What became of a stage's function, whatever Prefect makes of it."""

    function: Callable[..., Any]
    arguments: tuple
    outcome: Any = None
    error: Exception | None = None
    was_run: bool = False

    def run(self) -> None:
        """Call the function and keep what it returns or raises."""
        self.was_run, self.error = True, None
        try:
            self.outcome = self.function(*self.arguments)
        except Exception as error:
            self.error = error

    def settled(self) -> Any:
        """What the function returned; raises what it raised."""
        if self.error is not None:
            raise self.error
        return self.outcome


def visibly(name: str, function: Callable[..., Outcome], *arguments: Any) -> Outcome:
    """A `Stage` that shows each call as a Prefect task; where the API is lost, the call is made all the same, once."""
    attempt = Attempt(function, arguments)

    def step() -> State:
        attempt.run()
        if name in RETRIES and isinstance(attempt.error, OSError):
            raise Stumbled(type(attempt.error).__name__) from None
        return ending(attempt.error)

    shown = task(
        step,
        name=name,
        task_run_name=name,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=RETRIES.get(name, 0),
        retry_delay_seconds=RETRY_SECONDS,
    )
    try:
        shown(return_state=True)
    except Exception:  # the orchestrator's own failure: the stage's is kept in the attempt
        if not attempt.was_run:
            attempt.run()
    return attempt.settled()


def ending(error: Exception | None, said: str | None = None) -> State:
    """The state to end in: a refusal with its causes, any other failure by its kind alone."""
    if error is None:
        return Completed(message=said)
    if isinstance(error, Refusal):
        return Failed(message="refused: " + "; ".join(error.causes))
    return Failed(message=f"a fault of the program: {type(error).__name__}")


@dataclass
class Caller:
    """Someone in this very process who runs a flow and wants more of it than a state.

    `request` is what is asked for: it may hold a secret, which no parameter may. `watched` goes around the stages.
    `attempt` becomes what was done.
    """

    request: Any
    watched: Callable[[Stage], Stage]
    say: Callable[[str], None]
    attempt: Attempt | None = None


CALLER: ContextVar[Caller | None] = ContextVar("caller", default=None)


def as_flow_run(paragraph: Callable[..., Outcome], request: Any, show: Callable[[Outcome], str]) -> State:
    """Run `paragraph(request, stage, say)` with visible stages; its end is the flow run's.

    `show` leaves artifacts for the person on duty and gives the line that the run ends with. A caller in this
    process has its own request, and gets what the paragraph gave.
    """
    caller = CALLER.get() or Caller(request, lambda stage: stage, print)
    attempt = caller.attempt = Attempt(paragraph, (caller.request, caller.watched(visibly), caller.say))
    attempt.run()
    return ending(attempt.error, show(attempt.outcome) if attempt.error is None else None)


def run_here(flow: Flow, parameters: dict, caller: Caller) -> Any:
    """Run a flow in this process, for its outcome. Raises what its paragraph raises.

    Raises `NoOrchestrator` where the API failed before the paragraph began; failing later, it changes nothing.
    """
    token = CALLER.set(caller)
    try:
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: API_RETRIES}):
            flow(**parameters, return_state=True)
    except Exception as fault:
        if caller.attempt is None:
            raise NoOrchestrator(f"the Prefect API failed before the run began: {type(fault).__name__}") from None
    finally:
        CALLER.reset(token)
    if caller.attempt is None:
        raise NoOrchestrator("the Prefect API did not let the run begin")
    return caller.attempt.settled()
