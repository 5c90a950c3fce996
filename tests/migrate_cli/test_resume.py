"""A run that is killed: the next one ends as an undisturbed one, or stops and says what to choose."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from migrate_cli.commands import downgrade, log, resume, stamp, status, upgrade
from migrate_cli.errors import (
    BadJournal,
    CantGoOn,
    CantUndo,
    FileEdited,
    FileGone,
    NothingUnfinished,
    Unfinished,
    UsageError,
)
from migrate_cli.failures import RevisionFailed
from sqlalchemy import inspect, text

from .killer import Killer

MANY = bool(os.environ.get("MIGRATE_TEST_KILLS"))
"""Whether all moments are tried, as at night."""

ORM = """
class Base(orm.DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    body: orm.Mapped[str] = orm.mapped_column(sa.String(50))
    n: orm.Mapped[int]
"""
MIXED = """
id, body = sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.String(50))
op.create_table("notes", id, body, sa.Column("n", sa.Integer, server_default="0"))
bind = op.get_bind()
with orm.Session(bind) as session:
    session.add_all([Note(body=f"b{n}", n=n) for n in range(3)])
    session.commit()
bind.execute(sa.text("UPDATE notes SET n = n + 1"))
if not sa.inspect(bind).has_table("tags"):
    op.create_table("tags", sa.Column("id", sa.Integer, primary_key=True))
    bind.execute(sa.text("INSERT INTO tags VALUES (1)"))
op.add_column("notes", sa.Column("extra", sa.Integer))
for row in bind.execute(sa.text("SELECT id, n FROM notes WHERE extra IS NULL")).all():
    bind.execute(sa.text("UPDATE notes SET extra = :n WHERE id = :id"), {"n": row.n, "id": row.id})
op.create_index("ix_n", "notes", ["n"])
bind.execute(sa.text("UPDATE notes SET n = n + 100"))
if "ix_n" in [index["name"] for index in sa.inspect(bind).get_indexes("notes")]:
    op.drop_index("ix_n", "notes")
op.create_table("last", sa.Column("id", sa.Integer, primary_key=True))
"""
RENAMED = """
op.alter_column("notes", "body", new_column_name="text", existing_type=sa.String(50))
op.alter_column("notes", "n", type_=sa.BigInteger(), existing_type=sa.Integer)
"""
HALVES = """
op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
op.execute("INSERT INTO notes (id, n) VALUES (1, 1), (2, 2)")
op.create_index("ix_n", "notes", ["n"], postgresql_concurrently=True)
op.execute("UPDATE notes SET n = n + 1")
with op.get_context().autocommit_block():
    op.execute("UPDATE notes SET n = n + 10")
    op.execute("VACUUM")
    if not sa.inspect(op.get_bind()).has_table("tags"):
        op.execute("CREATE TABLE tags (id INTEGER)")
    op.execute("INSERT INTO tags VALUES (7)")
