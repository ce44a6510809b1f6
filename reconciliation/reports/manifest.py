"""manifest.json: what was read, what came of it, and the proof that nothing was lost; no person's data (outputs.md)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

import reconciliation
from reconciliation.policy import version_of
from reconciliation.reports.edition import Edition
from reconciliation.reports.proof import Equation, proof
from reconciliation.vocabulary import Standing

if TYPE_CHECKING:  # taking files in loads for a third of a second that a family's rerun has not
    from reconciliation.ingest.delivery import FileReport

SUMS_OF_A_FILE = {
    "control_total_pence": "control_total",
    "pence": "amount",
    "accepted_pence": "accepted_amount",
    "unchanged_pence": "unchanged_amount",
    "quarantined_pence": "quarantined_amount",
}


@dataclass(frozen=True)
class Account:
    """What only the run knows: its files, its nights, its time.

    `files` holds one report per input file, `ignored` the files that no source claims; `nights_covered` are the
    nights since the last good run; `seconds` are per step; `accepted_pence` is the sum of every transaction the store
    ever accepted, if known; `taken_over` is how many families kept what an earlier night settled for them;
    `worked_out_alone` is how many families were worked out a second time, alone, and found
    the same; `audit_head` the audit trail's number of entries and last hash when the night was worked
    out: kept outside the database, it proves the trail against someone who could rewrite all of it.
    """

    files: "Sequence[FileReport]" = ()
    ignored: Sequence[str] = ()
    notes: Sequence[str] = ()
    nights_covered: Sequence[date] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    accepted_pence: int | None = None
    taken_over: int = 0
    worked_out_alone: int = 0
    audit_head: tuple[int, str] | None = None


def manifest_file(edition: Edition, account: Account) -> bytes:
    """manifest.json as UTF-8."""
    return (json.dumps(manifest(edition, account), indent=2, ensure_ascii=False) + "\n").encode()


def published_heads(out: Path) -> list[tuple[int, str]]:
    """The audit trail's head (entries, hash) as every manifest published in `out` kept it."""
    kept = [json.loads(path.read_text(encoding="utf-8")).get("audit") for path in sorted(out.glob("*/manifest.json"))]
    return [(head["entries"], head["hash"]) for head in kept if head]


def manifest(edition: Edition, account: Account) -> dict:
    """The manifest as plain values; money is plain decimal pounds as text, and only ever sums over all families."""
    position = edition.results.position
    return {
        "run_id": edition.run_id,
        "as_of": position.as_of.isoformat(),
        "known_on": position.known_on.isoformat(),
        "policy_version": version_of(edition.results.policy),
        "code_version": reconciliation.__version__,
        "files": [_file(report) for report in account.files],
        "ignored_files": list(account.ignored),
        "notes": list(account.notes),
        "not_checked": list(edition.not_checked),
        "proof": [_equation(equation) for equation in proof(edition.results, account.accepted_pence)],
        "families_by_standing": _by_standing(edition.results.balances),
        "exceptions_by_code": _counts(edition.exceptions, "code"),
        "exceptions_by_status": _counts(edition.exceptions, "status"),
        "quarantined_rows": edition.quarantine.height,
        "nights_covered": [night.isoformat() for night in account.nights_covered],
        "families_settled_anew": edition.results.balances.height - account.taken_over,
        "families_taken_over": account.taken_over,
        "families_worked_out_both_ways": account.worked_out_alone,
        "audit": dict(zip(("entries", "hash"), account.audit_head, strict=True)) if account.audit_head else None,
        "seconds": {step: round(seconds, 3) for step, seconds in account.seconds.items()},
    }


def pounds(pence: int) -> str:
    """Plain decimal pounds of one figure in pence: `1234.50`, `-20.00`."""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def _file(report: "FileReport") -> dict:
    """A report under published names, its pence as pounds."""
    facts = asdict(report)
    for name, published in SUMS_OF_A_FILE.items():
        pence = facts.pop(name)
        facts[published] = None if pence is None else pounds(pence)
    return facts


def _equation(equation: Equation) -> dict:
    said, pence = equation.left
    return {
        "says": equation.says,
        "sum_of": said,
        "amount": pounds(pence),
        "made_of": [{"part": part, "amount": pounds(pence)} for part, pence in equation.parts],
        "difference": pounds(equation.difference_pence),
        "holds": equation.holds,
    }


def _by_standing(balances: pl.DataFrame) -> dict[str, int]:
    counted = _counts(balances, "standing")
    return {standing.value: counted.get(standing, 0) for standing in Standing}


def _counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    return dict(frame.group_by(column).len().sort(column).iter_rows())
