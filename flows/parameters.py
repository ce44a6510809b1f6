"""What a person may fill in to start a flow: shown as a form, checked before a run is made of it."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field
from sqlalchemy.engine import make_url

WITHOUT_PASSWORD = r"^[A-Za-z0-9+]+://([^:@]*@)?[^@?]*(\?(&?(sslmode|sslrootcert|connect_timeout)=[^&@]*)*)?$"  # noqa: S105
"""A database URL that holds no password: parameters are kept by the API, so one is refused before a run is made."""

Folder = Path
Day = date | None
PolicyFile = Path | None
Database = Annotated[str | None, Field(pattern=WITHOUT_PASSWORD)]
FamilyId = Annotated[str, Field(min_length=1, max_length=200)]


def without_password(database: str | None) -> str | None:
    """The URL as it may be shown and kept."""
    if database is None:
        return None
    url = make_url(database)._replace(password=None).difference_update_query(["password", "passfile"])
    return url.render_as_string()
