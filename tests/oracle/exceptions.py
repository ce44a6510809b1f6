"""What needs a person: the money half of rules §6, one rule after the other."""

from datetime import timedelta

from tests.oracle.allocate import movement_order, of_kind, settles
from tests.oracle.dues import instalments_of, is_entitled, is_net


def raised(code, family_id, subject, severity, amount, since, items, other_family_id=None):
    """One exception; `other_family_id` is the family that its evidence names beside its own."""
    return {
        "code": code,
        "family_id": family_id,
        "subject": subject,
        "severity": severity,
        "amount_pence": amount,
        "since": since,
        "items": items,
        "other_family_id": other_family_id,
    }


def active_lines(family, records, as_of):
    """The visible active weekly entitlements of a visible family that are entitled on `as_of`, whatever the percent."""
    return [
        row
        for row in records["entitlements"].values()
        if row["family_id"] == family["family_id"]
        and row["kind"] == "weekly"
        and row["status"] == "active"
        and is_entitled(as_of, row, family)
    ]


def money_exceptions(case):
    """Every money exception of one family; `case` is a `reference.Case`."""
    rules = (
        arrears,
        instalment_exceptions,
        overpayment,
        duplicates,
        returns,
        no_entitlement,
        paid_after_end,
        backdated_changes,
        line_exceptions,
        recoveries_in_arrears,
    )
    return [exception for rule in rules for exception in rule(case)]


def arrears(case):
    balance, escalation = case.balance, case.policy.escalation
    owed = balance["arrears_pence"]
    # A tolerance of nothing does not make a family without arrears one that is owed money.
    if owed == 0 or owed < case.policy.tolerances.arrears:
        return
    is_critical = owed >= escalation.arrears_amount or balance["days_overdue"] >= escalation.arrears_days
    unpaid = [due for due in case.dues if not due["is_upcoming"] and due["outstanding_pence"] > 0]
    severity = "critical" if is_critical else "high"
    yield raised("ARREARS", case.id, case.id, severity, owed, balance["oldest_unpaid_on"], len(unpaid))


def instalment_exceptions(case):
    """MISSED_PAYMENT, SHORT_PAYMENT and LATE_PAYMENT."""
    clocks = case.policy.clocks
    missed, short, late = [], [], []
    for due_on, dues in instalments_of(case.dues).items():
        due = sum(row["due_pence"] for row in dues)
        lacking = sum(row["outstanding_pence"] for row in dues)
        money = [row for row in case.allocations if any(settles(row, each) for each in dues)]
        is_past_clock = due_on + timedelta(days=clocks.missed_days) < case.as_of
        if lacking == due and is_past_clock:
            missed.append((due_on, due))
        elif 0 < lacking < due and is_past_clock:
            short.append((due_on, lacking))
        elif lacking == 0:
            last_on = max(row["posted_on"] for row in money)
            tardy = [row for row in money if (row["posted_on"] - due_on).days > clocks.late_days]
            if tardy and (case.as_of - last_on).days <= clocks.lookback_days:
                late.append((due_on, sum(row["amount_pence"] for row in tardy)))
    for code, severity, found in (
        ("MISSED_PAYMENT", "high", missed),
        ("SHORT_PAYMENT", "high", short),
        ("LATE_PAYMENT", "low", late),
    ):
        if found:
            amount = sum(pence for _, pence in found)
            yield raised(code, case.id, case.id, severity, amount, min(found)[0], len(found))


def overpayment(case):
    overpaid = case.balance["overpaid_pence"]
    if overpaid == 0 or overpaid < case.policy.tolerances.overpayment:
        return
    payments = [row for row in of_kind(case.movements, "payment") if row["unallocated_pence"] > 0]
    yield raised("OVERPAYMENT", case.id, case.id, "medium", overpaid, payments[0]["posted_on"], len(payments))


def duplicates(case):
    """DUPLICATE_PAYMENT."""
    standing = [row for row in of_kind(case.movements, "payment") if row["remaining_pence"] > 0]
    for payment in standing:
        twins = [
            row
            for row in standing
            if movement_order(row) < movement_order(payment)
            and row["amount_pence"] == payment["amount_pence"]
            and (payment["posted_on"] - row["posted_on"]).days <= case.policy.clocks.duplicate_days
        ]
        if twins and payment["unallocated_pence"] > 0:
            yield of_transaction("DUPLICATE_PAYMENT", payment, "medium", payment["unallocated_pence"])


def returns(case):
    """RETURNED_PAYMENT and UNMATCHED_RETURN."""
    for undoing in of_kind(case.movements, "return", "reversal"):
        sent_again = [
            row
            for row in of_kind(case.movements, "payment")
            if movement_order(row) > movement_order(undoing) and row["amount_pence"] >= -undoing["amount_pence"]
        ]
        if undoing["kind"] == "return" and not sent_again:
            yield of_transaction("RETURNED_PAYMENT", undoing, "critical", -undoing["amount_pence"])
        if undoing["unexplained_pence"] > 0:
            yield of_transaction("UNMATCHED_RETURN", undoing, "medium", undoing["unexplained_pence"])


def of_transaction(code, movement, severity, amount, other_family_id=None):
    subject, since = movement["transaction_id"], movement["posted_on"]
    return raised(code, movement["family_id"], subject, severity, amount, since, 1, other_family_id)


