"""Alembic's entry: the connection is given, and its transaction holds every step."""

from alembic import context

from reconciliation.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
