"""A night for each of many councils: each has a folder, a policy and a store of its own, and nothing is shared."""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from reconciliation.errors import Refusal
from reconciliation.position import Position
from reconciliation.requests import NightRequest

NEEDED, ALLOWED = {"name", "data", "out"}, {"name", "data", "out", "policy", "database"}
PATHS = ("data", "out", "policy")


@dataclass(frozen=True)
class Council:
    """Where one council's night finds what it needs; paths are absolute."""

    name: str
    data: Path
    out: Path
    policy: Path | None = None
    database: str | None = None


@dataclass(frozen=True)
class Ended:
    """How a council's night ended: published in `folder`, or else refused with `causes`, or a fault of some `kind`."""

    name: str
    folder: Path | None = None
    causes: tuple[str, ...] = ()
    kind: str | None = None


Each = Callable[[Callable[[Council], Ended], list[Council]], Iterable[Ended]]
"""Runs every council's night, here or elsewhere; gives how each ended, in the order of the councils."""


def in_turn(work: Callable[[Council], Ended], councils: list[Council]) -> list[Ended]:
    """One night after the other."""
    return [work(council) for council in councils]


def read_councils(file: Path) -> list[Council]:
    """The councils that a TOML file lists as `[[council]]`; its paths are taken from where the file lies.

    Raises `Refusal` with every cause: no such file, no TOML, a setting that is missing or unknown, two with one `out`.
    """
    try:
        listed = tomllib.loads(file.read_text(encoding="utf-8")).get("council", [])
    except OSError as fault:
        raise Refusal(f"{file.name}: cannot be read ({fault.strerror}); check the path") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise Refusal(f"{file.name}: is no TOML ({fault})") from None
    causes = [cause for number, one in enumerate(listed, 1) for cause in _faults(file.name, number, one)]
    if not listed:
        causes = [f"{file.name}: lists no [[council]]; expected one with name, data and out for each council"]
    if causes:
        raise Refusal(*causes)
    councils = [_council(one, file.absolute().parent) for one in listed]
    outs = [council.out for council in councils]
    if shared := sorted({council.name for council in councils if outs.count(council.out) > 1}):
        raise Refusal(f"{file.name}: {', '.join(shared)} publish in the same folder; give each an out of its own")
    return councils


def _faults(file: str, number: int, listed: dict) -> list[str]:
    missing, unknown = sorted(NEEDED - listed.keys()), sorted(listed.keys() - ALLOWED)
    words = sorted(name for name, value in listed.items() if not isinstance(value, str))
    what = {"has no": missing, "has the unknown setting": unknown, "needs text in quotes for": words}
    expected = f"expected {', '.join(sorted(ALLOWED))}"
    return [f"{file}: council {number} {said} {', '.join(names)}; {expected}" for said, names in what.items() if names]


def _council(listed: dict, place: Path) -> Council:
    return Council(**{name: place / value if name in PATHS else value for name, value in listed.items()})


def every_night(councils: list[Council], position: Position, each: Each = in_turn) -> list[Ended]:
    """Run the night of every council at a position; one that is refused keeps no other from its night."""
    return list(each(partial(night_of, position=position), councils))


def night_of(council: Council, position: Position) -> Ended:
    """Run one council's night by plain calls and tell how it ended."""
    from reconciliation.night import run_night

    request = NightRequest(council.data, council.out, position, datetime.now(UTC), council.policy, council.database)
    try:
        return Ended(council.name, run_night(request).folder)
    except Refusal as refusal:
        return Ended(council.name, causes=refusal.causes)
    except Exception as fault:  # told by its kind alone: its text may hold a person's data
        return Ended(council.name, kind=type(fault).__name__)
