"""Who may be forgotten: closed families past the policy's years, with nothing owed, promised or contested.

UK GDPR article 5(1)(e): personal data is kept no longer than it is needed. The years are the policy's
(`[retention] years`, by default six: Limitation Act 1980 s5). The rule only says who may be forgotten; the store
erases, with proof.
"""

import polars as pl

from reconciliation.results import Results
from reconciliation.vocabulary import PromiseState, Standing

NOTHING_OWED = (Standing.SETTLED.value,)
"""Any other standing is owed, overpaid or in doubt, and is kept until somebody has dealt with it."""


def forgettable(results: Results) -> list[str]:
    """The families that may be forgotten at the position, by id.

    Closed at least `[retention] years` before `as_of`, and settled; no money moved or fell due within those years;
    every promise discharged; no case undecided or decided within those years.
    """
    years = results.policy.retention.years
    past = pl.col("closed_on").dt.offset_by(f"{years}y") <= results.position.as_of
    kept = pl.concat(
        [
            _not_settled(results),
            _still_moving(results, years),
            _promised(results),
            _contested(results, years),
        ]
    ).unique()
    closed = results.money.families.filter(past).select("family_id")
    return closed.join(kept, on="family_id", how="anti").sort("family_id")["family_id"].to_list()


def _not_settled(results: Results) -> pl.DataFrame:
    nothing = pl.col("standing").is_in(NOTHING_OWED) & (pl.col("arrears_pence") == 0) & (pl.col("overpaid_pence") == 0)
    return results.balances.filter(~nothing).select("family_id")


def _still_moving(results: Results, years: int) -> pl.DataFrame:
    """Families with money moved or falling due within the years."""
    moved = results.money.movements.filter(_recent("posted_on", results, years)).select("family_id")
    due = results.money.ledger.filter(_recent("due_on", results, years)).select("family_id")
    return pl.concat([moved.drop_nulls(), due])


def _promised(results: Results) -> pl.DataFrame:
    return results.promises.filter(pl.col("state") != PromiseState.DISCHARGED).select("family_id")


def _contested(results: Results, years: int) -> pl.DataFrame:
    open_or_recent = pl.col("decided_on").is_null() | _recent("decided_on", results, years)
    return results.records["cases"].filter(open_or_recent).select("family_id")


def _recent(column: str, results: Results, years: int) -> pl.Expr:
    return pl.col(column).dt.offset_by(f"{years}y") > results.position.as_of
