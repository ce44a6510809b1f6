"""No penny appears or vanishes between a transaction and the balances (rules §3)."""

import polars as pl
import pytest
from hypothesis import given

from reconciliation.results import Results
from tests.generated.strategies import Question, questions
from tests.properties.comparing import reckoned, seeded_question
from tests.properties.everyday import searching, seeds


def check_every_penny(results: Results) -> None:
    """All the identities that rules §3 promise, on one position."""
    balances, money = results.balances, results.money
    counted = pl.col("recovered_pence") - pl.col("surplus_recovered_pence")
    settled = pl.col("due_pence") - pl.col("arrears_pence") + pl.col("prepaid_pence")
    assert balances.filter(pl.col("paid_pence") != settled + pl.col("overpaid_pence") + counted).is_empty()

    aged = pl.sum_horizontal(pl.col("^arrears_.*_pence$").exclude("arrears_pence"))
    assert balances.filter(pl.col("arrears_pence") != aged).is_empty()
    assert accounted_for(results) == money.movements["amount_pence"].sum()
    assert money.ledger["allocated_pence"].sum() == money.allocations["amount_pence"].sum()
    assert money.ledger.filter(
        (pl.col("outstanding_pence") < 0)
        | (pl.col("allocated_pence") < 0)
        | (pl.col("allocated_pence") + pl.col("outstanding_pence") != pl.col("due_pence"))
    ).is_empty()
    assert money.allocations.filter(pl.col("amount_pence") <= 0).is_empty()
    assert (spent(results) >= 0).all()


def accounted_for(results: Results) -> int:
    """What the balances, the unexplained returns and the suspense say came in and went out, in pence."""
    balances, movements = results.balances, results.money.movements
    kept = balances["paid_pence"].sum() + balances["remedies_paid_pence"].sum()
    gone = balances["recovered_pence"].sum() + movements["unexplained_pence"].sum()
    return kept - gone + results.suspense["amount_pence"].sum()


def spent(results: Results) -> pl.Series:
    """Of each payment, what neither an allocation nor its unallocated rest explains: only recoveries may take it."""
    allocated = results.money.allocations.group_by("transaction_id").agg(
        pl.col("amount_pence").sum().alias("allocated")
    )
    payments = results.money.movements.filter(pl.col("kind") == "payment").join(
        allocated, on="transaction_id", how="left"
    )
    rest = pl.col("remaining_pence") - pl.col("unallocated_pence") - pl.col("allocated").fill_null(0)
    unexplained = payments.filter(pl.col("family_id").is_not_null()).select(rest=rest)["rest"]
    assert unexplained.sum() == results.money.movements["counted_pence"].sum()
    return unexplained


@searching(12)
@given(questions())
def test_small_councils_keep_every_penny(question: Question):
    """Per family and over all of them."""
    check_every_penny(reckoned(question))


@pytest.mark.parametrize("seed", seeds(1, 2))
def test_larger_councils_keep_every_penny(seed):
    """The same over two hundred families."""
    check_every_penny(reckoned(seeded_question(seed, 200)))
