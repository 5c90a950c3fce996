"""Running revisions: each script once, its row beside it, and what is said when one fails."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from migrate_cli.commands import current, downgrade, stamp, upgrade
from migrate_cli.commands.moves import Progress
from migrate_cli.config import load
from migrate_cli.errors import BadScript
from migrate_cli.failures import IdTooLong, RevisionFailed, UnknownApplied
from sqlalchemy import make_url, text

CREATE_A = 'op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))'
CREATE_B = 'op.create_table("b", sa.Column("id", sa.Integer(), primary_key=True))'
CREATE_C = 'op.create_table("c", sa.Column("id", sa.Integer(), primary_key=True))'
CREATE_D = 'op.create_table("d", sa.Column("id", sa.Integer(), primary_key=True))'
ALL = ["sqlite", "postgresql", "mysql"]
DROP_A, DROP_B = 'op.drop_table("a")', 'op.drop_table("b")'


def heads(project: Any) -> list[str]:
    return [entry.id for entry in current(project.config).revisions]


def two(project: Any) -> None:
    project.revision("a1", None, CREATE_A, DROP_A, message="make a")
    project.revision("b2", "a1", CREATE_B, DROP_B, message="make b")


def test_up_and_down_again(project: Any) -> None:
    two(project)

    up = upgrade(project.config)
    at, tables = heads(project), project.tables()
    down = downgrade(project.config, "base")

    assert [(d.revision, d.direction) for d in up.done] == [("a1", "upgrade"), ("b2", "upgrade")]
    assert (up.before, up.heads, up.at_head) == ((), ("b2",), True)
    assert at == ["b2"]
    assert tables == {"a", "b"}
    assert [(d.revision, d.direction) for d in down.done] == [
        ("b2", "downgrade"),
        ("a1", "downgrade"),
    ]
    assert heads(project) == []
    assert project.tables() == set()


def test_a_second_run_has_nothing_to_do(project: Any) -> None:
    two(project)
    upgrade(project.config)

    again = upgrade(project.config)

    assert again.done == ()
    assert again.at_head


def test_an_upgrade_to_what_lies_below_says_so(sqlite_project: Any) -> None:
    two(sqlite_project)
    upgrade(sqlite_project.config)

    below = upgrade(sqlite_project.config, "a1")

    assert (below.done, below.passed) == ((), ("a1",))


@pytest.mark.parametrize("transaction", ["revision", "run"])
def test_a_commit_that_fails_is_a_failure(
    transaction: str, make_project: Callable[[str], Any], postgresql_url: str
) -> None:
    """A deferred foreign key is looked at when the transaction ends."""
    project = make_project(postgresql_url)
    project.settings(f'transaction = "{transaction}"')
    deferred = "id INTEGER PRIMARY KEY, b INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED"
    project.revision("a1", None, f'op.execute("CREATE TABLE t ({deferred})")')
    project.revision("b2", "a1", 'op.execute("INSERT INTO t VALUES (1, 7)")')

    with pytest.raises(RevisionFailed, match="violates foreign key") as caught:
        upgrade(project.config)

    assert caught.value.revision == "b2"
    assert heads(project) == (["a1"] if transaction == "revision" else [])


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        pytest.param("op: Operations", 'op.execute("SELECT 1")', id="typed op"),
        pytest.param("op", 'op.execute("SELECT 1")', id="op by name"),
        pytest.param("o: Operations", 'o.execute("SELECT 1")', id="op by type"),
        pytest.param("o: 'Operations'", 'o.execute("SELECT 1")', id="op by the name of its type"),
        pytest.param(
            "op: ForCheckersOnly",
            'op.execute("SELECT 1")',
            id="op by a type that isn't there",
            marks=pytest.mark.skipif(sys.version_info < (3, 14), reason="the file can't be loaded"),
        ),
        pytest.param("", 'from migrate_cli import op; op.execute("SELECT 1")', id="global op"),
    ],
)
def test_the_forms_of_a_script(sqlite_project: Any, signature: str, body: str) -> None:
    sqlite_project.revision("a1", None, body, signature=signature)

    assert [done.revision for done in upgrade(sqlite_project.config).done] == ["a1"]


def test_a_script_runs_exactly_once(sqlite_project: Any) -> None:
    """Also where its file is named by several ways: the function is called, not the file."""
    marks = sqlite_project.root / "marks"
    sqlite_project.revision("a1", None, f"with open({str(marks)!r}, 'a') as f: f.write('x')")

    upgrade(sqlite_project.config)

    assert marks.read_text() == "x"


def test_progress_is_told_before_and_after_each_step(sqlite_project: Any) -> None:
    two(sqlite_project)
    heard: list[str] = []
    progress = Progress(
        begun=lambda script, direction: heard.append(f"{direction} {script.id}"),
        ended=lambda done: heard.append(f"{done.revision} {done.message} {done.seconds >= 0}"),
    )

    upgrade(sqlite_project.config, progress=progress)

    assert heard == ["upgrade a1", "a1 make a True", "upgrade b2", "b2 make b True"]


def test_a_failure_rolls_its_revision_back_and_keeps_those_before(project: Any) -> None:
    project.revision("a1", None, CREATE_A)
    path = project.revision("b2", "a1", f"{CREATE_B}\n{CREATE_A}", message="make b")

    with pytest.raises(RevisionFailed) as caught:
        upgrade(project.config)

    failed = caught.value
    rolled_back = project.url.startswith(("sqlite", "postgresql"))
    assert heads(project) == ["a1"]
    assert project.tables() == ({"a"} if rolled_back else {"a", "b"})
    assert (failed.revision, failed.direction, failed.title) == ("b2", "upgrade", "make b")
    assert failed.place == f"{path}:12"
    assert str(failed.statement).startswith("CREATE TABLE a ( id ")
    assert "already exists" in failed.reason
    assert failed.exit_status == 4
    assert failed.state[-1] == "the database is at a1"
    if rolled_back:
        assert failed.state[0] == "this revision is rolled back"
    else:
        assert "this stays" in failed.state[0]
        assert "create table b (1 column)" in failed.state[0]


@pytest.mark.parametrize(
    ("body", "stays"),
    [
        pytest.param(f"{CREATE_B}\n{{insert}}", "create table b (1 column)", id="rows-go"),
        pytest.param("{insert}", None, id="rows-alone-go"),
        pytest.param(
            f"{{insert}}\n{CREATE_B}",
            "insert 1 row into a; create table b (1 column)",
            id="ddl-commits-rows",
        ),
        pytest.param(
            "{insert}\nop.execute('CREATE TABLE a (id int)')",
            "insert 1 row into a",
            id="ddl-that-fails-commits-rows",
        ),
        pytest.param(
            "op.get_bind().exec_driver_sql('CREATE TABLE b (id int)')",
            "execute CREATE TABLE b (id int)",
            id="ddl-on-the-bind",
        ),
        pytest.param(
            "op.get_bind().exec_driver_sql('CREATE TEMPORARY TABLE b (id int)')",
            None,
            id="temporary-table",
        ),
    ],
)
def test_what_stays_is_told_where_ddl_commits_by_itself(
    project: Any, body: str, stays: str | None
) -> None:
    insert = "op.bulk_insert(sa.table('a', sa.column('id')), [{'id': 1}])"
    project.revision("a1", None, CREATE_A)
    project.revision("b2", "a1", f"{body.format(insert=insert)}\nraise ValueError('late')")

    with pytest.raises(RevisionFailed) as caught:
        upgrade(project.config)

    with project.connect() as connection:
        kept = connection.scalar(text("SELECT count(*) FROM a"))
    if stays is None or project.url.startswith(("sqlite", "postgresql")):
        assert caught.value.state[0] == "this revision is rolled back"
        assert kept == 0
    else:
        assert caught.value.state[0] == f"this stays, it is committed: {stays}"
        assert kept == int("insert" in stays)


def test_labels_that_rows_hold_are_refused_by_mariadb_with_the_mend(
    make_project: Any, mariadb_url: str
) -> None:
    project = make_project(mariadb_url)
    project.revision("a1", None, 'op.create_table("a", sa.Column("e", sa.Enum("x", "y")))')
    project.revision("b2", "a1", "op.execute(\"INSERT INTO a VALUES ('x')\")")
    change = 'op.alter_column("a", "e", type_=sa.Enum("z", "y"), existing_type=sa.Enum("x", "y"))'
    project.revision("c3", "b2", change)

    with pytest.raises(RevisionFailed) as caught:
        upgrade(project.config)

    assert "an ENUM gets its new labels before that" in caught.value.reason


def test_rerunning_after_a_mended_failure_goes_on(sqlite_project: Any) -> None:
    sqlite_project.revision("a1", None, CREATE_A)
    sqlite_project.revision("b2", "a1", f"{CREATE_B}\nraise RuntimeError('not yet')")
    with pytest.raises(RevisionFailed, match="RuntimeError: not yet"):
        upgrade(sqlite_project.config)
    sqlite_project.revision("b2", "a1", CREATE_B)

    assert [done.revision for done in upgrade(sqlite_project.config).done] == ["b2"]


def test_one_transaction_for_the_run_rolls_all_of_it_back(project: Any) -> None:
    project.settings('transaction = "run"')
    project.revision("a1", None, CREATE_A)
    project.revision("b2", "a1", CREATE_A)

    with pytest.raises(RevisionFailed) as caught:
        upgrade(project.config)

    if project.url.startswith(("sqlite", "postgresql")):
        assert project.tables() == set()
        assert caught.value.state == ("the whole run is rolled back", "the database is at <base>")
    else:
        assert heads(project) == ["a1"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise SystemExit(0)", "the script ends the process"),
        ("import sys; sys.exit()", "the script ends the process"),
        ("yield", "gave a generator, so nothing of it ran"),
        ("op.get_bind().close(); op.execute('SELECT 1')", "closed"),
        ("class Odd(BaseException): pass\nraise Odd('base')", "Odd: base"),
        ("raise GeneratorExit", "GeneratorExit"),
        (f"{CREATE_A}; op.get_bind().rollback()", "the script rolled back the transaction"),
        ("op.add_colum('t')", "op has no word 'add_colum'; did you mean 'add_column'"),
    ],
)
def test_scripts_that_misbehave_are_no_success(sqlite_project: Any, body: str, reason: str) -> None:
    sqlite_project.revision("a1", None, body)

    with pytest.raises(RevisionFailed) as caught:
        upgrade(sqlite_project.config)

    assert reason in caught.value.reason
    assert heads(sqlite_project) == []


ROLLED_BACK = "the script rolled back the transaction"


@pytest.mark.parametrize(
    ("ending", "databases", "reason", "stays"),
    [
        pytest.param("op.execute('ROLLBACK')", ALL, ROLLED_BACK, False, id="rollback"),
        pytest.param("op.execute(' rollback ; ')", ALL, ROLLED_BACK, False, id="lower-case"),
        pytest.param(
            "op.get_bind().exec_driver_sql('ROLLBACK')", ALL, ROLLED_BACK, False, id="by-the-bind"
        ),
        pytest.param(
            "op.execute('INSERT INTO a VALUES (2); ABORT')",
            ["postgresql"],
            ROLLED_BACK,
            False,
            id="abort-among-others",
        ),
        pytest.param("op.execute('COMMIT')", ALL, "ValueError", True, id="commit"),
        pytest.param("op.get_bind().commit()", ALL, "ValueError", True, id="commit-by-the-bind"),
        pytest.param(
            "op.execute('BEGIN; INSERT INTO a VALUES (2); END')",
            ["postgresql"],
            "ValueError",
            True,
            id="end-among-others",
        ),
        pytest.param(
            "op.execute('SAVEPOINT s'); op.execute('ROLLBACK TO SAVEPOINT s')",
            ALL,
            "ValueError",
            False,
            id="savepoint",
        ),
        pytest.param(
            "op.execute('DO $$ BEGIN PERFORM 1; END $$')",
            ["postgresql"],
            "ValueError",
            False,
            id="end-of-a-body",
        ),
    ],
)
def test_a_script_that_ends_its_transaction_by_sql_is_noticed(
    project: Any, ending: str, databases: list[str], reason: str, stays: bool
) -> None:
    dialect = project.url.partition("+")[0].partition(":")[0]
    if dialect not in databases:
        pytest.skip(f"{dialect} says it otherwise")
    project.revision("a1", None, CREATE_A)
    upgrade(project.config)
    insert = "op.execute('INSERT INTO a (id) VALUES (1)')"
    project.revision("b2", "a1", f"{insert}\n{ending}\n{CREATE_B}\nraise ValueError('late')")

    with pytest.raises(RevisionFailed) as caught:
        upgrade(project.config)

    with project.connect() as connection:
        kept = connection.scalar(text("SELECT count(*) FROM a WHERE id = 1"))
    assert reason in caught.value.reason
    assert kept == (1 if stays or (dialect == "mysql" and reason == "ValueError") else 0)
    if dialect != "mysql":  # there CREATE TABLE has committed everything
        assert project.tables() == {"a"}
        assert caught.value.state[0].startswith("this stays" if stays else "this revision is")
    assert heads(project) == ["a1"]


def test_what_is_committed_by_a_script_is_gone_on_from(project: Any) -> None:
    """After a script's COMMIT its later changes are in one transaction with its version row."""
    body = f"{CREATE_A}\nop.execute('COMMIT')\n{CREATE_B}"
    project.revision("a1", None, body)

    upgrade(project.config)

    assert project.tables() == {"a", "b"}
    assert heads(project) == ["a1"]


