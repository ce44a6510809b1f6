"""Reading a Parquet file as text, each type in its plain form.

A float is read as the shortest decimal that means it: money kept as floats is taken where that has at most two
decimals and quarantined otherwise. A timestamp at midnight is its date; any other keeps its time, which no date has.
Arrow reads and checks the file: on a damaged one it says so, where Polars would give up with noise on the terminal.
"""

import io

import polars as pl
import pyarrow.parquet as pq

from reconciliation.ingest.table import Table, Unreadable, checked_header, whole


def read_parquet(data: bytes, most_bytes: int) -> Table:
    """The table in `data`. Raises `Unreadable`; `most_bytes` bounds the cells, so that nothing fills the memory."""
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        if file.metadata.num_rows * file.metadata.num_columns > most_bytes:
            raise Unreadable("unpacks to more than [ingest.max_file_megabytes] allows; check the file, or split it")
        table = file.read()
        table.validate(full=True)
        frame = pl.DataFrame(pl.from_arrow(table))
    except Unreadable:
        raise
    except Exception:  # a damaged file fails in as many ways as there are encodings
        raise Unreadable("is no Parquet file, or a damaged one; export it again") from None
    header = checked_header(frame.columns)
    cells = [_text(name, dtype).alias(known) for (name, dtype), known in zip(frame.schema.items(), header, strict=True)]
    return whole(header, frame.select(cells), has_true_dates=True)


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(name)
    if dtype in (pl.String, pl.Categorical, pl.Enum, pl.Date, pl.Boolean, pl.Null) or dtype.is_integer():
        return value.cast(pl.String)
    if dtype.is_float():
        return value.fill_nan(None).cast(pl.String).str.replace(r"\.0$", "")
    if dtype.is_decimal():
        return value.cast(pl.String).str.replace(r"(\.[0-9]{2}[0-9]*?)0+$", "${1}")
    if dtype == pl.Datetime:
        return value.dt.strftime("%Y-%m-%d %H:%M:%S").str.replace(" 00:00:00", "", literal=True)
    raise Unreadable(f'column "{name[:40]}" holds {dtype}; expected text, numbers, true or false, or dates')
