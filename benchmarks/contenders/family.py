"""Answers for single families out of a store that a night has filled: inside the program, and from the shell.

The night runs once, and its store stays in the council's folder. `total` is one answer in a process that has answered
before, its stages below it; `from the shell` is one answer by a new process. Each is the median over several families.
"""

import resource
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import polars as pl

from benchmarks.contenders.filled import filled, reconcile
from benchmarks.council import AS_OF
from benchmarks.stopwatch import Stopwatch, finish, folder
from reconciliation.position import Position
from reconciliation.requests import FamilyRequest
from reconciliation.rerun import rerun_family

INSIDE, FROM_THE_SHELL = 20, 5
"""How many families are answered for each way."""


def main() -> None:
    out = filled()
    families = _families(INSIDE)
    _inside(families[0], out)
    inside = _medians([_inside(family_id, out) for family_id in families])
    shell = _medians([_from_the_shell(family_id, out) for family_id in families[:FROM_THE_SHELL]])
    finish(_both(inside, shell), _transactions())


def _families(count: int) -> list[str]:
    """As many families, spread over the council."""
    known = pl.read_parquet(folder() / "typed" / "families.parquet", columns=["family_id"])["family_id"]
    return known.gather_every(max(1, len(known) // count)).head(count).to_list()


def _inside(family_id: str, out: Path) -> Stopwatch:
    stopwatch = Stopwatch()

    def stage(name, function, *given):
        with stopwatch.timing(name):
            return function(*given)

    with stopwatch.timing("total"):
        outcome = rerun_family(FamilyRequest(family_id, out, Position.at(AS_OF), datetime.now(UTC)), stage)
    if outcome.is_from_everyones_rows:
        raise SystemExit(f"{out} was filled by another program; remove it and measure again")
    return stopwatch


def _from_the_shell(family_id: str, out: Path) -> Stopwatch:
    stopwatch, worked, started = Stopwatch(), _childrens_seconds(), perf_counter()
    reconcile("family", family_id, "--out", out)
    stopwatch.seconds["from the shell"] = perf_counter() - started
    stopwatch.cpu_seconds["from the shell"] = _childrens_seconds() - worked
    return stopwatch


def _childrens_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _medians(measured: list[Stopwatch]) -> Stopwatch:
    medians = Stopwatch()
    for step in measured[0].seconds:
        medians.seconds[step] = median(one.seconds[step] for one in measured)
        medians.cpu_seconds[step] = median(one.cpu_seconds[step] for one in measured)
    return medians


def _both(inside: Stopwatch, shell: Stopwatch) -> Stopwatch:
    inside.seconds.update(shell.seconds)
    inside.cpu_seconds.update(shell.cpu_seconds)
    return inside


def _transactions() -> int:
    return pl.scan_parquet(folder() / "typed" / "transactions.parquet").select(pl.len()).collect().item()


if __name__ == "__main__":
    main()
