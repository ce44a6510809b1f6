"""What was promised and where it stands (rules §5)."""

from tests.oracle.visible import by_then


def promises_at(records, movements, position):
    """One row per visible promise, by promise_id."""
    return [standing_of(promise, movements, position.as_of) for promise in records["promises"].values()]


def standing_of(promise, movements, as_of):
    discharged = outstanding = None
    if promise["amount_pence"] is None:
        is_discharged = by_then(promise["completed_on"], as_of)
    else:
        discharged = sum(row["remaining_pence"] for row in movements if is_for(row, promise))
        outstanding = max(0, promise["amount_pence"] - discharged)
        is_discharged = outstanding == 0
    state = state_of(is_discharged, promise["due_on"], as_of)
    return {
        "promise_id": promise["promise_id"],
        "family_id": promise["family_id"],
        "kind": promise["kind"],
        "amount_pence": promise["amount_pence"],
        "discharged_pence": discharged,
        "outstanding_pence": outstanding,
        "agreed_on": promise["agreed_on"],
        "due_on": promise["due_on"],
        "days_overdue": (as_of - promise["due_on"]).days if state == "overdue" else None,
        "state": state,
    }


def is_for(movement, promise):
    """An identified payment or remedy that carries the promise's id."""
    return (
        movement["family_id"] is not None
        and movement["kind"] in ("payment", "remedy")
        and movement["promise_id"] == promise["promise_id"]
    )


def state_of(is_discharged, due_on, as_of):
    if is_discharged:
        return "discharged"
    if due_on is None:
        return "undated"
    return "overdue" if due_on < as_of else "open"
