"""`ReplaceEnum` on a database with rows: what hangs on the type comes along, or it is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ddl_constructs import EnumColumn, ReplaceEnum, UnsupportedChange, WrongValue
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.dialects import postgresql

SWAP = ReplaceEnum("m", ["a", "b %"], renamed={"b": "b %"})
ROWS = ("CREATE TABLE t (id serial, x m)", "INSERT INTO t(x) VALUES ('a'), ('b'), (NULL)")
NOTHING = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'"

CASES = [
    pytest.param(ROWS, "SELECT x::text FROM t ORDER BY id", ["a", "b %", None], id="rows"),
    pytest.param(
        ("CREATE TABLE t (x m DEFAULT 'b')",),
        "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef",
        ["'b %'::m"],
        id="default",
    ),
    pytest.param(
        ("CREATE TABLE t (x m[] DEFAULT '{a,b}')", "INSERT INTO t VALUES (DEFAULT), ('{}')"),
        "SELECT x::text FROM t UNION ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef",
        ['{a,"b %"}', "{}", "'{a,\"b %\"}'::m[]"],
        id="array",
    ),
    pytest.param(
        (*ROWS, "CREATE UNIQUE INDEX i ON t (id) WHERE x = 'b'"),
        "SELECT pg_get_expr(indpred, indrelid) FROM pg_index WHERE indpred IS NOT NULL",
        ["(x = 'b %'::m)"],
        id="partial-index",
    ),
    pytest.param(
        (*ROWS, "ALTER TABLE t ADD CONSTRAINT ck CHECK (x IN ('a', 'b'))"),
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck'",
        ["CHECK ((x = ANY (ARRAY['a'::m, 'b %'::m])))"],
        id="check",
    ),
    pytest.param(
        ("CREATE TABLE t (x m PRIMARY KEY)", "CREATE TABLE u (y m REFERENCES t)"),
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'",
        ["FOREIGN KEY (y) REFERENCES t(x)"],
        id="key-between-two",
    ),
    pytest.param(
        (
            "CREATE TABLE t (x m)",
            "CREATE TABLE u () INHERITS (t)",
            "INSERT INTO u VALUES ('b')",
        ),
        "SELECT x::text FROM t",
        ["b %"],
        id="inherited",
    ),
    pytest.param(
        (*ROWS, "CREATE TYPE m__old AS ENUM ('z')"),
        "SELECT x::text FROM t ORDER BY id",
        ["a", "b %", None],
        id="name-in-between-is-taken",
    ),
    pytest.param(
        ("COMMENT ON TYPE m IS '50% :x'", "REVOKE USAGE ON TYPE m FROM PUBLIC"),
        "SELECT obj_description('m'::regtype, 'pg_type') UNION ALL "
        "SELECT grantee::text FROM pg_type, aclexplode(typacl) WHERE typname = 'm' "
        "AND grantee = 0",
        ["50% :x"],
        id="comment-and-rights",
    ),
]


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[Connection]:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        connection.execute(text("CREATE TYPE m AS ENUM ('a', 'b', 'c')"))
        yield connection
    engine.dispose()


@pytest.mark.parametrize(("made", "ask", "found"), CASES)
def test_what_hangs_on_the_type_comes_along(
    connection: Connection, made: tuple[str, ...], ask: str, found: list[str | None]
) -> None:
    for sql in made:
        connection.exec_driver_sql(sql.replace("%", "%%"))

    connection.execute(SWAP)

    assert connection.exec_driver_sql(ask.replace("%", "%%")).scalars().all() == found


@pytest.mark.parametrize("stated", [False, True], ids=["columns-found", "columns-stated"])
@pytest.mark.parametrize(("made", "ask", "found"), CASES)
def test_a_script_finds_the_columns_when_it_runs(
    connection: Connection,
    made: tuple[str, ...],
    ask: str,
    found: list[str | None],
    stated: bool,
) -> None:
    """The text is executed here; it takes the same along as a connection does."""
    columns = [EnumColumn("t", "x"), EnumColumn("u", "y")] if stated else None
    change = ReplaceEnum("m", ["c", "it's $do$", "b", "a"], columns=columns)
    for sql in made:
        connection.exec_driver_sql(sql.replace("%", "%%"))
    begun = connection.begin_nested()
    connection.execute(change.replace(columns=None))
    online = connection.exec_driver_sql(ask.replace("%", "%%")).scalars().all()
    begun.rollback()

    (piece,) = change.statements(postgresql.dialect())
    text_of_it = str(piece.compile(dialect=postgresql.dialect()))
    connection.exec_driver_sql(text_of_it, execution_options={"no_parameters": True})

    assert connection.exec_driver_sql(ask.replace("%", "%%")).scalars().all() == online
    assert connection.exec_driver_sql("SELECT enum_range(NULL::m)::text").scalar() == (
        '{c,"it\'s $do$",b,a}'
    )


@pytest.mark.parametrize(
    ("made", "why"),
    [
        pytest.param(("INSERT INTO t(x) VALUES ('c')",), "1 row.* of t.x have the value 'c'", id="row"),
        pytest.param(("ALTER TABLE t ALTER x SET DEFAULT 'c'",), "default of t.x", id="default"),
        pytest.param(("ALTER TABLE t ADD CHECK (x <> 'c')",), "CHECK .* has the label 'c'", id="check"),
        pytest.param(("CREATE VIEW v AS SELECT x FROM t",), "on view v", id="view"),
        pytest.param(("CREATE FUNCTION g(m) RETURNS int LANGUAGE sql AS 'SELECT 1'",), r"function g\(m\)", id="function"),
        pytest.param(("CREATE DOMAIN d AS m",), "type d", id="domain"),
        pytest.param(("CREATE TYPE k AS (f m)",), "column f of composite type k", id="composite"),
        pytest.param(("CREATE POLICY p ON t USING (x = 'a')",), "policy p on table t", id="policy"),
        pytest.param((NOTHING, "CREATE TRIGGER g BEFORE UPDATE OF x ON t FOR EACH ROW EXECUTE FUNCTION f()"), "trigger g on table t", id="trigger"),
        pytest.param(("ALTER TABLE t ADD g bool GENERATED ALWAYS AS (x = 'a') STORED",), "column g of table t", id="generated"),
        pytest.param(("CREATE TABLE p (x m) PARTITION BY LIST (x)",), "partition key of p", id="partition"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_named_before_anything_ran(
    connection: Connection, made: tuple[str, ...], why: str
) -> None:
    for sql in (*ROWS, *made):
        connection.exec_driver_sql(sql)

    with pytest.raises(UnsupportedChange, match=why):
        connection.execute(SWAP)

    labels = connection.exec_driver_sql("SELECT enum_range(NULL::m)::text").scalar()
    assert labels == "{a,b,c}"


def test_an_unknown_type_is_named(connection: Connection) -> None:
    with pytest.raises(UnsupportedChange, match="no enum type nix"):
        connection.execute(ReplaceEnum("nix", ["a"]))


def test_words_may_change_places(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE t (x m, y m[])")
    connection.exec_driver_sql("INSERT INTO t VALUES ('a', '{a,b,c}')")

    connection.execute(ReplaceEnum("m", ["a", "b", "c"], renamed={"a": "b", "b": "a"}))

    assert connection.exec_driver_sql("SELECT x::text, y::text FROM t").one() == ("b", "{b,a,c}")


def test_a_type_in_a_translated_schema_is_looked_up_there(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE SCHEMA tenant")
    connection.exec_driver_sql("CREATE TYPE tenant.m AS ENUM ('a', 'b')")
    connection.exec_driver_sql("CREATE TABLE tenant.t (x tenant.m DEFAULT 'b')")
    connection.exec_driver_sql("CREATE TABLE t (x m)")

    connection.execution_options(schema_translate_map={None: "tenant"}).execute(SWAP)

    ask = "SELECT enum_range(NULL::tenant.m)::text || enum_range(NULL::m)::text"
    assert connection.exec_driver_sql(ask).scalar() == '{a,"b %"}{a,b,c}'


def test_a_label_that_goes_is_no_default_offline_either() -> None:
    gone = SWAP.replace(columns=[EnumColumn("t", "x", server_default="c")])
    renamed = SWAP.replace(columns=[EnumColumn("t", "x", server_default="b")])
    dialect = postgresql.dialect(paramstyle="named")

    assert "SET DEFAULT 'b %'" in str(renamed.compile(dialect=dialect))
    with pytest.raises(UnsupportedChange, match=r"default of t\.x has the label 'c'"):
        gone.compile(dialect=dialect)


@pytest.mark.parametrize(
    ("labels", "renamed"), [(["a", "a"], {}), (["a"], {"b": "c"})], ids=["twice", "to-none"]
)
def test_labels_that_cant_be_are_refused(labels: list[str], renamed: dict[str, str]) -> None:
    with pytest.raises(WrongValue):
        ReplaceEnum("m", labels, renamed=renamed)
