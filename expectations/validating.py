"""Holding tables to their rules with Great Expectations.

A small table is looked at as it is (pandas with arrow types), by a suite of its own; of all the large ones, one suite
sees how many rows break each rule, as Polars counted them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

import polars as pl

from expectations.certificate import Certificate
from expectations.certifier import answered
from expectations.native import Broken, Native, Question
from expectations.rules import SAID_ROW_BY_ROW, Rule, Whole

SMALL_ROWS = 50
"""Up to here a table goes to the library whole. It takes 10 ms for a rule on any table, and 2 ms on a count: a night
has close to 200 rules."""


def certify(suite: str, tables: Iterable[Whole], small_rows: int = SMALL_ROWS) -> Certificate:
    """Holds every table to its rules; a rule that cannot be tried counts as failed.

    Tables come one at a time, and a large one that keeps its rules is let go before the next is asked for.
    """
    looked_at: list[Looked] = []
    broken = answered(_questions(suite, tables, small_rows, looked_at))
    causes = [
        cause for looked in looked_at for rule in looked.rules for cause in _causes(looked, rule, broken[rule.id])
    ]
    kept = [_kept(looked, broken) for looked in looked_at]
    return Certificate(
        not causes, tuple(causes), {"suite": suite, "passed": not causes, "causes": causes, "tables": kept}
    )


@dataclass(frozen=True)
class Looked:
    """A table once it was looked at: its rows are kept where they are few, or where any breaks a rule."""

    name: str
    rows: int
    is_whole: bool
    rules: tuple[Rule, ...]
    frame: pl.DataFrame


def _questions(suite: str, tables: Iterable[Whole], small_rows: int, looked_at: list[Looked]) -> Iterator[Question]:
    """Each small table as it is; then of all large ones together how many rows break each rule, as Polars counts."""
    counts = []
    for table in tables:
        rows, frame, is_whole = table.frame.height, table.frame, table.frame.height <= small_rows
        if is_whole:
            yield _whole_table(table)
        else:
            counts.append(_counted(table))
            frame = frame if any(counts[-1].row(0)) else frame.clear()
        looked_at.append(Looked(table.name, rows, is_whole, table.rules, frame))
        del table
    if counts:
        yield _counts(suite, pl.concat(counts, how="horizontal"))


def _whole_table(table: Whole) -> Question:
    named = {column for rule in table.rules for column in rule.breaks.meta.root_names()}
    native = {rule.id: rule.expectation for rule in table.rules}
    return Question(table.name, native, _as_stream(table.frame.select(sorted(named))))


def _counts(suite: str, counts: pl.DataFrame) -> Question:
    """One row, with a column for each rule of how many rows break it: none may."""
    none = {id: Native("expect_column_max_to_be_between", {"column": id, "max_value": 0}) for id in counts.columns}
    return Question(suite, none, _as_stream(counts))


def _counted(table: Whole) -> pl.DataFrame:
    """How many rows break each rule, a column for each. One after the other: some take as much memory as the table."""
    counts = {rule.id: table.frame.select(rule.breaks.fill_null(False).sum()).item() for rule in table.rules}
    return pl.DataFrame([counts], schema=dict.fromkeys(counts, pl.Int64))


def _as_stream(frame: pl.DataFrame) -> bytes:
    """In the types that pandas takes."""
    stream = BytesIO()
    frame.write_ipc_stream(stream, compat_level=pl.CompatLevel.oldest())
    return stream.getvalue()


def _kept(looked: Looked, broken: Broken) -> dict:
    rules = [_kept_rule(rule, broken[rule.id], looked.rows) for rule in looked.rules]
    return {"table": looked.name, "rows": looked.rows, "is_whole": looked.is_whole, "rules": rules}


def _kept_rule(rule: Rule, broken: int | None, rows: int) -> dict:
    native = rule.expectation
    return {"rule": rule.id, "type": native.type, "kwargs": native.kwargs, "rows": rows, "broken": broken}


def _causes(table: Looked, rule: Rule, broken: int | None) -> list[str]:
    if broken is None:
        return [f"{table.name}: the check {rule.id} could not be carried out; tell whoever looks after the program"]
    if broken == 0:
        return []
    if not rule.is_said_of_each_row:
        return [rule.cause.format(count=broken)]
    rows = table.frame.filter(rule.breaks)
    said = [rule.cause.format(count=broken, **row) for row in rows.head(SAID_ROW_BY_ROW).iter_rows(named=True)]
    unsaid = rows.height - len(said)
    return said + ([f"{table.name}: the same of {unsaid} more"] if unsaid else [])
