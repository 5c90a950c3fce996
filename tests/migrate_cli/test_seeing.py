"""What a comparison can't see: no right on the catalog, a line that is cut; and models that lack names."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from migrate_cli.cli.door import run
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

from .line import Line

MODELS = """
from sqlalchemy import *
metadata = MetaData()
Table("p", metadata, Column("id", Integer, primary_key=True), Column("a", String(20), unique=True),
      CheckConstraint("a <> 'q'", name="ck_a"))
Table("c", metadata, Column("id", Integer, primary_key=True),
      Column("p_id", ForeignKey("p.id"), index=True))
"""
USER = f"seer_{uuid.uuid4().hex[:8]}"


def made(url: str, *statements: str) -> None:
    """Make the tables of the models, and execute what gives or takes rights."""
    engine = create_engine(url, poolclass=NullPool)
    names: dict[str, Any] = {}
    exec(MODELS, names)
    with engine.begin() as connection:
        names["metadata"].create_all(connection)
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def asked(
    make_project: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str]]:
    """Ask for a revision of what differs: gives the exit status and what was said on stderr."""

    def ask(url: str, models: str = MODELS) -> tuple[int, str]:
        project = make_project(url)
        module = f"seen_{uuid.uuid4().hex}"
        (project.root / f"{module}.py").write_text(models)
        project.settings(f'metadata = "{module}:metadata"')
        monkeypatch.chdir(project.root)
        status = run(["make", "x", "--url", url])
        assert not list((project.root / "migrations").rglob("*.py"))
        said = capsys.readouterr().err
        assert "Traceback" not in said
        return status, said

    return ask


def as_user(url: str) -> str:
    return make_url(url).set(username=USER, password="pw").render_as_string(hide_password=False)


@pytest.fixture
def mariadb_user(mariadb_url: str) -> Iterator[str]:
    """URL of a MariaDB database, by a user without any right on it."""
    engine = create_engine(mariadb_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE USER {USER}@'%' IDENTIFIED BY 'pw'"))
        yield as_user(mariadb_url)
        connection.execute(text(f"DROP USER {USER}@'%'"))


@pytest.fixture
def postgresql_user(postgresql_url: str) -> Iterator[str]:
    """URL of a PostgreSQL database, by a user without any right but to connect."""
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE ROLE {USER} LOGIN PASSWORD 'pw'"))
        try:
            yield as_user(postgresql_url)
        finally:
            connection.execute(text(f"DROP OWNED BY {USER}"))
            connection.execute(text(f"DROP ROLE {USER}"))


@pytest.mark.parametrize(
    ("right", "told"),
    [
        pytest.param("SELECT ON {}.*", "may not see all of {0}, so what", id="reads-all"),
        pytest.param("ALL ON {}.p", "SELECT command denied", id="has-a-table"),
    ],
)
def test_a_user_who_sees_a_part_only_is_told(
    right: str,
    told: str,
    mariadb_user: str,
    mariadb_url: str,
    asked: Callable[..., tuple[int, str]],
) -> None:
    name = make_url(mariadb_url).database
    made(mariadb_url, f"GRANT {right.format(name)} TO {USER}@'%'")

    status, said = asked(mariadb_user)

    assert status == 3
    assert told.format(name) in said


def test_the_right_that_is_named_does(
    mariadb_user: str, mariadb_url: str, asked: Callable[..., tuple[int, str]]
) -> None:
    name = make_url(mariadb_url).database
    made(mariadb_url, f"GRANT SELECT, REFERENCES ON {name}.* TO {USER}@'%'")

    status, said = asked(mariadb_user)

    assert (status, "may not see" in said) == (0, False)


def test_postgresql_shows_its_catalog_to_who_has_no_right_on_a_table(
    postgresql_user: str, postgresql_url: str, asked: Callable[..., tuple[int, str]]
) -> None:
    made(postgresql_url, "REVOKE ALL ON SCHEMA public FROM PUBLIC")

    assert asked(postgresql_user)[0] == 0


def test_a_catalog_that_may_not_be_read_is_named(
    postgresql_user: str, postgresql_url: str, asked: Callable[..., tuple[int, str]]
) -> None:
    made(postgresql_url, "REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC")
    try:
        status, said = asked(postgresql_user)
    finally:
        made(postgresql_url, "GRANT SELECT ON pg_catalog.pg_class TO PUBLIC")

    assert status in (3, 4)
    assert "permission denied for table pg_class" in said


CUT = [
    pytest.param("postgresql", "pg_constraint", id="postgresql-reading"),
    pytest.param("postgresql", "CREATE TEMP", id="postgresql-scratch"),
    pytest.param("mariadb", "information_schema.statistics", id="mariadb-reading"),
    pytest.param("mariadb", "CREATE TEMPORARY TABLE", id="mariadb-scratch"),
]


@pytest.mark.parametrize(("server", "at"), CUT)
def test_a_line_that_is_cut_while_comparing_is_one_error_and_leaves_nothing(
    server: str, at: str, asked: Callable[..., tuple[int, str]], request: pytest.FixtureRequest
) -> None:
    url = make_url(request.getfixturevalue(f"{server}_url"))
    plain = url.render_as_string(hide_password=False)
    made(plain)
    line = Line(url.host or "127.0.0.1", url.port or 0)
    cut: list[str] = []

    def first(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        if at in statement and not cut:
            cut.append(statement)
            line.cut()

    event.listen(Engine, "before_cursor_execute", first)
    try:
        through = url.set(host="127.0.0.1", port=line.port).render_as_string(hide_password=False)
        status, said = asked(through, MODELS.replace("a <> 'q'", "a <> 'r'"))
    finally:
        event.remove(Engine, "before_cursor_execute", first)

    assert cut
    assert status == 3
    assert len(said.strip().splitlines()) <= 10
    assert left_behind(plain) == {"p", "c"}


def left_behind(url: str) -> set[str]:
    """Name the tables that anybody sees; the server drops those of a session with it."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return set(engine.dialect.get_table_names(connection))


TABLE = """
from sqlalchemy import *
metadata = MetaData(naming_convention={})
Table("p", metadata, Column("id", Integer, primary_key=True), Column("a", Integer, index=True),
      CheckConstraint("a > 0"))
"""


@pytest.mark.parametrize(
    ("convention", "said"),
    [
        pytest.param({"uq": "uq_%(table_name)s"}, "an index of p (a) has no name", id="no-ix"),
        pytest.param({"ck": "ck_%(constraint_name)s"}, "%(constraint_name)s token requires", id="needs-a-name"),
        pytest.param({"ck": "ck_%(nosuch)s"}, "nosuch", id="unknown-token"),
        pytest.param({"pk": 3}, "TypeError", id="no-text"),
        pytest.param({"pk": "pk_%(table_name"}, "incomplete format key", id="not-closed"),
    ],
)  # fmt: skip
def test_a_naming_convention_with_a_hole_is_told(
    convention: dict[str, object], said: str, sqlite_url: str, asked: Callable[..., tuple[int, str]]
) -> None:
    status, told = asked(sqlite_url, TABLE.format(convention))

    assert status == 3
    assert said in told
    assert "generated" not in told
