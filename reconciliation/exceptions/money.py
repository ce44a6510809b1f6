"""The money exceptions, ARREARS to ORPHAN_ENTITLEMENT: one rule, one function (rules §6)."""

from datetime import date, timedelta

import polars as pl

from reconciliation.exceptions.raising import none, raised
from reconciliation.results import Facts
from reconciliation.vocabulary import Severity, TransactionKind

BACKDATING_DAYS = 28
UPLIFT_DAYS = 28
"""Rules §6 fix these two spans; no policy setting moves them."""

PAYMENT = pl.col("kind") == TransactionKind.PAYMENT
MOVED = (
    "family_id",
    "transaction_id",
    "kind",
    "posted_on",
    "amount_pence",
    "remaining_pence",
    "unexplained_pence",
    "unallocated_pence",
)
"""What rules look at of MOVEMENTS."""


def arrears(facts: Facts) -> pl.DataFrame:
    """Dues that have fallen due and are not paid in full."""
    limits, escalation = facts.policy.tolerances, facts.policy.escalation
    owed = facts.money.balances.filter(pl.col("arrears_pence") >= max(limits.arrears, 1))
    if owed.is_empty():
        return none()
    unpaid = facts.money.ledger.filter(~pl.col("is_upcoming"), pl.col("outstanding_pence") > 0)
    counts = unpaid.group_by("family_id").agg(items=pl.len())
    grave = (pl.col("arrears_pence") >= escalation.arrears_amount) | (pl.col("days_overdue") >= escalation.arrears_days)
    return raised(
        "ARREARS",
        owed.join(counts, on="family_id"),
        amount="arrears_pence",
        since="oldest_unpaid_on",
        items="items",
        severity=pl.when(grave).then(pl.lit(Severity.CRITICAL.value)).otherwise(pl.lit(Severity.HIGH.value)),
    )


def missed_payment(facts: Facts) -> pl.DataFrame:
    """Instalments that nothing at all was paid for."""
    missed = _overdue_instalments(facts, pl.col("allocated_pence") == 0)
    return _of_instalments("MISSED_PAYMENT", missed, "due_pence")


def short_payment(facts: Facts) -> pl.DataFrame:
    """Instalments paid in part."""
    short = _overdue_instalments(facts, pl.col("allocated_pence") > 0, pl.col("outstanding_pence") > 0)
    return _of_instalments("SHORT_PAYMENT", short, "outstanding_pence")


def _overdue_instalments(facts: Facts, *conditions: pl.Expr) -> pl.DataFrame:
    latest = facts.position.as_of - timedelta(days=facts.policy.clocks.missed_days)
    return facts.money.instalments.filter(pl.col("due_on") < latest, *conditions)


def _of_instalments(code: str, instalments: pl.DataFrame, amount: str) -> pl.DataFrame:
    if instalments.is_empty():
        return none()
    sums = instalments.group_by("family_id").agg(
        amount=pl.col(amount).sum(), since=pl.col("due_on").min(), items=pl.len()
    )
    return raised(code, sums, amount="amount", since="since", items="items")


def late_payment(facts: Facts) -> pl.DataFrame:
    """Instalments settled in full, but late, with the last of the money not long ago."""
    clocks = facts.policy.clocks
    late_by = (pl.col("last_paid_on") - pl.col("due_on")).dt.total_days()
    lately = pl.col("last_paid_on") >= facts.position.as_of - timedelta(days=clocks.lookback_days)
    instalments = facts.money.instalments.filter(pl.col("outstanding_pence") == 0, late_by > clocks.late_days, lately)
    if instalments.is_empty():
        return none()
    late_money = facts.money.allocations.filter(
        (pl.col("posted_on") - pl.col("due_on")).dt.total_days() > clocks.late_days
    )
    sums = (
        late_money.join(instalments.select("family_id", "due_on"), on=["family_id", "due_on"])
        .group_by("family_id", "due_on")
        .agg(late_pence=pl.col("amount_pence").sum())
    )
    return _of_instalments("LATE_PAYMENT", sums, "late_pence")


