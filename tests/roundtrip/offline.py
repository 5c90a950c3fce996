"""The same way by SQL scripts: `upgrade --sql` and `downgrade --sql`, run by the database's own client."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from textwrap import indent

from ddl_autogen import render, reverse
from ddl_constructs import Change
from migrate_cli import commands
from migrate_cli.config import load
from sqlalchemy import Connection, make_url

HEAD = """{imports}
from migrate_cli import op
import sqlalchemy as sa

revision = {id!r}
down_revision = {before!r}


def upgrade():
{up}


def downgrade():
{down}
"""
SETTINGS = '[tool.migrate]\nversion_table = "the_version"\n'


class Scripts:
    """A project whose revisions are run by the client of a database."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self.connection, self.folder = connection, folder
        self.url = connection.engine.url.render_as_string(hide_password=False)
        (folder / "migrations" / "versions").mkdir(parents=True)
        (folder / "pyproject.toml").write_text(SETTINGS)

    def write(self, revision: str, before: str | None, changes: Sequence[Change]) -> None:
        """Write a revision file of some changes."""
        dialect = self.connection.dialect
        up = render(changes, dialect=dialect)
        down = render(reverse(changes, dialect), dialect=dialect)
        text = HEAD.format(
            imports="\n".join({*up.imports, *down.imports}),
            id=revision,
            before=before,
            up=indent("\n".join(up.lines) or "pass", "    "),
            down=indent("\n".join(down.lines) or "pass", "    "),
        )
        (self.folder / "migrations" / "versions" / f"{revision}.py").write_text(text, "utf-8")

    def stamped(self, revision: str) -> None:
        """Say that a revision is applied, in a database that was made otherwise."""
        table = "CREATE TABLE the_version (version_num VARCHAR(128) NOT NULL PRIMARY KEY)"
        self.connection.exec_driver_sql(table)
        self.connection.exec_driver_sql(f"INSERT INTO the_version VALUES ('{revision}')")
        self.connection.commit()

    def up(self, target: str) -> list[str]:
        """Go up by a script; give what it lacks, or what the client said."""
        return self._run(commands.upgrade, target)

    def down(self, target: str) -> list[str]:
        """Go down by a script; likewise."""
        return self._run(commands.downgrade, target)

    def _run(self, command: Callable[..., commands.Moved], target: str) -> list[str]:
        script = io.StringIO()
        moved = command(load(self.folder, url=self.url), target, sql=script)
        if moved.gaps:
            return [f"{target}: {gap.describe()}" for gap in moved.gaps]
        self.connection.rollback()  # it may hold locks of what it has read
        said = by_client(self.url, script.getvalue())
        return [f"{target}: {said}"] if said else []


def by_client(url: str, script: str) -> str:
    """Run a script as a person would; what went wrong, empty if nothing did.

    Without a client it is SQLite's library that runs it, and on a server nothing can be told.
    """
    at = make_url(url)
    place = {"-h": at.host, "-p": at.port, "-U": at.username, "-d": at.database}
    words = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    if at.get_backend_name() in ("mysql", "mariadb"):
        place = {"-h": at.host, "-P": at.port, "-u": at.username, "-D": at.database}
        words = ["mariadb", "--default-character-set=utf8mb4"]
    elif at.get_backend_name() == "sqlite":
        place, words = {"-bail": at.database}, ["sqlite3"]
        if shutil.which("sqlite3") is None:
            return _by_library(str(at.database), script)
    words += [word for flag, value in place.items() if value for word in (flag, str(value))]
    secrets = {"PGPASSWORD": at.password or "", "MYSQL_PWD": at.password or ""}
    done = subprocess.run(
        words,
        input=script,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **{n: str(v) for n, v in secrets.items() if v}},
    )
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit {done.returncode}"


def _by_library(file: str, script: str) -> str:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        try:
            connection.executescript(script)
        except sqlite3.Error as err:
            return str(err)
    return ""


def folder() -> tempfile.TemporaryDirectory[str]:
    """Give a folder for a project, which goes with the block."""
    return tempfile.TemporaryDirectory(prefix="roundtrip-")


def has_client(connection: Connection) -> bool:
    """Tell whether scripts can be run here."""
    program = {"postgresql": "psql", "mysql": "mariadb", "mariadb": "mariadb"}
    return shutil.which(program.get(connection.dialect.name, "python3")) is not None
