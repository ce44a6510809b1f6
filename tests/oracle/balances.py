"""What follows for each family (rules §3, after step 5)."""

from datetime import timedelta

from tests.oracle.allocate import of_kind
from tests.oracle.days import working_days_after

AGES = {"0_28": (0, 28), "29_56": (29, 56), "57_84": (57, 84), "85_plus": (85, 10**6)}


def balance_of(family_id, movements, dues, allocations, policy, position):
    """The family's balances, without its standing."""
    as_of = position.as_of
    payments = of_kind(movements, "payment")
    recoveries = of_kind(movements, "recovery")
    now = [due for due in dues if not due["is_upcoming"]]
    unpaid = [due for due in now if due["outstanding_pence"] > 0]
    recovered = -total(recoveries, "amount_pence")
    oldest = min((due["due_on"] for due in unpaid), default=None)
    return {
        "family_id": family_id,
        "due_pence": total(now, "due_pence"),
        "paid_pence": total(payments, "remaining_pence"),
        "arrears_pence": total(now, "outstanding_pence"),
        "prepaid_pence": total([due for due in dues if due["is_upcoming"]], "allocated_pence"),
        "overpaid_pence": total(payments, "unallocated_pence"),
        "recovered_pence": recovered,
        "surplus_recovered_pence": recovered - total(recoveries, "counted_pence"),
        "remedies_paid_pence": total(of_kind(movements, "remedy"), "remaining_pence"),
        "offset_pence": total([row for row in allocations if is_offset(row, policy)], "amount_pence"),
        "provisional_pence": total([row for row in payments if is_provisional(row, policy, as_of)], "remaining_pence"),
        "oldest_unpaid_on": oldest,
        "days_overdue": (as_of - oldest).days if oldest else None,
        **{
            f"arrears_{age}_pence": total(
                [due for due in unpaid if youngest <= (as_of - due["due_on"]).days <= eldest], "outstanding_pence"
            )
            for age, (youngest, eldest) in AGES.items()
        },
    }


def total(rows, column):
    return sum(row[column] for row in rows)


def is_offset(allocation, policy):
    """FIFO money posted more than `window_days` before the due that it settled."""
    newest = allocation["due_on"] - timedelta(days=policy.matching.window_days)
    return allocation["step"] == "fifo" and allocation["posted_on"] < newest


def is_provisional(payment, policy, as_of):
    """The bank may still return it."""
    return working_days_after(payment["posted_on"], as_of) < policy.clocks.return_days
