"""The files of one family's rerun: its rows of the night's tables, and its statement (outputs.md)."""

from collections.abc import Callable
from pathlib import Path

from reconciliation.reports.csv_files import csv_files, parquet_files
from reconciliation.reports.edition import Edition
from reconciliation.reports.publishing import write_private

OF_NO_FAMILY = ("suspense.csv", "scrutiny.csv")
"""Tables whose rows belong to no family."""


def family_files(edition: Edition) -> Callable[[Path], None]:
    """What `publish_family` needs: a writer of every file of one family, whose rows alone the edition holds."""
    tables = {name: content for name, content in csv_files(edition).items() if name not in OF_NO_FAMILY}

    def write(folder: Path) -> None:
        write_private(folder, tables | parquet_files(edition))

    return write