def overpayment(facts: Facts) -> pl.DataFrame:
    """Payments that no due has used up."""
    over = facts.money.balances.filter(pl.col("overpaid_pence") >= max(facts.policy.tolerances.overpayment, 1))
    if over.is_empty():
        return none()
    unused = _of_families(facts, pl.col("unallocated_pence") > 0)
    which = unused.group_by("family_id").agg(since=pl.col("posted_on").min(), items=pl.len())
    return raised(
        "OVERPAYMENT", over.join(which, on="family_id"), amount="overpaid_pence", since="since", items="items"
    )


def duplicate_payment(facts: Facts) -> pl.DataFrame:
    """A payment with an unallocated rest, soon after one of the same amount."""
    unused = _of_families(facts, pl.col("unallocated_pence") > 0)
    if unused.is_empty():
        return none()
    standing = _of_families(facts, PAYMENT, pl.col("remaining_pence") > 0, _among(unused))
    before = pl.col("posted_on").shift(1).over("family_id", "amount_pence")
    gap = (pl.col("posted_on") - before).dt.total_days()
    twice = standing.filter(gap <= facts.policy.clocks.duplicate_days, pl.col("unallocated_pence") > 0)
    return raised("DUPLICATE_PAYMENT", twice, "transaction_id", "unallocated_pence", "posted_on")


def returned_payment(facts: Facts) -> pl.DataFrame:
    """Money that the bank sent back and that nobody has paid again."""
    returns = _of_families(facts, pl.col("kind") == TransactionKind.RETURN)
    if returns.is_empty():
        return none()
    ordered = _of_families(facts, _among(returns))
    payment = pl.when(PAYMENT).then(pl.col("amount_pence"))
    # the greatest payment in order after each row; a return's own row holds none
    best_after = payment.reverse().cum_max().forward_fill().reverse().over("family_id")
    still_out = ordered.filter(
        pl.col("kind") == TransactionKind.RETURN,
        best_after.is_null() | (best_after < -pl.col("amount_pence")),
    )
    return raised("RETURNED_PAYMENT", still_out, "transaction_id", -pl.col("amount_pence"), "posted_on")


def unmatched_return(facts: Facts) -> pl.DataFrame:
    """A return or reversal of more than was ever paid."""
    unexplained = _of_families(facts, pl.col("unexplained_pence") > 0)
    return raised("UNMATCHED_RETURN", unexplained, "transaction_id", "unexplained_pence", "posted_on")


def suspense(facts: Facts) -> pl.DataFrame:
    """Money whose family nobody can name (rules §2)."""
    lost = facts.money.movements.filter(pl.col("family_id").is_null())
    return raised("SUSPENSE", lost, "transaction_id", "amount_pence", "posted_on")


def possible_misposting(facts: Facts) -> pl.DataFrame:
    """A payment that fits another family's unpaid instalment better than its own."""
    evidence = pl.format("family {} awaits this amount, due on {}", "other_family_id", "other_due_on")
    found = facts.mispostings
    return raised("POSSIBLE_MISPOSTING", found, "transaction_id", "amount_pence", "posted_on", evidence=evidence)


def payee_mismatch(facts: Facts) -> pl.DataFrame:
    """A transaction that names one family and pays another's reference."""
    evidence = pl.format("the payee reference is that of family {}", "other_family_id")
    found = facts.payee_mismatches
    return raised("PAYEE_MISMATCH", found, "transaction_id", "amount_pence", "posted_on", evidence=evidence)


def no_entitlement(facts: Facts) -> pl.DataFrame:
    """A family that is paid though nothing is due to it."""
    paid = facts.money.balances.filter(pl.col("paid_pence") > 0).join(
        facts.money.ledger.select("family_id"), on="family_id", how="anti", maintain_order="left"
    )
    if paid.is_empty():
        return none()
    payments = _of_families(facts, PAYMENT, pl.col("remaining_pence") > 0, _among(paid))
    which = payments.group_by("family_id").agg(since=pl.col("posted_on").min(), items=pl.len())
    return raised("NO_ENTITLEMENT", paid.join(which, on="family_id"), amount="paid_pence", since="since", items="items")


def paid_after_end(facts: Facts) -> pl.DataFrame:
    """Payments made after the family's closing date."""
    closed = facts.money.families.filter(pl.col("closed_on").is_not_null()).select("family_id", "closed_on")
    if closed.is_empty():
        return none()
    after = (
        _of_families(facts, PAYMENT, pl.col("remaining_pence") > 0, _among(closed))
        .join(closed, on="family_id")
        .filter(pl.col("posted_on") > pl.col("closed_on"))
    )
    sums = after.group_by("family_id").agg(
        amount=pl.col("remaining_pence").sum(), since=pl.col("posted_on").min(), items=pl.len()
    )
    return raised("PAID_AFTER_END", sums, amount="amount", since="since", items="items")


