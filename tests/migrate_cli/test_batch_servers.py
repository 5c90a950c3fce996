"""Batch blocks with recreate="always" on PostgreSQL and MariaDB: everything is carried, or nothing begins."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from migrate_cli import Operations
from migrate_cli.batch.errors import (
    CannotCarry,
    CannotRebuild,
    NeededBy,
    RebuildDiffers,
    UnknownInTable,
)
from migrate_cli.batch.words import BatchOperations
from migrate_cli.sinks import OfflineSink, OnlineSink
from migrate_cli.sinks.offline import offline_dialect
from sqlalchemy.dialects import mysql as mysql_dialect
from sqlalchemy.dialects import postgresql as postgresql_dialect
from sqlalchemy.pool import NullPool

POSTGRESQL = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE t (
    id bigint GENERATED ALWAYS AS IDENTITY (START WITH 5 INCREMENT BY 3) PRIMARY KEY,
    n serial,
    "Big Name" text COLLATE "C" DEFAULT 'it''s :x 50% \\',
    m mood NOT NULL DEFAULT 'ok',
    g int GENERATED ALWAYS AS (n * 2) STORED,
    o_id int REFERENCES o (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    up bigint,
    span int4range,
    CONSTRAINT uq UNIQUE (n, m),
    CONSTRAINT "ck %" CHECK ("Big Name" <> ':y'),
    CONSTRAINT fk_up FOREIGN KEY (up) REFERENCES t (id),
    EXCLUDE USING gist (span WITH &&)
) WITH (fillfactor = 70);
ALTER TABLE t ADD CONSTRAINT later CHECK (n > 0) NOT VALID;
CREATE UNIQUE INDEX ix ON t (lower("Big Name") DESC) INCLUDE (n) WHERE m = 'ok';
ALTER TABLE t ALTER "Big Name" SET STORAGE EXTERNAL, ALTER n SET STATISTICS 77;
COMMENT ON TABLE t IS 'it''s 50%';
COMMENT ON COLUMN t.n IS ':z';
COMMENT ON INDEX ix IS 'i';
COMMENT ON CONSTRAINT uq ON t IS 'u';
CREATE TABLE c (t_id bigint CONSTRAINT fk_c REFERENCES t (id) ON DELETE CASCADE);
COMMENT ON CONSTRAINT fk_c ON c IS 'f';
INSERT INTO o VALUES (1);
INSERT INTO t ("Big Name", o_id) VALUES ('a', 1), ('b', NULL), ('c', 1);
DELETE FROM t WHERE "Big Name" = 'c';
INSERT INTO c SELECT id FROM t;
"""
MARIADB = """
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE t (
    id bigint AUTO_INCREMENT PRIMARY KEY,
    n int COMMENT 'it''s 50%, `x`',
    b varchar(20) COLLATE utf8mb4_bin DEFAULT ':x\\\\',
    g int GENERATED ALWAYS AS (n * 2) STORED,
    o_id int,
    CONSTRAINT uq UNIQUE (n),
    CONSTRAINT ck CHECK (n > 0),
    CONSTRAINT fk FOREIGN KEY (o_id) REFERENCES o (id) ON DELETE SET NULL
) AUTO_INCREMENT = 40 COMMENT 'it''s';
CREATE INDEX ix ON t (b DESC, n);
CREATE TABLE c (t_id bigint, CONSTRAINT fk_c FOREIGN KEY (t_id) REFERENCES t (id) ON DELETE CASCADE);
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.b = upper(NEW.b);
INSERT INTO o VALUES (1);
INSERT INTO t (n, b, o_id) VALUES (1, 'a', 1), (2, 'b', NULL);
INSERT INTO c SELECT id FROM t;
"""


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[sa.Connection]:
    with sa.create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql(POSTGRESQL.replace("%", "%%"), ())
        connection.commit()
        yield connection


@pytest.fixture
def mariadb(mariadb_url: str) -> Iterator[sa.Connection]:
    yield from on_mariadb(mariadb_url)


