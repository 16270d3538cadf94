"""Answers: how often readers of a letter said that it was of use to them, or not."""
# ruff: noqa: INP001 - Alembic loads it by its path

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "answer",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("useful", sa.String(length=4), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["week"], ["mailing.week"], name=op.f("fk_answer_week"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("week", "useful", name=op.f("pk_answer")),
    )
