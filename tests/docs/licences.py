"""The licences of all that the program needs when it runs: `python -m tests.docs.licences` writes the page."""

import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PAGE = Path("docs/licences.md")
LOCK = Path("requirements.lock")
PROJECT = "direct-payment-reconciliation"
LONGEST_NAME_OF_A_LICENCE = 60
"""Some put the whole text where the name belongs."""
HEAD = """# Licences

Every library that the program needs when it runs, as locked in `requirements.lock` and installed on Linux with Python
3.11, with the licence that its own metadata names. Written by `python -m tests.docs.licences`; a test fails when it is
stale.

Those under LGPL or MPL are used as they are, unchanged; `text-unidecode` may be had under the Artistic Licence,
`pyphen` under MPL 1.1. None asks a council to publish code or data of its own.

| library | version | licence |
|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    rows = (distribution(name) for name in sorted(needed()))
    return HEAD + "".join(f"| {canonicalize_name(row.name)} | {row.version} | {licence(row)} |\n" for row in rows)


def needed() -> set[str]:
    """The names of all libraries that the project needs at run time, its own needs and theirs."""
    found: set[tuple[str, str]] = set()
    waiting = [(PROJECT, "")]
    while waiting:
        name, extra = waiting.pop()
        for text in distribution(name).requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                wanted = {(canonicalize_name(requirement.name), extra) for extra in ("", *requirement.extras)} - found
                found |= wanted
                waiting += wanted
    return {name for name, _ in found}


def locked() -> dict[str, str]:
    """The version of each library in the lock."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", LOCK.read_text(), re.MULTILINE))


def licence(library: Distribution) -> str:
    """The licence in few words: the expression, else the classifiers, else the field that may hold anything."""
    metadata = library.metadata
    classified = [line.split(" :: ")[-1] for line in metadata.get_all("Classifier") or () if line.startswith("License")]
    said = (metadata.get("License") or "").partition("\n")[0]
    short = said if len(said) <= LONGEST_NAME_OF_A_LICENCE and not said.startswith("Copyright") else ""
    return metadata.get("License-Expression") or " or ".join(classified) or short or "not stated"


if __name__ == "__main__":
    PAGE.write_text(page())
