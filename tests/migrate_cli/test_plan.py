"""What a move would do, told without doing it: the command plan."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from migrate_cli.cli.planning import cost, markdown, summary
from migrate_cli.commands import aio, doctor, plan, upgrade
from migrate_cli.errors import UsageError
from migrate_cli.forecast.values import Forecast, Foretold
from migrate_cli.way_back import of_source
from sqlalchemy import inspect, text

TABLE = (
    'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Text))'
)


def planned(project: Any, target: str | None = None, **options: Any) -> Forecast:
    (only,) = plan(project.config, target, **options).databases
    return only


def changes(found: Forecast) -> list[Foretold]:
    return [change for one in found.revisions for change in one.changes]


def test_nothing_is_done_and_each_change_is_told(project: Any) -> None:
    project.revision("a1a1", None, TABLE, 'op.drop_table("t")', message="make t")

    found = planned(project)

    assert [(one.id, one.message, one.direction) for one in found.revisions] == [
        ("a1a1", "make t", "upgrade")
    ]
    (change,) = changes(found)
    assert change.text == "create table t (2 columns)"
    assert change.sql is not None
    assert change.sql[0].startswith("CREATE TABLE t")
    assert (change.table, change.table_is_new, change.loses_data) == ("t", True, False)
    assert (found.before, found.heads, found.at_head, found.unknown) == ((), ("a1a1",), True, ())
    with project.connect() as connection:
        assert inspect(connection).get_table_names() == []


def test_a_server_is_called_by_its_own_name_under_any_url(
    make_project: Any, mariadb_url: str
) -> None:
    project = make_project(mariadb_url)
    project.revision("a1a1", None, TABLE)

    said = [
        one.text for one in doctor(lambda: project.config).findings if one.subject == "Database"
    ]

    assert mariadb_url.startswith("mysql+")
    assert planned(project).dialect == "mariadb"
    assert ", mariadb 1" in said[0]


def test_loss_and_lock_are_told_of_tables_that_are_there(project: Any) -> None:
    project.revision("a1a1", None, TABLE)
    upgrade(project.config)
    project.revision("b2b2", "a1a1", 'op.drop_column("t", "n")')

    (change,) = changes(planned(project))

    assert (change.loses_data, change.table_is_new) == (True, False)
    assert change.lock
    assert change.sources


@pytest.mark.parametrize(
    ("body", "known", "why"),
    [
        pytest.param(
            'op.get_bind().execute(sa.text("SELECT 1")).scalar()', 1, "reads live data: SELECT 1",
            id="select",
        ),
        pytest.param(
            "sa.inspect(op.get_bind()).get_table_names()", 1, "inspects the database", id="inspect"
        ),
        pytest.param("op.get_context().as_sql", 1, "whether there is a database", id="asks"),
        pytest.param("op.get_bind().begin()", 1, "the connection itself: begin", id="connection"),
        pytest.param("1 / 0", 1, "ZeroDivisionError", id="fails"),
        pytest.param(
            'op.get_bind().execute(sa.text("INSERT INTO t VALUES (1) RETURNING id")).one()', 2,
            "INSERT INTO t", id="returning",
        ),
        pytest.param('op.execute("UPDATE t SET n = 1")', 3, None, id="writes-only"),
    ],
)  # fmt: skip
def test_a_script_is_known_up_to_its_first_read(
    sqlite_project: Any, body: str, known: int, why: str | None
) -> None:
    sqlite_project.revision("a1a1", None, f'{TABLE}\n{body}\nop.drop_table("t")')

    (revision,) = planned(sqlite_project).revisions

    assert len(revision.changes) == known
    assert (revision.opaque is None) if why is None else (why in str(revision.opaque))


def test_what_sqlalchemy_creates_through_the_bind_is_told(
    postgresql_url: str, make_project: Any
) -> None:
    project = make_project(postgresql_url)
    project.revision(
        "a1a1",
        None,
        "from sqlalchemy.dialects import postgresql\n"
        'postgresql.ENUM("a", "b", name="mood").create(op.get_bind(), checkfirst=False)\n'
        'sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer)).create(op.get_bind(), checkfirst=False)\n'
        'op.drop_column("t", "a")',
    )

    found = changes(planned(project))

    assert [one.text for one in found][:2] == [
        "create enum mood ('a', 'b')",
        "create table t (1 column)",
    ]
    assert found[0].sql == ("CREATE TYPE mood AS ENUM ('a', 'b')",)
    assert found[2].table_is_new


def test_a_script_reaches_no_connection_while_it_is_listened_to(sqlite_project: Any) -> None:
    """However it finds one: here by a frame above it."""
    sqlite_project.revision(
        "a1a1",
        None,
        "import sys\nframe = sys._getframe()\n"
        "while 'connection' not in frame.f_locals or frame.f_locals['connection'] is None:\n"
        "    frame = frame.f_back\n"
        "frame.f_locals['connection'].exec_driver_sql('CREATE TABLE sneaked (a int)')",
    )

    (revision,) = planned(sqlite_project).revisions

    assert "CREATE TABLE sneaked" in str(revision.opaque)
    assert sqlite_project.tables() == set()


def test_a_revision_that_cant_be_imported_is_named_and_the_others_are_planned(
    sqlite_project: Any,
) -> None:
    path = sqlite_project.revision("a1a1")
    path.write_text(
        path.read_text().replace("import sqlalchemy", "import nothing_there\nimport sqlalchemy")
    )
    sqlite_project.revision("b2b2", "a1a1", TABLE)

    first, second = planned(sqlite_project).revisions

    assert "can't be imported: ModuleNotFoundError" in str(first.opaque)
    assert (len(second.changes), second.opaque) == (1, None)


def test_an_unknown_revision_in_the_database_is_named_and_there_is_a_plan(
    sqlite_project: Any,
) -> None:
    sqlite_project.revision("a1a1", None, TABLE)
    upgrade(sqlite_project.config)
    with sqlite_project.connect() as connection:
        connection.execute(text("UPDATE migrate_version SET version_num = 'gone'"))
        connection.commit()

    found = planned(sqlite_project)

    assert found.before == ("gone",)
    assert "gone" in found.unknown[0]
    assert len(found.revisions) == 1


def test_a_database_that_cant_be_reached_is_planned_from_the_beginning(make_project: Any) -> None:
    project = make_project("postgresql+psycopg://nobody:secret@127.0.0.1:1/x")
    project.revision("a1a1", None, TABLE)

    found = planned(project)

    assert (found.before, found.dialect, found.server_version) == (None, "postgresql", None)
    assert "cannot connect" in found.unknown[0]
    assert "secret" not in str(found)
    assert [change.sql is not None for change in changes(found)] == [True]


@pytest.mark.skipif(sys.platform == "win32", reason="SQLite's URI")
def test_a_database_that_cant_be_written_is_planned(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1", None, TABLE)
    upgrade(sqlite_project.config)
    sqlite_project.revision("b2b2", "a1a1", 'op.drop_table("t")')
    file = sqlite_project.url.removeprefix("sqlite:///")
    sqlite_project.url = f"sqlite:///file:{file}?mode=ro&uri=true"

    found = planned(sqlite_project)

    assert "read-only" in found.unknown[0]
    assert [one.id for one in found.revisions] == ["b2b2"]


def test_a_version_table_that_is_none_leaves_a_plan(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1", None, TABLE)
    with sqlite_project.connect() as connection:
        connection.execute(text("CREATE TABLE migrate_version (x INTEGER)"))

    found = planned(sqlite_project)

    assert found.before is None
    assert "migrate_version" in found.unknown[0]
    assert len(found.revisions) == 1


def test_the_size_of_a_table_comes_from_the_statistics(
    postgresql_url: str, make_project: Any
) -> None:
    """Without any, the table's size is known, and the rows are said to be unknown."""
    project = make_project(postgresql_url)
    project.revision("a1a1", None, TABLE)
    upgrade(project.config)
    project.revision("b2b2", "a1a1", 'op.create_index("ix", "t", ["n"])')
    with project.connect() as connection:
        connection.execute(text("ALTER TABLE t SET (autovacuum_enabled = off)"))
        connection.execute(text("INSERT INTO t SELECT i, 'n' FROM generate_series(1, 5000) i"))
        connection.commit()
    _forget_what_was_counted(project)

    (before,) = changes(planned(project))
    with project.connect() as connection:
        connection.execute(text("ANALYZE t"))
        connection.commit()
    (after,) = changes(planned(project))

    assert (before.rows, before.bytes is not None and before.bytes > 100_000) == (None, True)
    assert "rows not known (no statistics: ANALYZE)" in " ".join(cost(before))
    assert (after.rows, after.scans, after.blocks) == (5000, True, "writes")
    assert "about 5,000 rows" in " ".join(cost(after))


