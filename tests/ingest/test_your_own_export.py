"""The page "Point it at your own export" says what the program does."""

import re
from pathlib import Path

from reconciliation.ingest.sources import Source
from tests.ingest.test_leeds import FOLDER, delivery, report  # noqa: F401 - fixtures

PAGE = (Path(__file__).parents[2] / "docs" / "your-own-export.md").read_text(encoding="utf-8")


def pounds(pence: int) -> str:
    return f"{pence // 100:,}.{pence % 100:02}"


def test_the_layout_on_the_page_is_the_samples():
    assert (FOLDER / "sources.toml").read_text(encoding="utf-8") in PAGE


def test_the_lines_on_the_page_are_the_files():
    shown = re.search(r"```\n(file,source_line.*?)```", PAGE, re.DOTALL)[1]
    assert (FOLDER / "leeds-direct-payments.csv").read_text(encoding="utf-8").startswith(shown)


def test_the_figures_on_the_page_are_the_nights(report):  # noqa: F811 - the fixture
    for label, rows, pence in (
        ("in the file", report.rows, report.pence),
        ("accepted", report.accepted, report.accepted_pence),
        ("quarantined", report.quarantined, report.quarantined_pence),
    ):
        assert f"| {label} | {rows:,} | {pounds(pence)} |" in PAGE


def test_every_setting_is_on_the_page():
    for setting in Source.model_fields:
        assert f"`{setting}`" in PAGE or f"[source.{setting}" in PAGE
