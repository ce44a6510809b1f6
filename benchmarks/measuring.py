"""Each run of a contender as its own process; medians over the runs; how far it is from the truth."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import polars as pl

NEEDS = {
    "core": (),
    "night": (),
    "quiet_night": (),
    "quiet_night_whole": (),
    "family": (),
    "duckdb_script": ("duckdb",),
    "pandas_notebook": ("pandas",),
    "datacompy_compare": ("datacompy",),
    "beancount_slice": ("beancount",),
}
"""The contenders, in the order of the table, and the libraries that each needs."""
FIGURES = ("arrears_pence", "overpaid_pence", "interest_pence")


@dataclass(frozen=True)
class Measured:
    """Medians of one contender on one council. Seconds by step, `total` among them; `right` is the share of the
    families whose figure is the truth to the penny, by figure."""

    contender: str
    families: int
    rows: int
    seconds: dict[str, float]
    cpu_seconds: dict[str, float]
    peak_mib: float
    right: dict[str, float]


def absent(contender: str) -> tuple[str, ...]:
    """The libraries that the contender needs and that are not installed."""
    return tuple(name for name in NEEDS[contender] if find_spec(name) is None)


def measured(contenders: list[str], folder: Path, families: int, runs: int) -> list[Measured]:
    """All contenders in turn, `runs` times over, so that a busy minute on the machine falls on all of them."""
    rounds = [{contender: _run(contender, folder) for contender in contenders} for _ in range(runs)]
    return [
        _medians(contender, families, [found[contender] for found in rounds], _right(folder, contender))
        for contender in contenders
    ]


def _run(contender: str, folder: Path) -> dict:
    command = [sys.executable, "-m", f"benchmarks.contenders.{contender}", str(folder)]
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=compiled)  # noqa: S603 our own module
    if done.returncode:
        raise SystemExit(f"{contender} failed on {folder}:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _medians(contender: str, families: int, runs: list[dict], right: dict[str, float]) -> Measured:
    return Measured(
        contender,
        families,
        runs[0]["rows"],
        _of_each_step(runs, "seconds"),
        _of_each_step(runs, "cpu_seconds"),
        median(run["peak_mib"] for run in runs),
        right,
    )


def _of_each_step(runs: list[dict], measure: str) -> dict[str, float]:
    return {step: median(run[measure][step] for run in runs) for step in runs[0][measure]}


def _right(folder: Path, contender: str) -> dict[str, float]:
    results = folder / f"{contender}.parquet"
    if not results.exists():
        return {}
    found = pl.read_parquet(results)
    pairs = pl.read_parquet(folder / "truth.parquet").join(found, on="family_id", how="semi")
    pairs = pairs.join(found, on="family_id", how="left", suffix="_found")
    return {
        figure: pairs.select((pl.col(figure) == pl.col(f"{figure}_found")).fill_null(value=False).mean()).item()
        for figure in FIGURES
        if figure in found.columns
    }
