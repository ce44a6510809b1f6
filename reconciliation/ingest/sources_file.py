"""Reading `sources.toml`, and saying in plain words what is wrong with it (records, Other layouts)."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from reconciliation.errors import Refusal
from reconciliation.ingest.sources import Source

FILE_NAME = "sources.toml"
LARGEST = 1_000_000
FORMS = {
    "name": "up to 60 letters, digits, spaces, dots and hyphens",
    "delimiter": "one character, such as ; or a tab",
}


def read_sources(folder: Path) -> tuple[Source, ...]:
    """The sources that the folder's `sources.toml` declares, none where there is no such file.

    Raises `Refusal` with a cause for every unknown setting, wrong type or impossible layout.
    """
    path = folder / FILE_NAME
    if not path.exists() and not path.is_symlink():
        return ()
    found = _parsed(path)
    tables = found.get("source", [])
    strangers = [f"{FILE_NAME}: {name} is no setting; expected [[source]] tables" for name in found if name != "source"]
    if strangers or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise Refusal(*strangers or [f"{FILE_NAME}: source is no list; write each source under [[source]]"])
    sources, causes = [], []
    for place, table in enumerate(tables, start=1):
        try:
            sources.append(Source.model_validate(table))
        except ValidationError as fault:
            named = f'source "{table["name"]}"' if isinstance(table.get("name"), str) else f"source {place}"
            causes += [f"{FILE_NAME}: {named[:80]}: {_sentence(error)}" for error in fault.errors()]
    if causes:
        raise Refusal(*causes)
    return tuple(sources)


def _parsed(path: Path) -> dict:
    try:
        if not path.resolve().is_relative_to(path.parent.resolve()) or not path.is_file():
            raise Refusal(f"{FILE_NAME}: is a link that leads outside the landing folder; copy the file in")
        if path.stat().st_size > LARGEST:
            raise Refusal(f"{FILE_NAME}: is larger than {LARGEST:,} bytes, which no list of layouts is")
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise Refusal(f"{FILE_NAME}: cannot be read ({fault.strerror}); check who may read it") from None
    except (ValueError, RecursionError) as fault:
        reason = "its tables are nested without end" if isinstance(fault, RecursionError) else str(fault)
        raise Refusal(f"{FILE_NAME}: is not a TOML file: {reason}") from None


def _sentence(error: dict) -> str:
    setting = ".".join(str(part) for part in error["loc"] if part != "[key]")
    match error["type"]:
        case "extra_forbidden":
            return f"{setting} is no setting; compare the spelling with the documentation"
        case "missing":
            return f"{setting} is missing"
        case "value_error":
            return f"{setting}: {error['ctx']['error']}".removeprefix(": ")
        case "string_pattern_mismatch":
            return f"{setting} = {str(error['input'])[:60]!r}: expected {FORMS[setting]}"
        case _:
            return f"{setting} = {str(error['input'])[:60]!r}: {error['msg'][0].lower()}{error['msg'][1:]}"
