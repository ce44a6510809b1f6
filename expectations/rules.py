"""The kinds of rule a table can be held to, each as a native expectation and as the Polars expression that breaks it.

The expectation is only described here, in words of Great Expectations: whoever states rules need not load it.

The two say the same and the tests hold them to it: the expectation looks at the table itself while it is small,
the expression counts for it when it is large (`validating`). A null cell breaks `complete` alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from expectations.native import Native

SAID_ROW_BY_ROW = 5
"""At most so many rows are named in causes; the rest are counted."""


@dataclass(frozen=True)
class Rule:
    """One thing that holds for every row of a table.

    `id` names it for good. `cause` is the sentence for a person when it fails: `{count}` is how many rows break it,
    and where `is_said_of_each_row` the other braces are columns of the row, which then must hold nobody's data.
    """

    id: str
    expectation: Native
    breaks: pl.Expr
    cause: str
    is_said_of_each_row: bool = False


@dataclass(frozen=True)
class Whole:
    """A whole frame with the rules it is held to; only the columns that they name are looked at."""

    name: str
    frame: pl.DataFrame
    rules: tuple[Rule, ...]


def complete(id: str, column: str, cause: str, **how) -> Rule:
    """Every row has a value."""
    expectation = Native("expect_column_values_to_not_be_null", {"column": column})
    return Rule(id, expectation, pl.col(column).is_null(), cause, **how)


def distinct(id: str, columns: tuple[str, ...], cause: str) -> Rule:
    """No two rows are the same in these columns."""
    if len(columns) == 1:
        (column,) = columns
        breaks = _repeated(pl.col(column)) & pl.col(column).is_not_null()
        return Rule(id, Native("expect_column_values_to_be_unique", {"column": column}), breaks, cause)
    expectation = Native("expect_compound_columns_to_be_unique", {"column_list": list(columns)})
    return Rule(id, expectation, _repeated(pl.struct(columns)), cause)


def _repeated(cells: pl.Expr) -> pl.Expr:
    """Whether each row's cells occur again in another row."""
    return cells.map_batches(_which_repeat, return_dtype=pl.Boolean)


def _which_repeat(cells: pl.Series) -> pl.Series:
    """Where all digests differ, so do all cells, and that is told in a tenth of the time."""
    differ = cells.hash().n_unique() == cells.len()
    return pl.Series([False]).new_from_index(0, cells.len()) if differ else cells.is_duplicated()


def one_of(id: str, column: str, values: Iterable, cause: str, **how) -> Rule:
    """Every value is one of a closed set."""
    allowed = [str(value) if isinstance(value, str) else value for value in values]
    expectation = Native("expect_column_values_to_be_in_set", {"column": column, "value_set": allowed})
    return Rule(id, expectation, ~pl.col(column).is_in(allowed), cause, **how)


def within(id: str, column: str, low: int | None, high: int | None, cause: str, **how) -> Rule:
    """Every value lies between `low` and `high`, both allowed; None leaves that side open."""
    ends = {name: end for name, end in (("min_value", low), ("max_value", high)) if end is not None}
    expectation = Native("expect_column_values_to_be_between", {"column": column} | ends)
    return Rule(id, expectation, ~pl.col(column).is_between(*_ends(low, high)), cause, **how)


def _ends(low: int | None, high: int | None) -> tuple[int, int]:
    widest = 2**62
    return (-widest if low is None else low, widest if high is None else high)


def same(id: str, column: str, other: str, cause: str, **how) -> Rule:
    """The two columns agree in every row that has both."""
    expectation = Native("expect_column_pair_values_to_be_equal", _where_both(column, other))
    return Rule(id, expectation, pl.col(column) != pl.col(other), cause, **how)


def at_least(id: str, column: str, other: str, cause: str, **how) -> Rule:
    """`column` is not below `other` in any row that has both."""
    told = _where_both(column, other) | {"or_equal": True}
    expectation = Native("expect_column_pair_values_a_to_be_greater_than_b", told)
    return Rule(id, expectation, pl.col(column) < pl.col(other), cause, **how)


def _where_both(column: str, other: str) -> dict:
    return {"column_A": column, "column_B": other, "ignore_row_if": "either_value_is_missing"}
