"""How long statements wait and run; what only missed its lock is tried again; indexes built half."""

from __future__ import annotations

import io
import threading
import time
from typing import Any

import pytest
from migrate_cli.commands import current, upgrade
from migrate_cli.commands.moves import Progress
from migrate_cli.dialects import knowledge
from migrate_cli.failures import RevisionFailed
from migrate_cli.running import retrying
from migrate_cli.running.durations import in_seconds
from sqlalchemy import text

TABLE = 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))'
NOTES = """
from pathlib import Path
rows = {ask}
with open({file!r}, "a") as file:
    print(*rows, file=file)
"""
ASK = {
    "postgresql": "[op.get_bind().exec_driver_sql(f'SHOW {n}').scalar() for n in ('lock_timeout', 'statement_timeout')]",
    "mysql": "op.get_bind().exec_driver_sql('SELECT @@lock_wait_timeout, @@max_statement_time').one()",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "FIRST", 0.05)


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest, make_project: Any) -> Any:
    """A project on a server that has locks on tables."""
    return make_project(request.getfixturevalue(f"{request.param}_url"))


def at(project: Any) -> list[str]:
    return [one.id for one in current(project.config).revisions]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2", 2), ("500ms", 0.5), ("2 s", 2), ("5m", 300), ("1h", 3600), ("1.5s", 1.5)],
)
def test_a_duration_is_read_as_a_person_writes_it(text: str, seconds: float) -> None:
    assert in_seconds(text) == seconds


def test_what_is_no_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="soon"):
        in_seconds("soon")


def test_setting_revision_and_change_say_how_long(server: Any) -> None:
    """The change's holds inside of its block, the revision's until it ends, the setting's always."""
    seen = server.root / "seen"
    kind = "postgresql" if server.url.startswith("postgresql") else "mysql"
    ask = NOTES.format(ask=ASK[kind], file=str(seen))
    server.settings('statement_lock_timeout = "3s"', "statement_timeout = 50")
    server.revision(
        "a1a1",
        None,
        f"{ask}\nop.timeouts(lock='4s')\n{ask}\nwith op.timeouts(lock=5, statement='1m'):\n"
        + "\n".join(f"    {line}" for line in ask.splitlines())
        + f"\n{ask}",
    )
    server.revision("b2b2", "a1a1", ask)

    upgrade(server.config)

    expected = {
        "postgresql": ["3s 50s", "4s 50s", "5s 1min", "4s 50s", "3s 50s"],
        "mysql": ["3 50.0", "4 50.0", "5 60.0", "4 50.0", "3 50.0"],
    }
    said = [line.replace("000000", "") for line in seen.read_text().split("\n")[:-1]]
    assert said == expected[kind]


def test_the_callers_connection_is_left_as_it_was(postgresql_url: str, make_project: Any) -> None:
    project = make_project(postgresql_url)
    project.settings("statement_lock_timeout = 3")
    project.revision("a1a1", None, "op.timeouts(statement=9)")
    with project.connect() as connection:
        upgrade(project.config, connection=connection)

        left = [connection.scalar(text(f"SHOW {n}")) for n in ("lock_timeout", "statement_timeout")]
    assert left == ["0", "0"]


def test_a_script_says_them_too(make_project: Any) -> None:
    project = make_project("postgresql+psycopg://x@127.0.0.1:1/x")
    project.settings("statement_lock_timeout = 3")
    project.revision("a1a1", None, f'with op.timeouts(lock="1s"):\n    {TABLE}')
    sql = io.StringIO()

    upgrade(project.config, sql=sql)

    said = [line for line in sql.getvalue().splitlines() if "_timeout" in line]
    assert said == [
        "SET lock_timeout TO 3000;",
        "SET lock_timeout TO 1000;",
        "SET lock_timeout TO 3000;",
        "SET lock_timeout TO DEFAULT;",
    ]


def test_sqlite_has_none_and_goes_on(sqlite_project: Any) -> None:
    sqlite_project.settings("statement_lock_timeout = 3")
    sqlite_project.revision("a1a1", None, f"op.timeouts(lock=1)\n{TABLE}")

    upgrade(sqlite_project.config)

    assert at(sqlite_project) == ["a1a1"]


def hold(project: Any, released: threading.Event, held: threading.Event, longest: float) -> None:
    """Hold a lock on t that keeps changes of it out, until it is to be released."""
    with project.connect() as connection:
        connection.execute(text("SELECT * FROM t")).all()
        held.set()
        released.wait(longest)
        connection.rollback()