@pytest.fixture(params=["TRADITIONAL", "TRADITIONAL,ANSI_QUOTES"], ids=["backticks", "quotes"])
def either_mariadb(mariadb_url: str, request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    """A connection on which the server writes names in backticks, or in double quotes."""
    url = sa.make_url(mariadb_url).update_query_dict({"sql_mode": request.param})
    yield from on_mariadb(url)


def on_mariadb(url: str | sa.URL) -> Iterator[sa.Connection]:
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        for statement in MARIADB.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement.replace("%", "%%"))
        connection.commit()
        yield connection


def alter(
    connection: sa.Connection, said: Callable[[BatchOperations], object], **parameters: Any
) -> None:
    assert not connection.in_transaction(), "what is altered is committed"
    sink = OnlineSink(connection)
    with (
        sink.transaction(),
        Operations(sink).batch_alter_table("t", recreate="always", **parameters) as batch,
    ):
        said(batch)


def rows(connection: sa.Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(sql)]


CATALOG = [
    "SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid), convalidated, "
    "obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 2, 1",
    "SELECT indexdef, obj_description(quote_ident(indexname)::regclass) FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "SELECT a.attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, "
    "pg_get_expr(adbin, adrelid), attcollation::regcollation::text, attstorage, attstattarget, col_description(attrelid, attnum) "
    "FROM pg_attribute a LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum "
    "WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY 1",
    "SELECT reloptions::text, obj_description('t'::regclass) FROM pg_class WHERE oid = 't'::regclass",
    "SELECT * FROM pg_sequences ORDER BY sequencename",
    "SELECT pg_get_serial_sequence('t', 'n'), pg_get_serial_sequence('t', 'id')",
    'SELECT id, n, "Big Name", m, g, o_id FROM t ORDER BY id',
    "SELECT * FROM c ORDER BY 1",
]


def catalog(connection: sa.Connection) -> list[list[tuple[Any, ...]]]:
    found = [rows(connection, sql) for sql in CATALOG]
    connection.rollback()
    return found


def names(connection: sa.Connection) -> list[str]:
    found = [c["name"] for c in sa.inspect(connection).get_columns("t")]
    connection.rollback()
    return found


def test_a_table_on_postgresql_is_moved_as_it_is(postgresql: sa.Connection) -> None:
    (oid,) = rows(postgresql, "SELECT 't'::regclass::oid")
    before = catalog(postgresql)

    alter(postgresql, lambda b: None, partial_reordering=[("span", "m", "id")])

    assert catalog(postgresql) == before
    assert rows(postgresql, "SELECT 't'::regclass::oid") != [oid]
    assert names(postgresql) == ["n", "Big Name", "g", "o_id", "up", "span", "m", "id"]
    postgresql.exec_driver_sql("INSERT INTO t DEFAULT VALUES")
    assert rows(postgresql, "SELECT max(id), max(n) FROM t") == [(14, 4)]


def test_a_block_on_postgresql_is_done_and_ordered(postgresql: sa.Connection) -> None:
    def said(b: BatchOperations) -> None:
        b.add_column(sa.Column("new", sa.Integer, server_default="7"), insert_after="id")
        b.alter_column("n", new_column_name="number")
        b.drop_constraint("ck %", type_="check")
        b.drop_column("up")

    alter(postgresql, said)

    assert names(postgresql) == ["id", "new", "number", "Big Name", "m", "g", "o_id", "span"]
    assert rows(postgresql, "SELECT id, new, number, g FROM t ORDER BY 1") == [
        (5, 7, 1, 2),
        (8, 7, 2, 4),
    ]
    left = rows(postgresql, "SELECT conname FROM pg_constraint WHERE conrelid = 't'::regclass")
    assert {name for (name,) in left} == {"t_pkey", "uq", "later", "t_o_id_fkey", "t_span_excl"}


HANGING = [
    pytest.param(
        "CREATE RULE r AS ON DELETE TO c DO ALSO UPDATE t SET up = NULL",
        "rule r on table c",
        id="rule-of-another",
    ),
    pytest.param(
        "CREATE POLICY p ON c USING (EXISTS (SELECT FROM t WHERE id = t_id))",
        "policy p on table c",
        id="policy-of-another",
    ),
    pytest.param("CREATE TABLE k () INHERITS (t)", "inheritance", id="inheritance"),
    pytest.param("CREATE TABLE k (r t)", "column r of table k", id="column-of-its-type"),
    pytest.param("CREATE STATISTICS s ON n, up FROM t", "statistics object s", id="statistics"),
    pytest.param("ALTER TABLE t CLUSTER ON ix", "clustered index ix", id="cluster"),
]


