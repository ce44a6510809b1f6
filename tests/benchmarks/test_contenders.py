"""Whoever runs in the benchmark can run, as far as the libraries that it needs are installed."""

import pytest

from benchmarks.council import council, write
from benchmarks.measuring import NEEDS, absent, measured


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("council")
    write(council(60, seed=3), made)
    return made


@pytest.mark.slow
@pytest.mark.parametrize("contender", NEEDS)
def test_every_contender_runs(folder, contender):
    if missing := absent(contender):
        pytest.skip(f"needs {', '.join(missing)}: pip install -e .[benchmark]")
    (found,) = measured([contender], folder, families=60, runs=1)
    assert found.rows > 0
    assert found.right.get("arrears_pence", 1) > 0.9
