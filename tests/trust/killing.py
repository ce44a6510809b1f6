"""Starting nights in a warm process and killing them at chosen moments."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.trust.nights import AS_OF, LANDING

KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Moment:
    """So far into a stage, as a share of the time that the stage takes undisturbed."""

    stage: str
    share: float


@dataclass
class Watched:
    """How a night ended (its exit status, or minus its signal) and the seconds of each stage that it came to."""

    status: int
    seconds: dict[str, float] = field(default_factory=dict)
    said: str = ""


class Nights:
    """A warm process that runs one night at a time."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def run(self, out: Path, moment: Moment | None = None, seconds: dict | None = None, **asked) -> Watched:
        """Run a night over the worked example; kill it at `moment`, which `seconds` of an undisturbed night time."""
        night = {"data": str(LANDING), "out": str(out), "as_of": str(AS_OF), "database": None, "is_examined": False}
        self._process.stdin.write(json.dumps(night | asked) + "\n")
        self._process.stdin.flush()
        return self._watch(moment, seconds or {})

    def _watch(self, moment: Moment | None, usual: dict) -> Watched:
        began, said = {}, ""
        for line in self._process.stdout:
            word, _, rest = line.strip().partition(" ")
            now = time.monotonic()
            if word == "stage":
                began[rest] = now
                if moment and moment.stage == rest:
                    time.sleep(moment.share * usual[rest])
                    self._kill()
            elif word == "ended":
                return Watched(int(rest), _lengths(began, now), said)
            else:
                said += line
        raise AssertionError("the warm process ended")

    def _kill(self) -> None:
        """The warm process has one child at most: the night, unless it has ended by now."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        for child in map(int, children.split()):
            os.kill(child, signal.SIGKILL)


def _lengths(began: dict[str, float], ended: float) -> dict[str, float]:
    """From the beginning of each stage to that of the next."""
    times = [*began.values(), ended]
    return {name: after - before for name, before, after in zip(began, times, times[1:], strict=False)}


@contextmanager
def warm() -> Iterator[Nights]:
    """A warm process, for as long as it is needed."""
    command = [sys.executable, "-m", "tests.trust.warm"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(  # noqa: S603 our own interpreter and arguments
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield Nights(process)
        process.stdin.close()
        process.wait(60)


def moments(seconds: dict[str, float], count: int, seed: int) -> list[Moment]:
    """Random moments of a night: half of them spread over its whole length, half over its stages, short ones too."""
    draw = Random(seed)
    by_length = draw.choices(list(seconds), weights=list(seconds.values()), k=count - count // 2)
    by_stage = [list(seconds)[number % len(seconds)] for number in range(count // 2)]
    return [Moment(stage, draw.random()) for stage in [*by_length, *by_stage]]
