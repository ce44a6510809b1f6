"""The two sheets that people see first: what the night found, and how to work it."""

from collections.abc import Sequence
from decimal import Decimal

import polars as pl
from xlsxwriter.worksheet import Worksheet

from reconciliation.reports.edition import Edition
from reconciliation.reports.tables import LAST_STATUSES
from reconciliation.reports.workbook_style import Styles
from reconciliation.vocabulary import Decision, Owner, Severity, Standing

A4 = 9
TITLE_HEIGHT = 24

HOW_TO = (
    ("Where to start", "Open the sheet of your own team. The most pressing lines stand at the top."),
    ("Finding your work", "Use the arrows in the first row to filter, for example by severity or by team."),
    ("Deciding", "Work in the yellow columns. Choose a decision from the list and say why in decision_note."),
    ("Who and when", "Put your name in decided_by. Leave decided_on empty if you decided today."),
    ("To be reminded later", "Put a date in snooze_until: the line comes back on that day."),
    (
        "Handing it back",
        "Save the file under any name and give it to: reconcile decisions FILE. The next night takes it in.",
    ),
    (
        "What not to touch",
        "Keep the first row and the column exception_id: they say which decision belongs to which line.",
    ),
    ("Sorting", "Sort and filter as you like; the order of rows and columns does not matter when it is read back."),
    ("Other columns", "A change outside the yellow columns is not taken in. Correct facts where they come from."),
    ("Personal data", "This file holds names and sums. Keep it where only the people who need it can open it."),
)
DECISIONS = {
    Decision.OPEN: "Nobody has taken it up yet.",
    Decision.IN_PROGRESS: "Someone is working on it.",
    Decision.ACCEPTED: "It is right as it stands and may stay so. It comes back if its amount grows.",
    Decision.RESOLVED: "The cause is put right. If the records still show it, it comes back.",
    Decision.NOT_AN_ERROR: "The rule does not fit this case. It comes back if its amount grows.",
}
SEVERITIES = {
    Severity.CRITICAL: "Today: a family is without money, or the council has broken a duty.",
    Severity.HIGH: "This week.",
    Severity.MEDIUM: "This month.",
    Severity.LOW: "To learn from.",
}
STANDINGS = {
    Standing.CANNOT_TELL: "cannot tell: a failure to be cleared first",
    Standing.OWED_PROMISED: "owed, and it was promised",
    Standing.OWED: "owed",
    Standing.OVERPAID: "overpaid",
    Standing.SETTLED: "settled",
}


def sheet_name(owner: Owner) -> str:
    """The name of an owner's sheet."""
    return owner.value.capitalize()


def how_to_sheet(sheet: Worksheet, styles: Styles) -> None:
    """How to work the file, in a page of plain words."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 120)
    _title(sheet, styles, 0, "How to use this workbook")
    row = _pairs(sheet, styles, 2, HOW_TO)
    _title(sheet, styles, row + 1, "Decisions")
    row = _pairs(sheet, styles, row + 2, [(decision.value, says) for decision, says in DECISIONS.items()])
    _title(sheet, styles, row + 1, "Severity")
    for place, (severity, says) in enumerate(SEVERITIES.items(), row + 2):
        sheet.write_string(place, 0, severity.value, styles.severity[severity.value])
        sheet.write_string(place, 1, says, styles.text)
    fit_on_paper(sheet)


def fit_on_paper(sheet: Worksheet) -> None:
    """A4 across, one page wide, numbered, and marked as what it is."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&LPersonal data: keep safe&C&A&RPage &P of &N")


def _title(sheet: Worksheet, styles: Styles, row: int, text: str) -> None:
    sheet.set_row(row, TITLE_HEIGHT)
    sheet.write_string(row, 0, text, styles.title)


def _pairs(sheet: Worksheet, styles: Styles, first: int, pairs: Sequence[tuple[str, str]]) -> int:
    for row, (head, says) in enumerate(pairs, first):
        sheet.write_string(row, 0, head, styles.strong)
        sheet.write_string(row, 1, says, styles.text)
    return first + len(pairs)


