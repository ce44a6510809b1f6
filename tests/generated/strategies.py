"""Hypothesis strategies for record sets, policies and positions.

They hand the generator of the council a drawer that Hypothesis steers, so what it finds it also shrinks.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from reconciliation.policy import Policy, default_policy
from reconciliation.position import Position
from tests.generated.council import Records, drawn_council, drawn_quarantine
from tests.generated.policies import drawn_policy

DRAWERS = st.randoms(use_true_random=False)
DAYS = st.dates(date(2024, 2, 1), date(2026, 7, 20))
"""Easters, a leap day, two Christmases, and days after the Bank Rate table was last verified."""

VERIFIED_TO = default_policy().bank_rate.verified_to
TABLE_ENDS = (VERIFIED_TO, VERIFIED_TO + timedelta(days=1))
"""The last day that the Bank Rate table was checked for, and the first that it was not."""


@dataclass(frozen=True)
class Question:
    """All that an answer depends on."""

    records: Records
    quarantined: list[dict]
    policy: Policy
    position: Position


@st.composite
def positions(draw) -> Position:
    """Most often as known on the day itself; else up to two months before or after."""
    as_of = draw(DAYS | st.sampled_from(TABLE_ENDS))
    known_after = draw(st.sampled_from((0, 0, 0, 30, -10, -60)))
    return Position.at(as_of, as_of + timedelta(days=known_after))


@st.composite
def questions(draw, most_families: int = 5) -> Question:
    """A small council around a position, and a policy to ask it under."""
    position = draw(positions())
    families = draw(st.integers(1, most_families))
    drawer = draw(DRAWERS)
    return Question(
        records=drawn_council(drawer, families, position.as_of),
        quarantined=drawn_quarantine(drawer, families, position.as_of),
        policy=drawn_policy(drawer),
        position=position,
    )
