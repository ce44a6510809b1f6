"""The proof that every penny is accounted for (rules §3): sums over all families that must agree, and their words.

All sums are whole pence (Python integers); nothing here names a family.
"""

from dataclasses import dataclass

import polars as pl

from reconciliation.results import Results
from reconciliation.vocabulary import TransactionKind

PLURALS = {
    TransactionKind.PAYMENT: "payments",
    TransactionKind.REMEDY: "remedies",
    TransactionKind.RETURN: "returns",
    TransactionKind.REVERSAL: "reversals",
    TransactionKind.RECOVERY: "recoveries",
}


@dataclass(frozen=True)
class Equation:
    """`left` must equal the sum of `parts`; each part is a phrase and its pence, negative where it is taken off."""

    says: str
    left: tuple[str, int]
    parts: tuple[tuple[str, int], ...]

    @property
    def difference_pence(self) -> int:
        """What is unaccounted for; zero when the equation holds."""
        return self.left[1] - sum(pence for _, pence in self.parts)

    @property
    def holds(self) -> bool:
        """Whether every penny is accounted for."""
        return self.difference_pence == 0


def proof(results: Results, accepted_pence: int | None = None) -> tuple[Equation, ...]:
    """The equations of a position.

    `accepted_pence` is the sum of every transaction ever accepted; with it, what is not yet visible at the position
    is shown as a part of its own, so that the sum reaches back to the files.
    """
    equations = (_by_place(results), _by_use(results), _paid(results), _due(results))
    return equations if accepted_pence is None else (_accepted(results, accepted_pence), *equations)


def _sum(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].sum())


def _counted(results: Results) -> tuple[str, int]:
    return "transactions counted at this position", _sum(results.money.movements, "amount_pence")


def _in_suspense(results: Results) -> tuple[str, int]:
    return "in suspense", _sum(
        results.money.movements.select("family_id", "amount_pence").filter(pl.col("family_id").is_null()),
        "amount_pence",
    )


def _accepted(results: Results, accepted_pence: int) -> Equation:
    counted = _counted(results)
    later = "posted or recorded after this position", accepted_pence - counted[1]
    return Equation(
        "Every transaction taken in is counted, or comes later.",
        ("transactions accepted", accepted_pence),
        (counted, later),
    )


def _by_place(results: Results) -> Equation:
    named = results.money.movements.lazy().filter(pl.col("family_id").is_not_null())
    kinds = dict(named.group_by("kind").agg(pl.col("amount_pence").sum()).sort("kind").collect().iter_rows())
    return Equation(
        "Every transaction belongs to a family or is in suspense.",
        _counted(results),
        (*((f"{PLURALS[kind]} of families", pence) for kind, pence in kinds.items()), _in_suspense(results)),
    )


def _by_use(results: Results) -> Equation:
    balances = results.balances
    return Equation(
        "Every penny moved is in a balance, unexplained, or in suspense.",
        _counted(results),
        (
            ("paid: payments less those cancelled", _sum(balances, "paid_pence")),
            ("remedies paid, less those cancelled", _sum(balances, "remedies_paid_pence")),
            ("taken back from families", -_sum(balances, "recovered_pence")),
            ("returns and reversals nobody can explain", -_sum(results.money.movements, "unexplained_pence")),
            _in_suspense(results),
        ),
    )


def _paid(results: Results) -> Equation:
    balances = results.balances
    counted_recoveries = _sum(balances, "recovered_pence") - _sum(balances, "surplus_recovered_pence")
    return Equation(
        "Every penny paid settled a due, was early, is too much, or was taken back.",
        ("paid", _sum(balances, "paid_pence")),
        (
            ("settled what was due", _sum(balances, "due_pence") - _sum(balances, "arrears_pence")),
            ("paid ahead for what is coming", _sum(balances, "prepaid_pence")),
            ("overpaid", _sum(balances, "overpaid_pence")),
            ("overpayments taken back", counted_recoveries),
        ),
    )


def _due(results: Results) -> Equation:
    balances = results.balances
    dues = results.money.ledger.select("is_upcoming", "allocated_pence")
    settled = _sum(dues.filter(~pl.col("is_upcoming")), "allocated_pence")
    return Equation(
        "Every penny due was paid or is arrears.",
        ("due", _sum(balances, "due_pence")),
        (("paid for, line by line", settled), ("arrears", _sum(balances, "arrears_pence"))),
    )
