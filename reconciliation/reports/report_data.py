"""What the report page knows, packed small: the exceptions and families at once, the workings when one is opened.

Each part is a JSON object of columns, compressed and in base64. Whatever a name holds, no markup can be among it.
"""

import base64
import io
import json
import zlib
from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from reconciliation.exceptions.catalogue import CATALOGUE, SEVERITY_ORDER
from reconciliation.reports.edition import Edition
from reconciliation.reports.tables import LAST_STATUSES, exceptions_of
from reconciliation.results import Results

MOST_ROWS = 100_000
MOST_WORKINGS = 20_000
"""A page for people stays a page: beyond these it says so, and the files and `reconcile family` hold the rest."""
WORKED_DAYS = 366
"""Dues of the last year are shown one by one, and older ones where something is outstanding."""


Members = Iterator[tuple[str, bytes | memoryview]]
"""The JSON of each member of an object by its name, made when its turn to be packed has come: each can be large."""


def packed(members: Members) -> str:
    """A part of the page's data as one compressed object in base64."""
    press, pressed, before = zlib.compressobj(), [], b"{"
    for name, member in members:
        pressed += [press.compress(before + json.dumps(name).encode() + b":"), press.compress(member)]
        before = b","
    return base64.b64encode(b"".join([*pressed, press.compress(b"}"), press.flush()])).decode()


def first_part(edition: Edition) -> Members:
    """The families and their balances, the exceptions most pressing first, and what the codes mean."""
    yield "families", _columns(_families(edition.results))
    yield "exceptions", _columns(_exceptions(edition))
    yield "codes", _codes()


def workings_part(results: Results) -> Members:
    """The working of every family shown: its dues of the last year, what paid them, and what else moved."""
    shown = _numbered(results).head(MOST_WORKINGS)
    since = results.position.as_of - timedelta(days=WORKED_DAYS)
    is_recent = (pl.col("due_on") > since) | (pl.col("outstanding_pence") > 0)
    ledger = results.money.ledger.select("family_id", *DUE_COLUMNS)
    dues = _of(ledger.filter(is_recent), shown).with_row_index("due")
    lines = results.records["entitlements"].select(
        "entitlement_id", "amount_pence", "weekly_contribution_pence", "contribution_method", "kind"
    )
    yield "lines", _columns(lines.join(dues, on="entitlement_id", how="semi", maintain_order="left"))
    yield "dues", _columns(dues.drop("due"))
    yield "paid", _columns(_paid(results, dues, since))
    yield "earlier", _columns(_earlier(results, shown, is_recent))
    yield "moved", _columns(_moved(results, shown, since))
    yield "promises", _columns(_of(results.promises, shown))
    yield "compensation", _columns(_of(results.compensation, shown))


DUE_COLUMNS = [
    "entitlement_id",
    "period_start",
    "period_end",
    "due_on",
    "percent_days",
    "gross_pence",
    "contribution_pence",
    "due_pence",
    "outstanding_pence",
    "is_upcoming",
]


def _columns(frame: pl.DataFrame) -> memoryview:
    """An object of columns, in the order of the frame's: the one row of a list of rows."""
    file = io.BytesIO()
    frame.select(pl.all().implode()).write_json(file)
    return file.getbuffer()[1:-1]


def _codes() -> bytes:
    said = {entry.code: [entry.title, entry.meaning, entry.action, entry.source] for entry in CATALOGUE.values()}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _numbered(results: Results) -> pl.DataFrame:
    """family_id, family: each family's place among all, by id."""
    return results.balances.select("family_id").sort("family_id").with_row_index("family")


def _of(frame: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    """The rows of the families shown, with the family's place instead of its id."""
    return (
        frame.join(shown, on="family_id", maintain_order="left")
        .drop("family_id")
        .select("family", pl.exclude("family"))
    )


def _families(results: Results) -> pl.DataFrame:
    people = results.records["families"].select("family_id", "recipient_name", "team")
    return results.balances.join(people, on="family_id", how="left").sort("family_id")


def _exceptions(edition: Edition) -> pl.DataFrame:
    pressing = (pl.col("status").is_in(LAST_STATUSES), pl.col("severity").cast(SEVERITY_ORDER), "since")
    rows = exceptions_of(edition).sort(*pressing, "family_id", "code", "subject", nulls_last=True).head(MOST_ROWS)
    return rows.join(_numbered(edition.results), on="family_id", how="left", maintain_order="left").select(
        "severity",
        "code",
        "family",
        "team",
        "subject",
        "amount_pence",
        "since",
        "age_days",
        "summary",
        "evidence",
        "owner",
        "status",
        "decision_note",
    )


def _paid(results: Results, dues: pl.DataFrame, since: date) -> pl.DataFrame:
    """What settled each due shown: the due's place, the transaction, its day, step and pence."""
    key = ["entitlement_id", "period_start", "due_on"]
    wanted = ["transaction_id", "posted_on", "step", "amount_pence"]
    lines_with_older_ones = dues.filter(pl.col("due_on") <= since)["entitlement_id"].unique()
    is_near = (pl.col("due_on") > since) | pl.col("entitlement_id").is_in(lines_with_older_ones.implode())
    near = results.money.allocations.select(*key, *wanted).filter(is_near)
    found = near.join(dues.select("due", *key), on=key, maintain_order="left")
    return found.sort("due", "posted_on", "transaction_id").select("due", *wanted)


def _earlier(results: Results, shown: pl.DataFrame, is_recent: pl.Expr) -> pl.DataFrame:
    """The older dues of each family, all of them paid, in one line."""
    dues = results.money.ledger.select("family_id", "due_on", "due_pence", "outstanding_pence")
    settled = _of(dues.filter(~is_recent), shown)
    return settled.group_by("family").agg(dues=pl.len(), due_pence=pl.col("due_pence").sum()).sort("family")


def _moved(results: Results, shown: pl.DataFrame, since: date) -> pl.DataFrame:
    """Money of the last year, and older money that settled nothing."""
    matters = (pl.col("posted_on") > since) | (pl.col("unallocated_pence") > 0) | (pl.col("unexplained_pence") > 0)
    movements = results.money.movements.select(
        "family_id",
        "transaction_id",
        "kind",
        "posted_on",
        "amount_pence",
        "unallocated_pence",
        "unexplained_pence",
        "promise_id",
    )
    return _of(movements.filter(matters), shown)
