"""Run whole commands beside Alembic's and beside the least that any program could do.

Usage: python bench/commands_bench.py [--rows S1 S2 ...] [--rounds 5] [--revisions 5000]
                                      [--peer-python PATH]

Each row is a row of the speed table: S1 a command that needs no database in a small project, S2
one that reads the version table, S3 and S4 `heads` over many revision files with and without what
is remembered of them, S13 an upgrade of 1,000 revisions on SQLite, S14 the same as a SQL script of
five changes each. Every side is a process of its own, in turn; what is shown is the median of its
CPU seconds (user and system), and ours as a ratio. The peer has the same revisions in a project
made by its `init`. Bytecode is warm on all sides.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from graphs import Node, bushy, linear

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


@dataclass(frozen=True)
class Side:
    """Who does a row's work.

    Attributes:
        name: ours, alembic, or what the floor is.
        command: What is run, in the project's folder.
        before: Called with that folder before each run, uncounted.
    """

    name: str
    command: list[str]
    before: Callable[[Path], object] = field(default=lambda folder: None)


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
        text = text.replace("level = WARNING", "level = CRITICAL").replace(
            "level = INFO", "level = CRITICAL"
        )
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


def cpu(side: Side, folder: Path) -> float:
    """Run it once; CPU seconds of the process, user and system."""
    side.before(folder)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(side.command, cwd=folder, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(side.command)}: {done.returncode}\n{done.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(row: str, sides: list[Side], folders: dict[str, Path], rounds: int) -> None:
    """Run the sides in turn and print a line."""
    times: dict[str, list[float]] = {side.name: [] for side in sides}
    for _ in range(rounds + 1):  # the first one warms bytecode and disk
        for side in sides:
            seconds = cpu(side, folders.get(side.name, folders["ours"]))
            times[side.name].append(seconds)
    found = {name: statistics.median(some[1:]) for name, some in times.items()}
    ours = found["ours"]
    told = [f"{name} {1000 * some:8.1f} ms" for name, some in found.items()]
    told += [f"to {name} {ours / some:.3f}" for name, some in found.items() if name != "ours"]
    print(f"{row:24} {'   '.join(told)}", flush=True)


def fresh(*names: str) -> Callable[[Path], None]:
    """Remove databases before a run."""

    def remove(folder: Path) -> None:
        for name in names:
            for file in folder.glob(f"{name}*"):
                file.unlink()

    return remove


def forget(folder: Path) -> None:
    """Remove what is remembered of revision files."""
    cache = folder / "migrations" / "versions" / "__pycache__" / "migrate-revisions.json"
    cache.unlink(missing_ok=True)


def main() -> None:
    """Make the projects and print the rows."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    rows = ("S1", "S2", "S3", "S4", "S13", "S14")
    parser.add_argument("--rows", nargs="+", choices=rows, default=list(rows))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--revisions", type=int, default=5000)
    parser.add_argument("--peer-python", default=sys.executable)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
    peer = options.peer_python
    rounds = options.rounds
    chosen = options.rows

    def ours(*words: str) -> list[str]:
        return [sys.executable, "-m", "migrate_cli", *words]

    def alembic(*words: str) -> list[str]:
        return [peer, "-m", "alembic", *words]

    def python(text: str, *flags: str) -> list[str]:
        return [sys.executable, *flags, "-c", text]

    with tempfile.TemporaryDirectory() as name:
        root = Path(name)

        def both(label: str, nodes: list[Node], changes: int) -> dict[str, Path]:
            return {
                tool: project(root / f"{label}-{tool}", tool, peer, nodes, changes)
                for tool in ("ours", "alembic")
            }

        small = both("small", bushy(20), 2)
        if "S1" in chosen:
            for words in (["--help"], ["heads"], ["history"], ["branches"], ["show", "heads"]):
                sides = [
                    Side("ours", ours(*words)),
                    Side("alembic", alembic(*words)),
                    Side("click stub", python(STUB)),
                ]
                measure(f"S1 {' '.join(words)}", sides, small, rounds)
        if "S2" in chosen:
            for folder, command in ((small["ours"], ours), (small["alembic"], alembic)):
                subprocess.run(
                    command("upgrade", "heads"), cwd=folder, check=True, capture_output=True
                )
            for words in (["current"], ["upgrade", "heads"]):
                sides = [
                    Side("ours", ours(*words)),
                    Side("alembic", alembic(*words)),
                    Side("one query", python(QUERY)),
                ]
                measure(f"S2 {' '.join(words)}", sides, small, rounds)
        if {"S3", "S4"} & set(chosen):
            many = both("many", bushy(options.revisions), 2)
            subprocess.run(python(REMEMBER), cwd=many["ours"], check=True)
            subprocess.run(["sleep", "2.5"], check=True)  # younger files aren't remembered
        if "S3" in chosen:
            sides = [
                Side("ours", ours("heads")),
                Side("alembic", alembic("heads")),
                Side("stat and load", python(REMEMBERED)),
            ]
            measure(f"S3 {options.revisions} files", sides, many, rounds)
        if "S4" in chosen:
            sides = [
                Side("ours", ours("heads"), forget),
                Side("alembic", alembic("heads")),
                Side("read all", python(READ)),
            ]
            measure(f"S4 {options.revisions} files", sides, many, rounds)
        if "S13" in chosen:
            chain = both("chain", linear(1000), 1)
            sides = [
                Side("ours", ours("upgrade", "heads"), fresh("app.db")),
                Side("alembic", alembic("upgrade", "heads"), fresh("app.db")),
                Side("raw", python(RAW), fresh("floor.db")),
            ]
            measure("S13 1000 revisions", sides, chain, rounds)
            for folder in chain.values():
                shutil.rmtree(folder)
        if "S14" in chosen:
            wide = both("wide", linear(1000), 5)
            sides = [
                Side("ours", ours("upgrade", "heads", "--sql")),
                Side("alembic", alembic("upgrade", "heads", "--sql")),
                Side("imports", python(IMPORT)),
            ]
            measure("S14 1000 x 5 as SQL", sides, wide, rounds)


if __name__ == "__main__":
    main()
