"""Batch blocks in revisions: foreign keys switched around them, blocks joined."""

from __future__ import annotations

import sqlite3

import pytest
from migrate_cli import commands
from migrate_cli.failures import RevisionFailed
from sqlalchemy import event
from sqlalchemy.engine import Engine

from .conftest import Project

TABLES = """
CREATE TABLE p (id INTEGER PRIMARY KEY, note TEXT, n INTEGER);
CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);
INSERT INTO p VALUES (1, 'a', 5), (2, 'b', 6);
INSERT INTO c VALUES (1), (2), (2);
"""
BLOCK = 'with op.batch_alter_table("p") as batch:\n    batch.alter_column("note", nullable=False)'


@pytest.fixture
def made(sqlite_project: Project, foreign_keys_on: None) -> Project:
    with sqlite3.connect(file_of(sqlite_project)) as connection:
        connection.executescript(TABLES)
    connection.close()
    return sqlite_project


@pytest.fixture
def foreign_keys_on() -> object:
    def switch(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    event.listen(Engine, "connect", switch)
    yield
    event.remove(Engine, "connect", switch)


@pytest.fixture
def statements() -> object:
    seen: list[str] = []

    def note(*given: object) -> None:
        seen.append(str(given[2]))

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def file_of(project: Project) -> str:
    return project.url.removeprefix("sqlite:///")


def ask(project: Project, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file_of(project))
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("transaction", ["revision", "run"])
def test_no_child_row_is_lost_where_foreign_keys_are_on(made: Project, transaction: str) -> None:
    made.settings(f'transaction = "{transaction}"')
    made.revision("a1", upgrade=BLOCK)
    made.revision("b2", "a1", upgrade='op.execute("INSERT INTO c VALUES (1)")')

    commands.upgrade(made.config)

    assert ask(made, "SELECT p FROM c ORDER BY p") == [(1,), (1,), (2,), (2,)]
    assert "note TEXT NOT NULL" in str(ask(made, "SELECT sql FROM sqlite_master WHERE name = 'p'"))


def test_foreign_keys_stay_on_for_revisions_without_a_block(made: Project) -> None:
    made.revision("a1", upgrade=BLOCK)
    made.revision("b2", "a1", upgrade='op.execute("INSERT INTO c VALUES (99)")')

    with pytest.raises(RevisionFailed, match="FOREIGN KEY constraint failed"):
        commands.upgrade(made.config)


def test_rows_that_point_to_nothing_stop_a_revision_with_a_block(made: Project) -> None:
    made.revision("a1", upgrade=f'op.execute("INSERT INTO c VALUES (99)")\n{BLOCK}')

    with pytest.raises(
        RevisionFailed, match="rows point to nothing after this revision: 1 of c to p"
    ):
        commands.upgrade(made.config)

    assert ask(made, "SELECT count(*) FROM c") == [(3,)]
    assert "NOT NULL" not in str(ask(made, "SELECT sql FROM sqlite_master WHERE name = 'p'"))


def test_rows_that_pointed_to_nothing_before_stop_nothing(made: Project) -> None:
    with sqlite3.connect(file_of(made)) as connection:
        connection.execute("INSERT INTO c VALUES (99)")
    connection.close()
    made.revision("a1", upgrade=BLOCK)

    commands.upgrade(made.config)

    assert ask(made, "SELECT count(*) FROM c") == [(4,)]


def test_a_block_in_a_module_of_the_project_counts_too(
    made: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made.root / "our_blocks.py").write_text(
        "def not_null(op):\n    with op.batch_alter_table('p') as batch:\n"
        "        batch.alter_column('note', nullable=False)\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(made.root))
    path = made.revision("a1", upgrade="not_null(op)")
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("import sqlalchemy as sa", "from our_blocks import not_null", 1),
        encoding="utf-8",
    )

    commands.upgrade(made.config)

    assert ask(made, "SELECT count(*) FROM c") == [(3,)]


@pytest.mark.parametrize(
    ("between", "copies"),
    [
        pytest.param("", 1, id="nothing"),
        pytest.param('op.execute("UPDATE p SET n = 7")', 2, id="sql"),
        pytest.param('op.get_bind().exec_driver_sql("UPDATE p SET n = 7")', 2, id="connection"),
        pytest.param(
            'with op.batch_alter_table("c") as b:\n    pass', 2, id="block-on-another-table"
        ),
        pytest.param('op.add_column("c", sa.Column("z", sa.Integer))', 2, id="change"),
    ],
)
def test_blocks_that_follow_each_other_are_done_as_one(
    made: Project, statements: list[str], between: str, copies: int
) -> None:
    second = BLOCK.replace('"note"', '"n"')
    made.revision("a1", upgrade=f"{BLOCK}\n{between}\n{second}")

    commands.upgrade(made.config)

    assert sum(s.startswith("INSERT OR ABORT") for s in statements) == copies
    assert str(ask(made, "SELECT sql FROM sqlite_master WHERE name = 'p'")).count("NOT NULL") == 2


def test_a_column_that_is_converted_by_two_blocks_is_converted_twice(made: Project) -> None:
    with sqlite3.connect(file_of(made)) as connection:
        connection.execute("UPDATE p SET note = 'true'")
    connection.close()
    blocks = [BLOCK.replace("nullable=False", f"type_=sa.{t}()") for t in ("Boolean", "Integer")]
    made.revision("a1", upgrade="\n".join(blocks))

    commands.upgrade(made.config)

    assert ask(made, "SELECT DISTINCT note, typeof(note) FROM p") == [(1, "integer")]


def test_after_a_look_at_the_connection_a_block_doesnt_wait(made: Project) -> None:
    made.revision(
        "a1",
        upgrade=f"raw = op.get_bind().connection.driver_connection\n{BLOCK}\n"
        "assert 'NOT NULL' in raw.execute(\"SELECT sql FROM sqlite_master WHERE name = 'p'\").fetchone()[0]",
    )

    commands.upgrade(made.config)


def test_a_block_that_was_done_stays_undone_where_the_revision_fails(made: Project) -> None:
    before = ask(made, "SELECT sql FROM sqlite_master")
    made.revision("a1", upgrade=f"{BLOCK}\nop.execute('SELECT nonsense')")

    with pytest.raises(RevisionFailed):
        commands.upgrade(made.config)

    assert ask(made, "SELECT sql FROM sqlite_master") == before
