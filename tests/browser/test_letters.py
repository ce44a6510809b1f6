"""The briefing and the statement in a browser, on the screen and on paper."""

import io

import pytest
from pypdf import PdfReader

from reconciliation.reports.briefing_page import briefing_page
from reconciliation.reports.statement import statement_page
from tests.reports.small_council import HOSTILE_NAME, edition
from tests.reports.test_statement import of_family

PAGES = {
    "briefing": lambda: briefing_page(edition()),
    "statement": lambda: statement_page(of_family("F2")),
}


@pytest.fixture(params=PAGES)
def letter(request, tmp_path):
    file = tmp_path / f"{request.param}.html"
    file.write_bytes(PAGES[request.param]())
    return file


def test_it_opens_without_a_request_or_a_complaint_and_runs_nothing_from_data(watched, letter):
    page = watched.open(letter)
    assert watched.went_out == []
    assert watched.complaints == []
    assert page.locator("script").count() == 0
    assert "owned" not in page.title()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (640, "dark")])
def test_it_reads_at_two_hundred_percent_in_the_light_and_in_the_dark(watched, letter, width, scheme):
    watched.page.set_viewport_size({"width": width, "height": 900})
    watched.page.emulate_media(color_scheme=scheme)
    page = watched.open(letter)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) >= 4.5


CONTRAST = """() => {
  const light = (colour) => {
    const parts = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const quiet = getComputedStyle(document.querySelector('.quiet')).color;
  const pair = [light(quiet), light(getComputedStyle(document.body).backgroundColor)].sort((a, b) => b - a);
  return (pair[0] + 0.05) / (pair[1] + 0.05);
}"""
"""The contrast of the palest text with the paper, as WCAG measures it."""


def test_it_prints_on_paper_with_numbered_pages(watched, letter):
    content = watched.open(letter).pdf(prefer_css_page_size=True)
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "Page 1 of" in text


def test_a_hostile_name_stands_in_the_letter_as_text(watched, tmp_path):
    file = tmp_path / "statement.html"
    file.write_bytes(PAGES["statement"]())
    assert HOSTILE_NAME in watched.open(file).locator("main").inner_text()