def blocked(project: Any) -> tuple[threading.Thread, threading.Event]:
    released, held = threading.Event(), threading.Event()
    thread = threading.Thread(target=hold, args=(project, released, held, 30))
    thread.start()
    held.wait(10)
    return thread, released


@pytest.mark.parametrize("transaction", ["revision", "run"])
def test_what_only_missed_its_lock_is_tried_again(server: Any, transaction: str) -> None:
    server.settings("statement_lock_timeout = 1", f'transaction = "{transaction}"')
    server.revision("a1a1", None, TABLE)
    upgrade(server.config)
    server.revision("b2b2", "a1a1", 'op.create_table("u", sa.Column("id", sa.Integer))')
    server.revision("c3c3", "b2b2", 'op.add_column("t", sa.Column("b", sa.Integer))')
    thread, released = blocked(server)
    said: list[str] = []

    def again(sentence: str) -> None:
        said.append(sentence)
        released.set()

    moved = upgrade(server.config, progress=Progress(again=again))

    thread.join()
    assert [one.revision for one in moved.done] == ["b2b2", "c3c3"]
    assert "c3c3 missed its lock" in said[0]
    assert at(server) == ["c3c3"]


def test_it_isnt_tried_for_ever(postgresql_url: str, make_project: Any) -> None:
    project = make_project(postgresql_url)
    project.settings('statement_lock_timeout = "50ms"', "lock_retries = 2")
    project.revision("a1a1", None, TABLE)
    upgrade(project.config)
    project.revision("b2b2", "a1a1", 'op.add_column("t", sa.Column("b", sa.Integer))')
    thread, released = blocked(project)
    said: list[str] = []

    with pytest.raises(RevisionFailed, match="lock timeout"):
        upgrade(project.config, progress=Progress(again=said.append))

    released.set()
    thread.join()
    assert len(said) == 2
    assert at(project) == ["a1a1"]


@pytest.mark.parametrize(
    ("settings", "body"),
    [
        pytest.param(
            (), "op.execute(\"SET lock_timeout = '50ms'\")\n{add}", id="nobody-asked-for-it"
        ),
        pytest.param(
            ("statement_lock_timeout = 1",), "op.execute('SELECT 1/0')", id="another-error"
        ),
        pytest.param(
            ("statement_timeout = 0.1",), "op.execute('SELECT pg_sleep(5)')", id="too-slow"
        ),
    ],
)
def test_nothing_else_is_tried_again(
    postgresql_url: str, make_project: Any, settings: tuple[str, ...], body: str
) -> None:
    project = make_project(postgresql_url)
    project.settings(*settings)
    project.revision("a1a1", None, TABLE)
    upgrade(project.config)
    add = 'op.add_column("t", sa.Column("b", sa.Integer))'
    project.revision("b2b2", "a1a1", body.format(add=add))
    thread, released = blocked(project)
    said: list[str] = []

    with pytest.raises(RevisionFailed):
        upgrade(project.config, progress=Progress(again=said.append))

    released.set()
    thread.join()
    assert said == []


def test_what_stays_is_gone_on_with_and_not_done_twice(
    postgresql_url: str, make_project: Any
) -> None:
    """An index that stood alone has committed what was before it; the rest only missed its lock."""
    project = make_project(postgresql_url)
    project.settings('statement_lock_timeout = "300ms"')
    project.revision("a1a1", None, TABLE)
    upgrade(project.config)
    project.revision(
        "b2b2",
        "a1a1",
        'op.execute("INSERT INTO t VALUES (1, 1)")\n'
        'op.create_table("u", sa.Column("id", sa.Integer))\n'
        'op.create_index("i", "u", ["id"], postgresql_concurrently=True)\n'
        'op.add_column("t", sa.Column("b", sa.Integer))',
    )
    thread, released = blocked(project)

    upgrade(project.config, progress=Progress(again=lambda sentence: released.set()))

    thread.join()
    assert at(project) == ["b2b2"]
    with project.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM t")) == 1


