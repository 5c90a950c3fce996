"""Views, routines and triggers beside the models: there and back, and what is refused by name."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from ddl_autogen import (
    BrokenDefinition,
    CyclicDefinitions,
    ForeignObject,
    MissingRight,
    NotCarried,
    Options,
    StillUsed,
    compare,
    render,
    reverse,
)
from ddl_constructs import (
    CreateIndex,
    Extension,
    Function,
    MaterializedView,
    Procedure,
    Trigger,
    View,
)
from roundtrip.walk import run
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    func,
    select,
    text,
)

SERVERS = ["sqlite", "postgresql", "mariadb"]
Models = Callable[[str], MetaData]


def users(metadata: MetaData, *more: str, name: int = 20, without: str = "") -> Table:
    columns: list[Any] = [
        Column("id", Integer, primary_key=True),
        Column("name", String(name)),
        Column("age", Integer),
        *(Column(n, String(9)) for n in more),
    ]
    return Table("users", metadata, *(c for c in columns if c.name != without))


def nothing(server: str) -> MetaData:
    metadata = MetaData()
    users(metadata)
    return metadata


def chain(server: str, age: int = 18, **kw: Any) -> MetaData:
    metadata = MetaData()
    u = users(metadata, **kw)
    View("a_grown", metadata, select(u.c.id, u.c.name).where(u.c.age >= age))
    View("loud", metadata, "SELECT id, upper(name) AS big FROM a_grown WHERE id <> 0")
    View("how_many", metadata, "SELECT count(*) AS n, max(big) AS last FROM loud")
    return metadata


def other_condition(server: str) -> MetaData:
    return chain(server, 21)


def other_columns(server: str) -> MetaData:
    metadata = MetaData()
    u = users(metadata, "mail")
    View("a_grown", metadata, select(u.c.id, func.lower(u.c.mail).label("name"), u.c.age))
    View("loud", metadata, "SELECT id, upper(name) AS big, age FROM a_grown WHERE id <> 0")
    View("how_many", metadata, "SELECT count(*) AS n, max(big) AS last FROM loud")
    return metadata


def wider(server: str) -> MetaData:
    return chain(server, 21, name=50)


def without_age(server: str) -> MetaData:
    metadata = MetaData()
    u = users(metadata, without="age")
    View("a_grown", metadata, select(u.c.id, u.c.name))
    View("how_many", metadata, "SELECT count(*) AS n FROM a_grown")
    return metadata


def over_a_new_table(server: str) -> MetaData:
    metadata = MetaData()
    u = users(metadata)
    log = Table("log", metadata, Column("id", Integer, primary_key=True), Column("who", Integer))
    View("a_grown", metadata, select(u.c.id, u.c.name).join(log, log.c.who == u.c.id))
    return metadata


def only_a_view(server: str) -> MetaData:
    metadata = MetaData()
    View("a_grown", metadata, "SELECT 1 AS id, 'it''s 5%: x' AS name")
    return metadata


TRIGGERS = {
    "sqlite": ("AFTER INSERT", "BEGIN UPDATE users SET name = '{}' WHERE id = new.id; END"),
    "postgresql": ("before insert or update", "for each row execute procedure stamp()"),
    "mariadb": ("BEFORE INSERT", "FOR EACH ROW BEGIN SET NEW.name = '{}'; SET NEW.age = 1; END"),
}


def routines(server: str, said: str = "x:%", twice: str = "2", **kw: Any) -> MetaData:
    metadata = MetaData()
    u = users(metadata, **kw)
    event, body = TRIGGERS[server]
    if server == "postgresql":
        Function(
            "stamp",
            metadata,
            "RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  NEW.name := '"
            + said
            + "';\n  RETURN NEW;\nEND $$",
        )
        Function(
            "twice",
            metadata,
            f"returns int language sql immutable as 'SELECT {twice} * a'",
            arguments="a int default 1",
        )
        Procedure("tidy", metadata, f"LANGUAGE sql AS 'DELETE FROM users WHERE age = {twice}'")
        View("doubled", metadata, "SELECT twice(age) AS n FROM users")
    if server == "mariadb":
        Function(
            "twice",
            metadata,
            f"RETURNS integer DETERMINISTIC RETURN {twice} * a",
            arguments="a int",
        )
        Procedure(
            "tidy",
            metadata,
            f"READS SQL DATA\nBEGIN SELECT {twice}; SELECT n, o; END",
            arguments="n varchar(9), OUT o int",
        )
    Trigger("stamp", u, event, body.format(said))
    return metadata


def other_bodies(server: str) -> MetaData:
    return routines(server, "it''s", "3", name=30)


def other_signature(server: str) -> MetaData:
    metadata = routines(server) if server == "sqlite" else MetaData()
    if server == "postgresql":
        users(metadata)
        Function(
            "twice", metadata, "RETURNS bigint LANGUAGE sql AS 'SELECT 2 * b'", arguments="b bigint"
        )
        View("doubled", metadata, "SELECT twice(age) AS n FROM users")
    if server == "mariadb":
        users(metadata)
        Function("twice", metadata, "RETURNS bigint RETURN 2 * b", arguments="b bigint")
    return metadata


STATES: list[Models] = [
    nothing,
    chain,
    other_condition,
    wider,
    other_columns,
    without_age,
    over_a_new_table,
    only_a_view,
    routines,
    other_bodies,
    other_signature,
    nothing,
]

CATALOGS = {
    "sqlite": ["SELECT type, name, tbl_name FROM sqlite_master"],
    "postgresql": [
        "SELECT relname, relkind::text, pg_get_viewdef(oid) FROM pg_class WHERE relkind IN ('v', 'm') "
        "AND relnamespace = 'public'::regnamespace",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    ],
    "mariadb": [
        "SELECT table_name, view_definition FROM information_schema.views "
        "WHERE table_schema = database()",
        "SELECT routine_name, dtd_identifier, routine_definition, is_deterministic, sql_data_access "
        "FROM information_schema.routines WHERE routine_schema = database()",
        "SELECT trigger_name, event_object_table, action_timing, event_manipulation, "
        "action_statement FROM information_schema.triggers WHERE trigger_schema = database()",
    ],
}


def catalog(connection: Connection, server: str) -> list[str]:
    found = [str(tuple(r)) for q in CATALOGS[server] for r in connection.execute(text(q))]
    connection.rollback()
    return sorted(found)


def left(connection: Connection, metadata: MetaData, **options: Any) -> list[str]:
    found = [c.describe() for c in compare(connection, metadata, Options(**options))]
    connection.rollback()
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), list(pairwise(STATES)))
@pytest.mark.parametrize("server", SERVERS)
def test_there_and_back(
    server: str, before: Models, after: Models, request: pytest.FixtureRequest
) -> None:
    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    everything = Options(object_kinds=["view", "function", "procedure", "trigger"])
    with engine.connect() as connection:
        after(server).create_all(connection)
        connection.commit()
        wanted = catalog(connection, server)
        assert left(connection, after(server)) == []
        after(server).drop_all(connection)
        before(server).create_all(connection)
        connection.commit()
        begun = catalog(connection, server)

        up = compare(connection, after(server), everything)
        connection.rollback()
        run(connection, up)
        assert left(connection, after(server)) == []
        assert catalog(connection, server) == wanted
        run(connection, reverse(up, engine.dialect))
        assert left(connection, before(server)) == []
        assert catalog(connection, server) == begun
    engine.dispose()


def test_what_no_model_declares_is_left_alone(database_url: str) -> None:
    """Until a model declares something of that kind; a view by hand is then as strange as a table."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        nothing("").create_all(connection)
        connection.execute(text("CREATE VIEW by_hand AS SELECT id FROM users"))
        connection.commit()

        assert left(connection, nothing("")) == []
        metadata = chain("")
        assert left(connection, metadata)[0] == "drop view by_hand"
        assert "drop view by_hand" not in left(connection, metadata, ignore=["by_*"])
        assert "drop view by_hand" not in left(connection, metadata, object_kinds=[])
        connection.execute(text("DROP VIEW by_hand"))
        connection.commit()
    engine.dispose()


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[Connection]:
    engine = create_engine(postgresql_url)
    with engine.connect() as found:
        yield found
    engine.dispose()


