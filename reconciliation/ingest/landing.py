"""Which files of a landing folder are whose: sources first, then canonical names, the rest is ignored and named."""

from dataclasses import dataclass
from pathlib import Path

from reconciliation.errors import Refusal
from reconciliation.ingest.sources import CANONICAL, Source
from reconciliation.ingest.sources_file import FILE_NAME
from reconciliation.records import RECORDS

FORMATS = {".csv": "csv", ".parquet": "parquet", ".xlsx": "xlsx"}


@dataclass(frozen=True)
class Claim:
    """One file that a source, or its own canonical name, gives to a record; `name` is its path in the folder."""

    path: Path
    name: str
    source: Source


@dataclass(frozen=True)
class Landing:
    """The files of a folder: `claims` by name, and what nobody claims."""

    claims: tuple[Claim, ...]
    ignored: tuple[str, ...]
    unfed: tuple[str, ...]


def survey(folder: Path, sources: tuple[Source, ...]) -> Landing:
    """Every file of the folder with the source it belongs to.

    Raises `Refusal` for a folder that is none, a link that leads outside it, and a file that two sources claim.
    """
    if not folder.is_dir():
        raise Refusal(f"{folder.name}: is no folder that can be read; check the path after --data")
    names = _names(folder)
    claimed: dict[str, Source] = {}
    causes, unfed = [], []
    for source in sources:
        matched = [name for name in names if _matches(name, source.files)]
        causes += [
            f'{name}: is claimed by two sources, "{claimed[name].name}" and "{source.name}"; make their patterns differ'
            for name in matched
            if name in claimed
        ]
        claimed |= dict.fromkeys(matched, source)
        if not matched:
            unfed.append(source.name)
    claimed |= {name: source for name in names if name not in claimed and (source := canonical_source(name))}
    causes += [fault for name in claimed if (fault := _no_plain_file(folder, name))]
    if causes:
        raise Refusal(*causes)
    claims = tuple(Claim(folder / name, name, claimed[name]) for name in sorted(claimed))
    return Landing(claims, tuple(name for name in names if name not in claimed and name != FILE_NAME), tuple(unfed))


def canonical_source(name: str) -> Source | None:
    """The layout of a canonical file, `<record>.csv` or `<record>_*.csv` and the like; None for any other name."""
    path = Path(name)
    form = FORMATS.get(path.suffix)
    record = next((r for r in RECORDS if path.stem == r or path.stem.startswith(f"{r}_")), None)
    if form is None or record is None or path.name != name:
        return None
    return Source(name=CANONICAL, record=record, files=name, format=form)


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def _no_plain_file(folder: Path, name: str) -> str | None:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        return f"{name}: is a link that leads outside the landing folder; copy the file in"
    return None if path.is_file() else f"{name}: is no plain file; copy the export itself in"


def _matches(name: str, pattern: str) -> bool:
    return name.count("/") == pattern.count("/") and Path(name).match(pattern)