@pytest.mark.parametrize(("hanging", "named"), HANGING)
def test_what_postgresql_would_lose_is_listed_before_anything_runs(
    postgresql: sa.Connection, hanging: str, named: str
) -> None:
    if "CLUSTER ON" in hanging:  # not on a partial one
        hanging = hanging.replace("ix", "uq")
        named = named.replace("ix", "uq")
    postgresql.exec_driver_sql(hanging)
    postgresql.commit()
    before = catalog(postgresql)

    with pytest.raises(CannotCarry) as caught:
        alter(postgresql, lambda b: b.drop_column("n"))

    assert named in ", ".join(caught.value.found)
    assert catalog(postgresql) == before


DEPENDING = """
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE VIEW one WITH (security_barrier) AS SELECT id, n, "Big Name" FROM t WHERE n > 0;
CREATE VIEW two AS SELECT n, count(*) AS how_many FROM one GROUP BY n;
CREATE MATERIALIZED VIEW three AS SELECT n FROM two;
CREATE UNIQUE INDEX ix_three ON three (n);
COMMENT ON VIEW one IS 'it''s 50% :x';
COMMENT ON COLUMN one.n IS 'n';
GRANT SELECT, INSERT ON one TO {who};
GRANT SELECT (how_many) ON two TO {who};
CREATE FUNCTION f(t) RETURNS int LANGUAGE sql AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f TO {who};
CREATE VIEW four AS SELECT f(t) AS f FROM t;
CREATE TRIGGER told BEFORE UPDATE OF n ON t FOR EACH ROW WHEN (NEW.n > 1) EXECUTE FUNCTION stamp();
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER instead INSTEAD OF INSERT ON one FOR EACH ROW EXECUTE FUNCTION stamp();
COMMENT ON TRIGGER told ON t IS 'it''s 5% :x';
CREATE RULE r AS ON DELETE TO one DO INSTEAD DELETE FROM t WHERE "Big Name" = ':x 5%';
ALTER VIEW one ALTER COLUMN n SET DEFAULT 7;
GRANT SELECT, UPDATE ON t TO {who};
GRANT SELECT ON t TO PUBLIC;
GRANT REFERENCES (n) ON t TO {who} WITH GRANT OPTION;
GRANT USAGE ON SEQUENCE t_id_seq TO {who};
ALTER TABLE t DISABLE TRIGGER told;
ALTER TABLE t ENABLE ALWAYS TRIGGER late
"""
GUARDS = r"""
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
CREATE POLICY "p %" ON t USING (n > 0 AND "Big Name" NOT LIKE ':x\%''%');
CREATE POLICY q ON t AS RESTRICTIVE FOR INSERT TO {who}, current_user
    WITH CHECK (EXISTS (SELECT FROM o WHERE o.id = t.o_id));
CREATE POLICY r ON t FOR DELETE TO PUBLIC USING (false);
COMMENT ON POLICY r ON t IS 'it''s 50% :x \';
CREATE RULE "r %" AS ON DELETE TO t WHERE OLD."Big Name" = ':y 5%' DO ALSO INSERT INTO o VALUES (OLD.n);
CREATE RULE off AS ON UPDATE TO t DO ALSO NOTHING;
CREATE RULE away AS ON INSERT TO t DO ALSO NOTHING;
ALTER TABLE t DISABLE RULE off;
ALTER TABLE t ENABLE ALWAYS RULE away;
COMMENT ON RULE off ON t IS 'c';
ALTER TABLE t REPLICA IDENTITY USING INDEX uq
"""
NEEDED = [
    "SELECT relname, relkind, relacl::text, reloptions, obj_description(oid, 'pg_class'), "
    "pg_get_viewdef(oid) FROM pg_class WHERE relkind IN ('v', 'm') "
    "AND relnamespace = 'public'::regnamespace ORDER BY 1",
    "SELECT attrelid::regclass::text, attname, attacl::text, col_description(attrelid, attnum) "
    "FROM pg_attribute WHERE (attacl IS NOT NULL OR col_description(attrelid, attnum) IS NOT NULL) "
    "AND attrelid > 16384 ORDER BY 1, 2",
    "SELECT pg_get_triggerdef(oid), tgenabled, obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
    "SELECT relname, relrowsecurity, relforcerowsecurity, relreplident FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
    "SELECT polname, polcmd, polpermissive, polroles, pg_get_expr(polqual, polrelid), "
    "pg_get_expr(polwithcheck, polrelid), obj_description(oid, 'pg_policy') FROM pg_policy ORDER BY 1",
    "SELECT rulename, pg_get_ruledef(oid), ev_enabled, obj_description(oid, 'pg_rewrite') "
    "FROM pg_rewrite WHERE rulename <> '_RETURN' AND ev_class > 16384 ORDER BY 1",
    "SELECT attrelid::regclass::text, attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef "
    "JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum ORDER BY 1, 2",
    "SELECT proname, proacl::text, pg_get_functiondef(oid) FROM pg_proc "
    "WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' ORDER BY 1",
    "SELECT relname, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(relacl) AS a) FROM pg_class "
    "WHERE relname IN ('t', 't_id_seq', 't_n_seq') ORDER BY 1",
]


