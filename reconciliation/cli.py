"""The commands (outputs.md): parse, run, say where to look, exit with the right status.

Exit status: 0 done, 2 refused (one line per cause on standard error), 3 overdue (`check`), 1 a fault of the program.
Rooms that load slowly are imported by the command that needs them, so that `family` answers at once.
"""

import os
import sys
import traceback
from datetime import UTC, date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import click
import typer

from reconciliation.errors import Refusal
from reconciliation.position import Position
from reconciliation.requests import FamilyRequest, NightRequest, database_url, today

DEBUG_VARIABLE = "RECONCILIATION_DEBUG"


class Exit(IntEnum):
    """How a command ends."""

    DONE = 0
    FAULT = 1
    REFUSED = 2
    OVERDUE = 3


app = typer.Typer(
    help="Direct-payment reconciliation: who is owed what, since when, and who has been told.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Day = Annotated[str | None, typer.Option(metavar="DATE", help="A day as YYYY-MM-DD.")]
Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Where records are kept; default: the environment's, else SQLite in --out."),
]
Out = Annotated[Path, typer.Option(help="The folder that results are published in.")]
OutForDatabase = Annotated[Path | None, typer.Option(help="The output folder whose SQLite database is meant.")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="A policy file laid over the default policy.")]


def main() -> None:
    """Run a command and exit; a person's mistake is told in plain lines, never as a traceback."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status."""
    try:
        return app(arguments, prog_name="reconcile", standalone_mode=False) or Exit.DONE
    except Refusal as refusal:
        return _told(Exit.REFUSED, *refusal.causes)
    except click.ClickException as mistake:
        return _told(Exit.REFUSED, mistake.format_message())
    except (click.Abort, KeyboardInterrupt):
        return _told(Exit.REFUSED, "stopped before it was done; nothing was published")
    except Exception as fault:
        return _told(Exit.FAULT, *_fault(fault))


def _told(status: Exit, *causes: str) -> Exit:
    for cause in causes:
        print(f"reconcile: {cause}", file=sys.stderr)
    return status


def _fault(fault: Exception) -> list[str]:
    """A fault of the program, told by its kind and place alone: its text may hold a person's data."""
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exception(fault)
    frames = traceback.extract_tb(fault.__traceback__)
    place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "an unknown place"
    return [
        f"a fault of the program: {type(fault).__name__} in {place}; nothing was published and earlier results stand",
        f"to see more, run the same again with {DEBUG_VARIABLE}=1, which may show people's data, and report it",
    ]


def _day(text: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(f'{option} "{text}" is no day; expected YYYY-MM-DD, such as 2026-06-10') from None


def _position(as_of: str | None, known_on: str | None, now: datetime) -> Position:
    return Position.at(_day(as_of, "--as-of") or today(now), _day(known_on, "--known-on"))


def _opened_store(database: str | None, out: Path | None):
    """The store of a command that reads or writes what nights have left; Refusal where there is none."""
    from reconciliation.store import Store, existing

    return Store.open(existing(database_url(database, out)))


@app.command()
def nightly(
    data: Annotated[Path, typer.Option(help="The landing folder of extracts.")],
    out: Out,
    as_of: Day = None,
    known_on: Day = None,
    policy: PolicyFile = None,
    database: Database = None,
    direct: Annotated[bool, typer.Option("--direct", help="Run the stages by plain calls, without Prefect.")] = False,
) -> int:
    """Run a night: take in a landing folder and publish every family's position."""
    from reconciliation.commands import run_nightly

    now = datetime.now(UTC)
    request = NightRequest(data, out, _position(as_of, known_on, now), now, policy, database)
    return run_nightly(request, direct=direct)


@app.command()
def family(
    family_id: str,
    out: Out,
    as_of: Day = None,
    known_on: Day = None,
    policy: PolicyFile = None,
    database: Database = None,
    data: Annotated[Path | None, typer.Option(help="A landing folder to take in first.")] = None,
) -> int:
    """Answer for one family now, and write its statement."""
    from reconciliation.commands import run_family

    now = datetime.now(UTC)
    request = FamilyRequest(family_id, out, _position(as_of, known_on, now), now, policy, database, data)
    return run_family(request)
