"""Our own commands in an Alembic project: the same words, the same answers, nothing rewritten."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from alembic_projects import catalog, make, peer, script, table, versions
from migrate_cli.cli.door import run

CHAIN = {
    "a": table("users", "aa11"),
    "b": script(
        "bb22",
        "aa11",
        'op.add_column("users", sa.Column("name", sa.String(20), server_default="x"))',
        'op.drop_column("users", "name")',
    ),
    "c": table("orders", "cc33", "bb22"),
}


@pytest.fixture
def project(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return make(tmp_path, database_url, CHAIN)


@pytest.mark.slow
def test_up_and_down_lead_where_alembic_leads(
    project: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    peer(project, "upgrade", "head")
    theirs = catalog(database_url)
    peer(project, "downgrade", "base")

    assert run(["upgrade"]) == 0
    assert catalog(database_url) == theirs
    assert versions(database_url) == ["cc33"]
    assert "At cc33 (head). 3 applied" in capsys.readouterr().out

    assert run(["downgrade", "base"]) == 0
    assert list(catalog(database_url)) == ["alembic_version"]
    assert versions(database_url) == []


@pytest.mark.slow
def test_the_two_tools_take_turns_revision_by_revision(project: Path, database_url: str) -> None:
    assert run(["upgrade", "+1"]) == 0
    peer(project, "upgrade", "+1")
    assert versions(database_url) == ["bb22"]
    assert run(["upgrade", "+1"]) == 0
    peer(project, "downgrade", "-1")
    assert run(["downgrade", "-1"]) == 0
    assert versions(database_url) == ["aa11"]
    peer(project, "downgrade", "base")
    assert run(["upgrade", "head"]) == 0
    assert "cc33 (head)" in peer(project, "current").stdout


def test_what_is_asked_changes_nothing(
    project: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [["current"], ["heads"], ["history"], ["history", "-i"], ["status"], ["branches"]]
    asked += [["plan"], ["plan", "--json"], ["plan", "--format", "markdown"]]

    assert [run(words) for words in asked] == [0] * len(asked)
    assert catalog(database_url) == {}
    assert "bb22 -> cc33 (head), make cc33" in capsys.readouterr().out


READS = """bind = op.get_bind()
    op.add_column("users", sa.Column("n", sa.Integer()))
    {how}
    op.drop_table("users")"""


@pytest.mark.parametrize(
    "how",
    [
        'bind.execute(sa.text("SELECT 1")).scalar()',
        "sa.inspect(bind).get_table_names()",
        'context.get_context().bind.execute(sa.text("CREATE TABLE sneaked (a int)")).all()',
        'context.get_bind().exec_driver_sql("CREATE TABLE sneaked (a int)")',
        "op.get_context().as_sql or sa.orm.Session(bind).connection().scalar(sa.text('SELECT 1'))",
    ],
)
def test_a_plan_names_a_step_that_reads_and_touches_nothing(
    tmp_path: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    how: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    make(
        tmp_path,
        database_url,
        {"a": table("users", "aa11"), "b": script("bb22", "aa11", READS.format(how=how))},
    )

    assert run(["plan"]) == 0

    said = capsys.readouterr().out
    assert "+ create table users (1 column)" in said
    assert "+ add column users.n (Integer)" in said
    assert "? from here on not known" in said
    assert "drop table" not in said
    assert catalog(database_url) == {}


def test_a_plan_needs_no_database_that_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, "postgresql+psycopg://app:secret@127.0.0.1:1/app", CHAIN)

    assert run(["plan"]) == 0

    said = capsys.readouterr().out
    assert "where the database is" in said
    assert "+ create table orders" in said
    assert "secret" not in said


def test_status_says_which_of_the_two_tools_is_used(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["status"]) == 0

    said = capsys.readouterr().out
    assert "an Alembic project (alembic.ini), run by migrate" in said
    assert f"alembic {version('alembic')} is installed too, and not used" in said


@pytest.mark.slow
def test_a_script_leaves_what_running_it_leaves(project: Path, database_url: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "migrate_cli", "upgrade", "--sql"],
        capture_output=True,
        text=True,
        check=True,
        cwd=project,
    ).stdout

    assert "CREATE TABLE alembic_version" in said
    assert "Running upgrade aa11 -> bb22" in said
    assert versions(database_url) == []


@pytest.mark.slow
def test_a_project_made_by_alembic_is_run_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    peer(tmp_path, "init", "migrations")
    ini = tmp_path / "alembic.ini"
    ini.write_text(ini.read_text().replace("driver://user:pass@localhost/dbname", "sqlite:///x.db"))

    assert run(["revision", "-m", "first thing"]) == 0
    [path] = (tmp_path / "migrations/versions").glob("*_first_thing.py")
    made = path.name.partition("_")[0]
    capsys.readouterr()
    assert run(["upgrade"]) == 0
    assert run(["current"]) == 0
    assert f"{made} (head), first thing" in capsys.readouterr().out
    assert f"{made} (head)" in peer(tmp_path, "current").stdout
    assert run(["downgrade", "base"]) == 0
    assert peer(tmp_path, "current").stdout == ""


def test_messages_reach_the_loggers_that_alembics_users_switch_on(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "alembic.runtime.migration")

    run(["upgrade", "bb22"])

    said = [r.getMessage() for r in caplog.records if r.name == "alembic.runtime.migration"]
    assert "Running upgrade  -> aa11, make aa11" in said
    assert "Running upgrade aa11 -> bb22, make bb22" in said


HOOKED = """
import sqlalchemy as sa
from alembic.autogenerate import comparators, renderers
from alembic.operations import MigrateOperation, ops

