"""Showing a run's stages as they go: marked lines on a terminal, plain log lines elsewhere; never a person's data."""

import time
from collections.abc import Callable
from typing import Any

from rich.console import Console

from reconciliation.stages import Outcome, Stage


class Shown:
    """A stage runner that says what is being done, on standard error."""

    def __init__(self, stage: Stage, console: Console | None = None) -> None:
        self._stage = stage
        self._console = console or Console(stderr=True, highlight=False)

    def __call__(self, name: str, function: Callable[..., Outcome], *arguments: Any) -> Outcome:
        """Run one stage, shown while it runs and with its time when it is done."""
        started = time.perf_counter()
        if self._console.is_terminal:
            with self._console.status(f"{name} …"):
                outcome = self._stage(name, function, *arguments)
            self._console.print(f"[green]✓[/green] {name} [dim]{_took(started)}[/dim]")
            return outcome
        outcome = self._stage(name, function, *arguments)
        self.say(f"{name}: done in {_took(started)}")
        return outcome

    def say(self, sentence: str) -> None:
        """A sentence for whoever watches or reads the log."""
        self._console.print(sentence, markup=False, soft_wrap=True)


def _took(started: float) -> str:
    return f"{time.perf_counter() - started:.1f} s"
