"""Plan many pending revisions, beside importing them.

Usage: python bench/plan_bench.py [--revisions 1000] [--rounds 5]

"import" is a process that reads the headers and imports every file; "run" calls each `upgrade` too, against a
sink that keeps what it says; "plan" is `migrate plan`, with and without SQL. CPU seconds of each
process are counted, and the median of the rounds is shown, with how often "import" goes into it.
The target is 2. SQLite, so that no server has a part in it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measuring import Row, measured, whole

BODIES = (
    'op.create_table("t{n}", sa.Column("id", sa.Integer(), primary_key=True), '
    'sa.Column("name", sa.String(50), nullable=False), sa.Column("parent", sa.Integer()))\n'
    '    op.create_index("ix_t{n}", "t{n}", ["name"])',
    'op.add_column("t{m}", sa.Column("extra", sa.Text()))\n'
    '    op.add_column("t{m}", sa.Column("n", sa.Integer(), server_default="0", nullable=False))',
    'op.execute("UPDATE t{m} SET n = 1 WHERE n = 0")\n    op.rename_table("t{m}", "u{m}")',
    'op.drop_column("u{m}", "extra")\n    op.create_index("ix_u{m}", "u{m}", ["n"])',
)
SCRIPT = '''"""step {n}

Revision ID: r{n:06}
Create Date: 2026-01-01 00:00:00
"""

import sqlalchemy as sa
from migrate_cli import op

revision = "r{n:06}"
down_revision = {parent!r}


def upgrade() -> None:
    {body}


def downgrade() -> None:
    op.drop_table("t{n}")
'''
IMPORT = """
from pathlib import Path
import sqlalchemy
from migrate_cli import op
from migrate_cli.config import load
from migrate_cli.scripts import Scripts
steps = [revision.payload for revision in Scripts.of(load(Path())).graph]
modules = [script.load() for script in steps]
"""
RUN = (
    IMPORT
    + """
from migrate_cli.operations import Operations, speaking
from migrate_cli.sinks import RecordingSink
from sqlalchemy.dialects import sqlite
sink = RecordingSink(sqlite.dialect())
with speaking(Operations(sink), "bench"):
    for module in modules:
        module.upgrade()
"""
)
SIDES = {
    "import": ["-c", IMPORT],
    "run": ["-c", RUN],
    "plan --no-sql": ["-m", "migrate_cli", "plan", "--no-sql"],
    "plan": ["-m", "migrate_cli", "plan"],
}


def write(folder: Path, count: int) -> None:
    """Write a project with a chain of revisions."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[tool.migrate]\nurl = "sqlite:///x.db"\n')
    for n in range(count):
        body = BODIES[n % 4].format(n=n, m=n - n % 4)
        parent = f"r{n - 1:06}" if n else None
        (versions / f"r{n:06}.py").write_text(SCRIPT.format(n=n, parent=parent, body=body))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--revisions", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, asked.revisions)
        sides = {side: whole([sys.executable, *words], folder) for side, words in SIDES.items()}
        found = measured(Row("plan", f"{asked.revisions:,} revisions", sides), asked.rounds).sides
    for side, sample in found.items():
        times = sample.seconds / found["import"].seconds
        print(f"{side:14} {sample.seconds:6.2f} s CPU  {times:5.1f} x")


if __name__ == "__main__":
    main()