@pytest.mark.parametrize(
    "index",
    [
        'op.create_index("i", "t", ["n"], unique=True, postgresql_concurrently=True, if_not_exists=True)',
        'op.execute("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS I ON t (n)")',
        'op.execute("CREATE UNIQUE INDEX CONCURRENTLY i ON public.t (n)")',
    ],
    ids=["word", "if-not-exists", "sql"],
)
def test_an_index_that_was_built_half_is_built_anew(
    postgresql_url: str, make_project: Any, index: str
) -> None:
    project = make_project(postgresql_url)
    project.revision("a1a1", None, f"{TABLE}\nop.execute('INSERT INTO t VALUES (1, 7), (2, 7)')")
    upgrade(project.config)
    with project.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        with pytest.raises(Exception, match="could not create unique index"):
            connection.execute(text("CREATE UNIQUE INDEX CONCURRENTLY i ON t (n)"))
        connection.execute(text("DELETE FROM t WHERE id = 2"))
    valid = text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass")
    with project.connect() as connection:
        assert connection.scalar(valid) is False
    project.revision("b2b2", "a1a1", index)

    upgrade(project.config)

    with project.connect() as connection:
        assert connection.scalar(valid) is True


def test_pauses_grow_and_have_chance_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(retrying, "FIRST", 0.5)
    monkeypatch.setattr(retrying, "sleep", lambda seconds, on_loop: slept.append(seconds))
    from sqlalchemy.exc import OperationalError

    err = RevisionFailed("a1", "", "upgrade", "x", None, "y", ())
    err.__cause__ = OperationalError("x", None, Exception("lock"))
    for tries in range(12):
        retrying.pause(err, tries, None)

    assert all(0.5 * 2**n * 0.5 <= slept[n] <= 0.5 * 2**n * 1.5 for n in range(5))
    assert max(slept) <= 45
    assert len({round(one / min(0.5 * 2**n, 30), 3) for n, one in enumerate(slept)}) > 6


@pytest.mark.parametrize(
    ("dialect", "error", "missed"),
    [
        ("postgresql", type("E", (Exception,), {"sqlstate": "55P03"})(), True),
        ("postgresql", type("E", (Exception,), {"pgcode": "40P01"})(), True),
        ("postgresql", type("E", (Exception,), {"sqlstate": "57014"})(), False),
        ("mysql", Exception(1205, "Lock wait timeout"), True),
        ("mariadb", Exception(1213, "Deadlock"), True),
        ("mysql", Exception(1064, "syntax"), False),
        ("sqlite", Exception("database is locked"), False),
    ],
)
def test_drivers_say_that_a_lock_was_missed(dialect: str, error: Exception, missed: bool) -> None:
    assert knowledge(dialect).missed_its_lock(error) is missed


def test_waiting_is_bounded_by_the_setting(postgresql_url: str, make_project: Any) -> None:
    project = make_project(postgresql_url)
    project.settings('statement_lock_timeout = "200ms"', "lock_retries = 0")
    project.revision("a1a1", None, TABLE)
    upgrade(project.config)
    project.revision("b2b2", "a1a1", 'op.add_column("t", sa.Column("b", sa.Integer))')
    thread, released = blocked(project)
    start = time.monotonic()

    with pytest.raises(RevisionFailed):
        upgrade(project.config)

    assert time.monotonic() - start < 10
    released.set()
    thread.join()


def test_an_asynchronous_driver_tries_again_too(postgresql_url: str, make_project: Any) -> None:
    pytest.importorskip("asyncpg")
    project = make_project(postgresql_url)
    project.settings('statement_lock_timeout = "100ms"')
    project.revision("a1a1", None, TABLE)
    upgrade(project.config)
    project.revision("b2b2", "a1a1", 'op.add_column("t", sa.Column("b", sa.Integer))')
    thread, released = blocked(project)
    project.url = postgresql_url.replace("postgresql+psycopg", "postgresql+asyncpg")

    moved = upgrade(project.config, progress=Progress(again=lambda sentence: released.set()))

    thread.join()
    assert [one.revision for one in moved.done] == ["b2b2"]


def test_what_a_revision_says_for_itself_holds_when_it_is_tried_again(server: Any) -> None:
    """On MariaDB the journal goes on behind what stays; the timeouts are said again."""
    server.revision("a1a1", None, TABLE)
    upgrade(server.config)
    server.revision(
        "b2b2",
        "a1a1",
        'op.create_table("u", sa.Column("id", sa.Integer))\n'
        'with op.timeouts(lock=1):\n    op.add_column("t", sa.Column("b", sa.Integer))\n'
        'op.create_table("v", sa.Column("id", sa.Integer))',
    )
    thread, released = blocked(server)

    upgrade(server.config, progress=Progress(again=lambda sentence: released.set()))

    thread.join()
    assert at(server) == ["b2b2"]
    assert server.tables() == {"t", "u", "v"}
