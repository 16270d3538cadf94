"""Alembic's way in: runs the steps on the connection that `migrating` hands over, inside its transaction."""
# ruff: noqa: INP001 - Alembic loads it by its path

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
