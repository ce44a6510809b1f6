"""What one family's rerun reads: index lookups only, however many families the store holds."""

from collections.abc import Iterable

import polars as pl
import sqlalchemy as sa

from reconciliation import records
from reconciliation.store.records import Records, select_typed
from reconciliation.store.tables import FAMILIES, RECORD_TABLES, TRANSACTIONS

BY_FAMILY = [name for name in RECORD_TABLES if name not in ("families", "transactions", "decisions")]
WORDS = r"[\p{L}\p{Nd}-]+"
"""Words are runs of letters, digits and `-` (rules §2)."""


class Families(Records):
    """Every version that a family's position can depend on."""

    def family_versions(self, family_id: str, stray_ids: Iterable[str] = ()) -> dict[str, pl.DataFrame]:
        """Every version, by record name, that the position of that family can depend on; `decisions` left empty.

        Of each record: all versions of every key that any version gives to the family. Transactions: those that name
        the family or bear a payee reference it ever had, the strays given, and those that carry its promises, with
        all money of the families these belong to (what a promise is worth depends on their returns, rules §5).
        Families: the family, and every one that could claim one of these transactions (rules §2).
        """
        with self.reading():
            found = {name: self._of_family(name, family_id) for name in BY_FAMILY}
            named = self._transactions_of([family_id])
            promised = self._valued(TRANSACTIONS.c.promise_id, found["promises"]["promise_id"])
            others = self._claimants(promised)["family_id"].to_list()
            strays = self.versions_of(records.TRANSACTIONS, list(stray_ids))
            money = pl.concat([named, promised, self._transactions_of(others), strays]).unique("transaction_id")
            claimants = pl.concat([self._claimants(money), self._named_in(strays["narrative"])])
            own = self.versions_of(records.FAMILIES, [family_id, *claimants["family_id"].to_list()])
        empty = {"decisions": records.DECISIONS.empty()}
        return {"families": own, "transactions": money.sort("posted_on", "transaction_id"), **found, **empty}

    def _of_family(self, name: str, family_id: str) -> pl.DataFrame:
        table, key = RECORD_TABLES[name], records.RECORDS[name].key
        keys = sa.select(table.c[key]).where(table.c.family_id == family_id)
        return self._rows(name, table.c[key].in_(keys))

    def _transactions_of(self, family_ids: list[str]) -> pl.DataFrame:
        """The money that names those families or bears a payee reference that any version of them had."""
        references = self.versions_of(records.FAMILIES, family_ids)["payee_reference"]
        named = self._valued(TRANSACTIONS.c.family_id, family_ids)
        paid = self._valued(TRANSACTIONS.c.payee_reference, references)
        return pl.concat([named, paid]).unique("transaction_id")

    def _claimants(self, transactions: pl.DataFrame) -> pl.DataFrame:
        """Every version of the families that those transactions name or whose payee reference they bear."""
        named = self._valued(FAMILIES.c.family_id, transactions["family_id"])
        paid = self._valued(FAMILIES.c.payee_reference, transactions["payee_reference"])
        return pl.concat([named, paid])

    def _named_in(self, narratives: pl.Series) -> pl.DataFrame:
        """Every version of the families whose id or payee reference is a word of a narrative, whatever the case."""
        words = narratives.str.to_lowercase().str.extract_all(WORDS).explode().unique()
        columns = (FAMILIES.c.family_id, FAMILIES.c.payee_reference)
        return pl.concat([self._valued(column, words, sa.func.lower(column)) for column in columns])

    def _of_family(self, name: str, family_id: str) -> pl.DataFrame:
        table, record = RECORD_TABLES[name], records.RECORDS[name]
        keys = sa.select(table.c[record.key]).where(table.c.family_id == family_id)
        return self._frame(select_typed(record).where(table.c[record.key].in_(keys)), record.schema())
