"""Having a Prefect API to run under, or finding out quickly that there is none."""

import logging
from threading import Thread

from prefect.client.orchestration import get_client
from prefect.logging.configuration import ensure_logging_setup
from prefect.logging.handlers import PrefectConsoleHandler
from prefect.server.api.server import SubprocessASGIServer
from prefect.settings import PREFECT_API_URL, PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS

MOST_STARTS = 2
"""Prefect takes any failure of its server to start for a port that was taken, and tries again until its time is up."""

PROBE_SECONDS = 5


class NoOrchestrator(Exception):
    """No Prefect API can be had, and nothing of the run has begun: it may be run by plain calls."""


class _Server(SubprocessASGIServer):
    """Prefect's embedded server, which runs of this process find by themselves; it gives up after a second start."""

    starts = 0

    def find_available_port(self) -> int:
        self.starts += 1
        if self.starts > MOST_STARTS:
            raise RuntimeError("the server ends as soon as it starts")
        return super().find_available_port()


class EmbeddedServer:
    """Prefect's own server, started beside this process while that has other things to do."""

    def __init__(self) -> None:
        self._server = _Server()
        self._fault: Exception | None = None
        self._starting = Thread(target=self._start, daemon=True)
        self._starting.start()

    def _start(self) -> None:
        try:
            self._server.start()
        except Exception as fault:  # whatever kept it from starting, the night goes on without it
            self._fault = fault

    def wait(self) -> None:
        """Return once it answers. Raises `NoOrchestrator` when it is clear that it will not."""
        self._starting.join(PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value())
        if self._starting.is_alive() or self._fault is not None:
            raise NoOrchestrator("Prefect's embedded server did not start")


class StandingServer:
    """The server that `PREFECT_API_URL` names."""

    def wait(self) -> None:
        """Return when it answers; raises `NoOrchestrator` otherwise."""
        with get_client(sync_client=True, httpx_settings={"timeout": PROBE_SECONDS}) as client:
            if client.api_healthcheck() is not None:
                raise NoOrchestrator("the Prefect server that PREFECT_API_URL names does not answer")


def standing_server() -> StandingServer:
    """The server that `PREFECT_API_URL` names; raises `NoOrchestrator` where it names none."""
    if not PREFECT_API_URL.value():
        raise NoOrchestrator("PREFECT_API_URL names no Prefect server; start one with: prefect server start")
    return StandingServer()


def start() -> EmbeddedServer | StandingServer:
    """The API to run under; it need not answer before its `wait` returns."""
    return StandingServer() if PREFECT_API_URL.value() else EmbeddedServer()


def quieten() -> None:
    """Leave the terminal to the command that runs a flow; Prefect's own pages still get every line."""
    ensure_logging_setup()
    for handler in logging.getLogger().handlers:
        if isinstance(handler, PrefectConsoleHandler):
            handler.setLevel(logging.CRITICAL)
