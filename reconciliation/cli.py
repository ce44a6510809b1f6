"""The commands (outputs.md): parse, run, say where to look, exit with the right status.

Exit status: 0 done, 2 refused (one line per cause on standard error), 3 overdue (`check`), 1 a fault of the program.
Rooms that load slowly are imported by the command that needs them, so that `family` answers at once.
"""

import importlib.util
import os
import sys
import traceback
from datetime import UTC, date, datetime
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from reconciliation.errors import Refusal
from reconciliation.position import Position
from reconciliation.progress import Shown
from reconciliation.requests import DATABASE_VARIABLE, FamilyRequest, NightRequest, database_url, today
from reconciliation.stages import call
from reconciliation.vocabulary import Role

if TYPE_CHECKING:
    from reconciliation.councils import Ended
    from reconciliation.store import Store

WAIT_SECONDS = 30

DEBUG_VARIABLE = "RECONCILIATION_DEBUG"

FAST_CLOCK_HOURS = 0.1
"""Two machines' clocks may differ by so much; a night from further in the future says nothing of its age."""


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
Workers = Annotated[
    str | None, typer.Option(help="A Dask scheduler's address, or `local`: its workers share what there is to do.")
]
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
    except (typer.Abort, KeyboardInterrupt):
        return _told(Exit.REFUSED, "stopped before it was done; nothing was published")
    except TyperException as mistake:
        # blank where the help was shown instead
        said = mistake.format_message().strip().replace("Value error, ", "")
        return _told(Exit.REFUSED, *([f"{said} See `reconcile --help`."] if said else []))
    except Exception as fault:
        return _told(Exit.FAULT, *_fault(fault))


def _told(status: Exit, *causes: str) -> Exit:
    for cause in causes:
        print(f"reconcile: {cause}", file=sys.stderr)
    return status


def _aside(sentence: str) -> None:
    """Tell whoever waits, apart from the answer."""
    print(sentence, file=sys.stderr, flush=True)


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


def _store(database: str | None, out: Path | None) -> "Store":
    """The store that nights have filled; Refusal where nobody says which, or where there is none yet."""
    from reconciliation.store import Store

    url = database_url(database, out)
    if url is None:
        raise Refusal(f"which database? Name it with --database or {DATABASE_VARIABLE}, or its folder with --out")
    if not Store.exists(url):
        raise Refusal("no database there yet; run a night first, or check --database or --out")
    return Store.open(url)


@app.command()
def nightly(
    data: Annotated[Path, typer.Option(help="The landing folder of extracts.")],
    out: Out,
    as_of: Day = None,
    known_on: Day = None,
    policy: PolicyFile = None,
    database: Database = None,
    direct: Annotated[bool, typer.Option("--direct", help="Run the stages by plain calls, without Prefect.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Take nothing from earlier nights but their records.")] = False,
    workers: Workers = None,
) -> None:
    """Run a night: take in a landing folder and publish every family's position."""
    from expectations.certifier import begin
    from reconciliation.ahead import load_ahead

    now = datetime.now(UTC)
    request = NightRequest(data, out, _position(as_of, known_on, now), now, policy, database, full)
    _check_workers(workers, direct)
    begin()
    load_ahead()
    outcome = _night(request, direct, workers)
    from reconciliation.reports.terminal import night_told

    print(night_told(outcome.folder, outcome.manifest))


def _check_workers(workers: str | None, direct: bool = False) -> None:
    if workers is None:
        return
    if direct:
        raise Refusal("--workers needs Prefect, and --direct goes without it; leave one of them out")
    if importlib.util.find_spec("prefect_dask") is None:
        raise Refusal("--workers needs prefect-dask, which is not installed; pip install 'prefect-dask>=0.3.7'")


def _night(request: NightRequest, direct: bool, workers: str | None):
    """The night as a Prefect flow; by plain calls where that is asked for or no Prefect API can be had."""
    shown = Shown(call)
    if not direct:
        from flows.embedded import ServerProcess

        early = None if os.environ.get("PREFECT_API_URL") else ServerProcess({})
        from flows.night import NoOrchestrator, nightly_through_prefect

        try:
            return nightly_through_prefect(request, Shown, shown.say, early, workers)
        except NoOrchestrator as fault:
            shown.say(f"No Prefect API can be had ({fault}); running the same stages by plain calls.")
    from reconciliation.night import run_night

    return run_night(request, shown, shown.say)