@pytest.fixture
def role(connection: Connection) -> Iterator[str]:
    """A role that can own things, and is gone afterwards."""
    name = f"reader_{uuid.uuid4().hex[:8]}"
    connection.execute(text(f"CREATE ROLE {name}"))
    connection.execute(text(f"GRANT CREATE, USAGE ON SCHEMA public TO {name}"))
    connection.commit()
    yield name
    connection.rollback()
    connection.execute(text(f"DROP OWNED BY {name}"))
    connection.execute(text(f"DROP ROLE {name}"))
    connection.commit()


def test_what_depends_on_a_table_comes_back_with_all_that_hung_on_it(
    connection: Connection, role: str
) -> None:
    """Views that nobody declared too: three deep, with rights, comment, indexes and trigger."""
    users(metadata := MetaData())
    metadata.create_all(connection)
    for sql in (
        "CREATE VIEW one WITH (security_barrier) AS SELECT id, name FROM users WITH CHECK OPTION",
        "CREATE VIEW two AS SELECT name FROM one",
        "CREATE MATERIALIZED VIEW three AS SELECT name FROM two",
        "CREATE UNIQUE INDEX ix_three ON three (lower(name)) WHERE name <> ''",
        f"GRANT SELECT, INSERT ON one TO {role}",
        "GRANT SELECT ON two TO PUBLIC",
        "COMMENT ON VIEW one IS 'it''s'",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER instead INSTEAD OF INSERT ON two FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE TRIGGER told AFTER UPDATE OF name ON users FOR EACH ROW EXECUTE FUNCTION f()",
    ):
        connection.execute(text(sql))
    connection.commit()
    facts = text(
        "SELECT relname, relacl::text, reloptions, obj_description(oid, 'pg_class') FROM pg_class "
        "WHERE relname IN ('one', 'two', 'three') ORDER BY 1"
    )
    begun = [*catalog(connection, "postgresql"), *connection.execute(facts).all()]
    connection.rollback()
    users(wanted := MetaData(), name=99)

    up = compare(connection, wanted)
    connection.rollback()
    run(connection, up)
    assert left(connection, wanted) == []
    run(connection, reverse(up, connection.dialect))

    assert [c.describe() for c in up] == [
        "drop trigger told on users",
        "drop trigger instead on two",
        "drop index ix_three of three",
        "drop materialized view three",
        "drop view two",
        "drop view one",
        "alter column users.name: type String(length=20) -> String(length=99)",
        "create view one",
        "create view two",
        "create materialized view three",
        "create unique index ix_three on three ((lower((name)::text)))",
        "create trigger instead on two",
        "create trigger told on users",
    ]
    assert [*catalog(connection, "postgresql"), *connection.execute(facts).all()] == begun


