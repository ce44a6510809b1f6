"""Prefect's embedded server, started beside a run before that has even loaded Prefect, and ended with it.

What Prefect itself would start is the same server, later: its own way loads the server's code into the run as well,
and leaves the server behind when the run is killed.
"""

import atexit
import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from threading import Thread

STARTS_WITH = """
import sys
port, *sys.path = sys.argv[1:]
from flows.embedded import serve
serve(int(port))
"""
"""The same code as this process runs, wherever that came from."""

FOR_A_RUN = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
"""What Prefect tells the server that it starts for a run."""

FEW_COLLECTIONS = (50_000, 20, 20)
"""What a server loads is never garbage, and looking through it takes a fifth of its start."""

STOPPING_SECONDS = 5


class ServerProcess:
    """A server for this run alone, on a free port of the loopback. It need not answer yet."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.port = _free_port()
        self._process = subprocess.Popen(  # noqa: S603 our own interpreter and words
            [sys.executable, "-P", "-c", STARTS_WITH, str(self.port), *sys.path],
            env=os.environ | settings | FOR_A_RUN,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        atexit.register(self.stop)

    @property
    def url(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self.port}/api"

    def has_ended(self) -> bool:
        """It will not answer any more."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """End it, within seconds."""
        atexit.unregister(self.stop)
        self._process.terminate()
        try:
            self._process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with suppress(OSError):
            self._process.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(port: int) -> None:
    """The server's own side: serve until stopped, or until whoever started it is gone."""
    gc.set_threshold(*FEW_COLLECTIONS)
    Thread(target=_end_with_the_run, daemon=True).start()
    import uvicorn

    made_by = "prefect.server.api.server:create_app"
    uvicorn.run(made_by, factory=True, host="127.0.0.1", port=port, log_level="error", lifespan="on")


def _end_with_the_run() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)
