"""Whole tables by ADBC, as Arrow: through a connection of its own, which sees and keeps committed rows only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import polars as pl

from reconciliation.errors import Refusal

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 100_000


@contextmanager
def cursor(driver: str, uri: str, described: str) -> Iterator[Any]:
    """A cursor of that driver, committed at the end. Raises Refusal when the database cannot be used."""
    dbapi = import_module(f"{driver}.dbapi")  # here, since the import costs a family's rerun half a second
    try:
        with dbapi.connect(uri) as connection, connection.cursor() as opened:
            yield opened
            connection.commit()
    except dbapi.Error as error:
        said = " ".join(str(error).split())
        raise Refusal(f"The {described} could not be used in bulk: {said}. Nothing was kept; run again.") from None


def batches(frame: pl.DataFrame, stored: Callable[[pl.DataFrame], pl.DataFrame]) -> "pa.RecordBatchReader":
    """The frame as it is `stored`, one part after the other, so that no second copy of it is held."""
    import pyarrow as pa  # here, for the same reason

    schema = stored(frame.clear()).to_arrow().schema
    parts = (stored(part).to_arrow() for part in frame.iter_slices(BATCH_ROWS))
    return pa.RecordBatchReader.from_batches(schema, (batch for part in parts for batch in part.to_batches()))
