"""Databases for the tests, and how much the property tests try.

PostgreSQL and MariaDB are found at `MIGRATE_TEST_POSTGRESQL` and
`MIGRATE_TEST_MARIADB`, or at the usual local servers. Where one doesn't answer its
tests are skipped aloud; with `CI` set that is a failure.
"""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

SERVERS = {
    "postgresql": ("MIGRATE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/test"),
    "mariadb": ("MIGRATE_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/test"),
}
DATABASES = ("sqlite", *SERVERS)

# PyMySQL reads all certificates of the system for each connection, also for one without TLS: that
# takes forty times as long as to connect. No test asks a host whose certificate counts.
os.environ["SSL_CERT_FILE"] = os.devnull

for profile, examples in {"few": 25, "many": 1000}.items():
    settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        derandomize=profile == "few",  # the same examples every time, but for the nightly run
        print_blob=True,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,  # a database a test serves all its examples
            HealthCheck.too_slow,
        ],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "few"))


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Take back what an env.py or an ini file says to `logging`: its stream closes with the test."""

    def loggers() -> list[logging.Logger]:
        known = logging.root.manager.loggerDict.values()
        return [logging.root, *(one for one in known if isinstance(one, logging.Logger))]

    before = {one: (one.level, one.disabled, list(one.handlers)) for one in loggers()}
    yield
    for one in loggers():
        level, one.disabled, kept = before.get(one, (one.level, False, []))
        if one.level != level:
            one.setLevel(level)
        for handler in one.handlers[:]:
            if type(handler) is logging.StreamHandler and handler not in kept:
                one.removeHandler(handler)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of a SQLite file that isn't there yet."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(scope="session")
def _postgresql() -> Iterator[str]:
    """URL of a PostgreSQL database of this process, dropped afterwards."""
    yield from _database(
        "postgresql", "CREATE DATABASE {} TEMPLATE template0", "DROP DATABASE {} WITH (FORCE)"
    )


@pytest.fixture(scope="module")
def lasting_postgresql_url() -> Iterator[str]:
    """URL of a PostgreSQL database that a module's tests share, dropped afterwards."""
    yield from _database(
        "postgresql", "CREATE DATABASE {} TEMPLATE template0", "DROP DATABASE {} WITH (FORCE)"
    )


@pytest.fixture(scope="module")
def lasting_mariadb_url() -> Iterator[str]:
    """URL of a MariaDB database that a module's tests share, dropped afterwards."""
    yield from _database("mariadb", "CREATE DATABASE {} CHARACTER SET utf8mb4", "DROP DATABASE {}")


@pytest.fixture
def postgresql_url(_postgresql: str) -> Iterator[str]:
    """URL of a PostgreSQL database that is empty, and has nobody else in it."""
    yield _postgresql
    _emptied(_postgresql)


def _emptied(url: str) -> None:
    """Take away what a test left; making a database anew costs ten times that."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            left = text(
                "SELECT quote_ident(nspname) FROM pg_namespace "
                "WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
            )
            for schema in connection.execute(left).scalars().all():
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    finally:
        engine.dispose()


@pytest.fixture
def mariadb_url() -> Iterator[str]:
    """URL of a MariaDB database of its own, empty, dropped afterwards."""
    yield from _database("mariadb", "CREATE DATABASE {} CHARACTER SET utf8mb4", "DROP DATABASE {}")


@pytest.fixture
def a_role() -> Iterator[Callable[[Connection], str]]:
    """Makes a role on the server of a connection, which is gone afterwards with all it was given."""
    made: list[tuple[Connection, str]] = []

    def make(connection: Connection) -> str:
        name = f"reader_{uuid.uuid4().hex[:8]}"
        connection.execute(text(f"CREATE ROLE {name}"))
        connection.commit()
        made.append((connection, name))
        return name

    yield make
    for used, name in made:
        if not used.closed:
            used.rollback()  # what it holds would keep the role from going
        url = used.engine.url
        postgresql = url.get_backend_name() == "postgresql"
        engine = create_engine(url if postgresql else url.set(database="mysql"))
        with engine.begin() as connection:
            if postgresql:
                connection.execute(text(f"DROP OWNED BY {name}"))
            connection.execute(text(f"DROP ROLE {name}"))
        engine.dispose()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database, on each kind of server in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def _database(server: str, create: str, drop: str) -> Iterator[str]:
    url = _reachable(server)
    name = f"migrate_test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(create.format(name)))
        yield url.set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(drop.format(name)))
            if server == "mariadb":
                _forget_privileges(connection, name)
    finally:
        engine.dispose()


def _forget_privileges(connection: Connection, name: str) -> None:
    """Take away what was granted in a database: on MariaDB that outlives it."""
    tables = ("db", "tables_priv", "columns_priv", "procs_priv")
    gone = [
        connection.execute(
            text(f"DELETE FROM mysql.{table} WHERE db IN (:db, :like)"),
            {"db": name, "like": name.replace("_", r"\_")},
        ).rowcount
        for table in tables
    ]
    if any(gone):
        connection.execute(text("FLUSH PRIVILEGES"))


@cache
def _answers(url: URL) -> str | None:
    """Connect once; give None if the server answers, else what it says."""
    engine = create_engine(url)
    try:
        engine.connect().close()
    except OperationalError as err:
        return str(err.orig).strip().splitlines()[0]
    finally:
        engine.dispose()
    return None


def _reachable(server: str) -> URL:
    variable, default = SERVERS[server]
    url = make_url(os.environ.get(variable, default))
    trouble = _answers(url)
    if trouble is not None:
        message = f"no {server} at ${variable} or the usual place: {trouble}"
        if os.environ.get("CI"):
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return url