def test_privileges_and_comments_that_no_creation_says_come_back_too(
    connection: Connection, a_role: Callable[[Connection], str]
) -> None:
    """Of a routine, of single columns, and with the option to pass them on; there and back."""
    who = a_role(connection)
    for sql in (
        "CREATE TABLE users (id int PRIMARY KEY, name varchar(20), age int)",
        "CREATE VIEW one AS SELECT id, name FROM users",
        f"GRANT SELECT ON one TO {who} WITH GRANT OPTION",
        f"GRANT UPDATE (name) ON one TO {who}",
        "COMMENT ON COLUMN one.name IS 'it''s'",
        "CREATE FUNCTION f(a one, b int DEFAULT 3) RETURNS int LANGUAGE sql AS 'SELECT b'",
        "REVOKE EXECUTE ON FUNCTION f FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION f TO {who}",
        "COMMENT ON FUNCTION f IS 'what'",
        "CREATE VIEW two AS SELECT f(NULL::one) AS n",
    ):
        connection.execute(text(sql))
    connection.commit()
    facts = text(
        "SELECT relname, relacl::text FROM pg_class WHERE relname IN ('one', 'two') UNION ALL "
        "SELECT attname, attacl::text || col_description(attrelid, attnum) FROM pg_attribute "
        "WHERE attrelid = 'one'::regclass AND attacl IS NOT NULL UNION ALL "
        "SELECT proname, proacl::text || obj_description(oid, 'pg_proc') FROM pg_proc "
        "WHERE proname = 'f' ORDER BY 1"
    )
    begun = connection.execute(facts).all()
    connection.rollback()
    wanted = MetaData()
    users(wanted, name=99)

    up = compare(connection, wanted)
    connection.rollback()
    run(connection, up)
    assert connection.execute(facts).all() == begun
    connection.rollback()
    run(connection, reverse(up, connection.dialect))
    assert connection.execute(facts).all() == begun


