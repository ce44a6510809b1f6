"""The schedules: a night at 02:30, a briefing on Monday mornings, a family on demand."""

import os
from pathlib import Path

from prefect import serve as serve_deployments
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron

from flows.briefing import briefing
from flows.family import family
from flows.night import nightly
from flows.orchestration import standing_server
from reconciliation.requests import DATABASE_VARIABLE

ENGLAND = "Europe/London"
EVERY_NIGHT = Cron("30 2 * * *", timezone=ENGLAND)
"""Half past two happens once on every night of the year, the two clock changes included."""
MONDAY_MORNING = Cron("0 7 * * 1", timezone=ENGLAND)
MOST_RUNS = 4
"""Runs at once in this process. Two nights are kept apart by the store's lock, which dies with its process. A limit
kept by Prefect outlives a machine that was switched off during a night, and every later night would wait for it."""


def deployments(data: Path, out: Path, policy: Path | None) -> list[RunnerDeployment]:
    """What is served. A night that meets another one waits for it, and says so, at the store's lock."""
    where = {"out": str(out), "policy": policy and str(policy)}
    night = where | {"data": str(data)}
    return [
        nightly.to_deployment("nightly", schedule=EVERY_NIGHT, parameters=night),
        briefing.to_deployment("weekly", schedule=MONDAY_MORNING, parameters=where),
        family.to_deployment("on-demand", parameters=where),
    ]


def serve(data: Path, out: Path, policy: Path | None = None, database: str | None = None) -> None:
    """Run the schedules until stopped. Paths are taken from where this is called.

    A database URL reaches the runs through the environment, since it may hold a password. Raises `NoOrchestrator` when
    PREFECT_API_URL names no server that answers: Prefect's embedded one keeps no schedules.
    """
    standing_server().wait()
    if database is not None:
        os.environ[DATABASE_VARIABLE] = database
    served = deployments(data.absolute(), out.absolute(), policy and policy.absolute())
    serve_deployments(*served, limit=MOST_RUNS, print_starting_message=False)
