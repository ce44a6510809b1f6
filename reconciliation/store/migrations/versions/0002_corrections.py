"""Decisions of one day that correct one another: each version of a day bears its number, those from before it 0.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("decisions") as decisions:
        decisions.add_column(sa.Column("correction", WHOLE, nullable=False, server_default="0"))
        decisions.drop_constraint("pk_decisions", type_="primary")
        decisions.create_primary_key("pk_decisions", ["exception_id", "recorded_on", "correction"])
    if op.get_bind().dialect.name == "sqlite":
        _guard_again()


def _guard_again() -> None:
    """SQLite gives a table another key by making it anew, and the triggers went with the old one."""
    permitted = "WHEN NOT EXISTS (SELECT 1 FROM erasure_permits)"
    for change, when in (("UPDATE", ""), ("DELETE", permitted)):
        op.execute(
            f"CREATE TRIGGER decisions_refuses_{change.lower()} BEFORE {change} ON decisions {when} "
            f"BEGIN SELECT RAISE(ABORT, 'history is kept: no {change} of decisions'); END"
        )
