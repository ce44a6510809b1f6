"""Whole tables by ADBC, as Arrow: through a connection of its own, which sees and keeps committed rows only."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from reconciliation.errors import Refusal


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
