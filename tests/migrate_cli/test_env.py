"""An env.py of a project of our own kind: optional, and it says where the commands work."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent, indent

import pytest
from migrate_cli.cli.door import run
from migrate_cli.commands import (
    check,
    current,
    downgrade,
    init,
    lint,
    list_templates,
    merge,
    revision,
    stamp,
    status,
    upgrade,
)
from migrate_cli.config import Config
from migrate_cli.errors import (
    BadConfiguration,
    EnvironmentFailed,
    FolderInUse,
    MigrateError,
    NoTemplate,
    UsageError,
)
from migrate_cli.recognition import find
from migrate_cli.scripts import Scripts
from revgraph.errors import UnknownRevision
from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.pool import NullPool

MODELS = """
from sqlalchemy import Column, Integer, MetaData, Table
metadata = MetaData()
Table("account", metadata, Column("id", Integer, primary_key=True))
"""
ASYNC = {"sqlite": "aiosqlite", "postgresql": "asyncpg", "mysql": "aiomysql"}


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "env_models.py").write_text(MODELS)
    yield folder
    sys.modules.pop("env_models", None)


def tables(url: str) -> set[str]:
    return set(inspect(create_engine(url, poolclass=NullPool)).get_table_names())


def set_up(root: Path, template: str, url: str) -> Config:
    init(root, template=template)
    return find(start=root, url=url)


@pytest.mark.parametrize("template", ["pyproject", "generic", "async"])
def test_all_commands_work_by_each_template(template: str, root: Path, database_url: str) -> None:
    if template == "async":
        parsed = make_url(database_url)
        driver = ASYNC[parsed.get_backend_name()]
        pytest.importorskip(driver)
        name = f"{parsed.get_backend_name()}+{driver}"
        url = parsed.set(drivername=name).render_as_string(hide_password=False)
    else:
        url = database_url
    config = set_up(root, template, url)

    made = revision(config, "accounts", autogenerate=True)
    moved = upgrade(config)

    assert made.path is not None
    assert "def upgrade(op: Operations) -> None:" in made.path.read_text()
    assert moved.heads == (made.id,)
    assert {"account", "migrate_version", "migrate_journal"} <= tables(database_url)
    assert check(config).changes == ()
    assert status(config).in_sync
    assert downgrade(config, "base").heads == ()
    assert "account" not in tables(database_url)
    assert stamp(config, ["head"]).heads == (made.id,)
    assert [one.id for one in current(config).revisions] == [made.id]


@pytest.mark.parametrize("template", ["pyproject", "generic", "async"])
def test_a_script_is_the_same_with_and_without_env(template: str, root: Path) -> None:
    plain = set_up(root, "pyproject", "postgresql+psycopg://nowhere/x")
    made = revision(plain, "accounts")
    assert made.path is not None
    text = made.path.read_text().replace(
        "def upgrade(op: Operations) -> None:\n    pass",
        'def upgrade(op: Operations) -> None:\n    op.execute("SELECT 1")',
    )
    made.path.write_text(text)
    bare, told = io.StringIO(), io.StringIO()
    upgrade(plain, sql=bare)
    for one in list_templates():
        if one.name == template:
            for name, content in one.files.items():
                (root / "migrations" / name).write_bytes(content)

    upgrade(find(start=root, url="postgresql+psycopg://nowhere/x"), sql=told)

    assert told.getvalue() == bare.getvalue()
    assert "SELECT 1" in told.getvalue()


def several(root: Path, tmp_path: Path) -> None:
    init(root, template="multidb")
    with (root / "pyproject.toml").open("a") as file:
        for name in ("one", "two"):
            file.write(
                f'\n[tool.migrate.databases.{name}]\nurl = "sqlite:///{tmp_path}/{name}.db"\n'
            )


def test_an_env_of_several_databases_says_that_none_is_named(root: Path) -> None:
    init(root, template="multidb")

    with pytest.raises(BadConfiguration, match=r"\[tool\.migrate\.databases\.NAME\]") as caught:
        upgrade(find(start=root))

    assert caught.value.key == "databases"


def test_one_history_is_run_in_several_databases(root: Path, tmp_path: Path) -> None:
    several(root, tmp_path)
    config = find(start=root)
    made = revision(config, "t")
    assert made.path is not None
    text = made.path.read_text()
    text = text.replace("import Operations\n", "import Operations\nimport sqlalchemy as sa\n")
    made.path.write_text(
        text.replace(
            "def upgrade(op: Operations) -> None:\n    pass",
            "def upgrade(op: Operations, database: str) -> None:\n"
            '    op.create_table(f"in_{database}", sa.Column("id", sa.Integer()))',
        )
    )

    upgrade(config)

    stood = status(config)
    assert [one.database.rpartition("/")[2] for one in (*stood.others, stood)] == [
        "one.db",
        "two.db",
    ]
    assert [one.at_head for one in (*stood.others, stood)] == [True, True]
    found = [tables(f"sqlite:///{tmp_path}/{name}.db") for name in ("one", "two")]
    assert ["in_one" in found[0], "in_two" in found[0]] == [True, False]
    assert ["in_one" in found[1], "in_two" in found[1]] == [False, True]


def test_the_status_of_several_databases_is_that_of_each(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    several(root, tmp_path)
    monkeypatch.chdir(root)
    run(["-q", "revision", "-m", "t"])
    run(["-q", "-x", "database=one", "upgrade"])
    capsys.readouterr()

    ended = run(["status", "--exit-code"])

    said = capsys.readouterr().out.split("\n\n")
    assert ended == 1
    assert ["one.db" in said[0], "two.db" in said[1]] == [True, True]
    assert ["[x]" in said[0], "[ ]" in said[1]] == [True, True]


def test_each_of_several_databases_has_a_script_of_its_own(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several(root, tmp_path)
    monkeypatch.chdir(root)
    config = find(start=root)
    made = revision(config, "first")

    upgrade(config, sql=io.StringIO())

    for name in ("one", "two"):
        assert f"VALUES ('{made.id}')" in (root / f"{name}.sql").read_text()
        assert not (tmp_path / f"{name}.db").exists()


def test_a_script_that_fails_and_lint_leave_the_files_of_several_databases_alone(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several(root, tmp_path)
    monkeypatch.chdir(root)
    config = find(start=root)
    made = revision(config, "first")
    assert made.path is not None
    (root / "one.sql").write_text("-- written before\n")

    lint(config, [made.id or ""])
    made.path.write_text(made.path.read_text().replace("    pass\n", "    raise KeyError('no')\n"))
    with pytest.raises(MigrateError):
        upgrade(config, sql=io.StringIO())

    assert (root / "one.sql").read_text() == "-- written before\n"
    assert not (root / "two.sql").exists()


def test_one_of_them_may_be_named(root: Path, tmp_path: Path) -> None:
    several(root, tmp_path)
    config = find(start=root, arguments=["database=two"])
    made = revision(config, "accounts", autogenerate=True)

    upgrade(config)

    assert [made.changes[0].describe()] == ["create table account (1 column)"]
    assert "account" in tables(f"sqlite:///{tmp_path}/two.db")
    assert not (tmp_path / "one.db").exists()


def test_a_database_has_settings_of_its_own(root: Path, tmp_path: Path) -> None:
    """Without an env.py: -n NAME."""
    (root / "pyproject.toml").write_text(
        '[tool.migrate]\nurl = "sqlite:///main.db"\n'
        '[tool.migrate.databases.reports]\nurl = "sqlite:///reports.db"\nscripts = "reports"\n'
        'version_table = "reports_version"\n'
    )
    for folder in ("migrations", "reports"):
        (root / folder / "versions").mkdir(parents=True)
    config = find(start=root, name="reports")
    made = revision(config, "first")
    upgrade(config)

    assert made.path is not None
    assert made.path.parent == root / "reports" / "versions"
    assert "reports_version" in tables(f"sqlite:///{root}/reports.db")
    assert current(find(start=root)).revisions == ()


@pytest.mark.parametrize(
    ("settings", "name", "said"),
    [
        ('[tool.migrate.databases.one]\nurl = "x"', "on", "no database 'on'; did you mean 'one'?"),
        ("", "one", "no database 'one'; there is no [tool.migrate.databases]"),
        ("[tool.migrate.databases.one]\nurll = 1", "one", "no setting 'urll'; did you mean 'url'"),
        ("[tool.migrate.databases.one]\nurl = 1", "one", "url in one must be a text in quotes"),
        ("databases = 3", "one", "must be tables, each with a name"),
    ],
)
def test_what_is_wrong_with_databases_is_told(
    root: Path, settings: str, name: str, said: str
) -> None:
    (root / "pyproject.toml").write_text(f"[tool.migrate]\n{settings}\n")

    with pytest.raises((BadConfiguration, UsageError)) as caught:
        find(start=root, name=name)

    assert said in str(caught.value)


def test_an_env_that_imports_alembic_works_too(root: Path, sqlite_url: str) -> None:
    config = set_up(root, "generic", sqlite_url)
    file = root / "migrations" / "env.py"
    file.write_text(
        file.read_text().replace(
            "from migrate_cli.env import context, models, url",
            "from alembic import context\nfrom migrate_cli.env import models, url",
        )
    )

    assert upgrade(config).done == ()


def test_an_env_that_fails_is_told_with_its_line(root: Path, sqlite_url: str) -> None:
    config = set_up(root, "generic", sqlite_url)
    (root / "migrations" / "env.py").write_text("x = 1\n1 / 0\n")

    with pytest.raises(EnvironmentFailed, match=r"env\.py:2 failed: ZeroDivisionError"):
        upgrade(config)


def test_arguments_need_an_env(root: Path) -> None:
    init(root)

    with pytest.raises(UsageError, match=r"-x is for an env\.py, and there is none"):
        find(start=root, arguments=["a=b"])


def test_merging_is_done_in_our_form(root: Path, sqlite_url: str) -> None:
    config = set_up(root, "generic", sqlite_url)
    for one in ("a1", "b2"):
        revision(config, one, rev_id=one, head=["base"], splice=True)

    made = merge(config)

    assert made.path is not None
    assert "from migrate_cli import Operations" in made.path.read_text()


def test_env_runs_for_every_new_file_where_the_settings_say_so(root: Path, sqlite_url: str) -> None:
    """What it has for the template reaches it; without the setting it isn't run."""
    set_up(root, "generic", sqlite_url)
    settings, env = root / "pyproject.toml", root / "migrations" / "env.py"
    env.write_text(env.read_text().replace("configure(", 'configure(template_args={"who": "me"}, '))
    (root / "migrations" / "script.py.mako").write_text(
        "revision = ${literal(up_revision)}\ndown_revision = ${literal(down_revision)}\n"
        "who = ${literal(context.get('who', None))}\n"
    )

    def written(*heads: str) -> str:
        config = find(start=root, url=sqlite_url)
        made = merge(config, heads) if heads else revision(config, "x", head=["base"], splice=True)
        assert made.path is not None
        return made.path.read_text()

    without = written()
    settings.write_text(settings.read_text() + "revision_environment = true\n")

    assert "who = None" in without
    assert 'who = "me"' in written()
    assert 'who = "me"' in written("heads")


