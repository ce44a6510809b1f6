"""What the council writes in the canonical form: the duties, and the few movements made outside both ledgers."""

from datetime import date
from pathlib import Path

from reconciliation.records import RECORDS
from sample_data.council import Movement, Suspension
from sample_data.exports.text import iso, pounds, write_table
from sample_data.fenmarsh import Council

DUTIES = ("plans", "assessments", "reviews", "vacancies", "cases", "promises", "acknowledgements")


def write(folder: Path, council: Council) -> None:
    """One file for each record of duties, suspensions, and the transactions of the corporate ledger."""
    for record in DUTIES:
        rows = [row for family in council.families for row in family.rows[record]]
        _write(folder, record, record, rows)
    suspensions = [_suspension(s) for family in council.families for s in family.suspensions]
    _write(folder, "suspensions", "suspensions", suspensions)
    _write(folder, "transactions_corporate", "transactions", [_movement(m) for m in council.movements("corporate")])


def _write(folder: Path, name: str, record: str, rows: list[dict]) -> None:
    columns = [column.name for column in RECORDS[record].columns]
    key = RECORDS[record].key
    ordered = sorted(rows, key=lambda row: (row[key], row["recorded_on"]))
    cells = ([_cell(column, row.get(column)) for column in columns] for row in ordered)
    write_table(folder / f"{name}.csv", columns, cells)


def _cell(column: str, value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case date():
            return iso(value)
        case int() if column in ("amount", "weekly_amount"):
            return pounds(value)
        case _:
            return str(value)


def _suspension(suspension: Suspension) -> dict:
    return {
        "suspension_id": suspension.suspension_id,
        "family_id": suspension.family_id,
        "starts_on": suspension.starts,
        "ends_on": suspension.ends,
        "pay_percent": suspension.percent,
        "status": suspension.status,
        "reason": suspension.reason,
        "recorded_on": suspension.recorded_on,
    }


def _movement(movement: Movement) -> dict:
    return {
        "transaction_id": movement.transaction_id,
        "family_id": movement.family_id,
        "payee_reference": movement.reference,
        "posted_on": movement.posted_on,
        "amount": movement.pence,
        "kind": movement.kind,
        "reverses": movement.reverses.transaction_id if movement.reverses else "",
        "period_start": movement.period_start,
        "promise_id": movement.promise_id,
        "narrative": movement.narrative,
        "recorded_on": movement.recorded_on or movement.posted_on,
    }