def _forget_what_was_counted(project: Any) -> None:
    """PostgreSQL's counters come a little late; once they are there, they are taken back to zero."""
    with project.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        deadline = time.monotonic() + 20
        counted = text("SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = 't'")
        while connection.scalar(counted) != 5000 and time.monotonic() < deadline:
            time.sleep(0.05)
        connection.execute(text("SELECT pg_stat_reset_single_table_counters('t'::regclass)"))


def test_statistics_are_said_where_they_are_and_unknown_where_not(
    sqlite_project: Any, mariadb_url: str, tmp_path: Path
) -> None:
    for url in (sqlite_project.url, mariadb_url):
        sqlite_project.url = url
        sqlite_project.revision("a1a1", None, TABLE)
        upgrade(sqlite_project.config)
        with sqlite_project.connect() as connection:
            connection.execute(text("INSERT INTO t VALUES (1, 'a'), (2, 'b')"))
            connection.commit()
        later = sqlite_project.revision("b2b2", "a1a1", 'op.drop_column("t", "n")')

        (unknown,) = changes(planned(sqlite_project))
        with sqlite_project.connect() as connection:
            connection.exec_driver_sql("ANALYZE" if url.startswith("sqlite") else "ANALYZE TABLE t")
            connection.commit()
            if url.startswith("sqlite"):
                connection.exec_driver_sql("CREATE INDEX i ON t (n)")
                connection.exec_driver_sql("ANALYZE")
                connection.commit()
        (known,) = changes(planned(sqlite_project))

        assert known.rows == 2
        assert unknown.rows is None or not url.startswith("sqlite")
        later.unlink()


