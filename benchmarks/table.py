"""What was measured, as Markdown tables for people and for `docs/performance.md`."""

import itertools
from collections.abc import Iterable
from math import log

from benchmarks.measuring import FIGURES, Measured

YARDSTICK = "duckdb_script"


def summary(everything: list[Measured]) -> str:
    """One line per contender and council, with its ratio to the DuckDB script in the same run."""
    yardstick = {one.families: one for one in everything if one.contender == YARDSTICK}
    head = (
        "contender",
        "families",
        "seconds",
        "÷ DuckDB",
        "CPU seconds",
        "÷ DuckDB",
        "rows a second",
        "peak MiB",
        *RIGHT,
    )
    return _markdown(head, [_line(one, yardstick.get(one.families)) for one in everything])


RIGHT = tuple(f"{figure.removesuffix('_pence')} right" for figure in FIGURES)


def _line(one: Measured, yardstick: Measured | None) -> tuple[str, ...]:
    total, worked = one.seconds["total"], one.cpu_seconds["total"]
    return (
        one.contender,
        f"{one.families:,}",
        f"{total:.2f}",
        f"{total / yardstick.seconds['total']:.2f}" if yardstick else "",
        f"{worked:.2f}",
        f"{worked / yardstick.cpu_seconds['total']:.2f}" if yardstick else "",
        f"{one.rows / total:,.0f}",
        f"{one.peak_mib:,.0f}",
        *(f"{one.right[figure]:.2%}" if figure in one.right else "" for figure in FIGURES),
    )


def steps(everything: list[Measured], contender: str) -> str:
    """CPU seconds of each step of one contender, a column per council: other work on the machine hardly moves these."""
    ours = [one for one in everything if one.contender == contender]
    names = dict.fromkeys(step for one in ours for step in one.cpu_seconds)
    head = (f"CPU seconds of {contender}", *(f"{one.families:,}" for one in ours))
    return _markdown(head, [(step, *(f"{one.cpu_seconds.get(step, 0):.3f}" for one in ours)) for step in names])


def growth(everything: list[Measured]) -> str:
    """From each council to the next: by what each contender's time grew, and which power of the rows that is.

    A slice of fixed size does not grow; its lines say nothing.
    """
    lines = []
    for contender in dict.fromkeys(one.contender for one in everything):
        ours = [one for one in everything if one.contender == contender]
        for small, large in itertools.pairwise(ours):
            rows = large.rows / small.rows
            span = f"{small.families:,} → {large.families:,}"
            times = (
                large.seconds["total"] / small.seconds["total"],
                large.cpu_seconds["total"] / small.cpu_seconds["total"],
            )
            grown = (figure for time in times for figure in (f"{time:.2f}", f"{log(time) / log(rows):.2f}"))
            lines.append((contender, span, f"{rows:.2f}", *grown))
    return _markdown(("contender", "families", "rows ×", "seconds ×", "power", "CPU seconds ×", "power"), lines)


def _markdown(head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    ruler = ("---", *("---:" for _ in head[1:]))
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ruler, *lines))
