"""Runs the revision files of a real project up and down, by Alembic and by us, and reads what is left."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from realprojects.projects import Project
from sqlalchemy.pool import NullPool

SERVERS = {
    "postgresql": os.environ.get(
        "MIGRATE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/test"
    ),
    "mariadb": os.environ.get("MIGRATE_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/test"),
}
TOOLS = {"alembic": ["alembic"], "migrate": ["migrate_cli", "alembic"]}

INI = """\
[alembic]
script_location = {scripts}
version_locations = {versions}
path_separator = space
prepend_sys_path = {root}
recursive_version_locations = true
sqlalchemy.url = {url}

[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = WARNING
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain
[formatter_plain]
format = %(message)s
"""

ENV = """\
import sqlalchemy.orm
from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
{before}
if context.is_offline_mode():
    context.configure(url=config.get_main_option("sqlalchemy.url"), literal_binds=True, {options})
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = engine_from_config(
        config.get_section(config.config_ini_section), prefix="sqlalchemy.", poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        context.configure(connection=connection, {options})
        with context.begin_transaction():
            context.run_migrations()
"""

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?|datetime\.datetime\([\d, ]+\)")


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """An empty database of a kind, gone after the block."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/{uuid.uuid4().hex[:10]}.db"
        return
    server = sa.create_engine(SERVERS[kind], isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"migrate_real_{uuid.uuid4().hex[:10]}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    url = server.url.set(database=name)
    if kind == "postgresql":
        url = url.set(drivername="postgresql+psycopg2")
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        force = " WITH (FORCE)" if kind == "postgresql" else ""
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}{force}")


def make(project: Project, root: Path, folder: Path, url: str) -> None:
    """Write the settings of a project, and the env.py that stands around its revision files if it is ours.

    Args:
        project: The project.
        root: Where its package is.
        folder: Where it is to be run.
        url: Its database.
    """
    scripts = root / project.own if project.own else folder / "scripts"
    settings = INI.format(
        scripts=scripts, versions=" ".join(map(str, project.folders(root))), root=root, url=url
    )
    (folder / "alembic.ini").write_text(settings)
    if not project.own:
        scripts.mkdir(exist_ok=True)
        written = ENV.format(before=project.before, options=project.options)
        (scripts / "env.py").write_text(written)


def run(
    tool: str, folder: Path, *words: str, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one of the tools in a project, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *TOOLS[tool], *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=900,
        env={**os.environ, **(environ or {})},
    )


def by_client(url: str, script: str) -> str:
    """Run a SQL script by the database's own client; what went wrong, empty if nothing did."""
    at = sa.make_url(url)
    if at.get_backend_name() == "sqlite":
        try:
            with sqlite3.connect(str(at.database), isolation_level=None) as connection:
                connection.executescript(script)
        except sqlite3.Error as err:
            return str(err)
        return ""
    place = {"-h": at.host, "-U": at.username, "-p": at.port, "-d": at.database}
    client = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    if at.get_backend_name() != "postgresql":
        place = {"-h": at.host, "-u": at.username, "-P": at.port, "-D": at.database}
        client = ["mariadb"]
    words = [word for flag, value in place.items() if value for word in (flag, str(value))]
    secrets = {"PGPASSWORD": at.password or "", "MYSQL_PWD": at.password or ""}
    done = subprocess.run(
        [*client, *words],
        input=script,
        capture_output=True,
        text=True,
        env={**os.environ, **{name: str(value) for name, value in secrets.items() if value}},
    )
    return "" if done.returncode == 0 else done.stderr


def catalog(url: str) -> dict[str, Any]:
    """What a database holds, as "table/part" -> a list of lines; times of the day left out."""
    engine = sa.create_engine(url, poolclass=NullPool)
    found: dict[str, Any] = {}
    with warnings.catch_warnings(), engine.connect() as connection:
        warnings.simplefilter("ignore")
        seen = sa.inspect(connection)
        quote = engine.dialect.identifier_preparer.quote
        for name in sorted(seen.get_table_names()):
            rows = connection.exec_driver_sql(f"SELECT * FROM {quote(name)}").all()
            parts: dict[str, Any] = {
                "columns": [
                    (c["name"], str(c["type"]), c["nullable"], c["default"], c.get("comment"))
                    for c in seen.get_columns(name)
                ],
                "key": [seen.get_pk_constraint(name)],
                "foreign keys": seen.get_foreign_keys(name),
                "indexes": seen.get_indexes(name),
                "uniques": seen.get_unique_constraints(name),
                "checks": seen.get_check_constraints(name),
                "rows": rows,
            }
            for part, values in parts.items():
                found[f"{name}/{part}"] = sorted(MOMENT.sub("<time>", str(one)) for one in values)
        if engine.dialect.name == "postgresql":
            found["/enums"] = sorted(map(str, seen.get_enums()))  # type: ignore[attr-defined]
            found["/sequences"] = sorted(seen.get_sequence_names())
        found["/views"] = sorted(seen.get_view_names())
    return found


def differences(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, str]:
    """What two catalogs differ in: "table/part" -> what only one of them has."""
    return {
        place: f"only Alembic: {_less(theirs, ours, place)}; only ours: {_less(ours, theirs, place)}"
        for place in sorted({*theirs, *ours})
        if theirs.get(place) != ours.get(place)
    }


def _less(one: dict[str, Any], other: dict[str, Any], place: str) -> list[str]:
    return [line for line in one.get(place, []) if line not in other.get(place, [])]
