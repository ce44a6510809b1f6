"""Every rule of the results' suite passes on a right position and is seen to fail on a wrong one."""

from dataclasses import replace
from datetime import date
from functools import reduce

import polars as pl
import pytest

from expectations.results import certify_results, wholes
from expectations.validating import certify

MONEY = ("ledger", "movements", "allocations", "interest")
REST = ("balances", "suspense", "promises", "raised", "compensation", "briefing", "lookback", "scrutiny")
WAYS = {"the tables themselves": 1000, "counted by Polars": 0}


def having(published, name: str, change):
    """`published` with one of its frames changed, wherever that frame lives."""
    results = published.results
    if name == "exceptions":
        return replace(published, exceptions=change(published.exceptions))
    if name in results.records:
        changed = replace(results, records=results.records | {name: change(results.records[name])})
    elif hasattr(results, name):
        changed = replace(results, **{name: change(getattr(results, name))})
    else:
        changed = replace(results, money=replace(results.money, **{name: change(getattr(results.money, name))}))
    return replace(published, results=changed)


def broken(published, name: str, row: int, **cells):
    """`published` with other cells in one row of one of its frames."""
    here = pl.int_range(pl.len()) == row

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(
            pl.when(here).then(pl.lit(value, dtype=frame.schema[column])).otherwise(pl.col(column)).alias(column)
            for column, value in cells.items()
        )

    return having(published, name, change)


def shortened(published, name: str):
    """`published` without the last row of one of its frames."""
    return having(published, name, lambda frame: frame.head(-1))


def twice(published, name: str):
    """`published` with every row of one of its frames said twice."""
    return having(published, name, lambda frame: pl.concat([frame] * 2))


@pytest.mark.parametrize("small_rows", WAYS.values(), ids=WAYS.keys())
def test_a_right_position_is_certified(published, small_rows):
    assert certify_results(published.results, published.exceptions, small_rows).causes == ()


def test_no_two_rules_share_a_name(published):
    """A rule is known by its name alone where tables are counted together."""
    names = [rule.id for table in wholes(published.results, published.exceptions) for rule in table.rules]
    assert len(names) == len(set(names))


def test_a_position_without_a_single_row_is_certified(published):
    """The first night of a council that has only families, and an empty one, publish."""
    names = ("families", "transactions", "exceptions", *MONEY, *REST)
    nothing = reduce(lambda frames, name: having(frames, name, pl.DataFrame.clear), names, published)
    assert certify_results(nothing.results, nothing.exceptions).causes == ()


PENCE = ["due", "arrears", "prepaid", "paid", "overpaid", "recovered", "surplus_recovered", "remedies_paid"]
AGES = ["0_28", "29_56", "57_84", "85_plus"]

