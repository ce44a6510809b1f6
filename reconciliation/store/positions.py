"""Recorded positions: totals for the trend, and the few facts about others that one family's rerun needs."""

from dataclasses import dataclass, fields
from datetime import date
from io import BytesIO

import polars as pl
import sqlalchemy as sa

from reconciliation import shapes
from reconciliation.position import Position
from reconciliation.store.history import SEEN, History
from reconciliation.store.records import Records
from reconciliation.store.tables import LOADS, NEIGHBOURS, POSITIONS, RECORD_TABLES, RUNS, STANDINGS

TREND = {
    "as_of": pl.Date,
    "standing": pl.String,
    "families": pl.Int64,
    "due_pence": pl.Int64,
    "paid_pence": pl.Int64,
    "arrears_pence": pl.Int64,
    "overpaid_pence": pl.Int64,
}
"""One row per night and standing."""


@dataclass(frozen=True)
class Neighbours:
    """What a family's figures owe to other families' (design: a family alone).

    `strays`: transaction_id, family_id of money that its narrative alone gives to that family, and of money left in
    suspense that names the family among several; a night of an earlier program kept all in suspense, family null.
    `loose_payments`: family_id, transaction_id, posted_on, amount_pence; `open_instalments`: family_id, due_on,
    due_pence.
    """

    strays: pl.DataFrame
    loose_payments: pl.DataFrame
    open_instalments: pl.DataFrame


