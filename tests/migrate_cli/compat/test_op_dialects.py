"""What plugins and programs may say otherwise: implementations, compile rules, stand-ins."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from alembic_words import Context
from sqlalchemy import Column, Enum, ForeignKey, Integer, String, create_engine, text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine.default import DefaultDialect


class Unheard(DefaultDialect):
    """A dialect that nobody described."""

    name = "unheard"


def said(context: Any) -> Any:
    from alembic.operations import Operations

    return Operations(context)


class StandIn:
    """A connection that has a dialect and executes, and nothing else."""

    def __init__(self, dialect: Any) -> None:
        self.dialect, self.texts = dialect, []

    def execute(self, statement: Any) -> None:
        self.texts.append(" ".join(str(statement.compile(dialect=self.dialect)).split()))


@pytest.mark.parametrize(
    ("dialect", "say", "texts"),
    [
        pytest.param(
            postgresql.dialect(),
            lambda op: op.add_column(
                "t", Column("a", Integer, ForeignKey("p.id"), unique=True, comment="c")
            ),
            [
                "ALTER TABLE t ADD COLUMN a INTEGER",
                "ALTER TABLE t ADD UNIQUE (a)",
                "ALTER TABLE t ADD FOREIGN KEY(a) REFERENCES p (id)",
                "COMMENT ON COLUMN t.a IS 'c'",
            ],
            id="column-with-companions",
        ),
        pytest.param(
            mysql.dialect(),
            lambda op: op.create_table(
                "t", Column("a", Integer, index=True), Column("e", Enum("x", name="e"))
            ),
            ["CREATE TABLE t ( a INTEGER, e ENUM('x') )", "CREATE INDEX ix_t_a ON t (a)"],
            id="table-with-index",
        ),
        pytest.param(
            postgresql.dialect(),
            lambda op: op.alter_column("t", "a", nullable=False, type_=String(5)),
            [
                "ALTER TABLE t ALTER COLUMN a TYPE VARCHAR(5)",
                "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
            ],
            id="two-aspects",
        ),
        pytest.param(
            postgresql.dialect(), lambda op: op.execute("SELECT 1"), ["SELECT 1"], id="sql"
        ),
    ],
)
def test_a_stand_in_gets_statement_after_statement(dialect: Any, say: Any, texts: Any) -> None:
    connection = StandIn(dialect)

    say(said(Context(dialect, connection)))

    assert connection.texts == texts


def test_a_method_that_is_overridden_is_called_with_alembics_arguments() -> None:
    from alembic.ddl.postgresql import PostgresqlImpl

    called: list[Any] = []

    class Louder(PostgresqlImpl):
        def add_column(self, table_name: str, column: Any, *, schema: Any = None) -> None:
            called.append((table_name, column.name, schema))
            super().add_column(table_name, column, schema=schema)

        def create_table(self, table: Any, **kw: Any) -> None:
            called.append((table.fullname, list(table.c.keys()), kw))
            super().create_table(table, **kw)

        def alter_column(self, table_name: str, column_name: str, **kw: Any) -> None:
            called.append({name: value for name, value in kw.items() if value is not None})
            super().alter_column(table_name, column_name, **kw)

        def drop_constraint(self, const: Any, **kw: Any) -> None:
            called.append((const.name, const.table.name, type(const).__name__))
            super().drop_constraint(const, **kw)

    context = Context("postgresql")
    context.impl.__class__ = Louder
    op = said(context)

    op.add_column("t", Column("a", Integer), schema="s")
    op.create_table("t", Column("a", Integer), if_not_exists=True)
    op.alter_column("t", "a", server_default=None, new_column_name="b")
    op.drop_constraint("fk", "t", type_="foreignkey")

    assert called == [
        ("t", "a", "s"),
        ("t", ["a"], {"if_not_exists": True}),
        {"name": "b", "comment": False, "existing_server_default": False},
        ("fk", "t", "ForeignKeyConstraint"),
    ]
    assert context.written == [
        "ALTER TABLE s.t ADD COLUMN a INTEGER;",
        "CREATE TABLE IF NOT EXISTS t (\n\ta INTEGER\n);",
        "ALTER TABLE t ALTER COLUMN a DROP DEFAULT;",
        "ALTER TABLE t RENAME a TO b;",
        "ALTER TABLE t DROP CONSTRAINT fk;",
    ]


def test_a_dialect_that_nobody_described_speaks_plain_sql() -> None:
    context = Context(Unheard())

    said(context).add_column("t", Column("a", Integer))

    assert context.impl.__dialect__ == "unheard"
    assert context.written == ["ALTER TABLE t ADD COLUMN a INTEGER;"]


def test_what_a_dialect_compiles_its_own_way_is_said_so() -> None:
    from alembic.ddl import base
    from sqlalchemy.ext.compiler import compiles

    class Own(Unheard):
        name = "own"

    @compiles(base.ColumnType, "own")
    def _type(element: Any, compiler: Any, **kw: Any) -> str:
        return (
            f"{base.alter_table(compiler, element.table_name, element.schema)} "
            f"{base.alter_column(compiler, element.column_name)} "
            f"IS NOW {base.format_type(compiler, element.type_)}"
        )

    @compiles(base.AddColumn, "own")
    def _add(element: Any, compiler: Any, **kw: Any) -> str:
        return (
            f"{base.alter_table(compiler, element.table_name, element.schema)} "
            f"{base.add_column(compiler, element.column, **kw)} AT THE END"
        )

    context = Context(Own())
    op = said(context)

    op.add_column("T t", Column("a", String(5), server_default="x"), schema="s1.s2")
    op.alter_column("t", "a", type_=Integer(), nullable=False)

    assert context.written == [
        "ALTER TABLE s1.s2.\"T t\" ADD COLUMN a VARCHAR(5) DEFAULT 'x' AT THE END;",
        "ALTER TABLE t ALTER COLUMN a IS NOW INTEGER;",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL;",
    ]


@pytest.mark.parametrize(
    ("make", "sql"),
    [
        (lambda b: b.RenameTable("a", "b", "s"), "ALTER TABLE s.a RENAME TO b"),
        (lambda b: b.AddColumn("t", Column("a", Integer)), "ALTER TABLE t ADD COLUMN a INTEGER"),
        (lambda b: b.DropColumn("t", Column("a")), "ALTER TABLE t DROP COLUMN a"),
        (
            lambda b: b.ColumnNullable("t", "c", False, existing_type=Integer),
            "ALTER TABLE t ALTER COLUMN c SET NOT NULL",
        ),
        (
            lambda b: b.ColumnType("t", "c", String(5)),
            "ALTER TABLE t ALTER COLUMN c TYPE VARCHAR(5)",
        ),
        (lambda b: b.ColumnName("t", "c", "d"), "ALTER TABLE t RENAME c TO d"),
        (lambda b: b.ColumnDefault("t", "c", "5"), "ALTER TABLE t ALTER COLUMN c SET DEFAULT '5'"),
        (lambda b: b.ColumnDefault("t", "c", None), "ALTER TABLE t ALTER COLUMN c DROP DEFAULT"),
        (lambda b: b.ColumnComment("t", "c", None), "COMMENT ON COLUMN t.c IS NULL"),
    ],
)
def test_a_statement_by_alembics_name_compiles_as_our_change(make: Any, sql: str) -> None:
    from alembic.ddl import base

    assert str(make(base).compile(dialect=postgresql.dialect())) == sql


def test_what_a_plugin_registers_is_a_word_at_once(sqlite_url: str) -> None:
    from alembic import op
    from alembic.operations import BatchOperations, MigrateOperation, Operations

    @Operations.register_operation("make_view")
    @BatchOperations.register_operation("make_view", "batch_make_view")
    class MakeView(MigrateOperation):
        def __init__(self, name: str, select: str) -> None:
            self.name, self.select = name, select

        @classmethod
        def make_view(cls, operations: Any, name: str, *, select: str) -> Any:
            """Make a view."""
            return operations.invoke(cls(name, select))

        @classmethod
        def batch_make_view(cls, operations: Any, name: str) -> Any:
            return operations.invoke(cls(name, f"SELECT a FROM {operations.impl.table_name}"))

    @Operations.implementation_for(MakeView)
    def make_view(operations: Any, operation: MakeView) -> str:
        operations.execute(f"CREATE VIEW {operation.name} AS {operation.select}")
        return operation.name

    engine = create_engine(sqlite_url)
    with engine.begin() as connection, Operations.context(Context(engine.dialect, connection)):
        op.create_table("t", Column("a", Integer))
        assert op.make_view("v", select="SELECT 1 AS a") == "v"
        with op.batch_alter_table("t") as batch:
            batch.make_view("w")
        seen = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'view'"))
        assert sorted(seen.scalars()) == ["v", "w"]
    assert op.make_view.__doc__ == "Make a view."
    for cls in (Operations, BatchOperations):
        del cls.make_view
    engine.dispose()


def test_what_carries_out_an_operation_can_be_replaced() -> None:
    from alembic.operations import Operations, ops, toimpl

    called = []
    with pytest.raises(ValueError, match="replace=True"):
        Operations.implementation_for(ops.DropTableOp)(lambda operations, operation: None)

    @Operations.implementation_for(ops.DropTableOp, replace=True)
    def drop(operations: Any, operation: Any) -> None:
        called.append(operation.table_name)
        operations.impl.drop_table(operation.to_table(operations.migration_context))

    context = Context("postgresql")
    try:
        said(context).drop_table("t", schema="s")
    finally:
        Operations.implementation_for(ops.DropTableOp, replace=True)(toimpl.drop_table)

    assert called == ["t"]
    assert context.written == ["DROP TABLE s.t;"]


def test_the_proxy_can_be_replaced_at_any_time() -> None:
    from alembic import op
    from alembic.operations import Operations

    one, two = Context("postgresql"), Context("postgresql")
    with Operations.context(one):
        op.execute("SELECT 1")
        op._proxy = Operations(two)
        op.execute("SELECT 2")
    op._proxy = None

    assert (one.written, two.written) == (["SELECT 1;"], ["SELECT 2;"])


def test_a_name_given_at_import_speaks_for_what_is_active_later() -> None:
    from alembic.op import add_column, get_context
    from alembic.operations import Operations

    context = Context("postgresql")
    with Operations.context(context):
        add_column("t", Column("a", Integer))
        assert get_context() is context

    assert len(context.written) == 1


def test_a_change_of_ours_can_be_invoked() -> None:
    from ddl_constructs import RenameConstraint

    context = Context("postgresql")

    said(context).invoke(RenameConstraint("a", "b", "t"))

    assert context.written == ["ALTER TABLE t RENAME CONSTRAINT a TO b;"]


def test_parameters_are_refused_where_sql_is_only_written() -> None:
    context = Context("postgresql")

    with pytest.raises(TypeError, match="no parameters"):
        context.impl._exec("SELECT :x", params={"x": 1})


def test_a_separator_of_ones_own_stands_between_statements() -> None:
    context = Context("mssql", mssql_batch_separator="BYE")

    said(context).execute("SELECT 1")

    assert context.written == ["SELECT 1;\nBYE"]


def test_run_async_needs_an_async_connection() -> None:
    connection = SimpleNamespace(dialect=postgresql.dialect(), execute=None)

    with pytest.raises(NotImplementedError):
        said(Context("postgresql")).run_async(None)
    with pytest.raises(ValueError, match="sync"):
        said(Context(connection.dialect, connection)).run_async(None)
