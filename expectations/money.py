"""The tables of rules §2–§4 with what must hold for each.

Sums are taken here a second time, from the movements and the dues: a figure is published when two ways agree.
"""

from dataclasses import dataclass

import polars as pl

from expectations.orders import places, sums_at, sums_of_families
from expectations.rules import Rule, Whole, at_least, complete, distinct, one_of, same, within
from reconciliation.results import Money, Results
from reconciliation.shapes import BALANCES
from reconciliation.vocabulary import Standing, Step, TransactionKind

FAULT = "a fault of the program and not of the records: nothing is published; report it with the run's number"

KEPT_BY_BALANCES = {
    "due_pence": ("ledger_due_pence", "due is not the sum of the dues up to the day"),
    "arrears_pence": ("ledger_outstanding_pence", "arrears are not what those dues still lack"),
    "prepaid_pence": ("ledger_prepaid_pence", "prepaid is not what upcoming dues already hold"),
    "paid_pence": ("remaining_payments_pence", "paid is not the payments less what was cancelled"),
    "overpaid_pence": ("unallocated_pence", "overpaid is not what no due took of the payments"),
    "recovered_pence": ("recoveries_pence", "recovered is not the sum of the recoveries"),
    "surplus_recovered_pence": ("surplus_pence", "surplus recovered is not the recoveries less what counted"),
    "remedies_paid_pence": ("remaining_remedies_pence", "remedies paid are not the remedies less what was cancelled"),
}
"""Each sum of rules §3, the column that works it out again, and what a disagreement means."""


def night(results: Results, exceptions: pl.DataFrame) -> Whole:
    """One row of totals: every accepted transaction and every exception raised is accounted for, to the penny."""
    accepted = results.records["transactions"]
    movements = results.money.movements
    nobodys = movements.filter(pl.col("family_id").is_null())
    totals = {
        "accepted": accepted.height,
        "accepted_pence": accepted["amount_pence"].sum(),
        "followed": movements.height,
        "followed_pence": movements["amount_pence"].sum(),
        "nobodys": nobodys.height,
        "nobodys_pence": nobodys["amount_pence"].sum(),
        "suspense": results.suspense.height,
        "suspense_pence": results.suspense["amount_pence"].sum(),
        "raised": results.raised.height,
        "published": exceptions.height,
    }
    rules = (
        _agree("accepted", "followed", "{accepted} transactions were accepted and {followed} were followed"),
        _agree("accepted_pence", "followed_pence", "{accepted_pence}p were accepted and {followed_pence}p followed"),
        _agree("nobodys", "suspense", "{nobodys} transactions belong to nobody and {suspense} are in suspense"),
        _agree("nobodys_pence", "suspense_pence", "{nobodys_pence}p are nobody's and {suspense_pence}p in suspense"),
        _agree("raised", "published", "{raised} exceptions were raised and {published} would be published"),
    )
    return Whole("night", pl.DataFrame([totals]), rules)


def _agree(column: str, other: str, sentence: str) -> Rule:
    return same(f"night.{column}", column, other, f"night: {sentence}; {FAULT}", is_said_of_each_row=True)


def families(results: Results) -> Whole:
    """Every visible family has exactly one balance, and nobody else has one."""
    balance_rows = results.balances.group_by("family_id").len("balances")
    visible = results.records["families"].group_by("family_id").len("visible")
    frame = visible.join(balance_rows, on="family_id", how="full", coalesce=True).with_columns(
        pl.col("balances", "visible").fill_null(0)
    )
    rules = (
        within("families.visible", "visible", 1, 1, f"families: {{count}} balances are of no visible family; {FAULT}"),
        within("families.balances", "balances", 1, 1, f"families: {{count}} have not exactly one balance; {FAULT}"),
    )
    return Whole("families", frame, rules)


