"""The one door from text to typed cells, and the reasons for which a row stays outside (records: Conventions).

A *staged* frame has a column `text:<name>` (String) for every column of its record. A *judged* frame has the typed
columns beside them and one Boolean `fault:<n>` for each `Fault`. A reason shows the form of what was found, with
every letter as `a` and every digit as `9`, never the value: it may be somebody's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from reconciliation.ingest import amounts
from reconciliation.ingest.sources import Source, date_pattern, spelled
from reconciliation.records import CORRECTION, Column, Record, Type
from reconciliation.vocabulary import MONEY_TO_FAMILY

TEXT = "text:"
FIRST_DAY = date(1900, 1, 1)
"""No record of a direct payment is older; a date before it is a slip or a spreadsheet's zero."""
CONTROL_CHARACTERS = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]"
"""Those beside tab and line ends, which a narrative may have."""
ANY_CONTROL_CHARACTER = r"[\x00-\x1F\x7F]"
IDENTIFIERS = ("_id", "_reference", "reverses")
"""How names of columns end whose cells stand in logs and file names, on one line."""
FORM_LENGTH = 24
EXPECTED = {
    Type.TEXT: "text without control characters",
    Type.DATE: "a date that exists, written as {formats}",
    Type.MONEY: "pounds of zero or more with at most 2 decimals, such as 1234.50",
    Type.SIGNED_MONEY: "pounds with at most 2 decimals, such as 1234.50 or -20.00",
    Type.BOOLEAN: "true or false",
    Type.PERCENT: "a whole percent from 0 to 100",
    Type.HOURS: "hours with at most 3 decimals, such as 12.5",
}


@dataclass(frozen=True)
class Fault:
    """One way in which a row is bad: `holds` over staged and typed columns, and what its reason says."""

    holds: pl.Expr
    reason: pl.Expr


def judged(staged: pl.DataFrame, source: Source, schedules: frozenset[str]) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    """`staged` with its typed columns and faults, and the faults in order; `schedules` are the policy's."""
    record = source.layout_of
    blanked = staged.with_columns(_blank_is_null(pl.col(TEXT + column.name)) for column in record.columns)
    typed = blanked.with_columns(_value(column, source).alias(column.typed_name) for column in record.columns)
    if record.is_ledger and source.kind_by_sign:
        typed = typed.with_columns(kind=pl.coalesce("kind", _kind_by_sign(source)))
    faults = (*_cell_faults(record, source), *_row_faults(record, schedules))
    typed = typed.with_columns(fault.holds.fill_null(False).alias(f"fault:{n}") for n, fault in enumerate(faults))
    defaults = [pl.col(c.typed_name).fill_null(c.default) for c in record.columns if c.default is not None]
    delivered = [pl.lit(0, pl.Int64).alias(CORRECTION)] if record.is_corrected else []
    return typed.with_columns(*defaults, *delivered), faults


def is_bad(faults: tuple[Fault, ...]) -> pl.Expr:
    """Whether any fault holds for a judged row."""
    return pl.any_horizontal(f"fault:{n}" for n in range(len(faults)))


def reason(faults: tuple[Fault, ...]) -> pl.Expr:
    """All that is wrong with a judged row, in the order of its columns."""
    said = [pl.when(pl.col(f"fault:{n}")).then(fault.reason) for n, fault in enumerate(faults)]
    return pl.concat_str(said, separator="; ", ignore_nulls=True)


def _blank_is_null(text: pl.Expr) -> pl.Expr:
    bare = text.str.strip_chars()
    return pl.when(bare != "").then(bare)


def _value(column: Column, source: Source) -> pl.Expr:
    """The typed value of a column's text; null where the text is blank or cannot be read."""
    text = pl.col(TEXT + column.name)
    match column.type:
        case Type.DATE:
            return _date(text, source.date_format)
        case Type.MONEY | Type.SIGNED_MONEY:
            pence = amounts.pence(text, source.amount_style)
            return -pence if column.name == "amount" and source.sign == "reversed" else pence
        case Type.BOOLEAN:
            return text.str.to_lowercase().replace_strict(
                {"true": True, "false": False}, default=None, return_dtype=pl.Boolean
            )
        case Type.PERCENT:
            return _where(text, r"^(100|[0-9]{1,2})$").cast(pl.Int64)
        case Type.HOURS:
            return _thousandths(text)
        case Type.CHOICE:
            return pl.when(text.is_in(column.choices)).then(text)
        case Type.TEXT:
            is_identifier = column.name.endswith(IDENTIFIERS)
            forbidden = ANY_CONTROL_CHARACTER if is_identifier else CONTROL_CHARACTERS
            return pl.when(~text.str.contains(forbidden)).then(text)


