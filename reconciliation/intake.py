"""Taking a landing folder in: read, compared with what is known, certified, kept; or refused whole (rules §9)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from expectations.certificate import Certificate
from expectations.delivery import certify_delivery
from reconciliation.errors import Refusal
from reconciliation.ingest import Delivery, check_feed_age, check_quarantined, read_landing, settled
from reconciliation.policy import Policy
from reconciliation.records import RECORDS
from reconciliation.stages import Stage
from reconciliation.store import FILES_READ, Load, Store
from reconciliation.versions import Merged, merge


@dataclass(frozen=True)
class TakenIn:
    """A delivery as it was kept: with every row settled as accepted, unchanged, quarantined or furniture.

    `versions` is all that is known now, by record name, what it brought among it; so its `rows` are no longer here.
    """

    delivery: Delivery
    certificate: Certificate
    versions: dict[str, pl.DataFrame]


def take_in(
    data: Path,
    store: Store,
    policy: Policy,
    as_of: date,
    run_id: int,
    loaded_at: datetime,
    stage: Stage,
    from_tables: bool = False,
) -> TakenIn:
    """Read, compare, certify and keep one landing folder; call it under the store's lock.

    With `from_tables`, what is known is read from its tables alone, whatever is packed. Raises `Refusal` before
    anything is kept when the delivery cannot be trusted.
    """
    delivery = stage("Read the landing folder", read_landing, data, policy, as_of)
    # the suite's process is still loading then, and need not be waited for
    known = stage("Recall what is known", _recalled, store, from_tables)
    certificate = stage("Check the delivery", _certified, delivery, store, policy, as_of, loaded_at)
    merged, delivery = stage("Compare with what is known", _compared, delivery, known, policy, as_of)
    stage("Keep the records", store.load, _load(delivery, merged, as_of, run_id, loaded_at))
    return TakenIn(delivery, certificate, _together(known, merged))


def _recalled(store: Store, from_tables: bool) -> dict[str, pl.DataFrame]:
    return {name: store.known(record, from_tables) for name, record in RECORDS.items()}


def _together(known: dict[str, pl.DataFrame], merged: dict[str, Merged]) -> dict[str, pl.DataFrame]:
    news = {name: rows.accepted.select(*RECORDS[name].schema()) for name, rows in merged.items()}
    return {name: pl.concat([frame, news[name]]) if name in news else frame for name, frame in known.items()}


def _compared(
    delivery: Delivery, known: dict[str, pl.DataFrame], policy: Policy, as_of: date
) -> tuple[dict[str, Merged], Delivery]:
    """What is new in each record; and the delivery with its conflicts quarantined too, without the rows merged."""
    merged = {name: merge(RECORDS[name], rows, known[name], as_of) for name, rows in delivery.rows.items()}
    whole = settled(delivery, merged)
    check_quarantined(whole.files, whole.quarantine, policy)
    return merged, replace(whole, rows={})


def _certified(delivery: Delivery, store: Store, policy: Policy, as_of: date, loaded_at: datetime) -> Certificate:
    newest = _newest_posted_on(delivery, store, max(as_of, loaded_at.date()))
    check_feed_age(newest, policy, as_of)
    certificate = certify_delivery(delivery, policy, as_of, newest)
    if not certificate.passed:
        raise Refusal(*certificate.causes)
    return certificate


def _newest_posted_on(delivery: Delivery, store: Store, by: date) -> date | None:
    """The newest posting in this delivery or any before it; a date to come is a slip and keeps no feed fresh."""
    posted = delivery.rows["transactions"]["posted_on"]
    seen = (posted.filter(posted <= by).max(), store.newest_posted_on())
    return max((day for day in seen if day is not None), default=None)


def _load(delivery: Delivery, merged: dict[str, Merged], as_of: date, run_id: int, loaded_at: datetime) -> Load:
    return Load(
        as_of=as_of,
        loaded_at=loaded_at,
        accepted={name: rows.accepted for name, rows in merged.items()},
        unchanged={name: rows.unchanged for name, rows in merged.items()},
        files=pl.DataFrame([vars(file) for file in delivery.files], schema_overrides=FILES_READ),
        quarantine=delivery.quarantine,
        run_id=run_id,
    )