@pytest.mark.parametrize("driver", ["psycopg2", "asyncpg", "pg8000"])
@pytest.mark.parametrize(
    "ending", ["op.execute('COMMIT')", "op.execute('BEGIN; END')", "op.get_bind().commit()"]
)
def test_what_comes_behind_a_commit_is_in_a_transaction_with_any_driver(
    make_project: Callable[[str], Any], postgresql_url: str, driver: str, ending: str
) -> None:
    """Also where the driver remembers to have begun one, which the script has ended."""
    pytest.importorskip(driver)
    if driver == "asyncpg" and ";" in ending:
        pytest.skip("it takes one statement in one text")
    project = make_project(postgresql_url)
    project.revision("a1", None, CREATE_A)
    project.revision("b2", "a1", f"{CREATE_C}\n{ending}\n{CREATE_D}")
    project.revision("c3", "b2", f"{ending}\n{CREATE_B}\nraise ValueError('late')")
    url = make_url(postgresql_url).set(drivername=f"postgresql+{driver}")
    config = replace(project.config, url=url.render_as_string(hide_password=False))

    with pytest.raises(RevisionFailed, match="late"):
        upgrade(config)

    assert (project.tables(), heads(project)) == ({"a", "c", "d"}, ["b2"])


def test_an_interruption_goes_on_and_says_where_the_database_is(project: Any) -> None:
    project.revision("a1", None, CREATE_A)
    project.revision("b2", "a1", f"{CREATE_B}\nraise KeyboardInterrupt")

    with pytest.raises(KeyboardInterrupt) as caught:
        upgrade(project.config)

    notes = caught.value.__notes__
    assert notes[-1] == "the database is at a1"
    if project.url.startswith(("sqlite", "postgresql")):
        assert project.tables() == {"a"}
        assert notes[0] == "this revision is rolled back"
    else:
        assert notes[0] == "this stays, it is committed: create table b (1 column)"


