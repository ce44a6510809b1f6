"""How a stage of a night or a rerun is run: by a plain call here, as a visible task in `flows/`.

A stage has a name that people see and a function that does it. Whoever runs stages may show them, time them or retry
them; what they do, and in which order, is written in `night` and `rerun` alone.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

Stage = Callable[..., Any]
"""`stage(name, function, *arguments)` runs the function and returns what it returns."""

Outcome = TypeVar("Outcome")


def call(_name: str, function: Callable[..., Outcome], *arguments: Any) -> Outcome:
    """The plainest stage: a call."""
    return function(*arguments)


class Timed:
    """A stage runner that keeps the seconds of each stage for the manifest."""

    def __init__(self, stage: Stage) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = stage

    def __call__(self, name: str, function: Callable[..., Outcome], *arguments: Any) -> Outcome:
        """Run one stage and add its time."""
        started = time.perf_counter()
        try:
            return self._stage(name, function, *arguments)
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started
