"""The files of one family's rerun: its rows of the night's tables, and its statement (outputs.md)."""

from collections.abc import Callable
from pathlib import Path

from reconciliation.reports.csv_files import csv_bytes, parquet_files
from reconciliation.reports.edition import Edition
from reconciliation.reports.publishing import write_private
from reconciliation.reports.statement import statement_page, statement_pdf
from reconciliation.reports.statement_table import statement_csv
from reconciliation.reports.tables import CSV_TABLES

OF_NO_FAMILY = ("suspense.csv", "scrutiny.csv")
"""Tables whose rows belong to no family."""


def family_files(edition: Edition, with_pdf: bool = False) -> Callable[[Path], None]:
    """What `publish_family` needs: a writer of every file of one family, whose rows alone the edition holds.

    The PDF takes seconds, which a family on the phone has not: it is made when asked for.
    """
    tables = {name: csv_bytes(table.of(edition)) for name, table in CSV_TABLES.items() if name not in OF_NO_FAMILY}
    html = statement_page(edition)
    statement = {"statement.html": html, "statement.csv": statement_csv(edition)}
    letter = {"statement.pdf": statement_pdf(html)} if with_pdf else {}

    def write(folder: Path) -> None:
        write_private(folder, tables | parquet_files(edition) | statement | letter)

    return write