def test_an_id_that_is_too_long_is_refused_before_anything_runs(project: Any) -> None:
    with project.connect() as connection:
        connection.execute(text("CREATE TABLE migrate_version (version_num varchar(32))"))
        connection.commit()
    project.revision("a1", None, CREATE_A)
    project.revision("b" * 33, "a1", CREATE_B)

    if project.url.startswith("sqlite"):
        upgrade(project.config)  # takes texts of any length
        return
    with pytest.raises(IdTooLong, match="33 characters, and 32 fit into migrate_version"):
        upgrade(project.config)

    assert project.tables() == set()


def test_a_script_that_is_async_is_no_success(sqlite_project: Any) -> None:
    path = sqlite_project.revision("a1", None)
    path.write_text(path.read_text().replace("def upgrade", "async def upgrade"))

    with pytest.raises(RevisionFailed, match="gave a coroutine"):
        upgrade(sqlite_project.config)


def test_all_scripts_are_loaded_before_one_runs(sqlite_project: Any) -> None:
    sqlite_project.revision("a1", None, CREATE_A)
    path = sqlite_project.revision("b2", "a1")
    path.write_text(path.read_text() + "\n1 / 0\n")

    with pytest.raises(BadScript, match="ZeroDivisionError"):
        upgrade(sqlite_project.config)

    assert sqlite_project.tables() == set()


