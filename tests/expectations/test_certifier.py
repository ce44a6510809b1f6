"""The certifier: the same answers as in this process, whatever becomes of it, and nothing of it left over."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from expectations import certifier as certifiers
from expectations.certifier import Certifier
from expectations.results import certify_results
from expectations.rules import Whole, complete
from expectations.validating import certify
from tests.processes import ends, is_alive

TABLE = Whole("records", pl.DataFrame({"id": ["a", None]}), (complete("r", "id", "{count} missing"),))


@pytest.fixture
def alone(monkeypatch) -> None:
    """No process of this test's has a certifier yet."""
    monkeypatch.setattr(certifiers, "_certifiers", {})


@pytest.fixture
def certifier(alone):
    certifiers.begin()
    (mine,) = certifiers._certifiers.values()
    yield mine
    mine.end()


def test_a_position_is_certified_in_the_same_words_by_either_process(published, certifier):
    """Down to the record that is kept with the run."""
    there = certify_results(published.results, published.exceptions)
    assert certifier._process.poll() is None
    certifier.end()
    here = certify_results(published.results, published.exceptions)
    assert there == here
    assert there.passed


def test_a_certifier_that_dies_is_done_without(certifier):
    """Between two suites, as where the system runs out of memory."""
    assert certify("delivery", [TABLE]).causes == ("1 missing",)
    os.kill(certifier._process.pid, signal.SIGKILL)
    certifier._process.wait()
    assert certify("results", [TABLE]).causes == ("1 missing",)


def test_a_certifier_that_dies_before_it_answers_is_done_without(certifier):
    os.kill(certifier._process.pid, signal.SIGKILL)
    assert certify("delivery", [TABLE]).causes == ("1 missing",)


@pytest.mark.parametrize("python", ["/none/such", "/bin/false"], ids=["no program", "one that ends at once"])
def test_a_certifier_that_cannot_start_is_done_without(alone, monkeypatch, python):
    monkeypatch.setattr(sys, "executable", python)
    assert certify("delivery", [TABLE]).causes == ("1 missing",)


def test_a_certifier_that_does_not_answer_in_time_is_done_without(certifier, monkeypatch):
    monkeypatch.setattr(certifiers, "LONGEST_SECONDS", 0.2)
    os.kill(certifier._process.pid, signal.SIGSTOP)
    assert certify("delivery", [TABLE]).causes == ("1 missing",)
    assert certifier._process.returncode == -signal.SIGKILL


def test_where_neither_process_can_answer_nothing_is_certified(certifier, monkeypatch):
    certifier.end()
    monkeypatch.setattr("expectations.library.answer", lambda question: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        certify("delivery", [TABLE])


def test_after_a_question_that_went_wrong_no_answer_is_taken_for_another(certifier):
    """The process would still answer what was asked before the fault."""
    second = Whole("people", pl.DataFrame({"name": ["a"]}), (complete("r2", "no_such_column", ""),))
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        certify("delivery", [TABLE, second])
    assert certifier._process.returncode is not None
    assert certify("delivery", [TABLE]).causes == ("1 missing",)


def test_a_night_killed_leaves_no_certifier_behind():
    """Even one that is still loading ends with whoever started it."""
    asks = "from expectations.certifier import begin, _certifiers; import os, time; begin(); "
    asks += "print(_certifiers[os.getpid()]._process.pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", asks], stdout=subprocess.PIPE, text=True) as night:  # noqa: S603 our own words
        process = int(night.stdout.readline())
        assert is_alive(process)
        night.kill()
    assert ends(process)


def test_its_arguments_hold_the_way_to_the_code_and_nothing_else(certifier):
    """Anybody on the machine may read them."""
    assert certify("delivery", [TABLE]).causes == ("1 missing",)
    given = Path(f"/proc/{certifier._process.pid}/cmdline").read_bytes().decode().split("\0")
    assert given[4].isdigit()
    assert given[5:-1] == sys.path


def test_stating_rules_and_counting_load_neither_the_library_nor_pandas():
    asked = "import sys, expectations.results, expectations.delivery; "
    asked += "print({'pandas', 'great_expectations'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603 our own words
    assert done.stdout.strip() == "set()"


def test_one_is_enough_for_a_process(certifier):
    certifiers.begin()
    assert [*certifiers._certifiers.values()] == [certifier]
    assert isinstance(certifier, Certifier)
