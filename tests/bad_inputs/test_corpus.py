"""Broken deliveries as they come, each in a folder with what a person is told about it in `expected.txt`."""

from pathlib import Path

import pytest

from tests.bad_inputs.told import landing, told

CORPUS = sorted(path.parent for path in Path(__file__).parent.glob("*/expected.txt"))


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_a_broken_delivery_is_explained(case, tmp_path):
    expected = (case / "expected.txt").read_text(encoding="utf-8").split("\n\n", 1)[1]
    assert told(landing(tmp_path / "landing", case)) == expected.splitlines()


def test_the_corpus_is_there():
    assert len(CORPUS) >= 60