def test_a_script_without_its_function_is_named_before_anything_runs(sqlite_project: Any) -> None:
    sqlite_project.revision("a1", None, CREATE_A)
    path = sqlite_project.revision("b2", "a1")
    path.write_text(path.read_text().replace("def upgrade", "def up"))

    with pytest.raises(BadScript, match=r"b2.py: has no function upgrade\(\)"):
        upgrade(sqlite_project.config)

    assert sqlite_project.tables() == set()


def test_a_database_ahead_of_the_files_is_named(sqlite_project: Any) -> None:
    two(sqlite_project)
    upgrade(sqlite_project.config)
    (sqlite_project.root / "migrations" / "versions" / "b2.py").unlink()

    with pytest.raises(UnknownApplied, match="migrate_version is at b2, which has no file"):
        upgrade(sqlite_project.config)
    assert current(sqlite_project.config).unknown == ("b2",)
    stamp(sqlite_project.config, ["a1"], purge=True)
    assert heads(sqlite_project) == ["a1"]


def test_a_callers_connection_is_used_and_its_transaction_respected(project: Any) -> None:
    two(project)
    with project.connect() as connection, connection.begin() as callers:
        moved = upgrade(project.config, connection=connection)
        callers.rollback()

    assert len(moved.done) == 2
    if project.url.startswith(("sqlite", "postgresql")):
        assert project.tables() == set()


