"""The schema as revisions make it: known, or said to be unknown, and never a guess."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ddl_autogen import Options, compare
from ddl_constructs import UnsupportedChange
from hypothesis import given, note
from hypothesis import strategies as st
from migrate_cli.failures import UnknownSchema
from migrate_cli.operations import Operations
from migrate_cli.recorded import folding, state_at
from migrate_cli.scripts import Scripts
from migrate_cli.sinks import OnlineSink
from migrate_cli.sql_effects import effects
from migrate_cli.state import SchemaState
from sqlalchemy import Dialect, MetaData, create_engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

START = """
op.create_table("p", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(9)))
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer))
op.create_table("c", sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id", name="fk")))
"""


def state_of(*lines: str, dialect: Dialect | None = None) -> SchemaState:
    state = SchemaState()
    run(Operations(folding(state, dialect or postgresql.dialect())), *lines)
    return state


def run(op: Operations, *lines: str) -> None:
    import sqlalchemy as sa
    from sqlalchemy.dialects import postgresql as pg

    for line in lines:
        exec(line.strip(), {"op": op, "sa": sa, "pg": pg})


SQL = [
    pytest.param("UPDATE t SET a = lower(a) WHERE a IN (SELECT 1)", "", id="update"),
    pytest.param("INSERT INTO t (a, b) VALUES (1, now()), (2, '(')", "", id="insert"),
    pytest.param("INSERT INTO s.t(a) SELECT 1 ON CONFLICT (a) DO NOTHING", "", id="insert-select"),
    pytest.param("WITH x (a) AS (SELECT 1) DELETE FROM t USING x", "", id="with"),
    pytest.param("SELECT setval('s', max(id)) FROM t", "", id="setval"),
    pytest.param("UPDATE t SET a = ';DROP TABLE t'; DELETE FROM t", "", id="string-and-two"),
    pytest.param("SET lock_timeout = '2s'; GRANT ALL ON t TO x", "", id="settings"),
    pytest.param("CREATE VIEW v AS SELECT * FROM t", "", id="view"),
    pytest.param('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"', "", id="extension"),
    pytest.param(
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE p SET a = 1; END", "", id="trigger"
    ),
    pytest.param("CREATE FUNCTION f() RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql", "", id="func"),
    pytest.param("ALTER TABLE t ADD COLUMN x int", "t", id="alter"),
    pytest.param('ALTER TABLE ONLY "public"."t" ADD x int', "t", id="alter-quoted"),
    pytest.param("CREATE INDEX CONCURRENTLY i ON T (a)", "t", id="index-in-other-case"),
    pytest.param("CREATE TABLE n (a int)", "n", id="create"),
    pytest.param("CREATE TABLE IF NOT EXISTS t (LIKE p)", "c p t", id="create-like-another"),
    pytest.param("DROP TABLE p CASCADE", "c p", id="drop-with-those-that-refer"),
    pytest.param("COMMENT ON COLUMN t.a IS 'x'", "t", id="comment"),
    pytest.param("SELECT * INTO n FROM t", "*", id="select-into"),
    pytest.param("SELECT make_partitions('t')", "*", id="unknown-function"),
    pytest.param("UPDATE t SET a = 1; SELECT f()", "*", id="second-statement"),
    pytest.param("DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$", "*", id="block"),
    pytest.param("ALTER TABLE t RENAME TO u", "*", id="rename"),
    pytest.param("DROP FUNCTION f() CASCADE", "*", id="drop-cascade"),
    pytest.param("SET search_path = other", "*", id="search-path"),
    pytest.param("CREATE EXTENSION postgis", "*", id="extension-with-tables"),
    pytest.param("/*!40101 DROP TABLE t */", "*", id="mysql-runs-comments"),
    pytest.param("UPDATE t SET a = a--1; DROP TABLE t", "*", id="mysql-knows-no-such-comment"),
    pytest.param("UPDATE t SET a = 'x", "*", id="open-string"),
    pytest.param("UPDATE t SET a = 'x\\\\'; DROP TABLE t; --'", "*", id="unclear-string"),
    pytest.param("CALL f()", "*", id="call"),
]


@pytest.mark.parametrize(("sql", "unknown"), SQL)
def test_raw_sql_makes_unknown_what_it_may_change(sql: str, unknown: str) -> None:
    state = state_of(START, f"op.execute({sql!r})")

    if unknown == "*":
        assert state.lost is not None
        assert state.lost.step.startswith("execute ")
        assert list(state.metadata().tables) == []
    else:
        assert state.lost is None
        assert sorted({name for _, name in state.unknown}) == unknown.split()
        assert sorted(state.metadata().tables) == sorted({"p", "t", "c"} - set(unknown.split()))


AFTERWARDS = [
    pytest.param(['op.add_column("t", sa.Column("n", sa.Integer))'], "", "t:id,a,n", id="known"),
    pytest.param(
        ['op.execute("ALTER TABLE t ADD x int")', 'op.drop_table("t")'], "", "", id="gone"
    ),
    pytest.param(
        [
            'op.execute("ALTER TABLE t ADD x int")',
            'op.drop_table("t")',
            'op.create_table("t", sa.Column("z", sa.Integer))',
        ],
        "",
        "t:z",
        id="made-again",
    ),
    pytest.param(
        ['op.execute("SELECT f()")', 'op.create_table("n", sa.Column("z", sa.Integer))'],
        "p t c",
        "n:z",
        id="made-after-all-was-lost",
    ),
    pytest.param(
        [
            'op.execute("SELECT f()")',
            'op.create_table("t", sa.Column("z", sa.Integer), if_not_exists=True)',
        ],
        "p t c",
        "",
        id="perhaps-made",
    ),
    pytest.param(
        [
            'op.execute("ALTER TABLE t ADD x int")',
            'op.rename_table("t", "u")',
            'op.add_column("u", sa.Column("n", sa.Integer))',
        ],
        "u",
        "",
        id="renamed",
    ),
    pytest.param(
        [
            'op.execute("ALTER TABLE t ADD x int")',
            'op.create_foreign_key("f", "c", "t", ["p_id"], ["id"])',
            'op.alter_column("t", "id", new_column_name="key")',
        ],
        "t c",
        "",
        id="what-refers-to-it",
    ),
    pytest.param(['op.drop_column("p", "zz")'], "p c", "t:id,a", id="a-change-that-can-not-be"),
    pytest.param(['op.drop_column("q", "zz")'], "q", "t:id,a", id="a-table-nobody-made"),
    pytest.param(['op.drop_index("ix")'], "p t c", "", id="an-index-nobody-made"),
    pytest.param(
        [
            'pg.ENUM("a", name="e").create(op.get_bind(), checkfirst=True)',
            'op.add_column("t", sa.Column("e", pg.ENUM("a", name="e", create_type=False)))',
            """op.execute("ALTER TYPE e ADD VALUE IF NOT EXISTS 'b'")""",
        ],
        "",
        "t:id,a,e",
        id="an-enum-by-the-bind-and-by-sql",
    ),
    pytest.param(
        [
            'op.get_bind().execute(sa.text("UPDATE t SET a = 1"))',
            'op.bulk_insert(sa.table("t", sa.column("a")), [{"a": 1}])',
            'op.execute(sa.table("t", sa.column("a")).update().values(a=1))',
        ],
        "",
        "t:id,a",
        id="rows",
    ),
]


@pytest.mark.parametrize(("lines", "unknown", "known"), AFTERWARDS)
def test_what_is_unknown_stays_so_until_it_is_made_anew(
    lines: list[str], unknown: str, known: str
) -> None:
    state = state_of(START, *lines)

    for name in unknown.split():
        with pytest.raises(UnknownSchema, match="isn't known"):
            state.table(name)
    if known:
        name, _, columns = known.partition(":")
        assert ",".join(state.table(name).columns.keys()) == columns


def test_labels_that_sql_adds_are_known() -> None:
    state = state_of(
        """op.execute("CREATE TYPE e AS ENUM ('a', 'c')")""",
        """op.execute("ALTER TYPE e ADD VALUE 'b' BEFORE 'c'")""",
        'op.create_table("t", sa.Column("e", pg.ENUM("a", "b", "c", name="e", create_type=False)))',
        """op.rename_enum_value("e", "a", "x")""",
    )

    assert state.complete
    type_: Any = state.table("t").c.e.type
    assert type_.enums == ["x", "b", "c"]


def script(folder: Path, name: str, before: str | None, body: str) -> None:
    (folder / f"{name}.py").write_text(
        f'"""{name}"""\nimport sqlalchemy as sa\nfrom migrate_cli import op\n'
        f"revision = {name!r}\ndown_revision = {before!r}\ndef upgrade():\n    {body}\n"
        f"def downgrade():\n    pass\n"
    )


@pytest.fixture
def scripts(tmp_path: Path) -> Scripts:
    versions = tmp_path / "versions"
    versions.mkdir()
    script(versions, "r1", None, 'op.create_table("t", sa.Column("a", sa.Integer))')
    script(versions, "r2", "r1", 'op.add_column("t", sa.Column("b", sa.Integer))')
    script(versions, "r3", "r2", 'op.get_bind().execute(sa.text("SELECT 1")).scalar()')
    script(versions, "r4", "r3", 'op.create_table("n", sa.Column("a", sa.Integer))')
    script(versions, "x1", "r1", 'op.add_column("t", sa.Column("x", sa.Integer))')
    script(versions, "x2", "x1", "op.get_context().as_sql")
    script(versions, "x3", "x1", "raise SystemExit(0)")
    return Scripts(tmp_path)


STOPS = [
    pytest.param([], {}, None, id="base"),
    pytest.param(["r1"], {"t": "a"}, None, id="first"),
    pytest.param(["r2"], {"t": "a b"}, None, id="second"),
    pytest.param(["r2", "x1"], {"t": "a b x"}, None, id="two-heads"),
    pytest.param(["r3"], {}, ("r3", "the script reads live data"), id="live-read"),
    pytest.param(["r4"], {"n": "a"}, ("r3", "the script reads live data"), id="after-a-live-read"),
    pytest.param(["x2"], {}, ("x2", "the script reads live data"), id="asks-for-the-mode"),
    pytest.param(["x3"], {}, ("x3", "the script failed: SystemExit: 0"), id="fails"),
]


@pytest.mark.parametrize(("heads", "tables", "lost"), STOPS)
def test_the_state_at_a_revision(
    scripts: Scripts, heads: list[str], tables: dict[str, str], lost: tuple[str, str] | None
) -> None:
    state = state_at(scripts.graph, heads, sqlite.dialect())

    found = {n: " ".join(t.columns.keys()) for n, t in state.metadata().tables.items()}
    assert found == tables
    assert (state.lost and (state.lost.revision, state.lost.reason)) == lost
    if lost:
        with pytest.raises(UnknownSchema, match=rf"t isn't known .*{lost[0]}"):
            state.table("t")


@st.composite
def steps(draw: st.DrawFn) -> list[str]:
    """Lines for a script, most of which run on an empty database; some of them are opaque."""
    lines: list[str] = []
    tables: dict[str, list[str]] = {}
    for number in range(draw(st.integers(3, 9))):
        kinds = ["create", "rename-table", "add", "rename", "drop", "index", "rows", "sql"]
        kinds += ["alter", "unique", "check", "fk", "drop-table"]
        kind = draw(st.sampled_from(kinds)) if tables else "create"
        table = draw(st.sampled_from(sorted(tables))) if tables else ""
        columns = tables.get(table, [])
        column = draw(st.sampled_from(columns)) if columns else ""
        new = f"n{number}"
        match kind:
            case "create":
                lines.append(
                    f'op.create_table({new!r}, sa.Column("id", sa.Integer, primary_key=True), '
                    f'sa.Column("a", sa.Integer), sa.Column("b", sa.String(20), server_default="x"), '
                    f'sa.CheckConstraint("a > 0", name="ck_{new}"))'
                )
                tables[new] = ["a", "b"]
            case "rename-table":
                lines.append(f"op.rename_table({table!r}, {new!r})")
                tables[new] = tables.pop(table)
            case "drop-table" if len(tables) > 1:
                lines.append(f"op.drop_table({table!r})")
                del tables[table]
            case "add":
                lines.append(f"op.add_column({table!r}, sa.Column({new!r}, sa.String(9)))")
                columns.append(new)
            case "rename" if column:
                lines.append(f"op.alter_column({table!r}, {column!r}, new_column_name={new!r})")
                columns[columns.index(column)] = new
            case "drop" if column:
                lines.append(f"op.drop_column({table!r}, {column!r})")
                columns.remove(column)
            case "index" if column:
                lines.append(f"op.create_index('ix_{new}', {table!r}, [{column!r}])")
            case "unique" if column:
                lines.append(f"op.create_unique_constraint('uq_{new}', {table!r}, [{column!r}])")
            case "check" if column:
                text = f"{column} IS NOT NULL OR b IS NULL"
                lines.append(f"op.create_check_constraint('ck_{new}', {table!r}, {text!r})")
            case "fk":
                other = draw(st.sampled_from(sorted(tables)))
                lines.append(f"op.add_column({table!r}, sa.Column({new!r}, sa.Integer))")
                lines.append(
                    f"op.create_foreign_key('fk_{new}', {table!r}, {other!r}, [{new!r}], ['id'])"
                )
            case "alter" if column:
                lines.append(f"op.alter_column({table!r}, {column!r}, nullable=False)")
            case "rows":
                lines.append(f"op.execute('UPDATE {table} SET id = coalesce(id, 1)')")
            case "sql":
                lines.append(f"op.execute('ALTER TABLE {table} ADD COLUMN {new} INTEGER')")
                columns.append(new)
    return lines


@given(data=st.data())
def test_the_state_is_what_the_database_has_or_says_that_it_is_not_known(
    data: st.DataObject, database_url: str
) -> None:
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for change in compare(connection, MetaData()):
            connection.execute(change)
        ran = []
        for line in data.draw(steps()):
            try:
                run(Operations(OnlineSink(connection)), line)
            except (DBAPIError, UnsupportedChange):
                continue  # the database has nothing like it, or other things need it
            note(line)
            ran.append(line)
        state = state_of(*ran, dialect=engine.dialect)
        options = Options(ignore_tables=frozenset(state.unknown))
        found = [c.describe() for c in compare(connection, state.metadata(), options)]
    engine.dispose()

    assert (state.lost, found) == (None, [])


def test_a_text_is_cut_into_statements() -> None:
    assert [e.everything for e in effects("SELECT 1; ; SELECT f();")] == [False, True]
    assert list(effects(" -- nothing\n")) == []
