"""Every rule of the delivery's suite passes on the worked example and is seen to fail on a broken delivery."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from expectations.delivery import certify_delivery, files, freshness, wholes
from expectations.validating import certify
from reconciliation import shapes
from reconciliation.ingest import PROVENANCE, Delivery, FileReport
from reconciliation.policy import default_policy
from reconciliation.records import RECORDS, Record, Type

AS_OF = date(2026, 6, 10)
NEWEST = date(2026, 6, 1)
POLICY = default_policy()
WAYS = {"the rows themselves": 1000, "counted by Polars": 0}

A_VALUE = {Type.TEXT: "x", Type.DATE: AS_OF, Type.MONEY: 100, Type.SIGNED_MONEY: 100, Type.BOOLEAN: True}
A_VALUE |= {Type.PERCENT: 50, Type.HOURS: 1000}


def right_rows(record: Record) -> pl.DataFrame:
    """Two right rows of a record, from one file named after it."""
    row = {
        column.typed_name: column.choices[0] if column.choices else A_VALUE[column.type] for column in record.columns
    }
    row |= {"schedule": "four_weekly_advance"} if record.name == "entitlements" else {}
    row |= {"source": "canonical", "source_file": f"{record.name}.csv", "source_row": 1}
    return pl.DataFrame([row, row], schema=record.schema() | PROVENANCE)


def report(record: str, rows: pl.DataFrame) -> FileReport:
    """What the file of these rows says of itself: two delivered, none bad."""
    pence = rows["amount_pence"].sum() if record == "transactions" else None
    return FileReport(
        f"{record}.csv", "canonical", record, "", rows=2, delivered=2, quarantined=0,
        control_total_pence=pence, pence=pence,
    )  # fmt: skip


@pytest.fixture(scope="module")
def delivery() -> Delivery:
    """Every record type, right."""
    rows = {name: right_rows(record) for name, record in RECORDS.items()}
    quarantine = shapes.empty(shapes.QUARANTINE)
    return Delivery(rows, quarantine, tuple(report(name, frame) for name, frame in rows.items()))


def having(delivery: Delivery, record: str, **cells) -> Delivery:
    """`delivery` with these cells in the first row of a record."""
    rows = delivery.rows[record]
    first = pl.int_range(pl.len()) == 0
    changed = rows.with_columns(
        pl.when(first).then(pl.lit(value, dtype=rows.schema[name])).otherwise(pl.col(name)).alias(name)
        for name, value in cells.items()
    )
    return replace(delivery, rows=delivery.rows | {record: changed})


def reporting(delivery: Delivery, record: str, **facts) -> Delivery:
    """`delivery` in which the file of a record says something else of itself."""
    changed = [_saying(file, facts) if file.record == record else file for file in delivery.files]
    return replace(delivery, files=tuple(changed))


def _saying(file: FileReport, facts: dict) -> FileReport:
    """A report that a FileReport would refuse to be: what the suite is there to catch."""
    said = object.__new__(FileReport)
    for name, value in (vars(file) | facts).items():
        object.__setattr__(said, name, value)
    return said


def _of_declarations() -> dict[str, Callable[[Delivery], Delivery]]:
    """A broken delivery for every rule that a record's declaration gives rise to."""
    broken = {}
    out_of_range = {Type.MONEY: -1, Type.HOURS: -1, Type.PERCENT: 101}
    for name, record in RECORDS.items():
        for column in record.columns:
            rule, cell = f"{name}.{column.name}", column.typed_name
            if column.required:
                broken[f"{rule}.given"] = lambda d, name=name, cell=cell: having(d, name, **{cell: None})
            if column.choices:
                broken[f"{rule}.known"] = lambda d, name=name, cell=cell: having(d, name, **{cell: "?"})
            if column.type in out_of_range:
                value = out_of_range[column.type]
                broken[f"{rule}.range"] = lambda d, n=name, c=cell, v=value: having(d, n, **{c: v})
        for _, end in record.spans:
            broken[f"{name}.{end}.order"] = lambda d, n=name, end=end: having(d, n, **{end: date(2000, 1, 1)})
    return broken


