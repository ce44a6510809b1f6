"""The flow of the weekly briefing: each role at the top is told what it must know."""

from datetime import UTC, datetime

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import State

from flows.parameters import Database, Day, Folder, PolicyFile
from flows.stages import as_flow_run
from reconciliation.position import Position
from reconciliation.requests import today


def _name() -> str:
    return f"briefing of {flow_run.parameters['as_of'] or today(datetime.now(UTC))}"


@flow(name="briefing", flow_run_name=_name, persist_result=False)
def briefing(out: Folder, as_of: Day = None, policy: PolicyFile = None, database: Database = None) -> State:
    """Write each role's briefing and, where the policy names a mail server, send it (rules §7).

    Args:
        out: The folder that results are published in.
        as_of: The day the figures speak of; today if left out.
        policy: A policy file laid over the default policy.
        database: Its URL, without a password; one with a password is read from RECONCILIATION_DATABASE_URL alone.
    """
    from flows.artifacts import show_briefing
    from reconciliation.weekly import BriefingRequest, run_briefing

    now = datetime.now(UTC)
    request = BriefingRequest(out, Position.at(as_of or today(now)), now, policy, database)
    return as_flow_run(run_briefing, request, show_briefing)
