"""First letters: whose reader confirmed after the others were planned, and the words of welcome before them."""
# ruff: noqa: INP001 - Alembic loads it by its path

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_JOINED = sa.text("joined IS NOT NULL")


def upgrade() -> None:
    """Make the table and the columns; no letter before was a first one."""
    op.create_table(
        "welcome",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("html", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_welcome")),
    )
    op.add_column("delivery", sa.Column("joined", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("welcome", sa.String(64), nullable=True))
    op.create_index(
        op.f("ix_delivery_joined"),
        "delivery",
        ["week", "joined"],
        sqlite_where=_JOINED,
        postgresql_where=_JOINED,
    )
