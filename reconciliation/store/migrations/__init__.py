"""Bringing a database to the tables of this program, from any earlier revision, with its data in place."""

from pathlib import Path

import sqlalchemy as sa

from reconciliation.errors import Refusal

HEAD = "0002"
"""The newest revision; known here so that an up-to-date database opens without importing Alembic."""


def upgrade(backend) -> None:
    """Apply what is missing, all in one transaction. Raises Refusal for a database of a newer program."""
    with backend.reading_engine.begin() as connection:
        if _revision(connection) == HEAD:
            return
    with backend.engine.begin() as connection:
        backend.serialise_migration(connection)
        _run_alembic(connection, backend.described)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(sa.text("SELECT version_num FROM alembic_version"))


def _run_alembic(connection: sa.Connection, described: str) -> None:
    from alembic import command  # here, since an up-to-date database does not need its import
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise Refusal(
            f"The {described} was made by a newer version of this program. Install that version and run again."
        ) from None
