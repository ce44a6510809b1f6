"""The position every result is for: the day it speaks of, and the day on which it was known (rules, Position)."""

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Position:
    """`as_of` is the day the figures speak of; only what was recorded by `known_on` counts."""

    as_of: date
    known_on: date

    @classmethod
    def at(cls, as_of: date, known_on: date | None = None) -> "Position":
        """The position at `as_of`; `known_on` defaults to it."""
        return cls(as_of, known_on or as_of)

    def day_before(self) -> "Position":
        """The same a day earlier, as it was known a day earlier."""
        return Position(self.as_of - ONE_DAY, self.known_on - ONE_DAY)