HOOKS = """
def written(kind, value, around):
    if kind == "type" and type(value).__name__ == "Integer":
        around.imports.add("import decimal")
        return "sa.Integer() if decimal else None"
    return False

"""


def test_new_files_are_written_as_env_says(
    root: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A type of one's own brings its import, and the file runs."""
    config = set_up(root, "generic", sqlite_url)
    monkeypatch.chdir(root)
    env = root / "migrations" / "env.py"
    said = "render_as_batch=True, render_item=written, "
    text = env.read_text().replace("configure(", f"configure({said}")
    env.write_text(text.replace("\ndef ", f"{HOOKS}\ndef ", 1))

    status = run(["make", "one", "--url", sqlite_url])

    assert (status, capsys.readouterr().err) == (0, "")
    (file,) = (root / "migrations" / "versions").glob("*.py")
    assert "import decimal" in file.read_text().splitlines()
    assert "sa.Integer() if decimal else None" in file.read_text()
    upgrade(config)
    assert "account" in tables(sqlite_url)


@pytest.mark.parametrize(("said", "block"), [("", False), ("render_as_batch=True, ", True)])
def test_an_env_has_changes_written_as_batch_blocks(
    root: Path, postgresql_url: str, said: str, block: bool
) -> None:
    config = set_up(root, "generic", postgresql_url)
    env = root / "migrations" / "env.py"
    env.write_text(env.read_text().replace("configure(", f"configure({said}"))
    engine = create_engine(postgresql_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE account (id serial PRIMARY KEY, gone integer)")

    made = revision(config, "x", autogenerate=True)

    assert made.path is not None
    assert ("with op.batch_alter_table" in made.path.read_text()) == block


def test_an_env_that_refuses_stops_a_new_file(root: Path, sqlite_url: str) -> None:
    set_up(root, "generic", sqlite_url)
    settings = root / "pyproject.toml"
    settings.write_text(settings.read_text() + "revision_environment = true\n")
    (root / "migrations" / "env.py").write_text('raise ValueError("not on a Friday")\n')

    with pytest.raises(EnvironmentFailed, match="not on a Friday"):
        revision(find(start=root, url=sqlite_url), "x")

    assert list((root / "migrations" / "versions").iterdir()) == []


@pytest.mark.parametrize("template", ["pyproject", "generic"])
def test_the_version_table_may_do_without_a_primary_key(
    template: str, root: Path, database_url: str
) -> None:
    config = set_up(root, template, database_url)
    settings = root / "pyproject.toml"
    settings.write_text(settings.read_text() + "version_table_pk = false\n")
    revision(config, "x")

    upgrade(find(start=root, url=database_url))

    engine = create_engine(database_url, poolclass=NullPool)
    assert inspect(engine).get_pk_constraint("migrate_version")["constrained_columns"] == []


def test_users_have_templates_of_their_own(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "templates" / "ours"
    mine.mkdir(parents=True)
    (mine / "README").write_text("What we do here.\nMore of it.\n")
    (mine / "env.py").write_text("# mine\n")
    (mine / "script.py.mako").write_text("# template\n")
    monkeypatch.setenv("MIGRATE_TEMPLATES", str(mine.parent))

    made = init(root, template="ours")

    assert [(one.name, one.about) for one in list_templates()][-1] == ("ours", "What we do here.")
    assert [one.name for one in made.files] == ["env.py", "script.py.mako"]
    assert (root / "migrations" / "env.py").read_text() == "# mine\n"


def test_a_folder_may_be_the_template(root: Path, tmp_path: Path) -> None:
    (tmp_path / "env.py").write_text("# mine\n")

    init(root, template=str(tmp_path))

    assert (root / "migrations" / "env.py").read_text() == "# mine\n"


def test_a_template_that_is_not_there_is_told_with_those_that_are(root: Path) -> None:
    with pytest.raises(NoTemplate, match="did you mean 'generic'") as caught:
        init(root, template="generik")

    assert "there are pyproject, async, generic, multidb" in str(caught.value)
    assert sorted(one.name for one in root.iterdir()) == ["env_models.py"]


def test_nothing_is_overwritten(root: Path) -> None:
    (root / "migrations").mkdir()
    (root / "migrations" / "env.py").write_text("# theirs\n")

    with pytest.raises(FolderInUse):
        init(root, template="generic")

    assert (root / "migrations" / "env.py").read_text() == "# theirs\n"
    assert not (root / "pyproject.toml").exists()


def test_the_folders_may_be_packages(root: Path) -> None:
    made = init(root, package=True)

    assert [one.relative_to(root).as_posix() for one in made.files] == [
        "migrations/__init__.py",
        "migrations/versions/__init__.py",
    ]
    assert revision(find(start=root), "first").path is not None


def with_directives(root: Path, url: str, body: str) -> Config:
    """Set up a project whose env.py has a `process_revision_directives` of this body."""
    config = set_up(root, "generic", url)
    env = root / "migrations" / "env.py"
    function = "def directives(context, revision, directives):\n" + indent(dedent(body), "    ")
    said = "configure(process_revision_directives=directives, "
    text = env.read_text().replace("configure(", said)
    written = f"\nfrom alembic.operations import ops\n\n{function}\n\ndef "
    env.write_text(text.replace("\ndef ", written, 1))
    return config


DIRECTIVES = [
    pytest.param(
        "assert len(directives[0].rev_id) == 12", ["create table account"], "one", id="nothing"
    ),
    pytest.param("directives[:] = []", None, None, id="no-file"),
    pytest.param(
        """
        if context.config.cmd_opts is None or context.config.cmd_opts.autogenerate:
            assert not directives[0].upgrade_ops.is_empty()
            directives.clear()
        """,
        None, None, id="no-file-by-the-command-line",
    ),
    pytest.param("directives[0].upgrade_ops.ops = []", None, None, id="no-changes"),
    pytest.param(
        "directives[0].message = 'other'; directives[0].rev_id = 'cafe'",
        ["create table account"], "other", id="message-and-id",
    ),
    pytest.param(
        "directives[0].upgrade_ops.ops.append(ops.ExecuteSQLOp('SELECT 1'))",
        ["create table account", "SELECT 1"], "one", id="one-more",
    ),
    pytest.param(
        """
        import sqlalchemy as sa
        for op in directives[0].upgrade_ops.ops:
            op.columns.append(sa.Column("made_at", sa.DateTime))
        """,
        ["create table account (2 columns)"], "one", id="a-column-more",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("body", "changes", "message"), DIRECTIVES)
def test_env_has_a_new_file_otherwise(
    root: Path, sqlite_url: str, body: str, changes: list[str] | None, message: str | None
) -> None:
    config = with_directives(root, sqlite_url, body)

    made = revision(config, "one", autogenerate=True)

    if changes is None:
        assert (made.path, made.left_out) == (None, True)
        assert check(config).changes == (), "check counts what would be written"
        return
    assert made.path is not None
    said = [change.describe() for change in made.changes]
    assert all(wanted in told for wanted, told in zip(changes, said, strict=True))
    assert Scripts.of(config).by_id[str(made.id)].message == message
    upgrade(config)
    assert "account" in tables(sqlite_url)
    downgrade(config, "base")
    assert "account" not in tables(sqlite_url)


def test_env_says_where_a_new_file_stands_and_may_make_several(
    root: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    body = """
        (first,) = directives
        assert revision == (), revision
        first.rev_id, first.branch_label = "aa11", "shop"
        second = ops.MigrationScript(
            "bb22", ops.UpgradeOps([ops.ExecuteSQLOp("SELECT 2")]), ops.DowngradeOps([]),
            message="two", head="aa11", imports={"import decimal"},
        )
        third = ops.MigrationScript(
            "cc33", ops.UpgradeOps([ops.ExecuteSQLOp("SELECT 3")]), ops.DowngradeOps([]),
            message="three", head="aa11", splice=True,
        )
        directives += [second, third]
    """
    config = with_directives(root, sqlite_url, body)
    monkeypatch.chdir(root)

    assert run(["make", "one", "--url", sqlite_url]) == 0

    assert capsys.readouterr().out.count("migrations/versions/") == 3
    found = Scripts.of(config)
    assert {one.id: one.parents for one in found.graph} == {
        "aa11": (), "bb22": ("aa11",), "cc33": ("aa11",),
    }  # fmt: skip
    assert found.by_id["aa11"].labels == ("shop",)
    assert "import decimal" in found.by_id["bb22"].path.read_text().splitlines()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise RuntimeError('no')", r"env\.py:\d+ failed: RuntimeError: no"),
        (
            "class Own(ops.MigrateOperation): pass\ndirectives[0].upgrade_ops.ops.append(Own())",
            r"env\.py failed: process_revision_directives leaves a Own, which",
        ),
        ("directives[0].head = 'nowhere'", "nowhere"),
    ],
)
def test_what_env_asks_in_vain_is_told_and_nothing_is_written(
    root: Path, sqlite_url: str, body: str, said: str
) -> None:
    config = with_directives(root, sqlite_url, body)

    with pytest.raises((MigrateError, UnknownRevision), match=said):
        revision(config, "one", autogenerate=True)

    assert list((root / "migrations" / "versions").glob("*.py")) == []


def test_env_is_asked_about_an_empty_file_where_it_is_run_for_one(
    root: Path, sqlite_url: str
) -> None:
    body = "directives[0].message = 'of env'\nassert not context.config.cmd_opts.autogenerate"
    config = with_directives(root, sqlite_url, body)
    without = revision(config, "one")
    settings = root / "pyproject.toml"
    settings.write_text(settings.read_text() + "revision_environment = true\n")
    config = find(start=root, url=sqlite_url)

    made = revision(config, "two")

    messages = {one.id: one.message for one in Scripts.of(config).by_id.values()}
    assert messages == {without.id: "one", made.id: "of env"}
