"""Taking in a landing folder of any layout: typed rows, quarantined rows, one report per file (records)."""

from reconciliation.ingest.delivery import PROVENANCE, Delivery, FileReport, settled
from reconciliation.ingest.reading import read_landing
from reconciliation.ingest.refusals import check_feed_age, check_quarantined

__all__ = ["PROVENANCE", "Delivery", "FileReport", "check_feed_age", "check_quarantined", "read_landing", "settled"]
