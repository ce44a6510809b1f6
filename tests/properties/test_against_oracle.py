"""The pipeline and the oracle agree on every row and every penny of what is made up for them."""

from random import Random

import pytest
from hypothesis import given

from reconciliation.exceptions.catalogue import CATALOGUE
from tests.generated.strategies import Question, questions
from tests.oracle.codes import CODES
from tests.properties.comparing import answered, differences, reckoned, seeded_question
from tests.properties.edges import on_the_edge
from tests.properties.everyday import searching, seeds

FAMILIES = 60


@searching(25)
@given(questions())
def test_small_councils_give_what_the_rules_give(question: Question):
    """Every output frame, under drawn policies and positions."""
    assert differences(reckoned(question), answered(question)) == []


@pytest.mark.parametrize("seed", seeds(5, 10))
def test_larger_councils_give_what_the_rules_give(seed):
    """Sixty families at once, where families meet each other's money."""
    question = seeded_question(seed, FAMILIES)
    assert differences(reckoned(question), answered(question)) == []


@pytest.mark.parametrize("seed", seeds(3, 6))
def test_families_on_a_threshold_fall_on_its_right_side(seed):
    """Arrears, overpayment and days overdue that are exactly what the policy asks for."""
    question = on_the_edge(seeded_question(seed, FAMILIES), Random(seed))
    assert differences(reckoned(question), answered(question)) == []


def test_the_catalogue_has_the_codes_of_the_rules():
    """No exception without words for it, and no words without a rule (rules §6)."""
    assert {str(code) for code in CATALOGUE} == set(CODES)
