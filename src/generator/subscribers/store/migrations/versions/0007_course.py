"""The course: how far its readers are, and masters by their digest, because the text of a lesson may change."""
# ruff: noqa: INP001 - Alembic loads it by its path

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table and the columns; nobody had asked for the course before."""
    op.create_table(
        "course",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_course_subscriber_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_course")),
    )
    op.create_index(op.f("ix_course_due"), "course", ["due"])
    op.add_column("wish", sa.Column("course", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("delivery", sa.Column("master", sa.String(64), nullable=True))
    # A new table, because SQLite cannot change a primary key; there are two rows for each letter.
    op.execute("CREATE TABLE master_before AS SELECT week, language, digest, content FROM master")
    op.drop_table("master")
    op.create_table(
        "master",
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["week"], ["mailing.week"], name=op.f("fk_master_week")),
        sa.PrimaryKeyConstraint("week", "language", "digest", name=op.f("pk_master")),
    )
    op.execute(
        "INSERT INTO master (week, language, digest, content) "
        "SELECT week, language, digest, content FROM master_before"
    )
    op.drop_table("master_before")
