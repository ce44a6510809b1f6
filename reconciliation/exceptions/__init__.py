"""What needs a person: one rule, one function, one row in rules §6."""

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from reconciliation.exceptions import assurance, money, promised
from reconciliation.results import Facts

RULES = (*money.RULES, *assurance.RULES, *promised.RULES)
"""Every rule, in the order of rules §6. Each takes `Facts`, gives RAISED, and bears its code in lower case."""

FEW_ROWS = 10_000
"""With fewer movements of money than these, threads cost more time than they save."""


def raise_all(facts: Facts) -> pl.DataFrame:
    """Every exception of the position, shape RAISED, by family (money without one first), code and subject.

    Families that are not visible raise nothing but ORPHAN_ENTITLEMENT and SUSPENSE (rules §6).
    """
    return pl.concat(_raised(facts)).sort("family_id", "code", "subject", nulls_last=False)


def _raised(facts: Facts) -> list[pl.DataFrame]:
    """What each rule raises; the rules know nothing of each other, and Polars computes outside Python's lock."""
    if facts.money.movements.height < FEW_ROWS:
        return [rule(facts) for rule in RULES]
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda rule: rule(facts), RULES))
