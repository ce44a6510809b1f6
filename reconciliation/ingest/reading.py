"""A landing folder becomes a delivery: every file read, mapped and judged, or the whole refused with its causes."""

import hashlib
from datetime import date
from pathlib import Path

import polars as pl

from reconciliation import shapes
from reconciliation.errors import Refusal
from reconciliation.ingest.camt import read_camt
from reconciliation.ingest.csv_text import read_csv
from reconciliation.ingest.delivery import Delivery, FileReport
from reconciliation.ingest.judging import Judgement, judge
from reconciliation.ingest.landing import Claim, survey
from reconciliation.ingest.mapping import unknown_columns
from reconciliation.ingest.parquet import read_parquet
from reconciliation.ingest.refusals import check_quarantined
from reconciliation.ingest.sources import Source
from reconciliation.ingest.sources_file import read_sources
from reconciliation.ingest.table import Table, Unreadable
from reconciliation.ingest.workbook import read_xlsx
from reconciliation.policy import Policy
from reconciliation.records import RECORDS

MEGABYTE = 1_000_000


def read_landing(folder: Path, policy: Policy, as_of: date) -> Delivery:
    """Every record file of the landing folder as typed and quarantined rows (records; rules §9).

    Raises `Refusal` with all causes at once: a record type or column that is required and absent, a file that is
    not what it says or still being written, a control total that disagrees, too many quarantined rows, a faulty
    `sources.toml`.
    """
    landing = survey(folder, read_sources(folder))
    as_found = {claim.name: _mark(claim.path) for claim in landing.claims}
    causes: list[str] = []
    judgements: list[Judgement] = []
    files: list[FileReport] = []
    for claim in landing.claims:
        try:
            judgement, file = _read(claim, policy)
        except Unreadable as fault:
            causes += [f"{claim.name}: {cause}" for cause in fault.args]
        else:
            judgements.append(judgement)
            files.append(file)
    causes += [
        f"{claim.name}: changed while the folder was read; run again when its export has ended"
        for claim in landing.claims
        if _mark(claim.path) != as_found[claim.name]
    ]
    absent = tuple(record for record in RECORDS if record not in {claim.source.record for claim in landing.claims})
    causes += [_absence(record) for record in absent if RECORDS[record].is_required]
    quarantine = pl.concat([shapes.empty(shapes.QUARANTINE), *(judgement.quarantine for judgement in judgements)])
    try:
        check_quarantined(files, quarantine, policy)
    except Refusal as refusal:
        causes += refusal.causes
    if causes:
        raise Refusal(*causes)
    return Delivery(
        rows=_by_record(files, judgements),
        quarantine=quarantine,
        files=tuple(files),
        ignored=landing.ignored,
        absent=absent,
        unfed=landing.unfed,
    )


def _mark(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written to or replaced; None where it is gone."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns


def _absence(record: str) -> str:
    return f"{record}: no file; expected {record}.csv (or a source in sources.toml), without which no answer is right"


def _read(claim: Claim, policy: Policy) -> tuple[Judgement, FileReport]:
    data = _bytes(claim.path, policy.ingest.max_file_megabytes)
    table = read_table(data, claim.source, policy.ingest.max_file_megabytes * MEGABYTE)
    judgement = judge(table, claim.source, claim.name, frozenset(policy.schedules))
    return judgement, FileReport(
        name=claim.name,
        source=claim.source.name,
        record=claim.source.record,
        sha256=hashlib.sha256(data).hexdigest(),
        rows=table.rows,
        delivered=judgement.rows.height,
        quarantined=judgement.quarantine.height,
        furniture=judgement.furniture,
        control_total_pence=judgement.control_total_pence,
        pence=judgement.pence,
        unread_amounts=judgement.unread_amounts,
        unknown_columns=unknown_columns(table.header, claim.source),
    )


def _bytes(path: Path, most_megabytes: int) -> bytes:
    """The file, read once: what is hashed is what is parsed, whatever happens to the file meanwhile."""
    try:
        with path.open("rb") as file:
            data = file.read(most_megabytes * MEGABYTE + 1)
    except OSError as fault:
        raise Unreadable(f"cannot be read ({fault.strerror}); check who may read it") from None
    if len(data) > most_megabytes * MEGABYTE:
        raise Unreadable(
            f"is larger than the {most_megabytes} MB that [ingest.max_file_megabytes] allows; "
            "check that it is the right file, split it, or raise the setting"
        )
    return data


def read_table(data: bytes, source: Source, most_bytes: int) -> Table:
    """The table in `data`, in the source's format. Raises `Unreadable`; `most_bytes` bounds what it may unpack to."""
    try:
        match source.format:
            case "csv":
                return read_csv(data, source.encoding, source.delimiter, source.skip_rows)
            case "xlsx":
                return read_xlsx(data, most_bytes, source.sheet, source.skip_rows)
            case "parquet":
                return read_parquet(data, most_bytes)
            case "camt.053":
                return read_camt(data)
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":  # how a library in Rust gives up; it has no common class
            raise
        raise Unreadable(f"is damaged or no {source.format} file; export it again") from None


def _by_record(files: list[FileReport], judgements: list[Judgement]) -> dict[str, pl.DataFrame]:
    """The typed rows of each record delivered, file after file."""
    return {
        record: pl.concat([j.rows for file, j in zip(files, judgements, strict=True) if file.record == record])
        for record in RECORDS
        if any(file.record == record for file in files)
    }
