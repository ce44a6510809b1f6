"""Great Expectations at work: one table held to one suite. Loading this takes seconds."""

import logging
from functools import cache

import great_expectations as gx
import pandas as pd
import pyarrow as pa
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from expectations.native import Broken, Question
from expectations.sparing import describing_once

COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""Results carry counts and never a cell: they are kept, and people may look at them."""


def answer(question: Question) -> Broken:
    """Hold the table to what is expected of it, as pandas with arrow types.

    A native rule counts rows; the largest value of a column of counts is itself a count. The library tells what it
    could not try under `exception_info`, per metric, and finds nothing.
    """
    expected = [_expectation(id, native.type, native.kwargs) for id, native in question.expected.items()]
    table = pa.ipc.open_stream(question.table).read_all().to_pandas(types_mapper=pd.ArrowDtype)
    batch = _whole().get_batch(batch_parameters={"dataframe": table})
    suite = gx.ExpectationSuite(name=question.name, expectations=expected)
    with describing_once():
        results = batch.validate(suite, result_format=COUNTS_ONLY).results
    return {result.expectation_config.meta["rule"]: _broken(result.result) for result in results}


def _expectation(id: str, type: str, kwargs: dict) -> Expectation:
    return ExpectationConfiguration(type=type, kwargs=kwargs, meta={"rule": id}).to_domain_obj()


def _broken(found: dict) -> int | None:
    count = found.get("unexpected_count", found.get("observed_value"))
    return None if count is None else int(count)


@cache
def _whole() -> BatchDefinition:
    for name in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("tables")
    return asset.add_batch_definition_whole_dataframe("whole")
