"""What a run writes down, where, and what it doesn't."""

from __future__ import annotations

import io
from typing import Any

import pytest
from migrate_cli.commands import check, downgrade, log, status, upgrade
from migrate_cli.errors import BadJournal
from migrate_cli.failures import RevisionFailed
from migrate_cli.journal.answers import Answer, fingerprint
from migrate_cli.journal.effects import Effect, effects
from migrate_cli.journal.kinds import kind_of
from migrate_cli.journal.rows import hashed
from migrate_cli.running import lock
from sqlalchemy import inspect, text

CREATE = 'op.create_table("a", sa.Column("id", sa.Integer, primary_key=True), sa.Column("s", sa.String(9)))'
DROP = 'op.drop_table("a")'
INSERT = 'op.get_bind().execute(sa.text("INSERT INTO a VALUES (:id, :s)"), {"id": 1, "s": "hush"})'


def test_each_statement_is_written_down(project: Any) -> None:
    path = project.revision("a1", None, f"{CREATE}\n{INSERT}", DROP)

    upgrade(project.config)
    downgrade(project.config, "base")

    down, up = log(project.config, statements=True).revisions
    assert [(one.direction, one.state) for one in (up, down)] == [
        ("upgrade", "done"),
        ("downgrade", "done"),
    ]
    assert [(s.kind, s.state) for s in up.statements] == [("ddl", "done"), ("data", "done")]
    assert "DROP TABLE" in down.statements[0].text
    assert up.hash == hashed(path.read_text())
    assert up.process > 0
    assert up.by
    assert up.host
    assert up.seconds is not None


def test_parameters_are_only_hashed(project: Any) -> None:
    project.revision("a1", None, f"{CREATE}\n{INSERT}")

    upgrade(project.config)

    with project.connect() as connection:
        columns = "revision, kind, state, parameters, answer, error, actor, host, file"
        rows = connection.execute(text(f"SELECT {columns} FROM migrate_journal")).all()
        said = connection.execute(text("SELECT text FROM migrate_journal WHERE n > 0")).scalars()
        assert not [text for text in said if "hush" in text]
    assert "hush" not in str(rows)
    assert [row.parameters is not None for row in rows] == [False, False, True]
    assert {row.answer for row in rows} == {None}


def test_what_failed_is_written_down_where_the_table_is(project: Any) -> None:
    project.revision("a1", None, CREATE)
    project.revision("b2", "a1", 'op.execute("INSERT INTO nowhere VALUES (1)")')

    with pytest.raises(RevisionFailed):
        upgrade(project.config)

    last = log(project.config, statements=True).revisions[0]
    assert (last.revision, last.state) == ("b2", "failed")
    assert "nowhere" in str(last.error)
    assert [s.state for s in last.statements] == ["failed"]
    assert status(project.config).unfinished is None


def test_it_can_be_switched_off(project: Any) -> None:
    project.settings("journal = false")
    project.revision("a1", None, f"{CREATE}\n{INSERT}")

    assert upgrade(project.config).heads == ("a1",)

    with project.connect() as connection:
        assert "migrate_journal" not in inspect(connection).get_table_names()
    assert log(project.config).revisions == ()


def test_a_script_has_nothing_of_it(sqlite_project: Any) -> None:
    sqlite_project.revision("a1", None, CREATE)
    stream = io.StringIO()

    upgrade(sqlite_project.config, sql=stream)

    assert "migrate_journal" not in stream.getvalue()


def test_a_comparison_passes_it_over(sqlite_project: Any) -> None:
    (sqlite_project.root / "passed_over.py").write_text(
        "import sqlalchemy as sa\nmeta = sa.MetaData()\n"
        'sa.Table("a", meta, sa.Column("id", sa.Integer, primary_key=True))\n'
    )
    sqlite_project.settings('metadata = "passed_over:meta"')
    sqlite_project.revision(
        "a1", None, 'op.create_table("a", sa.Column("id", sa.Integer, primary_key=True))'
    )
    upgrade(sqlite_project.config)

    assert check(sqlite_project.config).changes == ()


