"""The flow of a family's rerun: on demand, from a form. The command `reconcile family` answers without any of this."""

from datetime import UTC, datetime

from prefect import flow
from prefect.states import State

from flows.parameters import AsOf, Database, FamilyId, KnownOn, OutputFolder, PolicyFile
from flows.stages import as_flow_run
from reconciliation.position import Position
from reconciliation.requests import FamilyRequest, today


@flow(name="family", flow_run_name="family {family_id}", persist_result=False)
def family(
    family_id: FamilyId,
    out: OutputFolder,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    policy: PolicyFile = None,
    database: Database = None,
) -> State:
    """Answer for one family from the records that nights have kept, and write its statement (outputs: family)."""
    from flows.artifacts import show_family
    from reconciliation.rerun import rerun_family

    now = datetime.now(UTC)
    request = FamilyRequest(family_id, out, Position.at(as_of or today(now), known_on), now, policy, database)
    return as_flow_run(rerun_family, request, show_family)
