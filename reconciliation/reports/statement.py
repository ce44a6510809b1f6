"""A family's statement: what was due and why, what paid for it, what is still owed, in words a family can follow.

One edition holds one family here (`alone.narrowed`), so this is the one room that walks row by row.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from reconciliation.errors import Refusal
from reconciliation.reports import duties, interest_working
from reconciliation.reports.edition import Edition
from reconciliation.reports.pages import page, pounds
from reconciliation.results import Results
from reconciliation.vocabulary import TransactionKind

RECENT_DAYS = 366
MOVED = {
    TransactionKind.PAYMENT: "We paid you",
    TransactionKind.REMEDY: "We paid you to put something right",
    TransactionKind.RETURN: "The bank sent this back to us",
    TransactionKind.REVERSAL: "We undid this in our books",
    TransactionKind.RECOVERY: "We took this back from you",
}


@dataclass(frozen=True)
class Line:
    """One due with its working and what paid for it."""

    due_on: date
    period_start: date
    period_end: date
    entitlement_id: str
    words: str
    due_pence: int
    outstanding_pence: int
    is_upcoming: bool
    paid_by: list[dict]


def statement_page(edition: Edition) -> bytes:
    """statement.html for the one family that the edition holds; its bytes depend on the position alone."""
    return page("statement.html", **_told(edition))


def statement_pdf(html: bytes) -> bytes:
    """The same statement as PDF, letter by letter from the page; the same page gives the same bytes.

    Raises `Refusal` on a machine without Pango.
    """
    try:
        from weasyprint import HTML  # loads Pango, which only this function needs
    except OSError:
        raise Refusal(
            "statement.pdf: the Pango library is not on this machine; install it (apt-get install libpangoft2-1.0-0), "
            "or leave --pdf out and print statement.html"
        ) from None
    return HTML(string=html.decode(), url_fetcher=_fetch_nothing).write_pdf()


def _fetch_nothing(url: str, *_: object, **__: object) -> dict:
    raise ValueError(f"a statement fetches nothing, not even {url}")


def _told(edition: Edition) -> dict:
    results = edition.results
    family = results.records["families"].row(0, named=True)
    since = results.position.as_of - timedelta(days=RECENT_DAYS)
    parts = interest_working.family_parts(results)
    return {
        "position": results.position,
        "family": family,
        "balance": results.balances.row(0, named=True),
        "rates": _rates(results),
        "lines": _split(due_lines(results), lambda line: line.due_on > since or line.outstanding_pence),
        "payments": _split(_payments(results), lambda row: row["posted_on"] > since or _is_loose(row)),
        "promises": results.promises.sort("agreed_on", "promise_id").rows(named=True),
        "duties": duties.told(results.records, family, edition.not_checked),
        "interest": interest_working.workings(results, parts),
        "selected": results.policy.interest.selected,
        "sources": _sources(edition),
        "late": _split(_late(parts), lambda part: part["paid_on"] > since),
    }


def _split(rows: list, is_recent: Callable[[Any], object]) -> dict[str, list]:
    """What a letter shows, and the older rest that the page folds away: nothing in it is still open."""
    return {
        "recent": [row for row in rows if is_recent(row)],
        "older": [row for row in rows if not is_recent(row)],
    }


def _is_loose(movement: dict) -> bool:
    return movement["unallocated_pence"] > 0 or movement["unexplained_pence"] > 0


def _late(parts: pl.DataFrame) -> list[dict]:
    return parts.sort("due_on", "paid_on", "entitlement_id", descending=[True, True, False]).rows(named=True)


def due_lines(results: Results) -> list[Line]:
    """Every due, newest first."""
    rates = {row["entitlement_id"]: row for row in results.records["entitlements"].iter_rows(named=True)}
    paid = defaultdict(list)
    for row in allocated(results).iter_rows(named=True):
        paid[row["entitlement_id"], row["period_start"]].append(row)
    return [
        Line(
            **{name: row[name] for name in ("due_on", "period_start", "period_end", "entitlement_id")},
            words=_worked_out(row, rates[row["entitlement_id"]]),
            **{name: row[name] for name in ("due_pence", "outstanding_pence", "is_upcoming")},
            paid_by=paid[row["entitlement_id"], row["period_start"]],
        )
        for row in results.money.ledger.sort("due_on", "entitlement_id", "period_start", descending=True).iter_rows(
            named=True
        )
    ]


def _worked_out(due: dict, rate: dict) -> str:
    """`28 days at £150.00 a week is £600.00. You pay £80.00 of it. That leaves £520.00.`"""
    if rate["kind"] == "one_off":
        return f"A single payment of {pounds(due['due_pence'])}."
    start = f"{_days(due['percent_days'])} at {pounds(rate['amount_pence'])} a week is {pounds(due['gross_pence'])}."
    if not due["contribution_pence"]:
        return start
    return f"{start} You pay {pounds(due['contribution_pence'])} of it. That leaves {pounds(due['due_pence'])}."


def _days(percent_days: int) -> str:
    """`28 days`; where days were paid in part, what they come to in full days."""
    days, rest = divmod(percent_days, 100)
    number = f"{days}.{rest:02d}".rstrip("0") if rest else str(days)
    return f"{number} {'day' if percent_days == 100 else 'days'}"


def _rates(results: Results) -> list[dict]:
    """The agreed rates, each with the days on which less was paid."""
    lines = results.records["entitlements"].filter(status="active").sort("effective_from", "entitlement_id")
    paused = results.records["suspensions"].filter(status="active").sort("starts_on")
    return [
        row
        | {"paused": [p for p in paused.iter_rows(named=True) if p["entitlement_id"] in (None, row["entitlement_id"])]}
        for row in lines.iter_rows(named=True)
    ]


def _payments(results: Results) -> list[dict]:
    """Every movement of money, newest first, with what it paid for."""
    paid_for = defaultdict(list)
    for row in allocated(results).iter_rows(named=True):
        paid_for[row["transaction_id"]].append(row)
    moved = results.money.movements.sort("posted_on", "transaction_id", descending=True)
    return [
        row
        | {
            "words": MOVED[row["kind"]],
            "paid_for": paid_for[row["transaction_id"]],
            "cancelled_pence": _cancelled(row),
        }
        for row in moved.iter_rows(named=True)
    ]


def _cancelled(movement: dict) -> int:
    is_ours = movement["kind"] in (TransactionKind.PAYMENT, TransactionKind.REMEDY)
    return movement["amount_pence"] - movement["remaining_pence"] if is_ours else 0


def allocated(results: Results) -> pl.DataFrame:
    """The allocations with the end of the period that each paid for."""
    key = ["entitlement_id", "period_start"]
    ends = results.money.ledger.select(*key, "period_end")
    return results.money.allocations.join(ends, on=key, how="left").sort("posted_on", "transaction_id", "due_on")


def _sources(edition: Edition) -> dict[str, dict[str, str]]:
    """Where each record was read, by record and key: `care_export.csv, row 12`."""
    found = defaultdict(dict)
    for row in edition.sources.filter(pl.col("source_file").is_not_null()).iter_rows(named=True):
        found[row["record"]][row["key"]] = f"{row['source_file']}, row {row['source_row']}"
    return found
