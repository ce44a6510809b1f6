"""The many rows of an owner's sheet, in the bytes that xlsxwriter would write cell by cell, in a tenth of the time.

xlsxwriter makes all else of the file. What stands in here for its own writing of rows is made for the version that
pyproject names, and a test compares the two byte for byte.
"""

from collections.abc import Callable, Sequence

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from reconciliation.money import pounds_from_pence
from reconciliation.reports.workbook_style import LINE_HEIGHT, Kind

LONGEST_CELL = 32_767
"""In units of UTF-16, of which some letters take two."""
NOT_IN_XML = r"[\x00-\x08\x0b-\x1f\u{fffe}\u{ffff}]"
DAYS_UP_TO_1970 = 25_568
DAY_THAT_NEVER_WAS = 60
"""A spreadsheet counts days from 1900, which it believes to have had a 29 February."""

Formats = Callable[[str], Sequence[Format]]
"""The formats of the cells of a row, by the row's look."""


class LongSheet(Worksheet):
    """A sheet whose rows under the header come all at once."""

    def put(
        self, rows: pl.DataFrame, kinds: Sequence[Kind], looks: pl.Series, formats: Formats, lines: pl.Series
    ) -> None:
        """Add `rows`, whose columns are of these kinds; each row has a look, and is as high as its lines of text.

        Texts are numbered column after column, and formats row after row, as they would be one by one.
        """
        self._given, self._kinds, self._looks, self._formats, self._lines = rows, kinds, looks, formats, lines
        self._texts = self._numbered([rows[name] for name in rows.columns if rows.schema[name] == pl.String])
        self.dim_rowmax = rows.height

    def _numbered(self, columns: Sequence[pl.Series]) -> pl.DataFrame:
        """`text`, and its `number` among all texts of the workbook."""
        said = pl.concat([column.rename("text") for column in columns]).drop_nulls()
        texts = said.unique(maintain_order=True)
        held = texts.str.replace_all(NOT_IN_XML, "")
        numbers = [self.str_table._get_shared_string_index(_cut(text)) for text in held]
        self.str_table.count += said.len() - texts.len()
        return pl.DataFrame({"text": texts, "number": pl.Series(numbers, dtype=pl.Int64)})

    def _write_rows(self) -> None:
        super()._write_rows()
        self.fh.write("".join(self._rows()))

    def _rows(self) -> pl.Series:
        of_kinds = zip(self._given, self._kinds, strict=True)
        inside = pl.DataFrame([_inside(column, kind, self._texts) for column, kind in of_kinds])
        number = pl.int_range(2, pl.len() + 2).cast(pl.String)
        cells = [
            part
            for place, name in enumerate(inside.columns)
            for part in (pl.lit(f'<c r="{xl_col_to_name(place)}'), number, pl.lit('" s="'), f"style_{place}", name)
        ]
        row = pl.concat_str(pl.lit('<row r="'), number, "head", *cells, pl.lit("</row>"))
        return inside.with_columns(self._head(), *self._styles()).select(row).to_series()

    def _head(self) -> pl.Expr:
        """A row of one line is as high as any row of a sheet, which goes without saying."""
        spans = f'" spans="1:{self._given.width}"'
        height = (self._lines * LINE_HEIGHT).cast(pl.String)
        said = pl.concat_str(pl.lit(f'{spans} ht="'), height, pl.lit('" customHeight="1">'))
        return pl.when(self._lines > 1).then(said).otherwise(pl.lit(f"{spans}>")).alias("head")

    def _styles(self) -> list[pl.Series]:
        """The number of each cell's format, a column for each of the sheet's."""
        looks = {
            look: [str(format._get_xf_index()) for format in self._formats(look)]
            for look in self._looks.unique(maintain_order=True)
        }
        return [
            self._looks.replace_strict({look: styles[place] for look, styles in looks.items()}).alias(f"style_{place}")
            for place in range(self._given.width)
        ]


def _inside(column: pl.Series, kind: Kind, texts: pl.DataFrame) -> pl.Series:
    """What follows the style of each cell of a column."""
    if column.dtype == pl.String:
        value, type = column.replace_strict(texts["text"], texts["number"], return_dtype=pl.Int64), ' t="s"'
    else:
        value, type = column.to_frame().select(_number(pl.col(column.name), kind)).to_series(), ""
    filled = pl.concat_str(pl.lit(f'"{type}><v>'), value.cast(pl.String), pl.lit("</v></c>"))
    return pl.select(filled.fill_null('"/>').alias(column.name)).to_series()


def _number(value: pl.Expr, kind: Kind) -> pl.Expr:
    """As short as can be: pounds without noughts at their end, and days since the last one of 1899."""
    if kind == Kind.MONEY:
        return pounds_from_pence(value).str.strip_chars_end("0").str.strip_suffix(".")
    if kind == Kind.DATE:
        days = value.cast(pl.Int32) + DAYS_UP_TO_1970
        return days + (days >= DAY_THAT_NEVER_WAS).cast(pl.Int32)
    return value


def _cut(text: str) -> str:
    """As much of a text as a cell holds; most are so short that nobody need count."""
    if len(text) <= LONGEST_CELL // 2:
        return text
    return text.encode("utf-16-le")[: 2 * LONGEST_CELL].decode("utf-16-le", "ignore")