@app.command()
def nights(
    file: Annotated[Path, typer.Argument(help="A TOML file that lists the councils, each with name, data and out.")],
    as_of: Day = None,
    known_on: Day = None,
    workers: Workers = None,
) -> int:
    """Run the night of every council that a file lists, one after the other or on workers."""
    from reconciliation.councils import every_night, read_councils

    position = _position(as_of, known_on, datetime.now(UTC))
    listed = read_councils(file)
    _check_workers(workers)
    if workers is None:
        return _told_of(every_night(listed, position))
    from flows.councils import councils_through_prefect

    return _told_of(councils_through_prefect(file, position, workers, _aside))


def _told_of(ended: list["Ended"]) -> Exit:
    """A line for each council, and the gravest exit status of all."""
    for one in ended:
        if one.folder is not None:
            print(f"{one.name}: {one.folder}")
        for cause in one.causes:
            _aside(f"reconcile: {one.name}: {cause}")
        if one.kind is not None:
            _aside(f"reconcile: {one.name}: a fault of the program: {one.kind}; run its night alone to see more")
    if any(one.kind for one in ended):
        return Exit.FAULT
    return Exit.REFUSED if any(one.causes for one in ended) else Exit.DONE


@app.command()
def family(
    family_id: str,
    out: Out,
    as_of: Day = None,
    known_on: Day = None,
    policy: PolicyFile = None,
    database: Database = None,
    data: Annotated[Path | None, typer.Option(help="A landing folder to take in first.")] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write the statement as a PDF too, which takes seconds.")] = False,
) -> None:
    """Answer for one family now, and write its statement."""
    from reconciliation.reports.terminal import show_family
    from reconciliation.rerun import rerun_family

    now = datetime.now(UTC)
    request = FamilyRequest(family_id, out, _position(as_of, known_on, now), now, policy, database, data, pdf)
    outcome = rerun_family(request, say=_aside)
    if outcome.is_from_everyones_rows:
        _aside("No night has published this position: worked out from every family's rows.")
    show_family(outcome.edition, outcome.folder)


@app.command()
def decisions(
    files: Annotated[list[Path], typer.Argument(help="Filled-in exceptions files, CSV or workbook.")],
    by: Annotated[str | None, typer.Option(help="Who decided, where the file does not say.")] = None,
    database: Database = None,
    out: OutForDatabase = None,
) -> int:
    """Take in what staff decided in the exceptions file."""
    from reconciliation.deciding import take_decisions

    now = datetime.now(UTC)
    refused = 0
    with _store(database, out) as store, store.lock(WAIT_SECONDS, _aside):
        for file in files:
            taken = take_decisions(file, store, by, today(now), now)
            refused += taken.refused.height
            print(f"{file.name}: {taken.sentence}")
            for row, reason in taken.refused.select("row", "reason").iter_rows():
                print(f"{file.name}, row {row}: not taken in: {reason}", file=sys.stderr)
    return Exit.REFUSED if refused else Exit.DONE


@app.command()
def acknowledge(
    family_id: str,
    role: Annotated[Role, typer.Option(help="Whose confirmation it is.")],
    on: Day = None,
    database: Database = None,
    out: OutForDatabase = None,
) -> None:
    """Record that a senior officer has read of a family and confirms it."""
    from reconciliation.deciding import record_acknowledgement

    now = datetime.now(UTC)
    day = _day(on, "--on") or today(now)
    with _store(database, out) as store, store.lock(WAIT_SECONDS, _aside):
        record_acknowledgement(store, family_id, role, day, today(now), now)
    print(f"{role.value} confirmed family {family_id} on {day}.")


@app.command()
def runs(
    database: Database = None,
    out: OutForDatabase = None,
    limit: Annotated[int, typer.Option(min=1, help="How many runs to show.")] = 20,
    verify: Annotated[bool, typer.Option("--verify", help="Prove that no audited row was edited or removed.")] = False,
    docs: Annotated[
        Path | None, typer.Option("--data-docs", help="Write what the last good night was certified by, as pages.")
    ] = None,
) -> int:
    """What ran, when, on what, how it ended."""
    from reconciliation.reports.terminal import show_runs

    with _store(database, out) as store:
        show_runs(store.runs(limit))
        if docs is not None:
            print(f"What was certified: {_data_docs(store, docs)}")
        return _verified(store, out) if verify else Exit.DONE


