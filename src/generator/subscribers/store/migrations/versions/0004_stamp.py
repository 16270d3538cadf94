"""The mark of a copy: a list that was restored from it sends nothing before an operator has said so."""
# ruff: noqa: INP001 - Alembic loads it by its path

import sqlalchemy as sa
from alembic import op

from generator.subscribers.store.stamp import find_home

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table, and say that this is the list itself."""
    table = op.create_table(
        "stamp",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=True),
        sa.Column("home", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamp")),
    )
    op.bulk_insert(table, [{"id": 1, "made": None, "home": find_home(op.get_bind())}])
