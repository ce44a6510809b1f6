"""What one landing folder brought: typed rows, quarantined rows and one report per file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from reconciliation.versions import Merged

PROVENANCE = {"source": pl.String, "source_file": pl.String, "source_row": pl.Int64}
"""Where a row came from: the source's name or `canonical`, the file's name within the folder, 1 = first data row."""


@dataclass(frozen=True)
class FileReport:
    """One file's line in the manifest (outputs: manifest.json).

    `rows = delivered + quarantined + furniture` as read; once `settled`, `rows = accepted + unchanged + quarantined +
    furniture`, conflicts counting as quarantined. Pence are those of transactions and null for other records:
    `pence` of all rows whose amount could be read, then of the accepted, unchanged and quarantined among them;
    `unread_amounts` is how many could not be read.
    """

    name: str
    source: str
    record: str
    sha256: str
    rows: int
    delivered: int
    quarantined: int
    furniture: int = 0
    accepted: int | None = None
    unchanged: int | None = None
    control_total_pence: int | None = None
    pence: int | None = None
    accepted_pence: int | None = None
    unchanged_pence: int | None = None
    quarantined_pence: int | None = None
    unread_amounts: int = 0
    unknown_columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        taken = self.delivered if self.accepted is None else self.accepted + self.unchanged
        if self.rows != taken + self.quarantined + self.furniture:
            raise AssertionError(f"{self.name}: rows are not accepted + unchanged + quarantined + furniture")


@dataclass(frozen=True)
class Delivery:
    """`rows`: per record delivered, the columns of `Record.schema()` and PROVENANCE, `recorded_on` null where the
    file left it blank. `quarantine` has the shape `shapes.QUARANTINE`. `ignored`: files that are no record's and
    that no source claims. `absent`: record types without a file. `unfed`: sources whose pattern matched no file."""

    rows: dict[str, pl.DataFrame]
    quarantine: pl.DataFrame
    files: tuple[FileReport, ...]
    ignored: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unfed: tuple[str, ...] = ()


def settled(delivery: Delivery, merged: Mapping[str, Merged]) -> Delivery:
    """The delivery once every record's rows are merged: conflicts quarantined too, and each file's count complete.

    `merged` holds a `versions.Merged` for each record of `delivery.rows`.
    """
    conflicting = [part.conflicting for part in merged.values()]
    files = tuple(_settled(file, merged[file.record]) for file in delivery.files)
    return replace(delivery, quarantine=pl.concat([delivery.quarantine, *conflicting]), files=files)


def _settled(file: FileReport, merged: Merged) -> FileReport:
    accepted, unchanged = (_of(part, file) for part in (merged.accepted, merged.unchanged))
    counted = replace(
        file,
        accepted=accepted.height,
        unchanged=unchanged.height,
        quarantined=file.quarantined + _of(merged.conflicting, file).height,
    )
    if file.pence is None:
        return counted
    taken = {"accepted_pence": _pence(accepted), "unchanged_pence": _pence(unchanged)}
    return replace(counted, **taken, quarantined_pence=file.pence - sum(taken.values()))


def _of(rows: pl.DataFrame, file: FileReport) -> pl.DataFrame:
    return rows.filter(pl.col("source_file") == file.name)


def _pence(rows: pl.DataFrame) -> int:
    return int(rows["amount_pence"].sum())
