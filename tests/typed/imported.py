"""A script in the other form: `op` is imported, and has the same signatures."""

from __future__ import annotations

import sqlalchemy as sa
from migrate_cli import op

revision = "b2"
down_revision = "a1"


def upgrade() -> None:
    op.add_column("users", sa.Column("name", sa.String(50), nullable=False, server_default=""))
    with op.batch_alter_table("users") as batch:
        batch.alter_column("name", existing_type=sa.String(50), nullable=True)
        batch.drop_colum("name")  # type: ignore[attr-defined]
    op.add_column("users", name="name")  # type: ignore[call-arg]


def downgrade() -> None:
    op.drop_column("users", "name")
