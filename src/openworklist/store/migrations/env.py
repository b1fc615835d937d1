"""Alembic comes through here; the connection is handed over by store.migrate."""

from alembic import context

from openworklist.store.people_schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
