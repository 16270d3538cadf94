"""Reports: what relays tell by web hook, until it is judged."""
# ruff: noqa: INP001 - Alembic loads it by its path

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("judged IS NULL")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("relay", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("incident", sa.String(length=12), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("judged", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_key", "report", ["relay", "key"], unique=True)
    op.create_index(
        "ix_report_waiting", "report", ["id"], unique=False, sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index("ix_report_handle", "report", ["handle"], unique=False)
