"""Holding tables to their rules with Great Expectations: each whole is validated once, by one suite.

A small table is looked at as it is (pandas with arrow types); of a large one the suite sees how many rows break each
rule, as Polars counted them.
"""

import logging

import great_expectations as gx
import great_expectations.expectations as gxe
import polars as pl
from great_expectations.core.batch import Batch
from great_expectations.data_context.types.base import ProgressBarsConfig

from expectations.certificate import Certificate
from expectations.rules import SAID_ROW_BY_ROW, Rule, Whole

SMALL_ROWS = 20_000
"""Up to here a table goes to the library whole; it takes about 0.1 s for ten rules at this size, and grows steeply."""

COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""Results carry counts and never a cell: they are kept, and people may look at them."""


def certify(suite: str, tables: list[Whole], small_rows: int = SMALL_ROWS) -> Certificate:
    """Holds every table to its rules; a rule that cannot be tried counts as failed."""
    context = _context()
    looked_at = [_validated(context, table, small_rows) for table in tables]
    causes = tuple(cause for _, table_causes in looked_at for cause in table_causes)
    json = {"suite": suite, "passed": not causes, "causes": list(causes), "tables": [kept for kept, _ in looked_at]}
    return Certificate(not causes, causes, json)


def _context() -> gx.data_context.EphemeralDataContext:
    for name in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _validated(context, table: Whole, small_rows: int) -> tuple[dict, list[str]]:
    """What is kept of the table's validation, and its causes."""
    is_whole = table.frame.height <= small_rows
    outcomes = _outcomes(context, table, is_whole)
    rules = [_kept(rule, outcomes[rule.id], table.frame.height) for rule in table.rules]
    causes = [cause for rule in table.rules for cause in _causes(table, rule, outcomes[rule.id])]
    return {"table": table.name, "rows": table.frame.height, "is_whole": is_whole, "rules": rules}, causes


def _outcomes(context, table: Whole, is_whole: bool) -> dict[str, int | None]:
    """How many rows break each rule, by its id; None where the library could not try it."""
    frame = _looked_at(table) if is_whole else _counted(table)
    native = [rule.expectation if is_whole else _none_breaks(rule) for rule in table.rules]
    suite = gx.ExpectationSuite(
        name=table.name,
        expectations=[
            expectation.copy(update={"meta": {"rule": rule.id}})
            for rule, expectation in zip(table.rules, native, strict=True)
        ],
    )
    validated = _batch(context, table.name, frame).validate(suite, result_format=COUNTS_ONLY)
    outcomes = {result.expectation_config.meta["rule"]: _broken(result) for result in validated.results}
    if is_whole:
        return outcomes
    return {id: None if count is None else frame[id].item() for id, count in outcomes.items()}


def _looked_at(table: Whole) -> pl.DataFrame:
    named = {column for rule in table.rules for column in rule.breaks.meta.root_names()}
    return table.frame.select(sorted(named))


def _counted(table: Whole) -> pl.DataFrame:
    """One row: a column per rule with the number of rows that break it."""
    return table.frame.select(rule.breaks.fill_null(False).sum().cast(pl.Int64).alias(rule.id) for rule in table.rules)


def _none_breaks(rule: Rule) -> gxe.Expectation:
    return gxe.ExpectColumnValuesToBeInSet(column=rule.id, value_set=[0])


def _batch(context, name: str, frame: pl.DataFrame) -> Batch:
    asset = context.data_sources.add_pandas(name).add_dataframe_asset(name)
    whole = asset.add_batch_definition_whole_dataframe(name)
    return whole.get_batch(batch_parameters={"dataframe": frame.to_pandas(use_pyarrow_extension_array=True)})


def _broken(result) -> int | None:
    """How many rows break the rule; an exception inside the library hides under `exception_info`, per metric."""
    return result.result.get("unexpected_count") if result.success or result.result else None


def _kept(rule: Rule, broken: int | None, rows: int) -> dict:
    native = rule.expectation.configuration
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
