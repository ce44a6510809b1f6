"""Nothing leaves the machine: nights in a network without a way out, with every packet counted by the kernel."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trust.nights import AS_OF, LANDING

ROOT = Path(__file__).parents[2]


def cut_off(*arguments: str, **environment: str) -> dict:
    """What a command did where there is no network but the loopback."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "--net", "true"], check=False).returncode:  # noqa: S607
        pytest.skip("a network of its own takes root")
    done = subprocess.run(  # noqa: S603 our own interpreter and arguments
        ["unshare", "--net", sys.executable, "-m", "tests.trust.cut_off", *arguments],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | environment,
    )
    return json.loads(done.stdout.splitlines()[-1]) | {"said": done.stderr}


def night(out: Path) -> list[str]:
    return ["nightly", "--data", str(LANDING), "--out", str(out), "--as-of", str(AS_OF)]


def test_the_kernel_would_notice_a_call_out():
    did = cut_off("call-out")
    assert did["status"] != 0
    assert did["without_a_way"] >= 1


def test_a_night_by_plain_calls_sends_not_one_packet(tmp_path):
    """Not even to itself, nor to look up a name."""
    did = cut_off(*night(tmp_path), "--direct")
    assert did["status"] == 0, did["said"]
    assert (did["calls"], did["sent"], did["without_a_way"]) == ([], 0, 0)


@pytest.mark.slow
def test_a_night_as_a_flow_with_its_own_server_stays_on_the_loopback(tmp_path):
    """Prefect's embedded server and all: nothing it starts tries to call out."""
    did = cut_off(*night(tmp_path / "out"), PREFECT_HOME=str(tmp_path / "home"), PREFECT_API_URL="")
    assert did["status"] == 0, did["said"]
    assert "plain calls" not in did["said"]
    assert did["sent"] > 0
    assert did["without_a_way"] == 0
    assert {address[0] for address in did["calls"]} <= {"127.0.0.1", "localhost", "::1"}