BREAKS = {
    "night.accepted": lambda p: shortened(p, "transactions"),
    "night.accepted_pence": lambda p: broken(p, "transactions", 3, amount_pence=701),
    "night.nobodys": lambda p: shortened(p, "suspense"),
    "night.nobodys_pence": lambda p: broken(p, "suspense", 0, amount_pence=699),
    "night.raised": lambda p: shortened(p, "exceptions"),
    "families.visible": lambda p: broken(p, "balances", 0, family_id="F9"),
    "families.balances": lambda p: shortened(p, "balances"),
    "balances.family": lambda p: broken(p, "balances", 0, family_id=None),
    "balances.standing": lambda p: broken(p, "balances", 0, standing=None),
    "balances.standings": lambda p: broken(p, "balances", 0, standing="fine"),
    "balances.identity": lambda p: broken(p, "movements", 2, counted_pence=149),
    "balances.ageing": lambda p: broken(p, "balances", 0, arrears_57_84_pence=1999),
    "balances.pence": lambda p: broken(p, "movements", 2, unexplained_pence=1),
    "balances.since": lambda p: broken(p, "balances", 0, oldest_unpaid_on=None),
    "balances.days": lambda p: broken(p, "balances", 0, days_overdue=None),
    "balances.days_overdue": lambda p: broken(p, "balances", 0, days_overdue=-1),
    **{f"balances.{n}_pence.sum": lambda p, n=n: broken(p, "balances", 0, **{f"{n}_pence": 77}) for n in PENCE},
    **{
        f"balances.{n}_pence.sign": lambda p, n=n: broken(p, "balances", 0, **{f"{n}_pence": -1})
        for n in [*PENCE, "offset", "provisional", *(f"arrears_{age}" for age in AGES)]
    },
    "ledger.family": lambda p: broken(p, "ledger", 0, family_id=None),
    "ledger.key": lambda p: twice(p, "ledger"),
    "ledger.due_pence": lambda p: broken(p, "ledger", 0, due_pence=0),
    "ledger.identity": lambda p: broken(p, "ledger", 0, outstanding_pence=2001),
    "ledger.settled": lambda p: broken(p, "allocations", 0, amount_pence=7999),
    "ledger.upcoming": lambda p: broken(p, "ledger", 0, is_upcoming=True),
    "ledger.allocated_pence.sign": lambda p: broken(p, "ledger", 0, allocated_pence=-1),
    "ledger.outstanding_pence.sign": lambda p: broken(p, "ledger", 0, outstanding_pence=-1),
    "allocations.steps": lambda p: broken(p, "allocations", 0, step="guess"),
    "allocations.amount": lambda p: broken(p, "allocations", 0, amount_pence=0),
    "allocations.dues": lambda p: broken(p, "allocations", 0, entitlement_id="E9"),
    "allocations.payments": lambda p: broken(p, "allocations", 0, transaction_id="T3"),
    "allocations.key": lambda p: twice(p, "allocations"),
    "movements.id": lambda p: broken(p, "movements", 0, transaction_id=None),
    "movements.key": lambda p: twice(p, "movements"),
    "movements.kinds": lambda p: broken(p, "movements", 0, kind="gift"),
    "movements.day": lambda p: broken(p, "movements", 0, posted_on=date(2026, 6, 11)),
    "movements.spent": lambda p: broken(p, "movements", 0, unallocated_pence=1),
    "movements.remaining": lambda p: broken(p, "movements", 0, remaining_pence=9001),
    "movements.unexplained": lambda p: broken(p, "movements", 2, unexplained_pence=201),
    "movements.counted": lambda p: broken(p, "movements", 2, counted_pence=201),
    **{
        f"movements.{n}_pence.sign": lambda p, n=n: broken(p, "movements", 0, **{f"{n}_pence": -1})
        for n in ("remaining", "unexplained", "counted", "unallocated")
    },
    "suspense.id": lambda p: broken(p, "suspense", 0, transaction_id=None),
    "suspense.key": lambda p: twice(p, "suspense"),
    **{
        f"suspense.candidate_{n}_score": lambda p, n=n: broken(p, "suspense", 0, **{f"candidate_{n}_score": 101})
        for n in (1, 2, 3)
    },
    "interest.key": lambda p: twice(p, "interest"),
    "interest.reason": lambda p: broken(p, "interest", 1, reason=None),
    "interest.amount_pence.sign": lambda p: broken(p, "interest", 0, amount_pence=-1),
    **{
        f"exceptions.{n}": lambda p, n=n: broken(p, "exceptions", 0, **{n: None})
        for n in ("exception_id", "code", "subject", "severity", "owner", "summary", "action")
    },
    "exceptions.family": lambda p: broken(p, "exceptions", 0, family_id=None),
    "exceptions.key": lambda p: twice(p, "exceptions"),
    "exceptions.id": lambda p: broken(p, "exceptions", 0, exception_id="X1"),
    "exceptions.severities": lambda p: broken(p, "exceptions", 0, severity="urgent"),
    "exceptions.owners": lambda p: broken(p, "exceptions", 0, owner="somebody"),
    "compensation.heads": lambda p: broken(p, "compensation", 0, head="goodwill"),
    "compensation.approval": lambda p: broken(p, "compensation", 0, needs_approval=None),
    "compensation.range": lambda p: broken(p, "compensation", 0, low_pence=15001),
    "compensation.low": lambda p: broken(p, "compensation", 0, low_pence=-1),
    "promises.key": lambda p: twice(p, "promises"),
    "promises.state": lambda p: broken(p, "promises", 0, state=None),
    "promises.states": lambda p: broken(p, "promises", 0, state="forgotten"),
    "promises.days": lambda p: broken(p, "promises", 0, state="open"),
    "promises.outstanding": lambda p: broken(p, "promises", 0, outstanding_pence=-1),
    "briefing.family": lambda p: broken(p, "briefing", 0, family_id=None),
    "briefing.since": lambda p: broken(p, "briefing", 0, since=None),
    "briefing.roles": lambda p: broken(p, "briefing", 0, role="mayor"),
    "briefing.key": lambda p: twice(p, "briefing"),
    "lookback.visible": lambda p: broken(p, "lookback", 0, family_id="F9"),
    "lookback.family": lambda p: broken(p, "lookback", 0, failings=None),
    "lookback.key": lambda p: twice(p, "lookback"),
    "lookback.failings": lambda p: broken(p, "lookback", 0, failings=2),
    "lookback.similar": lambda p: broken(p, "lookback", 0, similar=True),
    "scrutiny.key": lambda p: twice(p, "scrutiny"),
    "scrutiny.small": lambda p: broken(p, "scrutiny", 1, count="4"),
}


@pytest.mark.parametrize(("rule", "wrong"), BREAKS.items(), ids=BREAKS.keys())
def test_a_wrong_position_breaks_its_rule_and_is_refused(published, rule, wrong):
    """Small and large tables alike; the cause is one plain line."""
    position = wrong(published)
    (whole,) = [whole for whole in wholes(position.results, position.exceptions) if whole.name == rule.split(".")[0]]
    alone = replace(whole, rules=tuple(each for each in whole.rules if each.id == rule))
    (cause,), again = (certify("results", [alone], small_rows).causes for small_rows in WAYS.values())
    assert again == (cause,)
    assert "could not be carried out" not in cause
    assert "\n" not in cause
    assert "{" not in cause


def test_every_rule_of_the_suite_is_broken_by_one_of_these(published):
    """A rule that nobody has seen fail proves nothing."""
    rules = [rule.id for whole in wholes(published.results, published.exceptions) for rule in whole.rules]
    assert sorted(rules) == sorted(BREAKS)
