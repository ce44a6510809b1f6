"""One family alone: the few facts it needs of everyone else, and everyone's results cut down to its own.

Only POSSIBLE_MISPOSTING looks at what other families were paid. A night keeps every family's loose payments and open
instalments (see `misposting`); with them a family's own rows give what the whole night gives.
"""

from dataclasses import dataclass, fields, replace

import polars as pl

from reconciliation.results import Money, Results


@dataclass(frozen=True)
class Neighbours:
    """Everyone's `loose_payments` and `open_instalments` at a position, as the family `family_id` needs them."""

    family_id: str
    loose_payments: pl.DataFrame
    open_instalments: pl.DataFrame

    def beside(self, money: Money) -> Money:
        """`money` of this family, its own facts as just worked out and everyone else's as the night left them.

        Of these only what has the amount of a fact of its own: nothing else can be taken for its money, or its for.
        """
        is_own = pl.col("family_id") == self.family_id
        loose, unpaid = money.loose_payments.filter(is_own), money.open_instalments.filter(is_own)
        amounts = pl.concat([loose["amount_pence"], unpaid["due_pence"]])
        return replace(
            money,
            loose_payments=self._beside(loose, self.loose_payments, pl.col("amount_pence"), amounts),
            open_instalments=self._beside(unpaid, self.open_instalments, pl.col("due_pence"), amounts),
        )

    def _beside(self, own: pl.DataFrame, everyones: pl.DataFrame, pence: pl.Expr, amounts: pl.Series) -> pl.DataFrame:
        if amounts.is_empty():
            return own
        alike = everyones.filter(pl.col("family_id") != self.family_id, pence.is_in(amounts.implode()))
        return pl.concat([own, alike.select(own.columns)])


def narrowed(results: Results, family_id: str) -> Results:
    """The rows of one family in every frame; what belongs to no family (suspense, published counts) falls away."""
    return replace(
        _narrowed_fields(results, family_id),
        money=_narrowed_fields(results.money, family_id),
        records={name: _of_family(frame, family_id) for name, frame in results.records.items()},
        suspense=results.suspense.clear(),
        scrutiny=results.scrutiny.clear(),
    )


def _narrowed_fields(holder, family_id: str):
    frames = {part.name: getattr(holder, part.name) for part in fields(holder)}
    return replace(
        holder,
        **{name: _of_family(frame, family_id) for name, frame in frames.items() if isinstance(frame, pl.DataFrame)},
    )


def _of_family(frame: pl.DataFrame, family_id: str) -> pl.DataFrame:
    if frame.is_empty() or "family_id" not in frame.columns:
        return frame
    return frame.filter(pl.col("family_id") == family_id)
