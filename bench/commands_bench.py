"""Whole commands beside Alembic's and beside the least that any program could do: S1 to S4, S13, S14.

Every side is a process of its own; what counts is its CPU seconds. The peer has the same revisions in
a project made by its `init`. Bytecode is warm on all sides. See `run.py`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from graphs import SHAPES, Node, bushy, linear
from measuring import Row, perhaps, run, whole

STUB = """
import click

@click.group()
def main():
    pass

@main.command()
def heads():
    click.echo("head")

main(["heads"])
"""
QUERY = """
import sqlalchemy as sa

with sa.create_engine("sqlite:///app.db").connect() as connection:
    connection.execute(sa.text("SELECT 1")).all()
"""
REMEMBER = """
import json, os

with os.scandir("migrations/versions") as entries:
    found = [(entry.name, *entry.stat()) for entry in entries]
with open("floor.json", "w") as file:
    json.dump(found, file)
"""
REMEMBERED = """
import json, os

with os.scandir("migrations/versions") as entries:
    found = [(entry.name, *entry.stat()) for entry in entries]
with open("floor.json") as file:
    known = json.load(file)
"""
READ = """
import os, re

find = re.compile(rb"^(?:down_)?revision\\b.*", re.MULTILINE).findall
for name in os.listdir("migrations/versions"):
    if name.endswith(".py"):
        with open("migrations/versions/" + name, "rb") as file:
            find(file.read())
"""
RAW = """
import glob, sqlite3

connection = sqlite3.connect("floor.db", isolation_level=None)
connection.execute("CREATE TABLE version (num TEXT)")
for number, file in enumerate(sorted(glob.glob("migrations/versions/*.py"))):
    with open(file, "rb") as script:
        exec(compile(script.read(), file, "exec"), {})
    connection.execute("BEGIN")
    connection.execute(f"CREATE TABLE t{number} (id INTEGER NOT NULL PRIMARY KEY)")
    connection.execute("UPDATE version SET num = ?", (file,))
    connection.execute("COMMIT")
"""
IMPORT = """
import glob
import sqlalchemy

for file in sorted(glob.glob("migrations/versions/*.py")):
    with open(file, "rb") as script:
        exec(compile(script.read(), file, "exec"), {})
"""

SCRIPT = '''"""revision {number}

Revision ID: {id}
Revises: {revises}
Create Date: 2026-01-01 12:00:00
"""

import sqlalchemy as sa
from {tool} import op

revision = {id!r}
down_revision = {parents}
branch_labels = {labels}
depends_on = {depends_on}


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''


DJANGO_SETTINGS = """
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "app.db"}}
INSTALLED_APPS = ["shop"]
"""
DJANGO = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [{before}]
    operations = [
        migrations.CreateModel("T{number}", [("id", models.AutoField(primary_key=True))])
    ]
"""
YOYO = """
from yoyo import step

__depends__ = {{{before!r}}} - {{""}}
steps = [step("CREATE TABLE t{number} (id INTEGER NOT NULL PRIMARY KEY)", "DROP TABLE t{number}")]
"""


def write_script(file: Path, tool: str, number: int, node: Node, changes: int) -> None:
    """Write a revision that makes a table and puts changes - 1 columns into it."""
    name, parents, depends_on, labels = node
    lines = [f'op.create_table("t{number}", sa.Column("id", sa.Integer(), primary_key=True))']
    lines += [
        f'op.add_column("t{number}", sa.Column("c{column}", sa.String(50)))'
        for column in range(changes - 1)
    ]
    text = SCRIPT.format(
        number=number,
        id=name,
        revises=", ".join(parents),
        tool=tool,
        parents=_literal(parents),
        labels=_literal(labels),
        depends_on=_literal(depends_on),
        upgrade="\n".join(f"    {line}" for line in lines),
        downgrade=f'    op.drop_table("t{number}")',
    )
    file.write_text(text, encoding="utf-8")


def _literal(names: tuple[str, ...]) -> str:
    return repr(names[0] if len(names) == 1 else names or None)


