"""Canonical CSV files into plain typed rows (records: Conventions), the bad rows apart."""

import csv
import re
from datetime import date

from reconciliation.vocabulary import Role, TransactionKind
from tests.oracle.duties import PLAN_DUTIES
from tests.oracle.visible import KEYS

PERSON = ("recipient", "carer")
STATUS = ("active", "cancelled")
FLAG = {"true": True, "false": False}
PROMISE_KINDS = [
    "arrears",
    "tax_compensation",
    "distress",
    "time_and_trouble",
    "reimbursement",
    "apology",
    "assessment",
    "plan",
    "meeting",
    "recruitment",
    "service_improvement",
    "other",
]

COLUMNS = {
    "families": {
        "family_id": "text!",
        "recipient_name": "text!",
        "carer_name": "text",
        "service": ("adult", "child", "carer"),
        "team": "text",
        "payee_reference": "text",
        "opened_on": "date!",
        "closed_on": "date",
    },
    "entitlements": {
        "entitlement_id": "text!",
        "family_id": "text!",
        "kind": ("weekly", "one_off"),
        "amount": "money!",
        "weekly_contribution": "money",
        "contribution_method": ("net", "gross", ""),
        "schedule": "text",
        "effective_from": "date!",
        "effective_to": "date",
        "interim": "flag",
        "status": STATUS,
        "reason": "text",
    },
    "suspensions": {
        "suspension_id": "text!",
        "family_id": "text!",
        "entitlement_id": "text",
        "starts_on": "date!",
        "ends_on": "date",
        "pay_percent": "percent!",
        "status": STATUS,
        "reason": "text",
    },
    "transactions": {
        "transaction_id": "text!",
        "family_id": "text",
        "payee_reference": "text",
        "posted_on": "date!",
        "amount": "signed!",
        "kind": tuple(TransactionKind),
        "reverses": "text",
        "period_start": "date",
        "promise_id": "text",
        "narrative": "text",
    },
    "plans": {
        "plan_id": "text!",
        "family_id": "text!",
        "person": PERSON,
        "status": ("draft", "agreed", "ended"),
        "agreed_on": "date",
        "last_reviewed_on": "date",
        "weekly_amount": "money",
        "payment_frequency": "text",
        **dict.fromkeys(PLAN_DUTIES, "flag"),
    },
    "assessments": {
        "assessment_id": "text!",
        "family_id": "text!",
        "person": PERSON,
        "requested_on": "date!",
        "completed_on": "date",
    },
    "reviews": {"review_id": "text!", "family_id": "text!", "completed_on": "date!"},
    "vacancies": {
        "vacancy_id": "text!",
        "family_id": "text!",
        "hours_per_week": "hours!",
        "opened_on": "date!",
        "filled_on": "date",
        "channels": "text",
        "last_action_on": "date",
    },
    "cases": {
        "case_id": "text!",
        "family_id": "text!",
        "stage": ("statutory", "stage1", "stage2", "ombudsman"),
        "received_on": "date!",
        "acknowledged_on": "date",
        "decided_on": "date",
        "upheld": "flag",
        "public_report": "flag",
        "referred_to_scrutiny_on": "date",
    },
    "promises": {
        "promise_id": "text!",
        "family_id": "text!",
        "case_id": "text",
        "kind": tuple(PROMISE_KINDS),
        "amount": "money",
        "agreed_on": "date!",
        "due_on": "date",
        "owner": "text",
        "completed_on": "date",
        "evidence": "text",
    },
    "acknowledgements": {
        "acknowledgement_id": "text!",
        "family_id": "text!",
        "role": tuple(Role),
        "notified_on": "date!",
        "acknowledged_on": "date",
    },
}
"""Each record's columns: a kind of cell, `!` where a blank is a fault, or the words that it may hold."""

DEFAULTS = {"weekly_contribution": 0, "contribution_method": "net", "interim": False}
UNITS = {"money": "_pence", "signed": "_pence", "hours": "_thousandths"}
SPANS = {
    "families": ("opened_on", "closed_on"),
    "entitlements": ("effective_from", "effective_to"),
    "suspensions": ("starts_on", "ends_on"),
    "assessments": ("requested_on", "completed_on"),
    "vacancies": ("opened_on", "filled_on"),
    "cases": ("received_on", "decided_on"),
}


def typed_name(record, column):
    """The column's name with its unit, as the pipeline's typed frames have it."""
    kind = COLUMNS[record].get(column, "date")
    return column + UNITS.get(kind.rstrip("!"), "") if isinstance(kind, str) else column


