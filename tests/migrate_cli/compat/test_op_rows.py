"""Rows of the acceptance list about `op` itself: what it speaks to, and where."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest
from alembic_words import Context
from migrate_cli.failures import NoLiteral
from sqlalchemy import Column, Connection, Integer, Table, column, create_engine, table, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

WORDS = [
    "add_column",
    "alter_column",
    "batch_alter_table",
    "bulk_insert",
    "create_check_constraint",
    "create_exclude_constraint",
    "create_foreign_key",
    "create_index",
    "create_primary_key",
    "create_table",
    "create_table_comment",
    "create_unique_constraint",
    "drop_column",
    "drop_constraint",
    "drop_index",
    "drop_table",
    "drop_table_comment",
    "execute",
    "f",
    "get_bind",
    "get_context",
    "implementation_for",
    "inline_literal",
    "invoke",
    "register_operation",
    "rename_table",
    "run_async",
]


def offline(url: str = "postgresql://", **opts: Any) -> tuple[Any, io.StringIO]:
    """Make operations that only write, and where they do."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    out = io.StringIO()
    context = MigrationContext.configure(
        url=url, opts={"as_sql": True, "output_buffer": out, **opts}
    )
    return Operations(context), out


def test_every_word_of_the_list_is_there() -> None:
    """DDL-125: on the operations, and as functions of the module."""
    from alembic import op
    from alembic.operations import Operations

    assert [word for word in WORDS if not callable(getattr(Operations, word, None))] == []
    assert [word for word in WORDS if not hasattr(op, word)] == []


def test_the_bind_is_the_connection_or_writes(sqlite_url: str) -> None:
    """DDL-117."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        assert Operations(MigrationContext.configure(connection)).get_bind() is connection
    engine.dispose()
    op, out = offline()

    op.get_bind().execute(text("DELETE FROM t"))

    assert out.getvalue().split() == ["DELETE", "FROM", "t;"]


def test_the_context_commits_in_between(postgresql_url: str) -> None:
    """DDL-118: it is the one in use, and its block runs in no transaction."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        op = Operations(context)
        with context.begin_transaction(_per_migration=True):
            op.create_table("t", Column("a", Integer))
            with op.get_context().autocommit_block():
                op.create_index("ix", "t", ["a"], postgresql_concurrently=True)

        assert op.get_context() is context
        assert connection.scalar(text("SELECT count(*) FROM pg_indexes WHERE indexname = 'ix'"))
    engine.dispose()


def test_an_async_function_gets_the_connection_of_the_run() -> None:
    """DDL-119: it sees what the open transaction did; its arguments come along, its result back."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    async def rows(connection: AsyncConnection, wanted: int, *, plus: int) -> int:
        found = await connection.scalar(text("SELECT a FROM t WHERE a = :a"), {"a": wanted})
        return int(found or 0) + plus

    def migrate(connection: Connection) -> int:
        op = Operations(MigrationContext.configure(connection))
        op.bulk_insert(op.create_table("t", Column("a", Integer)), [{"a": 5}])
        return int(op.run_async(rows, 5, plus=2))

    async def main() -> int:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.connect() as connection:
            done: int = await connection.run_sync(migrate)
        await engine.dispose()
        return done

    assert asyncio.run(main()) == 7


def test_an_operation_is_carried_out_by_what_knows_its_class() -> None:
    """DDL-120: by the class, then by the dialect; nobody knows a class that isn't registered."""
    from alembic.operations import MigrateOperation, Operations, ops

    class Nobodys(MigrateOperation):
        pass

    class Louder(ops.ExecuteSQLOp):
        pass

    op = Operations(Context("postgresql"))

    assert isinstance(op.invoke(ops.CreateTableOp("t", [Column("a", Integer)])), Table)
    op.invoke(Louder("SELECT 1"))
    assert op.migration_context.written == ["CREATE TABLE t (\n\ta INTEGER\n);", "SELECT 1;"]
    with pytest.raises(ValueError):
        op.invoke(Nobodys())


@pytest.mark.parametrize("word", ["op", "context"])
def test_a_word_outside_of_a_run_tells_what_to_do(word: str) -> None:
    """DDL-123."""
    import alembic

    said: dict[str, Callable[[], Any]] = {
        "op": lambda: alembic.op.execute("SELECT 1"),
        "context": lambda: alembic.context.run_migrations(),
    }
    with pytest.raises(NameError, match="function"):
        said[word]()


def test_operations_work_without_a_project(sqlite_url: str) -> None:
    """DDL-124: over a connection alone, also as what the module speaks for."""
    import alembic
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        Operations(context).create_table("t", Column("a", Integer))
        with Operations.context(context) as op:
            alembic.op.execute("INSERT INTO t VALUES (1)")
            op.execute("INSERT INTO t VALUES (2)")

        assert connection.scalar(text("SELECT sum(a) FROM t")) == 3
    engine.dispose()


def test_a_batch_block_hands_sql_servers_options_on() -> None:
    """DDL-070: with the schema."""
    op, out = offline("mssql://")

    with op.batch_alter_table("t", schema="s") as batch:
        batch.drop_column("a", mssql_drop_default=True, mssql_drop_check=True)

    written = out.getvalue()
    assert [k for k in ("default_constraints", "check_constraints", "foreign_keys") if k in written]
    assert written.index("sys.default_constraints") < written.index("sys.check_constraints")
    assert "foreign_keys" not in written
    assert "ALTER TABLE s.t DROP COLUMN a" in written


T = table("t", column("a"), column("b"))


@pytest.mark.parametrize(
    ("say", "sql"),
    [
        pytest.param("SELECT 'a:b' FROM t", "SELECT 'a:b' FROM t", id="LIM-053-inside-of-a-word"),
        pytest.param(r"SELECT '\:x'", "SELECT ':x'", id="DDL-108-escaped"),
        pytest.param("SELECT 1::int", "SELECT 1::int", id="DDL-108-cast"),
        pytest.param(
            T.update().values(a=5).where(T.c.b == "it's"),
            "UPDATE t SET a=5 WHERE t.b = 'it''s'",
            id="LIM-054-055-values-without-a-type",
        ),
        pytest.param(
            T.insert().values(a=None, b=True),
            "INSERT INTO t (a, b) VALUES (NULL, true)",
            id="LIM-055-null-and-boolean",
        ),
        pytest.param("SELECT :x", None, id="LIM-053-a-bind-that-is-left"),
        pytest.param("SELECT ':x'", None, id="LIM-053-in-quotes-too"),
    ],
)
def test_sql_is_written_as_text_that_runs(say: Any, sql: str | None) -> None:
    op, out = offline()

    if sql is None:
        with pytest.raises(NoLiteral, match=r"no value for :x \(a plain colon is written"):
            op.execute(say)
        assert out.getvalue() == ""
    else:
        op.execute(say)
        assert " ".join(out.getvalue().split()) == f"{sql};"
