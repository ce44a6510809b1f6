"""What a person may fill in to start a flow: shown as a form, checked before a run is made of it."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from reconciliation.requests import DATABASE_VARIABLE

LandingFolder = Annotated[Path, Field(title="Landing folder", description="The folder that holds the extracts.")]
OutputFolder = Annotated[Path, Field(title="Output folder", description="The folder that results are published in.")]
AsOf = Annotated[date | None, Field(title="As of", description="The day the figures speak of; today if left out.")]
KnownOn = Annotated[
    date | None, Field(title="Known on", description="Only what was recorded by this day counts; as of, if left out.")
]
PolicyFile = Annotated[Path | None, Field(title="Policy", description="A policy file laid over the default policy.")]
Database = Annotated[
    str | None,
    Field(
        title="Database",
        pattern=r"^[A-Za-z0-9+]+://([^:@]*@)?[^@]*$",
        description=f"Its URL without a password. One with a password is read from {DATABASE_VARIABLE} alone.",
    ),
]
FamilyId = Annotated[str, Field(title="Family", min_length=1, max_length=200, description="The family's id.")]


def without_password(database: str | None) -> str | None:
    """The URL as it may be shown."""
    from sqlalchemy.engine import make_url

    return database and make_url(database).set(password=None).render_as_string()
