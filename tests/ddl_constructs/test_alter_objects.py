"""Other names, schemas and owners of objects, triggers that fire or don't: text, live, and in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ddl_constructs import (
    AlterTrigger,
    Change,
    CompositeType,
    CreateFunction,
    CreateTrigger,
    CreateView,
    ExistingObject,
    Function,
    Grant,
    InapplicableChange,
    IrreversibleChange,
    MaterializedView,
    OpaqueChange,
    RenameObject,
    SetObjectSchema,
    SetOwner,
    Trigger,
    UnknownObject,
    UnrewritableText,
    UnsupportedChange,
    View,
    WrongValue,
    apply,
    declared,
)
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Sequence,
    Table,
    create_engine,
    inspect,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import DOMAIN

ODD = "a \"b\" 'c' 50% d"
SETUP = r"""
CREATE SCHEMA "s %";
CREATE TABLE "s %".t (id int DEFAULT 1, name text);
CREATE VIEW "s %"."v %" AS SELECT id FROM "s %".t;
CREATE VIEW "s %".above AS SELECT id FROM "s %"."v %";
CREATE MATERIALIZED VIEW "s %".mv AS SELECT id FROM "s %".t;
CREATE INDEX ix ON "s %".mv (id);
CREATE FUNCTION "s %"."f %"(a int, b text DEFAULT 'x,%') RETURNS int LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION "s %"."f %"(a text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE "s %".p() LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION "s %".tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER "tr %" BEFORE UPDATE ON "s %".t FOR EACH ROW EXECUTE FUNCTION "s %".tf();
CREATE SEQUENCE "s %"."q %";
CREATE DOMAIN "s %"."d %" AS int CHECK (VALUE > 0);
CREATE TYPE "s %".place AS (x int);
CREATE TYPE "s %".mood AS ENUM ('sad');
CREATE TABLE "s %".typed (d "s %"."d %"[], p "s %".place, m "s %".mood, n int DEFAULT nextval('"s %"."q %"'));
CREATE SCHEMA other;
"""
CATALOG = """
SELECT 'class', n.nspname, c.relname, c.relkind::text, pg_get_userbyid(c.relowner), pg_get_viewdef(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_|^info' AND n.nspname <> 'pg_toast'
UNION ALL SELECT 'proc', n.nspname, p.proname, pg_get_function_arguments(p.oid), pg_get_userbyid(p.proowner), p.prosrc
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname !~ '^pg_|^info'
UNION ALL SELECT 'type', n.nspname, t.typname, t.typtype::text, pg_get_userbyid(t.typowner), NULL
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname !~ '^pg_|^info'
UNION ALL SELECT 'schema', nspname, '', '', pg_get_userbyid(nspowner), NULL FROM pg_namespace
UNION ALL SELECT 'trigger', tgname, tgenabled::text, '', '', pg_get_triggerdef(oid) FROM pg_trigger
UNION ALL SELECT 'default', '', '', '', '', pg_get_expr(adbin, adrelid) FROM pg_attrdef
ORDER BY 1, 2, 3, 4, 5, 6
"""


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[Connection]:
    engine = create_engine(postgresql_url)
    with engine.connect() as found:
        yield found
    engine.dispose()


def catalog(connection: Connection) -> list[Any]:
    return [tuple(row) for row in connection.exec_driver_sql(CATALOG.replace("%", "%%"))]


HERE = {"schema": "s %"}


@pytest.mark.parametrize(
    "change",
    [
        RenameObject("v %", ODD, kind="view", **HERE),
        RenameObject("mv", ODD, kind="materialized view", **HERE),
        RenameObject("f %", ODD, kind="function", arguments="a int, b text = 'y'", **HERE),
        RenameObject("p", ODD, kind="procedure", **HERE),
        RenameObject("tf", ODD, kind="function", **HERE),
        RenameObject("tr %", ODD, kind="trigger", table_name="t", **HERE),
        RenameObject("s %", ODD, kind="schema"),
        SetObjectSchema("v %", "other", kind="view", **HERE),
        SetObjectSchema("mv", "other", kind="materialized view", **HERE),
        SetObjectSchema("f %", None, kind="function", arguments="a text", **HERE),
        SetObjectSchema("p", "other", kind="procedure", **HERE),
        SetObjectSchema("q %", "other", kind="sequence", **HERE),
        SetObjectSchema("d %", "other", kind="type", **HERE),
        SetObjectSchema("place", "other", kind="type", **HERE),
        SetObjectSchema("mood", "other", kind="type", **HERE),
        *(
            SetOwner(name, "ro\"le '%", kind=kind, arguments=arguments, **HERE)
            for name, kind, arguments in [
                ("t", "table", None),
                ("v %", "view", None),
                ("mv", "materialized view", None),
                ("q %", "sequence", None),
                ("f %", "function", "a text"),
                ("p", "procedure", ""),
                ("d %", "type", None),
                ("place", "type", None),
                ("mood", "type", None),
            ]
        ),
        SetOwner("s %", "ro\"le '%", kind="schema"),
        *(
            AlterTrigger("tr %", "t", enabled=enabled, existing_enabled=True, **HERE)
            for enabled in (False, "replica", "always")
        ),
    ],
    ids=lambda change: change.describe(),
)
def test_a_change_and_its_reverse_on_postgresql(connection: Connection, change: Change) -> None:
    for statement in SETUP.split(";\n"):
        connection.exec_driver_sql(statement.replace("%", "%%"))
    connection.exec_driver_sql('CREATE ROLE "ro""le \'%%"')
    me = connection.exec_driver_sql("SELECT current_user").scalar_one()
    if isinstance(change, SetOwner):
        change = change.replace(existing_owner=me)
    begun = catalog(connection)

    connection.execute(change)
    changed = catalog(connection)
    connection.execute(change.reverse())

    assert changed != begun
    assert catalog(connection) == begun
    connection.rollback()


@pytest.mark.parametrize("server", ["mariadb"])
def test_a_view_is_renamed_on_mariadb(server: str, request: pytest.FixtureRequest) -> None:
    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    new = "a `b` 'c' 50%"
    with engine.connect() as connection:
        connection.execute(CreateView("v", "SELECT 1 AS n"))
        connection.execute(RenameObject("v", new, kind="view"))
        found = inspect(connection).get_view_names()
        connection.execute(RenameObject("v", new, kind="view").reverse())
        back = inspect(connection).get_view_names()
        connection.exec_driver_sql("DROP VIEW v")
    engine.dispose()

    assert (found, back) == ([new], ["v"])


@pytest.mark.parametrize(
    "enabled", [None, True, False, "replica", "always"], ids=lambda value: str(value)
)
@pytest.mark.parametrize("constraint", [False, True], ids=["plain", "constraint"])
def test_a_trigger_is_created_and_replaced_as_it_shall_fire(
    connection: Connection, enabled: Any, constraint: bool
) -> None:
    connection.exec_driver_sql("CREATE TABLE t (id int)")
    connection.execute(
        CreateFunction("tf", "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    )
    body = "FOR EACH ROW EXECUTE FUNCTION tf()"
    create = CreateTrigger("tr", "t", "AFTER INSERT", body, constraint=constraint, enabled=enabled)
    letters = {None: "O", True: "O", False: "D", "replica": "R", "always": "A"}
    state = text("SELECT tgenabled::text FROM pg_trigger WHERE tgname = 'tr'")

    connection.execute(create)
    made = connection.execute(state).scalar_one()
    connection.execute(create.replace(or_replace=True))
    again = connection.execute(state).scalar_one()
    connection.execute(create.replace(or_replace=True, enabled=None))
    fires = connection.execute(state).scalar_one()
    connection.rollback()

    assert (made, again, fires) == (letters[enabled], letters[enabled], "O")


NO = UnsupportedChange


def said(change: Change, dialect: str) -> str:
    made: Any = make_url(f"{dialect}://").get_dialect()(paramstyle="named")
    return "; ".join(str(change.compile(dialect=made)).split(";\n"))


@pytest.mark.parametrize(
    ("change", "dialect", "expected"),
    [
        (RenameObject("v", "w", kind="view"), "sqlite", NO),
        (RenameObject("f", "g", kind="function"), "mysql", NO),
        (RenameObject("s", "t", kind="schema"), "mariadb", NO),
        (RenameObject("v", "w", kind="view"), "mssql", NO),
        (RenameObject("s", "t", kind="schema"), "mssql", NO),
        (RenameObject("v", "w", kind="view"), "oracle", "RENAME v TO w"),
        (RenameObject("v", "w", kind="view", schema="s"), "oracle", NO),
        (RenameObject("v", "w", kind="materialized view"), "oracle", NO),
        (RenameObject("v", "w" * 200, kind="view"), "oracle", NO),
        (
            RenameObject("t", "u", kind="trigger", table_name="x", schema="s"),
            "oracle",
            "ALTER TRIGGER s.t RENAME TO u",
        ),
        (SetObjectSchema("v", "n", kind="view"), "mssql", NO),
        (SetObjectSchema("v", "n", kind="view"), "mariadb", NO),
        (SetObjectSchema("e", "n", kind="extension"), "mssql", NO),
        (
            SetObjectSchema("d", "n", kind="type", schema="s"),
            "mssql",
            "ALTER SCHEMA n TRANSFER TYPE::s.d",
        ),
        (
            SetObjectSchema("e", "n", kind="extension", schema="s"),
            "postgresql",
            "ALTER EXTENSION e SET SCHEMA n",
        ),
        (SetOwner("t", "r", kind="table"), "mysql", NO),
        (SetOwner("q", "r", kind="sequence"), "mssql", NO),
        (
            SetOwner("p", "r", kind="procedure", schema="s"),
            "mssql",
            "ALTER AUTHORIZATION ON OBJECT::s.p TO r",
        ),
        (SetOwner("s", "r", kind="schema"), "mssql", "ALTER AUTHORIZATION ON SCHEMA::s TO r"),
        (
            AlterTrigger("t", "x", enabled=False, schema="s"),
            "mssql",
            "DISABLE TRIGGER s.t ON s.x",
        ),
        (AlterTrigger("t", "x", enabled="always"), "mssql", NO),
        (AlterTrigger("t", "x", enabled=True), "oracle", "ALTER TRIGGER t ENABLE"),
        (AlterTrigger("t", "x", enabled="replica"), "oracle", NO),
        (AlterTrigger("t", "x", enabled=False), "sqlite", NO),
        (AlterTrigger("t", "x", enabled=False), "mariadb", NO),
        (CreateTrigger("t", "x", "AFTER INSERT", "b", enabled=False), "sqlite", NO),
        (CreateTrigger("t", "x", "AFTER INSERT", "b", enabled=False), "mariadb", NO),
        (
            CreateTrigger("t", "x", "AFTER INSERT", "b", enabled=False),
            "mssql",
            "CREATE TRIGGER t ON x AFTER INSERT b; DISABLE TRIGGER t ON x",
        ),
    ],
    ids=lambda value: value.describe() if isinstance(value, Change) else None,
)
def test_text_or_refused_by_name(change: Change, dialect: str, expected: Any) -> None:
    if expected is NO:
        with pytest.raises(NO, match=r"can't (rename|move|give|enable|disable) "):
            said(change, dialect)
    else:
        assert said(change, dialect) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: RenameObject("t", "u", kind="trigger"),
        lambda: RenameObject("v", "w", kind="view", table_name="t"),
        lambda: RenameObject("t", "u", kind="table"),
        lambda: SetOwner("t", "", kind="table"),
        lambda: AlterTrigger("t", "u", enabled="sometimes"),
    ],
)
def test_what_they_cant_mean_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(WrongValue):
        wrong()


@pytest.mark.parametrize(
    "change",
    [SetOwner("t", "r", kind="table"), AlterTrigger("t", "x", enabled=False)],
    ids=lambda change: change.describe(),
)
def test_without_what_was_there_is_no_way_back(change: Change) -> None:
    with pytest.raises(IrreversibleChange, match="state existing_"):
        change.reverse()


def models() -> MetaData:
    metadata = MetaData()
    t = Table(
        "t",
        metadata,
        Column("id", Integer, Sequence("q", schema="s"), primary_key=True),
        Column("up", ForeignKey("s.t.id")),
        schema="s",
    )
    v = View("v", metadata, "SELECT id FROM s.t", schema="s")
    MaterializedView("mv", metadata, "SELECT 1 AS n", schema="s")
    f = Function("f", metadata, "RETURNS int", arguments="a int", schema="s")
    Function("f", metadata, "RETURNS int", arguments="a text", schema="s")
    Trigger("tr", v, "INSTEAD OF INSERT", "EXECUTE FUNCTION s.f()")
    Trigger("own", t, "AFTER INSERT", "EXECUTE FUNCTION s.f()", enabled=False)
    Grant(["SELECT"], v, "reader")
    Grant(["EXECUTE"], f, "reader")
    return metadata


def keys(metadata: MetaData) -> set[str]:
    tables = {f"table {t}" for t in metadata.tables}
    sequences = {f"sequence {s}" for s in metadata._sequences}
    return tables | sequences | {f"{o.key.kind} {o.key.spoken}" for o in declared(metadata)}


@pytest.mark.parametrize(
    ("change", "gone", "new"),
    [
        (
            RenameObject("v", "w", kind="view", schema="s"),
            {"view s.v", "trigger s.tr on v", "grant s.reader on v"},
            {"view s.w", "trigger s.tr on w", "grant s.reader on w"},
        ),
        (
            RenameObject("mv", "w", kind="materialized view", schema="s"),
            {"view s.mv"},
            {"view s.w"},
        ),
        (
            RenameObject("f", "g", kind="function", schema="s", arguments="a int = 1"),
            {"grant s.reader on f"},
            {"function s.g", "grant s.reader on g"},
        ),
        (
            RenameObject("own", "mine", kind="trigger", table_name="t", schema="s"),
            {"trigger s.own on t"},
            {"trigger s.mine on t"},
        ),
        (
            SetObjectSchema("v", None, kind="view", schema="s"),
            {"view s.v", "trigger s.tr on v", "grant s.reader on v"},
            {"view v", "trigger tr on v", "grant reader on v"},
        ),
        (
            SetObjectSchema("q", "n", kind="sequence", schema="s"),
            {"sequence s.q"},
            {"sequence n.q"},
        ),
        (SetOwner("v", "r", kind="view", schema="s", existing_owner="me"), set(), set()),
        (
            AlterTrigger("own", "t", enabled=True, schema="s", existing_enabled=False),
            set(),
            set(),
        ),
    ],
    ids=lambda value: value.describe() if isinstance(value, Change) else None,
)
def test_in_memory_what_hangs_on_it_follows(change: Change, gone: set[str], new: set[str]) -> None:
    before = models()

    after = apply(before, change)

    assert keys(before) - keys(after) == gone
    assert keys(after) - keys(before) == new
    assert keys(apply(after, change.reverse())) == keys(before)


def test_in_memory_all_of_a_schema_moves() -> None:
    after = apply(models(), RenameObject("s", "n", kind="schema"))

    assert {key.replace(" s.", " n.") for key in keys(models())} == keys(after)
    assert after.tables["n.t"].c.id.default.schema == "n"
    assert [fk.target_fullname for fk in after.tables["n.t"].foreign_keys] == ["n.t.id"]


def test_in_memory_columns_follow_their_type() -> None:
    metadata = MetaData()
    place = CompositeType("place", metadata, Column("x", Integer))
    Table("t", metadata, Column("p", place.type), Column("d", DOMAIN("d", Integer)))

    after = apply(
        metadata,
        SetObjectSchema("place", "n", kind="type"),
        SetObjectSchema("d", "n", kind="type"),
    )

    types: list[Any] = [c.type for c in after.tables["t"].columns]
    assert [(t.schema, t.name) for t in types] == [("n", "place"), ("n", "d")]


def test_in_memory_a_trigger_fires_or_not() -> None:
    change = AlterTrigger("own", "t", enabled="always", schema="s")

    after = apply(models(), change)

    states = {o.key.name: o.create.enabled for o in declared(after) if o.key.kind == "trigger"}
    assert states == {"tr": None, "own": "always"}


def calling() -> MetaData:
    metadata = MetaData()
    Function("f", metadata, "RETURNS int")
    Table("t", metadata, Column("id", Integer, server_default=text("f()")))
    return metadata


def typed() -> MetaData:
    metadata = MetaData()
    Table("t", metadata, Column("d", DOMAIN("d", Integer, schema="s")), schema="s")
    return metadata


@pytest.mark.parametrize(
    ("metadata", "change", "error"),
    [
        (models, RenameObject("w", "x", kind="view", schema="s"), UnknownObject),
        (models, RenameObject("v", "mv", kind="view", schema="s"), ExistingObject),
        (models, RenameObject("f", "g", kind="function", schema="s"), UnknownObject),
        (models, AlterTrigger("none", "t", enabled=True, schema="s"), UnknownObject),
        (calling, RenameObject("f", "g", kind="function"), UnrewritableText),
        (typed, RenameObject("s", "n", kind="schema"), OpaqueChange),
        (models, SetObjectSchema("e", "n", kind="type"), OpaqueChange),
    ],
    ids=lambda value: value.describe() if isinstance(value, Change) else None,
)
def test_what_cant_be_in_memory_is_named(
    metadata: Any, change: Change, error: type[InapplicableChange]
) -> None:
    with pytest.raises(error):
        apply(metadata(), change)
