"""report.html: the night on one page, for people (outputs.md)."""

from dataclasses import dataclass

import polars as pl

import reconciliation
from reconciliation.exceptions.catalogue import words
from reconciliation.policy import version_of
from reconciliation.reports import history, pictures
from reconciliation.reports.edition import Edition
from reconciliation.reports.pages import page, pounds
from reconciliation.reports.pictures import Picture
from reconciliation.reports.proof import proof
from reconciliation.reports.report_data import MOST_ROWS, MOST_WORKINGS, first_part, packed, workings_part
from reconciliation.reports.tables import LAST_STATUSES
from reconciliation.results import Results
from reconciliation.vocabulary import Owner, PromiseState, Severity, Standing, Status

STANDINGS = {
    Standing.CANNOT_TELL: ("Cannot tell", "A failure has to be cleared first. Never read this as nothing owed."),
    Standing.OWED_PROMISED: ("Owed, and promised", "The council has promised to pay what it owes."),
    Standing.OWED: ("Owed", "Money has fallen due and was not paid in full."),
    Standing.OVERPAID: ("Overpaid", "More was paid than fell due."),
    Standing.SETTLED: ("Settled", "Nothing is owed either way."),
}
AGES = {
    "arrears_0_28_pence": "0–28 days",
    "arrears_29_56_pence": "29–56 days",
    "arrears_57_84_pence": "57–84 days",
    "arrears_85_plus_pence": "85 days or more",
}


MOST_TEAMS = 7


@dataclass(frozen=True)
class Shown:
    """A picture and the same figures as a table."""

    title: str
    picture: Picture
    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]


def report_page(edition: Edition) -> bytes:
    """The page for an edition; its bytes depend on the position alone."""
    results = edition.results
    return page(
        "report.html",
        position=results.position,
        policy_version=version_of(results.policy),
        code_version=reconciliation.__version__,
        standings=_standings(results.balances),
        sums=_sums(edition),
        changes=_changes(edition),
        not_checked=edition.not_checked,
        shown=_pictures(edition),
        proof=proof(results),
        quarantine=_quarantine(edition.quarantine),
        choices=_choices(edition),
        left_out=(max(edition.exceptions.height - MOST_ROWS, 0), max(results.balances.height - MOST_WORKINGS, 0)),
        first=packed(first_part(edition)),
        workings=packed(workings_part(results)),
    )


def _pictures(edition: Edition) -> list[Shown]:
    results, open_ = edition.results, edition.exceptions.filter(~pl.col("status").is_in(LAST_STATUSES))
    return [_ageing(results), _trend(results), _by_team(results), _due_and_paid(results), _by_owner(open_)]


def _standings(balances: pl.DataFrame) -> list[dict]:
    rows = []
    for standing, (title, says) in STANDINGS.items():
        families = balances.filter(standing=standing.value)
        column = "overpaid_pence" if standing == Standing.OVERPAID else "arrears_pence"
        sums = {"families": families.height, "pence": int(families[column].sum())}
        rows.append({"standing": standing.value, "title": title, "says": says} | sums)
    return rows


def _sums(edition: Edition) -> dict:
    """What the first sentences of the page say, in counts and pence."""
    results, is_done = edition.results, pl.col("status").is_in(LAST_STATUSES)
    owed = results.balances.filter(pl.col("arrears_pence") > 0)
    overdue = results.promises.filter(state=PromiseState.OVERDUE.value)
    uninformed = results.briefing.filter(pl.col("working_days_past") > 0)
    return {
        "families": results.balances.height,
        "arrears_pence": int(owed["arrears_pence"].sum()),
        "owed": owed.height,
        "overpaid_pence": int(results.balances["overpaid_pence"].sum()),
        "suspense": results.suspense.height,
        "suspense_pence": int(results.suspense["amount_pence"].sum()),
        "promises_overdue": overdue.height,
        "promises_pence": int(overdue["outstanding_pence"].sum()),
        "uninformed": uninformed["family_id"].n_unique(),
        "similar": results.lookback.filter("similar").height,
        "open": edition.exceptions.filter(~is_done).height,
        "done": edition.exceptions.filter(is_done).height,
        "critical": edition.exceptions.filter(~is_done, severity=Severity.CRITICAL.value).height,
    }


def _changes(edition: Edition) -> dict | None:
    """How many exceptions are new since the night before, and how many are cleared; None when that is not known."""
    if edition.before is None:
        return None
    new = edition.exceptions.join(edition.before, on="exception_id", how="anti").height
    return {"new": new, "cleared": edition.before.join(edition.exceptions, on="exception_id", how="anti").height}


def _ageing(results: Results) -> Shown:
    pence = {age: int(results.balances[column].sum()) for column, age in AGES.items()}
    return _sums_shown("How old the arrears are", "Days since due", pence)


