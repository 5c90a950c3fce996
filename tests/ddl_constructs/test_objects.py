"""Views, functions, procedures and triggers: their text, live, in memory, and declared beside models."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy
from ddl_constructs import (
    Change,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreateProcedure,
    CreateSchema,
    CreateTrigger,
    CreateView,
    DropExtension,
    DropFunction,
    DropProcedure,
    DropTrigger,
    DropView,
    ExistingObject,
    Extension,
    Function,
    IrreversibleChange,
    MaterializedView,
    Trigger,
    UnknownObject,
    UnsupportedChange,
    UpdateExtension,
    View,
    apply,
    declared,
)
from ddl_constructs.objects import without_defaults
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    func,
    inspect,
    make_url,
    select,
    text,
)

SERVERS = ["sqlite", "postgresql", "mariadb"]
FUNCTION = {
    "postgresql": "RETURNS integer LANGUAGE sql AS $$ SELECT 7 % 4 $$",
    "mariadb": "RETURNS integer DETERMINISTIC RETURN 7 % 4",
}
STAMP = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'x:%'; RETURN NEW; END $$"
TRIGGER = {
    "sqlite": ("AFTER INSERT", "BEGIN UPDATE users SET name = 'x:%' WHERE id = new.id; END"),
    "postgresql": ("BEFORE INSERT", "FOR EACH ROW EXECUTE FUNCTION stamp()"),
    "mariadb": ("BEFORE INSERT", "FOR EACH ROW SET NEW.name = 'x:%'"),
}


def models() -> tuple[MetaData, Table]:
    metadata = MetaData()
    users = Table(
        "users", metadata, Column("id", Integer, primary_key=True), Column("name", String(9))
    )
    return metadata, users


def said(change: Change, dialect: str) -> str:
    made: Any = make_url(f"{dialect}://").get_dialect()(paramstyle="named")
    return "; ".join(str(change.compile(dialect=made)).split(";\n"))


@pytest.mark.parametrize(
    ("change", "dialect", "expected"),
    [
        pytest.param(
            CreateView(
                "v", "SELECT 1", columns=["a b"], postgresql_with={"security_barrier": True}
            ),
            "postgresql",
            'CREATE VIEW v ("a b") WITH (security_barrier = true) AS SELECT 1',
            id="view-options",
        ),
        pytest.param(
            CreateView(
                "v", "SELECT 1;", schema="s", mysql_algorithm="MERGE", mysql_sql_security="INVOKER"
            ),
            "mysql",
            "CREATE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW s.v AS SELECT 1",
            id="view-options-mysql",
        ),
        pytest.param(
            CreateView("v", text("SELECT ':x'")),
            "sqlite",
            "CREATE VIEW v AS SELECT ':x'",
            id="colon",
        ),
        pytest.param(
            CreateView(
                "v",
                "SELECT 1",
                materialized=True,
                postgresql_using="heap",
                postgresql_tablespace="T",
            ),
            "postgresql",
            'CREATE MATERIALIZED VIEW v USING heap TABLESPACE "T" AS SELECT 1',
            id="materialized-options",
        ),
        pytest.param(
            CreateProcedure("p", "AS SELECT @a", arguments="@a int", schema="s"),
            "mssql",
            "CREATE PROCEDURE s.p @a int AS SELECT @a",
            id="procedure-mssql",
        ),
        pytest.param(
            CreateTrigger("g", "t", "AFTER INSERT", "AS SELECT 1", schema="s", or_replace=True),
            "mssql",
            "CREATE OR ALTER TRIGGER s.g ON s.t AFTER INSERT AS SELECT 1",
            id="trigger-mssql",
        ),
        pytest.param(
            CreateFunction("f", "LANGUAGE sql", arguments="a int = 1", schema="s", comment="it's"),
            "postgresql",
            "CREATE FUNCTION s.f(a int = 1) LANGUAGE sql; COMMENT ON FUNCTION s.f(a int) IS 'it''s'",
            id="function-comment",
        ),
        pytest.param(
            CreateFunction("f", "RETURN NUMBER IS BEGIN RETURN 1; END;", or_replace=True),
            "oracle",
            "CREATE OR REPLACE FUNCTION f RETURN NUMBER IS BEGIN RETURN 1; END;",
            id="function-oracle",
        ),
    ],
)
def test_text(change: Change, dialect: str, expected: str) -> None:
    assert said(change, dialect) == expected


@pytest.mark.parametrize(
    ("change", "dialect"),
    [
        (CreateView("v", "SELECT 1", materialized=True), "sqlite"),
        (CreateView("v", "SELECT 1", if_not_exists=True), "postgresql"),
        (CreateView("v", "SELECT 1", check_option="local"), "oracle"),
        (CreateView("v", "SELECT 1", check_option="sometimes"), "postgresql"),
        (CreateFunction("f", "RETURNS int"), "sqlite"),
        (CreateFunction("f", "RETURNS int RETURN 1", comment="x"), "mysql"),
        (CreateProcedure("f", "AS SELECT 1", comment="x"), "mssql"),
        (CreateTrigger("g", "t", "AFTER INSERT", "x", constraint=True), "mysql"),
    ],
)
def test_what_a_database_cant_say_is_refused_by_name(change: Change, dialect: str) -> None:
    with pytest.raises(UnsupportedChange):
        said(change, dialect)


def test_the_defaults_of_arguments_go() -> None:
    given = "INOUT a integer := 1, b numeric(5, 2) DEFAULT round(1.5, 1), VARIADIC c text[] = '{}'"

    assert without_defaults(given) == "INOUT a integer, b numeric(5, 2), VARIADIC c text[]"


def test_what_replaces_goes_back_only_to_what_is_known() -> None:
    before = CreateView("v", "SELECT 1")
    over = CreateView("v", "SELECT 2", or_replace=True, existing_view=before)

    back: Any = over.reverse()
    assert (back.definition, back.or_replace) == ("SELECT 1", True)
    assert back.reverse().definition == "SELECT 2"
    with pytest.raises(IrreversibleChange):
        CreateView("v", "SELECT 2", or_replace=True).reverse()
    with pytest.raises(IrreversibleChange):
        DropFunction("f").reverse()


@pytest.mark.parametrize("server", SERVERS)
def test_objects_come_are_replaced_and_go(server: str, request: pytest.FixtureRequest) -> None:
    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    metadata, users = models()
    view = CreateView("v", select(users.c.id).where(users.c.name != "a:b%c"))
    over = CreateView("v", "SELECT 5 % 3 AS id", or_replace=True, existing_view=view)
    routines = [] if server == "sqlite" else [CreateFunction("f", FUNCTION[server])]
    stamp = [CreateFunction("stamp", STAMP)] if server == "postgresql" else []
    trigger = CreateTrigger("stamp", "users", *TRIGGER[server])
    with engine.begin() as connection:
        metadata.create_all(connection)
        for change in (view, over, *routines, *stamp, trigger, trigger.replace(or_replace=True)):
            connection.execute(change)
        connection.execute(users.insert().values(id=3))

        assert connection.scalar(text("SELECT id FROM v")) == 2
        assert connection.scalar(select(users.c.name)) == "x:%"
        if routines:
            assert connection.scalar(text("SELECT f()")) == 3
            connection.execute(routines[0].replace(or_replace=True))
        connection.execute(over.reverse())
        assert connection.scalar(text("SELECT id FROM v")) == 3
        for change in (trigger, *stamp, *routines, view):
            connection.execute(change.reverse())
        connection.execute(DropView("v", if_exists=True))
        connection.execute(DropTrigger("stamp", "users", if_exists=True))
        assert inspect(connection).get_view_names() == []
    engine.dispose()


def test_a_materialized_view_is_replaced_with_its_comment(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    view = CreateView("mv", "SELECT 1 AS a", materialized=True, comment="it's", or_replace=True)
    with engine.begin() as connection:
        connection.execute(view)
        connection.execute(view)
        connection.execute(CreateIndex("ix", "mv", ["a"]))
        comment = connection.scalar(text("SELECT obj_description('mv'::regclass)"))
        connection.execute(DropView("mv", materialized=True))
    engine.dispose()

    assert comment == "it's"


@pytest.mark.parametrize("server", SERVERS)
def test_what_is_declared_is_created_and_dropped_with_the_tables(
    server: str, request: pytest.FixtureRequest
) -> None:
    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    metadata, users = models()
    named = View("named", metadata, select(users.c.id, func.upper(users.c.name).label("big")))
    if server == "postgresql":
        Function("stamp", metadata, STAMP)
        MaterializedView("mv", metadata, "SELECT 1 AS a", indexes=[CreateIndex("ix", "mv", ["a"])])
    Trigger("stamp", users, *TRIGGER[server])
    Function("elsewhere", metadata, "nonsense", dialects=["oracle"])
    with engine.begin() as connection:
        metadata.create_all(connection)
        metadata.create_all(connection)
        connection.execute(users.insert().values(id=3))

        assert connection.execute(select(named.table.c.id, named.table.c.big)).all() == [(3, "X:%")]
        metadata.drop_all(connection)
        metadata.drop_all(connection)
        assert inspect(connection).get_view_names() == []
        assert inspect(connection).get_table_names() == []
    engine.dispose()


def test_a_function_that_a_default_calls_comes_before_the_table(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    metadata = MetaData()
    Table("t", metadata, Column("n", Integer, server_default=text("first_number()")))
    Function("first_number", metadata, "RETURNS integer LANGUAGE sql AS 'SELECT 1'")
    with engine.begin() as connection:
        metadata.create_all(connection)
        metadata.drop_all(connection)
    engine.dispose()


def test_an_extension_comes_before_the_tables(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    metadata, _ = models()
    Extension("pg_stat_statements", metadata)
    with engine.begin() as connection:
        there = text(
            "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'"
        )
        if not connection.scalar(there):
            pytest.skip("the extension isn't installed")
        metadata.create_all(connection)
        metadata.create_all(connection)
        connection.execute(UpdateExtension("pg_stat_statements"))
        metadata.drop_all(connection)
    engine.dispose()


def test_schemas_and_extensions_in_memory() -> None:
    after = apply(
        MetaData(),
        CreateSchema("audit"),
        CreateExtension("a", version="1"),
        CreateExtension("a", if_not_exists=True),
        CreateExtension("b"),
        UpdateExtension("a", "2"),
        DropExtension("b"),
    )

    assert [(e.key.name, e.create.version) for e in declared(after)] == [("a", "2")]
    with pytest.raises(UnknownObject, match="no extension b"):
        apply(after, UpdateExtension("b"))


def test_one_name_is_declared_once_for_a_dialect() -> None:
    metadata, _ = models()
    View("v", metadata, "SELECT 1", dialects=["sqlite"])
    View("v", metadata, "SELECT 2", dialects=["postgresql"])

    with pytest.raises(ExistingObject, match="view v is there already"):
        View("v", metadata, "SELECT 3")


@pytest.mark.skipif(not hasattr(sqlalchemy, "CreateView"), reason="it came with SQLAlchemy 2.1")
def test_a_view_of_sqlalchemy_itself_is_declared_too() -> None:
    metadata, users = models()
    sqlalchemy.CreateView(select(users.c.id), "ids", metadata=metadata)

    (found,) = declared(metadata)

    assert found.create.describe() == "create view ids"
    assert [t.name for t in apply(metadata).tables.values()] == ["users"]
    assert [each.key.name for each in declared(apply(metadata))] == ["ids"]


def test_a_schema_in_memory_has_them() -> None:
    metadata, _ = models()
    View("v", metadata, "SELECT 1")
    function = CreateFunction("f", "RETURNS int", arguments="a int DEFAULT 1")

    after = apply(
        metadata,
        CreateView("v", "SELECT 2", or_replace=True),
        function,
        CreateProcedure("p", "AS x"),
        CreateTrigger("g", "users", "AFTER INSERT", "x"),
        CreateTrigger("h", "v", "INSTEAD OF INSERT", "x"),
        CreateTrigger("gone", "users", "AFTER INSERT", "x"),
        DropTrigger("gone", "users"),
    )

    found = {each.key.spoken: each.create for each in declared(after)}
    assert sorted(found) == ["f", "g on users", "h on v", "p", "v"]
    assert found["v"].definition == "SELECT 2"
    gone = apply(after, DropFunction("f"), DropProcedure("p"), DropView("v"))
    assert [each.key.spoken for each in declared(gone)] == ["g on users"]
    assert [each.create.definition for each in declared(metadata)] == ["SELECT 1"]


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (DropView("vv"), UnknownObject, "there is no view vv"),
        (CreateView("v", "SELECT 1"), ExistingObject, "view v is there already"),
        (CreateTrigger("g", "tt", "AFTER INSERT", "x"), UnknownObject, "there is no table tt"),
        (DropTrigger("g", "users"), UnknownObject, "there is no trigger g on users"),
    ],
)
def test_what_cant_be_in_memory_is_named(change: Change, error: type[Exception], said: str) -> None:
    metadata, _ = models()
    View("v", metadata, "SELECT 1")

    with pytest.raises(error, match=said):
        apply(metadata, change)


def test_what_may_be_gone_is_no_error_in_memory() -> None:
    assert declared(apply(MetaData(), DropView("v", if_exists=True))) == ()
