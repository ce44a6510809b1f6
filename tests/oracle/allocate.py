"""What was paid for what: the five steps, for one family (rules §3)."""

from datetime import timedelta

from tests.oracle.dues import instalments_of


def movement_order(movement):
    return movement["posted_on"], movement["transaction_id"]


def allocate(movements, dues, policy):
    """Work a family's movements through its dues.

    Fills in `remaining_pence`, `unexplained_pence`, `counted_pence` and `unallocated_pence` of each movement and
    `allocated_pence`, `outstanding_pence` and `last_paid_on` of each due; returns the allocations.
    """
    movements.sort(key=movement_order)
    for movement in movements:
        takes_money = movement["kind"] in ("payment", "remedy")
        movement["remaining_pence"] = movement["amount_pence"] if takes_money else 0
        movement["unexplained_pence"] = movement["counted_pence"] = movement["unallocated_pence"] = 0
    for due in dues:
        due["outstanding_pence"] = due["due_pence"]
    payments = of_kind(movements, "payment")
    allocations = []

    cancel(movements)
    for payment in payments:
        payment["unallocated_pence"] = payment["remaining_pence"]
    named(payments, dues, allocations)
    regular(payments, dues, allocations, policy.matching.window_days)
    recover(movements, dues, policy.matching.prepayment_days)
    fifo(payments, dues, allocations)

    for due in dues:
        paid_on = [row["posted_on"] for row in allocations if settles(row, due)]
        due["allocated_pence"] = due["due_pence"] - due["outstanding_pence"]
        due["last_paid_on"] = max(paid_on, default=None)
    return allocations


def of_kind(movements, *kinds):
    return [movement for movement in movements if movement["kind"] in kinds]


def settles(allocation, due):
    return (allocation["entitlement_id"], allocation["period_start"]) == (due["entitlement_id"], due["period_start"])


def cancel(movements):
    """Step 1: what the bank sent back or the ledger undid comes off what had been paid."""
    for undoing in of_kind(movements, "return", "reversal"):
        left = -undoing["amount_pence"]
        for target in of_kind(movements, "payment", "remedy"):
            if target["transaction_id"] == undoing["reverses"]:
                left = take_off(target, left)
        earlier = [row for row in of_kind(movements, "payment") if row["posted_on"] <= undoing["posted_on"]]
        newest_first = earlier[::-1]
        equal = [row for row in newest_first if row["remaining_pence"] == left]
        for payment in equal[:1] + newest_first:
            left = take_off(payment, left)
        undoing["unexplained_pence"] = left


def take_off(movement, wanted):
    """Lower what remains of `movement` by up to `wanted`; returns what is still wanted."""
    taken = min(wanted, movement["remaining_pence"])
    movement["remaining_pence"] -= taken
    return wanted - taken


def settle(payment, due, step, allocations):
    """Set as much of the payment against the due as both have left."""
    amount = min(payment["unallocated_pence"], due["outstanding_pence"])
    if amount == 0:
        return
    payment["unallocated_pence"] -= amount
    due["outstanding_pence"] -= amount
    allocations.append(
        {
            "family_id": due["family_id"],
            "transaction_id": payment["transaction_id"],
            "entitlement_id": due["entitlement_id"],
            "period_start": due["period_start"],
            "step": step,
            "posted_on": payment["posted_on"],
            "amount_pence": amount,
            "due_on": due["due_on"],
        }
    )


def named(payments, dues, allocations):
    """Step 2: where the ledger says which instalment a payment was for."""
    for payment in payments:
        for due in dues:
            if payment["period_start"] is not None and due["period_start"] == payment["period_start"]:
                settle(payment, due, "named", allocations)


def regular(payments, dues, allocations, window_days):
    """Step 3: an untouched payment and an untouched instalment of the same amount, nearest in days first."""
    instalments = instalments_of(dues)
    pairs = []
    for payment in payments:
        for due_on, instalment in instalments.items():
            apart = abs((payment["posted_on"] - due_on).days)
            is_same = payment["remaining_pence"] == sum(due["due_pence"] for due in instalment)
            if is_same and apart <= window_days:
                pairs.append(((apart, due_on, *movement_order(payment)), payment, instalment))
    for _, payment, instalment in sorted(pairs, key=lambda pair: pair[0]):
        if is_untouched(payment) and are_untouched(instalment):
            for due in instalment:
                settle(payment, due, "regular", allocations)


def is_untouched(payment):
    return 0 < payment["unallocated_pence"] == payment["remaining_pence"]


def are_untouched(instalment):
    return all(due["outstanding_pence"] == due["due_pence"] for due in instalment)


def recover(movements, dues, prepayment_days):
    """Step 4: money taken back counts against overpayment only as far as there was one then."""
    counted_before = 0
    for recovery in of_kind(movements, "recovery"):
        then = recovery["posted_on"]
        payments = [row for row in of_kind(movements, "payment") if row["posted_on"] <= then]
        paid = sum(row["remaining_pence"] for row in payments)
        owed = sum(due["due_pence"] for due in dues if due["due_on"] <= then + timedelta(days=prepayment_days))
        unallocated = sum(row["unallocated_pence"] for row in payments)
        counted = max(0, min(paid - owed - counted_before, -recovery["amount_pence"], unallocated))
        recovery["counted_pence"] = counted
        counted_before += counted
        for payment in payments[::-1]:
            taken = min(counted, payment["unallocated_pence"])
            payment["unallocated_pence"] -= taken
            counted -= taken


def fifo(payments, dues, allocations):
    """Step 5: what is left pays what is owed, oldest first."""
    for payment in payments:
        for due in dues:
            settle(payment, due, "fifo", allocations)
