"""A program that imports this package alone: execute, compile, events, async, other dialects."""

from __future__ import annotations

import asyncio
import copy
import pickle
import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import ddl_constructs
import pytest
import sqlalchemy as sa
from ddl_constructs import (
    KEEP,
    AddColumn,
    AddConstraint,
    AddEnumValue,
    AlterColumn,
    BrokenDialect,
    BulkInsert,
    Change,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropTable,
    IrreversibleChange,
    RenameTable,
    ReplaceEnum,
    UnknownOption,
    UnsupportedChange,
    create_check_constraint,
    create_unique_constraint,
    loading,
    lowers,
)
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.ext.compiler import compiles


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def columns(connection: Connection, table: str) -> list[str]:
    return [c["name"] for c in inspect(connection).get_columns(table)]


def test_a_connection_executes_a_change(connection: Connection) -> None:
    connection.execute(CreateTable("t", Column("id", Integer)))
    connection.execute(AddColumn("t", Column("age", Integer, index=True)))

    assert columns(connection, "t") == ["id", "age"]
    assert [i["name"] for i in inspect(connection).get_indexes("t")] == ["ix_t_age"]


def test_a_change_of_several_statements_runs_them_all_through_one_execute(
    postgresql_url: str,
) -> None:
    """SQLAlchemy's inner hook `_execute_on_connection` is what a change relies on."""
    seen: list[str] = []
    engine = create_engine(postgresql_url)
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with engine.begin() as connection:
        connection.execute(CreateTable("t", Column("a", String(5), server_default="x")))
        seen.clear()
        connection.execute(
            AlterColumn("t", "a", nullable=False, type_=String(9), server_default=None)
        )
    engine.dispose()

    assert seen == [
        "ALTER TABLE t ALTER COLUMN a TYPE VARCHAR(9)",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
        "ALTER TABLE t ALTER COLUMN a DROP DEFAULT",
    ]


def test_its_statements_can_be_executed_one_by_one(connection: Connection) -> None:
    """Each is one statement for good, also where its kind stands for several (an index)."""
    change = CreateTable("t", Column("id", Integer, index=True))

    for statement in change.statements(connection.dialect, connection):
        connection.execute(statement)

    assert [i["name"] for i in inspect(connection).get_indexes("t")] == ["ix_t_id"]


def test_what_can_not_be_said_fails_before_anything_ran(postgresql_url: str) -> None:
    seen: list[str] = []
    engine = create_engine(postgresql_url)
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    computed = AlterColumn("t", "a", nullable=False, server_default=sa.Computed("1"))
    with engine.begin() as connection:
        seen.clear()

        with pytest.raises(UnsupportedChange, match="computed"):
            connection.execute(computed)

    assert seen == []
    engine.dispose()


def test_a_change_listens_to_a_tables_events(connection: Connection) -> None:
    table = Table("t", MetaData(), Column("id", Integer))
    event.listen(table, "after_create", AddColumn("t", Column("late", Integer)))
    event.listen(
        table,
        "after_create",
        AddColumn("t", Column("elsewhere", Integer)).execute_if(dialect="postgresql"),
    )

    table.create(connection)

    assert columns(connection, "t") == ["id", "late"]


def test_events_of_the_created_table_fire(connection: Connection) -> None:
    """DDL-073: listeners on the Table class, or given as `listeners`, hear of it."""
    heard: list[str] = []
    listeners = [
        (when, lambda table, *args, when=when, **kw: heard.append(f"{when} {table.name}"))
        for when in ("before_create", "after_create")
    ]

    connection.execute(CreateTable("t", Column("id", Integer), listeners=listeners))

    assert heard == ["before_create t", "after_create t"]


def test_an_async_connection_executes_a_change(tmp_path: Path) -> None:
    async def run() -> list[str]:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
        async with engine.begin() as connection:
            await connection.execute(CreateTable("t", Column("id", Integer)))
            await connection.execute(AddColumn("t", Column("age", Integer, index=True)))
            await connection.execute(AlterColumn("t", "age", existing_type=Integer()))
            await connection.execute(BulkInsert(sa.table("t"), []))
            found = await connection.run_sync(lambda c: columns(c, "t"))
        await engine.dispose()
        return found

    assert asyncio.run(run()) == ["id", "age"]


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
def test_an_async_connection_to_a_server_executes_several_statements(
    postgresql_url: str, driver: str
) -> None:
    pytest.importorskip(driver)
    url = sa.make_url(postgresql_url).set(drivername=f"postgresql+{driver}")

    async def run() -> list[str]:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        async with engine.begin() as connection:
            await connection.execute(CreateTable("t", Column("id", Integer), comment="50% :x"))
            await connection.execute(AddColumn("t", Column("e", sa.Enum("it's", name="e"))))
            await connection.execute(AddEnumValue("e", "new"))
            await connection.execute(ReplaceEnum("e", ["new", "it's"]))
            found = await connection.run_sync(lambda c: columns(c, "t"))
        await engine.dispose()
        return found

    assert asyncio.run(run()) == ["id", "e"]


