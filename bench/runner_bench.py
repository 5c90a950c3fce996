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
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from measuring import SERVERS, Row, Sample, database, inside, measured

SIDES = ("bare", "lock", "all", "alembic")
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


def upgrade(side: str, folder: Path, url: str) -> None:
    """Upgrade in this process, and print the CPU seconds."""
    if side == "alembic":
        from alembic import command
        from alembic.config import Config as Theirs

        theirs = Theirs()
        theirs.set_main_option("script_location", str(folder / "alembic"))
        theirs.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
        begun = time.process_time()
        command.upgrade(theirs, "head")
        print(json.dumps({"seconds": time.process_time() - begun}))
        return
    from migrate_cli.commands import upgrade
    from migrate_cli.commands.going import run_on  # noqa: F401  # what is imported where there are steps
    from migrate_cli.config import load

    config = replace(load(folder, url=url), lock=side != "bare", journal=side == "all")
    begun = time.process_time()
    upgrade(config)
    print(json.dumps({"seconds": time.process_time() - begun}))


def on_an_empty_database(kind: str, side: str, folder: Path) -> Callable[[], Sample | None]:
    """Make a side: a process of its own upgrades a database that is made for it."""
    command = [sys.executable, __file__, "--side", side, "--folder", str(folder)]

    def once() -> Sample | None:
        with database(kind, folder) as url:
            return None if url is None else inside([*command, "--url", url])()

    return once


def compare(kind: str, count: int, rounds: int) -> None:
    """Measure all sides on a kind of database, and print a line each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, count)
        if find_spec("alembic"):
            write(folder, count, "alembic")
        sides = {side: on_an_empty_database(kind, side, folder) for side in SIDES}
        found = measured(Row("runner", f"{count:,} revisions, {kind}", sides), rounds).sides
    if not found:
        print(f"{kind}: no server")
    for side, sample in found.items():
        more = sample.seconds / found["bare"].seconds - 1
        print(f"{kind:<11} {side:<7} {sample.seconds:7.2f} s CPU {more:+7.1%}")


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
