"""Small deliveries made up for one test each."""

from datetime import date
from pathlib import Path

import polars as pl

from reconciliation.ingest import PROVENANCE, Delivery, read_landing
from reconciliation.records import Record
from tests.bad_inputs.told import AS_OF, landing, lenient

HEADER = "transaction_id,posted_on,amount,kind,narrative\n"


def delivered(folder: Path, **files: str | bytes) -> Delivery:
    """What a landing folder with these files brings; `ap_csv` is `ap.csv`, the required records are there, empty."""
    return read_landing(landed(folder, **files), lenient(), AS_OF)


def landed(folder: Path, **files: str | bytes) -> Path:
    """A landing folder with these files over the required ones."""
    place = landing(folder / "landing")
    for name, content in files.items():
        path = place / ".".join(name.rsplit("_", 1))
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return place


def source(**settings: str) -> str:
    """A `sources.toml` of one source for `ap.csv` whose columns are called No, Day and Sum, with more settings."""
    own = {"name": '"ap"', "record": '"transactions"', "files": '"ap.csv"'} | settings
    columns = {"transaction_id": "No", "posted_on": "Day", "amount": "Sum"}
    lines = ["[[source]]", *(f"{name} = {value}" for name, value in own.items()), "[source.columns]"]
    return "\n".join([*lines, *(f'{name} = "{export}"' for name, export in columns.items()), ""])


BY_SIGN = '[source.kind_by_sign]\npositive = "payment"\nnegative = "return"\n'


def rows(record: Record, *given: dict) -> pl.DataFrame:
    """Typed rows of a record as a delivery has them: row 1, 2, … of one file, unless the row says otherwise."""
    provenance = ({"source": "canonical", "source_file": "a.csv", "source_row": n} for n in range(1, len(given) + 1))
    numbered = [own | row for own, row in zip(provenance, given, strict=True)]
    return pl.DataFrame(numbered, schema=record.schema() | PROVENANCE)


def on(text: str) -> date:
    return date.fromisoformat(text)
