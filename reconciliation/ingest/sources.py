"""The layouts of `sources.toml`: what each export is called, how it is written and what its columns mean (records)."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from reconciliation.records import RECORDS, Record

FILE_NAME = "sources.toml"
CANONICAL = "canonical"
DATE_PARTS = {
    "%d": ("DD", r"\d{1,2}"),
    "%m": ("MM", r"\d{1,2}"),
    "%Y": ("YYYY", r"\d{4}"),
    "%y": ("YY", r"\d{2}"),
    "%b": ("Mon", r"[A-Za-z]{3}"),
    "%B": ("Month", r"[A-Za-z]{3,9}"),
}
"""The parts that a date format may have: how people write them, and the text that fits."""
ISO_DATE = "%Y-%m-%d"

Format = Literal["csv", "xlsx", "parquet", "camt.053"]
Kind = Literal["payment", "remedy", "return", "reversal", "recovery"]


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Layout(BaseModel):
    """A table of sources.toml; a setting that it does not declare is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class KindBySign(Layout):
    """The kind of a transaction in an export that has none, by the sign of its amount once `sign` is applied."""

    positive: Kind
    negative: Kind


class Source(Layout):
    """One export's layout; every setting is named as in `sources.toml`."""

    name: Annotated[str, Field(pattern=r"^[\w][\w .-]{0,60}$")]
    record: Literal[tuple(RECORDS)]
    files: str
    format: Format = "csv"
    encoding: str = "utf-8"
    delimiter: Annotated[str, Field(pattern=r'^[^"\r\n\x00]$')] = ","
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

    @property
    def layout_of(self) -> Record:
        """The record that this source's rows become."""
        return RECORDS[self.record]


def spelled(form: str) -> str:
    """A date format as people write it: `%d/%m/%Y` is `DD/MM/YYYY`."""
    for part, (words, _) in DATE_PARTS.items():
        form = form.replace(part, words)
    return form


def date_pattern(form: str) -> str:
    """The text that fits a date format exactly: two digits are no year where four are meant."""
    if form == ISO_DATE:
        return r"^\d{4}-\d{2}-\d{2}$"
    pattern = re.escape(form)
    for part, (_, fitting) in DATE_PARTS.items():
        pattern = pattern.replace(part, fitting)
    return f"^{pattern}$"


def read_sources(folder: Path) -> tuple[Source, ...]:
    """The sources that the folder's `sources.toml` declares, none where there is no such file.

    Raises `Refusal` with a cause for every unknown setting, wrong type or impossible layout.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return ()
    raise NotImplementedError
