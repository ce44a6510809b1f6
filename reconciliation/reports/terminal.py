"""What a person sees on the terminal: the end of a night, one family's answer, the runs (outputs.md, Commands).

Tables fit 100 columns, on a narrower terminal its own width, and in a pipe 100 again; `NO_COLOR` is respected by rich.
"""

from collections.abc import Iterable
from pathlib import Path

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reconciliation.reports.edition import Edition
from reconciliation.reports.pages import count, day, pounds, words
from reconciliation.reports.statement import Line, due_lines
from reconciliation.reports.tables import exceptions_of
from reconciliation.vocabulary import Severity, Standing

WIDTH = 100
RECENT_DUES = 6
"""Settled dues are shown as far as this back; those with something outstanding always."""
MOST_DUES = 20
STANDING_WORDS = {
    Standing.CANNOT_TELL: "cannot tell: to be cleared first",
    Standing.OWED_PROMISED: "owed, and promised",
    Standing.OWED: "owed",
    Standing.OVERPAID: "overpaid",
    Standing.SETTLED: "settled",
}
SEVERITY_STYLES = {Severity.CRITICAL: "bold red", Severity.HIGH: "bold", Severity.MEDIUM: "", Severity.LOW: "dim"}
SUMS = ("due", "paid", "arrears", "prepaid", "overpaid", "recovered", "remedies_paid", "offset", "provisional")
ALWAYS_SHOWN = 3
ENDED = {"done": "green", "refused": "yellow", "failed": "bold red"}


def night_told(folder: Path, manifest: dict) -> str:
    """The last words of a night: how families stand, what needs a person, and where to look. Nobody is named."""
    standings = ", ".join(f"{number:,} {words(name)}" for name, number in manifest["families_by_standing"].items())
    raised = sum(manifest["exceptions_by_code"].values())
    lines = [
        f"Night of {manifest['as_of']}, known on {manifest['known_on']}: {standings}.",
        f"{count(raised, 'exception')}, {count(manifest['quarantined_rows'], 'quarantined row')}.",
        how_worked_out(manifest),
    ]
    if manifest["not_checked"]:
        lines.append(f"Not checked, since nothing was delivered: {', '.join(manifest['not_checked'])}.")
    places = [name for name in ("report.html", "exceptions.xlsx", "briefing.html") if (folder / name).exists()]
    return "\n".join([*lines, "Look at:", *(f"  {folder / name}" for name in places)])


def how_worked_out(manifest: dict) -> str:
    """How many families were settled, taken over and tried a second time, as a sentence."""
    return (
        f"Settled anew: {manifest['families_settled_anew']:,}; "
        f"taken over, as nothing has touched them since an earlier night: {manifest['families_taken_over']:,}; "
        f"worked out a second time, alone, and found the same: {manifest['families_worked_out_both_ways']:,}."
    )


def show_family(edition: Edition, folder: Path) -> None:
    """One family's answer: how it stands, what needs a person, its latest and unpaid dues, promises and interest."""
    console = _console()
    balance = edition.results.balances.row(0, named=True)
    standing = STANDING_WORDS[balance["standing"]]
    known_as = f"Family {_harmless(balance['family_id'])} on {day(edition.results.position.as_of)}: "
    console.print(Text.assemble(known_as, (standing, "bold")))
    console.print(_sums(balance))
    _show(console, "What needs a person", ("severity", "what", "status"), _exceptions(edition))
    shown, left_out = _dues_shown(due_lines(edition.results))
    _show(console, "Dues: the latest, and all that are unpaid", DUE_HEADINGS, map(_due, shown), money=(2, 4))
    if left_out:
        console.print(f"[dim]{count(left_out, 'further due')} in the statement[/dim]")
    _show(console, "Promises", ("promise", "agreed", "due by", "outstanding", "state"), _promises(edition), money=(3,))
    _show(console, "Interest, for a person to decide", ("basis", "sum", "why not"), _interest(edition), money=(1,))
    console.print(f"The statement and the working: {folder}", soft_wrap=True, markup=False)


