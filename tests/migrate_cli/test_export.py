"""A native project is handed to Alembic: what its files become, what Alembic lacks, and Alembic runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from alembic_projects import catalog
from migrate_cli.adoption.back import handed_back
from migrate_cli.commands import export_alembic, upgrade
from migrate_cli.errors import AlreadyThere, BeyondAlembic
from migrate_cli.recognition import find

from .conftest import Project


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("from migrate_cli import op", "from alembic import op"),
        ("from migrate_cli import Operations", "from alembic import op"),
        ("from migrate_cli import op as o, Operations", "from alembic import op as o"),
        (
            "from migrate_cli import Operations\r\ndef f(op: Operations): pass\r\n",
            "from alembic import op\r\nfrom alembic.operations import Operations\r\ndef f(op: Operations): pass\r\n",
        ),
        ("def upgrade(op: Operations) -> None: pass", "def upgrade() -> None: pass"),
        ("def upgrade(op, name): pass", "def upgrade(name): pass"),
        ("def upgrade(\n    op: 'Operations',\n    name: str,\n): pass", "def upgrade(\n    \n    name: str,\n): pass"),
        ("def other(op): pass", "def other(op): pass"),
        ("from alembic import op\nop.of_a_plugin('t')", "from alembic import op\nop.of_a_plugin('t')"),
        ("def upgrade(op): op.get_context().autocommit_block()", "def upgrade(): op.get_context().autocommit_block()"),
        ("op.create_index('i', 't', ['c'], postgresql_using='gin')", "op.create_index('i', 't', ['c'], postgresql_using='gin')"),
    ],
)  # fmt: skip
def test_a_file_speaks_with_alembics_op(ours: str, theirs: str) -> None:
    back = handed_back(ours.encode())

    assert back.content.decode() == theirs
    assert back.beyond == ()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("def upgrade(op): pass", "def upgrade(**_: object): pass"),
        ("def upgrade(op: Operations,): pass", "def upgrade(**_: object): pass"),
        ("def downgrade(): pass", "def downgrade(**_: object): pass"),
        ("def upgrade(op, x=f(1),\n): pass", "def upgrade(x=f(1), **_: object,\n): pass"),
        ("def upgrade(op, *x): pass", "def upgrade(*x, **_: object): pass"),
        ("def upgrade(op, database): pass", "def upgrade(database): pass"),
        ("def upgrade(op, *, database=1): pass", "def upgrade(*, database=1): pass"),
        ("def upgrade(op, **x): pass", "def upgrade(**x): pass"),
        ("def other(): pass", "def other(): pass"),
    ],
)
def test_functions_take_what_env_tells_them(ours: str, theirs: str) -> None:
    written = handed_back(ours.encode(), told=["database"]).content.decode()

    assert written == theirs
    compile(written, "x.py", "exec")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("op.create_enum('e', 'a')", "op.create_enum()"),
        ("op.rename_index('a', 'b')", "op.rename_index()"),
        ("with op.timeouts(lock='1s'): pass", "op.timeouts()"),
        ("with op.batch_alter_table('a') as b: b.alter_table_options()", "batch.alter_table_options()"),
        ("op.invoke(change)", "op.invoke() of a change"),
        ("op.drop_table('a', cascade=True)", "op.drop_table(cascade=...)"),
        ("from migrate_cli import irreversible", "from migrate_cli import irreversible"),
        ("import ddl_constructs as ddl", "import ddl_constructs"),
        ("from migrate_cli import Operations\ndef upgrade(o: Operations): pass", "a parameter o: Operations; call it op"),
    ],
)  # fmt: skip
def test_what_alembic_lacks_is_listed(said: str, words: str) -> None:
    assert [one for _, one in handed_back(said.encode()).beyond] == [words]


@pytest.fixture
def shop(sqlite_project: Project) -> Project:
    return stocked(sqlite_project)


def stocked(project: Project) -> Project:
    """Give a project two revisions, and the models that they make."""
    project.revision(
        "aa11",
        upgrade='op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))',
        downgrade='op.drop_table("a")',
    )
    project.revision(
        "bb22",
        "aa11",
        upgrade='with op.batch_alter_table("a") as batch:\n'
        '    batch.add_column(sa.Column("n", sa.String(20), nullable=False, server_default="x"))',
        downgrade='with op.batch_alter_table("a") as batch:\n    batch.drop_column("n")',
    )
    (project.root / "export_models.py").write_text(
        "import sqlalchemy as sa\nmetadata = sa.MetaData()\n"
        "sa.Table('a', metadata, sa.Column('id', sa.Integer, primary_key=True),\n"
        "    sa.Column('n', sa.String(20), nullable=False, server_default='x'))\n"
    )
    project.settings('metadata = "export_models:metadata"')
    return project


@pytest.mark.slow
def test_alembic_runs_what_was_exported(project: Project, tmp_path: Path) -> None:
    shop = stocked(project)
    upgrade(shop.config, "head")
    ours = catalog(shop.url)

    made = export_alembic(shop.config, tmp_path / "out/side")

    def alembic(*commands: str) -> str:
        said = "; ".join(f"main({one.split()})" for one in commands)
        done = subprocess.run(
            [sys.executable, "-c", f"from alembic.config import main; {said}"],
            cwd=made.folder,
            env={**os.environ, "DATABASE_URL": shop.url},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert made.revisions == 2
    assert "bb22 (head)" in alembic("current", "check", "downgrade base")
    assert set(catalog(shop.url)) == {"migrate_journal", "migrate_version"}
    alembic("upgrade head")
    assert catalog(shop.url)["a"] == ours["a"]


SEVERAL = """
from logging.config import fileConfig
from alembic import context
from sqlalchemy import create_engine, pool

