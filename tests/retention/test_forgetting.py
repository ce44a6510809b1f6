"""Only families long closed, with nothing owed, promised or contested, are forgotten; and then wholly, with proof."""

import shutil
from datetime import date

import pytest

from reconciliation.cli import Exit, run
from reconciliation.position import Position
from reconciliation.records import RECORDS
from reconciliation.store import Store, default_url
from tests.night.conftest import night

FAMILIES = "family_id,recipient_name,service,payee_reference,opened_on,closed_on,recorded_on\n"
ENTITLEMENTS = "entitlement_id,family_id,kind,amount,schedule,effective_from,effective_to,status,recorded_on\n"
TRANSACTIONS = "transaction_id,family_id,payee_reference,posted_on,amount,kind,promise_id,narrative,recorded_on\n"
PROMISES = "promise_id,family_id,kind,amount,agreed_on,due_on,completed_on,recorded_on\n"
CASES = "case_id,family_id,stage,received_on,decided_on,recorded_on\n"
CLOSED = "2018-01-31"
"""More than six years before 2026-06-10."""

KEPT = {
    "F2": "closed five years ago",
    "F3": "is owed a penny",
    "F4": "was paid too much",
    "F5": "has a promise that is not kept",
    "F6": "has a case that is not decided",
    "F7": "is open",
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store with one family that may be forgotten, F1, and one for each reason to be kept."""
    landing = tmp_path_factory.mktemp("landing")
    closing = {"F2": "2021-05-01", "F7": ""}
    paid = {"F3": "99.99", "F4": "160.00"}
    ids = ["F1", *KEPT]
    (landing / "families.csv").write_text(
        FAMILIES + "".join(f"{f},Someone {f},adult,V-{f},2017-01-01,{closing.get(f, CLOSED)},2017-01-01\n" for f in ids)
    )
    (landing / "entitlements.csv").write_text(
        ENTITLEMENTS + "".join(f"E-{f},{f},one_off,100.00,,2017-02-01,,active,2017-01-15\n" for f in ids)
    )
    (landing / "transactions.csv").write_text(
        TRANSACTIONS
        + "".join(f"T-{f},,V-{f},2017-02-01,{paid.get(f, '100.00')},payment,,rent {f},2017-02-01\n" for f in ids)
        + "T-now,,,2026-06-01,5.00,payment,,nobody knows,2026-06-01\n"
    )
    (landing / "promises.csv").write_text(PROMISES + "M1,F5,apology,,2017-03-01,2017-04-01,,2017-03-01\n")
    (landing / "cases.csv").write_text(CASES + "C1,F6,stage1,2017-03-01,,2017-03-01\n")
    folder = tmp_path_factory.mktemp("filled")
    night(folder, landing, Position.at(date(2026, 6, 10)))
    return folder


@pytest.fixture
def out(filled, tmp_path):
    """A copy of it, from which families may be erased."""
    return shutil.copytree(filled, tmp_path / "out")


def named(out):
    """Every family that any record in the store still names."""
    found = set()
    with Store.open(default_url(out)) as store:
        for name, record in RECORDS.items():
            frame = store.known(record)
            found |= set(frame.get_column("family_id", default=frame[record.key]).drop_nulls()) - {None}
            if name == "transactions":
                found |= {reference.removeprefix("V-") for reference in frame["payee_reference"].drop_nulls()}
    return found


def test_who_may_be_forgotten_is_said_and_nothing_is_erased_without_yes(out, capsys):
    before = named(out)
    assert run(["forget", "--out", str(out), "--as-of", "2026-06-10"]) == Exit.DONE
    assert capsys.readouterr().out.splitlines() == ["F1", "1 family may be erased; run again with --yes to do it."]
    assert named(out) == before


@pytest.mark.parametrize("family_id", KEPT, ids=KEPT.values())
def test_a_family_is_kept_that(family_id, out):
    assert run(["forget", "--out", str(out), "--as-of", "2026-06-10", "--yes"]) == Exit.DONE
    assert family_id in named(out)


def test_the_forgotten_are_gone_from_every_byte_and_the_audit_trail_stays_whole(out, capsys):
    assert run(["forget", "--out", str(out), "--as-of", "2026-06-10", "--yes"]) == Exit.DONE
    assert "F1" not in named(out)
    for path in out.glob("reconciliation.sqlite*"):
        assert b"Someone F1" not in path.read_bytes()
    assert run(["runs", "--out", str(out), "--verify"]) == Exit.DONE
    assert "nothing was edited or removed" in capsys.readouterr().out