def project(folder: Path, tool: str, peer: str, nodes: list[Node], changes: int) -> Path:
    """Write a project of that tool with these revisions."""
    folder.mkdir(parents=True)
    if tool == "alembic":
        subprocess.run(
            [peer, "-m", "alembic", "init", "migrations"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        ini = folder / "alembic.ini"
        text = ini.read_text(encoding="utf-8")
        text = text.replace("driver://user:pass@localhost/dbname", "sqlite:///app.db")
        ini.write_text(text, encoding="utf-8")
    else:
        (folder / "migrations" / "versions").mkdir(parents=True)
        (folder / "pyproject.toml").write_text(
            '[tool.migrate]\nscripts = "migrations"\nurl = "sqlite:///app.db"\n', encoding="utf-8"
        )
    for number, node in enumerate(nodes):
        name = f"2026_01_01_{node[0]}_revision_{number}.py"
        tool_name = "alembic" if tool == "alembic" else "migrate_cli"
        write_script(folder / "migrations/versions" / name, tool_name, number, node, changes)
    return folder


def django_project(folder: Path, count: int) -> Path:
    """Write a Django project with as many migrations of one table each."""
    migrations = folder / "shop" / "migrations"
    migrations.mkdir(parents=True)
    for package in (migrations.parent, migrations):
        (package / "__init__.py").touch()
    (folder / "settings.py").write_text(DJANGO_SETTINGS, encoding="utf-8")
    for number in range(count):
        before = f"('shop', '{number - 1:04}')" if number else ""
        text = DJANGO.format(number=number, before=before)
        (migrations / f"{number:04}.py").write_text(text, encoding="utf-8")
    return folder


def yoyo_project(folder: Path, count: int) -> Path:
    """Write as many steps of yoyo, of one table each."""
    folder.mkdir(parents=True)
    for number in range(count):
        text = YOYO.format(number=number, before=f"{number - 1:04}" if number else "")
        (folder / f"{number:04}.py").write_text(text, encoding="utf-8")
    return folder


def fresh(folder: Path, *names: str) -> Callable[[], None]:
    """Make what removes databases before a run."""

    def remove() -> None:
        for name in names:
            for file in folder.glob(f"{name}*"):
                file.unlink()

    return remove


def forget(folder: Path) -> Callable[[], None]:
    """Make what removes what is remembered of revision files."""
    kept = folder / "migrations" / "versions" / "__pycache__"
    return lambda: [file.unlink() for file in kept.glob("migrate-revisions.json*")] and None


def ours(*words: str) -> list[str]:
    """Our command line, as its installed program starts it."""
    return [sys.executable, "-c", "from migrate_cli.cli import main; main()", *words]


def python(text: str) -> list[str]:
    """A program of a few lines."""
    return [sys.executable, "-c", text]


def rows(options: argparse.Namespace, root: Path) -> Iterator[Row]:
    """Make the projects of the rows that are asked for, and give the rows, one after the other."""
    os.environ["XDG_CACHE_HOME"] = str(root / "cache")
    shape, count = SHAPES[options.shape], options.revisions

    def peer(*words: str) -> list[str]:
        program = "import sys; from alembic.config import main; sys.exit(main(prog='alembic'))"
        return [options.peer_python, "-c", program, *words]

    def both(label: str, nodes: list[Node], changes: int) -> tuple[Path, Path]:
        made = (
            project(root / f"{label}-{tool}", tool, options.peer_python, nodes, changes)
            for tool in ("ours", "alembic")
        )
        here, theirs = made
        return here, theirs

    if {"S1", "S2"} & options.rows:
        here, theirs = both("small", bushy(20), 2)
    if "S1" in options.rows:
        for words in (["--help"], ["heads"], ["history"], ["branches"], ["show", "heads"]):
            sides = {
                "ours": whole(ours(*words), here),
                "peer": whole(peer(*words), theirs),
                "floor": whole(python(STUB), here),
            }
            yield Row("S1", f"{' '.join(words)}, 20 revisions", sides, 0.17, 1.6)
        asked = {
            "_MIGRATE_COMPLETE": "bash_complete",
            "COMP_WORDS": "migrate show ",
            "COMP_CWORD": "2",
        }
        sides = {
            "ours": whole(ours(), here, env=asked),
            "floor": whole(python(STUB), here),
        }
        yield Row("S1", "completion of a target", sides, None, 1.6)
    if "S2" in options.rows:
        run(ours("upgrade", "heads"), here)
        run(peer("upgrade", "heads"), theirs)
        for words in (["current"], ["upgrade", "heads"]):
            sides = {
                "ours": whole(ours(*words), here),
                "peer": whole(peer(*words), theirs),
                "floor": whole(python(QUERY), here),
            }
            yield Row("S2", f"{' '.join(words)}, nothing to do", sides, 0.9, 1.2)
    if {"S3", "S4"} & options.rows:
        here, theirs = both("many", shape(count), 2)
        run(python(REMEMBER), here)
        time.sleep(2.5)  # younger files aren't remembered
    if "S3" in options.rows:
        sides = {
            "ours": whole(ours("heads"), here),
            "peer": whole(peer("heads"), theirs),
            "floor": whole(python(REMEMBERED), here),
        }
        yield Row("S3", f"heads, {count:,} files, index warm", sides, 0.06, 2.5)
    if "S4" in options.rows:
        sides = {
            "ours": whole(ours("heads"), here, before=forget(here)),
            "peer": whole(peer("heads"), theirs),
            "floor": whole(python(READ), here),
        }
        yield Row("S4", f"heads, {count:,} files, no index", sides, 0.2, 2)
    if "S13" in options.rows:
        steps = options.steps
        here, theirs = both("chain", linear(steps), 1)
        other = options.other_python
        django = django_project(root / "django", steps)
        yoyo = yoyo_project(root / "yoyo", steps)
        apply = [
            "-m",
            "yoyo",
            "apply",
            "--batch",
            "--no-config-file",
            "-d",
            "sqlite:///../app.db",
            ".",
        ]
        sides = {
            "ours": whole(ours("upgrade", "heads"), here, before=fresh(here, "app.db")),
            "peer": whole(peer("upgrade", "heads"), theirs, before=fresh(theirs, "app.db")),
            "floor": whole(python(RAW), here, before=fresh(here, "floor.db")),
            "django": perhaps(
                [other, "-m", "django", "migrate", "--settings", "settings", "--pythonpath", "."],
                django,
                before=fresh(django, "app.db"),
            ),
            "yoyo": perhaps([other, *apply], yoyo, before=fresh(root, "app.db")),
        }
        yield Row("S13", f"upgrade of {steps:,} one-table revisions, SQLite", sides, 0.5, 2.5)
    if "S14" in options.rows:
        steps = options.steps
        here, theirs = both("wide", linear(steps), 5)
        sides = {
            "ours": whole(ours("upgrade", "heads", "--sql"), here),
            "peer": whole(peer("upgrade", "heads", "--sql"), theirs),
            "floor": whole(python(IMPORT), here),
        }
        yield Row("S14", f"upgrade --sql of {steps:,} x 5 changes", sides, 0.4, None)
