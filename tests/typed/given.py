"""A script as type checkers read it: what is right is right, and what is wrong is an error.

Each line with an ignore is wrong; where it isn't an error any more, the ignore is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import migrate_cli
import sqlalchemy as sa
from ddl_constructs import AddColumn, Change
from migrate_cli import Operations, irreversible, spelled
from sqlalchemy.ext.asyncio import AsyncConnection

revision = "a1"
down_revision = None


def rows() -> Iterator[dict[str, Any]]:
    yield {"id": 1}


async def counted(connection: AsyncConnection, table: str) -> int:
    found = await connection.execute(sa.text(f"SELECT count(*) FROM {table}"))
    return int(found.scalar_one())


def upgrade(op: Operations) -> None:
    users = op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        comment="people",
        if_not_exists=True,
    )
    table: sa.Table = users
    op.bulk_insert(table, rows())
    op.bulk_insert(table, [{"id": 2}], multiinsert=False)
    op.add_column("users", sa.Column("age", sa.Integer()), schema=None, postgresql_using="x")
    op.alter_column("users", "age", nullable=False, existing_type=sa.Integer())
    op.alter_column("users", "age", type_=sa.BigInteger, server_default=None, comment="years")
    op.create_index(None, "users", ["age", sa.text("lower(name)")], unique=True)
    op.create_unique_constraint(None, "users", ["age"])
    op.create_foreign_key("fk", "users", "users", ["id"], ["id"], ondelete="CASCADE")
    op.create_check_constraint("ck", "users", "age > 0")
    op.execute("SELECT 1", execution_options={"x": 1})
    op.execute(sa.update(users).values(age=1))
    with op.batch_alter_table("users", recreate="always") as batch:
        batch.add_column(sa.Column("more", sa.Integer()), insert_after="age")
        batch.drop_column("age")
    number: int = op.run_async(counted, "users")
    connection: sa.Connection = op.get_bind()
    op.invoke(AddColumn("users", sa.Column("b", sa.Integer())))
    with op.timeouts(lock="2s", statement=5):
        op.drop_index("ix", "users", if_exists=True)
    with op.get_context().autocommit_block():
        op.execute("VACUUM")
    print(number, connection)


def mistakes(op: Operations) -> None:
    op.add_column("users")  # type: ignore[call-arg]
    op.add_column("users", "age")  # type: ignore[arg-type]
    op.drop_table()  # type: ignore[call-arg]
    op.rename_table("t", new_name="u")  # type: ignore[call-arg]
    op.alter_column("users", 3)  # type: ignore[arg-type]
    op.create_foreign_key("fk", "users", ["id"], ["id"])  # type: ignore[call-arg, arg-type]
    op.bulk_insert("users", [{}])  # type: ignore[arg-type]
    op.batch_alter_table("users", recreate="sometimes")  # type: ignore[arg-type]
    op.run_async(counted)  # type: ignore[call-arg]
    op.create_tabel("users")  # type: ignore[attr-defined]
    op.execute(3)  # type: ignore[arg-type]


def downgrade(op: Operations) -> None:
    irreversible("the rows are gone")


@dataclass(eq=False)
class Note(Change):
    """A change that somebody brings."""

    words: ClassVar = ("note",)
    text: str
    loud: bool = False


class WithNotes(migrate_cli.Operations):
    """`op`, with a word more."""

    note = spelled(Note)


def noted(op: WithNotes) -> None:
    op.note("here", loud=True)
    op.drop_table("t")
    op.note(3)  # type: ignore[arg-type]
    op.note("here", laud=True)  # type: ignore[call-arg]