def summary_sheet(sheet: Worksheet, styles: Styles, edition: Edition, rows: pl.DataFrame, most_rows: int) -> None:
    """Counts and sums of the position: by owner, by code, by standing.

    Sums stand by code alone: exceptions of different codes may speak of the same money.
    """
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 7, 13)
    position = edition.results.position
    _title(sheet, styles, 0, f"Exceptions on {position.as_of:%-d %B %Y}")
    sheet.write_string(1, 0, f"As known on {position.known_on:%-d %B %Y}. How to work this file: see the first sheet.")
    open_rows = rows.filter(~pl.col("status").is_in(LAST_STATUSES))
    row = _by_owner(sheet, styles, 3, rows, open_rows, most_rows)
    row = _by_code(sheet, styles, row + 1, open_rows)
    row = _standings(sheet, styles, row + 1, edition)
    _not_checked(sheet, styles, row + 1, edition.not_checked)
    fit_on_paper(sheet)


def _by_owner(
    sheet: Worksheet, styles: Styles, row: int, rows: pl.DataFrame, open_rows: pl.DataFrame, most_rows: int
) -> int:
    _headers(
        sheet, styles, row, "Owner (open exceptions)", *(severity.value for severity in Severity), "all open", "done"
    )
    for owner in Owner:
        mine, mine_open = rows.filter(owner=owner.value), open_rows.filter(owner=owner.value)
        if mine.is_empty():
            continue
        row += 1
        link = f"internal:'{sheet_name(owner).replace(chr(39), chr(39) * 2)}'!A1"
        sheet.write_url(row, 0, link, string=sheet_name(owner))
        counts = [mine_open.filter(severity=severity.value).height for severity in Severity]
        _numbers(sheet, styles, row, *counts, mine_open.height, mine.height - mine_open.height)
        if mine.height > most_rows:
            sheet.write_string(
                row, 7, f"its sheet holds the first {most_rows:,}; all are in exceptions.csv", styles.text
            )
    return row + 1


def _by_code(sheet: Worksheet, styles: Styles, row: int, open_rows: pl.DataFrame) -> int:
    _headers(sheet, styles, row, "Code (open exceptions)", "exceptions", "families", "sum")
    counts = open_rows.group_by("code").agg(
        pl.len(),
        pl.col("family_id").drop_nulls().n_unique(),
        pl.col("amount_pence").sum(),
        pl.col("amount_pence").count().alias("sums"),
    )
    for code, exceptions, families, pence, sums in counts.sort("code").iter_rows():
        row += 1
        sheet.write_string(row, 0, code, styles.text)
        _numbers(sheet, styles, row, exceptions, families)
        if sums:
            sheet.write_number(row, 3, Decimal(pence) / 100, styles.money)
    return row + 1


def _standings(sheet: Worksheet, styles: Styles, row: int, edition: Edition) -> int:
    _headers(sheet, styles, row, "How families stand", "families", "arrears", "overpaid")
    for standing, says in STANDINGS.items():
        row += 1
        families = edition.results.balances.filter(standing=standing.value)
        sheet.write_string(row, 0, says, styles.text)
        _numbers(sheet, styles, row, families.height)
        for place, name in ((2, "arrears_pence"), (3, "overpaid_pence")):
            sheet.write_number(row, place, Decimal(int(families[name].sum())) / 100, styles.money)
    return row + 1


def _not_checked(sheet: Worksheet, styles: Styles, row: int, names: tuple[str, ...]) -> None:
    if names:
        said = f"Not checked, because no such records were delivered: {', '.join(names)}"
        sheet.write_string(row, 0, said, styles.strong)


def _headers(sheet: Worksheet, styles: Styles, row: int, *names: str) -> None:
    for place, name in enumerate(names):
        sheet.write_string(row, place, name, styles.number_header if place else styles.header)


def _numbers(sheet: Worksheet, styles: Styles, row: int, *numbers: int) -> None:
    for place, number in enumerate(numbers, 1):
        sheet.write_number(row, place, number, styles.number)
