"""SQLite: one file, for a small council, a laptop or a trial."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl
import sqlalchemy as sa
from filelock import FileLock, Timeout

from reconciliation.errors import Refusal
from reconciliation.store import adbc

WAIT_SECONDS = 0.05
BUSY_SECONDS = 10
"""How long a write waits for another process's write before it is refused."""
BULK_ROWS = 5_000
"""From this many rows on, staging by ADBC is worth its start-up (1 M transactions: 2.8 s, against 7.1 s by
executemany; its import alone costs about half a second)."""
CACHE = -65_536
"""KiB, as SQLite takes it: below zero."""
SORTED_AT_ONCE = -1_024
"""While an index is made, as much as a processor keeps near it: 2.1 M texts take 2.3 s in pieces of 1 MiB, 3.6 in
pieces of 8, 5.7 in pieces of 64."""
PRAGMAS = (
    "foreign_keys=on",
    "synchronous=normal",
    "recursive_triggers=on",
    "secure_delete=on",
    f"cache_size={CACHE}",
    "temp_store=memory",  # what is sorted is people's data, and goes to no other folder
)
UNUSABLE = ("BUSY", "CANTOPEN", "CORRUPT", "FULL", "IOERR", "LOCKED", "NOTADB", "PERM", "PROTOCOL", "READONLY")
"""SQLite's names for what is wrong with the file or its disk, not with the program."""