HANGING = [
    "SELECT rulename, pg_get_ruledef(oid), obj_description(oid, 'pg_rewrite') FROM pg_rewrite "
    "WHERE ev_class >= 16384 AND rulename <> '_RETURN' ORDER BY 1",
    "SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute "
    "ON attrelid = adrelid AND attnum = adnum ORDER BY 1",
    "SELECT tgname, obj_description(oid, 'pg_trigger') FROM pg_trigger ORDER BY 1",
]


def hanging(connection: Connection) -> list[Any]:
    found = [tuple(row) for sql in HANGING for row in connection.execute(text(sql))]
    connection.rollback()
    return found


def test_rules_defaults_and_comments_come_back_too(connection: Connection) -> None:
    """In a schema of an odd name, with percent signs, colons and quotes; there and back, as a script."""
    users(metadata := MetaData())
    metadata.create_all(connection)
    for sql in (
        'CREATE SCHEMA "s %"',
        'CREATE VIEW "s %"."v %" AS SELECT id, name FROM users',
        'CREATE RULE "r %" AS ON DELETE TO "s %"."v %" DO INSTEAD DELETE FROM users WHERE name = \':x 5%\'',
        'COMMENT ON RULE "r %" ON "s %"."v %" IS \'it\'\'s :y 50% \\\'',
        'ALTER VIEW "s %"."v %" ALTER COLUMN name SET DEFAULT \'a:b %\'',
        "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        'CREATE TRIGGER "g %" BEFORE UPDATE OF name ON users FOR EACH ROW EXECUTE FUNCTION tf()',
        "COMMENT ON TRIGGER \"g %\" ON users IS 'it''s :z 5%'",
    ):
        connection.exec_driver_sql(sql.replace("%", "%%"))
    connection.commit()
    begun = hanging(connection)
    assert len(begun) == 4
    users(wider := MetaData(), name=99)

    up = compare(connection, wider)
    connection.rollback()
    run(connection, up)
    assert hanging(connection) == begun
    run(connection, reverse(up, connection.dialect))

    assert hanging(connection) == begun
    lines = render(reverse(up, connection.dialect), dialect=connection.dialect).lines
    assert sum("op.execute(" in line for line in lines) == 8


def test_a_rule_of_a_view_that_gets_other_columns_is_named(connection: Connection) -> None:
    users(metadata := MetaData())
    metadata.create_all(connection)
    connection.exec_driver_sql("CREATE VIEW v AS SELECT id, name FROM users")
    connection.exec_driver_sql("CREATE RULE r AS ON DELETE TO v DO INSTEAD NOTHING")
    connection.commit()
    users(other := MetaData())
    View("v", other, "SELECT id FROM users")

    with pytest.raises(NotCarried, match=r"view v .* would be lost: execute CREATE RULE r"):
        compare(connection, other)