@pytest.mark.parametrize(
    ("server", "driver"),
    [("sqlite", "sqlite+aiosqlite"), ("postgresql", "postgresql+asyncpg")],
)
def test_an_asynchronous_driver_runs_the_same_scripts(
    server: str, driver: str, request: pytest.FixtureRequest, make_project: Callable[[str], Any]
) -> None:
    pytest.importorskip(driver.partition("+")[2], reason="an asynchronous driver")
    project = make_project(request.getfixturevalue(f"{server}_url"))
    plain, asynchronous = project.url, driver + project.url[project.url.index(":") :]
    two(project)
    project.revision("c3", "b2", f"{DROP_A}\n{CREATE_B}")

    project.url = asynchronous
    with pytest.raises(RevisionFailed, match="the database is at b2"):
        upgrade(project.config)

    project.url = plain
    assert project.tables() == {"a", "b"}
    assert heads(project) == ["b2"]


def test_a_stamp_runs_nothing(project: Any) -> None:
    two(project)

    stamped = stamp(project.config, ["b2"])

    assert (stamped.before, stamped.heads, stamped.done) == ((), ("b2",), ())
    assert project.tables() == set()
    assert heads(project) == ["b2"]


def test_the_script_of_a_plan_leaves_what_running_it_leaves(sqlite_project: Any) -> None:
    two(sqlite_project)
    sqlite_project.revision("c3", "b2", 'op.execute("INSERT INTO a (id) VALUES (1)")')
    script = io.StringIO()

    upgrade(sqlite_project.config, sql=script)

    with sqlite_project.connect() as connection:
        connection.connection.driver_connection.executescript(script.getvalue())
        assert connection.execute(text("SELECT id FROM a")).scalars().all() == [1]
    assert sqlite_project.tables() == {"a", "b"}
    assert heads(sqlite_project) == ["c3"]


def test_a_script_between_two_revisions(sqlite_project: Any) -> None:
    two(sqlite_project)
    up, down = io.StringIO(), io.StringIO()

    upgrade(sqlite_project.config, "a1:b2", sql=up)
    downgrade(sqlite_project.config, "b2:base", sql=down)

    assert "migrate_version (" not in up.getvalue().partition("INSERT")[0]
    assert "UPDATE migrate_version SET version_num='b2'" in up.getvalue()
    assert down.getvalue().count("DROP TABLE") == 2


def test_a_step_that_reads_is_a_gap_in_the_script(sqlite_project: Any) -> None:
    """What stands before it in the revision, and the other revisions, are written."""
    sqlite_project.revision("a1", None, CREATE_A)
    path = sqlite_project.revision(
        "b2",
        "a1",
        """
        op.execute("SELECT 'before'")
        if op.get_bind().execute(sa.text("SELECT id FROM a")).scalar():
            op.execute("SELECT 'after'")
        """,
    )
    sqlite_project.revision("c3", "b2", "op.execute(\"SELECT 'next'\")")
    script = io.StringIO()

    moved = upgrade(sqlite_project.config, sql=script)

    (gap,) = moved.gaps
    assert (gap.revision, gap.rest) == ("b2", True)
    assert gap.describe() == (
        f"{gap.place}: reads live data: SELECT id FROM a; nor is what follows in this revision"
    )
    assert gap.place.startswith(f"{path}:")
    text = script.getvalue()
    assert f"-- GAP 1: {gap.place}\n--   reads live data: SELECT id FROM a\n" in text
    assert "'before'" in text
    assert "'after'" not in text
    assert "'next'" in text
    assert "version_num='c3'" in text


def test_a_change_that_needs_the_database_is_a_gap_and_the_rest_is_written(
    sqlite_project: Any,
) -> None:
    sqlite_project.settings()
    sqlite_project.revision(
        "a1",
        None,
        'op.alter_column("t", "a", nullable=False)\nop.execute("SELECT 1")',
    )
    config = load(sqlite_project.root, url="mysql+pymysql://nowhere/x")
    script = io.StringIO()

    (gap,) = upgrade(config, sql=script).gaps

    assert "existing_type" in gap.reason
    assert not gap.rest
    assert script.getvalue().index("GAP 1") < script.getvalue().index("SELECT 1")


def test_an_error_writes_nothing(sqlite_project: Any) -> None:
    sqlite_project.revision("a1", None, CREATE_A)
    path = sqlite_project.revision("b2", "a1", "1 / 0")
    script = io.StringIO()

    with pytest.raises(RevisionFailed) as caught:
        upgrade(sqlite_project.config, sql=script)

    assert script.getvalue() == ""
    assert caught.value.place == f"{path}:11"
    assert caught.value.state == ("nothing was written",)