def backdated_change(facts: Facts) -> pl.DataFrame:
    """An entitlement recorded well after it took effect, and not long ago."""
    span = timedelta(days=BACKDATING_DAYS)
    recorded = pl.col("recorded_on")
    changes = facts.records["entitlements"].filter(
        pl.col("status") == "active",
        recorded > pl.col("effective_from") + pl.lit(span),
        recorded > facts.position.as_of - span,
    )
    if changes.is_empty():
        return none()
    dues = facts.money.ledger.join(changes.select("entitlement_id", "recorded_on"), on="entitlement_id").filter(
        pl.col("due_on") < recorded
    )
    sums = dues.group_by("entitlement_id").agg(amount=pl.col("due_pence").sum(), items=pl.len())
    return raised(
        "BACKDATED_CHANGE",
        changes.join(sums, on="entitlement_id"),
        "entitlement_id",
        "amount",
        "effective_from",
        items="items",
    )


def contribution_exceeds(facts: Facts) -> pl.DataFrame:
    """A net line whose weekly contribution eats up all of the weekly amount."""
    eaten = facts.active_lines.filter(
        pl.col("contribution_method") == "net", pl.col("weekly_contribution_pence") >= pl.col("amount_pence")
    )
    return raised("CONTRIBUTION_EXCEEDS", eaten, "entitlement_id", "weekly_contribution_pence", "effective_from")


def recovery_in_arrears(facts: Facts) -> pl.DataFrame:
    """Money taken back from a family that is itself owed: the fault of Norfolk 20 009 580."""
    since = facts.position.as_of - timedelta(days=facts.policy.clocks.lookback_days)
    recoveries = _of_families(facts, pl.col("kind") == TransactionKind.RECOVERY, pl.col("posted_on") >= since)
    if recoveries.is_empty():
        return none()
    taken = recoveries.join(arrears(facts), on="family_id", how="semi", maintain_order="left")
    return raised("RECOVERY_IN_ARREARS", taken, "transaction_id", -pl.col("amount_pence"), "posted_on")


def not_uplifted(facts: Facts) -> pl.DataFrame:
    """A line that is still paid as before the last uplift."""
    uplift = _latest_uplift(facts)
    if uplift is None:
        return none()
    behind = facts.active_lines.filter(pl.col("effective_from") < uplift)
    return raised("NOT_UPLIFTED", behind, "entitlement_id", "amount_pence", pl.lit(uplift))


def _latest_uplift(facts: Facts) -> date | None:
    by_now = facts.position.as_of - timedelta(days=UPLIFT_DAYS)
    return max((day for day in facts.policy.uplift.dates if day <= by_now), default=None)


def orphan_entitlement(facts: Facts) -> pl.DataFrame:
    """An active entitlement of a family that nobody has recorded."""
    orphans = (
        facts.records["entitlements"]
        .filter(pl.col("status") == "active")
        .join(facts.money.families, on="family_id", how="anti", maintain_order="left")
    )
    return raised("ORPHAN_ENTITLEMENT", orphans, "entitlement_id", pl.lit(None, pl.Int64), "effective_from")


def _of_families(facts: Facts, *conditions: pl.Expr) -> pl.DataFrame:
    """The movements of known families that meet every condition, in order: of MOVED, since text is long."""
    return facts.money.movements.select(MOVED).filter(pl.col("family_id").is_not_null(), *conditions)


def _among(frame: pl.DataFrame) -> pl.Expr:
    """Rows of the families of `frame`: a rule that needs a family's history reads that of few families."""
    return pl.col("family_id").is_in(frame["family_id"].unique().implode())


RULES = (
    arrears,
    missed_payment,
    short_payment,
    late_payment,
    overpayment,
    duplicate_payment,
    returned_payment,
    unmatched_return,
    suspense,
    possible_misposting,
    payee_mismatch,
    no_entitlement,
    paid_after_end,
    backdated_change,
    contribution_exceeds,
    recovery_in_arrears,
    not_uplifted,
    orphan_entitlement,
)