class Positions(History, Records):
    """Keeping what a position said, once its files are ready to be published."""

    def record_position(
        self,
        run_id: int,
        position: Position,
        policy_version: str,
        raised: pl.DataFrame,
        balances: pl.DataFrame,
        neighbours: Neighbours,
    ) -> int:
        """Keep a position in one transaction; returns its number. Call it under the `lock` held since the records
        were read: what neighbours are worth is marked with the loads known by now.

        `raised` has the shape history.SEEN or more, `balances` that of shapes.BALANCES with its standing. When
        `known_on = as_of` it becomes that night in the history of exceptions and in the trend, in place of what
        the night said before.
        """
        night = position.as_of == position.known_on
        with self.writing() as connection:
            row = {
                "run_id": run_id,
                "as_of": position.as_of,
                "known_on": position.known_on,
                "policy_version": policy_version,
                "data_mark": self.data_mark(),
                "is_night": night,
            }
            number = connection.execute(POSITIONS.insert().values(row)).inserted_primary_key[0]
            self._backend.insert(connection, STANDINGS, _by_standing(balances), position_id=number)
            self._keep_neighbours(connection, number, position, neighbours)
            if night:
                self._record_night(connection, position.as_of, shapes.shaped(raised, SEEN))
        return number

    def _keep_neighbours(
        self, connection: sa.Connection, number: int, position: Position, neighbours: Neighbours
    ) -> None:
        """As compressed Arrow: a night has tens of thousands of open instalments, and a rerun reads them whole."""
        same = sa.select(POSITIONS.c.position_id).where(_at(position), POSITIONS.c.position_id < number)
        frames = {field.name: getattr(neighbours, field.name) for field in fields(Neighbours)}
        ours = sa.and_(NEIGHBOURS.c.position_id.in_(same), NEIGHBOURS.c.name.in_(list(frames)))
        connection.execute(NEIGHBOURS.delete().where(ours))
        rows = [{"position_id": number, "name": name, "frame": _packed(frame)} for name, frame in frames.items()]
        connection.execute(NEIGHBOURS.insert(), rows)

    def neighbours(self, position: Position, policy_version: str) -> Neighbours | None:
        """The facts about others kept with that position; None when no night kept them, or when money records that
        count at it have been loaded since."""
        latest = sa.select(POSITIONS.c.position_id, POSITIONS.c.data_mark, POSITIONS.c.policy_version)
        latest = latest.where(_at(position)).order_by(POSITIONS.c.position_id.desc()).limit(1)
        with self.reading() as connection:
            kept = connection.execute(latest).first()
            if kept is None or kept.policy_version != policy_version or self._has_changed(kept.data_mark, position):
                return None
            wanted = sa.select(NEIGHBOURS.c.name, NEIGHBOURS.c.frame)
            names = [field.name for field in fields(Neighbours)]
            ours = sa.and_(NEIGHBOURS.c.position_id == kept.position_id, NEIGHBOURS.c.name.in_(names))
            rows = connection.execute(wanted.where(ours)).all()
        return Neighbours(**{name: pl.read_ipc(BytesIO(frame)) for name, frame in rows}) if rows else None

    def _has_changed(self, data_mark: int, position: Position) -> bool:
        since = sa.select(LOADS.c.load_id).where(LOADS.c.load_id > data_mark, LOADS.c.counts_from <= position.known_on)
        with self.reading() as connection:
            return connection.scalar(since.limit(1)) is not None

    def still_raised(self, position: Position, policy_version: str, code_version: str) -> pl.DataFrame | None:
        """What the night of that position raised (shape SEEN), where it would raise the same if it were run again now.

        None where that policy and that program did not run it last, where anything that counts at it was loaded since,
        and where families were erased since.
        """
        told = sa.select(POSITIONS.c.run_id, POSITIONS.c.position_id, POSITIONS.c.policy_version, RUNS.c.code_version)
        told = told.join_from(POSITIONS, RUNS, POSITIONS.c.run_id == RUNS.c.run_id)
        told = told.where(_at(position), POSITIONS.c.is_night).order_by(POSITIONS.c.position_id.desc()).limit(1)
        with self.reading() as connection:
            night = connection.execute(told).first()
            if night is None or (night.policy_version, night.code_version) != (policy_version, code_version):
                return None
            noted = sa.exists(sa.select(NEIGHBOURS.c.name).where(NEIGHBOURS.c.position_id == night.position_id))
            if not connection.scalar(sa.select(noted)) or self._has_heard_since(night.run_id, position):
                return None
        return self.raised_on(position.as_of)

    def _has_heard_since(self, run_id: int, position: Position) -> bool:
        """Whether anything that counts at the position was loaded after that run took its own delivery in."""
        with self.reading() as connection:
            mark = connection.scalar(sa.select(sa.func.max(LOADS.c.load_id)).where(LOADS.c.run_id == run_id))
            if mark is None:
                return True
            since = [
                sa.exists(sa.select(table).where(table.c.load_id > mark, table.c.recorded_on <= position.known_on))
                for name, table in RECORD_TABLES.items()
                if name != "decisions"  # what people decide changes nothing that is raised
            ]
            return any(connection.scalar(sa.select(is_so)) for is_so in since)

    def trend(self, as_of: date) -> pl.DataFrame:
        """The nights before `as_of` by standing, in the shape TREND, as each night last said it."""
        last = sa.select(sa.func.max(POSITIONS.c.position_id)).group_by(POSITIONS.c.as_of)
        nights = sa.select(POSITIONS.c.as_of, *(STANDINGS.c[name] for name in list(TREND)[1:])).join_from(
            POSITIONS, STANDINGS, POSITIONS.c.position_id == STANDINGS.c.position_id
        )
        nights = nights.where(POSITIONS.c.position_id.in_(last.where(POSITIONS.c.is_night, POSITIONS.c.as_of < as_of)))
        return self._frame(nights.order_by(POSITIONS.c.as_of, STANDINGS.c.standing), TREND)


def _at(position: Position) -> sa.ColumnElement[bool]:
    return sa.and_(POSITIONS.c.as_of == position.as_of, POSITIONS.c.known_on == position.known_on)


def _by_standing(balances: pl.DataFrame) -> pl.DataFrame:
    sums = [pl.col(name).sum() for name in list(TREND)[3:]]
    return balances.group_by("standing").agg(pl.len().cast(pl.Int64).alias("families"), *sums).sort("standing")


def _packed(frame: pl.DataFrame) -> bytes:
    packed = BytesIO()
    frame.write_ipc(packed, compression="zstd")
    return packed.getvalue()
