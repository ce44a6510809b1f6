"""Exceptions night after night, kept as intervals: an exception that stays as it is costs one row, not one a night.

All is told from the nights strictly before a day, so that a night run again says what it said the first time.
A *night* here is a recorded position with `known_on = as_of`; looks into the past write no history.
"""

from datetime import date

import polars as pl
import sqlalchemy as sa

from reconciliation.store.database import Database
from reconciliation.store.tables import EXCEPTIONS, POSITIONS, SIGHTINGS

SEEN = {
    "exception_id": pl.String,
    "code": pl.String,
    "family_id": pl.String,
    "subject": pl.String,
    "amount_pence": pl.Int64,
    "since": pl.Date,
}
"""An exception as a night raised it."""
FIRST_SEEN = {"exception_id": pl.String, "first_seen": pl.Date, "last_seen": pl.Date}
INTERVALS = {
    "exception_id": pl.String,
    "seen_from": pl.Date,
    "seen_to": pl.Date,
    "amount_pence": pl.Int64,
    "since": pl.Date,
}
"""Raised, with that amount and since, on every recorded night from `seen_from` to `seen_to`."""


class History(Database):
    """What earlier nights raised."""

    def previous_night(self, as_of: date) -> date | None:
        """The last night recorded before `as_of`; None for the first."""
        with self.reading() as connection:
            return connection.scalar(_nights(sa.func.max).where(POSITIONS.c.as_of < as_of))

    def raised_on(self, night: date) -> pl.DataFrame:
        """What that recorded night raised, in the shape SEEN."""
        seen = sa.select(EXCEPTIONS, SIGHTINGS.c.amount_pence, SIGHTINGS.c.since).join_from(
            EXCEPTIONS, SIGHTINGS, EXCEPTIONS.c.exception_id == SIGHTINGS.c.exception_id
        )
        return self._frame(seen.where(SIGHTINGS.c.seen_from <= night, SIGHTINGS.c.seen_to >= night), SEEN)

    def first_seen(self, exception_ids: list[str], as_of: date) -> pl.DataFrame:
        """Of those raised on a night before `as_of`: the first such night, and the last (shape FIRST_SEEN).

        One whose `last_seen` lies before `previous_night` had gone and now returns.
        """
        day_before = sa.func.max(_at_most(SIGHTINGS.c.seen_to, self.previous_night(as_of)))
        seen = sa.select(SIGHTINGS.c.exception_id, sa.func.min(SIGHTINGS.c.seen_from), day_before)
        seen = seen.where(self._backend.among(SIGHTINGS.c.exception_id, exception_ids), SIGHTINGS.c.seen_from < as_of)
        return self._frame(seen.group_by(SIGHTINGS.c.exception_id), FIRST_SEEN)

    def published_amounts(self, exception_ids: list[str], on: date) -> pl.DataFrame:
        """The amount last published for each at or before that day: exception_id, amount_pence (null without one).

        What a person saw who decided on that day; a greater amount later reopens (outputs: exceptions.csv).
        """
        seen = sa.select(SIGHTINGS.c.exception_id, SIGHTINGS.c.amount_pence, SIGHTINGS.c.seen_from)
        seen = seen.where(self._backend.among(SIGHTINGS.c.exception_id, exception_ids), SIGHTINGS.c.seen_from <= on)
        schema = {"exception_id": pl.String, "amount_pence": pl.Int64, "seen_from": pl.Date}
        newest = self._frame(seen, schema).sort("exception_id", "seen_from")
        return newest.group_by("exception_id", maintain_order=True).last().drop("seen_from")

    def _record_night(self, connection: sa.Connection, as_of: date, raised: pl.DataFrame) -> None:
        """Write that the night of `as_of` raised exactly `raised` (shape SEEN), in place of what was written before."""
        before = self.previous_night(as_of)
        after = connection.scalar(_nights(sa.func.min).where(POSITIONS.c.as_of > as_of))
        touched = sa.and_(SIGHTINGS.c.seen_from <= as_of, SIGHTINGS.c.seen_to >= (before or as_of))
        kept = self._frame(sa.select(*(SIGHTINGS.c[name] for name in INTERVALS)).where(touched), INTERVALS)
        connection.execute(SIGHTINGS.delete().where(touched))
        self._backend.insert(connection, SIGHTINGS, _with_night(kept, raised, as_of, before, after))
        self._name_exceptions(connection, raised)

    def _name_exceptions(self, connection: sa.Connection, raised: pl.DataFrame) -> None:
        names = raised.select("exception_id", "code", "family_id", "subject")
        ids = sa.select(EXCEPTIONS.c.exception_id).where(
            self._backend.among(EXCEPTIONS.c.exception_id, names["exception_id"].to_list())
        )
        known = self._frame(ids, {"exception_id": pl.String})
        self._backend.insert(connection, EXCEPTIONS, names.join(known, on="exception_id", how="anti"))


def _nights(extreme) -> sa.Select:
    return sa.select(extreme(POSITIONS.c.as_of)).where(POSITIONS.c.is_night)


def _at_most(day: sa.ColumnElement[date], limit: date | None) -> sa.ColumnElement[date]:
    return sa.case((day > limit, sa.literal(limit, day.type)), else_=day) if limit else day


def _with_night(
    kept: pl.DataFrame, raised: pl.DataFrame, night: date, before: date | None, after: date | None
) -> pl.DataFrame:
    """The intervals `kept`, all touching `night` or the night `before` it, once `night` raised exactly `raised`.

    Each interval is cut at the night; what the night raised prolongs the piece that ends on the night before with
    the same amount and since, or else stands on its own.
    """
    earlier = kept.filter(pl.col("seen_from") < night).with_columns(
        seen_to=pl.when(pl.col("seen_to") >= night).then(pl.lit(before, pl.Date)).otherwise("seen_to")
    )
    later = kept.filter(pl.col("seen_to") > night).with_columns(seen_from=pl.lit(after, pl.Date))
    same = ["exception_id", "amount_pence", "since"]
    tonight = raised.select(*same, began=pl.lit(night, pl.Date))
    going_on = earlier.filter(pl.col("seen_to") == pl.lit(before, pl.Date)).join(
        tonight.select(same), on=same, how="semi", nulls_equal=True
    )
    begun = tonight.join(going_on.select(*same, "seen_from"), on=same, how="left", nulls_equal=True)
    current = begun.select(
        "exception_id",
        seen_from=pl.coalesce("seen_from", "began"),
        seen_to=pl.lit(night, pl.Date),
        amount_pence="amount_pence",
        since="since",
    )
    ended = earlier.join(going_on, on=["exception_id", "seen_from"], how="anti")
    return pl.concat([frame.select(*INTERVALS) for frame in (ended, current, later)])