def no_entitlement(case):
    paid = [row for row in of_kind(case.movements, "payment") if row["remaining_pence"] > 0]
    if paid and not case.dues:
        amount = case.balance["paid_pence"]
        yield raised("NO_ENTITLEMENT", case.id, case.id, "medium", amount, paid[0]["posted_on"], len(paid))


def paid_after_end(case):
    closed_on = case.family["closed_on"]
    after = [
        row
        for row in of_kind(case.movements, "payment")
        if closed_on is not None and row["posted_on"] > closed_on and row["remaining_pence"] > 0
    ]
    if after:
        amount = sum(row["remaining_pence"] for row in after)
        yield raised("PAID_AFTER_END", case.id, case.id, "medium", amount, after[0]["posted_on"], len(after))


def backdated_changes(case):
    """BACKDATED_CHANGE: a change made known long after it took effect, and not long ago."""
    month = timedelta(days=28)
    for row in case.records["entitlements"].values():
        if row["family_id"] != case.id or row["status"] != "active":
            continue
        dues = [
            due
            for due in case.dues
            if due["entitlement_id"] == row["entitlement_id"] and due["due_on"] < row["recorded_on"]
        ]
        if dues and row["recorded_on"] > row["effective_from"] + month and row["recorded_on"] > case.as_of - month:
            amount = sum(due["due_pence"] for due in dues)
            yield of_entitlement("BACKDATED_CHANGE", row, "low", amount, row["effective_from"], len(dues))


def of_entitlement(code, entitlement, severity, amount, since, items=1):
    return raised(code, entitlement["family_id"], entitlement["entitlement_id"], severity, amount, since, items)


def line_exceptions(case):
    """CONTRIBUTION_EXCEEDS, NOT_UPLIFTED and INTERIM_WITHOUT_END: about each active line."""
    uplifts = [day for day in case.policy.uplift.dates if day + timedelta(days=28) <= case.as_of]
    for row in case.active_lines:
        amount, contribution, since = row["amount_pence"], row["weekly_contribution_pence"], row["effective_from"]
        if is_net(row) and contribution >= amount:
            yield of_entitlement("CONTRIBUTION_EXCEEDS", row, "medium", contribution, since)
        if uplifts and since < max(uplifts):
            yield of_entitlement("NOT_UPLIFTED", row, "medium", amount, max(uplifts))
        if row["interim"] and row["effective_to"] is None:
            yield of_entitlement("INTERIM_WITHOUT_END", row, "medium", amount, since)


def recoveries_in_arrears(case):
    if not any(arrears(case)):
        return
    for row in of_kind(case.movements, "recovery"):
        if (case.as_of - row["posted_on"]).days <= case.policy.clocks.lookback_days:
            yield of_transaction("RECOVERY_IN_ARREARS", row, "critical", -row["amount_pence"])


def crossing_exceptions(movements, families, cases, policy):
    """SUSPENSE, PAYEE_MISMATCH and POSSIBLE_MISPOSTING: the ones that look at more than one family."""
    for movement in movements:
        if movement["family_id"] is None:
            yield of_transaction("SUSPENSE", movement, "medium", movement["amount_pence"])
        other = payee_elsewhere(movement, families)
        if other is not None:
            yield of_transaction("PAYEE_MISMATCH", movement, "high", movement["amount_pence"], other)
        other = awaited_elsewhere(movement, cases, policy)
        if other is not None:
            yield of_transaction("POSSIBLE_MISPOSTING", movement, "high", movement["amount_pence"], other)


def payee_elsewhere(movement, families):
    """The one other family whose payee reference a transaction carries, when its own family has another."""
    reference, own = movement["payee_reference"], movement["named_family_id"]
    if reference is None or own not in families or families[own]["payee_reference"] == reference:
        return None
    others = [key for key, family in families.items() if family["payee_reference"] == reference]
    return others[0] if len(others) == 1 else None


def awaited_elsewhere(movement, cases, policy):
    """The one other family with an instalment that nothing paid and that this payment would fit."""
    if movement["kind"] != "payment" or movement["remaining_pence"] != movement["amount_pence"]:
        return None
    if movement["family_id"] is None or was_meant(movement, cases[movement["family_id"]].allocations):
        return None
    fitting = [
        other.id
        for other in cases.values()
        if other.id != movement["family_id"]
        for due_on, dues in instalments_of(other.dues).items()
        if all(due["outstanding_pence"] == due["due_pence"] for due in dues)
        and sum(due["due_pence"] for due in dues) == movement["amount_pence"]
        and abs((movement["posted_on"] - due_on).days) <= policy.matching.window_days
    ]
    return fitting[0] if len(fitting) == 1 else None


def was_meant(payment, allocations):
    """Steps 2 or 3 gave some of it to an instalment of its own family."""
    own = [row for row in allocations if row["transaction_id"] == payment["transaction_id"]]
    return any(row["step"] in ("named", "regular") for row in own)


def orphans(records):
    """ORPHAN_ENTITLEMENT: an agreed line of a family that nobody knows."""
    for row in records["entitlements"].values():
        if row["status"] == "active" and row["family_id"] not in records["families"]:
            yield of_entitlement("ORPHAN_ENTITLEMENT", row, "high", None, row["effective_from"])
