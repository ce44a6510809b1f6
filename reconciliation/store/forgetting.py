"""Forgetting families whose records are past their years, with proof (UK GDPR article 5(1)(e): storage limitation).

Who may be forgotten is decided elsewhere; here all that is theirs goes, nothing of anyone else's, in one transaction.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from reconciliation.records import RECORDS
from reconciliation.store.audit import Audit
from reconciliation.store.proofs import AUDITED_RECORDS, row_digest, rows_proof, sha256
from reconciliation.store.records import Records, select_typed
from reconciliation.store.tables import (
    ERASURE_PERMITS,
    EXCEPTIONS,
    FAMILIES,
    NEIGHBOURS,
    QUARANTINE,
    RECORD_TABLES,
    SIGHTINGS,
    TRANSACTIONS,
)

Erasures = dict[sa.Table, sa.ColumnElement[bool]]
"""Which rows of which tables go."""


class Forgetting(Records, Audit):
    """Erasing, under `lock`."""

    def forget(
        self, family_ids: Iterable[str], reason: str, at: datetime, transaction_ids: Iterable[str] = ()
    ) -> dict[str, int]:
        """Erase every version of everything that names those families; returns how many rows went, by table.

        Their money is what names them, what bears a payee reference of theirs that no other family ever had and
        names no other family, and `transaction_ids`, identified as theirs by narrative. Their exceptions go, the
        decisions on these, and their quarantined rows. What was noted about neighbours goes altogether, since a
        rerun can work it out again. The audit trail keeps the SHA-256 of each family id and of each audited row
        that went. SQLite overwrites the bytes; backups have a retention of their own.
        """
        families = sorted(set(family_ids))
        with self.writing() as connection:
            theirs = self._theirs(connection, families, set(transaction_ids))
            digests = [digest for name in AUDITED_RECORDS for digest in self._digests(name, theirs)]
            touched = {name: self._loads_of(table, theirs[table]) for name, table in RECORD_TABLES.items()}
            connection.execute(ERASURE_PERMITS.insert().values(reason=reason))
            erased = {
                table.name: connection.execute(table.delete().where(rows)).rowcount for table, rows in theirs.items()
            }
            connection.execute(ERASURE_PERMITS.delete())
            connection.execute(NEIGHBOURS.delete())
            proof = {
                "families": [sha256(family) for family in families],
                "erased": erased,
                "forgotten": digests,
                "remaining": {name: self._remaining(name, loads) for name, loads in touched.items()},
            }
            self.append_audit("forget", reason, proof, at)
        self._backend.scrub()
        return erased

    def _theirs(self, connection: sa.Connection, families: list[str], transaction_ids: set[str]) -> Erasures:
        among = self._backend.among
        money = sorted(transaction_ids | set(connection.scalars(self._money_of(connection, families))))
        about = sa.or_(among(EXCEPTIONS.c.family_id, families), among(EXCEPTIONS.c.subject, money))
        exceptions = list(connection.scalars(sa.select(EXCEPTIONS.c.exception_id).where(about)))
        named = {
            table: among(table.c.family_id, families) for table in RECORD_TABLES.values() if "family_id" in table.c
        }
        quarantined = sa.and_(QUARANTINE.c.record == TRANSACTIONS.name, among(QUARANTINE.c.key, money))
        return named | {
            TRANSACTIONS: among(TRANSACTIONS.c.transaction_id, money),
            RECORD_TABLES["decisions"]: among(RECORD_TABLES["decisions"].c.exception_id, exceptions),
            SIGHTINGS: among(SIGHTINGS.c.exception_id, exceptions),
            EXCEPTIONS: among(EXCEPTIONS.c.exception_id, exceptions),
            QUARANTINE: sa.or_(among(QUARANTINE.c.family_id, families), quarantined),
        }

    def _money_of(self, connection: sa.Connection, families: list[str]) -> sa.Select:
        theirs = self._backend.among(FAMILIES.c.family_id, families)
        references = set(connection.scalars(sa.select(FAMILIES.c.payee_reference).where(theirs)))
        shared = sa.select(FAMILIES.c.payee_reference).where(~theirs)
        references -= set(
            connection.scalars(shared.where(self._backend.among(FAMILIES.c.payee_reference, _named(references))))
        )
        names_nobody = ~sa.exists().where(FAMILIES.c.family_id == TRANSACTIONS.c.family_id)
        paid = sa.and_(self._backend.among(TRANSACTIONS.c.payee_reference, _named(references)), names_nobody)
        named = self._backend.among(TRANSACTIONS.c.family_id, families)
        return sa.select(TRANSACTIONS.c.transaction_id).where(sa.or_(named, paid))

    def _digests(self, name: str, theirs: Erasures) -> list[str]:
        rows = self._frame(select_typed(RECORDS[name]).where(theirs[RECORD_TABLES[name]]), RECORDS[name].schema())
        return sorted(row_digest(row) for row in rows.iter_rows(named=True))

    def _loads_of(self, table: sa.Table, rows: sa.ColumnElement[bool]) -> list[int]:
        with self.reading() as connection:
            return list(connection.scalars(sa.select(table.c.load_id).distinct().where(rows)))

    def _remaining(self, name: str, loads: list[int]) -> dict[int, dict]:
        """The proofs of what is left of those loads: this reads their rows once more."""
        record, load_id = RECORDS[name], RECORD_TABLES[name].c.load_id
        return {
            load: rows_proof(record, self._frame(select_typed(record).where(load_id == load), record.schema()))
            for load in loads
        }


def _named(references: set[str | None]) -> list[str]:
    return sorted(references - {None})
