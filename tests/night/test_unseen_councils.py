"""Councils nobody has seen before, through files, store and all, say what the plain oracle says."""

from datetime import date

import pytest

from reconciliation.policy import read_policy
from reconciliation.position import Position
from tests.generated.council import council, write_landing
from tests.night.conftest import EXAMPLES, night
from tests.night.test_worked_example import parquet_rows, published_rows
from tests.oracle.landing import read_landing
from tests.oracle.reference import answer
from tests.oracle.test_examples import spelled

COLUMNS = {
    "balances": ("family_id", "standing", "due", "paid", "arrears", "overpaid", "offset", "oldest_unpaid_on"),
    "raised": ("family_id", "code", "subject", "severity", "amount", "since", "items"),
    "promises": ("promise_id", "discharged", "outstanding", "days_overdue", "state"),
    "lookback": ("family_id", "owed", "plan", "carer", "recruitment", "promise", "failings", "similar"),
    "suspense": ("transaction_id", "amount"),
    "ledger": ("family_id", "entitlement_id", "period_start", "due_on", "gross", "contribution", "due", "outstanding"),
    "allocations": ("family_id", "transaction_id", "entitlement_id", "period_start", "step", "amount"),
}
FILES = {"raised": "exceptions.csv", "ledger": "ledger.parquet", "allocations": "allocations.parquet"}
COUNCILS = {
    11: (Position.at(date(2026, 6, 10)), None),
    12: (Position.at(date(2026, 6, 12), date(2026, 3, 1)), EXAMPLES / "policy.toml"),
}


@pytest.mark.parametrize("seed", COUNCILS)
@pytest.mark.usefixtures("unexamined")
def test_a_night_says_what_the_oracle_says(seed, tmp_path):
    position, policy_file = COUNCILS[seed]
    write_landing(council(seed, 60), tmp_path / "landing")
    folder = night(tmp_path / "out", tmp_path / "landing", position, policy_file).folder
    policy = read_policy(policy_file)
    records, quarantined = read_landing(tmp_path / "landing", policy, position.as_of)
    expected = answer(records, policy, position, quarantined)
    for frame, columns in COLUMNS.items():
        file = FILES.get(frame, f"{frame}.csv")
        rows_of = parquet_rows if file.endswith(".parquet") else published_rows
        assert rows_of(folder, file, columns) == sorted(spelled(row, columns) for row in getattr(expected, frame)), file
