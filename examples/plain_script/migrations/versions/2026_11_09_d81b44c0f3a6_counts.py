"""counts

Revision ID: d81b44c0f3a6
Create Date: 2026-11-09 17:40:05
"""

import sqlalchemy as sa
from migrate_cli import Operations

revision = "d81b44c0f3a6"
down_revision = "5c2f6a9e1b07"
branch_labels = None
depends_on = None


def upgrade(op: Operations) -> None:
    op.add_column("words", sa.Column("count", sa.Integer(), server_default="0", nullable=False))


def downgrade(op: Operations) -> None:
    op.drop_column("words", "count")
