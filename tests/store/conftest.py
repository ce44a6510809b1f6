"""Every test of the store runs twice: on SQLite and on a real PostgreSQL server, started here."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from reconciliation.store import Store, default_url

BINARIES = Path("/usr/lib/postgresql/15/bin")
_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """The socket folder of a PostgreSQL server of our own, which listens to nobody outside this machine."""
    if not (BINARIES / "initdb").exists():
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL 15 is not installed: the production store would go untested")
        pytest.skip("PostgreSQL 15 is not installed: apt-get install postgresql-15")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    _run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
    settings = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=50"
    _run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
    yield folder
    _run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder)


def _run(program: str, *arguments) -> None:
    """Run a program of the server, as the postgres user where we are root: it refuses root."""
    account = {"user": "postgres", "group": pwd.getpwnam("postgres").pw_gid} if os.geteuid() == 0 else {}
    done = subprocess.run(  # noqa: S603 our own arguments
        [BINARIES / program, *map(str, arguments)],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
        **account,
    )
    if done.returncode:
        pytest.fail(f"{program}: {done.stderr.decode()}")


@pytest.fixture(scope="session")
def migrated(server: Path) -> str:
    """A migrated database on the server, to copy from: quicker than to migrate for every test."""
    with _administering(server) as connection:
        connection.execute("CREATE DATABASE migrated")
    Store.open(_at(server, "migrated")).close()
    return "migrated"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory) -> Path:
    """A migrated SQLite file, to copy from."""
    folder = tmp_path_factory.mktemp("migrated")
    Store.open(default_url(folder)).close()
    return folder / "reconciliation.sqlite"


def _administering(server: Path) -> psycopg.Connection:
    return psycopg.connect(_at(server, "postgres"), autocommit=True)


def _at(server: Path, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={server}"


@pytest.fixture
def postgresql_url(server: Path) -> Iterator[str]:
    """An empty database on the server."""
    yield from _database(server, "template1")


@pytest.fixture
def postgresql_store(server: Path, migrated: str) -> Iterator[str]:
    """A migrated database on the server."""
    yield from _database(server, migrated)


def _database(server: Path, template: str) -> Iterator[str]:
    name = f"council_{next(_numbers)}"
    with _administering(server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield _at(server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request, tmp_path: Path) -> str:
    """A database of each kind, without tables."""
    return default_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgresql_url")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path: Path, migrated_file: Path) -> str:
    """A database of each kind, migrated and empty."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql_store")
    shutil.copy(migrated_file, tmp_path)
    return default_url(tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open store of each kind, empty."""
    with Store.open(url) as opened:
        yield opened
