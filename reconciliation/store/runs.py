"""Runs: what ran, when, on what and how it ended. A run that was killed stays visible as unfinished."""

import json
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from reconciliation.store.audit import Audit, canonical
from reconciliation.store.tables import RUNS

UNFINISHED = "unfinished"
"""Shown for a run without an end: it runs still, or it was killed."""

RUN_LIST = {
    "run_id": pl.Int64,
    "kind": pl.String,
    "as_of": pl.Date,
    "known_on": pl.Date,
    "policy_version": pl.String,
    "code_version": pl.String,
    "started_at": pl.Datetime("us", "UTC"),
    "finished_at": pl.Datetime("us", "UTC"),
    "outcome": pl.String,
    "causes": pl.String,
}
"""One row per run, newest first; `outcome` is done, refused, failed or unfinished; `causes` one per line."""


@dataclass(frozen=True)
class Run:
    """A run that ended well."""

    run_id: int
    as_of: date
    finished_at: datetime


class Runs(Audit):
    """The book of runs."""

    def begin_run(
        self, kind: str, as_of: date, known_on: date, policy_version: str, code_version: str, started_at: datetime
    ) -> int:
        """Write down that a run begins; returns its number. `kind`: nightly, family, decisions, briefing ..."""
        row = {
            "kind": kind,
            "as_of": as_of,
            "known_on": known_on,
            "policy_version": policy_version,
            "code_version": code_version,
            "started_at": started_at,
        }
        with self.writing() as connection:
            return connection.execute(RUNS.insert().values(row)).inserted_primary_key[0]

    def finish_run(
        self,
        run_id: int,
        outcome: str,
        finished_at: datetime,
        causes: tuple[str, ...] = (),
        manifest: dict | None = None,
        seconds: dict[str, float] | None = None,
        expectations: dict | None = None,
    ) -> None:
        """Write down, once, how a run ended (`done`, `refused` or `failed`), and the audit trail's head by then."""
        with self.writing() as connection:
            entries, head = self.audit_head()
            end = {
                "outcome": outcome,
                "finished_at": finished_at,
                "causes": "\n".join(causes),
                "manifest": _json(manifest),
                "seconds": _json(seconds),
                "expectations": _json(expectations),
                "audit_entries": entries,
                "audit_head": head,
            }
            connection.execute(RUNS.update().where(RUNS.c.run_id == run_id).values(end))

    def runs(self, limit: int = 20) -> pl.DataFrame:
        """The newest runs, in the shape RUN_LIST."""
        shown = {**{name: RUNS.c[name] for name in RUN_LIST}, "outcome": sa.func.coalesce(RUNS.c.outcome, UNFINISHED)}
        return self._frame(sa.select(*shown.values()).order_by(RUNS.c.run_id.desc()).limit(limit), RUN_LIST)

    def last_good_run(self, kind: str = "nightly") -> Run | None:
        """The last run of that kind that ended well, for the dead-man check; None when there was none.

        By number, not by time: a clock that once was wrong must not hide the nights after it.
        """
        wanted = sa.select(RUNS.c.run_id, RUNS.c.as_of, RUNS.c.finished_at).where(_good(kind))
        with self.reading() as connection:
            row = connection.execute(wanted.order_by(RUNS.c.run_id.desc()).limit(1)).first()
        return row and Run(*row)

    def good_nights(self, before: date) -> list[date]:
        """The days before `before` that a nightly run covered well, in order: the nights since are this one's too."""
        nights = sa.select(RUNS.c.as_of).distinct().where(_good("nightly"), RUNS.c.as_of < before)
        with self.reading() as connection:
            return list(connection.scalars(nights.order_by(RUNS.c.as_of)))

    def run_details(self, run_id: int) -> dict:
        """The manifest, seconds per step and expectation results kept with a run, each None where it has none."""
        names = ("manifest", "seconds", "expectations")
        with self.reading() as connection:
            row = connection.execute(sa.select(*(RUNS.c[name] for name in names)).where(RUNS.c.run_id == run_id)).one()
        return {name: kept and json.loads(kept) for name, kept in zip(names, row, strict=True)}


def _json(value: dict | None) -> str | None:
    return None if value is None else canonical(value)


def _good(kind: str) -> sa.ColumnElement[bool]:
    return sa.and_(RUNS.c.kind == kind, RUNS.c.outcome == "done")