def test_printing_a_change_never_fails() -> None:
    assert str(RenameTable("a", "b")) == "ALTER TABLE a RENAME TO b"
    assert str(AddEnumValue("e", "x")) == "add value 'x' to enum e"


@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(copy.copy, id="copy"),
        pytest.param(copy.deepcopy, id="deepcopy"),
        pytest.param(lambda change: pickle.loads(pickle.dumps(change)), id="pickle"),
    ],
)
def test_a_copy_is_the_same_change(copied: Any) -> None:
    for change in (
        AddColumn("t", Column("a", Integer, sa.ForeignKey("o.id"))),
        CreateTable("t", Column("a", Integer)),
        AlterColumn("t", "a", nullable=True),
        CreateIndex("i", "t", [sa.func.lower(sa.column("a"))]),
    ):
        before = str(change)
        assert str(copied(change)) == before
    assert copied(AlterColumn("t", "a", nullable=True)).comment is KEEP


def test_a_schema_translate_map_applies(postgresql_url: str) -> None:
    """LIM-125: the peer's ALTER directives pass over the map."""
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA tenant"))
        mapped = connection.execution_options(schema_translate_map={None: "tenant"})
        mapped.execute(CreateTable("t", Column("id", Integer)))
        mapped.execute(AddColumn("t", Column("age", Integer, index=True, comment="x")))
        mapped.execute(create_unique_constraint("uq", "t", ["age"]))
        mapped.execute(RenameTable("t", "u"))

        found = inspect(connection)
        assert found.get_table_names(schema="tenant") == ["u"]
        assert found.get_columns("u", schema="tenant")[1]["comment"] == "x"
        assert found.get_table_names() == []
    engine.dispose()


def test_a_look_up_follows_a_schema_translate_map(connection: Connection) -> None:
    connection.execute(sa.text("ATTACH ':memory:' AS tenant"))
    connection.execute(CreateTable("t", Column("a", Integer)))
    mapped = connection.execution_options(schema_translate_map={None: "tenant"})
    mapped.execute(CreateTable("t", Column("id", Integer)))

    for _ in range(2):
        mapped.execute(AddColumn("t", Column("a", Integer), if_not_exists=True))

    assert [c["name"] for c in inspect(connection).get_columns("t", schema="tenant")] == ["id", "a"]


def test_what_the_caller_owns_is_never_bound_or_changed(connection: Connection) -> None:
    metadata = MetaData()
    parent = Table("parent", metadata, Column("id", Integer, primary_key=True))
    own = Column("own", Integer, sa.ForeignKey(parent.c.id), unique=True)
    unique = sa.UniqueConstraint("own", name="uq")
    model = Table("model", metadata, Column("x", Integer, sa.ForeignKey("parent.id"), index=True))
    before = (repr(model.c.x), set(model.constraints), set(model.indexes), set(metadata.tables))
    for change in (
        AddColumn("t", own),
        AddColumn("t", model.c.x),
        AddConstraint("t", unique),
        CreateTable.of(model),
        CreateTable("t", own, unique),
        create_check_constraint("ck", "t", model.c.x > 5),
        CreateIndex("ix", "t", [sa.func.lower(model.c.x)]),
    ):
        str(change.compile(dialect=postgresql.dialect()))

    assert own.table is None
    assert getattr(unique, "parent", None) is None
    assert before == (
        repr(model.c.x),
        set(model.constraints),
        set(model.indexes),
        set(metadata.tables),
    )


def test_one_change_says_itself_on_several_dialects_in_any_order() -> None:
    change = AddColumn("t", Column("a", String(5), index=True, comment="x"))
    text = {d: str(change.compile(dialect=d())) for d in (postgresql.dialect, DefaultDialect)}

    again = {d: str(change.compile(dialect=d())) for d in (DefaultDialect, postgresql.dialect)}

    assert text == again


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(DropTable("t"), id="table"),
        pytest.param(DropColumn("t", "c"), id="column"),
        pytest.param(AlterColumn("t", "c", nullable=False), id="alter"),
        pytest.param(create_unique_constraint(None, "t", ["a"]), id="unnamed-constraint"),
    ],
)
def test_a_reverse_that_can_not_be_known_names_the_missing_fact(change: Change) -> None:
    """LIM-143: the peer makes up an empty table, or an alter that alters nothing."""
    with pytest.raises(IrreversibleChange) as caught:
        change.reverse()

    assert caught.value.facts
    assert caught.value.facts[0] in str(caught.value)


