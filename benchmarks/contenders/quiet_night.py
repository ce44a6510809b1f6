"""The night after a first one: one family in a hundred is new, with its five years, and so is 1 % of the transactions.

`quiet_night` is sent the news alone, as a nightly extract does; `quiet_night_whole` all of it again with the news, as
an export of the whole ledger does. The first night over the same council is the contender `night`.
"""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks.contenders.filled import filled
from benchmarks.council import AS_OF, news, write_landing
from benchmarks.stopwatch import Stopwatch, finish, folder
from reconciliation.night import run_night
from reconciliation.position import Position
from reconciliation.requests import NightRequest
from reconciliation.store import default_url

NEXT_NIGHT = AS_OF + timedelta(days=1)


def main(with_everything: bool = False) -> None:
    stopwatch = Stopwatch()

    def stage(name, function, *given):
        with stopwatch.timing(name):
            return function(*given)

    with TemporaryDirectory(dir=folder()) as place:
        out, landing = Path(place, "out"), Path(place, "landing")
        shutil.copytree(filled(), out)
        rows = _deliver(landing, with_everything)
        request = NightRequest(
            data=landing,
            out=out,
            position=Position.at(NEXT_NIGHT),
            started_at=datetime.now(UTC),
            database=default_url(out),
        )
        with stopwatch.timing("total"):
            run_night(request, stage)
    finish(stopwatch, rows)


def _deliver(landing: Path, with_everything: bool) -> int:
    """How many transactions the next night is sent."""
    families = pl.read_parquet(folder() / "typed" / "families.parquet").height
    brought = news(families, NEXT_NIGHT)
    write_landing(brought, landing, suffix="_news")
    if not with_everything:
        return brought["transactions"].height
    for file in (folder() / "landing").glob("*.csv"):
        shutil.copy(file, landing)
    typed = pl.scan_parquet(folder() / "typed" / "transactions.parquet").select(pl.len()).collect().item()
    return brought["transactions"].height + typed


if __name__ == "__main__":
    main()