def test_a_batch_block_that_copies_says_so(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1", None, TABLE)
    upgrade(sqlite_project.config)
    sqlite_project.revision(
        "b2b2",
        "a1a1",
        'with op.batch_alter_table("t") as batch:\n    batch.alter_column("n", nullable=False)',
    )

    (change,) = changes(planned(sqlite_project))

    assert (change.rewrites, change.sql) == (True, None)
    assert (change.lock, change.blocks) == ("EXCLUSIVE", "reads and writes")
    assert "copied" in str(change.why_no_sql)


def test_what_one_copy_does_is_counted_as_one(sqlite_project: Any) -> None:
    """Two blocks that copy, in two revisions, and one change in place: the copies aren't three."""
    sqlite_project.revision("a1a1", None, TABLE)
    upgrade(sqlite_project.config)
    block = """
        with op.batch_alter_table("t") as batch:
            batch.alter_column("n", nullable={nullable})
            batch.add_column(sa.Column("{new}", sa.Integer))
        """
    sqlite_project.revision("b2b2", "a1a1", block.format(nullable=False, new="x"))
    sqlite_project.revision("c3c3", "b2b2", block.format(nullable=True, new="y"))
    sqlite_project.revision("d4d4", "c3c3", 'op.add_column("t", sa.Column("z", sa.Integer))')

    found = planned(sqlite_project)

    copies = [change.copy for revision in found.revisions for change in revision.changes]
    assert copies == [1, 1, 2, 2, None]
    assert list(summary(found)) == [
        "3 revisions", "5 changes", "2 copy a table", "3 block reads and writes"
    ]  # fmt: skip
    assert markdown(found).count("| by the same copy |") == 2


@pytest.mark.parametrize(("type_", "rewrites"), [("sa.BigInteger", True), ("sa.Text", False)])
def test_a_type_that_isnt_stated_is_looked_up(
    postgresql_url: str, make_project: Any, type_: str, rewrites: bool
) -> None:
    project = make_project(postgresql_url)
    column = "n" if type_ == "sa.Text" else "id"
    project.revision("a1a1", None, TABLE)
    upgrade(project.config)
    project.revision("b2b2", "a1a1", f'op.alter_column("t", "{column}", type_={type_})')

    (change,) = changes(planned(project))

    assert change.rewrites is rewrites


def test_the_transaction_is_told(project: Any) -> None:
    project.revision("a1a1", None, TABLE)
    dialect = planned(project).dialect

    (revision,) = planned(project).revisions

    assert revision.transaction == (
        "none that holds it together: each DDL statement commits"
        if dialect in ("mysql", "mariadb")
        else "one transaction"
    )


def test_what_stands_alone_is_outside_of_the_transaction(
    postgresql_url: str, make_project: Any
) -> None:
    project = make_project(postgresql_url)
    project.revision(
        "a1a1", None, f'{TABLE}\nop.create_index("i", "t", ["n"], postgresql_concurrently=True)'
    )

    (revision,) = planned(project).revisions

    assert [change.alone for change in revision.changes] == [False, True]
    assert "one change runs outside of it" in revision.transaction


def test_going_down_is_planned(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1", None, TABLE, 'op.drop_table("t")')
    upgrade(sqlite_project.config)

    found = planned(sqlite_project, "base", down=True)

    assert (found.direction, found.heads) == ("downgrade", ())
    assert [change.loses_data for change in changes(found)] == [True]


def test_several_heads_are_a_question(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1")
    sqlite_project.revision("b2b2")

    with pytest.raises(UsageError):
        planned(sqlite_project)


FAILS = "its downgrade fails where the table has rows: it adds t.m, NOT NULL without a default"


@pytest.mark.parametrize(
    ("back", "reversible", "why"),
    [
        ('op.add_column("t", sa.Column("m", sa.Text, nullable=False))', None, FAILS),
        (
            'with op.batch_alter_table("t") as batch:\n'
            '    batch.add_column(sa.Column("m", sa.Text, nullable=False))',
            None,
            FAILS,
        ),
        ('op.add_column("t", sa.Column("m", sa.Text))', True, ""),
        (
            'op.add_column("t", sa.Column("m", sa.Text, nullable=False, server_default=""))',
            True,
            "",
        ),
        ('op.create_table("u", sa.Column("m", sa.Text, nullable=False))', True, ""),
    ],
    ids=["column", "batch", "nullable", "default", "table"],
)
def test_a_way_back_that_fails_over_rows_isnt_promised(
    project: Any, back: str, reversible: bool | None, why: str
) -> None:
    project.revision("a1a1", None, TABLE, back)

    (found,) = planned(project).revisions

    assert (found.reversible, found.way_back) == (reversible, why)


BACK = [
    pytest.param("pass", True, "", id="merge"),
    pytest.param('op.drop_table("t")', True, "", id="does"),
    pytest.param('irreversible("rows are merged")', False, "irreversible: rows are merged", id="said"),
    pytest.param('"""Why."""\n    migrate_cli.irreversible("x")', False, "irreversible: x", id="dotted"),
    pytest.param('# op.x(\n    """op.x("""\n    op.irreversible("x")', False, "irreversible: x",
                 id="behind-comments"),
    pytest.param("raise NotImplementedError", False, "its downgrade raises an error", id="raises"),
]  # fmt: skip


@pytest.mark.parametrize("loaded", [False, True])
@pytest.mark.parametrize(("body", "there", "why"), BACK)
def test_the_way_back_is_read_from_the_syntax_tree(
    body: str, there: bool, why: str, loaded: bool
) -> None:
    source = f"def upgrade():\n    pass\n\n\ndef downgrade():\n    {body}\n"

    found = of_source(source.encode(), loaded=loaded)

    assert (found.there, found.why) == (there, why)


@pytest.mark.parametrize(
    ("source", "there", "why"),
    [
        (
            "def upgrade():\n    op.x()\n\ndef downgrade():\n    pass",
            False,
            "its downgrade does nothing",
        ),
        ("def upgrade():\n    op.x()", False, "it has no downgrade"),
        ("from elsewhere import downgrade", None, "how its downgrade is made can't be told"),
        ('"""\ndef downgrade():\n    op.x()\n"""', None, "how its downgrade is made can't be told"),
        ("'''\ndef downgrade():\n    op.x()\n'''", None, "how its downgrade is made can't be told"),
        (
            "def downgrade():\n    op.x()\n\ndef downgrade():\n    pass",
            False,
            "its downgrade does nothing",
        ),
        ("def downgrade(:", None, "its file is not Python"),
    ],
)
def test_a_way_back_that_isnt_there_is_said(source: str, there: bool | None, why: str) -> None:
    for loaded in (False, True) if "(:" not in source else (False,):
        found = of_source(source.encode(), loaded=loaded)

        assert (found.there, found.why) == (there, why)


def test_markdown_folds_the_sql_and_escapes_what_is_no_sign_of_ours(sqlite_project: Any) -> None:
    sqlite_project.revision(
        "a1a1", None, f"{TABLE}\nop.execute(\"UPDATE t SET n = '|<b>|'\")", message="a *b* | <c>"
    )

    written = markdown(planned(sqlite_project))

    assert "#### `a1a1` a \\*b\\* &#124; &#60;c&#62;" in written
    assert "<details><summary>SQL (2 statements)</summary>" in written
    assert "| execute UPDATE t SET n = '&#124;&#60;b&#62;&#124;' |" in written
    assert "UPDATE t SET n = '|<b>|';" in written


def test_a_forecast_doesnt_touch_the_state_of_the_connection(project: Any) -> None:
    project.revision("a1a1", None, TABLE)
    with project.connect() as connection:
        found = plan(project.config, connection=connection)

        assert not connection.in_transaction()
    assert len(found.databases) == 1


@pytest.mark.parametrize(
    ("kind", "driver"),
    [("sqlite", "aiosqlite"), ("postgresql", "asyncpg"), ("mariadb", "aiomysql")],
)
def test_an_asynchronous_driver_is_asked_as_well(
    request: pytest.FixtureRequest, make_project: Any, kind: str, driver: str
) -> None:
    pytest.importorskip(driver)
    url = request.getfixturevalue(f"{kind}_url")
    name, _, rest = url.partition("://")
    project = make_project(f"{name.partition('+')[0]}+{driver}://{rest}")
    body = f'{TABLE}\nop.get_bind().execute(sa.text("SELECT 1")).all()'
    project.revision("a1a1", None, body)

    (revision,) = planned(project).revisions

    assert len(revision.changes) == 1
    assert "reads live data" in str(revision.opaque)
    assert asyncio.run(aio.plan(project.config)).databases[0].heads == ("a1a1",)
