"""A real night as a flow: the same outcome as by plain calls, and nobody's data with the orchestrator."""

import json
import os
import subprocess
import sys

import httpx
import polars as pl
import prefect.settings
import pytest
from prefect.exceptions import ParameterTypeError

from flows import orchestration
from flows.embedded import ServerProcess
from flows.night import NoOrchestrator, nightly, nightly_through_prefect
from flows.orchestration import EmbeddedServer, StandingServer
from flows.parameters import without_password
from flows.serving import deployments
from reconciliation.errors import Refusal
from tests.flows.test_stages import last_runs
from tests.night.conftest import LANDING
from tests.night.test_quiet_nights import assert_same_files
from tests.prefect_server import free_port, settings
from tests.processes import ends, is_alive


def test_a_night_through_a_standing_server_gives_what_plain_calls_give(api, request_for, worked_night):
    """And what the server keeps of it: the stages, the position, no name, reference or narrative."""
    through = nightly_through_prefect(request_for(LANDING))
    by_plain_calls = worked_night / "2026-06-10"
    assert_same_files(through.folder, by_plain_calls)
    direct = json.loads((by_plain_calls / "manifest.json").read_text(encoding="utf-8"))
    assert through.manifest["families_by_standing"] == direct["families_by_standing"]

    (flow_run,), task_runs = last_runs(api, "flow_runs"), last_runs(api, "task_runs")
    assert flow_run["state_type"] == "COMPLETED"
    assert flow_run["name"] == "night of 2026-06-10"
    assert {run["name"] for run in task_runs} >= {
        "Read the landing folder",
        "Work out every family",
        "Check the figures",
    }
    artifacts = httpx.post(f"{api}/artifacts/filter", json={}).json()
    assert {artifact["key"] for artifact in artifacts} >= {"night", "families-by-standing", "exceptions-by-code"}
    kept = str((flow_run, task_runs, artifacts, httpx.post(f"{api}/logs/filter", json={}).json()))
    assert [word for word in _of_people() if word in kept] == []


def _of_people() -> list[str]:
    """Every name, reference and narrative of the worked example."""
    families = pl.read_csv(LANDING / "families.csv", infer_schema=False)
    transactions = pl.read_csv(LANDING / "transactions.csv", infer_schema=False)
    columns = [families["recipient_name"], families["carer_name"], families["payee_reference"]]
    words = pl.concat([*columns, transactions["narrative"]]).drop_nulls().unique().to_list()
    assert len(words) > 50
    return [word for word in words if len(word) > 3]


def test_a_refused_night_is_a_refusal_for_whoever_called_it(api, request_for, tmp_path):
    with pytest.raises(Refusal, match="families: no file"):
        nightly_through_prefect(request_for(tmp_path))
    (flow_run,) = last_runs(api, "flow_runs")
    assert flow_run["state"]["message"].startswith("refused: ")


def test_without_an_api_a_night_has_not_begun(request_for, prefect_home):
    with settings(f"http://127.0.0.1:{free_port()}/api", prefect_home), pytest.raises(NoOrchestrator):
        nightly_through_prefect(request_for(LANDING))
    assert not request_for(LANDING).out.exists()


def test_an_embedded_server_that_dies_is_noticed_before_its_time_limit(monkeypatch, tmp_path):
    monkeypatch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", f"sqlite+aiosqlite:///{tmp_path}/none/such.db")
    with settings("", tmp_path / "home"):
        server = EmbeddedServer()
        orchestration.quieten()
        with pytest.raises(NoOrchestrator, match="did not start"):
            server.wait()


def test_a_run_killed_leaves_no_server_behind():
    """Even one that is still loading."""
    starts = "from flows.embedded import ServerProcess; import time; server = ServerProcess({}); "
    starts += "print(server._process.pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", starts], stdout=subprocess.PIPE, text=True) as run:  # noqa: S603 our own words
        server = int(run.stdout.readline())
        assert is_alive(server)
        run.kill()
    assert ends(server)


def test_a_server_started_too_early_is_ended_where_the_settings_name_another(api):
    early = ServerProcess({})
    assert isinstance(orchestration.start(early), StandingServer)
    assert early.has_ended()


def test_telemetry_is_off():
    assert prefect.settings.get_current_settings().server.analytics_enabled is False
    assert os.environ["DO_NOT_TRACK"] == "1"


def test_a_password_is_no_parameter():
    assert without_password("postgresql://night:secret@db/council") == "postgresql://night@db/council"
    assert without_password("postgresql://night@db/council?password=secret") == "postgresql://night@db/council"
    for unshown in (None, "no url", "postgresql://night:s@cret@db/council"):
        assert without_password(unshown) is None
    for refused in (
        "postgresql://night:secret@db/council",
        "postgresql://night:s@cret@db/council",
        "postgresql://night@db/council?password=secret",
    ):
        with pytest.raises(ParameterTypeError, match="database"):
            nightly.validate_parameters({"data": "in", "out": "out", "database": refused})
    for accepted in ("postgresql://night@db:5432/council", "sqlite:////srv/council.sqlite", None):
        nightly.validate_parameters({"data": "in", "out": "out", "database": accepted})


def test_what_is_served_is_scheduled_in_england(tmp_path):
    """And holds no limit of Prefect's own: one outlives a night that was killed, and would keep out all later ones."""
    served = {deployment.flow_name: deployment for deployment in deployments(tmp_path, tmp_path, None)}
    schedules = {name: [entry.schedule for entry in each.schedules or []] for name, each in served.items()}
    assert [(each.cron, each.timezone) for each in schedules["nightly"]] == [("30 2 * * *", "Europe/London")]
    assert [(each.cron, each.timezone) for each in schedules["briefing"]] == [("0 7 * * 1", "Europe/London")]
    assert schedules["family"] == []
    assert {each.concurrency_limit for each in served.values()} == {None}


def test_every_parameter_of_a_form_says_what_it_is(tmp_path):
    for deployment in deployments(tmp_path, tmp_path, None):
        for name, field in deployment._parameter_openapi_schema.properties.items():
            assert field.get("description"), f"{deployment.flow_name}: {name}"


@pytest.mark.slow
def test_a_night_through_the_embedded_server(request_for, tmp_path):
    """The default of `reconcile nightly`, on a machine that has never run Prefect."""
    with settings("", tmp_path / "home"):
        assert nightly_through_prefect(request_for(LANDING)).folder.is_dir()
