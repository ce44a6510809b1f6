"""Small draws that read aloud."""

from calendar import monthrange
from datetime import date, timedelta
from random import Random

A_SEASON = 100
"""A move over more days than this is a far one."""
EDGES = (28, 29, 30, 31, 42, 43, 56, 57, 84, 85, 90, 91, 181, 182, 183, 184, 365, 366)
"""Days after which a clock of the default policy strikes, and the days beside them."""


def chance(drawer: Random, percent: int) -> bool:
    """True in about `percent` of a hundred draws; the lowest draw is False."""
    return drawer.randint(0, 99) >= 100 - percent


def maybe(drawer: Random, percent: int, value):
    """`value` in about `percent` of a hundred draws, else None."""
    return value if chance(drawer, percent) else None


def shifted(drawer: Random, day: date, fewest: int, most: int) -> date:
    """`day` moved by between `fewest` and `most` days.

    A far move now and then lands where a clock of the rules is just about to strike, or on the end of a month.
    """
    edges = [days for size in EDGES for days in (-size, size) if fewest <= days <= most]
    if most - fewest > A_SEASON and chance(drawer, 15):
        return day + timedelta(days=drawer.choice(edges))
    day += timedelta(days=drawer.randint(fewest, most))
    if most - fewest > A_SEASON and chance(drawer, 10):
        return day.replace(day=monthrange(day.year, day.month)[1])
    return day


class Ids:
    """Fresh identifiers whose order says nothing about the order in which they were made."""

    def __init__(self, drawer: Random) -> None:
        self.drawer = drawer
        self.made = 0

    def fresh(self, letter: str) -> str:
        """An identifier that nothing else has."""
        self.made += 1
        return f"{letter}{self.drawer.randint(0, 9)}{self.made:05}"
