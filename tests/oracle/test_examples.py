"""The oracle alone reproduces every published figure of the worked example, at each of its positions."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from reconciliation.policy import read_policy
from reconciliation.position import Position
from tests.oracle.landing import read_landing
from tests.oracle.reference import answer

EXAMPLES = Path(__file__).parents[1] / "examples"
POSITIONS = {
    "2026-06-10": (Position.at(date(2026, 6, 10)), None),
    "2025-03-31_known_2025-01-15": (Position.at(date(2025, 3, 31), date(2025, 1, 15)), None),
    "2026-07-10": (Position.at(date(2026, 7, 10)), None),
    "2026-06-10_other_policy": (Position.at(date(2026, 6, 10)), EXAMPLES / "policy.toml"),
}
FILES = {
    "ledger": "ledger",
    "allocations": "allocations",
    "balances": "balances",
    "interest": "interest",
    "promises": "promises",
    "suspense": "suspense",
    "exceptions": "raised",
    "lookback": "lookback",
}


@cache
def answer_at(name):
    position, policy_file = POSITIONS[name]
    policy = read_policy(policy_file)
    records, quarantined = read_landing(EXAMPLES / "landing", policy, position.as_of)
    return answer(records, policy, position, quarantined)


def published(value):
    """A value as the files spell it; money is spelled by `in_pounds`."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def in_pounds(pence):
    return "" if pence is None else f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02}"


def spelled(row, columns):
    return tuple(
        in_pounds(row[f"{column}_pence"]) if f"{column}_pence" in row else published(row[column]) for column in columns
    )


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("file", FILES)
def test_the_oracle_gives_every_row_of_the_worked_example(position, file):
    """Same rows, same pence, nothing more and nothing less."""
    with (EXAMPLES / "expected" / position / f"{file}.csv").open(encoding="utf-8-sig", newline="") as lines:
        columns, *expected = csv.reader(lines)
    found = [spelled(row, columns) for row in getattr(answer_at(position), FILES[file])]
    assert sorted(found) == sorted(map(tuple, expected))