def _data_docs(store: "Store", folder: Path) -> Path:
    """The suites' pages for the last good night."""
    from expectations.certificate import Certificate
    from expectations.data_docs import data_docs

    last = store.last_good_run()
    if last is None:
        raise Refusal("no nightly run has ever ended well, so nothing was certified")
    kept = store.run_details(last.run_id)["expectations"]
    return data_docs([Certificate.kept(suite) for suite in kept.values()], folder)


def _verified(store: "Store", out: Path | None) -> Exit:
    from reconciliation.reports.manifest import published_heads

    with store.lock(WAIT_SECONDS, _aside):
        broken = store.verify_audit(published_heads(out) if out else ())
    if broken:
        return _told(Exit.REFUSED, *broken)
    print("The audit trail is whole: nothing was edited or removed.")
    return Exit.DONE


@app.command()
def check(
    max_age: Annotated[float, typer.Option(min=0, help="How many hours ago the last good night may lie.")],
    database: Database = None,
    out: OutForDatabase = None,
) -> int:
    """The dead-man check for cron: exit 3 when the last good nightly run is older."""
    with _store(database, out) as store:
        last = store.last_good_run()
    if last is None:
        return _told(Exit.OVERDUE, "no nightly run has ever ended well; run one, and see `reconcile runs`")
    hours = (datetime.now(UTC) - last.finished_at).total_seconds() / 3600
    if hours < -FAST_CLOCK_HOURS:
        return _told(Exit.OVERDUE, f"the last good nightly run ended {-hours:.1f} hours from now; set the clock right")
    said = f"the last good nightly run ended {hours:.1f} hours ago, for {last.as_of}"
    if hours > max_age:
        return _told(Exit.OVERDUE, f"{said}; at most {max_age:g} are allowed; see `reconcile runs`")
    print(f"{said[0].upper()}{said[1:]}.")
    return Exit.DONE


@app.command()
def briefing(out: Out, as_of: Day = None, policy: PolicyFile = None, database: Database = None) -> None:
    """Write each role's briefing, send it where the policy names a mail server, and record who was told."""
    from reconciliation.weekly import BriefingRequest, run_briefing

    now = datetime.now(UTC)
    shown = Shown(call)
    outcome = run_briefing(BriefingRequest(out, _position(as_of, None, now), now, policy, database), shown, shown.say)
    print(f"Look in {outcome.folder}")


@app.command()
def forget(
    yes: Annotated[bool, typer.Option("--yes", help="Erase; without it, only say who would be erased.")] = False,
    as_of: Day = None,
    policy: PolicyFile = None,
    database: Database = None,
    out: OutForDatabase = None,
) -> None:
    """Erase families closed longer than the policy's years, with nothing owed, promised or contested."""
    from reconciliation.forgetting import forget_families
    from reconciliation.reports.pages import count

    now = datetime.now(UTC)
    position = _position(as_of, None, now)
    with _store(database, out) as store, store.lock(WAIT_SECONDS, Shown(call).say):
        forgotten = forget_families(store, position, policy, now if yes else None)
    for family_id in forgotten.family_ids:
        print(family_id)
    done = "erased, with proof in the audit trail" if yes else "may be erased; run again with --yes to do it"
    print(f"{count(len(forgotten.family_ids), 'family', 'families')} {done}.")


@app.command()
def serve(
    data: Annotated[Path, typer.Option(envvar="RECONCILIATION_DATA", help="The landing folder.")] = Path("landing"),
    out: Annotated[Path, typer.Option(envvar="RECONCILIATION_OUT", help="The output folder.")] = Path("out"),
    policy: PolicyFile = None,
    database: Database = None,
) -> None:
    """Keep the schedules: nightly, the weekly briefing, and a family's rerun on demand."""
    from flows.orchestration import NoOrchestrator
    from flows.serving import serve as keep_schedules

    try:
        keep_schedules(data, out, policy, database)
    except NoOrchestrator as fault:
        raise Refusal(str(fault)) from None
