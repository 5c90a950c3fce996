"""Databases that can't be written to, and scripts that go on as if they could: never a silent success."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from migrate_cli.commands import current, log, stamp, status, upgrade
from migrate_cli.dialects import knowledge
from migrate_cli.errors import Busy, CantCreateVersionTable, MayNotRead, MigrateError, ReadOnly
from migrate_cli.failures import ConnectionGone, RevisionFailed, Swallowed
from sqlalchemy import create_engine, make_url, text

CREATE_A = 'op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))'


def heads(project: Any) -> list[str]:
    return [entry.id for entry in current(project.config).revisions]


def with_query(project: Any, **query: str) -> Any:
    url = make_url(project.url).update_query_dict(query)
    return replace(project.config, url=url.render_as_string(hide_password=False))


def chain(project: Any) -> None:
    project.revision("a1", None, CREATE_A)
    project.revision("b2", "a1", 'op.drop_table("a")')


CLOSED = {
    "postgresql": ({"options": "-c default_transaction_read_only=on"}, "default_transaction"),
    "mysql": ({"init_command": "SET SESSION tx_read_only = 1"}, "tx_read_only is on"),
}


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_a_read_only_server_is_refused_before_anything_runs(
    make_project: Callable[[str], Any], request: pytest.FixtureRequest, server: str
) -> None:
    project = make_project(request.getfixturevalue(f"{server}_url"))
    query, said = CLOSED[make_url(project.url).get_backend_name()]
    chain(project)

    with pytest.raises(ReadOnly, match=said) as caught:
        upgrade(with_query(project, **query))
    with pytest.raises(ReadOnly, match=said):
        stamp(with_query(project, **query), ["a1"])

    assert caught.value.exit_status == 3
    assert project.tables() == set()


def test_a_hot_standby_is_named() -> None:
    """No standby runs here; its answer is that of the manual."""

    class Standby:
        def exec_driver_sql(self, statement: str) -> Any:
            return self

        def one(self) -> tuple[bool, str]:
            return True, "on"

    standby: Any = Standby()

    assert (
        knowledge("postgresql").read_only(standby) == "a hot standby, which follows another server"
    )


def test_a_read_only_file_is_refused(sqlite_project: Any) -> None:
    chain(sqlite_project)
    upgrade(sqlite_project.config, "a1")
    file = sqlite_project.url.removeprefix("sqlite:///")
    url = f"sqlite:///file:{file}?mode=ro&uri=true"

    with pytest.raises(ReadOnly, match="its URL says mode=ro"):
        upgrade(replace(sqlite_project.config, url=url))

    assert heads(sqlite_project) == ["a1"]


def test_a_file_that_another_process_writes_is_waited_for_as_long_as_the_driver_says(
    sqlite_project: Any,
) -> None:
    chain(sqlite_project)
    upgrade(sqlite_project.config, "a1")
    other = sqlite3.connect(sqlite_project.url.removeprefix("sqlite:///"))
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Busy, match="database is locked") as caught:
        upgrade(with_query(sqlite_project, timeout="0.01"))
    other.rollback()
    other.close()

    assert (caught.value.exit_status, caught.value.__notes__) == (3, ["the database is at a1"])
    assert upgrade(sqlite_project.config).heads == ("b2",)


@pytest.fixture
def stranger(postgresql_url: str) -> Iterator[str]:
    """URL for a user who may connect and look, and nothing else."""
    name = f"stranger_{uuid.uuid4().hex[:8]}"
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        connection.execute(text("GRANT USAGE ON SCHEMA public TO PUBLIC"))
    yield make_url(postgresql_url).set(username=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP ROLE {name}"))
    engine.dispose()


@pytest.mark.parametrize("move", [upgrade, lambda config: stamp(config, ["b2"])])
def test_a_user_who_may_not_create_the_version_table(
    make_project: Callable[[str], Any], stranger: str, move: Callable[[Any], Any]
) -> None:
    project = make_project(stranger)
    chain(project)

    with pytest.raises(CantCreateVersionTable, match="permission denied for schema") as caught:
        move(project.config)

    assert caught.value.exit_status == 3
    assert project.tables() == set()


@pytest.mark.parametrize(
    ("table", "asked"),
    [("migrate_version", status), ("migrate_journal", log)],
    ids=["status", "log"],
)
def test_a_user_who_may_not_read_a_table_of_ours(
    make_project: Callable[[str], Any],
    postgresql_url: str,
    stranger: str,
    table: str,
    asked: Callable[[Any], Any],
) -> None:
    """It is no broken table: what is to be mended is the right."""
    project = make_project(postgresql_url)
    chain(project)
    upgrade(project.config)
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC"))
        connection.execute(text(f"REVOKE SELECT ON {table} FROM PUBLIC"))
    engine.dispose()

    with pytest.raises(MayNotRead, match=f"GRANT SELECT ON {table} TO") as caught:
        asked(replace(project.config, url=stranger))

    assert caught.value.reason == f"permission denied for table {table}"


def test_a_version_table_of_others_that_may_not_be_read_is_passed_over(
    make_project: Callable[[str], Any], postgresql_url: str, stranger: str
) -> None:
    """It is looked at as this project's by its former name; what can't be read isn't taken for that."""
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('a1')"))
    engine.dispose()
    project = make_project(stranger)
    chain(project)

    found = status(project.config)

    assert (found.heads, found.elsewhere) == ((), None)