def _where(text: pl.Expr, pattern: str) -> pl.Expr:
    return pl.when(text.str.contains(pattern)).then(text)


def _date(text: pl.Expr, formats: list[str]) -> pl.Expr:
    """The date by the first format that fits, strictly: no missing century, no impossible day."""
    dates = (_where(text, date_pattern(form)).str.to_date(form, strict=False) for form in formats)
    day = pl.coalesce(*dates)
    return pl.when(day >= FIRST_DAY).then(day)


def _thousandths(text: pl.Expr) -> pl.Expr:
    pattern = r"^([0-9]{1,4})(?:\.([0-9]{1,3}))?$"
    whole = text.str.extract(pattern, 1).cast(pl.Int64)
    part = text.str.extract(pattern, 2).fill_null("").str.pad_end(3, "0").cast(pl.Int64)
    return whole * 1000 + part


def _kind_by_sign(source: Source) -> pl.Expr:
    amount, kinds = pl.col("amount_pence"), source.kind_by_sign
    kind = pl.when(amount > 0).then(pl.lit(kinds.positive)).when(amount < 0).then(pl.lit(kinds.negative))
    return pl.when(pl.col(f"{TEXT}kind").is_null()).then(kind)


def _cell_faults(record: Record, source: Source) -> Iterator[Fault]:
    for column in record.columns:
        text, value = pl.col(TEXT + column.name), pl.col(column.typed_name)
        expected = _expected(column, source)
        unreadable = text.is_not_null() & value.is_null()
        if column.type is Type.MONEY:
            unreadable |= value < 0
        found = pl.concat_str(pl.lit(f'{column.name}: found "'), _form(text), pl.lit(f'", expected {expected}'))
        yield Fault(unreadable, found)
        if column.required:
            yield Fault(text.is_null() & value.is_null(), pl.lit(f"{column.name}: blank, expected {expected}"))


def _expected(column: Column, source: Source) -> str:
    if column.type is Type.CHOICE:
        return "one of " + ", ".join(column.choices)
    return EXPECTED[column.type].format(formats=" or ".join(map(spelled, source.date_format)))


def _form(text: pl.Expr) -> pl.Expr:
    """The look of a text: letters as `a`, digits as `9`, digits of other scripts as `#`."""
    masked = text.str.slice(0, FORM_LENGTH).str.replace_all(r"\p{L}", "a").str.replace_all(r"[\p{N}--0-9]", "#")
    return masked.str.replace_all("[0-9]", "9").str.replace_all(r"\s|\p{C}", " ")


def _row_faults(record: Record, schedules: frozenset[str]) -> Iterator[Fault]:
    for start, end in record.spans:
        yield Fault(pl.col(end) < pl.col(start), pl.lit(f"{end}: lies before {start}"))
    yield from _ROW_RULES.get(record.name, lambda _: ())(schedules)


def _weekly_needs_a_schedule(schedules: frozenset[str]) -> Iterator[Fault]:
    weekly, schedule = pl.col("kind") == "weekly", pl.col("schedule")
    known = ", ".join(sorted(schedules))
    yield Fault(weekly & schedule.is_null(), pl.lit("schedule: blank, but a weekly entitlement needs one"))
    unknown = weekly & ~schedule.is_in(sorted(schedules))
    yield Fault(unknown, pl.lit(f"schedule: not one of the policy's, which are {known}"))


def _sign_fits_kind(_: frozenset[str]) -> Iterator[Fault]:
    amount, kind = pl.col("amount_pence"), pl.col("kind")
    is_to_family = kind.is_in(MONEY_TO_FAMILY)
    wrong_way = ((amount < 0) & is_to_family) | ((amount > 0) & ~is_to_family)
    yield Fault(amount == 0, pl.lit("amount: zero moves no money"))
    yield Fault(wrong_way, pl.format("amount: its sign does not fit the kind {}", kind))


def _agreed_has_its_date(_: frozenset[str]) -> Iterator[Fault]:
    undated = (pl.col("status") == "agreed") & pl.col(f"{TEXT}agreed_on").is_null()
    yield Fault(undated, pl.lit("agreed_on: blank, but an agreed plan needs its date"))


_ROW_RULES = {
    "entitlements": _weekly_needs_a_schedule,
    "transactions": _sign_fits_kind,
    "plans": _agreed_has_its_date,
}
