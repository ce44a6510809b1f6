"""A source: what an export is called, how it is written and what its columns mean (records, Other layouts)."""

import re
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from reconciliation.records import RECORDS, Record
from reconciliation.vocabulary import TransactionKind

CANONICAL = "canonical"
DATE_PARTS = {
    "%d": ("DD", r"[0-9]{1,2}"),
    "%m": ("MM", r"[0-9]{1,2}"),
    "%Y": ("YYYY", r"[0-9]{4}"),
    "%y": ("YY", r"[0-9]{2}"),
    "%b": ("Mon", r"[A-Za-z]{3}"),
    "%B": ("Month", r"[A-Za-z]{3,9}"),
    "%H": ("hh", r"[0-9]{2}"),
    "%M": ("mm", r"[0-9]{2}"),
    "%S": ("ss", r"[0-9]{2}"),
}
"""The parts of a date format: how people write them, and the text that fits. A time of day is passed over."""
PART_OF = {"%d": "day", "%m": "month", "%b": "month", "%B": "month", "%Y": "year", "%y": "year"}
ISO_DATE = "%Y-%m-%d"
NOT_BOOKED = {"Sts": ["PDNG", "INFO", "FUTR"]}

Format = Literal["csv", "xlsx", "parquet", "camt.053"]
Kind = Literal[tuple(kind.value for kind in TransactionKind)]


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Layout(BaseModel):
    """A table of sources.toml; a setting that it does not declare is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class KindBySign(Layout):
    """The kind of a transaction in an export that has none, by the sign of its amount once `sign` is applied.

    A kind that the export does say goes before it; a constant kind, which cannot know the sign, goes after it.
    """

    positive: Kind
    negative: Kind


class Source(Layout):
    """One export's layout; every setting is named as in `sources.toml`."""

    name: Annotated[str, Field(pattern=r"^[\w][\w .-]{0,60}$")]
    record: Literal[tuple(RECORDS)]
    files: str
    format: Format = "csv"
    encoding: str = "utf-8"
    delimiter: Annotated[str, Field(pattern=r"^[\t !#-~]$")] = ","
    skip_rows: Annotated[int, Field(ge=0, le=10_000)] = 0
    sheet: str | None = None
    date_format: Annotated[list[str], BeforeValidator(_several), Field(min_length=1)] = [ISO_DATE]
    amount_style: Literal["plain", "accounting"] = "plain"
    sign: Literal["as_is", "reversed"] = "as_is"
    drop_rows_where: dict[str, list[str]] = {}
    control_total: str | None = None
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    kind_by_sign: KindBySign | None = None

    @field_validator("files")
    @classmethod
    def _stays_in_the_folder(cls, pattern: str) -> str:
        path = PurePosixPath(pattern)
        if (
            not path.parts
            or path.is_absolute()
            or ".." in path.parts
            or "**" in pattern
            or "\\" in pattern
            or ":" in pattern
        ):
            raise ValueError(f'"{pattern[:60]}" is no pattern inside the landing folder, such as "AP_*.csv"')
        return pattern

    @field_validator("encoding")
    @classmethod
    def _is_an_encoding(cls, encoding: str) -> str:
        try:
            b"".decode(encoding)
        except (LookupError, ValueError):
            raise ValueError(f'"{encoding[:60]}" is no text encoding; often "utf-8" or "cp1252"') from None
        return encoding

    @field_validator("date_format")
    @classmethod
    def _names_a_day(cls, forms: list[str]) -> list[str]:
        for form in forms:
            parts = re.findall("%.?", form)
            named = sorted(PART_OF[part] for part in parts if part in PART_OF)
            if set(parts) - DATE_PARTS.keys() or named != ["day", "month", "year"]:
                raise ValueError(f'"{form[:60]}" does not say day, month and year with {" ".join(DATE_PARTS)}')
        return forms

    @model_validator(mode="after")
    def _speaks_of_its_record(self) -> "Source":
        known = {column.name for column in self.layout_of.columns}
        for name in [*self.columns, *self.constants, *self.values]:
            if name not in known:
                raise ValueError(f"{self.record} have no column {name[:60]}; they have {', '.join(sorted(known))}")
        if both := sorted(self.columns.keys() & self.constants.keys()):
            raise ValueError(f"{both[0]} is mapped under columns and fixed under constants; keep one")
        if self.kind_by_sign and not self.layout_of.is_ledger:
            raise ValueError("kind_by_sign is for transactions alone")
        return self

    @model_validator(mode="after")
    def _total_is_furniture(self) -> "Source":
        if self.control_total is None:
            return self
        if "amount" not in {column.name for column in self.layout_of.columns}:
            raise ValueError(f"control_total needs an amount, which {self.record} do not have")
        if not any(self.control_total in values for values in self.drop_rows_where.values()):
            raise ValueError(f'control_total = "{self.control_total[:60]}" is in no list of drop_rows_where')
        return self

    @property
    def layout_of(self) -> Record:
        """The record that this source's rows become."""
        return RECORDS[self.record]

    @property
    def furniture(self) -> dict[str, list[str]]:
        """What marks a row as no record, by column: as declared, and what a bank has not booked yet."""
        return self.drop_rows_where | (NOT_BOOKED if self.format == "camt.053" else {})


def spelled(form: str) -> str:
    """A date format as people write it: `%d/%m/%Y` is `DD/MM/YYYY`."""
    for part, (words, _) in DATE_PARTS.items():
        form = form.replace(part, words)
    return form


def date_pattern(form: str) -> str:
    """The text that fits a date format exactly: two digits are no year where four are meant."""
    if form == ISO_DATE:
        return r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    pattern = re.escape(form)
    for part, (_, fitting) in DATE_PARTS.items():
        pattern = pattern.replace(part, fitting)
    return f"^{pattern}$"
