"""All the files of a night, written into the folder that publishing hands over."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reconciliation.reports.briefing_page import briefing_page
from reconciliation.reports.csv_files import csv_files, parquet_files
from reconciliation.reports.edition import Edition
from reconciliation.reports.manifest import Account, manifest_file
from reconciliation.reports.publishing import write_private
from reconciliation.reports.report_page import report_page
from reconciliation.reports.workbook import workbook_file


def position_files(edition: Edition, account: Account) -> Callable[[Path], None]:
    """What `publish_position` needs: a writer of every file of the position (outputs.md)."""

    def write(folder: Path) -> None:
        with ThreadPoolExecutor(1) as beside:  # the workbook takes as long as all else together
            workbook = beside.submit(workbook_file, edition)
            write_private(folder, csv_files(edition))
            write_private(folder, parquet_files(edition))
            write_private(folder, {"report.html": report_page(edition), "briefing.html": briefing_page(edition)})
            write_private(folder, {"exceptions.xlsx": workbook.result()})
        write_private(folder, {"manifest.json": manifest_file(edition, account)})

    return write
