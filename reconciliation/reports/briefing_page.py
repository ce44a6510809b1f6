"""briefing.html: a page for each role at the top, with what it must know and who has confirmed it (rules §7).

It names families by id and team alone: a briefing travels further than a working does.
"""

import polars as pl

from reconciliation.reports.edition import Edition
from reconciliation.reports.pages import page
from reconciliation.results import Results
from reconciliation.vocabulary import Failing, PromiseState, Role

ROLES = {
    Role.DIRECTOR: "Director",
    Role.PORTFOLIO_HOLDER: "Cabinet member",
    Role.MONITORING_OFFICER: "Monitoring officer",
    Role.SECTION_151: "Section 151 officer",
}
FAILINGS = {
    Failing.OWED: "money owed or paid late",
    Failing.PLAN: "no complete plan",
    Failing.CARER: "carer not assessed",
    Failing.RECRUITMENT: "recruitment stalled",
    Failing.PROMISE: "promise not kept",
}


def briefing_page(edition: Edition) -> bytes:
    """The briefing of a position, a section for each role; its bytes depend on the position alone."""
    results = edition.results
    rows = _rows(results)
    return page(
        "briefing.html",
        position=results.position,
        not_checked=edition.not_checked,
        acknowledge_days=results.policy.escalation.acknowledge_days,
        needed=results.policy.lookback.similar,
        roles=[
            {"role": role.value, "title": title, "families": rows.filter(role=role.value).rows(named=True)}
            for role, title in ROLES.items()
        ],
        titles=ROLES,
        failings=FAILINGS,
    )


def _rows(results: Results) -> pl.DataFrame:
    """One row per role and family: the trigger, the family's arrears, promises, confirmations and failings.

    Families like the reference case stand first, then those not confirmed, then by the earliest trigger.
    """
    families = results.records["families"].select("family_id", "team")
    balances = results.balances.select("family_id", "standing", "arrears_pence", "oldest_unpaid_on")
    return (
        results.briefing.join(families, on="family_id", how="left")
        .join(balances, on="family_id", how="left")
        .join(_promised(results), on="family_id", how="left")
        .join(_confirmations(results), on="family_id", how="left")
        .join(results.lookback, on="family_id", how="left")
        .sort(~pl.col("similar"), pl.col("acknowledged_on").is_not_null(), "since", "family_id")
    )


def _promised(results: Results) -> pl.DataFrame:
    """family_id, promises: each family's promises that are not kept, the oldest first."""
    kept = pl.col("state") == PromiseState.DISCHARGED.value
    told = pl.struct("kind", "outstanding_pence", "agreed_on", "due_on", "state")
    waiting = results.promises.filter(~kept).sort("agreed_on", "promise_id")
    return waiting.group_by("family_id", maintain_order=True).agg(promises=told)


def _confirmations(results: Results) -> pl.DataFrame:
    """family_id, confirmations: every role that must know of the family, and whether it has confirmed."""
    roles = pl.Enum([role.value for role in Role])
    told = pl.struct("role", "notified_on", "acknowledged_on")
    ordered = results.briefing.sort("family_id", pl.col("role").cast(roles))
    return ordered.group_by("family_id", maintain_order=True).agg(confirmations=told)