def read_landing(folder, policy, as_of):
    """(records, quarantined): the typed rows of each record of one delivery, and the rows that are none.

    A blank `recorded_on` becomes `as_of`: the day of the run that loads the row first.
    """
    records, quarantined = {}, []
    for record in KEYS:
        records[record] = []
        for path in sorted({*folder.glob(f"{record}.csv"), *folder.glob(f"{record}_*.csv")}):
            for cells in read_cells(path):
                row = typed(record, cells, policy)
                if row is None:
                    quarantined.append(bad(record, cells))
                else:
                    records[record].append(row | {"recorded_on": row["recorded_on"] or as_of})
        records[record], conflicting = settle_versions(record, records[record])
        quarantined += conflicting
    return records, quarantined


def read_cells(path):
    """Each row's cells by column; None stands for all of them where the row is longer or shorter than the header."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines, restkey="surplus", restval=None)


def bad(record, cells):
    try:
        recorded_on = cell(cells.get("recorded_on") or "", "date")
    except ValueError:
        recorded_on = None
    return {"record": record, "family_id": cells.get("family_id") or None, "recorded_on": recorded_on}


def typed(record, cells, policy):
    """The row with typed values under typed names, or None for a row that breaks a rule."""
    if "surplus" in cells or None in cells.values():
        return None
    try:
        row = {
            typed_name(record, column): cell((cells.get(column) or "").strip(), kind, DEFAULTS.get(column))
            for column, kind in {**COLUMNS[record], "recorded_on": "date"}.items()
        }
    except ValueError:
        return None
    return row if keeps_its_rules(record, row, policy) else None


def cell(text, kind, default=None):
    """A cell's value; raises ValueError where it cannot be read."""
    if isinstance(kind, tuple):
        if text not in kind:
            raise ValueError(text)
        return text or default
    if text == "":
        if kind.endswith("!"):
            raise ValueError("blank")
        return default
    return READERS[kind.rstrip("!")](text)


def read_date(text):
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def read_flag(text):
    if text not in FLAG:
        raise ValueError(text)
    return FLAG[text]


def scaled(text, places, sign=""):
    """A plain decimal as a whole number of its smallest unit, `places` decimals down."""
    found = re.fullmatch(rf"({sign})(\d+)(?:\.(\d{{1,{places}}}))?", text)
    if found is None:
        raise ValueError(text)
    size = int(found[2]) * 10**places + int((found[3] or "0").ljust(places, "0"))
    return -size if found[1] == "-" else size


def read_percent(text):
    percent = scaled(text, 2)
    if percent % 100 or percent > 10_000:
        raise ValueError(text)
    return percent // 100


READERS = {
    "text": str,
    "date": read_date,
    "flag": read_flag,
    "money": lambda text: scaled(text, 2),
    "signed": lambda text: scaled(text, 2, "[+-]?"),
    "hours": lambda text: scaled(text, 3),
    "percent": read_percent,
}


def keeps_its_rules(record, row, policy):
    """What more than one cell says: ends after starts, signs that fit kinds, schedules that exist."""
    if record in SPANS:
        start, end = (row[column] for column in SPANS[record])
        if end is not None and end < start:
            return False
    if record == "entitlements":
        return row["kind"] == "one_off" or row["schedule"] in policy.schedules
    if record == "plans":
        return row["status"] != "agreed" or row["agreed_on"] is not None
    if record == "transactions":
        return row["amount_pence"] != 0 and (row["amount_pence"] > 0) == (row["kind"] in ("payment", "remedy"))
    return True


def settle_versions(record, rows):
    """(rows, conflicting): a repeated row once; of rows that contradict each other none, nor a later ledger row."""
    by_version = {}
    for row in rows:
        versions = by_version.setdefault((row[KEYS[record]], row["recorded_on"]), [])
        if row not in versions:
            versions.append(row)
    kept, conflicting = [], []
    for versions in by_version.values():
        (kept if len(versions) == 1 else conflicting).extend(versions)
    if record == "transactions":
        kept, edited = without_edits(kept)
        conflicting += edited
    return kept, [
        {"record": record, **{name: row[name] for name in ("family_id", "recorded_on")}} for row in conflicting
    ]


def without_edits(rows):
    """(rows, edited): a transaction stays as first recorded; other content recorded later is a conflict."""
    kept, edited = {}, []
    for row in sorted(rows, key=lambda row: row["recorded_on"]):
        first = kept.setdefault(row["transaction_id"], row)
        if row | {"recorded_on": None} != first | {"recorded_on": None}:
            edited.append(row)
    return list(kept.values()), edited
