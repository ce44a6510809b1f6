"""What a person may fill in to start a flow: shown as a form, checked before a run is made of it."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

WITHOUT_PASSWORD = r"^[A-Za-z0-9+]+://([^:@]*@)?[^@?]*(\?(&?(sslmode|sslrootcert|connect_timeout)=[^&@]*)*)?$"  # noqa: S105
"""A database URL that holds no password: parameters are kept by the API, so one is refused before a run is made."""

Folder = Path
Day = date | None
PolicyFile = Path | None
Database = Annotated[str | None, Field(pattern=WITHOUT_PASSWORD)]
FamilyId = Annotated[str, Field(min_length=1, max_length=200)]


def without_password(database: str | None) -> str | None:
    """The URL as it may be shown and kept; None for one that a form would not take."""
    try:
        url = make_url(database or "")._replace(password=None).difference_update_query(["password", "passfile"])
    except ArgumentError:
        return None  # the store itself refuses it, in words
    shown = url.render_as_string()
    return shown if re.match(WITHOUT_PASSWORD, shown) else None