class Own(MigrateOperation):
    def reverse(self):
        return Own()

renderers.dispatch_for(Own, replace=True)(lambda context, op: "pass  # own")

metadata = sa.MetaData()
sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True))

def compare(context, upgrade_ops, schemas):
    upgrade_ops.ops += {plugin}

if not comparators._registry["schema", "default"]:  # this file is run by each command
    comparators.dispatch_for("schema")(compare)

def process(context, revision, directives):
    assert revision == ("aa11",), revision
    {hook}
"""


@pytest.mark.parametrize(
    ("plugin", "hook", "told"),
    [
        ("[]", "pass", None),
        ("[]", "directives[0].upgrade_ops.ops.append(ops.ExecuteSQLOp('SELECT 1'))", "SELECT 1"),
        ("[Own()]", "pass", "run Own, an operation of a plugin"),
        ("[Own()]", "directives.clear()", None),
    ],
    ids=["neither", "a-hook-adds", "a-plugin-adds", "a-hook-takes-away"],
)
def test_what_plugins_and_hooks_have_otherwise_is_counted_as_alembic_does(
    tmp_path: Path,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    plugin: str,
    hook: str,
    told: str | None,
) -> None:
    from alembic.autogenerate import comparators

    kept = {key: list(value) for key, value in comparators._registry.items()}
    monkeypatch.setattr(comparators, "_registry", kept | {("schema", "default"): []})
    before = HOOKED.replace("{plugin}", plugin).replace("{hook}", hook)
    options = "target_metadata=metadata, process_revision_directives=process"
    make(tmp_path, sqlite_url, {"a": CHAIN["a"]}, before=before, options=options)
    monkeypatch.chdir(tmp_path)
    assert run(["upgrade"]) == 0
    capsys.readouterr()

    checked, said = run(["check"]), capsys.readouterr().out
    run(["status"])
    standing = capsys.readouterr().out
    assert run(["diff"]) == 0
    differing = capsys.readouterr().out
    run(["make", "more"])

    assert checked == (told is not None)
    assert ("differ in 1" in standing) == (told is not None)
    assert told is None or (told in said and told in differing)
    assert ("its plugin does it" in differing) == (told is not None and "plugin" in told)
    written = list((tmp_path / "scripts/versions").glob("*.py"))
    assert len(written) == 1 + (told is not None)
