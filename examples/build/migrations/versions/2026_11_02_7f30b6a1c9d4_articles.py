"""articles

Revision ID: 7f30b6a1c9d4
Create Date: 2026-11-02 11:05:14
"""

import sqlalchemy as sa
from migrate_cli import Operations

revision = "7f30b6a1c9d4"
down_revision = None
branch_labels = None
depends_on = None


def upgrade(op: Operations) -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade(op: Operations) -> None:
    op.drop_table("article")
