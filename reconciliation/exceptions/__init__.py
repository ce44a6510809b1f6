"""What needs a person: one rule, one function, one row in rules §6."""

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from reconciliation.exceptions import assurance, money, promised
from reconciliation.results import Facts

RULES = (*money.RULES, *assurance.RULES, *promised.RULES)
"""Every rule, in the order of rules §6. Each takes `Facts`, gives RAISED, and bears its code in lower case."""


def raise_all(facts: Facts) -> pl.DataFrame:
    """Every exception of the position, shape RAISED, by family (money without one first), code and subject.

    Families that are not visible raise nothing but ORPHAN_ENTITLEMENT and SUSPENSE (rules §6).
    """
    with (
        ThreadPoolExecutor() as pool
    ):  # the rules know nothing of each other, and Polars computes outside Python's lock
        raised = list(pool.map(lambda rule: rule(facts), RULES))
    return pl.concat(raised).sort("family_id", "code", "subject", nulls_last=False)
