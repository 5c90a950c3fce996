"""Alembic projects for tests: made by hand or by Alembic itself, run by both tools, held against each other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

INI = """\
[alembic]
script_location = %(here)s/scripts
sqlalchemy.url = {url}
{more}
"""

ENV = """\
from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
{before}

def offline():
    context.configure(
        url=config.get_main_option("sqlalchemy.url"),
        literal_binds=True,
        dialect_opts={{"paramstyle": "named"}},
        {options}
    )
    with context.begin_transaction():
        context.run_migrations()


def online():
    engine = engine_from_config(
        config.get_section(config.config_ini_section, {{}}),
        prefix="sqlalchemy.",
        poolclass=pool.NullPool,
    )
    with engine.connect() as connection:
        context.configure(connection=connection, {options})
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    offline()
else:
    online()
"""

TEMPLATE = '''\
"""${message}

Revision ID: ${up_revision}
"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''


def make(
    folder: Path,
    url: str,
    revisions: Mapping[str, str] | None = None,
    *,
    options: str = "",
    before: str = "",
    env: str | None = None,
    more: str = "",
) -> Path:
    """Write a project: alembic.ini, env.py, template, and a file for each revision.

    Args:
        folder: Where.
        url: The database.
        revisions: File name without end -> text.
        options: Keywords for `context.configure`.
        before: Lines of env.py before it does anything.
        env: The whole env.py, instead.
        more: More lines of [alembic], or more sections.
    """
    (folder / "scripts/versions").mkdir(parents=True, exist_ok=True)
    ini = INI.format(url=url.replace("%", "%%"), more=more)
    (folder / "alembic.ini").write_text(ini, "utf-8")
    written = env if env is not None else ENV.format(options=options, before=before)
    (folder / "scripts/env.py").write_text(written, "utf-8")
    (folder / "scripts/script.py.mako").write_text(TEMPLATE, "utf-8")
    for name, text in (revisions or {}).items():
        (folder / f"scripts/versions/{name}.py").write_text(text, "utf-8")
    return folder


def script(id: str, down: Any = None, up: str = "pass", back: str = "pass", **more: Any) -> str:
    """The text of a revision file."""
    header = "\n".join(f"{name} = {value!r}" for name, value in more.items())
    return (
        f'"""make {id}"""\nfrom alembic import op, context\nimport sqlalchemy as sa\n\n'
        f"revision = {id!r}\ndown_revision = {down!r}\n{header}\n\n"
        f"def upgrade():\n    {up}\n\n\ndef downgrade():\n    {back}\n"
    )


def table(name: str, id: str, down: Any = None, **more: Any) -> str:
    """The text of a revision file that creates a table."""
    return script(
        id,
        down,
        f'op.create_table("{name}", sa.Column("id", sa.Integer(), primary_key=True))',
        f'op.drop_table("{name}")',
        **more,
    )


def peer(folder: Path, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run Alembic's own program in a project, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "alembic", *words],
        cwd=folder,
        check=check,
        capture_output=True,
        text=True,
    )


def catalog(url: str) -> dict[str, Any]:
    """What a database holds, as plain values that can be compared."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        seen = inspect(connection)
        return {
            name: {
                "columns": [
                    (c["name"], str(c["type"]), c["nullable"], str(c["default"]))
                    for c in seen.get_columns(name)
                ],
                "key": seen.get_pk_constraint(name),
                "foreign keys": sorted(seen.get_foreign_keys(name), key=str),
                "indexes": sorted(seen.get_indexes(name), key=str),
                "uniques": sorted(seen.get_unique_constraints(name), key=str),
            }
            for name in sorted(seen.get_table_names())
        }


def versions(url: str, name: str = "alembic_version") -> list[str]:
    """The rows of a version table, sorted."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if not inspect(connection).has_table(name):
            return []
        return sorted(connection.exec_driver_sql(f"select version_num from {name}").scalars())
