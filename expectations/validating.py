"""Holding tables to their rules with Great Expectations.

A small table is looked at as it is (pandas with arrow types), by a suite of its own; of all the large ones, one suite
sees how many rows break each rule, as Polars counted them.
"""

from collections.abc import Iterator
from io import BytesIO

import polars as pl

from expectations.certificate import Certificate
from expectations.certifier import answered
from expectations.native import Broken, Native, Question
from expectations.rules import SAID_ROW_BY_ROW, Rule, Whole

SMALL_ROWS = 50
"""Up to here a table goes to the library whole. It takes 10 ms for a rule on any table, and 2 ms on a count: a night
has close to 200 rules."""


def certify(suite: str, tables: list[Whole], small_rows: int = SMALL_ROWS) -> Certificate:
    """Holds every table to its rules; a rule that cannot be tried counts as failed."""
    broken = answered(_questions(suite, tables, small_rows))
    kept = [_kept(table, broken, is_whole=table.frame.height <= small_rows) for table in tables]
    causes = [cause for table in tables for rule in table.rules for cause in _causes(table, rule, broken[rule.id])]
    return Certificate(
        not causes, tuple(causes), {"suite": suite, "passed": not causes, "causes": causes, "tables": kept}
    )


def _questions(suite: str, tables: list[Whole], small_rows: int) -> Iterator[Question]:
    """Each small table as it is; then of all large ones together how many rows break each rule, as Polars counts."""
    for table in tables:
        if table.frame.height <= small_rows:
            yield _whole_table(table)
    large = [table for table in tables if table.frame.height > small_rows]
    if large:
        yield _counts(suite, large)


def _whole_table(table: Whole) -> Question:
    named = {column for rule in table.rules for column in rule.breaks.meta.root_names()}
    native = {rule.id: rule.expectation for rule in table.rules}
    return Question(table.name, native, _as_stream(table.frame.select(sorted(named))))


def _counts(suite: str, tables: list[Whole]) -> Question:
    """One row, with a column for each rule of how many rows break it: none may."""
    counts = pl.concat([_counted(table) for table in tables], how="horizontal")
    none = {id: Native("expect_column_max_to_be_between", {"column": id, "max_value": 0}) for id in counts.columns}
    return Question(suite, none, _as_stream(counts))


def _counted(table: Whole) -> pl.DataFrame:
    return table.frame.select(rule.breaks.fill_null(False).sum().cast(pl.Int64).alias(rule.id) for rule in table.rules)


def _as_stream(frame: pl.DataFrame) -> bytes:
    """In the types that pandas takes."""
    stream = BytesIO()
    frame.write_ipc_stream(stream, compat_level=pl.CompatLevel.oldest())
    return stream.getvalue()


def _kept(table: Whole, broken: Broken, *, is_whole: bool) -> dict:
    rows = table.frame.height
    rules = [_kept_rule(rule, broken[rule.id], rows) for rule in table.rules]
    return {"table": table.name, "rows": rows, "is_whole": is_whole, "rules": rules}


def _kept_rule(rule: Rule, broken: int | None, rows: int) -> dict:
    native = rule.expectation
    return {"rule": rule.id, "type": native.type, "kwargs": native.kwargs, "rows": rows, "broken": broken}


def _causes(table: Whole, rule: Rule, broken: int | None) -> list[str]:
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
