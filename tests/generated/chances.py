"""Small draws that read aloud."""

from datetime import date, timedelta
from random import Random


def chance(drawer: Random, percent: int) -> bool:
    """True in about `percent` of a hundred draws; the lowest draw is False."""
    return drawer.randint(0, 99) >= 100 - percent


def maybe(drawer: Random, percent: int, value):
    """`value` in about `percent` of a hundred draws, else None."""
    return value if chance(drawer, percent) else None


def shifted(drawer: Random, day: date, fewest: int, most: int) -> date:
    """`day` moved by between `fewest` and `most` days."""
    return day + timedelta(days=drawer.randint(fewest, most))


class Ids:
    """Fresh identifiers whose order says nothing about the order in which they were made."""

    def __init__(self, drawer: Random) -> None:
        self.drawer = drawer
        self.made = 0

    def fresh(self, letter: str) -> str:
        """An identifier that nothing else has."""
        self.made += 1
        return f"{letter}{self.drawer.randint(0, 9)}{self.made:05}"
