"""Stages under Prefect: visible, repeated only where that makes sense, silent about people, and lost with nobody."""

import time
from dataclasses import dataclass

import httpx
import pytest
from prefect import flow
from prefect.states import State

from flows import stages
from flows.orchestration import NoOrchestrator, StandingServer
from flows.stages import Caller, as_flow_run, run_here
from reconciliation.errors import Refusal
from tests.prefect_server import free_port, settings


def paragraph(request, stage, say):
    """A paragraph of one stage, whatever the request is."""
    return stage("Work out every family", request)


@flow(name="a-test-flow", persist_result=False)
def a_flow() -> State:
    """The shape of our flows."""
    return as_flow_run(paragraph, None, lambda outcome: f"gave {outcome}")


def run(function, watched=lambda stage: stage):
    """Run a function as the one stage of a flow in this process."""
    return run_here(a_flow, {}, Caller(function, watched, print))


def last_runs(api: str, of: str) -> list[dict]:
    """What the API has kept of the last run: its flow run, or its task runs."""
    (latest,) = httpx.post(f"{api}/flow_runs/filter", json={"sort": "START_TIME_DESC", "limit": 1}).json()
    if of == "flow_runs":
        return [latest]
    wanted = {"flow_runs": {"id": {"any_": [latest["id"]]}}}
    for _ in range(50):  # task runs arrive as events, a moment later
        runs = httpx.post(f"{api}/task_runs/filter", json=wanted).json()
        if runs and all(run["state_type"] in ("COMPLETED", "FAILED") for run in runs):
            return runs
        time.sleep(0.2)
    raise AssertionError("the API never heard how the tasks ended")


def test_an_outcome_comes_back_and_its_line_ends_the_flow_run(api):
    assert run(lambda: 42) == 42
    (kept,) = last_runs(api, "flow_runs")
    assert (kept["state_type"], kept["state"]["message"]) == ("COMPLETED", "gave 42")


def test_a_stage_is_a_task_of_its_name_that_takes_no_parameters(api):
    run(lambda: "frame")
    (kept,) = last_runs(api, "task_runs")
    assert kept["name"] == "Work out every family"
    assert not any(kept["task_inputs"].values())


def test_a_refusal_comes_out_and_fails_the_run_with_its_causes(api):
    def refuse():
        raise Refusal("families: no file", "transactions: stale")

    with pytest.raises(Refusal) as refusal:
        run(refuse)
    assert refusal.value.causes == ("families: no file", "transactions: stale")
    (kept,) = last_runs(api, "flow_runs")
    assert kept["state_type"] == "FAILED"
    assert kept["state"]["message"] == "refused: families: no file; transactions: stale"


def test_a_fault_comes_out_and_the_api_is_told_its_kind_alone(api, capfd):
    """An error's text may quote a record, so it stays in the process."""

    def fail():
        raise ValueError("Mrs Smith is owed £1,000")

    with pytest.raises(ValueError, match="Mrs Smith"):
        run(fail)
    (flow_run,), (task_run,) = last_runs(api, "flow_runs"), last_runs(api, "task_runs")
    assert flow_run["state"]["message"] == task_run["state"]["message"] == "a fault of the program: ValueError"
    logs = httpx.post(f"{api}/logs/filter", json={}).text
    assert "Smith" not in logs + str(flow_run) + str(task_run) + "".join(capfd.readouterr())


@dataclass
class Unsteady:
    """A function that fails a number of times before it answers."""

    failures: int
    calls: int = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise OSError("stale handle of the drive with Mrs Smith's folder")
        return "read"


def test_reading_the_folder_is_tried_again_after_a_drive_stumbled(api, monkeypatch):
    monkeypatch.setattr(stages, "RETRY_SECONDS", 0)
    read = Unsteady(failures=2)
    named = lambda stage: lambda _name, function: stage("Read the landing folder", function)  # noqa: E731
    assert run(read, named) == "read"
    assert read.calls == 3
    assert "Smith" not in httpx.post(f"{api}/logs/filter", json={}).text


def test_no_other_stage_is_tried_again(api):
    work = Unsteady(failures=1)
    with pytest.raises(OSError, match="stale"):
        run(work)
    assert work.calls == 1


@pytest.mark.parametrize("is_reached", [True, False], ids=["after the stage", "before the stage"])
def test_an_orchestrator_that_breaks_around_a_stage_leaves_it_run_once(monkeypatch, is_reached):
    def breaking(step, **_options):
        def shown(return_state):
            if is_reached:
                step()
            raise RuntimeError("the orchestrator broke")

        return shown

    monkeypatch.setattr(stages, "task", breaking)
    calls = []
    assert stages.visibly("Publish and remember", lambda: calls.append("ran") or "published") == "published"
    assert calls == ["ran"]


def test_where_no_api_answers_nothing_begins_and_that_is_known_quickly(prefect_home):
    started = time.monotonic()
    with settings(f"http://127.0.0.1:{free_port()}/api", prefect_home), pytest.raises(NoOrchestrator):
        StandingServer().wait()
    assert time.monotonic() - started < 15


def test_a_run_that_could_not_begin_is_no_run(prefect_home):
    """The API may fail between the probe and the run: the caller may then run the stages itself, once."""
    calls = []
    with settings(f"http://127.0.0.1:{free_port()}/api", prefect_home), pytest.raises(NoOrchestrator):
        run(lambda: calls.append("ran"))
    assert calls == []