def needed(connection: sa.Connection) -> list[list[tuple[Any, ...]]]:
    found = [rows(connection, sql) for sql in NEEDED]
    connection.rollback()
    return found


def test_views_triggers_routines_and_privileges_are_carried(
    postgresql: sa.Connection, a_role: Callable[[sa.Connection], str]
) -> None:
    """Three deep, with indexes, comments, and who may do what, of single columns and of routines too."""
    who = a_role(postgresql)
    for sql in DEPENDING.format(who=who).split(";\n"):
        postgresql.exec_driver_sql(sql.replace("%", "%%"))
    postgresql.commit()
    before = catalog(postgresql), needed(postgresql)

    alter(postgresql, lambda b: None, partial_reordering=[("span", "m", "id")])

    assert (catalog(postgresql), needed(postgresql)) == before
    assert names(postgresql) == ["n", "Big Name", "g", "o_id", "up", "span", "m", "id"]


def test_policies_rules_and_what_identifies_rows_are_carried(
    postgresql: sa.Connection, a_role: Callable[[sa.Connection], str]
) -> None:
    """By an owner whom row security would keep from seeing the rows that are copied."""
    who = a_role(postgresql)
    for sql in GUARDS.format(who=who).split(";\n"):
        postgresql.exec_driver_sql(sql.replace("%", "%%"))
    for name in ("t", "o", "c"):
        postgresql.exec_driver_sql(f"ALTER TABLE {name} OWNER TO {who}")
    postgresql.exec_driver_sql(f"GRANT ALL ON SCHEMA public TO {who}")
    postgresql.commit()
    count = rows(postgresql, "SELECT count(*) FROM t")
    before = catalog(postgresql), needed(postgresql)
    postgresql.exec_driver_sql(f"SET ROLE {who}")
    postgresql.commit()

    alter(postgresql, lambda b: None, partial_reordering=[("span", "m", "id")])

    postgresql.exec_driver_sql("RESET ROLE")
    assert rows(postgresql, "SELECT count(*) FROM t") == count == [(2,)]
    assert (catalog(postgresql), needed(postgresql)) == before
    assert names(postgresql) == ["n", "Big Name", "g", "o_id", "up", "span", "m", "id"]

    alter(postgresql, lambda b: b.alter_column("n", new_column_name="number"))
    qualified = rows(
        postgresql, "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polcmd = '*'"
    )
    assert "number > 0" in qualified[0][0]
    postgresql.rollback()


def test_a_column_changes_its_type_under_views(postgresql: sa.Connection) -> None:
    postgresql.exec_driver_sql('CREATE VIEW v AS SELECT up, "Big Name" AS big FROM t')
    postgresql.exec_driver_sql("CREATE VIEW w AS SELECT up FROM v")
    postgresql.commit()

    def said(b: BatchOperations) -> None:
        b.alter_column("up", type_=sa.BigInteger())
        b.alter_column("Big Name", type_=sa.String(50))
        b.drop_column("o_id")

    alter(postgresql, said)

    types = "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'v'::regclass"
    assert rows(postgresql, types) == [("up", "bigint"), ("big", "character varying(50)")]
    postgresql.rollback()

    def renamed(b: BatchOperations) -> None:
        b.alter_column("up", new_column_name="above")

    alter(postgresql, renamed)
    assert rows(postgresql, "SELECT count(up) FROM w") == [(0,)]


