"""One small position in which everything holds: a family paid short, one overpaid, and a payment that is nobody's."""

from dataclasses import dataclass
from datetime import date

import polars as pl
import pytest

from reconciliation import shapes
from reconciliation.policy import default_policy
from reconciliation.position import Position
from reconciliation.records import FAMILIES, TRANSACTIONS
from reconciliation.results import Money, Results

AS_OF = date(2026, 6, 10)


def rows(shape: dict, *given: dict) -> pl.DataFrame:
    """A frame of that shape; what a row does not say is 0 for money, false for a flag and null otherwise."""

    def unsaid(name: str):
        return 0 if name.endswith("_pence") else False if name.startswith("is_") else None

    return pl.DataFrame([{name: row.get(name, unsaid(name)) for name in shape} for row in given], schema=shape)


@dataclass(frozen=True)
class Published:
    """What `certify_results` looks at."""

    results: Results
    exceptions: pl.DataFrame


@pytest.fixture
def published() -> Published:
    return Published(_results(), pl.DataFrame(EXCEPTION_ROWS))


TRANSACTION_ROWS = (
    {"transaction_id": "T1", "family_id": "F1", "posted_on": date(2026, 4, 3), "amount_pence": 9000, "kind": "payment"},
    {"transaction_id": "T2", "family_id": "F2", "posted_on": date(2026, 4, 3), "amount_pence": 500, "kind": "payment"},
    {
        "transaction_id": "T3",
        "family_id": "F2",
        "posted_on": date(2026, 5, 1),
        "amount_pence": -200,
        "kind": "recovery",
    },
    {"transaction_id": "T4", "posted_on": date(2026, 5, 2), "amount_pence": 700, "kind": "payment"},
)

EXCEPTION_ROWS = [
    {
        "exception_id": f"X{number}",
        "code": code,
        "family_id": family,
        "subject": subject,
        "severity": "high",
        "owner": "payments",
        "summary": "What is wrong.",
        "action": "What to do.",
    }
    for number, (code, family, subject) in enumerate(
        [("ARREARS", "F1", "F1"), ("OVERPAYMENT", "F2", "F2"), ("SUSPENSE", None, "T4")]
    )
]


def _results() -> Results:
    visible = rows(FAMILIES.schema(), {"family_id": "F1"}, {"family_id": "F2"})
    due = {"family_id": "F1", "entitlement_id": "E1", "percent_days": 2800, "contribution_pence": 0}
    ledger = rows(
        shapes.LEDGER,
        due
        | {"period_start": date(2026, 4, 6), "period_end": date(2026, 5, 3), "due_on": date(2026, 4, 2)}
        | {"gross_pence": 10000, "due_pence": 10000, "allocated_pence": 8000, "outstanding_pence": 2000},
        due
        | {"period_start": date(2026, 6, 15), "period_end": date(2026, 7, 12), "due_on": date(2026, 6, 12)}
        | {"gross_pence": 1000, "due_pence": 1000, "allocated_pence": 1000, "is_upcoming": True},
    )
    payment = {"identified_by": "family_id", "kind": "payment", "posted_on": date(2026, 4, 3)}
    movements = rows(
        shapes.MOVEMENTS,
        payment | {"transaction_id": "T1", "family_id": "F1", "amount_pence": 9000, "remaining_pence": 9000},
        payment
        | {"transaction_id": "T2", "family_id": "F2", "amount_pence": 500}
        | {"remaining_pence": 500, "unallocated_pence": 350},
        {"transaction_id": "T3", "family_id": "F2", "kind": "recovery", "posted_on": date(2026, 5, 1)}
        | {"amount_pence": -200, "counted_pence": 150},
        {"transaction_id": "T4", "kind": "payment", "posted_on": date(2026, 5, 2), "amount_pence": 700},
    )
    allocation = {"family_id": "F1", "transaction_id": "T1", "entitlement_id": "E1", "posted_on": date(2026, 4, 3)}
    allocations = rows(
        shapes.ALLOCATIONS,
        allocation | {"period_start": date(2026, 4, 6), "step": "fifo", "amount_pence": 8000},
        allocation | {"period_start": date(2026, 6, 15), "step": "named", "amount_pence": 1000},
    )
    owed = {"due_pence": 10000, "paid_pence": 9000, "arrears_pence": 2000, "prepaid_pence": 1000}
    balances = rows(
        shapes.BALANCES,
        {"family_id": "F1", "standing": "owed", "oldest_unpaid_on": date(2026, 4, 2), "days_overdue": 69}
        | owed
        | {"arrears_57_84_pence": 2000},
        {"family_id": "F2", "standing": "overpaid", "paid_pence": 500, "overpaid_pence": 350}
        | {"recovered_pence": 200, "surplus_recovered_pence": 50},
    )
    interest = rows(
        shapes.INTEREST,
        {"family_id": "F1", "basis": "county_court", "amount_pence": 30},
        {"family_id": "F1", "basis": "bank_rate", "amount_pence": None, "reason": "The table ends before the day."},
    )
    failed = {"plan": False, "carer": False, "recruitment": False, "promise": False, "similar": False}
    return Results(
        position=Position.at(AS_OF),
        policy=default_policy(),
        records={"families": visible, "transactions": rows(TRANSACTIONS.schema(), *TRANSACTION_ROWS)},
        money=Money(
            families=visible,
            ledger=ledger,
            instalments=shapes.empty(shapes.INSTALMENTS),
            movements=movements,
            allocations=allocations,
            balances=balances.drop("standing"),
            interest=interest,
            loose_payments=movements.clear(),
            open_instalments=shapes.empty(shapes.INSTALMENTS),
        ),
        balances=balances,
        suspense=rows(
            shapes.SUSPENSE,
            {"transaction_id": "T4", "posted_on": date(2026, 5, 2), "amount_pence": 700, "kind": "payment"}
            | {"candidate_1": "F1", "candidate_1_score": 80},
        ),
        promises=rows(
            shapes.PROMISES,
            {"promise_id": "P1", "family_id": "F1", "kind": "arrears", "amount_pence": 2000, "outstanding_pence": 2000}
            | {"due_on": date(2026, 6, 9), "days_overdue": 1, "state": "overdue"},
        ),
        raised=rows(
            shapes.RAISED,
            *({name: row[name] for name in ("code", "family_id", "subject", "severity")} for row in EXCEPTION_ROWS),
        ),
        compensation=rows(
            shapes.COMPENSATION,
            {"family_id": "F1", "head": "distress", "low_pence": 0, "high_pence": 15000, "needs_approval": True},
        ),
        briefing=rows(
            shapes.BRIEFING, {"family_id": "F1", "trigger": "arrears", "since": date(2026, 4, 2), "role": "director"}
        ),
        lookback=rows(
            shapes.LOOKBACK,
            {"family_id": "F1", "owed": True, "failings": 1} | failed,
            {"family_id": "F2", "owed": False, "failings": 0} | failed,
        ),
        scrutiny=rows(
            shapes.SCRUTINY,
            {"team": "North", "measure": "owed", "count": "<5"},
            {"team": "All", "measure": "families", "count": "12"},
            {"team": "All", "measure": "plan", "count": "0"},
            {"team": "South", "measure": "owed", "count": "*"},
        ),
    )
