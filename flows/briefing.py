"""The flow of the weekly briefing: each role at the top is told what it must know."""

from datetime import UTC, datetime

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import State

from flows.parameters import AsOf, Database, OutputFolder, PolicyFile
from flows.stages import as_flow_run
from reconciliation.position import Position
from reconciliation.requests import today


def _name() -> str:
    return f"briefing of {flow_run.parameters['as_of'] or today(datetime.now(UTC))}"


@flow(name="briefing", flow_run_name=_name, persist_result=False)
def briefing(out: OutputFolder, as_of: AsOf = None, policy: PolicyFile = None, database: Database = None) -> State:
    """Write each role's briefing and, where the policy names a mail server, send it (rules §7)."""
    from flows.artifacts import show_briefing
    from reconciliation.weekly import BriefingRequest, run_briefing

    now = datetime.now(UTC)
    request = BriefingRequest(out, Position.at(as_of or today(now)), now, policy, database)
    return as_flow_run(run_briefing, request, show_briefing)