def balances(results: Results) -> Whole:
    """The identities of rules §3 for every family, each sum taken a second time."""
    frame = (
        results.balances.join(_sums_of_dues(results.money.ledger), on="family_id", how="left")
        .join(_sums_of_money(results.money.movements), on="family_id", how="left")
        .with_columns(pl.col(pl.Int64).exclude("days_overdue").fill_null(0))
        .with_columns(
            identity_pence=pl.col("due_pence")
            - pl.col("arrears_pence")
            + pl.col("prepaid_pence")
            + pl.col("overpaid_pence")
            + pl.col("counted_pence"),
            aged_pence=pl.sum_horizontal(pl.col("^arrears_[0-9].*_pence$")),
            explained_pence=pl.col("paid_pence")
            + pl.col("remedies_paid_pence")
            - pl.col("recovered_pence")
            - pl.col("unexplained_pence"),
            is_unpaid=pl.col("arrears_pence") > 0,
            is_dated=pl.col("oldest_unpaid_on").is_not_null(),
            is_counted=pl.col("days_overdue").is_not_null(),
        )
    )
    rules = (
        complete("balances.family", "family_id", _of_families("no identifier")),
        complete("balances.standing", "standing", _of_families("no standing")),
        one_of("balances.standings", "standing", Standing, _of_families("a standing that is none of the five")),
        same("balances.identity", "paid_pence", "identity_pence", _of_families("payments that are not accounted for")),
        same("balances.ageing", "arrears_pence", "aged_pence", _of_families("ageing that is not their arrears")),
        same("balances.pence", "movements_pence", "explained_pence", _of_families("pence that went nowhere")),
        same("balances.since", "is_unpaid", "is_dated", _of_families("arrears without a date, or a date without")),
        same("balances.days", "is_unpaid", "is_counted", _of_families("arrears without days, or days without")),
        within("balances.days_overdue", "days_overdue", 0, None, _of_families("negative days overdue")),
        *(_sum_agrees(column, *again) for column, again in KEPT_BY_BALANCES.items()),
        *(_not_negative("balances", column) for column in BALANCES if column.endswith("_pence")),
    )
    return Whole("balances", frame, rules)


def _of_families(fault: str) -> str:
    return f"balances: {{count}} families have {fault}; {FAULT}"


def _sum_agrees(column: str, again: str, sentence: str) -> Rule:
    return same(f"balances.{column}.sum", column, again, f"balances: of {{count}} families {sentence}; {FAULT}")


def _not_negative(table: str, column: str) -> Rule:
    cause = f"{table}: {{count}} rows have a negative {column}; {FAULT}"
    return within(f"{table}.{column}.sign", column, 0, None, cause)


def _sums_of_dues(ledger: pl.DataFrame) -> pl.DataFrame:
    upcoming = pl.col("is_upcoming")
    return sums_of_families(
        ledger,
        ledger_due_pence=pl.when(~upcoming).then("due_pence"),
        ledger_outstanding_pence=pl.when(~upcoming).then("outstanding_pence"),
        ledger_prepaid_pence=pl.when(upcoming).then("allocated_pence"),
    )


def _sums_of_money(movements: pl.DataFrame) -> pl.DataFrame:
    def of(kind: TransactionKind, column: str) -> pl.Expr:
        return pl.when(pl.col("kind") == kind).then(column).otherwise(0)

    recoveries = -of(TransactionKind.RECOVERY, "amount_pence")
    return sums_of_families(
        movements,
        movements_pence=pl.col("amount_pence"),
        remaining_payments_pence=of(TransactionKind.PAYMENT, "remaining_pence"),
        remaining_remedies_pence=of(TransactionKind.REMEDY, "remaining_pence"),
        recoveries_pence=recoveries,
        surplus_pence=recoveries - pl.col("counted_pence"),
        counted_pence=pl.col("counted_pence"),
        unexplained_pence=pl.col("unexplained_pence"),
        unallocated_pence=pl.col("unallocated_pence"),
    )


LEDGER_LOOKED_AT = (
    "family_id",
    "entitlement_id",
    "period_start",
    "due_on",
    "due_pence",
    "allocated_pence",
    "outstanding_pence",
    "is_upcoming",
)
MOVEMENTS_LOOKED_AT = (
    "transaction_id",
    "kind",
    "posted_on",
    "amount_pence",
    "remaining_pence",
    "unexplained_pence",
    "counted_pence",
    "unallocated_pence",
)
ALLOCATIONS_LOOKED_AT = ("transaction_id", "entitlement_id", "period_start", "step", "amount_pence")
"""A night has millions of these rows, so they are looked at without the columns that no rule names."""


@dataclass(frozen=True)
class Settling:
    """Each allocation's pence, the place of its due in the ledger and that of its payment among the movements, null
    where it has none."""

    pence: pl.Series
    due: pl.Series
    payment: pl.Series


def settling(money: Money) -> Settling:
    """What each allocation settled, and with which payment, found by their keys."""
    allocations = money.allocations
    return Settling(
        pence=allocations["amount_pence"],
        due=places(allocations, money.ledger, ("entitlement_id", "period_start"), "due_on"),
        payment=places(allocations, money.movements, ("transaction_id",), "posted_on"),
    )


def ledger(results: Results, settling: Settling) -> Whole:
    """Every due once, above zero, and what it holds and lacks add up to it."""
    dues = results.money.ledger.select(LEDGER_LOOKED_AT)
    frame = dues.with_columns(
        settled_pence=sums_at(settling.due, settling.pence, dues.height),
        held_and_lacked_pence=pl.col("allocated_pence") + pl.col("outstanding_pence"),
        is_later=pl.col("due_on") > results.position.as_of,
    )
    rules = (
        complete("ledger.family", "family_id", _of_dues("no family")),
        distinct("ledger.key", ("entitlement_id", "period_start"), _of_dues("the same line and period")),
        within("ledger.due_pence", "due_pence", 1, None, _of_dues("nothing due")),
        same("ledger.identity", "held_and_lacked_pence", "due_pence", _of_dues("parts that do not add up to the due")),
        same("ledger.settled", "settled_pence", "allocated_pence", _of_dues("other money than was allocated to them")),
        same("ledger.upcoming", "is_upcoming", "is_later", _of_dues("the wrong side of the day")),
        _not_negative("ledger", "allocated_pence"),
        _not_negative("ledger", "outstanding_pence"),
    )
    return Whole("ledger", frame, rules)


