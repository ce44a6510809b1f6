"""What the person on duty sees of a run: totals and counts, and where the report is. Never a family, never a name."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from reconciliation.night import NightOutcome
from reconciliation.reports.terminal import how_worked_out
from reconciliation.rerun import FamilyOutcome
from reconciliation.weekly import BriefingOutcome


def show_night(outcome: NightOutcome) -> str:
    """Leave the night's artifacts, unless the API is lost; gives the line that the flow run ends with."""
    said = outcome.manifest
    with contextlib.suppress(Exception):  # the night is published by now: its pages are not worth failing for
        create_markdown_artifact(_in_words(said), key="night", description="The night in totals")
        create_table_artifact(_counted(said["families_by_standing"], "standing"), key="families-by-standing")
        create_table_artifact(_counted(said["exceptions_by_code"], "code"), key="exceptions-by-code")
        _link(outcome.folder / "report.html", "Report", "report")
    return f"run {outcome.run_id}: {sum(said['families_by_standing'].values())} families as of {said['as_of']}"


def show_family(outcome: FamilyOutcome) -> str:
    """Leave a link to the family's statement."""
    with contextlib.suppress(Exception):
        _link(outcome.folder / "statement.html", "Statement", "statement")
    return f"the statement is in {outcome.folder}"


def show_briefing(outcome: BriefingOutcome) -> str:
    """Leave how many families each role was told of."""
    told = [
        {"role": role.value, "families": count, "sent": role in outcome.sent}
        for role, count in outcome.families.items()
    ]
    with contextlib.suppress(Exception):
        create_table_artifact(told, key="briefing", description="How many families each role must know of")
    return f"{len(told)} roles have something to know, {len(outcome.sent)} were sent it; see {outcome.folder}"


def _link(page: Path, text: str, key: str) -> None:
    create_link_artifact(page.resolve().as_uri(), link_text=text, key=key)


def _counted(counts: Mapping[str, int], of: str) -> list[dict]:
    return [{of: name, "count": count} for name, count in counts.items()]


def _in_words(said: Mapping) -> str:
    proof = "\n".join(_line(equation) for equation in said["proof"])
    return (
        f"## Position of {said['as_of']}, as known on {said['known_on']}\n\n"
        f"{sum(said['families_by_standing'].values())} families, "
        f"{sum(said['exceptions_by_code'].values())} exceptions, {said['quarantined_rows']} quarantined rows, "
        f"{len(said['files'])} files. {how_worked_out(said)}\n\n"
        f"Not checked, as no delivery ever held it: {', '.join(said['not_checked']) or 'nothing'}.\n\n"
        f"| every penny accounted for | amount | difference |\n|---|---:|---:|\n{proof}\n"
    )


def _line(equation: Mapping) -> str:
    return f"| {equation['says']} | £{equation['amount']} | £{equation['difference']} |"
