"""The list of licences is the list of what is locked and installed."""

import sys

import pytest

from tests.docs.licences import PAGE, locked, needed, page


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="newer Pythons need fewer libraries; the page says 3.11")
def test_the_page_of_licences_is_not_stale():
    assert PAGE.read_text() == page(), "write it anew: .venv/bin/python -m tests.docs.licences"


def test_every_library_needed_at_run_time_is_locked_and_installed_as_locked():
    versions = {line.split(" | ")[0].strip("| "): line.split(" | ")[1] for line in page().splitlines() if " | " in line}
    assert needed() <= locked().keys()
    assert {name: versions[name] for name in needed()} == {name: locked()[name] for name in needed()}


def test_every_library_states_its_licence():
    assert "not stated" not in page()
