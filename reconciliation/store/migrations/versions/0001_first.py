"""The first tables: records, loads, quarantine, runs, positions, exceptions seen, audit.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text()
WHOLE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
DAY = sa.Text().with_variant(sa.Date(), "postgresql")
MOMENT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
FLAG = sa.Integer().with_variant(sa.Boolean(), "postgresql")

RECORD_TABLES = (
    "families",
    "entitlements",
    "suspensions",
    "transactions",
    "plans",
    "assessments",
    "reviews",
    "vacancies",
    "cases",
    "promises",
    "acknowledgements",
    "decisions",
)


def upgrade() -> None:
    _create_tables()
    _create_indexes()
    op.execute("INSERT INTO audit_head VALUES (1, 0, '')")
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _create(name: str, *parts) -> None:
    op.create_table(name, *parts, sqlite_strict=True, sqlite_autoincrement=True)


def _guard_sqlite() -> None:
    """What is recorded is never changed, and leaves only under an erasure permit; the audit trail never leaves."""
    unless_permitted = "WHEN NOT EXISTS (SELECT 1 FROM erasure_permits)"
    for table in (*RECORD_TABLES, "audit", "loads", "files"):
        _refuse_sqlite(table, "UPDATE")
        _refuse_sqlite(table, "DELETE", unless_permitted if table in RECORD_TABLES else "")
    _refuse_sqlite("runs", "UPDATE", "WHEN OLD.finished_at IS NOT NULL")
    _refuse_sqlite("runs", "DELETE")
    _refuse_sqlite("audit_head", "UPDATE", "WHEN NEW.entries <= OLD.entries")
    _refuse_sqlite("audit_head", "DELETE")


def _refuse_sqlite(table: str, change: str, when: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, 'history is kept: no {change} of {table}'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'history is kept: no % of %', TG_OP, TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_erasure() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF EXISTS (SELECT 1 FROM erasure_permits) THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'history is kept: no % of %', TG_OP, TG_TABLE_NAME; END $$"
    )
    for table in (*RECORD_TABLES, "audit", "loads", "files"):
        _refuse_postgresql(table, "UPDATE")
        _refuse_postgresql(table, "DELETE", function="refuse_erasure" if table in RECORD_TABLES else "refuse_change")
    _refuse_postgresql("runs", "UPDATE", "WHEN (OLD.finished_at IS NOT NULL)")
    _refuse_postgresql("runs", "DELETE")
    _refuse_postgresql("audit_head", "UPDATE", "WHEN (NEW.entries <= OLD.entries)")
    _refuse_postgresql("audit_head", "DELETE")
    for table in (*RECORD_TABLES, "audit", "loads", "files", "runs", "audit_head"):
        op.execute(
            f"CREATE TRIGGER refuses_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _refuse_postgresql(table: str, change: str, when: str = "", function: str = "refuse_change") -> None:
    op.execute(
        f"CREATE TRIGGER refuses_{change.lower()} BEFORE {change} ON {table} "
        f"FOR EACH ROW {when} EXECUTE FUNCTION {function}()"
    )


def _create_tables() -> None:
    _create(
        "families",
        sa.Column("family_id", TEXT, nullable=False),
        sa.Column("recipient_name", TEXT, nullable=False),
        sa.Column("carer_name", TEXT),
        sa.Column("service", TEXT, nullable=False),
        sa.Column("team", TEXT),
        sa.Column("payee_reference", TEXT),
        sa.Column("opened_on", DAY, nullable=False),
        sa.Column("closed_on", DAY),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("family_id", "recorded_on", name="pk_families"),
    )
    _create(
        "entitlements",
        sa.Column("entitlement_id", TEXT, nullable=False),
        sa.Column("family_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("amount_pence", WHOLE, nullable=False),
        sa.Column("weekly_contribution_pence", WHOLE),
        sa.Column("contribution_method", TEXT),
        sa.Column("schedule", TEXT),
        sa.Column("effective_from", DAY, nullable=False),
        sa.Column("effective_to", DAY),
        sa.Column("interim", FLAG),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("reason", TEXT),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("entitlement_id", "recorded_on", name="pk_entitlements"),
    )
    _create(
        "suspensions",
        sa.Column("suspension_id", TEXT, nullable=False),
        sa.Column("family_id", TEXT, nullable=False),
        sa.Column("entitlement_id", TEXT),
        sa.Column("starts_on", DAY, nullable=False),
        sa.Column("ends_on", DAY),
        sa.Column("pay_percent", WHOLE, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("reason", TEXT),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("suspension_id", "recorded_on", name="pk_suspensions"),
    )
    _create(
        "transactions",
        sa.Column("transaction_id", TEXT, nullable=False),
        sa.Column("family_id", TEXT),
        sa.Column("payee_reference", TEXT),
        sa.Column("posted_on", DAY, nullable=False),
        sa.Column("amount_pence", WHOLE, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("reverses", TEXT),
        sa.Column("period_start", DAY),
        sa.Column("promise_id", TEXT),
        sa.Column("narrative", TEXT),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("transaction_id", name="pk_transactions"),
    )
    _create(
        "plans",
        sa.Column("plan_id", TEXT, nullable=False),
        sa.Column("family_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("agreed_on", DAY),
        sa.Column("last_reviewed_on", DAY),
        sa.Column("weekly_amount_pence", WHOLE),
        sa.Column("payment_frequency", TEXT),
        sa.Column("needs_identified", FLAG),
        sa.Column("eligibility_stated", FLAG),
        sa.Column("needs_met_how", FLAG),
        sa.Column("wellbeing_matters", FLAG),
        sa.Column("personal_budget_stated", FLAG),
        sa.Column("advice_given", FLAG),
        sa.Column("direct_payment_needs", FLAG),
        sa.Column("copy_given", FLAG),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "recorded_on", name="pk_plans"),
    )
    _create(
        "assessments",
        sa.Column("assessment_id", TEXT, nullable=False),
        sa.Column("family_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("requested_on", DAY, nullable=False),
        sa.Column("completed_on", DAY),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", "recorded_on", name="pk_assessments"),
    )
    _create(
        "reviews",
        sa.Column("review_id", TEXT, nullable=False),
        sa.Column("family_id", TEXT, nullable=False),
        sa.Column("completed_on", DAY, nullable=False),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("review_id", "recorded_on", name="pk_reviews"),
    )
    _create(
        "vacancies",
        sa.Column("vacancy_id", TEXT, nullable=False),
        sa.Column("family_id", TEXT, nullable=False),
        sa.Column("hours_per_week_thousandths", WHOLE, nullable=False),
        sa.Column("opened_on", DAY, nullable=False),
        sa.Column("filled_on", DAY),
        sa.Column("channels", TEXT),
        sa.Column("last_action_on", DAY),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("vacancy_id", "recorded_on", name="pk_vacancies"),
    )
    _create(
        "cases",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("family_id", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("received_on", DAY, nullable=False),
        sa.Column("acknowledged_on", DAY),
        sa.Column("decided_on", DAY),
        sa.Column("upheld", FLAG),
        sa.Column("public_report", FLAG),
        sa.Column("referred_to_scrutiny_on", DAY),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "recorded_on", name="pk_cases"),
    )
    _create(
        "promises",
        sa.Column("promise_id", TEXT, nullable=False),
        sa.Column("family_id", TEXT, nullable=False),
        sa.Column("case_id", TEXT),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("amount_pence", WHOLE),
        sa.Column("agreed_on", DAY, nullable=False),
        sa.Column("due_on", DAY),
        sa.Column("owner", TEXT),
        sa.Column("completed_on", DAY),
        sa.Column("evidence", TEXT),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("promise_id", "recorded_on", name="pk_promises"),
    )
    _create(
        "acknowledgements",
        sa.Column("acknowledgement_id", TEXT, nullable=False),
        sa.Column("family_id", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("notified_on", DAY, nullable=False),
        sa.Column("acknowledged_on", DAY),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("acknowledgement_id", "recorded_on", name="pk_acknowledgements"),
    )
    _create(
        "decisions",
        sa.Column("exception_id", TEXT, nullable=False),
        sa.Column("decision", TEXT, nullable=False),
        sa.Column("note", TEXT),
        sa.Column("decided_by", TEXT),
        sa.Column("decided_on", DAY, nullable=False),
        sa.Column("snooze_until", DAY),
        sa.Column("amount_pence", WHOLE),
        sa.Column("recorded_on", DAY, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT),
        sa.Column("source_row", WHOLE),
        sa.Column("load_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("exception_id", "recorded_on", name="pk_decisions"),
    )
    _create(
        "loads",
        sa.Column("load_id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("run_id", WHOLE),
        sa.Column("as_of", DAY, nullable=False),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.Column("counts_from", DAY),
        sa.Column("newest_posted_on", DAY),
        sa.PrimaryKeyConstraint("load_id", name="pk_loads"),
    )
    _create(
        "files",
        sa.Column("load_id", WHOLE, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("source", TEXT),
        sa.Column("record", TEXT),
        sa.Column("sha256", TEXT),
        sa.Column("rows", WHOLE, nullable=False),
        sa.Column("accepted", WHOLE, nullable=False),
        sa.Column("unchanged", WHOLE, nullable=False),
        sa.Column("quarantined", WHOLE, nullable=False),
        sa.Column("furniture", WHOLE, nullable=False),
        sa.Column("control_total_pence", WHOLE),
    )
    _create(
        "quarantine",
        sa.Column("quarantine_id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_file", TEXT, nullable=False),
        sa.Column("row", WHOLE),
        sa.Column("record", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("raw", TEXT),
        sa.Column("key", TEXT),
        sa.Column("family_id", TEXT),
        sa.Column("recorded_on", DAY),
        sa.Column("occurrence", WHOLE, nullable=False),
        sa.Column("met_load_id", WHOLE, nullable=False),
        sa.Column("met_on", DAY, nullable=False),
        sa.Column("closed_load_id", WHOLE),
        sa.Column("closed_on", DAY),
        sa.PrimaryKeyConstraint("quarantine_id", name="pk_quarantine"),
    )
    _create(
        "runs",
        sa.Column("run_id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("as_of", DAY, nullable=False),
        sa.Column("known_on", DAY, nullable=False),
        sa.Column("policy_version", TEXT, nullable=False),
        sa.Column("code_version", TEXT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("outcome", TEXT),
        sa.Column("causes", TEXT),
        sa.Column("manifest", TEXT),
        sa.Column("seconds", TEXT),
        sa.Column("expectations", TEXT),
        sa.Column("audit_entries", WHOLE),
        sa.Column("audit_head", TEXT),
        sa.PrimaryKeyConstraint("run_id", name="pk_runs"),
    )
    _create(
        "positions",
        sa.Column("position_id", WHOLE, sa.Identity(), nullable=False),
        sa.Column("run_id", WHOLE, nullable=False),
        sa.Column("as_of", DAY, nullable=False),
        sa.Column("known_on", DAY, nullable=False),
        sa.Column("policy_version", TEXT, nullable=False),
        sa.Column("data_mark", WHOLE, nullable=False),
        sa.Column("is_night", FLAG, nullable=False),
        sa.PrimaryKeyConstraint("position_id", name="pk_positions"),
    )
    _create(
        "standings",
        sa.Column("position_id", WHOLE, nullable=False),
        sa.Column("standing", TEXT, nullable=False),
        sa.Column("families", WHOLE, nullable=False),
        sa.Column("due_pence", WHOLE, nullable=False),
        sa.Column("paid_pence", WHOLE, nullable=False),
        sa.Column("arrears_pence", WHOLE, nullable=False),
        sa.Column("overpaid_pence", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("position_id", "standing", name="pk_standings"),
    )
    _create(
        "neighbours",
        sa.Column("position_id", WHOLE, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("frame", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position_id", "name", name="pk_neighbours"),
    )
    _create(
        "exceptions",
        sa.Column("exception_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("family_id", TEXT),
        sa.Column("subject", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("exception_id", name="pk_exceptions"),
    )
    _create(
        "sightings",
        sa.Column("exception_id", TEXT, nullable=False),
        sa.Column("seen_from", DAY, nullable=False),
        sa.Column("seen_to", DAY, nullable=False),
        sa.Column("amount_pence", WHOLE),
        sa.Column("since", DAY),
        sa.PrimaryKeyConstraint("exception_id", "seen_from", name="pk_sightings"),
    )
    _create(
        "audit",
        sa.Column("entry", WHOLE, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.Column("previous", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("entry", name="pk_audit"),
    )
    _create(
        "audit_head",
        sa.Column("only", WHOLE, nullable=False),
        sa.Column("entries", WHOLE, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("only", name="pk_audit_head"),
    )
    _create(
        "erasure_permits",
        sa.Column("reason", TEXT, nullable=False),
    )


def _create_indexes() -> None:
    op.create_index("ix_families_family_id_any_case", "families", [sa.text("lower(family_id)")])
    op.create_index("ix_families_payee_reference", "families", ["payee_reference"])
    op.create_index("ix_families_payee_reference_any_case", "families", [sa.text("lower(payee_reference)")])
    op.create_index("ix_entitlements_family_id", "entitlements", ["family_id"])
    op.create_index("ix_suspensions_family_id", "suspensions", ["family_id"])
    op.create_index("ix_transactions_family_id", "transactions", ["family_id"])
    op.create_index("ix_transactions_payee_reference", "transactions", ["payee_reference"])
    op.create_index("ix_transactions_promise_id", "transactions", ["promise_id"])
    op.create_index("ix_plans_family_id", "plans", ["family_id"])
    op.create_index("ix_assessments_family_id", "assessments", ["family_id"])
    op.create_index("ix_reviews_family_id", "reviews", ["family_id"])
    op.create_index("ix_vacancies_family_id", "vacancies", ["family_id"])
    op.create_index("ix_cases_family_id", "cases", ["family_id"])
    op.create_index("ix_promises_family_id", "promises", ["family_id"])
    op.create_index("ix_acknowledgements_family_id", "acknowledgements", ["family_id"])
    op.create_index("ix_files_load_id", "files", ["load_id"])
    op.create_index("ix_quarantine_family_id", "quarantine", ["family_id"])
    op.create_index("ix_positions_as_of", "positions", ["as_of"])
    op.create_index("ix_exceptions_family_id", "exceptions", ["family_id"])
    op.create_index("ix_sightings_seen_to", "sightings", ["seen_to"])