def _by_team(results: Results) -> Shown:
    teams = results.balances.join(results.records["families"].select("family_id", "team"), on="family_id", how="left")
    owed = teams.group_by(pl.col("team").fill_null("no team")).agg(pl.col("arrears_pence").sum())
    most = owed.sort("arrears_pence", "team", descending=[True, False])
    pence = dict(most.head(MOST_TEAMS).iter_rows())
    if most.height > MOST_TEAMS:
        pence["all others"] = int(most[MOST_TEAMS:]["arrears_pence"].sum())
    return _sums_shown("Arrears by team", "Team", pence)


def _sums_shown(title: str, heading: str, pence: dict[str, int]) -> Shown:
    rows = [(name, pounds(sum_)) for name, sum_ in pence.items()]
    shape = {"name": pl.String, "pence": pl.Int64, "said": pl.String}
    frame = pl.DataFrame(
        {"name": list(pence), "pence": list(pence.values()), "said": [said for _, said in rows]}, shape
    )
    alt = f"{title}: " + ", ".join(f"{name} {said}" for name, said in rows)
    return Shown(title, pictures.sums(frame, alt), (heading, "Arrears"), rows)


def _trend(results: Results) -> Shown:
    months = history.arrears_by_month(results)
    first, last = months["arrears_pence"][0], months["arrears_pence"][-1]
    alt = f"Arrears at each month end over {months.height} months: from {pounds(first)} to {pounds(last)}"
    rows = [(f"{month:%B %Y}", pounds(pence)) for month, pence in months.iter_rows()]
    title = "Arrears at each month end, as known now"
    return Shown(title, pictures.arrears_line(months, alt), ("Month", "Arrears at its end"), rows)


def _due_and_paid(results: Results) -> Shown:
    months = history.due_and_paid_by_month(results)
    due, paid = int(months["due_pence"].sum()), int(months["paid_pence"].sum())
    alt = f"Due and paid in each of {months.height} months: {pounds(due)} fell due, {pounds(paid)} of it is paid"
    rows = [(f"{month:%B %Y}", pounds(due), pounds(paid)) for month, due, paid in months.iter_rows()]
    title = "What fell due each month (pale) and what of it is paid (dark)"
    return Shown(title, pictures.due_and_paid(months, alt), ("Month", "Fell due", "Paid by now"), rows)


def _by_owner(exceptions: pl.DataFrame) -> Shown:
    owners = pl.Enum([owner.value for owner in Owner])
    counts = (
        exceptions.join(words().select("code", "title", "owner"), on="code")
        .group_by("owner", "title", "severity")
        .agg(exceptions=pl.len())
        .sort(pl.col("owner").cast(owners), "title", "severity")
    )
    first_of_owner = pl.when(pl.col("owner").is_first_distinct()).then("owner").otherwise(pl.lit(""))
    alt = "Open exceptions by owner and kind, coloured by severity; the table below says the same"
    rows = [(owner, title, severity, f"{number:,}") for owner, title, severity, number in counts.iter_rows()]
    picture = pictures.by_code(counts.with_columns(owner=first_of_owner), alt)
    return Shown("Open exceptions by owner and kind", picture, ("Owner", "What", "Severity", "Exceptions"), rows)


def _quarantine(quarantine: pl.DataFrame) -> list[tuple]:
    """source_file, record, reason, rows: why rows could not be taken in, most first; no row's content."""
    by_reason = quarantine.group_by("source_file", "record", "reason").agg(rows=pl.len())
    return by_reason.sort("rows", "source_file", "record", "reason", descending=[True, False, False, False]).rows()


def _choices(edition: Edition) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers: only what the page holds, in the order of the closed sets."""
    held = _held(edition)
    titles = dict(words().select("code", "title").iter_rows())
    teams = sorted(team for team in edition.results.records["families"]["team"].unique() if team)
    return {
        "severity": [(severity.value, severity.value) for severity in Severity if severity in held["severity"]],
        "owner": [(owner.value, owner.value) for owner in Owner if owner in held["owner"]],
        "code": [(code, titles[code]) for code in titles if code in held["code"]],
        "status": [(status.value, status.value.replace("_", " ")) for status in Status if status in held["status"]],
        "team": [(team, team) for team in teams],
        "standing": [(standing.value, title) for standing, (title, _) in STANDINGS.items()],
    }


def _held(edition: Edition) -> dict[str, set[str]]:
    """The values that occur in the columns by which exceptions are filtered."""
    rows = edition.exceptions.join(words().select("code", "owner"), on="code", how="left")
    return {name: set(rows[name].unique()) for name in ("severity", "owner", "code", "status")}
