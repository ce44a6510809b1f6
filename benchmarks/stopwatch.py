"""The clock of a contender: seconds and CPU seconds per step, the peak of memory, and one line of JSON at the end."""

import json
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from time import perf_counter, process_time
from types import ModuleType

import polars as pl


class Stopwatch:
    """Adds up the seconds of named steps; steps inside steps are part of both."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.cpu_seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def timing(self, step: str) -> Iterator[None]:
        started, worked = perf_counter(), process_time()
        yield
        self.seconds[step] += perf_counter() - started
        self.cpu_seconds[step] += process_time() - worked

    def watch(self, room: ModuleType, *names: str) -> None:
        """Times every call of these functions made through `room`."""
        for name in names:
            setattr(room, name, self._timed(getattr(room, name), name))

    def _timed(self, function: Callable, step: str) -> Callable:
        @wraps(function)
        def timed(*given, **named):
            with self.timing(step):
                return function(*given, **named)

        return timed


def folder() -> Path:
    """The folder that this contender was started with."""
    return Path(sys.argv[1])


def finish(stopwatch: Stopwatch, rows: int, found: pl.DataFrame | None = None, name: str = "") -> None:
    """Says what was measured on `rows` transactions, and leaves what was `found` for the comparison with the truth."""
    if found is not None:
        found.write_parquet(folder() / f"{name}.parquet")
    measured = {
        "seconds": stopwatch.seconds,
        "cpu_seconds": stopwatch.cpu_seconds,
        "rows": rows,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(measured) + "\n")