@pytest.mark.parametrize(
    ("hanging", "said", "named"),
    [
        pytest.param(
            "CREATE VIEW v AS SELECT n FROM t",
            lambda b: b.drop_column("n"),
            "can't copy t: can't drop t.n: view v needs it",
            id="column-in-use",
        ),
        pytest.param(
            "CREATE MATERIALIZED VIEW v AS SELECT n, up FROM t; CREATE STATISTICS s ON n, up FROM v",
            lambda b: None,
            "view v and create it again: these would be lost: statistics s",
            id="statistics-of-a-view",
        ),
        pytest.param(
            "CREATE VIEW v AS SELECT n FROM t; ALTER VIEW v OWNER TO {who}",
            lambda b: None,
            "view v: it belongs to {who}",
            id="view-of-another-role",
        ),
    ],
)
def test_what_cant_be_carried_is_named_and_nothing_is_gone(
    postgresql: sa.Connection,
    a_role: Callable[[sa.Connection], str],
    hanging: str,
    said: Callable[[BatchOperations], object],
    named: str,
) -> None:
    who = a_role(postgresql)
    postgresql.exec_driver_sql(f"GRANT ALL ON SCHEMA public TO {who}")
    postgresql.exec_driver_sql(hanging.format(who=who))
    postgresql.commit()
    before = catalog(postgresql), needed(postgresql)

    with pytest.raises(NeededBy) as caught:
        alter(postgresql, said)

    assert named.format(who=who) in str(caught.value)
    assert (catalog(postgresql), needed(postgresql)) == before


def test_partitions_are_refused(postgresql: sa.Connection) -> None:
    postgresql.exec_driver_sql("DROP TABLE c; DROP TABLE t CASCADE")
    postgresql.exec_driver_sql("CREATE TABLE t (a int) PARTITION BY LIST (a)")
    postgresql.commit()

    with pytest.raises(CannotCarry, match="partitions"):
        alter(postgresql, lambda b: None)


def test_a_table_in_another_schema_is_moved_there(postgresql: sa.Connection) -> None:
    postgresql.exec_driver_sql('CREATE SCHEMA "S x"; ALTER TABLE t SET SCHEMA "S x"')
    postgresql.exec_driver_sql('SET search_path = public, "S x"')
    before = [rows(postgresql, sql) for sql in CATALOG[5:]]
    postgresql.commit()

    alter(postgresql, lambda b: None, schema="S x", partial_reordering=[("span", "id")])

    assert [rows(postgresql, sql) for sql in CATALOG[5:]] == before
    left = rows(
        postgresql,
        "SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relname = 't'",
    )
    assert left == [("S x",)]


def test_what_only_the_copy_would_have_is_noticed(postgresql: sa.Connection) -> None:
    postgresql.exec_driver_sql("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC")
    postgresql.commit()
    before = catalog(postgresql)

    with pytest.raises(RebuildDiffers, match="the table's own facts"):
        alter(postgresql, lambda b: b.drop_column("up"))

    assert catalog(postgresql) == before
    postgresql.exec_driver_sql("ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM PUBLIC")
    postgresql.commit()


def described(connection: sa.Connection) -> list[tuple[Any, ...]]:
    connection.rollback()
    (_, table) = connection.exec_driver_sql("SHOW CREATE TABLE t").one()
    (_, child) = connection.exec_driver_sql("SHOW CREATE TABLE c").one()
    lines = sorted(line.strip().rstrip(",") for line in f"{table}\n{child}".splitlines())
    found = [
        *((line,) for line in lines),
        *rows(connection, "SELECT id, n, b, g, o_id FROM t ORDER BY id"),
        *rows(connection, "SELECT * FROM c ORDER BY 1"),
        *rows(
            connection,
            "SELECT trigger_name, action_statement FROM information_schema.triggers "
            "WHERE event_object_table = 't' AND trigger_schema = database()",
        ),
    ]
    connection.rollback()
    return found