@pytest.mark.parametrize(
    ("dialect", "error", "denied"),
    [
        pytest.param("mysql", (1142, "SELECT command denied"), True, id="mysql"),
        pytest.param("mariadb", (1142, "SELECT command denied"), True, id="mariadb"),
        pytest.param("mysql", (1146, "no such table"), False, id="no-table"),
        pytest.param("mysql", (), False, id="no-number"),
        pytest.param("sqlite", (1142,), False, id="sqlite"),
    ],
)
def test_a_lack_of_rights_is_known_by_its_number(
    dialect: str, error: tuple[Any, ...], denied: bool
) -> None:
    assert knowledge(dialect).denied(Exception(*error)) is denied


@pytest.mark.parametrize("rest", ["", 'op.execute("SELECT 1")'], ids=["last", "not last"])
def test_an_error_that_a_script_swallows_is_a_failure_where_it_undoes_all(
    make_project: Callable[[str], Any], postgresql_url: str, rest: str
) -> None:
    project = make_project(postgresql_url)
    body = f"{CREATE_A}\ntry:\n    op.execute('SELECT * FROM nowhere')\nexcept Exception:\n    pass"
    project.revision("a1", None, f"{body}\n{rest}")

    with pytest.raises(RevisionFailed) as caught:
        upgrade(project.config)

    assert (heads(project), project.tables()) == ([], set())
    if not rest:
        assert isinstance(caught.value.__cause__, Swallowed)
        assert 'relation "nowhere" does not exist' in str(caught.value)


def test_an_error_in_a_savepoint_may_be_swallowed(project: Any) -> None:
    project.revision(
        "a1",
        None,
        f"""
        {CREATE_A}
        try:
            with op.get_bind().begin_nested():
                op.execute("SELECT * FROM nowhere")
        except sa.exc.DBAPIError:
            pass
        """,
    )

    upgrade(project.config)

    assert (heads(project), project.tables()) == (["a1"], {"a"})


KILLS = {
    "postgresql": "SELECT pg_terminate_backend(pg_backend_pid())",
    "mysql": "KILL CONNECTION_ID()",
}


def test_a_script_that_closes_its_connection_has_failed(project: Any) -> None:
    project.revision("a1", None, f"{CREATE_A}\nop.get_bind().close()")

    with pytest.raises(RevisionFailed) as caught:
        upgrade(project.config)

    assert isinstance(caught.value.__cause__, ConnectionGone)
    assert "the database is at <base>" in caught.value.state
    assert heads(project) == []


@pytest.mark.parametrize("swallowed", [True, False])
@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_a_connection_that_is_lost_in_a_script_is_noticed(
    make_project: Callable[[str], Any], request: pytest.FixtureRequest, server: str, swallowed: bool
) -> None:
    project = make_project(request.getfixturevalue(f"{server}_url"))
    kill = KILLS[make_url(project.url).get_backend_name()]
    body = f"op.execute({kill!r})"
    if swallowed:
        body = f"try:\n    {body}\nexcept Exception:\n    pass"
    project.revision("a1", None, f"{CREATE_A}\n{body}")

    with pytest.raises(RevisionFailed) as caught:
        upgrade(project.config)

    assert isinstance(caught.value.__cause__, ConnectionGone) or not swallowed
    assert "the database is at <base>" in caught.value.state
    assert heads(project) == []


@pytest.mark.parametrize(
    "code", ["raise SystemExit", "import sys; sys.exit(0)", "import sys; sys.exit('no')"]
)
@pytest.mark.parametrize("where", ["in the function", "at import"])
def test_a_script_that_ends_the_process_has_failed(
    sqlite_project: Any, code: str, where: str
) -> None:
    path = sqlite_project.revision("a1", None, code if where == "in the function" else "pass")
    if where == "at import":
        path.write_text(f"{path.read_text()}\n{code}\n")

    with pytest.raises(MigrateError, match="SystemExit"):
        upgrade(sqlite_project.config)

    assert heads(sqlite_project) == []
