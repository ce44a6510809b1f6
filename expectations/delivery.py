"""Is this a delivery that we can trust? Every record that came held to its declaration, every file to its own count.

Ingest has judged the rows one by one; what is certified here is that the whole is what it says it is (rules §9).
"""

from datetime import date, timedelta

import polars as pl

from expectations.certificate import Certificate
from expectations.rules import Rule, Whole, at_least, complete, one_of, same, within
from expectations.validating import SMALL_ROWS, certify
from reconciliation.ingest import PROVENANCE, Delivery, FileReport
from reconciliation.policy import Policy
from reconciliation.records import RECORDS, Column, Record, Type
from reconciliation.vocabulary import MONEY_TO_FAMILY

FAULT = "a fault in taking the files in: nothing is loaded; report it with the run's number"

LOWEST_AND_HIGHEST = {Type.MONEY: (0, None), Type.HOURS: (0, None), Type.PERCENT: (0, 100)}
"""What a column of each type may hold (records, Conventions)."""

FILE_FACTS = {
    "name": pl.String,
    "record": pl.String,
    "rows": pl.Int64,
    "delivered": pl.Int64,
    "quarantined": pl.Int64,
    "furniture": pl.Int64,
    "control_total_pence": pl.Int64,
    "pence": pl.Int64,
    "unread_amounts": pl.Int64,
}


def certify_delivery(
    delivery: Delivery, policy: Policy, as_of: date, newest_posted_on: date | None, small_rows: int = SMALL_ROWS
) -> Certificate:
    """Certifies a delivery before it is loaded.

    `newest_posted_on` is the newest transaction's date in the delivery and the store, None where there never was one.
    Polars counts where there are more than `small_rows` rows.
    """
    return certify("delivery", wholes(delivery, policy, as_of, newest_posted_on), small_rows)


def wholes(delivery: Delivery, policy: Policy, as_of: date, newest_posted_on: date | None) -> list[Whole]:
    """Every whole of a delivery with its rules."""
    records = [record_rows(RECORDS[name], rows, policy) for name, rows in delivery.rows.items()]
    return [completeness(delivery), freshness(policy, as_of, newest_posted_on), files(delivery, policy), *records]


def completeness(delivery: Delivery) -> Whole:
    """The record types without which the answer would be wrong have come (rules §9)."""
    needed = [name for name, record in RECORDS.items() if record.is_required]
    frame = pl.DataFrame({"record": needed, "has_come": [name in delivery.rows for name in needed]})
    cause = "{record}: no file came, and without it no answer is right; ask for the export and run again"
    return Whole("delivery", frame, (one_of("delivery.records", "has_come", [True], cause, is_said_of_each_row=True),))


def freshness(policy: Policy, as_of: date, newest_posted_on: date | None) -> Whole:
    """The newest transaction is not too old: a stale feed must never look like a quiet night (rules §9)."""
    most = policy.ingest.max_feed_age_days
    dates = {"newest_posted_on": newest_posted_on, "oldest_allowed": as_of - timedelta(days=most)}
    stale = (
        f"transactions: the newest was posted on {{newest_posted_on}}, before {{oldest_allowed}}; "
        f"[ingest.max_feed_age_days] allows {most} days before {as_of}; ask for a current export"
    )
    none = "transactions: none has ever been delivered, so nothing can be said about what was paid"
    rules = (
        complete("freshness.any", "newest_posted_on", none),
        at_least("freshness.newest", "newest_posted_on", "oldest_allowed", stale, is_said_of_each_row=True),
    )
    return Whole("freshness", pl.DataFrame([dates], schema=dict.fromkeys(dates, pl.Date)), rules)


def files(delivery: Delivery, policy: Policy) -> Whole:
    """Every row and penny of every file is delivered, quarantined or furniture, and few enough are bad (rules §9)."""
    most = policy.ingest.max_quarantined_percent
    parts = 10 ** max(0, -most.as_tuple().exponent)
    frame = _file_facts(delivery).with_columns(
        accounted=pl.col("delivered") + pl.col("quarantined") + pl.col("furniture"),
        total_pence=pl.when(pl.col("unread_amounts") == 0).then("pence"),
        clean_pence=pl.when(pl.col("quarantined") == 0).then("pence"),
        bad=pl.col("quarantined") * 100 * parts,
        bad_allowed=pl.col("rows") * int(most * parts),
    )
    too_bad = (
        f"{{name}}: {{quarantined}} of {{rows}} rows are bad, more than the {most} % that "
        "[ingest.max_quarantined_percent] allows; mend the export"
    )
    rules = (
        _of_file("rows", "accounted", "rows", "{accounted} of {rows} rows are accounted for"),
        _of_file("delivered", "rows_found", "delivered", "{delivered} rows were taken in and {rows_found} are here"),
        _of_file("quarantined", "bad_found", "quarantined", "{quarantined} rows are bad and {bad_found} are kept"),
        _of_file("pence", "pence_found", "clean_pence", "the rows taken in do not come to what was read"),
        _of_file("control_total", "total_pence", "control_total_pence", "its control total disagrees with its rows"),
        at_least("files.share", "bad_allowed", "bad", too_bad, is_said_of_each_row=True),
    )
    return Whole("files", frame, rules)


