"""What a person is told about a delivery: the causes of its refusal, or each file's count and each bad row's reason."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

from reconciliation.errors import Refusal
from reconciliation.ingest import read_landing, settled
from reconciliation.policy import Policy, default_policy
from reconciliation.records import RECORDS
from reconciliation.versions import merge

AS_OF = date(2026, 6, 10)
HEADERS = {
    "families.csv": "family_id,recipient_name,service,opened_on\n",
    "entitlements.csv": "entitlement_id,family_id,kind,amount,schedule,effective_from,status\n",
    "transactions.csv": "transaction_id,family_id,posted_on,amount,kind\n",
}
"""The records without which nothing is read, empty: each case lays its own files over them."""


def lenient() -> Policy:
    """The shipped policy, except that any share of bad rows is let through, so that each row's reason shows."""
    policy = default_policy()
    ingest = policy.ingest.model_copy(update={"max_quarantined_percent": Decimal(100)})
    return policy.model_copy(update={"ingest": ingest})


def landing(folder: Path, case: Path | None = None) -> Path:
    """A landing folder with the required records and the files of `case` over them, but for those in absent.txt."""
    folder.mkdir()
    for name, header in HEADERS.items():
        (folder / name).write_text(header)
    if case is not None:
        for file in case.iterdir():
            shutil.copy(file, folder / file.name)
        (folder / "expected.txt").unlink(missing_ok=True)
        absent = folder / "absent.txt"
        for name in absent.read_text().split() if absent.exists() else ():
            (folder / name).unlink()
        absent.unlink(missing_ok=True)
    return folder


def told(folder: Path, policy: Policy | None = None) -> list[str]:
    """The lines that a person reads about this landing folder."""
    try:
        delivery = read_landing(folder, policy or lenient(), AS_OF)
    except Refusal as refusal:
        return ["refused", *refusal.causes]
    merged = {name: merge(RECORDS[name], rows, RECORDS[name].empty(), AS_OF) for name, rows in delivery.rows.items()}
    done = settled(delivery, merged)
    counts = [
        f"{file.name}: {file.rows} rows = {file.accepted} accepted + {file.unchanged} unchanged + "
        f"{file.quarantined} quarantined + {file.furniture} furniture"
        for file in done.files
        if file.rows
    ]
    reasons = done.quarantine.sort("source_file", "row").select("source_file", "row", "reason").iter_rows()
    ignored = [f"{name}: ignored" for name in done.ignored]
    return [*counts, *(f"{name} row {row}: {reason}" for name, row, reason in reasons), *ignored]
