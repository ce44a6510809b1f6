"""Families that nothing has touched since an earlier night keep what was settled for them then.

What is settled for a family (rules §1–§3) follows from its records, from the movements that are its own, and from which
dues exist by then. A night keeps it for all families beside a print of what it followed from. On a later night, under
the same policy and program, a family is settled again where its print has changed or a further due of its has come
within reach; everyone else's is taken over. What follows from it and from the day (what is upcoming, ages, interest,
every clock) is worked out anew for all.
"""

from dataclasses import dataclass
from datetime import timedelta

import holidays
import polars as pl

from reconciliation import __version__
from reconciliation.accounts import Settling
from reconciliation.allocation.taking import scattered
from reconciliation.dues import LONGEST_ROLL, dues
from reconciliation.identify import place_among
from reconciliation.policy import Policy, version_of
from reconciliation.position import Position
from reconciliation.results import Kept, Results
from reconciliation.settlement import OUTCOMES, Settled, with_ordinary_outcomes
from reconciliation.shards import calendar_of

PROGRAM = f"{__version__}, polars {pl.__version__}, holidays {holidays.__version__}"
"""Whose word a night may take over: prints are Polars' hashes, and dues depend on the bank holidays."""
MANY_MOVEMENTS = 50_000
"""Fewer are settled sooner than what was settled of them is kept and read back."""
SETTLED_FROM = {
    "families": ("family_id", "closed_on"),
    "entitlements": pl.exclude("family"),
    "suspensions": pl.exclude("family"),
    "movements": ("transaction_id", "kind", "posted_on", "amount_pence", "reverses", "period_start"),
}
"""All that what is settled for a family follows from."""
STALE_SHARE = 10
"""What is kept is kept anew once more than one family in so many had to be settled again."""


@dataclass
class Sparing:
    """A `Settling` that takes over from what was `kept` what still holds, and has `settling` settle everyone else.

    `taken_over` counts the families that it last took over.
    """

    kept: Kept | None
    settling: Settling
    taken_over: int = 0

    def __call__(
        self, records: dict[str, pl.DataFrame], movements: pl.DataFrame, policy: Policy, position: Position
    ) -> Settled:
        """What is settled for all visible families. Raises `Refusal` as `dues.dues` does."""
        self.taken_over = 0
        if self.kept is None or not _holds(self.kept, policy, position):
            return self.settling(records, movements, policy, position)
        is_stirred = stirred(self.kept, records, movements, policy, position)
        self.taken_over = int((~is_stirred).sum())
        some, theirs = _of_some(records, movements, is_stirred)
        fresh = self.settling(some, theirs, policy, position)
        return _spliced(self.kept, fresh, records["families"], movements, is_stirred, position)

    def to_keep(self, results: Results) -> Kept | None:
        """What those results leave to the nights to come in place of what was kept; None while that will do, or there
        is little. A replay of an earlier day leaves nothing."""
        families = results.money.families.height
        will_do = (families - self.taken_over) * STALE_SHARE <= families
        is_replay = self.kept is not None and results.position.as_of < self.kept.as_of
        is_little = results.money.movements.height < MANY_MOVEMENTS
        return None if will_do or is_replay or is_little else kept_from(results)


def _holds(kept: Kept, policy: Policy, position: Position) -> bool:
    """Whether anything of it can be taken over at that position."""
    said_by = (kept.policy_version, kept.program)
    return said_by == (version_of(policy), PROGRAM) and kept.as_of <= position.as_of


def kept_from(results: Results) -> Kept:
    """What a night keeps of its results."""
    money, place = results.money, place_among(results.money.families)
    movements = money.movements.with_columns(family=place)
    ordinary = with_ordinary_outcomes(movements)
    differs = pl.any_horizontal(movements[name] != ordinary[name] for name in OUTCOMES)
    return Kept(
        as_of=results.position.as_of,
        policy_version=version_of(results.policy),
        program=PROGRAM,
        prints=prints(results.records, movements).lazy(),
        ledger=money.ledger.lazy().with_columns(family=place),
        allocations=money.allocations.lazy().with_columns(family=place),
        loose_payments=money.loose_payments.lazy().with_columns(family=place),
        outcomes=movements.filter(differs).select("transaction_id", *OUTCOMES).lazy(),
    )


