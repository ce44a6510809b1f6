"""A whole first night by plain calls: read, check, store, reckon, certify, publish, into a new folder each time."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks.council import AS_OF
from benchmarks.stopwatch import Stopwatch, finish, folder
from reconciliation.money import pence_from_pounds
from reconciliation.night import run_night
from reconciliation.position import Position
from reconciliation.requests import NightRequest
from reconciliation.store import default_url


def main() -> None:
    stopwatch = Stopwatch()

    def stage(name, function, *given):
        with stopwatch.timing(name):
            return function(*given)

    with TemporaryDirectory() as out:
        request = NightRequest(
            data=folder() / "landing",
            out=Path(out),
            position=Position.at(AS_OF),
            started_at=datetime.now(UTC),
            database=default_url(Path(out)),
        )
        with stopwatch.timing("total"):
            outcome = run_night(request, stage)
        found = _published(outcome.folder)
    finish(stopwatch, _transactions(), found, "night")


def _published(position: Path) -> pl.DataFrame:
    pence = (pence_from_pounds(pl.col(name)).alias(f"{name}_pence") for name in ("arrears", "overpaid"))
    return pl.read_csv(position / "balances.csv", infer_schema=False).select("family_id", *pence)


def _transactions() -> int:
    return pl.scan_parquet(folder() / "typed" / "transactions.parquet").select(pl.len()).collect().item()


if __name__ == "__main__":
    main()
