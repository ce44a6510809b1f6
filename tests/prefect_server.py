"""A real Prefect server on a free loopback port, in a home of its own, once for all tests that ask for it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import flows  # noqa: F401 telemetry is off before Prefect is imported

START_SECONDS = 180


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory) -> Path:
    """Prefect's own folder: its database is made once, by the server."""
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="session")
def prefect_server(prefect_home) -> Iterator[str]:
    """The API address of a standing server."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
    process = subprocess.Popen(  # noqa: S603 our own interpreter and arguments
        [*command, "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"],
        env=os.environ | {"PREFECT_HOME": str(prefect_home), "PREFECT_UI_ENABLED": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}/api"
        _wait_until_it_answers(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_it_answers(address: str, process: subprocess.Popen) -> None:
    limit = time.monotonic() + START_SECONDS
    with httpx.Client() as client:
        while time.monotonic() < limit:
            assert process.poll() is None, "the Prefect server ended"
            try:
                if client.get(f"{address}/health").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.2)
    raise AssertionError("the Prefect server did not start")


@pytest.fixture
def api(prefect_server, prefect_home) -> Iterator[str]:
    """Runs in this process go to the standing server."""
    with settings(prefect_server, prefect_home):
        yield prefect_server


@contextmanager
def settings(address: str, home: Path) -> Iterator[None]:
    """Prefect's settings for runs in this process against an API at `address`; "" means its embedded server.

    What is still to be told of them goes to that API: left alone, the next one would never hear of its own runs.
    """
    from prefect.events.worker import EventsWorker
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

    with temporary_settings({PREFECT_API_URL: address, PREFECT_HOME: home}):
        try:
            yield
        finally:
            EventsWorker.drain_all(timeout=10)
