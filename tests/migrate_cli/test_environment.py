"""The way to the database that the settings name, and what is said where there is none."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from migrate_cli import drivers
from migrate_cli.config import Config, load
from migrate_cli.environment import database, database_url, with_database
from migrate_cli.errors import (
    AsyncDriver,
    DatabaseError,
    MissingDriver,
    NoURL,
    UnknownDialect,
    UnparsableURL,
    UnreachableDatabase,
)
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

POSTGRESQL = os.environ.get(
    "MIGRATE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/test"
)


def config(folder: Path, url: str | None = None, settings: str = "") -> Config:
    (folder / "pyproject.toml").write_text(f"[tool.migrate]\n{settings}\n")
    return load(folder, url=url)


def one(connection: Any) -> object:
    return connection.execute(text("select 1")).scalar()


def test_a_connection_is_opened_once_and_closed(tmp_path: Path) -> None:
    seen: list[str] = []

    @event.listens_for(Engine, "connect")
    def opened(*_: object) -> None:
        seen.append("open")

    @event.listens_for(Engine, "close")
    def closed(*_: object) -> None:
        seen.append("close")

    try:
        with database(config(tmp_path, "sqlite://")) as connection:
            assert not connection.in_transaction()
            assert one(connection) == 1
            assert seen == ["open"]
    finally:
        event.remove(Engine, "connect", opened)
        event.remove(Engine, "close", closed)

    assert seen == ["open", "close"]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite+aiosqlite://"])
def test_work_is_done_through_either_kind_of_driver(tmp_path: Path, url: str) -> None:
    assert with_database(config(tmp_path, url), one) == 1


@pytest.mark.parametrize(
    ("setting", "argument", "file"),
    [
        pytest.param("sqlite:///app.db", None, "app.db", id="settings"),
        pytest.param("sqlite+aiosqlite:///app.db", None, "app.db", id="settings-async"),
        pytest.param("sqlite:///data/app.db", None, "data/app.db", id="settings-folder"),
        pytest.param(None, "sqlite:///app.db", "data/app.db", id="command-line"),
        pytest.param("sqlite:///other.db", "sqlite:///app.db", "data/app.db", id="both"),
        pytest.param("sqlite:///{root}/app.db", None, "app.db", id="absolute"),
        pytest.param("sqlite://", None, None, id="memory"),
        pytest.param("sqlite:///:memory:", None, None, id="named-memory"),
        pytest.param("sqlite:///file:app.db?uri=true", None, "data/app.db", id="uri"),
    ],
)
def test_a_relative_file_counts_from_where_it_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str | None,
    argument: str | None,
    file: str | None,
) -> None:
    """In the settings from their folder, on the command line from the current one."""
    (tmp_path / "data").mkdir()
    written = f'url = "{setting.format(root=tmp_path)}"' if setting else ""
    monkeypatch.chdir(tmp_path / "data")

    with_database(config(tmp_path, argument, written), make_table)

    assert list(tmp_path.rglob("*.db")) == ([tmp_path / file] if file else [])


def make_table(connection: Any) -> None:
    connection.execute(text("create table t (i int)"))
    connection.commit()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite+aiosqlite://"])
def test_an_error_of_the_work_comes_out_as_it_is(tmp_path: Path, url: str) -> None:
    def work(connection: object) -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        with_database(config(tmp_path, url), work)


def test_a_plain_connection_refuses_an_asynchronous_driver(tmp_path: Path) -> None:
    with (
        pytest.raises(AsyncDriver, match=r"sqlite\+aiosqlite:// in --url"),
        database(config(tmp_path, "sqlite+aiosqlite://")),
    ):
        pass


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        ("", ["neither --url, nor $MIGRATE_DATABASE_URL", "--url sqlite:///app.db"]),
        ('url_env = "MF_NO_SUCH"', ["$MF_NO_SUCH is not set", "url_env in "]),
    ],
)
def test_no_url_names_the_places_where_it_could_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, parts: list[str]
) -> None:
    for name in ("MIGRATE_DATABASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(NoURL) as caught:
        database_url(config(tmp_path, settings=settings))

    assert [part for part in parts if part not in str(caught.value)] == []


S = "s3cret"


@pytest.mark.parametrize(
    ("url", "error", "text"),
    [
        pytest.param(f"postgresq://a:{S}@h/x", UnknownDialect,
                     "unknown dialect 'postgresq' in --url; did you mean 'postgresql'?", id="dialect"),
        pytest.param(f"postgresql+psycopgg://a:{S}@h/x", UnknownDialect,
                     "unknown driver 'postgresql+psycopgg' in --url; did you mean "
                     "'postgresql+psycopg'", id="driver"),
        pytest.param(f"driver://user:{S}@localhost/x", UnknownDialect,
                     "unknown dialect 'driver' in --url; that is the placeholder of a template", id="stub"),
        pytest.param(f"a:{S}@h/x", UnparsableURL, "can't read the database URL 'a:***@h/x' from --url",
                     id="no-dialect"),
        pytest.param("", UnparsableURL, "can't read the database URL ''", id="empty"),
        pytest.param(f"postgresql://a:{S}@h:port/x", UnparsableURL, "the port is not a number",
                     id="port"),
        pytest.param(f"postgresql://a:x@{S}@h/x", UnparsableURL, "'postgresql://a:***@h/x' from --url: there is more than one @",
                     id="at"),
        pytest.param("sqlite://file.db", UnparsableURL, "Invalid SQLite URL", id="two-slashes"),
        pytest.param("sqlite:////no/such/folder/x.db", UnreachableDatabase,
                     "cannot connect to sqlite:////no/such/folder/x.db: unable to open database file",
                     id="folder"),
        pytest.param(f"postgresql+psycopg://a:{S}@127.0.0.1:1/x", UnreachableDatabase,
                     "cannot connect to postgresql+psycopg://a:***@127.0.0.1:1/x: connection refused\n"
                     "URL from --url (.env is not read)", id="server-down"),
        pytest.param(f"postgresql+psycopg2://a:{S}@127.0.0.1:1/x", UnreachableDatabase,
                     ": connection refused\n", id="server-down-psycopg2"),
        pytest.param(f"postgresql+asyncpg://a:{S}@127.0.0.1:1/x", UnreachableDatabase,
                     ": connection refused\n", id="server-down-asyncpg"),
        pytest.param(f"mysql+pymysql://a:{S}@127.0.0.1:1/x", UnreachableDatabase,
                     ": connection refused\n", id="server-down-pymysql"),
        pytest.param(f"mysql+pymysql://a:{S}@127.0.0.1:1/x?nope=1", UnreachableDatabase,
                     "'nope'", id="unknown-option"),
        pytest.param(f"sqlite+aiosqlite:////no/such/folder/{S}.db", UnreachableDatabase,
                     "unable to open database file", id="folder-async"),
    ],
)  # fmt: skip
def test_where_there_is_no_way_the_reason_is_told_without_the_password(
    tmp_path: Path, url: str, error: type[DatabaseError], text: str
) -> None:
    with pytest.raises(error) as caught:
        with_database(config(tmp_path, url), one)

    assert text in str(caught.value)
    assert caught.value.exit_status == 3
    assert len(str(caught.value).splitlines()) <= 3
    assert S not in str(caught.value) or "folder" in url


def test_a_wrong_login_is_told_as_the_server_tells_it(tmp_path: Path) -> None:
    try:
        with_database(config(tmp_path, POSTGRESQL), one)
    except DatabaseError:
        if os.environ.get("CI"):
            raise
        pytest.skip("there is no PostgreSQL")
    url = POSTGRESQL.rpartition("/")[0] + "/migrate_no_such_database"

    with pytest.raises(UnreachableDatabase, match='"migrate_no_such_database" does not exist') as e:
        with_database(config(tmp_path, url), one)

    assert e.value.reason.startswith("database")


@pytest.mark.parametrize(
    ("name", "module", "install"),
    [
        ("mysql", "MySQLdb", "pip install mysqlclient"),
        ("postgresql+pg8000", "pg8000", "pip install pg8000"),
        ("mssql+pymssql", "pymssql", "pip install pymssql"),
        ("oracle+oracledb", "oracledb", "pip install oracledb"),
        ("mariadb+mariadbconnector", "mariadb", "pip install mariadb"),
    ],
)
def test_a_missing_driver_is_told_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str, install: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(MissingDriver) as caught:
        with_database(config(tmp_path, f"{name}://a:{S}@h/x"), one)

    told = str(caught.value)
    assert told.startswith(f"driver {module!r} for {name}:// is not installed\n{install}")
    assert caught.value.install == install.removeprefix("pip install ")


def test_a_driver_that_is_installed_is_offered_instead(tmp_path: Path) -> None:
    with pytest.raises(MissingDriver) as caught:
        with_database(config(tmp_path, "mysql+mysqldb://a@h/x"), one)

    assert caught.value.instead == "mysql+pymysql"
    assert "or use mysql+pymysql://, whose driver is installed" in str(caught.value)


def test_every_driver_that_is_named_is_one_that_sqlalchemy_has() -> None:
    from sqlalchemy.dialects import registry

    for dialect in drivers.DIALECTS:
        for driver in drivers.drivers(dialect):
            assert registry.load(f"{dialect}.{driver}")