BREAKS = {
    "delivery.records": lambda d: replace(d, rows={n: rows for n, rows in d.rows.items() if n != "entitlements"}),
    "files.rows": lambda d: reporting(d, "families", rows=3),
    "files.delivered": lambda d: reporting(d, "families", delivered=1, rows=1),
    "files.quarantined": lambda d: reporting(d, "families", quarantined=1, rows=3),
    "files.pence": lambda d: having(d, "transactions", amount_pence=101),
    "files.control_total": lambda d: reporting(d, "transactions", control_total_pence=201),
    "files.share": lambda d: reporting(d, "families", quarantined=1, rows=19),
    "transactions.amount.sign": lambda d: having(d, "transactions", kind="return"),
    "entitlements.schedule.known": lambda d: having(d, "entitlements", schedule="fortnightly"),
    "plans.agreed_on.given": lambda d: having(d, "plans", status="agreed", agreed_on=None),
    **_of_declarations(),
}
"""A broken delivery for every rule but freshness, which has its own tests."""


def test_no_two_rules_share_a_name(delivery):
    """A rule is known by its name alone where tables are counted together."""
    names = [rule.id for table in wholes(delivery, POLICY, AS_OF, NEWEST) for rule in table.rules]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("small_rows", WAYS.values(), ids=WAYS.keys())
def test_a_right_delivery_is_certified(delivery, small_rows):
    assert certify_delivery(delivery, POLICY, AS_OF, NEWEST, small_rows).causes == ()


@pytest.mark.parametrize(("rule", "wrong"), BREAKS.items(), ids=BREAKS.keys())
def test_a_broken_delivery_breaks_its_rule_and_is_refused(delivery, rule, wrong):
    """Small and large deliveries alike; the cause is one plain line."""
    held = wholes(wrong(delivery), POLICY, AS_OF, NEWEST)
    (whole,) = [whole for whole in held if whole.name == rule.split(".")[0]]
    alone = replace(whole, rules=tuple(each for each in whole.rules if each.id == rule))
    (cause,), again = (certify("delivery", [alone], small_rows).causes for small_rows in WAYS.values())
    assert again == (cause,)
    assert "could not be carried out" not in cause
    assert "\n" not in cause
    assert "{" not in cause


def test_every_rule_of_the_suite_is_broken_by_one_of_these(delivery):
    """A rule that nobody has seen fail proves nothing."""
    rules = [rule.id for whole in wholes(delivery, POLICY, AS_OF, NEWEST) for rule in whole.rules]
    assert sorted(rules) == sorted([*BREAKS, "freshness.any", "freshness.newest"])


@pytest.mark.parametrize(("age", "passes"), [(35, True), (36, False)])
def test_a_feed_older_than_the_policy_allows_is_refused(age, passes):
    certificate = certify("delivery", [freshness(POLICY, AS_OF, AS_OF - timedelta(days=age))])
    assert certificate.passed == passes
    assert all("the newest was posted on 2026-05-05" in cause for cause in certificate.causes)


def test_a_store_that_never_held_a_transaction_is_refused():
    certificate = certify("delivery", [freshness(POLICY, AS_OF, None)])
    assert certificate.causes == (
        "transactions: none has ever been delivered, so nothing can be said about what was paid",
    )


@pytest.mark.parametrize(("bad", "passes"), [(5, True), (6, False)])
def test_the_share_of_bad_rows_is_judged_exactly_at_the_policys_limit(delivery, bad, passes):
    said = reporting(delivery, "families", quarantined=bad, rows=100)
    (share,) = [rule for rule in files(said, POLICY).rules if rule.id == "files.share"]
    assert certify("delivery", [replace(files(said, POLICY), rules=(share,))]).passed == passes


def test_a_required_record_that_did_not_come_is_named(delivery):
    without = replace(delivery, rows={name: rows for name, rows in delivery.rows.items() if name != "families"})
    causes = certify_delivery(without, POLICY, AS_OF, NEWEST).causes
    assert "families: no file came, and without it no answer is right; ask for the export and run again" in causes
