"""A delivery against what is known: which rows are new versions, which say it again, which contradict (records).

`Record.identity` says what a version is: (key, `recorded_on`); a transaction its id alone, since a ledger is never
edited; a decision its correction too. A blank `recorded_on` becomes `as_of`, unless the row says what is known already.
Nothing here depends on the order of rows or files.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from reconciliation import shapes
from reconciliation.money import pounds_from_pence
from reconciliation.records import Column, Record, Type

CONFLICTING = "conflicting_version"
KNOWN = ":known"
ROW = ":row"
STATED = ":stated_on"
WHY = ":why"


@dataclass(frozen=True)
class Merged:
    """A record's delivered rows, split: `accepted` and `unchanged` have the typed columns, `recorded_on` filled in,
    and their provenance; `conflicting` has the shape QUARANTINE."""

    accepted: pl.DataFrame
    unchanged: pl.DataFrame
    conflicting: pl.DataFrame


@dataclass(frozen=True)
class _Compared:
    """Rows against one truth: they say the same, they differ (with WHY), or the truth says nothing of them."""

    same: pl.DataFrame
    differing: pl.DataFrame
    fresh: pl.DataFrame


def merge(record: Record, delivered: pl.DataFrame, known: pl.DataFrame, as_of: date) -> Merged:
    """Split `delivered` (typed columns and provenance) by what `known` (every version the store holds) says.

    Of rows that say the same under one identity, the one of the smallest (source_file, source_row) is accepted and
    the rest are unchanged. Rows that differ from a known version, or from each other, are conflicting; of a
    transaction's rows those recorded first stand, and where these differ among themselves all of them conflict.
    """
    rows = delivered.sort("source_file", "source_row").with_columns(pl.col("recorded_on").alias(STATED))
    rows = rows.with_row_index(ROW)
    again = rows.clear() if record.is_ledger else _undated_and_known(record, rows, known, as_of)
    dated = rows.join(again, on=ROW, how="anti", maintain_order="left")
    dated = dated.with_columns(pl.col("recorded_on").fill_null(as_of))
    met = _compared(record, dated, known)
    alone, repeated = _split(met.fresh, pl.len().over(record.identity) == 1)
    true, contested = _told_first(record, repeated)
    others = repeated.join(true, on=ROW, how="anti").join(contested, on=record.identity, how="anti")
    copies = _compared(record, others, true)
    contradicting = repeated.join(contested, on=record.identity, how="semi").with_columns(
        pl.lit("rows of this delivery differ, and nothing says which is true").alias(WHY)
    )
    return Merged(
        accepted=_tidied(delivered, alone, true),
        unchanged=_tidied(delivered, again, met.same, copies.same),
        conflicting=_quarantined(record, pl.concat([met.differing, copies.differing, contradicting])),
    )


def _content(record: Record) -> list[str]:
    """What a version says, its identity and its date apart."""
    return [name for name in record.schema() if name not in (*record.identity, "recorded_on")]


def _undated_and_known(record: Record, rows: pl.DataFrame, known: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Rows without a date that say what the version visible at `as_of` says, or one recorded after it.

    Undated rows of one key that differ among themselves are left out: they contradict each other.
    """
    undated = rows.filter(pl.col("recorded_on").is_null())
    told = undated.select(record.key, *_content(record)).unique().group_by(record.key).len().filter(pl.col("len") == 1)
    undated = undated.join(told, on=record.key, how="semi", maintain_order="left")
    versions = known.join(undated, on=record.key, how="semi")
    if record.is_corrected:  # of a day's corrections only the last is heard
        versions = versions.sort(record.identity).unique([record.key, "recorded_on"], keep="last")
    latest = pl.col("recorded_on").filter(pl.col("recorded_on") <= as_of).max().over(record.key)
    current = versions.filter((pl.col("recorded_on") > as_of) | (pl.col("recorded_on") == latest))
    same = [record.key, *_content(record)]
    again = undated.join(current.select(same), on=same, how="semi", nulls_equal=True, maintain_order="left")
    return again.with_columns(pl.col("recorded_on").fill_null(as_of))


def _compared(record: Record, rows: pl.DataFrame, truth: pl.DataFrame) -> _Compared:
    """`rows` against `truth`, which says at most one thing under each identity; nulls are equal."""
    identity, content = record.identity, _content(record)
    known = truth.select(*identity, *(pl.col(name).alias(name + KNOWN) for name in content), pl.lit(True).alias(KNOWN))
    beside = rows.join(known, on=identity, how="left", maintain_order="left", validate="m:1")
    met, fresh = _split(beside, pl.col(KNOWN).is_not_null())
    changed = {name: pl.col(name).ne_missing(pl.col(name + KNOWN)) for name in content}
    differing, same = _split(met, pl.any_horizontal(changed.values()))
    names = pl.concat_str(
        [pl.when(is_so).then(pl.lit(name)) for name, is_so in changed.items()], separator=", ", ignore_nulls=True
    )
    why = pl.format("differs from the row that stands in {}", names).alias(WHY)
    return _Compared(same.select(rows.columns), differing.select(*rows.columns, why), fresh.select(rows.columns))


def _split(frame: pl.DataFrame, holds: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    is_so = frame.select(holds).to_series()
    return frame.filter(is_so), frame.filter(~is_so)


def _told_first(record: Record, repeated: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of rows that share identities: the one row of each that stands, and the identities where nothing says which.

    Only rows with the earliest `recorded_on` are heard, which sets a transaction's first record apart from later ones.
    """
    identity = list(record.identity)
    first = repeated.filter(pl.col("recorded_on") == pl.col("recorded_on").min().over(identity))
    variants = first.unique([*identity, *_content(record)]).group_by(identity).len()
    contested = variants.filter(pl.col("len") > 1).select(identity)
    heard = first.join(contested, on=identity, how="anti", maintain_order="left")
    return heard.unique(identity, keep="first", maintain_order=True), contested


def _tidied(delivered: pl.DataFrame, *parts: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(parts).sort(ROW).select(delivered.columns)


def _quarantined(record: Record, rows: pl.DataFrame) -> pl.DataFrame:
    cells = [_cell(column).alias(column.name) for column in record.columns]
    family = "family_id" if "family_id" in record.schema() else pl.lit(None, dtype=pl.String)
    return (
        rows.sort(ROW)
        .select(
            "source",
            "source_file",
            row="source_row",
            record=pl.lit(record.name),
            reason=pl.format(f"{CONFLICTING}: {{}}", WHY),
            raw=pl.struct(cells).struct.json_encode(),
            key=record.key,
            family_id=family,
            recorded_on=STATED,
        )
        .pipe(shapes.shaped, shapes.QUARANTINE)
    )


def _cell(column: Column) -> pl.Expr:
    """A typed cell as a canonical file writes it."""
    value = pl.col(STATED if column.name == "recorded_on" else column.typed_name)
    match column.type:
        case Type.MONEY | Type.SIGNED_MONEY:
            return pounds_from_pence(value)
        case Type.HOURS:
            return (value // 1000).cast(pl.String) + "." + (value % 1000).cast(pl.String).str.zfill(3)
        case _:
            return value.cast(pl.String)
