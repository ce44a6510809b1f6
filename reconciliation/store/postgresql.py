"""PostgreSQL: the production store, shared by the night, the desk and the auditors."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

import polars as pl
import psycopg
import sqlalchemy as sa

from reconciliation.errors import Refusal
from reconciliation.store import adbc

WRITER_LOCK = 0x6470_7265_636F_6E01
"""The advisory lock that the one writer holds ("dprecon", 1); advisory locks are each database's own."""
MIGRATION_LOCK = 0x6470_7265_636F_6E02

UNUSABLE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ReadOnlySqlTransaction,
)


class PostgreSQL:
    """A database on a server, reached by psycopg 3."""

    driver_error = psycopg.Error

    def __init__(self, url: sa.URL) -> None:
        self.described = f"PostgreSQL database {url.database or ''} at {url.host or url.query.get('host', 'localhost')}"
        self.url = url.set(drivername="postgresql")
        try:
            self.engine = sa.create_engine(url, hide_parameters=True, pool_pre_ping=True)
        except (sa.exc.ArgumentError, ModuleNotFoundError):
            raise Refusal("The database URL names an unknown driver: expected postgresql://user@host/name.") from None
        self.reading_engine = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def try_lock(self) -> Iterator[bool]:
        """Whether this process now is the one writer; the server releases the lock when the connection ends.

        The lock lives as long as its session: behind a pooler, use one that pools sessions, not transactions.
        """
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            taken = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(WRITER_LOCK)))
            try:
                yield bool(taken)
            finally:
                if taken:
                    with suppress(sa.exc.OperationalError):  # the session has ended, and the lock with it
                        connection.execute(sa.select(sa.func.pg_advisory_unlock(WRITER_LOCK)))

    def is_unusable(self, error: BaseException) -> bool:
        """Whether the error is the server's or the account's, not the program's."""
        return isinstance(error, UNUSABLE)

    def serialise_migration(self, connection: sa.Connection) -> None:
        """Wait until no other process migrates; held to the end of the transaction."""
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))

    def staged(self, connection: sa.Connection, frames: dict[str, pl.DataFrame]) -> nullcontext:
        """Nothing to do: COPY is part of the transaction."""
        return nullcontext()

    def insert(self, connection: sa.Connection, table: sa.Table, frame: pl.DataFrame, **constants: int) -> None:
        """Add the rows of `frame`, each with the constants, by COPY inside the connection's transaction."""
        rows = frame.with_columns(pl.lit(value).alias(name) for name, value in constants.items())
        names = ", ".join(f'"{name}"' for name in rows.columns)
        with (
            connection.connection.driver_connection.cursor() as cursor,
            cursor.copy(f"COPY \"{table.name}\" ({names}) FROM STDIN (FORMAT csv, NULL '\\N')") as copy,
        ):
            for part in rows.iter_slices(50_000):
                # Every text is quoted, so a bare \N can only be a null.
                copy.write(part.write_csv(include_header=False, null_value="\\N", quote_style="non_numeric"))

    def read(self, statement: sa.Select, schema: dict) -> pl.DataFrame:
        """A whole table by ADBC, through a connection of its own that sees what is committed."""
        sql = str(statement.compile(self.engine, compile_kwargs={"literal_binds": True}))
        uri = self.url.render_as_string(hide_password=False)
        with adbc.cursor("adbc_driver_postgresql", uri, self.described) as cursor:
            cursor.execute(sql)
            frame = pl.from_arrow(cursor.fetch_arrow_table().rename_columns(list(schema)))
        return frame.cast(schema)

    def scrub(self) -> None:
        """After an erasure: what was deleted is given up for overwriting."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM"))

    def among(self, column: sa.ColumnElement, values: list[str]) -> sa.ColumnElement[bool]:
        """Whether `column` is one of any number of `values`."""
        return column == sa.any_(sa.literal(values, sa.ARRAY(sa.Text)))
