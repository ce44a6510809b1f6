"""The certifier: Great Expectations in a process of its own, which loads while the night does other things.

Tables reach it through a socket that nobody else can open, and never as a process's arguments or a file. It ends with
its parent, however that ends. Where it cannot be had, the same questions are answered in this process.
"""

import atexit
import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from json import loads
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Lock

from expectations.native import Broken, Question

LONGEST_SECONDS = 300
"""A table takes a second at most, and loading the library a few; beyond this, something is wrong with the process."""

STARTS_WITH = (
    "import sys; sys.path[:] = sys.argv[2:]; from expectations.certifying import serve; serve(int(sys.argv[1]))"
)
"""The same code as this process runs, wherever that came from."""

FAILURES = (OSError, EOFError, ValueError)
"""Of a process that did not start, has ended, does not answer, or does not speak as agreed."""


class Certifier:
    """A process beside this one that answers questions in their order."""

    def __init__(self) -> None:
        self._parent = os.getpid()
        self._line, theirs = Pipe()
        with theirs:
            self._process = _started(theirs)
        atexit.register(self.end)

    def ask(self, question: Question) -> None:
        """Send a question, which is read even while the library loads. That nobody hears it shows at its answer."""
        with suppress(OSError):
            self._line.send_bytes(question.head())
            self._line.send_bytes(question.table)

    def answer(self, question: Question) -> Broken:
        """The answer to the earliest question still open, which this must be; worked out here where none comes."""
        try:
            return self._received(question)
        except FAILURES:
            self.end()
        from expectations.library import answer

        return answer(question)

    def _received(self, question: Question) -> Broken:
        if not self._line.poll(LONGEST_SECONDS):
            raise TimeoutError
        broken = loads(self._line.recv_bytes())
        if broken.keys() != question.expected.keys():
            raise ValueError("an answer to another question")
        return broken

    def end(self) -> None:
        """Let the process go, with whatever it was asked."""
        self._line.close()
        if self._process is not None and self._parent == os.getpid():
            self._process.kill()
            self._process.wait()


def _started(theirs: Connection) -> subprocess.Popen | None:
    line = theirs.fileno()
    with suppress(OSError):
        return subprocess.Popen(  # noqa: S603 our own interpreter and words
            [sys.executable, "-P", "-c", STARTS_WITH, str(line), *sys.path],
            pass_fds=[line],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return None


_certifiers: dict[int, Certifier] = {}
"""That of each process by its id: one forked from another must not listen on its line."""
_one_at_a_time = Lock()


def begin() -> None:
    """Have this process's certifier load from now on, unless it does."""
    if os.getpid() not in _certifiers:
        _certifiers[os.getpid()] = Certifier()


def answered(questions: Iterable[Question]) -> Broken:
    """How many rows break each rule of all questions. Each is put as soon as it is there."""
    begin()
    certifier = _certifiers[os.getpid()]
    with _one_at_a_time:
        try:
            return _answered(certifier, questions)
        except BaseException:
            certifier.end()  # an answer that nobody waited for must never be taken for that to a later question
            raise


def _answered(certifier: Certifier, questions: Iterable[Question]) -> Broken:
    asked, broken = [], {}
    for question in questions:
        certifier.ask(question)
        asked.append(question)
    for question in asked:
        broken |= certifier.answer(question)
    return broken