op.execute("UPDATE notes SET n = n + 100")
"""
SCRIPTS = {
    "sqlite": {"mixed": MIXED, "halves": HALVES},
    "postgresql": {"mixed": MIXED + RENAMED, "halves": HALVES},
    "mysql": {"mixed": MIXED + RENAMED},
}


def dialect(project: Any) -> str:
    name: str = project.url.partition("+")[0].partition(":")[0]
    return name


def script(project: Any, body: str) -> None:
    path = project.revision("a1", None, body)
    header, _, rest = path.read_text().partition("\n\n\n")
    path.write_text(f"{header}\nfrom sqlalchemy import orm\n\n{ORM}\n\n{rest}")


def picture(project: Any) -> dict[str, Any]:
    """What a database holds: columns, indexes and rows; keys that were given by counting apart."""
    found = {}
    with project.connect() as connection:
        look = inspect(connection)
        for table in sorted(set(look.get_table_names()) - {"migrate_journal"}):
            columns = [column["name"] for column in look.get_columns(table)]
            kept = [name for name in columns if table != "notes" or name != "id"]
            rows = connection.execute(text(f"SELECT {', '.join(kept)} FROM {table}"))
            indexes = sorted(str(index["name"]) for index in look.get_indexes(table))
            found[table] = (columns, indexes, sorted(map(tuple, rows)))
    return found


def emptied(project: Any) -> None:
    with project.connect() as connection:
        for table in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE {table}"))
        connection.commit()


CASES = [(name, kind) for name, kinds in SCRIPTS.items() for kind in kinds]


@pytest.mark.parametrize("case", ["mixed", "halves"])
@pytest.mark.slow
def test_the_run_after_a_kill_ends_as_an_undisturbed_one(
    case: str, project: Any, killer: Killer
) -> None:
    """Killed around every statement and commit, and once more while it goes on."""
    body = SCRIPTS[dialect(project)].get(case)
    if body is None:
        pytest.skip("every statement of DDL stands alone there")
    script(project, body)
    assert killer.run(project)[0] == 0
    undisturbed = picture(project)
    if not MANY:
        for when in ("before:16", "before:29"):
            assert died(project, killer, undisturbed, when, "before:19")
        return
    for moment in range(1, 300):
        when = [f"{place}:{moment}" for place in ("before", "after")]
        if died(project, killer, undisturbed, when[0], f"before:{moment // 2}"):
            died(project, killer, undisturbed, when[1], f"after:{moment // 2}")
        else:
            return
    pytest.fail("it never comes to its end")


@pytest.mark.skipif(not MANY, reason="MIGRATE_TEST_KILLS isn't set")
def test_a_kill_at_any_time(project: Any, killer: Killer) -> None:
    """A hundred moments by the clock, that fall where they fall."""
    script(project, SCRIPTS[dialect(project)]["mixed"])
    began = time.perf_counter()
    assert killer.run(project)[0] == 0
    whole = time.perf_counter() - began
    undisturbed = picture(project)

    for part in range(100):
        when = f"seconds:{whole * (part + 1) / 100:.4f}"
        died(project, killer, undisturbed, when, f"seconds:{whole * (100 - part) / 150:.4f}")


def died(project: Any, killer: Killer, undisturbed: dict[str, Any], *moments: str) -> bool:
    """Kill a run, kill the one that goes on, and let the third end; tell whether the first died."""
    emptied(project)
    ended = [killer.run(project, moment) for moment in moments]
    status, told = killer.run(project)
    where = f"killed {', '.join(moments)}: {told}"
    assert status == 0, where
    assert picture(project) == undisturbed, where
    with project.connect() as connection:
        asked = text("SELECT state FROM migrate_journal WHERE n = 0")
        assert connection.execute(asked).scalars().all() == ["done"], where
    return ended[0][0] == -9


THREE = """
op.create_table("one", sa.Column("id", sa.Integer, primary_key=True))
op.execute("INSERT INTO one (id) VALUES (1)")
op.create_table("two", sa.Column("id", sa.Integer, primary_key=True))
raise ValueError("no further")
"""
BACK = 'op.drop_table("one")'


@pytest.fixture
def half(make_project: Callable[[str], Any], mariadb_url: str) -> Any:
    """A project on MariaDB whose first revision ended in its middle: three statements are done."""
    project = make_project(mariadb_url)
    project.revision("a1", None, THREE, BACK)
    with pytest.raises(RevisionFailed, match="migrate status"):
        upgrade(project.config)
    return project


def states(project: Any) -> list[str]:
    return [one.state for one in log(project.config).revisions]


def test_status_says_what_is_done_and_what_is_not(half: Any) -> None:
    found = status(half.config).unfinished

    assert found is not None
    assert (found.revision, found.direction, found.next, found.edited) == (
        "a1",
        "upgrade",
        4,
        False,
    )
    assert [(one.number, one.state) for one in found.statements] == [
        (1, "done"),
        (2, "done"),
        (3, "done"),
    ]
    assert "no further" in str(found.reason)


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        pytest.param(lambda c: downgrade(c, "base"), "downgrade to base", id="downgrade"),
        pytest.param(lambda c: stamp(c, ["a1"]), "stamp", id="stamp"),
    ],
)
def test_what_would_pass_over_it_is_refused(
    half: Any, refused: Callable[[Any], Any], reason: str
) -> None:
    with pytest.raises(Unfinished, match=reason):
        refused(half.config)


def test_a_file_that_was_edited_is_refused_with_the_difference(half: Any) -> None:
    half.revision("a1", None, THREE.replace("raise ValueError", "print"), BACK)

    with pytest.raises(FileEdited, match="no further") as caught:
        upgrade(half.config)

    assert any(line.startswith("+") and "print" in line for line in caught.value.difference)
    moved = resume(half.config, continue_at=caught.value.number)
    assert (moved.heads, half.tables()) == (("a1",), {"one", "two"})
    with half.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM one")) == 1


def test_what_was_done_is_taken_back(half: Any) -> None:
    half.revision("a1", None, THREE.replace('op.execute("INSERT INTO one (id) VALUES (1)")', ""))
    stamp(half.config, ["base"], purge=True)
    with half.connect() as connection:
        connection.execute(text("DROP TABLE one"))
        connection.execute(text("DROP TABLE two"))
    with pytest.raises(RevisionFailed):
        upgrade(half.config)

    moved = resume(half.config, undo=True)

    assert (moved.heads, half.tables()) == ((), set())
    assert states(half) == ["undone", "left"]


def test_what_was_said_as_sql_cant_be_taken_back(half: Any) -> None:
    with pytest.raises(CantUndo, match="statement 2"):
        resume(half.config, undo=True)

    assert half.tables() == {"one", "two"}


def test_it_can_be_marked_as_done(half: Any) -> None:
    moved = resume(half.config, mark_done=True)

    assert moved.heads == ("a1",)
    assert states(half) == ["left"]
    with pytest.raises(NothingUnfinished):
        resume(half.config)


def test_there_is_one_way_at_a_time(half: Any) -> None:
    with pytest.raises(UsageError, match="three ways"):
        resume(half.config, undo=True, mark_done=True)
    with pytest.raises(UsageError, match="no statement 9"):
        resume(half.config, continue_at=9)


def test_a_file_that_is_gone_can_be_had_back(half: Any) -> None:
    path = half.root / "migrations" / "versions" / "a1.py"
    source = path.read_text()
    path.unlink()

    with pytest.raises(FileGone, match="migrate log a1 --source"):
        upgrade(half.config)

    assert log(half.config, "a1", source=True).source == source


def test_a_statement_that_differs_stops(half: Any) -> None:
    """A script that asks the clock says something else the second time."""
    marks = half.root / "marks"
    changing = f"""
    import pathlib
    marks = pathlib.Path({str(marks)!r})
    marks.write_text(marks.read_text() + "x" if marks.exists() else "x")
    op.create_table("three", sa.Column("id", sa.Integer, primary_key=True))
    op.execute(f"INSERT INTO three (id) VALUES ({{len(marks.read_text())}})")
    op.create_table("four", sa.Column("id", sa.Integer, primary_key=True))
    raise ValueError("no further")
    """
    resume(half.config, mark_done=True)
    half.revision("b2", "a1", changing)
    with pytest.raises(RevisionFailed):
        upgrade(half.config)

    with pytest.raises(CantGoOn, match="INSERT INTO three") as caught:
        upgrade(half.config)

    assert "migrate resume --continue-at 3" in str(caught.value)
    with half.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM three")) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param("ALTER TABLE migrate_journal DROP COLUMN host", "no column host", id="column"),
        pytest.param("DELETE FROM migrate_journal WHERE n = 1", "lacks row 1", id="row"),
        pytest.param(
            "UPDATE migrate_journal SET text = 'x' WHERE n = 1", "another text", id="text"
        ),
        pytest.param("UPDATE migrate_journal SET text = NULL WHERE n = 1", "text", id="no-text"),
        pytest.param("UPDATE migrate_journal SET state = 'odd' WHERE n = 0", "'odd'", id="state"),
        pytest.param("UPDATE migrate_journal SET state = 'odd' WHERE n = 2", "row 2", id="done?"),
        pytest.param("UPDATE migrate_journal SET kind = 'odd' WHERE n = 2", "row 2", id="kind"),
        pytest.param("UPDATE migrate_journal SET answer = '[1]' WHERE n = 2", "row 2", id="answer"),
        pytest.param(
            "UPDATE migrate_journal SET direction = 'odd' WHERE n = 0", "'odd'", id="direction"
        ),
        pytest.param("UPDATE migrate_journal SET layout = NULL", "source or layout", id="layout"),
        pytest.param(
            "UPDATE migrate_journal SET layout = 9, tool = '9.0' WHERE n = 0", "9.0", id="newer"
        ),
        pytest.param("INSERT INTO migrate_version VALUES ('a1')", "mark-done", id="versions"),
    ],
)
def test_a_journal_that_was_changed_by_hand_is_named(half: Any, change: str, reason: str) -> None:
    with half.connect() as connection:
        if "migrate_version" in change:
            connection.execute(text("DELETE FROM migrate_version"))
        connection.execute(text(change))
        connection.commit()

    with pytest.raises(Exception, match=reason) as caught:
        upgrade(half.config)

    assert type(caught.value).__name__ in ("BadJournal", "NewerJournal")
    assert isinstance(caught.value, BadJournal) or "install" in str(caught.value)
    if "stamp --purge" in str(caught.value):
        stamp(half.config, ["a1"], purge=True)
        assert not upgrade(half.config).done


@pytest.mark.parametrize(
    "index",
    [
        'op.create_index("ix", "t", ["a"], unique=True, postgresql_concurrently=True)',
        'op.execute("CREATE UNIQUE INDEX CONCURRENTLY ix ON t (a)")',
        'op.execute("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS IX ON public.t (a)")',
        'op.execute(sa.text(\'-- slow\\ncreate unique index concurrently "ix" on only "t" (a)\'))',
        'with op.get_context().autocommit_block():\n    op.get_bind().exec_driver_sql("CREATE UNIQUE INDEX CONCURRENTLY'
        ' IF NOT EXISTS ix ON t (a)")',
    ],
    ids=["word", "sql", "if-not-exists", "text", "through-the-bind"],
)
def test_an_invalid_index_is_built_anew(
    make_project: Callable[[str], Any], postgresql_url: str, index: str
) -> None:
    """What a failed CREATE UNIQUE INDEX CONCURRENTLY leaves behind."""
    project = make_project(postgresql_url)
    project.revision("a1", None, 'op.execute("CREATE TABLE t (a int)")')
    project.revision("b2", "a1", f'op.execute("CREATE TABLE u (a int)")\n{index}')
    upgrade(project.config, "a1")
    with project.connect() as connection:
        connection.execute(text("INSERT INTO t VALUES (1), (1)"))
        connection.commit()
    with pytest.raises(RevisionFailed, match="migrate status"):
        upgrade(project.config)
    with project.connect() as connection:
        connection.execute(text("DELETE FROM t"))
        connection.commit()

    moved = upgrade(project.config)

    assert moved.heads == ("b2",)
    with project.connect() as connection:
        valid = connection.scalar(
            text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass")
        )
    assert valid is True


@pytest.mark.slow
def test_what_the_catalog_has_shown_once_isnt_asked_again(
    make_project: Callable[[str], Any], mariadb_url: str, killer: Killer
) -> None:
    """An index that was begun, found to be there, and then dropped: a second death doesn't build it."""
    project = make_project(mariadb_url)
    project.revision(
        "a1",
        None,
        """
        import os, pathlib, signal
        marks = pathlib.Path("marks")
        def death(name):
            if not (marks / name).exists():
                (marks / name).mkdir(parents=True)
                os.kill(os.getpid(), signal.SIGKILL)
        op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
        op.create_index("ix", "t", ["n"])
        death("first")
        op.drop_index("ix", "t")
        op.create_table("u", sa.Column("id", sa.Integer, primary_key=True))
        death("second")
        """,
    )

    assert [killer.run(project)[0] for _ in range(3)] == [-9, -9, 0]

    with project.connect() as connection:
        assert inspect(connection).get_indexes("t") == []
    statements = log(project.config, "a1", statements=True).revisions[0].statements
    assert [one.state for one in statements if one.kind == "ddl"] == ["done"] * 4