@pytest.mark.parametrize("statements", [1, 3])
def test_lock_and_journal_cost_two_statements(
    project: Any, statements: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most two a revision; where DDL commits by itself, two for each statement of it."""
    monkeypatch.setattr(lock, "STALE", 3600)
    chain(project, 9, statements)

    cost = extra(project, monkeypatch)

    assert 0 < cost <= 2 * 2 * (statements if "mysql" in project.url else 1)


@pytest.mark.parametrize(
    ("server", "body", "cost"),
    [
        pytest.param(
            "mariadb_url",
            'op.execute("CREATE TABLE t{n} AS SELECT 1 AS a")',
            3,
            id="an end that no catalog shows is written down at once",
        ),
        pytest.param(
            "mariadb_url",
            'op.execute("CREATE TABLE t{n} (a INT)")\nop.execute("INSERT INTO t{n} VALUES (1)")',
            3,
            id="rows behind DDL are written down with their commit",
        ),
        pytest.param(
            "postgresql_url",
            'op.execute("CREATE TABLE t{n} (a INT)")\n'
            'op.create_index("ix{n}", "t{n}", ["a"], postgresql_concurrently=True)',
            4,
            id="what stands alone is written down like DDL on MariaDB, beside the revision",
        ),
    ],
)
def test_what_costs_more_than_two_statements(
    server: str,
    body: str,
    cost: int,
    request: pytest.FixtureRequest,
    make_project: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The exceptions to the rule of two, and how much each is."""
    project = make_project(request.getfixturevalue(server))
    monkeypatch.setattr(lock, "STALE", 3600)
    for number in range(9):
        project.revision(f"r{number}", f"r{number - 1}" if number else None, body.format(n=number))

    assert extra(project, monkeypatch) == 2 * cost


def test_a_lock_that_was_silent_for_long_is_asked_by_one_statement(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revision that takes a second costs it; on SQLite the lock is no statement."""
    monkeypatch.setattr(lock, "STALE", 0)
    chain(project, 9, 1)

    cost = 3 if "mysql" in project.url else 1 if "sqlite" in project.url else 2
    assert extra(project, monkeypatch) == 2 * cost


def extra(project: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """Count what two revisions cost more with lock and journal; there must be nine, from r0 on."""
    upgrade(project.config, "r0")
    with_both = [counted(project, monkeypatch, target) for target in ("r1", "r4")]
    project.settings("lock = false\njournal = false")
    without = [counted(project, monkeypatch, target) for target in ("r5", "r8")]
    return (with_both[1] - with_both[0]) - (without[1] - without[0])


def chain(project: Any, revisions: int, statements: int) -> None:
    for number in range(revisions):
        tables = [
            f'op.create_table("t{number}_{n}", sa.Column("id", sa.Integer, primary_key=True))'
            for n in range(statements)
        ]
        parent = f"r{number - 1}" if number else None
        project.revision(f"r{number}", parent, "\n".join(tables))


def counted(project: Any, monkeypatch: pytest.MonkeyPatch, target: str) -> int:
    """Count what the driver is told in an upgrade."""
    told = 0

    def counting(usual: Any) -> Any:
        def execute(*given: Any) -> None:
            nonlocal told
            told += 1
            usual(*given)

        return execute

    with project.connect() as connection, monkeypatch.context() as patch:
        dialect = type(connection.dialect)
        for name in ("do_execute", "do_execute_no_params"):
            patch.setattr(dialect, name, counting(getattr(dialect, name)))
        upgrade(project.config, target)
    return told


def test_a_row_that_is_written_again_and_again_is_one(sqlite_project: Any) -> None:
    loop = 'for n in range(2000):\n    op.get_bind().execute(sa.text("INSERT INTO a VALUES (:n, NULL)"), {"n": n})'
    sqlite_project.revision("a1", None, f"{CREATE}\n{loop}")

    upgrade(sqlite_project.config)

    statements = log(sqlite_project.config, "a1", statements=True).revisions[0].statements
    assert [one.times for one in statements] == [1, 2000]


def test_a_column_that_it_lacks_is_named_before_anything_runs(project: Any) -> None:
    """Also one that is only written."""
    project.revision("a1", None, CREATE)
    project.revision("b2", "a1", INSERT)
    upgrade(project.config, "a1")
    with project.connect() as connection:
        connection.execute(text("ALTER TABLE migrate_journal DROP COLUMN times"))
        connection.commit()

    with pytest.raises(BadJournal, match="no column times"):
        upgrade(project.config)

    with project.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM a")) == 0


def test_a_clock_that_went_back_is_named(sqlite_project: Any) -> None:
    sqlite_project.revision("a1", None, CREATE)
    sqlite_project.revision("b2", "a1", INSERT)
    upgrade(sqlite_project.config)
    with sqlite_project.connect() as connection:
        connection.execute(
            text("UPDATE migrate_journal SET begun = '2099-01-01' WHERE revision = 'a1'")
        )
        connection.commit()

    found = log(sqlite_project.config)

    assert [one.revision for one in found.revisions] == ["b2", "a1"]
    assert found.backwards == ("b2",)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("SELECT a FROM t", "read"),
        ("SELECT count(*), max(a) FROM t WHERE b IN (1, 2)", "read"),
        ("SELECT do_it(a) FROM t", "other"),
        ("SELECT a INTO u FROM t", "other"),
        ("SELECT 'do_it(1)' FROM t", "read"),
        ("(SELECT 1) UNION SELECT 2", "read"),
        ("-- first\nUPDATE t SET a = 1", "data"),
        ("/* why */ ALTER TABLE t ADD a INT", "ddl"),
        ("WITH x AS (UPDATE t SET a = 1 RETURNING a) SELECT a FROM x", "data"),
        ("WITH x AS (SELECT 1) SELECT * FROM x", "read"),
        ("EXPLAIN ANALYZE DELETE FROM t", "other"),
        ("PRAGMA foreign_keys = ON", "session"),
        ("PRAGMA table_info(t)", "read"),
        ("CALL p()", "other"),
        ("DO $$ BEGIN END $$", "other"),
        ("SET @a = (SELECT max(a) FROM t)", "other"),
        ("SET NAMES utf8mb4", "session"),
        ("SAVEPOINT a", "transaction"),
        ("SELECT a FROM t FOR UPDATE", "read"),
        ("", "other"),
    ],
)
def test_the_kind_of_a_statement(statement: str, kind: str) -> None:
    assert kind_of(statement) == kind


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("CREATE TABLE t (a int)", [Effect("table", True, "t")]),
        ("CREATE TABLE `a b`.`c``d` (a int)", [Effect("table", True, "c`d", schema="a b")]),
        ("CREATE TABLE IF NOT EXISTS t (a int)", []),
        ("CREATE TABLE t (a TEXT DEFAULT ' IF EXISTS ')", [Effect("table", True, "t")]),
        ("CREATE TABLE t (selected INT, a INT DEFAULT (SELECT 1))", [Effect("table", True, "t")]),
        ("CREATE TABLE t AS TABLE u", None),
        ("create table t as select 1", None),
        ("CREATE TABLE t AS SELECT 1", None),
        ("CREATE TABLE t (a int) SELECT 1", None),
        ("DROP TABLE a, b", [Effect("table", False, "a"), Effect("table", False, "b")]),
        ("ALTER TABLE t ADD COLUMN a INT", [Effect("column", True, "t", "a")]),
        ("ALTER TABLE t ADD a INT, ADD b DECIMAL(3, 2)",
         [Effect("column", True, "t", "a"), Effect("column", True, "t", "b")]),
        ("ALTER TABLE t DROP COLUMN a", [Effect("column", False, "t", "a")]),
        ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", [Effect("constraint", True, "t", "c")]),
        ("ALTER TABLE t ADD UNIQUE (a)", None),
        ("ALTER TABLE t MODIFY a BIGINT NOT NULL", []),
        ("ALTER TABLE t CHANGE a b BIGINT", [Effect("column", False, "t", "a"), Effect("column", True, "t", "b")]),
        ("ALTER TABLE t CHANGE a a BIGINT", []),
        ("ALTER TABLE t RENAME TO u", [Effect("table", False, "t"), Effect("table", True, "u")]),
        ("ALTER TABLE t ALTER COLUMN a TYPE int USING a::int", None),
        ("ALTER TABLE t ALTER COLUMN a SET NOT NULL", []),
        ("CREATE UNIQUE INDEX i ON s.t (a)", [Effect("index", True, "t", "i", "s")]),
        ("CREATE INDEX CONCURRENTLY i ON t (a)", [Effect("index", True, "t", "i")]),
        ("DROP INDEX i ON t", [Effect("index", False, "t", "i")]),
        ("TRUNCATE t", None),
        ("GRANT SELECT ON t TO u", []),
        ("UPDATE t SET a = 1", None),
    ],
)  # fmt: skip
def test_what_a_statement_leaves_behind(statement: str, left: list[Effect] | None) -> None:
    assert effects(statement) == left


def test_an_answer_keeps_numbers_and_hashes_text() -> None:
    class Cursor:
        description = (("a", 3), ("b", None))
        rowcount, lastrowid = 2, None

    from migrate_cli.journal.answers import answer

    numbers = answer(Cursor, [(1, None), (2, True)], whole=False, salt="s")
    texts = answer(Cursor, [(1, "hush")], whole=False, salt="s")

    assert Answer.read(numbers.written()) == numbers
    assert texts.rows is None
    assert "hush" not in texts.written()
    assert texts.hash == fingerprint([(1, "hush")], "s") != fingerprint([(1, "hush")], "t")


def test_the_order_of_names_is_no_difference() -> None:
    assert fingerprint({"a": 1, "b": 2}, "s") == fingerprint({"b": 2, "a": 1}, "s")