def test_options_of_a_view_are_compared_and_set_in_place(connection: Connection) -> None:
    users(metadata := MetaData())
    metadata.create_all(connection)
    connection.exec_driver_sql(
        "CREATE VIEW v WITH (security_barrier) AS SELECT id FROM users WHERE id > 0"
    )
    connection.exec_driver_sql("CREATE VIEW above AS SELECT id FROM v")
    connection.commit()
    facts = text("SELECT oid, reloptions FROM pg_class WHERE relname = 'v'")
    begun = connection.execute(facts).one()
    connection.rollback()
    users(wanted := MetaData())
    checked: Any = {"check_option": "local", "postgresql_with": {}, "mysql_algorithm": "MERGE"}
    View("v", wanted, "SELECT id FROM users WHERE id > 0", **checked)
    View("above", wanted, "SELECT id FROM v")

    up = compare(connection, wanted)
    connection.rollback()
    run(connection, up)
    assert left(connection, wanted) == []
    oid, options = connection.execute(facts).one()
    connection.rollback()
    assert (oid, options) == (begun.oid, ["check_option=local"])
    run(connection, reverse(up, connection.dialect))

    assert connection.execute(facts).one() == begun


STATE = text("SELECT tgenabled::text FROM pg_trigger WHERE tgname = 'g'")
FIRES = {"O": "", "D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}


@pytest.mark.parametrize("constraint", ["", "CONSTRAINT"])
@pytest.mark.parametrize(
    ("letter", "said"),
    [("O", False), ("O", "always"), ("D", None), ("D", True), ("R", "always"), ("A", None)],
)
def test_a_trigger_fires_as_declared_or_as_it_did(
    connection: Connection, letter: str, said: Any, constraint: str
) -> None:
    """In place where only that differs, and where it is replaced, or dropped and created again."""
    users(metadata := MetaData())
    metadata.create_all(connection)
    for sql in (
        "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        f"CREATE {constraint} TRIGGER g AFTER UPDATE OF name ON users FOR EACH ROW EXECUTE FUNCTION tf()",
        f"ALTER TABLE users {FIRES[letter]} TRIGGER g" if FIRES[letter] else "SELECT 1",
    ):
        connection.execute(text(sql))
    connection.commit()
    wanted = letter if said is None else "ODRA"[[True, False, "replica", "always"].index(said)]
    for name, event in (
        (20, "AFTER UPDATE OF name"), (20, "AFTER INSERT"), (99, "AFTER UPDATE OF name")
    ):  # fmt: skip
        models = MetaData()
        table = users(models, name=name)
        body = "FOR EACH ROW EXECUTE FUNCTION tf()"
        Trigger("g", table, event, body, constraint=bool(constraint), enabled=said)

        up = compare(connection, models)
        connection.rollback()
        if (name, event) == (20, "AFTER UPDATE OF name"):
            assert {type(c).__name__ for c in up} <= {"AlterTrigger"}
        run(connection, up)
        assert left(connection, models) == []
        assert connection.execute(STATE).scalar_one() == wanted
        run(connection, reverse(up, connection.dialect))
        assert connection.execute(STATE).scalar_one() == letter


@pytest.mark.parametrize(
    ("hanging", "named"),
    [
        ("CREATE STATISTICS st ON name, (name || 'x') FROM mv", "view mv .* statistics st"),
        ("COMMENT ON INDEX ix_mv IS 'x'", "view mv .* comment on index ix_mv"),
    ],
)
def test_what_wouldnt_come_back_is_named_before_anything_goes(
    connection: Connection, hanging: str, named: str
) -> None:
    users(metadata := MetaData())
    metadata.create_all(connection)
    for sql in (
        "CREATE VIEW v AS SELECT name FROM users",
        "CREATE MATERIALIZED VIEW mv AS SELECT name FROM v",
        "CREATE INDEX ix_mv ON mv (name)",
        "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER g BEFORE UPDATE OF name ON users FOR EACH ROW EXECUTE FUNCTION tf()",
        hanging,
    ):
        connection.execute(text(sql))
    connection.commit()
    users(wider := MetaData(), name=99)

    with pytest.raises(NotCarried, match=named):
        compare(connection, wider)


@pytest.mark.parametrize(
    ("sql", "lacks"),
    [
        ("REVOKE CREATE ON SCHEMA public FROM {who}", "view v: .* CREATE ON SCHEMA public"),
        (
            "REVOKE EXECUTE ON FUNCTION tf() FROM PUBLIC",
            r"trigger g on users: .* EXECUTE ON FUNCTION tf\(\)",
        ),
    ],
)
def test_a_right_that_is_missing_is_named_before_anything_goes(
    connection: Connection, a_role: Callable[[Connection], str], sql: str, lacks: str
) -> None:
    """As somebody whose tables and views they are, and who may not create them again."""
    who = a_role(connection)
    users(metadata := MetaData())
    for each in (
        f"GRANT ALL ON SCHEMA public TO {who}",
        "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        f"SET ROLE {who}",
    ):
        connection.execute(text(each))
    metadata.create_all(connection)
    for each in (
        "CREATE VIEW v AS SELECT name FROM users",
        "CREATE TRIGGER g BEFORE UPDATE OF name ON users FOR EACH ROW EXECUTE FUNCTION tf()",
        "RESET ROLE",
        sql.format(who=who),
        f"SET ROLE {who}",
    ):
        connection.execute(text(each))
    connection.commit()
    users(wider := MetaData(), name=99)

    with pytest.raises(MissingRight, match=lacks):
        compare(connection, wider)
    connection.rollback()
    connection.execute(text("RESET ROLE"))
    connection.commit()


@pytest.mark.parametrize("by_role", [False, True], ids=["by-user", "by-role"])
def test_a_right_that_is_missing_on_mariadb_is_named_before_anything_goes(
    mariadb_url: str, a_role: Callable[[Connection], str], by_role: bool
) -> None:
    """There nothing can be rolled back; what a role of the user's may do counts."""

    def models(number: str) -> MetaData:
        metadata = MetaData()
        View("v", metadata, f"SELECT {number} AS n")
        return metadata

    engine = create_engine(mariadb_url)
    name = engine.url.database
    with engine.connect() as connection:
        role = a_role(connection)
        user = f"'{role}_u'@'%'"
        whom = role if by_role else user
        for sql in (
            f"CREATE USER {user} IDENTIFIED BY 'x'",
            f"GRANT ALL ON `{name}`.* TO {whom}",
            f"GRANT {role} TO {user}",
            f"SET DEFAULT ROLE {role} FOR {user}",
        ):
            connection.execute(text(sql))
        mine = create_engine(engine.url.set(username=f"{role}_u", password="x"))
        try:
            models("1").create_all(mine)
            for mode in ("''", "'ANSI_QUOTES'"):
                with mine.connect() as seen:
                    seen.execute(text(f"SET SESSION sql_mode = {mode}"))
                    assert left(seen, models("2")) == ["replace view v"]
            connection.execute(text(f"REVOKE CREATE VIEW ON `{name}`.* FROM {whom}"))
            with mine.connect() as seen, pytest.raises(MissingRight, match="CREATE VIEW ON"):
                compare(seen, models("2"))
        finally:
            mine.dispose()
            connection.execute(text(f"DROP USER {user}"))
    engine.dispose()


def test_indexes_of_a_view_that_keeps_its_rows_are_compared(connection: Connection) -> None:
    def models(*indexes: CreateIndex) -> MetaData:
        metadata = MetaData()
        MaterializedView("mv", metadata, "SELECT 1 AS a, 'x'::text AS b", indexes=indexes)
        return metadata

    a, b = CreateIndex("ix_a", "mv", ["a"]), CreateIndex("ix_b", "mv", ["b"])
    models(a).create_all(connection)
    connection.commit()

    assert left(connection, models(a)) == []
    up = compare(connection, models(a.replace(unique=True), b))
    connection.rollback()
    assert [c.describe() for c in up] == [
        "drop index ix_a of mv",
        "create unique index ix_a on mv (a)",
        "create index ix_b on mv (b)",
    ]
    run(connection, up)
    run(connection, reverse(up, connection.dialect))
    assert left(connection, models(a)) == []


def test_a_function_that_a_table_calls_comes_before_it_and_goes_after(
    connection: Connection,
) -> None:
    metadata = MetaData()
    Table("t", metadata, Column("n", Integer, server_default=text("first_number()")))
    Function("first_number", metadata, "RETURNS integer LANGUAGE sql AS 'SELECT 1'")

    up = compare(connection, metadata)
    connection.rollback()
    assert [c.describe() for c in up] == [
        "create function first_number()",
        "create table t (1 column)",
    ]
    run(connection, up)
    assert left(connection, metadata) == []
    gone = compare(connection, MetaData(), Options(object_kinds=["function"]))
    connection.rollback()
    run(connection, gone)
    assert left(connection, MetaData(), object_kinds=["function"]) == []


def test_functions_of_one_name_are_told_apart_by_their_arguments(connection: Connection) -> None:
    def models(third: str) -> MetaData:
        metadata = MetaData()
        for type_ in ("int", "text", third):
            Function(
                "same",
                metadata,
                f"RETURNS {type_} LANGUAGE sql AS 'SELECT a'",
                arguments=f"a {type_}",
            )
        return metadata

    models("date").create_all(connection)
    connection.commit()

    assert left(connection, models("date")) == []
    assert left(connection, models("uuid")) == [
        "drop function same(a date)",
        "create function same(a uuid)",
    ]


def test_a_declared_comment_is_compared_and_one_by_hand_is_left(connection: Connection) -> None:
    def models(**kw: Any) -> MetaData:
        metadata = MetaData()
        View("v", metadata, "SELECT 1 AS a", **kw)
        return metadata

    models(comment="what").create_all(connection)
    connection.commit()

    assert left(connection, models()) == []
    assert left(connection, models(comment="what")) == []
    assert left(connection, models(comment="else")) == ["replace view v"]


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("kind", ["view", "trigger"])
def test_a_definition_that_isnt_sql_is_named(
    server: str, kind: str, request: pytest.FixtureRequest
) -> None:
    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    metadata = nothing(server)
    if kind == "view":
        View("wrong", metadata, "SELECT FROM WHERE 5 5")
    else:
        Trigger("wrong", metadata.tables["users"], "AFTER INSRT", TRIGGERS[server][1])
    with engine.connect() as connection:
        nothing(server).create_all(connection)
        connection.commit()
        with pytest.raises(BrokenDefinition, match=f"can't create {kind} wrong"):
            compare(connection, metadata)
    engine.dispose()


def test_a_body_that_isnt_sql_is_named(connection: Connection) -> None:
    metadata = MetaData()
    Function("f", metadata, "RETURNS int LANGUAGE plpgsql AS 'BEGIN RETRN 1; END'")

    with pytest.raises(BrokenDefinition, match=r"can't create function f\(\): syntax error"):
        compare(connection, metadata)


def test_views_that_need_each_other_are_named(database_url: str) -> None:
    engine = create_engine(database_url)
    metadata = MetaData()
    View("one", metadata, "SELECT a FROM two")
    View("two", metadata, "SELECT a FROM three")
    View("three", metadata, "SELECT a FROM one")
    with (
        engine.connect() as connection,
        pytest.raises(CyclicDefinitions, match="one needs two needs three needs one"),
    ):
        compare(connection, metadata)
    engine.dispose()


def test_what_belongs_to_another_role_is_named_before_anything_goes(
    connection: Connection, role: str
) -> None:
    users(metadata := MetaData())
    metadata.create_all(connection)
    connection.execute(text("CREATE VIEW theirs AS SELECT name FROM users"))
    connection.execute(text(f"ALTER VIEW theirs OWNER TO {role}"))
    connection.commit()
    users(wider := MetaData(), name=99)
    View("theirs", declared := MetaData(), "SELECT 1 AS name")

    for wanted in (wider, declared):
        with pytest.raises(ForeignObject, match=f"view theirs: it belongs to {role}"):
            compare(connection, wanted, Options(ignore=["users"]) if wanted is declared else None)


def test_what_an_undeclared_view_needs_isnt_dropped(connection: Connection) -> None:
    users(metadata := MetaData())
    metadata.create_all(connection)
    connection.execute(text("CREATE VIEW by_hand AS SELECT age FROM users"))
    connection.commit()
    users(without := MetaData(), without="age")

    with pytest.raises(StillUsed, match=r"can't drop users.age: view by_hand needs it"):
        compare(connection, without)
    with pytest.raises(StillUsed, match=r"can't drop users: view by_hand needs it"):
        compare(connection, MetaData())


def test_an_extension_is_compared_and_what_it_brings_left_alone(connection: Connection) -> None:
    name = "pg_stat_statements"
    versions = connection.scalars(
        text("SELECT version FROM pg_available_extension_versions WHERE name = :name ORDER BY 1"),
        {"name": name},
    ).all()
    connection.rollback()
    if len(versions) < 2:
        pytest.skip("the extension isn't installed in two versions")
    older, newer = MetaData(), MetaData()
    Extension(name, older, version=versions[-2])
    Extension(name, newer, version=versions[-1])
    View("busy", newer, f"SELECT calls FROM {name}")

    for wanted in (older, newer):
        up = compare(connection, wanted)
        connection.rollback()
        run(connection, up)
        assert left(connection, wanted) == []
        kinds = ["view", "function", "procedure", "trigger"]
        assert [
            d for d in left(connection, MetaData(), object_kinds=kinds) if "busy" not in d
        ] == []
    assert [c.describe() for c in up] == [
        f"update extension {name} to {versions[-1]}",
        "create view busy",
    ]
    gone = compare(connection, MetaData(), Options(object_kinds=["view", "extension"]))
    connection.rollback()
    assert [c.describe() for c in gone] == ["drop view busy", f"drop extension {name}"]
    run(connection, gone)
    assert left(connection, MetaData(), object_kinds=["extension"]) == []


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("id = 1", "id = 1 AND age > 5", False),
        ("id = 1", "id = 1 AND name IS NOT NULL", False),
        ("id = 1 AND age > 5", "users.id=1 and (AGE > 5)", True),
        ("name <> 'it''s'", "NOT name = 'it''s'", True),
        ("age > 5", "age > 6", False),
    ],
)
def test_mariadb_tells_views_apart_also_by_a_key(
    before: str, after: str, same: bool, mariadb_url: str
) -> None:
    """While it plans it reads the row of a key, and writes that row's values for conditions."""

    def models(condition: str) -> MetaData:
        metadata = MetaData()
        users(metadata)
        View("v", metadata, f"SELECT count(*) AS n, max(name) AS m FROM users WHERE {condition}")
        return metadata

    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        models(before).create_all(connection)
        connection.execute(text("INSERT INTO users VALUES (1, 'a', 10)"))
        connection.commit()

        assert left(connection, models(before)) == []
        assert left(connection, models(after)) == ([] if same else ["replace view v"])
    engine.dispose()


@pytest.mark.parametrize("server", SERVERS)
def test_a_view_of_all_columns_follows_its_table(
    server: str, request: pytest.FixtureRequest
) -> None:
    def models(*more: str) -> MetaData:
        metadata = MetaData()
        users(metadata, *more)
        View("every", metadata, "SELECT * FROM users")
        return metadata

    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    with engine.connect() as connection:
        models().create_all(connection)
        connection.commit()
        up = compare(connection, models("mail"))
        connection.rollback()
        run(connection, up)
        assert left(connection, models("mail")) == []
        run(connection, reverse(up, engine.dialect))
        assert left(connection, models()) == []
    engine.dispose()
