"""How a story is told: it takes families in good order and unpaid, lets the council pay them, plants its fault, and
writes into the key what the night must say of it. A story that writes nothing is one that must stay quiet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sample_data.answer_key import AnswerKey
from sample_data.council import Family, Movement
from sample_data.days import working_day_before
from sample_data.families import Profile

MAY, APRIL, FEBRUARY = date(2026, 5, 18), date(2026, 4, 20), date(2026, 2, 23)
"""Due days of four-weekly instalments."""


@dataclass(frozen=True)
class Story:
    """A story, the families that it needs, and how it is planted."""

    name: str
    profiles: tuple[Profile, ...]
    plant: Callable[..., None]


STORIES: list[Story] = []
"""Every story, in the order in which its module tells it."""


def story(*profiles: Profile) -> Callable:
    """Register a story with the profiles of the families that it is about; said twice, it happens twice."""

    def register(plant: Callable[..., None]) -> Callable[..., None]:
        STORIES.append(Story(plant.__name__, profiles, plant))
        return plant

    return register


def payment_for(family: Family, due_on: date) -> Movement:
    """The payment that the council made for the instalment of that day."""
    posted_on = working_day_before(due_on)
    return next(paid for paid in family.movements if paid.posted_on == posted_on and paid.kind == "payment")


def withhold(family: Family, due_on: date) -> int:
    """Take back a payment as if it had never been made; returns its pence."""
    payment = payment_for(family, due_on)
    family.movements.remove(payment)
    return payment.pence


def owed(family: Family, key: AnswerKey, since: date, pence: int, items: int = 1, code: str = "MISSED_PAYMENT") -> None:
    """Write into the key what is owed for instalments of one due each, and how it came about."""
    key.raises("ARREARS", family, since, items, pence)
    key.raises(code, family, since, items, pence)
    key.stands("owed", family)


def never_paid(family: Family, key: AnswerKey, *due_days: date) -> int:
    """Withhold these instalments, earliest first; returns their pence."""
    pence = sum(withhold(family, due_on) for due_on in due_days)
    owed(family, key, due_days[0], pence, len(due_days))
    return pence
