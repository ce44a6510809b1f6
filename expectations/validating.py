"""Holding tables to their rules with Great Expectations.

A small table is looked at as it is (pandas with arrow types), by a suite of its own; of all the large ones, one suite
sees how many rows break each rule, as Polars counted them.
"""

import logging

import great_expectations as gx
import great_expectations.expectations as gxe
import polars as pl
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context.types.base import ProgressBarsConfig

from expectations.certificate import Certificate
from expectations.rules import SAID_ROW_BY_ROW, Rule, Whole

SMALL_ROWS = 50
"""Up to here a table goes to the library whole. It takes 10 ms for a rule on any table, and 2 ms on a count: a night
has close to 200 rules."""

COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""Results carry counts and never a cell: they are kept, and people may look at them."""

Broken = dict[str, int | None]
"""How many rows break each rule, by its id; None where the library could not try it."""


def certify(suite: str, tables: list[Whole], small_rows: int = SMALL_ROWS) -> Certificate:
    """Holds every table to its rules; a rule that cannot be tried counts as failed."""
    whole = _batch_definition()
    broken = _broken_counts(whole, suite, [table for table in tables if table.frame.height > small_rows])
    for table in tables:
        if table.frame.height <= small_rows:
            broken |= _broken_rows(whole, table)
    kept = [_kept(table, broken, is_whole=table.frame.height <= small_rows) for table in tables]
    causes = [cause for table in tables for rule in table.rules for cause in _causes(table, rule, broken[rule.id])]
    return Certificate(
        not causes, tuple(causes), {"suite": suite, "passed": not causes, "causes": causes, "tables": kept}
    )


def _batch_definition() -> BatchDefinition:
    for name in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("tables")
    return asset.add_batch_definition_whole_dataframe("whole")


def _broken_rows(whole: BatchDefinition, table: Whole) -> Broken:
    """Of a table as it is, each rule by its native expectation."""
    named = {column for rule in table.rules for column in rule.breaks.meta.root_names()}
    native = {rule.id: rule.expectation for rule in table.rules}
    results = _validated(whole, table.name, table.frame.select(sorted(named)), native)
    return {id: result.get("unexpected_count") for id, result in results.items()}


def _broken_counts(whole: BatchDefinition, suite: str, tables: list[Whole]) -> Broken:
    """Of large tables, all together: one row, with a column for each rule of how many rows break it."""
    if not tables:
        return {}
    counts = pl.concat([_counted(table) for table in tables], how="horizontal")
    none_breaks = {id: gxe.ExpectColumnMaxToBeBetween(column=id, max_value=0) for id in counts.columns}
    results = _validated(whole, suite, counts, none_breaks)
    return {id: result.get("observed_value") for id, result in results.items()}


def _counted(table: Whole) -> pl.DataFrame:
    return table.frame.select(rule.breaks.fill_null(False).sum().cast(pl.Int64).alias(rule.id) for rule in table.rules)


def _validated(
    whole: BatchDefinition, name: str, frame: pl.DataFrame, expectations: dict[str, gxe.Expectation]
) -> dict[str, dict]:
    """What the library found by each expectation, by the rule's id; nothing where it could not try, which it tells
    under `exception_info`, per metric."""
    named = [expectation.copy(update={"meta": {"rule": id}}) for id, expectation in expectations.items()]
    batch = whole.get_batch(batch_parameters={"dataframe": frame.to_pandas(use_pyarrow_extension_array=True)})
    validated = batch.validate(gx.ExpectationSuite(name=name, expectations=named), result_format=COUNTS_ONLY)
    return {result.expectation_config.meta["rule"]: result.result for result in validated.results}


def _kept(table: Whole, broken: Broken, *, is_whole: bool) -> dict:
    rows = table.frame.height
    rules = [_kept_rule(rule, broken[rule.id], rows) for rule in table.rules]
    return {"table": table.name, "rows": rows, "is_whole": is_whole, "rules": rules}


def _kept_rule(rule: Rule, broken: int | None, rows: int) -> dict:
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
