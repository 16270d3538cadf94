"""Letters that are handed over in batches, to engines that know each by a key."""
# ruff: noqa: INP001 - Alembic loads it by its path

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_BATCHED = sa.text("batch IS NOT NULL")


def upgrade() -> None:
    """Add the columns, empty: no letter was sent in a batch before."""
    op.add_column("delivery", sa.Column("batch", sa.String(48), nullable=True))
    op.add_column("delivery", sa.Column("content", sa.String(32), nullable=True))
    op.add_column("delivery", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("handed", sa.String(64), nullable=True))
    op.create_index(
        op.f("ix_delivery_batch"),
        "delivery",
        ["week", "batch"],
        sqlite_where=_BATCHED,
        postgresql_where=_BATCHED,
    )