def show_runs(runs: pl.DataFrame) -> None:
    """The newest runs: when, for which day, how they ended and why."""
    started = pl.col("started_at").dt.convert_time_zone("Europe/London").dt.strftime("%Y-%m-%d %H:%M")
    shown = runs.select("run_id", "kind", "as_of", "known_on", started, "outcome", "causes")
    headings = ("run", "kind", "as of", "known on", "started at", "outcome", "causes")
    rows = ((*row[:5], Text(row[5] or "running", ENDED.get(row[5], "")), row[6]) for row in shown.iter_rows())
    _show(_console(), "Runs", headings, rows)


def _console() -> Console:
    console = Console(highlight=False)
    console.width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    return console


def _sums(balance: dict) -> Table:
    """The balance as a column of sums; those that are nothing are left out, but never due, paid and arrears."""
    table = Table(box=None, show_header=False, padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    for place, name in enumerate(SUMS):
        if place < ALWAYS_SHOWN or balance[f"{name}_pence"]:
            table.add_row(words(name), pounds(balance[f"{name}_pence"]))
    if balance["oldest_unpaid_on"]:
        table.add_row("unpaid since", f"{day(balance['oldest_unpaid_on'])}, {count(balance['days_overdue'], 'day')}")
    return table


def _exceptions(edition: Edition) -> Iterable[tuple]:
    rows = exceptions_of(edition).select("severity", "code", "summary", "evidence", "status").iter_rows()
    for severity, code, summary, evidence, status in rows:
        told = Text.assemble(
            (code, "bold"), "\n", _harmless(summary), (_harmless(f"\n{evidence or ''}".rstrip()), "dim")
        )
        yield Text(severity, SEVERITY_STYLES[severity]), told, words(status)


DUE_HEADINGS = ("due on", "how it is worked out", "due", "paid by", "unpaid")


def _dues_shown(lines: list[Line]) -> tuple[list[Line], int]:
    """The latest dues and those unpaid, newest first, and how many others there are."""
    shown = [line for place, line in enumerate(lines) if place < RECENT_DUES or line.outstanding_pence][:MOST_DUES]
    return shown, len(lines) - len(shown)


def _due(line: Line) -> tuple:
    paid = "\n".join(f"{pounds(part['amount_pence'])} on {part['posted_on']}" for part in line.paid_by)
    unpaid = "coming" if line.is_upcoming else pounds(line.outstanding_pence)
    return line.due_on, line.words, pounds(line.due_pence), paid, unpaid


def _promises(edition: Edition) -> Iterable[tuple]:
    for row in edition.results.promises.sort("agreed_on", "promise_id").iter_rows(named=True):
        promise = f"{words(row['kind'])} {pounds(row['amount_pence'])}"
        yield promise, row["agreed_on"], row["due_on"] or "no date", pounds(row["outstanding_pence"]), row["state"]


def _interest(edition: Edition) -> Iterable[tuple]:
    chosen = edition.results.policy.interest.selected
    for basis, pence, reason in edition.results.money.interest.select("basis", "amount_pence", "reason").iter_rows():
        yield words(basis) + (" (the council's choice)" if basis == chosen else ""), pounds(pence), reason


def _show(
    console: Console, title: str, headings: tuple[str, ...], rows: Iterable[tuple], money: tuple[int, ...] = ()
) -> None:
    """A table of cells taken as plain text: nothing in them is read as markup. Nothing is shown for no rows."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place in money else "left", no_wrap=place in money)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(_harmless(str(cell or ""))) for cell in row))
    if table.row_count:
        console.print()
        console.print(table)


def _harmless(text: str) -> str:
    """Text without what a terminal would obey, such as the escape that starts a command."""
    return "".join(letter for letter in text if letter.isprintable() or letter == "\n")
