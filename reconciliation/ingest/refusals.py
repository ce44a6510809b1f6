"""The refusals of rules §9 that a delivery can earn, each a plain line."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from reconciliation.errors import Refusal
from reconciliation.ingest.delivery import FileReport
from reconciliation.policy import Policy


def check_quarantined(files: Iterable[FileReport], quarantine: pl.DataFrame, policy: Policy) -> None:
    """Raises `Refusal` with each file of which more than `[ingest.max_quarantined_percent]` of the rows is quarantined.

    `quarantine` (shape QUARANTINE) says why. To be called again once conflicting versions are known. Exact: no
    percentage is ever rounded.
    """
    most = policy.ingest.max_quarantined_percent
    causes = [
        f"{file.name}: {file.quarantined} of {file.rows} rows are bad, more than the {most} % that "
        f"[ingest.max_quarantined_percent] allows; mend the export. Most often: {_commonest_reason(file, quarantine)}"
        for file in files
        if file.quarantined * 100 > most * file.rows
    ]
    if causes:
        raise Refusal(*causes)


def _commonest_reason(file: FileReport, quarantine: pl.DataFrame) -> str:
    reasons = (
        quarantine.filter(pl.col("source_file") == file.name).group_by("reason").agg(pl.len(), pl.col("row").min())
    )
    return reasons.sort("len", "row", descending=[True, False])["reason"][0]


def check_feed_age(newest_posted_on: date | None, policy: Policy, as_of: date) -> None:
    """Raises `Refusal` when the newest transaction seen by `as_of` is older than `[ingest.max_feed_age_days]`.

    `newest_posted_on` is the newest in the delivery and the store; None, where there never was one, is stale too:
    a stale feed must never look like a quiet night.
    """
    most = policy.ingest.max_feed_age_days
    if newest_posted_on is None:
        raise Refusal("transactions: none has ever been delivered, so nothing can be said about what was paid")
    age = (as_of - newest_posted_on).days
    if age > most:
        raise Refusal(
            f"transactions: the newest was posted on {newest_posted_on}, {age} days before {as_of}; "
            f"[ingest.max_feed_age_days] allows {most}; ask for a current export"
        )
