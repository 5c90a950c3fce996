"""rooms

Revision ID: 0c9de2a4b7f1
Create Date: 2026-11-02 10:31:22
"""

import sqlalchemy as sa
from migrate_cli import Operations

revision = "0c9de2a4b7f1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade(op: Operations) -> None:
    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade(op: Operations) -> None:
    op.drop_table("room")
