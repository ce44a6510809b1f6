"""The dues of a council, as the core works them out: given to contenders that have no rules for them."""

import polars as pl

from benchmarks.council import AS_OF
from reconciliation.dues import dues
from reconciliation.policy import read_policy
from reconciliation.position import Position
from reconciliation.visibility import visible
from reconciliation.working_days import WorkingDays


def owed(records: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Shape DUES, at AS_OF."""
    seen = visible(records, Position.at(AS_OF))
    calendar = WorkingDays.between(AS_OF.replace(year=AS_OF.year - 6), AS_OF)
    of_families = (seen[name] for name in ("families", "entitlements", "suspensions"))
    return dues(*of_families, read_policy(), Position.at(AS_OF), calendar)
