"""One question put to the pipeline and to the oracle, and every row on which they differ."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import polars as pl

from reconciliation import shapes
from reconciliation.position import Position
from reconciliation.reckoning import reckon
from reconciliation.records import RECORDS
from reconciliation.results import Results
from tests.generated.council import drawn_council, drawn_quarantine
from tests.generated.policies import drawn_policy
from tests.generated.strategies import TABLE_ENDS, Question
from tests.oracle.reference import Answer, answer

COMPARED = {
    "ledger": tuple(shapes.LEDGER),
    "movements": tuple(shapes.MOVEMENTS),
    "allocations": tuple(shapes.ALLOCATIONS),
    "balances": tuple(shapes.BALANCES),
    "interest": ("family_id", "basis", "amount_pence"),
    "suspense": ("transaction_id", "posted_on", "amount_pence", "kind", "payee_reference", "narrative"),
    "promises": tuple(shapes.PROMISES),
    "raised": ("code", "family_id", "subject", "severity", "amount_pence", "since", "items"),
    "compensation": ("family_id", "head", "low_pence", "high_pence"),
    "briefing": ("family_id", "role", "since", "working_days_past"),
    "lookback": tuple(shapes.LOOKBACK),
}
"""The columns that the rules fix, of every frame; the words in the others are the program's own."""

OF_MONEY = ("ledger", "movements", "allocations", "interest")
"""The frames that `Results` keeps under `money`."""


def as_frames(records) -> dict[str, pl.DataFrame]:
    """Typed rows as the frames that the pipeline takes."""
    return {
        name: pl.DataFrame(records.get(name, []), schema=record.schema(), orient="row")
        for name, record in RECORDS.items()
    }


def as_quarantine(rows) -> pl.DataFrame:
    return pl.DataFrame([dict.fromkeys(shapes.QUARANTINE) | row for row in rows], schema=shapes.QUARANTINE)


def reckoned(question: Question) -> Results:
    """The pipeline's answer."""
    quarantined = as_quarantine(question.quarantined)
    return reckon(as_frames(question.records), question.policy, question.position, quarantined)


def answered(question: Question) -> Answer:
    """The oracle's answer."""
    return answer(question.records, question.policy, question.position, question.quarantined)


def differences(results: Results, expected: Answer) -> list[str]:
    """Each row that only one of both has, in words."""
    return [
        f"{frame}: only the {who}: {dict(zip(columns, row, strict=True))}"
        for frame, columns in COMPARED.items()
        for who, row in unmatched(pipeline_rows(results, frame, columns), oracle_rows(expected, frame, columns))
    ]


def pipeline_rows(results: Results, frame: str, columns) -> list[tuple]:
    found = getattr(results.money if frame in OF_MONEY else results, frame)
    if frame == "compensation":
        found = found.filter(pl.col("head") != "interest")
    return found.select(columns).rows()


def oracle_rows(expected: Answer, frame: str, columns) -> list[tuple]:
    return [tuple(row[column] for column in columns) for row in getattr(expected, frame)]


def unmatched(pipeline: list[tuple], oracle: list[tuple]):
    """(who has it, row) of every row that the other lacks."""
    pipeline_count, oracle_count = Counter(pipeline), Counter(oracle)
    yield from (("pipeline", row) for row in (pipeline_count - oracle_count).elements())
    yield from (("oracle", row) for row in (oracle_count - pipeline_count).elements())


def seeded_question(seed: int, families: int) -> Question:
    """A larger council, with a policy and a position of its own, from one seed."""
    drawer = Random(seed)
    any_day = date(2024, 2, 1) + timedelta(days=drawer.randint(0, 900))
    as_of = drawer.choice((any_day, any_day, any_day, *TABLE_ENDS))
    known_on = as_of + timedelta(days=drawer.choice((0, 0, 0, -25, 30)))
    return Question(
        records=drawn_council(drawer, families, as_of),
        quarantined=drawn_quarantine(drawer, families, as_of),
        policy=drawn_policy(drawer),
        position=Position(as_of, known_on),
    )