def prints(records: dict[str, pl.DataFrame], movements: pl.DataFrame) -> pl.DataFrame:
    """`family_id, print` of every visible family: equal where all that is settled for it follows from is equal.

    `movements` carry `family`, the place among the visible families.
    """
    families = records["families"]
    place = place_among(families)
    sides = {name: rows.with_columns(family=place) for name, rows in records.items() if name in SETTLED_FROM}
    sides["movements"] = movements
    every = pl.concat(_row_prints(rows, SETTLED_FROM[name]) for name, rows in sides.items())
    ours = every.filter(pl.col("family").is_not_null())
    whole = ours.group_by("family").agg(pl.col("print").bitwise_xor()).sort("family")
    return pl.concat([families.select("family_id"), whole.select("print")], how="horizontal")


def _row_prints(rows: pl.DataFrame, columns) -> pl.DataFrame:
    return rows.select("family", print=rows.select(columns).hash_rows())


def stirred(
    kept: Kept, records: dict[str, pl.DataFrame], movements: pl.DataFrame, policy: Policy, position: Position
) -> pl.Series:
    """Whether each visible family, in order, is to be settled again (Boolean)."""
    families = records["families"]
    before = kept.prints.rename({"print": "before"}).collect()
    both = prints(records, movements).join(before, on="family_id", how="left", maintain_order="left")
    is_changed = both["print"].ne_missing(both["before"])
    reach = kept.as_of + timedelta(days=policy.matching.prepayment_days)
    calendar = calendar_of(records["entitlements"], movements, position)
    lately = dues(
        families, records["entitlements"], records["suspensions"], policy, position, calendar, reach - LONGEST_ROLL
    )
    return is_changed.scatter(lately.filter(pl.col("due_on") > reach)["family"].unique(), True)


def _of_some(
    records: dict[str, pl.DataFrame], movements: pl.DataFrame, is_wanted: pl.Series
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """The records and movements of some families, as if there were no others; with them what is nobody's."""
    theirs = movements.filter(_is_theirs(movements, is_wanted))
    place = (is_wanted.cum_sum() - 1).cast(pl.UInt32)
    some = records | {"families": records["families"].filter(is_wanted)}
    return some, theirs.with_columns(family=place.gather(theirs["family"]))


def _is_theirs(movements: pl.DataFrame, is_wanted: pl.Series) -> pl.Series:
    return is_wanted.gather(movements["family"]).fill_null(value=True)


def _spliced(
    kept: Kept,
    fresh: Settled,
    families: pl.DataFrame,
    movements: pl.DataFrame,
    is_stirred: pl.Series,
    position: Position,
) -> Settled:
    """What is settled for all, from what was kept and what is `fresh` of those that were stirred."""
    spared = families.select("family_id").with_row_index("family").filter(~is_stirred)
    place_of_kept = kept.prints.collect().join(spared, on="family_id", how="left", maintain_order="left")["family"]
    place_of_fresh = is_stirred.arg_true().cast(pl.UInt32)

    def together(name: str) -> pl.DataFrame:
        new = getattr(fresh, name)
        new = new.with_columns(family=place_of_fresh.gather(new["family"]))
        old = getattr(kept, name).with_columns(family=pl.lit(place_of_kept).gather("family")).select(new.columns)
        both = [old.filter(pl.col("family").is_not_null()), new.lazy()]
        return pl.concat(both).sort("family", maintain_order=True).collect()

    return Settled(
        ledger=together("ledger").with_columns(is_upcoming=pl.col("due_on") > position.as_of),
        movements=_with_outcomes(
            movements, kept.outcomes.collect(), fresh.movements, _is_theirs(movements, is_stirred)
        ),
        allocations=together("allocations"),
        loose_payments=together("loose_payments"),
    )


def _with_outcomes(
    movements: pl.DataFrame, kept: pl.DataFrame, fresh: pl.DataFrame, is_fresh: pl.Series
) -> pl.DataFrame:
    found = with_ordinary_outcomes(movements)
    told = found.select("transaction_id").with_row_index("row").join(kept, on="transaction_id").drop("transaction_id")
    found = scattered(found, told, "row")
    return scattered(found, fresh.select(OUTCOMES).with_columns(row=is_fresh.arg_true()), "row")
