"""What a person sees on the terminal: the end of a night, one family's answer, the runs (outputs.md, Commands)."""

from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reconciliation.money import pounds_from_pence
from reconciliation.reports.edition import Edition
from reconciliation.reports.manifest import pounds
from reconciliation.reports.tables import exceptions_of, published_name

WIDTH = 100
STANDING_WORDS = {
    "cannot_tell": "cannot tell: to be cleared first",
    "owed_promised": "owed, and promised",
    "owed": "owed",
    "overpaid": "overpaid",
    "settled": "settled",
}
SUMS = ("due", "paid", "arrears", "prepaid", "overpaid", "recovered", "remedies_paid", "offset", "provisional")


def night_told(folder: Path, manifest: dict) -> str:
    """The last words of a night: how families stand, what needs a person, and where to look. Nobody is named."""
    standings = ", ".join(f"{count} {standing}" for standing, count in manifest["families_by_standing"].items())
    raised = sum(manifest["exceptions_by_code"].values())
    lines = [
        f"Night of {manifest['as_of']}, known on {manifest['known_on']}: {standings.replace('_', ' ')}.",
        f"{raised} exceptions, {manifest['quarantined_rows']} quarantined rows.",
    ]
    if manifest["not_checked"]:
        lines.append(f"Not checked, since nothing was delivered: {', '.join(manifest['not_checked'])}.")
    places = ("report.html", "exceptions.xlsx", "briefing.html")
    return "\n".join([*lines, f"Look in {folder}: {', '.join(name for name in places if (folder / name).exists())}"])


def show_family(edition: Edition, folder: Path) -> None:
    """One family's position, its exceptions and its promises, in at most 100 columns."""
    console = _console()
    balance = edition.results.balances.row(0, named=True)
    console.print(
        f"Family {balance['family_id']} on {edition.results.position.as_of}: {STANDING_WORDS[balance['standing']]}"
    )
    sums = Table("", "£", show_header=False)
    for name in SUMS:
        sums.add_row(name.replace("_", " "), pounds(balance[f"{name}_pence"]))
    if balance["oldest_unpaid_on"]:
        sums.add_row("oldest unpaid since", f"{balance['oldest_unpaid_on']} ({balance['days_overdue']} days)")
    console.print(sums)
    _show(console, "Exceptions", exceptions_of(edition).select("severity", "code", "summary", "status"))
    promises = edition.results.promises.select("kind", "amount_pence", "outstanding_pence", "due_on", "state")
    _show(console, "Promises", promises)
    console.print(f"The statement and the working: {folder}", soft_wrap=True)


def show_runs(runs: pl.DataFrame) -> None:
    """The newest runs: when, for which day, how they ended and why."""
    started = pl.col("started_at").dt.convert_time_zone("Europe/London").dt.strftime("%Y-%m-%d %H:%M")
    shown = runs.select(pl.col("run_id").alias("run"), "kind", "as_of", "known_on", started, "outcome", "causes")
    _show(_console(), "Runs", shown)


def _console() -> Console:
    console = Console(highlight=False)
    console.width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    return console


def _show(console: Console, title: str, frame: pl.DataFrame) -> None:
    if frame.is_empty():
        return
    table = Table(
        *(published_name(name).replace("_", " ") for name in frame.columns), title=title, title_justify="left"
    )
    cells = [
        (pounds_from_pence(pl.col(name)) if name.endswith("_pence") else pl.col(name).cast(pl.String)).alias(name)
        for name in frame.columns
    ]
    for row in frame.select(cells).iter_rows():
        table.add_row(*(Text(cell or "") for cell in row))
    console.print(table)
