"""Whose money it is (rules §2)."""

import re

WORD = re.compile(r"(?:[^\W_]|-)+")
"""Letters, digits and `-`."""


def whose(transaction, families):
    """(family_id, how it was found), or (None, None) in suspense."""
    if transaction["family_id"] in families:
        return transaction["family_id"], "family_id"
    for named, how in (
        (families_by_payee(transaction, families), "payee_reference"),
        (families_in_narrative(transaction, families), "narrative"),
    ):
        if len(named) == 1:
            return named[0], how
    return None, None


def families_by_payee(transaction, families):
    """The visible families that have the transaction's payee reference."""
    reference = transaction["payee_reference"]
    if reference is None:
        return []
    return [key for key, family in families.items() if family["payee_reference"] == reference]


def families_in_narrative(transaction, families):
    """The visible families whose id or payee reference stands in the narrative as a whole word."""
    words = {word.lower() for word in WORD.findall(transaction["narrative"] or "")}
    return [
        key
        for key, family in families.items()
        if key.lower() in words or (family["payee_reference"] or "").lower() in words
    ]


def named_among_several(transaction, families):
    """The families that a suspense transaction may belong to (rules §3, Standing)."""
    named = {*families_by_payee(transaction, families), *families_in_narrative(transaction, families)}
    return named if len(named) > 1 else set()
