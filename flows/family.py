"""The flow of a family's rerun: on demand, from a form. The command `reconcile family` answers without any of this."""

from datetime import UTC, datetime

from prefect import flow
from prefect.states import State

from flows.parameters import Database, Day, FamilyId, Folder, PolicyFile
from flows.stages import as_flow_run
from reconciliation.position import Position
from reconciliation.requests import FamilyRequest, today


@flow(name="family", flow_run_name="family {family_id}", persist_result=False)
def family(
    family_id: FamilyId,
    out: Folder,
    as_of: Day = None,
    known_on: Day = None,
    policy: PolicyFile = None,
    database: Database = None,
) -> State:
    """Answer for one family from the records that nights have kept, and write its statement (outputs: family).

    Args:
        family_id: The family's id.
        out: The folder that results are published in.
        as_of: The day the figures speak of; today if left out.
        known_on: Only what was recorded by this day counts; the day the figures speak of if left out.
        policy: A policy file laid over the default policy.
        database: Its URL, without a password; one with a password is read from RECONCILIATION_DATABASE_URL alone.
    """
    from flows.artifacts import show_family
    from reconciliation.rerun import rerun_family

    now = datetime.now(UTC)
    at = Position.at(as_of or today(now), known_on)
    request = FamilyRequest(family_id, out, at, now, policy, database, with_pdf=True)
    return as_flow_run(rerun_family, request, show_family)
