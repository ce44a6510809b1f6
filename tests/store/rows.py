"""Short ways to say a delivery."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from reconciliation import shapes
from reconciliation.records import CORRECTION, RECORDS
from reconciliation.store import FILES_READ, Load, Neighbours
from reconciliation.store.tables import PROVENANCE

NIGHT = date(2026, 6, 10)
CLOCK = datetime(2026, 6, 10, 2, 30, tzinfo=UTC)
EXAMPLES = {pl.String: "x", pl.Date: NIGHT, pl.Int64: 100, pl.Boolean: True}


def day(offset: int) -> date:
    """A day so many days after NIGHT."""
    return NIGHT + timedelta(days=offset)


def typed(name: str, *rows: dict) -> pl.DataFrame:
    """Typed rows of that record with provenance; required columns that a row leaves out get an example value."""
    record = RECORDS[name]
    schema = record.schema() | PROVENANCE
    required = {column.typed_name for column in record.columns if column.required} | {"recorded_on"}
    base = {column: EXAMPLES[schema[column]] for column in required}
    base |= {CORRECTION: 0} if record.is_corrected else {}
    places = [
        {"source": "canonical", "source_file": f"{name}.csv", "source_row": number + 1} for number in range(len(rows))
    ]
    return pl.DataFrame([base | place | row for place, row in zip(places, rows, strict=True)], schema=schema)


def bad(record: str = "transactions", file: str = "t.csv", row: int = 1, raw: str = '{"a": "b"}', **more) -> dict:
    """One quarantined row."""
    return {"record": record, "source_file": file, "row": row, "raw": raw, "reason": "bad", "source": "s"} | more


def delivery(accepted: dict | None = None, as_of: date = NIGHT, quarantine=(), files=(), **more) -> Load:
    """A load of these accepted frames and quarantined rows, from files of these names."""
    read = [dict.fromkeys(FILES_READ) | {"name": name} | dict.fromkeys(COUNTS, 0) for name in files]
    return Load(
        as_of=as_of,
        loaded_at=CLOCK,
        accepted=accepted or {},
        quarantine=pl.DataFrame(list(quarantine), schema=shapes.QUARANTINE),
        files=pl.DataFrame(read, schema=FILES_READ),
        **more,
    )


COUNTS = ("rows", "accepted", "unchanged", "quarantined", "furniture")


def raised(**amounts: int | None) -> pl.DataFrame:
    """Exceptions by id, each with its amount, of family F1."""
    rows = [(name, "ARREARS", "F1", name, amount, NIGHT) for name, amount in amounts.items()]
    columns = ("exception_id", "code", "family_id", "subject", "amount_pence", "since")
    dtypes = (pl.String, pl.String, pl.String, pl.String, pl.Int64, pl.Date)
    return pl.DataFrame(rows, schema=dict(zip(columns, dtypes, strict=True)), orient="row")


def balances(**arrears: int) -> pl.DataFrame:
    """Families owed that much each."""
    sums = {name: 0 for name in shapes.BALANCES if name.endswith("_pence")}
    rows = [{"family_id": name, "standing": "owed"} | sums | {"arrears_pence": owed} for name, owed in arrears.items()]
    return pl.DataFrame(rows, schema=shapes.BALANCES)


def neighbours(*strays: str) -> Neighbours:
    """Facts about others, with these stray transactions."""
    return Neighbours(
        strays=pl.DataFrame({"transaction_id": list(strays), "family_id": [None] * len(strays)}),
        loose_payments=pl.DataFrame({"transaction_id": ["T9"], "posted_on": [NIGHT], "amount_pence": [100]}),
        open_instalments=pl.DataFrame({"family_id": ["F9"], "due_on": [NIGHT], "due_pence": [100]}),
    )
