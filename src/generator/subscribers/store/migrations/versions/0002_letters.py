"""Letters: mailings with what they send, the ledger, who sends, and what came of it."""
# ruff: noqa: INP001 - Alembic loads it by its path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
DEFERRED = sa.text("progress = 'deferred'")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mailing",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("frozen", MOMENT, nullable=False),
        sa.Column("commit", sa.Text(), nullable=False),
        sa.Column("certainty", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("finished", MOMENT, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_mailing")),
    )
    op.create_table(
        "master",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["week"], ["mailing.week"], name=op.f("fk_master_week")),
        sa.PrimaryKeyConstraint("week", "language", name=op.f("pk_master")),
    )
    op.create_table(
        "delivery",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("progress", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reply", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=True),
        sa.Column("sender", sa.Integer(), nullable=True),
        sa.Column("not_before", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("week", "subscriber_id", name=op.f("pk_delivery")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_delivery_deferred",
        "delivery",
        ["week", "not_before"],
        unique=False,
        sqlite_where=DEFERRED,
    )
    op.create_table(
        "total",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("progress", sa.String(length=8), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["week"], ["mailing.week"], name=op.f("fk_total_week")),
        sa.PrimaryKeyConstraint("week", "progress", name=op.f("pk_total")),
    )
    op.create_table(
        "sender",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("began", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_event_subscriber_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_subscriber_id", "event", ["subscriber_id"], unique=False)
    op.create_index("ix_event_week", "event", ["week", "kind"], unique=False)
    op.create_index("ix_event_at", "event", ["kind", "at"], unique=False)
