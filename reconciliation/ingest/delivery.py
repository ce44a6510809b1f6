"""What one landing folder brought: typed rows, quarantined rows and one report per file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from reconciliation.versions import Merged

PROVENANCE = {"source": pl.String, "source_file": pl.String, "source_row": pl.Int64}
"""Where a row came from: the source's name or `canonical`, the file's name within the folder, 1 = first data row."""


@dataclass(frozen=True)
class FileReport:
    """One file's line in the manifest (outputs: manifest.json).

    `rows = delivered + quarantined + furniture`; once versions are merged (`with_versions`), `delivered` has become
    `accepted + unchanged + conflicting` and conflicts count as quarantined. The pence are those of transactions
    and null for other records: `delivered_pence` of the typed rows, `quarantined_pence` of quarantined rows whose
    amount could be read, `unread_amounts` how many could not.
    """

    name: str
    source: str
    record: str
    sha256: str
    rows: int
    delivered: int
    quarantined: int
    furniture: int = 0
    control_total_pence: int | None = None
    delivered_pence: int | None = None
    quarantined_pence: int | None = None
    unread_amounts: int = 0
    unknown_columns: tuple[str, ...] = ()
    accepted: int | None = None
    unchanged: int | None = None

    def __post_init__(self) -> None:
        settled = self.delivered if self.accepted is None else self.accepted + self.unchanged
        if self.rows != settled + self.quarantined + self.furniture:
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

    def with_versions(self, merged: Mapping[str, Merged]) -> "Delivery":
        """The delivery once its rows were compared with what is known: conflicts are quarantined with their reason,
        and every file says how many of its rows were accepted and how many said nothing new."""
        accepted, unchanged, conflicting = (
            _by_file(getattr(record, part) for record in merged.values())
            for part in ("accepted", "unchanged", "conflicting")
        )
        files = tuple(
            replace(
                file,
                accepted=accepted.get(file.name, 0),
                unchanged=unchanged.get(file.name, 0),
                quarantined=file.quarantined + conflicting.get(file.name, 0),
            )
            for file in self.files
        )
        quarantine = pl.concat([self.quarantine, *(record.conflicting for record in merged.values())])
        return replace(self, files=files, quarantine=quarantine)


def _by_file(frames: Iterable[pl.DataFrame]) -> dict[str, int]:
    return dict(pl.concat(frame.select("source_file") for frame in frames).group_by("source_file").len().iter_rows())