def _of_dues(fault: str) -> str:
    return f"ledger: {{count}} dues have {fault}; {FAULT}"


def allocations(results: Results, settling: Settling) -> Whole:
    """Every allocation is of a payment that was made to a due that exists, and above zero."""
    payers = results.money.movements.select(pl.when(pl.col("kind") == TransactionKind.PAYMENT).then("family_id"))
    owed = results.money.ledger["family_id"].gather(settling.due)
    paid = payers.to_series().gather(settling.payment)
    frame = results.money.allocations.select(
        *ALLOCATIONS_LOOKED_AT,
        is_due=(pl.col("family_id") == owed).fill_null(False),
        is_payment=(pl.col("family_id") == paid).fill_null(False),
    )
    columns = ("transaction_id", "entitlement_id", "period_start", "step")
    rules = (
        one_of("allocations.steps", "step", Step, _of_allocations("a step that is none of rules §3")),
        within("allocations.amount", "amount_pence", 1, None, _of_allocations("no money")),
        one_of("allocations.dues", "is_due", [True], _of_allocations("no due of that family")),
        one_of("allocations.payments", "is_payment", [True], _of_allocations("no payment of that family")),
        distinct("allocations.key", columns, _of_allocations("the same payment, due and step")),
    )
    return Whole("allocations", frame, rules)


def _of_allocations(fault: str) -> str:
    return f"allocations: {{count}} have {fault}; {FAULT}"


def movements(results: Results, settling: Settling) -> Whole:
    """Every transaction once, of a known kind, never spent beyond what it has."""
    movements = results.money.movements.select(MOVEMENTS_LOOKED_AT)
    frame = movements.with_columns(
        spent_pence=sums_at(settling.payment, settling.pence, movements.height) + pl.col("unallocated_pence"),
        size_pence=pl.col("amount_pence").abs(),
        is_later=pl.col("posted_on") > results.position.as_of,
    )
    rules = (
        complete("movements.id", "transaction_id", _of_movements("no identifier")),
        distinct("movements.key", ("transaction_id",), _of_movements("the same identifier")),
        one_of("movements.kinds", "kind", TransactionKind, _of_movements("no known kind")),
        one_of("movements.day", "is_later", [False], _of_movements("a date after the day of the position")),
        at_least("movements.spent", "remaining_pence", "spent_pence", _of_movements("paid for more than they hold")),
        at_least("movements.remaining", "size_pence", "remaining_pence", _of_movements("grown beyond their amount")),
        at_least(
            "movements.unexplained", "size_pence", "unexplained_pence", _of_movements("more unexplained than all")
        ),
        at_least("movements.counted", "size_pence", "counted_pence", _of_movements("counted beyond their amount")),
        *(
            _not_negative("movements", column)
            for column in ("remaining_pence", "unexplained_pence", "counted_pence", "unallocated_pence")
        ),
    )
    return Whole("movements", frame, rules)


def _of_movements(fault: str) -> str:
    return f"movements: {{count}} transactions have {fault}; {FAULT}"


def suspense(results: Results) -> Whole:
    """Every transaction in suspense once, with scores from 0 to 100."""
    scores = [f"candidate_{place}_score" for place in (1, 2, 3)]
    rules = (
        complete("suspense.id", "transaction_id", f"suspense: {{count}} rows name no transaction; {FAULT}"),
        distinct("suspense.key", ("transaction_id",), f"suspense: {{count}} rows are of the same transaction; {FAULT}"),
        *(
            within(f"suspense.{score}", score, 0, 100, f"suspense: {{count}} scores lie outside 0 to 100; {FAULT}")
            for score in scores
        ),
    )
    return Whole("suspense", results.suspense, rules)


def interest(results: Results) -> Whole:
    """One row for a family and basis, with a sum or the reason why there is none."""
    frame = results.money.interest.with_columns(
        has_sum=pl.col("amount_pence").is_not_null(), has_no_reason=pl.col("reason").is_null()
    )
    rules = (
        distinct("interest.key", ("family_id", "basis"), f"interest: {{count}} rows are of one basis; {FAULT}"),
        same("interest.reason", "has_sum", "has_no_reason", f"interest: {{count}} rows lack sum or reason; {FAULT}"),
        _not_negative("interest", "amount_pence"),
    )
    return Whole("interest", frame, rules)