def test_a_table_on_mariadb_is_copied_by_the_server(either_mariadb: sa.Connection) -> None:
    before = described(either_mariadb)

    alter(either_mariadb, lambda b: None, partial_reordering=[("g", "b", "id")])

    assert described(either_mariadb) == before
    assert names(either_mariadb) == ["n", "g", "b", "id", "o_id"]


def test_views_and_triggers_on_mariadb_stay(mariadb: sa.Connection) -> None:
    for sql in (
        "CREATE VIEW v AS SELECT n, b FROM t",
        "CREATE VIEW w AS SELECT n FROM v",
        "CREATE TRIGGER told BEFORE UPDATE ON t FOR EACH ROW SET NEW.b = 'x'",
        "GRANT SELECT ON v TO PUBLIC",
    ):
        mariadb.exec_driver_sql(sql)

    def there() -> list[list[tuple[Any, ...]]]:
        found = [
            rows(mariadb, "SHOW CREATE VIEW v"),
            rows(mariadb, "SHOW CREATE VIEW w"),
            [r[:4] for r in rows(mariadb, "SHOW TRIGGERS")],
            rows(mariadb, "SELECT count(n) FROM w"),
        ]
        mariadb.rollback()
        return found

    before = there()
    alter(mariadb, lambda b: None, partial_reordering=[("g", "b", "id")])

    assert there() == before


def test_a_block_on_mariadb_is_done_and_ordered(either_mariadb: sa.Connection) -> None:
    def said(b: BatchOperations) -> None:
        b.add_column(sa.Column("new", sa.Integer, server_default="7"), insert_before="n")
        b.alter_column("b", new_column_name="bb", existing_type=sa.String(20), insert_after="id")

    alter(either_mariadb, said)

    assert names(either_mariadb) == ["id", "bb", "new", "n", "g", "o_id"]
    assert rows(either_mariadb, "SELECT id, new, n FROM t ORDER BY 1") == [(40, 7, 1), (41, 7, 2)]


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_names_that_are_not_there_are_refused_before_anything_runs(
    server: str, request: pytest.FixtureRequest
) -> None:
    connection = request.getfixturevalue(server)
    before = names(connection)

    with pytest.raises(UnknownInTable, match="t has no column 'nn'"):
        alter(connection, lambda b: b.drop_column("o_id"), partial_reordering=[("nn", "id")])
    with pytest.raises(CannotRebuild, match="are each said to stand before another"):
        alter(connection, lambda b: None, partial_reordering=[("n", "id"), ("id", "n")])

    assert names(connection) == before


@pytest.mark.parametrize("dialect", [postgresql_dialect.dialect, mysql_dialect.dialect])
def test_a_script_is_refused_where_only_a_connection_can_copy(dialect: type[sa.Dialect]) -> None:
    op = Operations(OfflineSink(offline_dialect(dialect), io.StringIO()))

    with (
        pytest.raises(CannotRebuild, match="a SQL script can't copy a table there"),
        op.batch_alter_table("t", recreate="always") as batch,
    ):
        batch.drop_column("a")


ODD = "t;`\"%s:x 'y"


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_a_table_with_an_odd_name_is_copied(server: str, request: pytest.FixtureRequest) -> None:
    with sa.create_engine(
        request.getfixturevalue(f"{server}_url"), poolclass=NullPool
    ).connect() as connection:
        table = sa.Table(
            ODD,
            sa.MetaData(),
            sa.Column("%(id)s", sa.Integer, primary_key=True),
            sa.Column(":a;%", sa.String(9), server_default="%s:q"),
            sa.Index("i;%:x", ":a;%"),
        )
        table.create(connection)
        connection.execute(table.insert().values({"%(id)s": 4}))
        connection.commit()
        sink = OnlineSink(connection)

        with sink.transaction(), Operations(sink).batch_alter_table(ODD, recreate="always") as b:
            b.alter_column(
                ":a;%",
                nullable=False,
                existing_type=sa.String(9),
                existing_server_default="%s:q",
                insert_before="%(id)s",
            )

        look = sa.inspect(connection)
        assert [c["name"] for c in look.get_columns(ODD)] == [":a;%", "%(id)s"]
        assert [i["name"] for i in look.get_indexes(ODD)] == ["i;%:x"]
        assert connection.execute(table.select()).one() == (4, "%s:q")
