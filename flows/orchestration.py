"""Having a Prefect API to run under, or finding out quickly that there is none."""

import logging
import time
from contextlib import AbstractContextManager, nullcontext

import httpx
from prefect.client.orchestration import get_client
from prefect.logging.configuration import ensure_logging_setup
from prefect.logging.handlers import PrefectConsoleHandler
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    get_current_settings,
    temporary_settings,
)

from flows.embedded import ServerProcess

PROBE_SECONDS = 5
PROBE_EVERY_SECONDS = 0.05


class NoOrchestrator(Exception):
    """No Prefect API can be had, and nothing of the run has begun: it may be run by plain calls."""


class EmbeddedServer:
    """Prefect's own server, started beside this process while that has other things to do."""

    def __init__(self, process: ServerProcess | None = None) -> None:
        self._process = process or ServerProcess(get_current_settings().to_environment_variables(exclude_unset=True))

    def wait(self) -> None:
        """Return once it answers. Raises `NoOrchestrator` when it is clear that it will not."""
        limit = time.monotonic() + PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value()
        with httpx.Client(timeout=PROBE_SECONDS) as client:
            while not self._answers(client):
                if self._process.has_ended() or time.monotonic() > limit:
                    self._process.stop()
                    raise NoOrchestrator("Prefect's embedded server did not start")
                time.sleep(PROBE_EVERY_SECONDS)

    def _answers(self, client: httpx.Client) -> bool:
        try:
            return client.get(f"{self._process.url}/health").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def used(self) -> AbstractContextManager:
        """Runs in here go to it."""
        return temporary_settings({PREFECT_API_URL: self._process.url})


class StandingServer:
    """The server that `PREFECT_API_URL` names."""

    def wait(self) -> None:
        """Return when it answers; raises `NoOrchestrator` otherwise."""
        with get_client(sync_client=True, httpx_settings={"timeout": PROBE_SECONDS}) as client:
            if client.api_healthcheck() is not None:
                raise NoOrchestrator("the Prefect server that PREFECT_API_URL names does not answer")

    def used(self) -> AbstractContextManager:
        """Runs go to it anyway."""
        return nullcontext()


def standing_server() -> StandingServer:
    """The server that `PREFECT_API_URL` names; raises `NoOrchestrator` where it names none."""
    if not PREFECT_API_URL.value():
        raise NoOrchestrator("PREFECT_API_URL names no Prefect server; start one with: prefect server start")
    return StandingServer()


def start(early: ServerProcess | None = None) -> EmbeddedServer | StandingServer:
    """The API to run under; it need not answer before its `wait` returns.

    `early` is a server that was started before Prefect's settings were known; it is ended where they name another.
    """
    if not PREFECT_API_URL.value():
        return EmbeddedServer(early)
    if early is not None:
        early.stop()
    return StandingServer()


def quieten() -> None:
    """Leave the terminal to the command that runs a flow; Prefect's own pages still get every line."""
    ensure_logging_setup()
    for handler in logging.getLogger().handlers:
        if isinstance(handler, PrefectConsoleHandler):
            handler.setLevel(logging.CRITICAL)