class SQLite:
    """A database in one file, private to its owner (0600, and so its -wal and -shm)."""

    driver_error = sqlite3.Error

    def __init__(self, url: sa.URL) -> None:
        if not url.database or url.database == ":memory:" or url.query:
            raise Refusal("The database URL names no file: expected sqlite:///path/to/reconciliation.sqlite.")
        self.path = Path(url.database).absolute()
        self.staging = Path(f"{self.path}-staging")
        self.described = f"SQLite file {self.path}"
        self._make_private_file(self.path)
        self._opened = self._file()
        self.engine = sa.create_engine(
            url.set(database=str(self.path)), hide_parameters=True, connect_args={"timeout": BUSY_SECONDS}
        )
        sa.event.listen(self.engine, "connect", _configure)
        sa.event.listen(self.engine, "begin", _begin)
        self.reading_engine = self.engine.execution_options(reading=True)

    def _make_private_file(self, path: Path) -> None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise Refusal(
                f"{self.described} cannot be made: {error.strerror}. "
                "Name a folder that this account may write to with --database or --out."
            ) from None

    def _file(self) -> tuple[int, int] | None:
        """Which file bears the name; None when there is none."""
        try:
            state = self.path.stat()
        except OSError:
            return None
        return state.st_dev, state.st_ino

    def _must_be_in_place(self) -> None:
        """SQLite writes on, unheard, into a file that was moved away or removed: that would lose a night."""
        if self._file() != self._opened:
            raise Refusal(f"{self.described} was moved away or replaced in the middle; put it back and run again")

    @contextmanager
    def try_lock(self) -> Iterator[bool]:
        """Whether this process now is the one writer; the system releases the lock when the process dies."""
        lock = FileLock(f"{self.path}.lock", mode=0o600, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        self.staging.unlink(missing_ok=True)  # a killed night may have left it
        try:
            yield True
        finally:
            lock.release()

    def is_unusable(self, error: BaseException) -> bool:
        """Whether the error is the file's or the disk's, not the program's."""
        name = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_")
        return name.startswith(UNUSABLE)

    def serialise_migration(self, connection: sa.Connection) -> None:
        """Nothing to do: BEGIN IMMEDIATE already lets one process migrate at a time."""

    @contextmanager
    def staged(self, connection: sa.Connection, frames: dict[str, pl.DataFrame]) -> Iterator[None]:
        """Large frames wait in a private file beside the database, outside the transaction, attached as `staging`.

        ADBC writes through a connection of its own, so what it writes cannot be part of our transaction; what is
        copied from the staging file inside the transaction is. Only the holder of `try_lock` may stage.
        """
        self._must_be_in_place()
        large = {name: frame for name, frame in frames.items() if frame.height >= BULK_ROWS}
        if not large:
            yield
            return
        try:
            self._make_private_file(self.staging)
            with adbc.cursor("adbc_driver_sqlite", str(self.staging), self.described) as cursor:
                for name, frame in large.items():
                    cursor.adbc_ingest(name, adbc.batches(frame, _as_stored), mode="create")
            driver = connection.connection.driver_connection
            driver.execute("ATTACH ? AS staging", (str(self.staging),))
            try:
                with _sorting_beside(driver, self.path.parent):
                    yield
            finally:
                driver.execute("DETACH staging")
        finally:
            self.staging.unlink(missing_ok=True)

    def insert(self, connection: sa.Connection, table: sa.Table, frame: pl.DataFrame, **constants: int) -> None:
        """Add the rows of `frame`, each with the constants, inside the connection's transaction."""
        names = ", ".join(f'"{name}"' for name in (*frame.columns, *constants))
        driver = connection.connection.driver_connection
        if frame.height >= BULK_ROWS and _is_staged(driver, table.name):
            columns = ", ".join([*(f'"{name}"' for name in frame.columns), *("?" for _ in constants)])
            with _indexed_afterwards(driver, table.name):
                driver.execute(
                    f'INSERT INTO main."{table.name}" ({names}) SELECT {columns} FROM staging."{table.name}"',  # noqa: S608 names are ours
                    tuple(constants.values()),
                )
            return
        rows = _as_stored(frame).with_columns(pl.lit(value).alias(name) for name, value in constants.items())
        marks = ", ".join("?" * rows.width)
        for part in rows.iter_slices(50_000):
            driver.executemany(f'INSERT INTO main."{table.name}" ({names}) VALUES ({marks})', part.rows())  # noqa: S608 names are ours

    def read(self, statement: sa.Select, schema: dict) -> pl.DataFrame:
        """A whole table by ADBC, through a connection of its own that sees what is committed.

        The driver takes a column's type from its first row, and takes null for a number; so a row of the right
        types goes first and is dropped again.
        """
        sql = str(statement.compile(self.engine, compile_kwargs={"literal_binds": True}))
        first = ", ".join("''" if dtype in (pl.String, pl.Date) else "0" for dtype in schema.values())
        with adbc.cursor("adbc_driver_sqlite", f"{self.path.as_uri()}?mode=ro", self.described) as cursor:
            cursor.execute(f"SELECT {first} UNION ALL {sql}")
            frame = pl.from_arrow(cursor.fetch_arrow_table().rename_columns(list(schema)))
        return _as_typed(frame.slice(1), schema)

    def scrub(self) -> None:
        """After an erasure: the write-ahead log still holds the old bytes, so it is emptied."""
        with self.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def among(self, column: sa.ColumnElement, values: list[str]) -> sa.ColumnElement[bool]:
        """Whether `column` is one of any number of `values`."""
        each = sa.func.json_each(sa.type_coerce(values, sa.JSON)).table_valued("value")
        return column.in_(sa.select(each.c.value))


def _configure(driver, _record) -> None:
    """Transactions are ours to begin: Python's sqlite3 would commit before DDL."""
    driver.isolation_level = None
    _write_ahead(driver)
    for pragma in PRAGMAS:
        driver.execute(f"PRAGMA {pragma}")


def _write_ahead(driver) -> None:
    """A new file's turn to a write-ahead log needs the file for itself, and SQLite does not wait for whoever has it."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            driver.execute("PRAGMA journal_mode=wal")
            return
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > give_up:
                raise
        time.sleep(WAIT_SECONDS)


def _begin(connection: sa.Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _is_staged(driver, name: str) -> bool:
    attached = {row[1] for row in driver.execute("PRAGMA database_list")}
    return "staging" in attached and bool(
        driver.execute("SELECT 1 FROM staging.sqlite_master WHERE name = ?", (name,)).fetchone()
    )


@contextmanager
def _indexed_afterwards(driver, name: str) -> Iterator[None]:
    """A table's first rows are indexed all at once, in a third less time, still within the transaction."""
    if driver.execute(f'SELECT 1 FROM main."{name}" LIMIT 1').fetchone():  # noqa: S608 names are ours
        yield
        return
    ours = "SELECT name, sql FROM main.sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
    indexes = driver.execute(ours, (name,)).fetchall()
    for index, _ in indexes:
        driver.execute(f'DROP INDEX main."{index}"')
    yield
    driver.execute(f"PRAGMA cache_size={SORTED_AT_ONCE}")
    for _, made in indexes:
        driver.execute(made)
    driver.execute(f"PRAGMA cache_size={CACHE}")


@contextmanager
def _sorting_beside(driver, folder: Path) -> Iterator[None]:
    """What an index is sorted by goes through nameless private files in the database's own folder, not the memory.

    SQLite sorts in memory in one piece, and takes twice as long. Where it cannot be told the folder, it stays so.
    """
    try:
        driver.execute("PRAGMA temp_store_directory='{}'".format(str(folder).replace("'", "''")))
        if driver.execute("PRAGMA temp_store_directory").fetchone() == (str(folder),):
            driver.execute("PRAGMA temp_store=file")
        yield
    finally:
        driver.execute("PRAGMA temp_store=memory")
        driver.execute("PRAGMA temp_store_directory=''")


def _as_stored(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Date).dt.to_string("iso"), pl.col(pl.Boolean).cast(pl.Int64))


def _as_typed(frame: pl.DataFrame, schema: dict) -> pl.DataFrame:
    return frame.with_columns(
        pl.col(name).str.to_date("%Y-%m-%d") if dtype == pl.Date else pl.col(name).cast(dtype)
        for name, dtype in schema.items()
    )
