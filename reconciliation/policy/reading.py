"""Reading a policy file over the shipped defaults, and saying in plain words what is wrong with it."""

import hashlib
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from reconciliation.errors import Refusal
from reconciliation.policy.settings import Policy

DEFAULTS = Path(__file__).with_name("default.toml")


@cache
def default_policy() -> Policy:
    """The shipped policy."""
    return Policy.model_validate(_parse(DEFAULTS))


def read_policy(path: Path | None = None) -> Policy:
    """The shipped policy with the settings of `path` in place of its own, replaced by name.

    Raises `Refusal` with a cause for every unknown setting, wrong type or missing part.
    """
    if path is None:
        return default_policy()
    try:
        return Policy.model_validate(_over(_parse(DEFAULTS), _parse(path)))
    except ValidationError as fault:
        raise Refusal(*(f"policy {path.name}: {_sentence(error)}" for error in fault.errors())) from None


def version_of(policy: Policy) -> str:
    """A digest of every setting: the same settings have the same version, however the file was written."""
    return hashlib.sha256(policy.model_dump_json().encode()).hexdigest()[:16]


def _parse(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as fault:
        raise Refusal(f"policy {path.name}: cannot be read ({fault.strerror}); check the path after --policy") from None
    except RecursionError:
        raise Refusal(f"policy {path.name}: its tables are nested without end") from None
    except ValueError as fault:  # no text, no TOML, or a number of thousands of digits
        raise Refusal(f"policy {path.name}: is not a TOML file: {fault}") from None


def _over(base: dict, changes: dict) -> dict:
    """`base` with `changes` laid over it, table by table; a list is replaced whole."""
    merged = dict(base)
    for name, value in changes.items():
        both_tables = isinstance(value, dict) and isinstance(base.get(name), dict)
        merged[name] = _over(base[name], value) if both_tables else value
    return merged


def _sentence(error: dict) -> str:
    setting = ".".join(str(part) for part in error["loc"] if part != "[key]")
    match error["type"]:
        case "extra_forbidden":
            return f"{setting} is no setting; compare the spelling with the default policy"
        case "missing":
            return f"{setting} is missing"
        case "value_error":
            return f"{setting}: {error['ctx']['error']}"
        case _:
            return f"{setting} = {error['input']!r}: {error['msg'][0].lower()}{error['msg'][1:]}"
