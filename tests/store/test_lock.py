"""One writer at a time across processes; a lock never outlives its holder."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reconciliation.errors import Refusal
from reconciliation.records import RECORDS
from reconciliation.store import Store, default_url
from tests.store.rows import CLOCK, NIGHT, delivery, typed

HOLD = """
import sys, time
from reconciliation.store import Store
with Store.open(sys.argv[1]) as store, store.lock(0):
    print("held", flush=True)
    time.sleep(60)
"""
HALF = """
import sys, time
from reconciliation.store import Store
from tests.store.rows import delivery, typed
with Store.open(sys.argv[1]) as store, store.lock(0):
    rows = typed("transactions", *({"transaction_id": f"T{number}"} for number in range(6000)))
    store._settle_quarantine = lambda *given: (print("half", flush=True), time.sleep(60))
    store.load(delivery({"transactions": rows}))
"""


@contextmanager
def running(script: str, url: str, until: bytes) -> Iterator[subprocess.Popen]:
    """Another process, which has said `until`; killed in the end."""
    with subprocess.Popen([sys.executable, "-c", script, url], stdout=subprocess.PIPE) as other:  # noqa: S603 ours
        try:
            assert other.stdout.readline().strip() == until
            yield other
        finally:
            other.kill()


def test_a_second_writer_is_told_waits_and_is_refused_plainly(url: str):
    said = []
    with Store.open(url) as store, running(HOLD, url, b"held"):
        with pytest.raises(Refusal, match="Another run is still writing") as refused, store.lock(0.5, said.append):
            pytest.fail("two writers at once")
        assert said == ["Another night is running; waiting."]
        assert "postgres@" not in str(refused.value)


def test_reading_needs_no_lock(url: str):
    with Store.open(url) as store, running(HOLD, url, b"held"):
        assert store.runs().is_empty()
        assert store.known(RECORDS["reviews"]).is_empty()


def test_the_lock_is_free_again_once_its_holder_was_killed(url: str):
    with Store.open(url) as store:
        with running(HOLD, url, b"held") as other:
            other.kill()
            other.wait()
            with store.lock(10):
                pass
        with store.lock(0):
            pass


def test_a_load_killed_in_the_middle_leaves_nothing_behind(url: str, tmp_path):
    """Killed with kill -9 after its rows were written and before its end."""
    with Store.open(url) as store:
        with running(HALF, url, b"half") as other:
            assert store.known(RECORDS["transactions"]).is_empty()
            other.kill()
            other.wait()
        assert store.known(RECORDS["transactions"]).is_empty()
        assert store.data_mark() == 0
        with store.lock(10):
            assert not list(tmp_path.glob("*-staging*"))
            store.load(delivery({"transactions": typed("transactions", {"transaction_id": "T1"})}))
        assert store.known(RECORDS["transactions"]).height == 1


def test_a_small_write_beside_a_large_load_leaves_its_staged_rows_alone(tmp_path):
    """SQLite: a family's rerun that notes its run while a night is loading."""
    url = default_url(tmp_path)
    with Store.open(url) as night, Store.open(url) as rerun:
        rows = typed("transactions", *({"transaction_id": f"T{number}"} for number in range(6000)))
        with night.lock(0):
            (tmp_path / "reconciliation.sqlite-staging").touch()
            rerun.begin_run("family", NIGHT, NIGHT, "policy", "code", CLOCK)
            assert (tmp_path / "reconciliation.sqlite-staging").exists()
            night.load(delivery({"transactions": rows}))
        assert not (tmp_path / "reconciliation.sqlite-staging").exists()
        assert rerun.known(RECORDS["transactions"]).height == 6000


def test_reads_see_the_state_before_or_after_a_write_never_the_middle(url: str):
    with Store.open(url) as writer, Store.open(url) as reader:
        with reader.reading():
            assert reader.versions(RECORDS["reviews"], "F1").is_empty()
            writer.load(delivery({"reviews": typed("reviews", {"family_id": "F1"})}))
            assert reader.versions(RECORDS["reviews"], "F1").is_empty()
        assert reader.versions(RECORDS["reviews"], "F1").height == 1


def test_a_failure_while_holding_the_lock_frees_it(store: Store):
    with pytest.raises(KeyError), store.lock(0):
        raise KeyError(str(NIGHT))
    with store.lock(0):
        pass


def test_a_write_that_meets_another_writers_for_too_long_is_refused_plainly(tmp_path, monkeypatch):
    """SQLite has one writer: what would hang is told instead."""
    monkeypatch.setattr("reconciliation.store.sqlite.BUSY_SECONDS", 0.2)
    url = default_url(tmp_path)
    with Store.open(url) as night, Store.open(url) as rerun, night.writing():
        with pytest.raises(Refusal, match="database is locked"):
            rerun.begin_run("family", NIGHT, NIGHT, "policy", "code", CLOCK)
        assert rerun.runs().is_empty()
