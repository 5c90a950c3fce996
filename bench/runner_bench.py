"""Run an upgrade of many small revisions, with and without what makes it safe.

Usage: python bench/runner_bench.py [--revisions 1000] [--rounds 5] [--databases sqlite ...]

"bare" is `migrate upgrade` with lock and journal switched off in the settings, "lock" has the
lock alone, "all" is what users have, and "alembic" is the peer's upgrade of the same revisions, if
it is installed. Each side runs on an empty database, in a process of its own, in turn. CPU seconds
of the upgrade are counted, without the start of Python, and the median of the rounds is shown; the
target is at most 10 % above "bare". A server that doesn't answer is left out; MIGRATE_TEST_POSTGRESQL and MIGRATE_TEST_MARIADB name others than the usual ones.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

SIDES = ("bare", "lock", "all", "alembic")
SERVERS = {
    "postgresql": ("MIGRATE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/test"),
    "mariadb": ("MIGRATE_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/test"),
}
DATABASES = ("sqlite", *SERVERS)
SCRIPT = '''"""revision {number}"""

import sqlalchemy as sa
from {tool} import op

revision = "r{number:06}"
down_revision = {parent!r}


def upgrade():
    op.create_table("t{number}", sa.Column("id", sa.Integer(), primary_key=True))
'''


ENV = """from alembic import context
from sqlalchemy import create_engine

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


def write(folder: Path, count: int, tool: str = "migrate_cli") -> None:
    """Write a project with a chain of revisions, each of which makes a table."""
    scripts = folder / ("alembic" if tool == "alembic" else "migrations")
    versions = scripts / "versions"
    versions.mkdir(parents=True)
    if tool == "alembic":
        (scripts / "env.py").write_text(ENV)
    else:
        (folder / "pyproject.toml").write_text("[tool.migrate]\n")
    for number in range(count):
        parent = f"r{number - 1:06}" if number else None
        script = SCRIPT.format(number=number, parent=parent, tool=tool)
        (versions / f"r{number:06}.py").write_text(script)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str | None]:
    """Give the URL of an empty database; None if there is no server."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / uuid.uuid4().hex}.db"
        return
    variable, usual = SERVERS[kind]
    url = make_url(os.environ.get(variable, usual))
    name = f"migrate_bench_{uuid.uuid4().hex[:12]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except DBAPIError:
        yield None
        return
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        engine.dispose()


def upgrade(side: str, folder: Path, url: str) -> None:
    """Upgrade in this process, and print the CPU seconds and those that passed."""
    if side == "alembic":
        from alembic import command
        from alembic.config import Config as Theirs

        theirs = Theirs()
        theirs.set_main_option("script_location", str(folder / "alembic"))
        theirs.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
        cpu, passed = time.process_time(), time.perf_counter()
        command.upgrade(theirs, "head")
        print(time.process_time() - cpu, time.perf_counter() - passed)
        return
    from migrate_cli.commands import upgrade
    from migrate_cli.config import Config, load

    config = load(folder, url=url)
    known = {field.name for field in fields(Config)}
    off = {"bare": ("lock", "journal"), "lock": ("journal",), "all": ()}[side]
    config = replace(config, **dict.fromkeys(known.intersection(off), False))
    cpu, passed = time.process_time(), time.perf_counter()
    upgrade(config)
    print(time.process_time() - cpu, time.perf_counter() - passed)


def measured(side: str, folder: Path, url: str) -> tuple[float, float]:
    """Upgrade in a process of its own."""
    command = [sys.executable, __file__, "--side", side, "--folder", str(folder), "--url", url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    cpu, passed = done.stdout.split()
    return float(cpu), float(passed)


def compare(kind: str, count: int, rounds: int) -> None:
    """Measure all sides on a kind of database, and print a line each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, count)
        sides = SIDES if find_spec("alembic") else SIDES[:-1]
        if "alembic" in sides:
            write(folder, count, "alembic")
        found: dict[str, list[tuple[float, float]]] = {side: [] for side in sides}
        for _ in range(rounds):
            for side in sides:
                with database(kind, folder) as url:
                    if url is None:
                        print(f"{kind}: no server")
                        return
                    found[side].append(measured(side, folder, url))
    bare = statistics.median(cpu for cpu, _ in found["bare"])
    for side, times in found.items():
        cpu = statistics.median(cpu for cpu, _ in times)
        passed = statistics.median(passed for _, passed in times)
        print(
            f"{kind:<11} {side:<7} {cpu:7.2f} s CPU {cpu / bare - 1:+7.1%}   {passed:7.2f} s passed"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--revisions", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        upgrade(asked.side, asked.folder, asked.url)
        return
    for kind in asked.databases:
        compare(kind, asked.revisions, asked.rounds)


if __name__ == "__main__":
    main()
