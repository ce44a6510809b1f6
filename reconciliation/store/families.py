"""What one family's rerun reads: index lookups only, however many families the store holds."""

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

    def family_versions(self, family_id: str, strays: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Every version, by record name, that the position of that family can depend on; `decisions` left empty.

        `strays` are those of the position (positions.Neighbours). Of each record: all versions of every key that any
        version gives to the family. Transactions: those that name the family or bear a payee reference it ever had,
        the strays that concern it, and those that carry its promises, with all money of the families these can belong
        to (what a promise is worth depends on their returns, rules §5). Families: the family, and every one that can
        claim one of these transactions, so that each is identified as it is among everyone's (rules §2).
        """
        with self.reading():
            found = {name: self._of_family(name, family_id) for name in BY_FAMILY}
            promised = self._valued(TRANSACTIONS.c.promise_id, found["promises"]["promise_id"])
            concerned = {family_id, *self._claimants(promised, strays)}
            money = pl.concat([promised, self._transactions_of(concerned), self._strays_of(concerned, strays)])
            money = money.unique("transaction_id").sort("posted_on", "transaction_id")
            families = self.versions_of(records.FAMILIES, [family_id, *self._claimants(money, strays)])
        return {"families": families, "transactions": money, **found, "decisions": records.DECISIONS.empty()}

    def _of_family(self, name: str, family_id: str) -> pl.DataFrame:
        table, record = RECORD_TABLES[name], records.RECORDS[name]
        keys = sa.select(table.c[record.key]).where(table.c.family_id == family_id)
        return self._frame(select_typed(record).where(table.c[record.key].in_(keys)), record.schema())

    def _transactions_of(self, family_ids: set[str]) -> pl.DataFrame:
        """The money that names those families or bears a payee reference that any version of them had."""
        references = self.versions_of(records.FAMILIES, family_ids)["payee_reference"]
        named = self._valued(TRANSACTIONS.c.family_id, family_ids)
        paid = self._valued(TRANSACTIONS.c.payee_reference, references)
        return pl.concat([named, paid])

    def _strays_of(self, family_ids: set[str], strays: pl.DataFrame) -> pl.DataFrame:
        """The money among `strays` that concerns those families; where no family is kept with it, it may."""
        concerning = pl.col("family_id").is_in(family_ids) | pl.col("family_id").is_null()
        return self.versions_of(records.TRANSACTIONS, strays.filter(concerning)["transaction_id"])

    def _claimants(self, transactions: pl.DataFrame, strays: pl.DataFrame) -> list[str | None]:
        """The families that those transactions name, whose payee reference they bear, or that their narrative names."""
        bearing = self._valued(FAMILIES.c.payee_reference, transactions["payee_reference"])
        told = strays.filter(pl.col("transaction_id").is_in(transactions["transaction_id"].implode()))
        said = self._named_in(transactions["narrative"]) if told["family_id"].has_nulls() else bearing
        return pl.concat(frame["family_id"] for frame in (transactions, bearing, told, said)).to_list()

    def _named_in(self, narratives: pl.Series) -> pl.DataFrame:
        """Every version of the families whose id or payee reference is a word of a narrative, whatever the case."""
        words = narratives.str.to_lowercase().str.extract_all(WORDS).explode().unique()
        columns = (FAMILIES.c.family_id, FAMILIES.c.payee_reference)
        return pl.concat([self._valued(column, words, sa.func.lower(column)) for column in columns])