fileConfig(context.config.config_file_name)
for name in context.config.get_main_option("databases").split():
    url = context.config.get_section_option(name, "url")
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations(engine_name=name)
"""
READ = """
[alembic]
script_location = elsewhere
databases = one two
[one]
url = sqlite:///%(here)s/one.db
[two]
url = sqlite:///%(here)s/two.db
[three]
url = postgresql://me:s3cret@127.0.0.1/x
[loggers]
keys = root
[handlers]
keys =
[formatters]
keys =
[logger_root]
level = WARNING
handlers =
"""


@pytest.mark.slow
def test_what_an_env_reads_comes_along(shop: Project, tmp_path: Path) -> None:
    (shop.root / "migrations/env.py").write_text(SEVERAL)
    template = "revision = ${repr(up_revision)}\nfrom {0} import op\n"
    (shop.root / "migrations/script.py.mako").write_text(template.replace("{0}", "migrate_cli"))
    (shop.root / "alembic.ini").write_text(READ)
    shop.settings('env_ini = "alembic.ini"')

    made = export_alembic(find(start=shop.root), tmp_path / "out")

    written = (made.folder / "migrations/script.py.mako").read_text()
    assert written == template.replace("{0}", "alembic")
    assert not any(b"s3cret" in path.read_bytes() for path in made.files)
    assert "url of [three] has a password, so it isn't written down" in made.notes
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=made.folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert [set(catalog(f"sqlite:///{shop.root}/{name}.db")) for name in ("one", "two")] == [
        {"a", "alembic_version"},
        {"a", "alembic_version"},
    ]


def test_settings_come_along(shop: Project, tmp_path: Path) -> None:
    shop.settings(
        'url = "sqlite:///shop.db"',
        'timezone = "UTC"',
        'version_locations = ["migrations/versions", "more"]',
        'version_table = "v"',
        'post_write_hooks = [{name = "tidy", type = "exec", executable = "tidy", options = "100%"}]',
    )

    made = export_alembic(replace(shop.config, url=None), tmp_path / "out")

    ini = (made.folder / "alembic.ini").read_text()
    assert "timezone = UTC\n" in ini
    assert "version_locations = %(here)s/migrations/versions %(here)s/migrations/more\n" in ini
    assert "hooks = tidy\ntidy.type = exec\ntidy.executable = tidy\ntidy.options = 100%%\n" in ini
    assert "\"version_table\": 'v'" in (made.folder / "migrations/env.py").read_text()


def test_the_url_that_an_env_reads_comes_along(shop: Project, tmp_path: Path) -> None:
    (shop.root / "migrations/env.py").write_text(SEVERAL)
    (shop.root / "alembic.ini").write_text("[alembic]\nsqlalchemy.url = sqlite:///%(here)s/x.db\n")
    shop.settings('env_ini = "alembic.ini"')

    made = export_alembic(find(start=shop.root), tmp_path / "out")

    there = os.path.relpath(shop.root, made.folder)
    ini = (made.folder / "alembic.ini").read_text()
    assert f"sqlalchemy.url = sqlite:///%(here)s/{there}/x.db\n" in ini


def test_nothing_is_written_of_what_alembic_cant_run(shop: Project, tmp_path: Path) -> None:
    shop.revision("cc33", "bb22", upgrade='op.rename_index("a", "b")')
    shop.revision("d" * 40, "cc33")

    with pytest.raises(BeyondAlembic) as caught:
        export_alembic(shop.config, tmp_path / "out")

    assert [words for _, _, words in caught.value.used] == [
        "op.rename_index()",
        "an id of 40 characters; 32 fit",
    ]
    assert not (tmp_path / "out").exists()


def test_a_folder_in_use_is_left_alone(shop: Project) -> None:
    with pytest.raises(AlreadyThere):
        export_alembic(shop.config, shop.root)


def test_a_password_isnt_exported(shop: Project, tmp_path: Path) -> None:
    shop.settings('url = "postgresql+psycopg://me:s3cret@127.0.0.1/x"')
    config = replace(
        shop.config, url="postgresql+psycopg://me:s3cret@127.0.0.1/x", url_folder=shop.root
    )

    made = export_alembic(config, tmp_path / "out")

    assert not any(b"s3cret" in path.read_bytes() for path in made.files)
    assert "***" in made.notes[0]
