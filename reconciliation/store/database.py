"""Opening the database, one writer at a time, and whole transactions: what every room of the store stands on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

import polars as pl
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from reconciliation.errors import Refusal
from reconciliation.store import migrations
from reconciliation.store.sqlite import SQLite

if TYPE_CHECKING:
    from reconciliation.store.postgresql import PostgreSQL

POLL_SECONDS = 0.25
FEW_ROWS = 2_000


class StoreFault(Exception):
    """A fault of the program at the database; told without the row it failed on, which may hold a person's data."""


def default_url(out: Path) -> str:
    """The SQLite file in the output folder, used where no database is named (outputs, Commands)."""
    return str(sa.URL.create("sqlite", database=str(Path(out).absolute() / "reconciliation.sqlite")))


class Database:
    """An open database at the newest migration. For one thread at a time."""

    def __init__(self, backend: "SQLite | PostgreSQL") -> None:
        self._backend = backend
        self._open: sa.Connection | None = None

    @classmethod
    def open(cls, url: str) -> Self:
        """The store at `url` (`sqlite:///file` or `postgresql://user@host/name`), migrated to this program's tables.

        Raises Refusal when it cannot be reached, opened or migrated. A password in the URL is never shown.
        """
        store = cls(_backend(url))
        try:
            with told_plainly(store._backend):
                migrations.upgrade(store._backend)
        except BaseException:
            store.close()
            raise
        return store

    @staticmethod
    def exists(url: str) -> bool:
        """Whether there is a store to look into; a server is always asked itself."""
        parsed = sa.make_url(url)
        return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._backend.engine.dispose()

    @property
    def described(self) -> str:
        """What and where the database is, in words, without user or password."""
        return self._backend.described

    @contextmanager
    def lock(self, wait_seconds: float, when_busy: Callable[[str], None] = lambda said: None) -> Iterator[None]:
        """Be the one writer across processes; the system frees the lock when its process dies. Reads need none.

        `when_busy` is told once, before waiting. Raises Refusal after `wait_seconds`.
        """
        give_up = time.monotonic() + wait_seconds
        told = False
        while True:
            with told_plainly(self._backend), self._backend.try_lock() as taken:
                if taken:
                    yield
                    return
            if time.monotonic() >= give_up:
                raise Refusal(
                    f"Another run is still writing to the {self.described} after {wait_seconds:g} seconds of waiting. "
                    "Nothing was changed; run again when it has ended."
                )
            if not told:
                when_busy("Another night is running; waiting.")
                told = True
            time.sleep(POLL_SECONDS)

    @contextmanager
    def writing(self, staged: dict[str, pl.DataFrame] | None = None) -> Iterator[sa.Connection]:
        """One transaction: all of it is kept, or nothing. Inside an open one, this is part of that one.

        `staged` are large frames about to be inserted, by table name; only the outermost transaction can stage.
        """
        if self._open is not None:
            yield self._open
            return
        with (
            told_plainly(self._backend),
            self._backend.engine.connect() as connection,
            self._backend.staged(connection, staged or {}),
            connection.begin(),
        ):
            self._open = connection
            try:
                yield connection
            finally:
                self._open = None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One unchanging view of the database for several small reads; inside `writing`, that transaction's view."""
        if self._open is not None:
            yield self._open
            return
        with told_plainly(self._backend), self._backend.reading_engine.begin() as connection:
            self._open = connection
            try:
                yield connection
            finally:
                self._open = None

    def _frame(self, statement: sa.Select, schema: dict) -> pl.DataFrame:
        """The few rows of `statement` with the columns of `schema`, in the statement's order."""
        with self.reading() as connection:
            rows = connection.execute(statement).fetchall()
        return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")

    def _whole_frame(self, statement: sa.Select, schema: dict) -> pl.DataFrame:
        """All rows of `statement`, in no order; where they are many, committed ones only, whatever is open.

        A few are read the plain way, which spares a family's rerun the half second of importing the bulk reader.
        """
        few = self._frame(statement.limit(FEW_ROWS), schema)
        if few.height < FEW_ROWS:
            return few
        with told_plainly(self._backend):
            return self._backend.read(statement, schema)


def _backend(url: str) -> "SQLite | PostgreSQL":
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise Refusal(
            "The database URL cannot be read: expected sqlite:///file or postgresql://user@host/name."
        ) from None
    match parsed.get_backend_name():
        case "sqlite":
            return SQLite(parsed)
        case "postgresql":
            from reconciliation.store.postgresql import PostgreSQL  # here, since SQLite need not wait for its driver

            return PostgreSQL(parsed)
        case other:
            raise Refusal(f"The database URL names {other}: expected sqlite:///file or postgresql://user@host/name.")


@contextmanager
def told_plainly(backend: "SQLite | PostgreSQL") -> Iterator[None]:
    """What the database cannot do becomes a Refusal; what the program did wrong, a fault without anyone's data."""
    try:
        yield
    except (DBAPIError, backend.driver_error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not backend.is_unusable(cause):
            raise StoreFault(f"the {backend.described} refused a statement: {type(cause).__name__}") from None
        raise Refusal(
            f"The {backend.described} could not be used: {_in_a_line(cause)}. Nothing of this step was kept; "
            "see that it is there, has room, and lets this account write, then run again."
        ) from None


def _in_a_line(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".")
