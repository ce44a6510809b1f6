"""One warm process and one undisturbed night, for every test that kills."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.trust.killing import Nights, warm
from tests.trust.nights import AS_OF, files_of, kept_in


@pytest.fixture(scope="session")
def nights() -> Iterator[Nights]:
    """A process that starts nights at once."""
    with warm() as ready:
        yield ready


@dataclass(frozen=True)
class Undisturbed:
    """What a night that nobody killed published and kept, and how long each of its stages took."""

    files: dict
    kept: dict
    seconds: dict[str, float]


@pytest.fixture(scope="session")
def undisturbed(nights: Nights, tmp_path_factory) -> Undisturbed:
    out = tmp_path_factory.mktemp("undisturbed")
    ended = nights.run(out)
    assert ended.status == 0, ended.said
    return Undisturbed(files_of(_folder(out)), kept_in(out / "reconciliation.sqlite"), ended.seconds)


def _folder(out: Path) -> Path:
    return out / str(AS_OF)
