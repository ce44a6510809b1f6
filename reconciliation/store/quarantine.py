"""Quarantined rows: kept once, standing until a good row takes their place (design: quarantine and standing)."""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import sqlalchemy as sa

from reconciliation import shapes
from reconciliation.records import RECORDS
from reconciliation.store.database import Database
from reconciliation.store.tables import QUARANTINE

if TYPE_CHECKING:
    from reconciliation.store.deliveries import Load

IDENTITY = ["record", "source_file", "raw", "occurrence"]
"""A bad row is the same one night after night when record, file name and raw text agree; `occurrence` tells equal rows
of one file apart, so that none is lost."""
KEPT = {"quarantine_id": pl.Int64, **shapes.QUARANTINE, "occurrence": pl.Int64, "met_on": pl.Date}


class Quarantine(Database):
    """What could not be taken in, and until when that mattered."""

    def standing_quarantine(self, as_of: date) -> pl.DataFrame:
        """The rows that stand at `as_of`: shape QUARANTINE and `met_on`, the as_of of the load that met the row.

        A row stands while no load of that day or before has closed it. One whose `recorded_on` could not be read
        stands from `met_on`; one that has it counts from then, so the caller keeps those `<= known_on` (rules §3).
        """
        standing = sa.and_(
            sa.or_(QUARANTINE.c.closed_on.is_(None), QUARANTINE.c.closed_on > as_of),
            sa.or_(QUARANTINE.c.recorded_on.is_not(None), QUARANTINE.c.met_on <= as_of),
        )
        schema = shapes.QUARANTINE | {"met_on": pl.Date}
        order = ("source_file", "row", "quarantine_id")
        return self._frame(_select(schema).where(standing).order_by(*(QUARANTINE.c[name] for name in order)), schema)

    def _settle_quarantine(self, connection: sa.Connection, load_id: int, brought: "Load") -> None:
        """Keep the bad rows of this delivery that are new, and close those that it put right."""
        kept = self._frame(_select(KEPT).where(QUARANTINE.c.closed_on.is_(None)), KEPT)
        met = _counted(shapes.shaped(brought.quarantine, shapes.QUARANTINE))
        again = kept.join(met, on=IDENTITY, how="semi", nulls_equal=True)
        new = met.join(kept, on=IDENTITY, how="anti", nulls_equal=True).with_columns(met_on=brought.as_of)
        earlier = again.filter(pl.col("met_on") > brought.as_of)
        _update(connection, earlier, met_on=brought.as_of)
        _update(connection, _put_right(kept, met, brought), closed_on=brought.as_of, closed_load_id=load_id)
        self._backend.insert(connection, QUARANTINE, new, met_load_id=load_id)


def _select(schema: dict) -> sa.Select:
    return sa.select(*(QUARANTINE.c[name] for name in schema))


def _counted(quarantine: pl.DataFrame) -> pl.DataFrame:
    """The rows with their `occurrence` among equal ones of the same file, from 1, in row order."""
    return quarantine.sort("source_file", "row").with_columns(
        occurrence=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("record", "source_file", "raw")
    )


def _put_right(kept: pl.DataFrame, met: pl.DataFrame, brought: "Load") -> pl.DataFrame:
    """Rows met on this night or before whose key now came good, or, without a key, whose file came without them."""
    earlier = kept.filter(pl.col("met_on") <= brought.as_of)
    keyed = earlier.filter(pl.col("key").is_not_null())
    keyed = keyed.join(_good_keys(brought), on=["record", "key"], how="semi")
    keyed = keyed.join(met, on=["record", "key"], how="anti")
    keyless = earlier.filter(pl.col("key").is_null(), pl.col("source_file").is_in(brought.files["name"].implode()))
    keyless = keyless.join(met, on=IDENTITY, how="anti", nulls_equal=True)
    return pl.concat([keyed, keyless])


def _good_keys(brought: "Load") -> pl.DataFrame:
    good = [
        frame.select(pl.lit(name).alias("record"), pl.col(RECORDS[name].key).alias("key"))
        for frames in (brought.accepted, brought.unchanged)
        for name, frame in frames.items()
    ]
    return pl.concat([pl.DataFrame(schema={"record": pl.String, "key": pl.String}), *good])


def _update(connection: sa.Connection, rows: pl.DataFrame, **values) -> None:
    if not rows.is_empty():
        changed = QUARANTINE.update().where(QUARANTINE.c.quarantine_id == sa.bindparam("number")).values(values)
        connection.execute(changed, [{"number": number} for number in rows["quarantine_id"]])