def _of_file(what: str, column: str, other: str, sentence: str) -> Rule:
    return same(f"files.{what}", column, other, f"{{name}}: {sentence}; {FAULT}", is_said_of_each_row=True)


def _file_facts(delivery: Delivery) -> pl.DataFrame:
    """One row per file: what its report says, and what is found of it among the rows."""
    reports = pl.DataFrame([_facts(file) for file in delivery.files], schema=FILE_FACTS)
    found = pl.concat([_found(rows) for rows in delivery.rows.values()] or [_found(pl.DataFrame(schema=PROVENANCE))])
    bad = delivery.quarantine.group_by("source_file").agg(bad_found=pl.len().cast(pl.Int64))
    return (
        reports.join(found, left_on="name", right_on="source_file", how="left")
        .join(bad, left_on="name", right_on="source_file", how="left")
        .with_columns(
            pl.col("rows_found", "bad_found").fill_null(0),
            pence_found=pl.when(pl.col("pence").is_not_null()).then(pl.col("pence_found").fill_null(0)),
        )
    )


def _facts(file: FileReport) -> dict:
    return {fact: getattr(file, fact) for fact in FILE_FACTS}


def _found(rows: pl.DataFrame) -> pl.DataFrame:
    pence = pl.col("amount_pence").sum() if "amount_pence" in rows.columns else pl.lit(None, dtype=pl.Int64)
    return rows.group_by("source_file").agg(rows_found=pl.len().cast(pl.Int64), pence_found=pence)


def record_rows(record: Record, rows: pl.DataFrame, policy: Policy) -> Whole:
    """The rows of one record type: completeness, closed sets, ranges, spans, and what only that record knows."""
    extra = {"transactions": _signs, "entitlements": _schedules, "plans": _agreements}.get(record.name, _nothing_more)
    rows, more = extra(rows, policy)
    rules = [rule for column in record.columns for rule in _column_rules(record, column)]
    spans = [_span(record, start, end) for start, end in record.spans]
    return Whole(record.name, rows, (*rules, *spans, *more))


def _column_rules(record: Record, column: Column) -> list[Rule]:
    name, told = f"{record.name}.{column.name}", f"{record.name}: {{count}} rows have"
    rules = []
    if column.required:
        rules.append(complete(f"{name}.given", column.typed_name, f"{told} no {column.name}; {FAULT}"))
    if column.choices:
        expected = f"{told} a {column.name} other than {', '.join(column.choices)}; {FAULT}"
        rules.append(one_of(f"{name}.known", column.typed_name, column.choices, expected))
    if column.type in LOWEST_AND_HIGHEST:
        ends = LOWEST_AND_HIGHEST[column.type]
        rules.append(within(f"{name}.range", column.typed_name, *ends, f"{told} a {column.name} out of range; {FAULT}"))
    return rules


def _span(record: Record, start: str, end: str) -> Rule:
    return at_least(
        f"{record.name}.{end}.order", end, start, f"{record.name}: {{count}} rows have {end} before {start}; {FAULT}"
    )


def _nothing_more(rows: pl.DataFrame, policy: Policy) -> tuple[pl.DataFrame, tuple[Rule, ...]]:
    return rows, ()


def _signs(rows: pl.DataFrame, policy: Policy) -> tuple[pl.DataFrame, tuple[Rule, ...]]:
    """Money to the family is above zero and money back below it; nothing is zero (records: transactions)."""
    goes_out = pl.col("kind").is_in([kind.value for kind in MONEY_TO_FAMILY])
    size = pl.when(goes_out).then(pl.col("amount_pence")).otherwise(-pl.col("amount_pence"))
    cause = f"transactions: {{count}} rows have an amount whose sign does not fit their kind; {FAULT}"
    return rows.with_columns(size_pence=size), (within("transactions.amount.sign", "size_pence", 1, None, cause),)


def _schedules(rows: pl.DataFrame, policy: Policy) -> tuple[pl.DataFrame, tuple[Rule, ...]]:
    """A weekly entitlement has a schedule that the policy knows (records: entitlements)."""
    weekly = pl.when(pl.col("kind") == "weekly").then(pl.col("schedule").fill_null(""))
    cause = f"entitlements: {{count}} weekly rows have no schedule that the policy knows; {FAULT}"
    rule = one_of("entitlements.schedule.known", "weekly_schedule", tuple(policy.schedules), cause)
    return rows.with_columns(weekly_schedule=weekly), (rule,)


def _agreements(rows: pl.DataFrame, policy: Policy) -> tuple[pl.DataFrame, tuple[Rule, ...]]:
    """A plan that is agreed says since when (records: plans)."""
    is_dated = (pl.col("status") != "agreed") | pl.col("agreed_on").is_not_null()
    cause = f"plans: {{count}} agreed plans have no agreed_on; {FAULT}"
    return rows.with_columns(is_dated=is_dated), (one_of("plans.agreed_on.given", "is_dated", [True], cause),)