def test_a_rename_is_reversed() -> None:
    back = AlterColumn("t", "a", new_column_name="b").reverse()

    assert (back.column_name, back.new_column_name) == ("b", "a")


@pytest.mark.parametrize(
    ("build", "near"),
    [
        pytest.param(lambda: AlterColumn("t", "c", nullabel=True), "nullable", id="alter"),
        pytest.param(lambda: DropColumn("t", "c", if_exist=True), "if_exists", id="drop"),
        pytest.param(lambda: RenameTable("a", "b").replace(scheme="s"), "schema", id="replace"),
    ],
)
def test_an_unknown_keyword_is_named_with_its_near_match(build: Any, near: str) -> None:
    with pytest.raises(UnknownOption, match=near):
        build()


class FakeDialect(DefaultDialect):
    name = "fakesql"
    supports_statement_cache = False


class FakeRules:
    """What a distribution for a third-party dialect would hold in its module."""

    @staticmethod
    def register() -> None:
        @compiles(AddColumn, "fakesql")
        def add(change: AddColumn, compiler: Any, **kw: Any) -> str:
            return f"FAKE ADD {change.column.name}"

        @compiles(DropColumn, "fakesql")
        def drop(change: DropColumn, compiler: Any, **kw: Any) -> str:
            return f"FAKE DROP {change.column_name}"

        @lowers(RenameTable, "fakesql")
        def rename(change: RenameTable, dialect: Any, connection: Any) -> Iterator[Change]:
            yield DropColumn(change.old_table_name, "one")
            yield DropColumn(change.old_table_name, "two")


def test_a_third_party_dialect_joins_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """DDL-015, DDL-168: nobody imports it; the first change on that dialect does."""
    entry = EntryPoint("fakesql", "fake.module", loading.ENTRY_POINTS)
    monkeypatch.setattr(EntryPoint, "load", lambda self: FakeRules.register())
    monkeypatch.setattr(
        "importlib.metadata.entry_points",
        lambda group, name: [entry] if (group, name) == (loading.ENTRY_POINTS, "fakesql") else [],
    )

    assert str(AddColumn("t", Column("a", Integer)).compile(dialect=FakeDialect())) == "FAKE ADD a"
    assert (
        str(RenameTable("t", "u").compile(dialect=FakeDialect())) == "FAKE DROP one;\nFAKE DROP two"
    )


def test_a_third_party_dialect_that_is_broken_is_named_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = EntryPoint("brokensql", "no_such_module", loading.ENTRY_POINTS)
    monkeypatch.setattr(
        "importlib.metadata.entry_points",
        lambda group, name: [entry] if name == "brokensql" else [],
    )

    class Broken(DefaultDialect):
        name = "brokensql"

    for _ in range(2):
        with pytest.raises(BrokenDialect) as caught:
            AddColumn("t", Column("a", Integer)).statements(Broken())

        assert str(caught.value) == (
            "plugin 'brokensql' (ddl_constructs.dialects) is broken: "
            "ModuleNotFoundError: No module named 'no_such_module'"
        )


def test_a_dialect_that_nobody_knows_speaks_the_generic_form() -> None:
    class Unknown(DefaultDialect):
        name = "nobody"
        supports_statement_cache = False

    assert (
        str(AlterColumn("t", "c", nullable=False).compile(dialect=Unknown()))
        == "ALTER TABLE t ALTER COLUMN c SET NOT NULL"
    )


def test_if_not_exists_looks_first_where_sqlite_has_no_words(connection: Connection) -> None:
    """LIM-037: the peer's text is rejected by the server."""
    connection.execute(CreateTable("t", Column("id", Integer)))
    for _ in range(2):
        connection.execute(AddColumn("t", Column("a", Integer, index=True), if_not_exists=True))
    assert columns(connection, "t") == ["id", "a"]

    connection.execute(sa.text("DROP INDEX ix_t_a"))
    for _ in range(2):
        connection.execute(DropColumn("t", "a", if_exists=True))
    assert columns(connection, "t") == ["id"]


def test_what_sqlite_refuses_is_mended_with_and_without_migrate_cli() -> None:
    """The names are those of this package, so that who has nothing else can say them."""
    engine = create_engine("sqlite://")

    with engine.connect() as connection, pytest.raises(UnsupportedChange) as caught:
        connection.execute(AlterColumn("users", "age", nullable=False))

    hint = str(caught.value.hint)
    assert hint.startswith('migrate-cli does that inside \'with op.batch_alter_table("users")')
    by_hand = hint.partition("by hand: ")[2]
    named = [word for word in re.findall(r"\w+", by_hand) if hasattr(ddl_constructs, word)]
    assert named == ["CreateTable", "CopyRows", "DropTable", "RenameTable"]
