"""Data Docs of a run open without a network, say what failed and hold nobody's data."""

import re
import stat

import polars as pl
import pytest

from expectations.certificate import Certificate
from expectations.rules import Whole, complete, one_of
from expectations.validating import certify


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, str]:
    """The pages by name, made from what a run keeps."""
    from expectations.data_docs import data_docs  # takes seconds, which other workers are spared

    folder = tmp_path_factory.mktemp("run") / "docs"
    rows = pl.DataFrame({"kind": ["payment", "Mrs Smith"], "posted_on": ["2026-06-01", None]})
    rules = (one_of("kinds", "kind", ("payment",), "{count}"), complete("dates", "posted_on", "{count}"))
    certificate = certify("delivery", [Whole("transactions", rows, rules)])
    index = data_docs([Certificate.kept(certificate.json)], folder)
    assert index == folder / "index.html"
    assert {stat.S_IMODE(page.stat().st_mode) for page in folder.iterdir()} == {0o600}
    return {page.name: page.read_text(encoding="utf-8") for page in folder.iterdir()}


def test_every_link_of_the_index_opens(pages):
    assert (
        set(re.findall(r"href='([^']+)'", pages["index.html"]))
        == {"delivery-transactions.html"}
        == set(pages) - {"index.html"}
    )


def test_nothing_is_fetched_and_no_script_runs(pages):
    for page in pages.values():
        assert "http://" not in page
        assert "https://" not in page
        assert "<script" not in page
        assert "default-src 'none'" in page


def test_a_failed_check_is_shown_with_how_many_rows_break_it(pages):
    page = pages["delivery-transactions.html"]
    assert "Failed" in page
    assert re.search(r"1 unexpected values found", page)
    assert "Mrs Smith" not in page
