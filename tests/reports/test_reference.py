"""The reference of exceptions follows the catalogue."""

from pathlib import Path

from reconciliation.exceptions.catalogue import CATALOGUE
from reconciliation.reports.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "exceptions.md"


def test_the_page_in_the_docs_is_what_the_catalogue_says_today():
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "python -m reconciliation.reports.reference > docs/exceptions.md"
    )


def test_every_code_has_its_meaning_its_remedy_and_what_it_rests_on():
    page = reference()
    for entry in CATALOGUE.values():
        section = page.split(f"### {entry.code}\n")[1].split("\n### ")[0]
        assert all(text in section for text in (entry.title, entry.meaning, entry.action, entry.source))
        assert f"[{entry.code}](#{entry.code.lower()})" in page
