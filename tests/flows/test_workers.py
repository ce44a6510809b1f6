"""A council in shards, and many councils, on a real Dask cluster of this machine: the same files as by plain calls."""

import shutil
from datetime import date

import httpx
import pytest

from flows import night as night_flow
from flows.councils import councils_through_prefect
from flows.night import nightly_through_prefect
from flows.workers import LOCAL
from reconciliation.errors import Refusal
from reconciliation.night import run_night
from reconciliation.position import Position
from tests.flows.test_stages import last_runs
from tests.night.conftest import LANDING
from tests.night.test_quiet_nights import assert_same_files

AS_OF = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def small_shards(monkeypatch):
    """The worked example has 46 families: five shards."""
    monkeypatch.setattr(night_flow, "FAMILIES_EACH", 10)


def test_a_night_in_shards_on_workers_publishes_what_plain_calls_publish(api, request_for, worked_night):
    through = nightly_through_prefect(request_for(LANDING), workers=LOCAL)
    task_runs = last_runs(api, "task_runs")
    assert sum(run["name"] == "Work out a shard" for run in task_runs) == 10  # the day before, and the day
    kept = str((task_runs, httpx.post(f"{api}/logs/filter", json={}).json()))
    assert "F00042" not in kept
    assert_same_files(through.folder, worked_night / str(AS_OF))


@pytest.mark.slow
def test_what_a_worker_refuses_is_a_refusal_of_the_night(api, request_for, tmp_path):
    """An entitlement taken in under another policy uses a schedule that tonight's lacks (rules §9)."""
    landing, policy = shutil.copytree(LANDING, tmp_path / "landing"), tmp_path / "policy.toml"
    policy.write_text('[schedules.odd]\nevery = "month"\npay = "advance"\nroll = "none"\n', encoding="utf-8")
    file = landing / "entitlements.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("monthly_advance", "odd", 1), encoding="utf-8")
    run_night(request_for(landing, policy_file=policy))
    with pytest.raises(Refusal, match='use the schedule "odd", which the policy lacks'):
        nightly_through_prefect(request_for(landing), workers=LOCAL)


@pytest.mark.slow
def test_every_council_has_its_night_and_a_refused_one_keeps_no_other_from_it(api, tmp_path):
    listed = tmp_path / "councils.toml"
    listed.write_text(
        f'[[council]]\nname = "first"\ndata = "{LANDING}"\nout = "first"\n'
        f'[[council]]\nname = "second"\ndata = "nowhere"\nout = "second"\n'
        f'[[council]]\nname = "third"\ndata = "{LANDING}"\nout = "third"\n',
        encoding="utf-8",
    )
    first, second, third = councils_through_prefect(listed, Position.at(AS_OF), LOCAL)
    assert second.causes == ("nowhere: is no folder that can be read; check the path after --data",)
    assert_same_files(first.folder, third.folder)
    (flow_run,) = last_runs(api, "flow_runs")
    assert flow_run["state"]["message"] == "2 of 3 councils have their night"
