"""The same records as CSV, Parquet or a workbook, in one file or several, are the same rows."""

from pathlib import Path

import polars as pl
import pytest

from reconciliation.ingest import PROVENANCE, read_landing
from reconciliation.policy import default_policy
from tests.ingest.made import on

LANDING = Path(__file__).parents[1] / "examples" / "landing"
AS_OF = on("2026-06-10")


def typed(folder: Path) -> dict[str, pl.DataFrame]:
    delivery = read_landing(folder, default_policy(), AS_OF)
    assert delivery.quarantine.is_empty()
    return {name: rows.drop(*PROVENANCE) for name, rows in delivery.rows.items()}


def written(folder: Path, write) -> Path:
    folder.mkdir()
    for file in LANDING.glob("*.csv"):
        write(pl.read_csv(file, infer_schema=False), folder / file.stem)
    return folder


WRITERS = {
    "parquet": lambda frame, path: frame.write_parquet(path.with_suffix(".parquet")),
    "xlsx": lambda frame, path: frame.write_excel(path.with_suffix(".xlsx")),
    "quoted": lambda frame, path: frame.write_csv(path.with_suffix(".csv"), quote_style="always"),
    "windows": lambda frame, path: frame.write_csv(path.with_suffix(".csv"), line_terminator="\r\n", include_bom=True),
    "typed parquet": lambda frame, path: typed_parquet(frame, path),
    "two files": lambda frame, path: in_two(frame, path),
}


def typed_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Dates as dates and pounds as decimals, as a warehouse exports them."""
    dates = [name for name in frame.columns if name.endswith(("_on", "_from", "_to", "_start"))]
    pounds = [name for name in ("amount", "weekly_contribution", "weekly_amount") if name in frame.columns]
    cast = [pl.col(dates).str.to_date("%Y-%m-%d"), pl.col(pounds).cast(pl.Decimal(18, 4))]
    frame.with_columns(cast).write_parquet(path.with_suffix(".parquet"))


def in_two(frame: pl.DataFrame, path: Path) -> None:
    half = frame.height // 2
    frame[:half].write_csv(path.with_name(f"{path.name}_1.csv"))
    frame[half:].write_csv(path.with_name(f"{path.name}_2.csv"))


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_brings_the_same_rows(name, tmp_path):
    expected, found = typed(LANDING), typed(written(tmp_path / "landing", WRITERS[name]))
    assert found.keys() == expected.keys()
    for record, rows in expected.items():
        assert found[record].equals(rows), record
