"""A server that goes away in the middle takes its pages with it; the night runs on, once, to its end."""

import contextlib
import select
import socket
from collections.abc import Iterator
from threading import Thread
from urllib.parse import urlsplit

import pytest
from prefect.events.worker import EventsWorker

from flows.stages import Caller, run_here
from reconciliation.errors import Refusal
from tests.flows.test_stages import a_flow
from tests.prefect_server import settings


class Wire:
    """A connection to the server that can be cut."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    def cut(self) -> None:
        """Nothing gets through any more, and nobody answers."""
        for end in [self._listener, *self._open]:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                self._open += [near, far]
                Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            while True:
                for end in select.select([near, far], [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    (far if end is near else near).sendall(data)


@pytest.fixture
def wire(prefect_server, prefect_home) -> Iterator[Wire]:
    wire = Wire(urlsplit(prefect_server).port)
    with settings(f"http://127.0.0.1:{wire.port}/api", prefect_home):
        yield wire
    EventsWorker.drain_all(timeout=1)  # its connection is dead, and the next test would be given it
    wire.cut()


@pytest.mark.slow
def test_a_night_that_loses_its_server_runs_on_once_to_its_end(wire):
    calls = []

    def second():
        calls.append("second")
        return "published"

    def first_and_second(request, stage, say):
        stage("Read the policy", lambda: calls.append("first") or wire.cut())
        return stage("Publish and remember", second)

    caller = Caller(None, lambda stage: lambda _name, _function: first_and_second(None, stage, print), print)
    assert run_here(a_flow, {}, caller) == "published"
    assert calls == ["first", "second"]


@pytest.mark.slow
def test_a_refusal_still_comes_out_when_the_server_is_lost(wire):
    def refuse():
        wire.cut()
        raise Refusal("families: no file")

    with pytest.raises(Refusal, match="families: no file"):
        run_here(a_flow, {}, Caller(refuse, lambda stage: stage, print))
