"""words

Revision ID: 5c2f6a9e1b07
Create Date: 2026-11-02 09:12:40
"""

import sqlalchemy as sa
from migrate_cli import Operations

revision = "5c2f6a9e1b07"
down_revision = None
branch_labels = None
depends_on = None


def upgrade(op: Operations) -> None:
    op.create_table(
        "words",
        sa.Column("word", sa.String(length=50), nullable=False),
        sa.PrimaryKeyConstraint("word"),
    )


def downgrade(op: Operations) -> None:
    op.drop_table("words")
