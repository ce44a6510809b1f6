"""The generator is itself tested: what it never makes, nothing is ever compared on."""

from collections import Counter
from datetime import timedelta
from functools import cache

import pytest

from reconciliation.policy import default_policy
from reconciliation.position import Position
from reconciliation.vocabulary import Head, PromiseState, Standing, Step, TransactionKind
from tests.generated.council import TODAY, council, write_landing
from tests.oracle.codes import CODES
from tests.oracle.landing import read_landing
from tests.oracle.reference import answer
from tests.oracle.visible import KEYS

SEED, FAMILIES = 1, 120
POSITION = Position.at(TODAY)


@cache
def the_answer():
    return answer(council(SEED, FAMILIES), default_policy(), POSITION)


def counted(frame, column):
    return Counter(row[column] for row in getattr(the_answer(), frame))


@pytest.mark.parametrize(
    ("frame", "column", "wanted"),
    [
        ("raised", "code", CODES),
        ("allocations", "step", Step),
        ("balances", "standing", Standing),
        ("movements", "kind", TransactionKind),
        ("movements", "identified_by", ("family_id", "payee_reference", "narrative", None)),
        ("promises", "state", PromiseState),
        ("compensation", "head", set(Head) - {Head.INTEREST}),
    ],
)
def test_the_council_reaches_every(frame, column, wanted):
    """Each member of the closed set occurs at least twice among 120 families."""
    found = counted(frame, column)
    assert {member for member in wanted if found[member] < 2} == set()


@pytest.mark.parametrize(
    "column",
    [
        "prepaid_pence",
        "overpaid_pence",
        "recovered_pence",
        "surplus_recovered_pence",
        "offset_pence",
        "remedies_paid_pence",
        "provisional_pence",
        "arrears_0_28_pence",
        "arrears_85_plus_pence",
    ],
)
def test_the_council_has_families_with_and_without(column):
    """Each balance is above zero for some families and zero for others."""
    above = {row[column] > 0 for row in the_answer().balances}
    assert above == {True, False}


def test_recoveries_count_in_full_in_part_and_not_at_all():
    """Step 4 is reached on each of its sides."""
    recoveries = [row for row in the_answer().movements if row["kind"] == "recovery" and row["family_id"]]
    sides = {
        "all" if row["counted_pence"] == -row["amount_pence"] else "part" if row["counted_pence"] else "none"
        for row in recoveries
    }
    assert sides == {"all", "part", "none"}


def test_regular_matching_has_choices_to_make():
    """Of one family, payments of one amount lie within a window of two instalments of that amount."""
    dues = Counter((row["family_id"], row["due_on"]) for row in the_answer().ledger)
    instalments = Counter()
    for row in the_answer().ledger:
        instalments[row["family_id"], row["due_on"]] += row["due_pence"]
    window = timedelta(days=default_policy().matching.window_days)
    choices = Counter(
        payment["transaction_id"]
        for payment in the_answer().movements
        for (family_id, due_on), due_pence in instalments.items()
        if (family_id, due_pence) == (payment["family_id"], payment["remaining_pence"])
        and abs(payment["posted_on"] - due_on) <= window
    )
    assert max(dues.values()) >= 2
    assert sum(count >= 2 for count in choices.values()) >= 10


def test_the_same_seed_gives_the_same_council():
    """A comparison that failed can be run again."""
    assert council(7, 5) == council(7, 5) != council(8, 5)


def test_a_council_survives_its_own_files(tmp_path):
    """What is written as canonical CSV is read back the same, nothing quarantined."""
    records = council(3, 20)
    write_landing(records, tmp_path)
    read, quarantined = read_landing(tmp_path, default_policy(), TODAY + timedelta(days=100))
    assert quarantined == []
    for name, key in KEYS.items():
        assert by_version(read[name], key) == by_version(records[name], key)


def by_version(rows, key):
    return sorted(rows, key=lambda row: (row[key], row["recorded_on"]))
