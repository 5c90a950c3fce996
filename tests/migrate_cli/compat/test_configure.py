"""What env.py and programs say to a context and to the settings, and what they get back."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic_projects import ENV, catalog, make, script, table, versions
from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool, Pool

CHAIN = {"a": table("one", "aa11"), "b": table("two", "bb22", "aa11")}
TWO = {**CHAIN, "c": table("three", "cc33", "aa11")}


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/x.db"


def config(folder: Path, **more: Any) -> Any:
    from alembic.config import Config

    return Config(str(folder / "alembic.ini"), **more)


def as_sql(folder: Path, *given: str, **more: Any) -> str:
    from alembic import command

    settings = config(folder, output_buffer=io.StringIO(), **more)
    command.upgrade(settings, *(given or ("head",)), sql=True)
    return str(settings.output_buffer.getvalue())


def test_options_reach_the_dialect() -> None:
    """RUN-004."""
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(
        dialect_name="postgresql", dialect_opts={"paramstyle": "named"}
    )

    assert context.dialect.paramstyle == "named"


@pytest.mark.parametrize(
    ("options", "buffer", "wanted"),
    [
        pytest.param("", io.StringIO, "é", id="text"),
        pytest.param('output_encoding="utf-8",', io.BytesIO, "é".encode(), id="encoded"),
    ],
)
def test_a_script_goes_where_env_says(
    tmp_path: Path, url: str, options: str, buffer: Callable[[], Any], wanted: Any
) -> None:
    """RUN-007, RUN-008."""
    said = script("aa11", None, "op.execute(\"insert into t values ('é')\")")
    env = ENV.format(options=f'{options} output_buffer=config.attributes["to"]', before="")
    make(tmp_path, url, {"a": said}, env=env)
    to = buffer()

    rest = as_sql(tmp_path, attributes={"to": to})

    assert wanted in to.getvalue()
    assert rest == ""


def test_literal_binds_need_a_script(tmp_path: Path, url: str) -> None:
    """RUN-009."""
    from alembic import command
    from alembic.util import CommandError

    text = "op.execute(sa.table('t', sa.column('a', sa.Integer)).insert().values(a=7))"
    plain = ENV.format(options="", before="").replace("literal_binds=True,", "")
    env = plain.replace("connection=connection,", "connection=connection, literal_binds=True,")
    make(tmp_path, url, {"a": script("aa11", None, text)}, env=env)

    assert "VALUES (7)" in as_sql(make(tmp_path / "2", url, {"a": script("aa11", None, text)}))
    with pytest.raises(CommandError, match="only allowed in offline mode"):
        command.upgrade(config(tmp_path), "head")


def test_env_overrules_the_start_and_the_tag(tmp_path: Path, url: str) -> None:
    """RUN-010, RUN-011, REV-104."""
    from alembic import command
    from alembic.util import CommandError

    seen: dict[str, Any] = {}
    env = ENV.format(options='starting_rev="aa11", tag="mine"', before="").replace(
        "        context.run_migrations()",
        '        config.attributes["seen"]["tag"] = context.get_tag_argument()\n'
        "        context.run_migrations()",
    )
    make(tmp_path, url, CHAIN, env=env)

    sql = as_sql(tmp_path, attributes={"seen": seen})

    assert ("CREATE TABLE two" in sql, "CREATE TABLE one" in sql) == (True, False)
    assert seen == {"tag": "mine"}
    with pytest.raises(CommandError, match="where a script starts"):
        command.upgrade(config(tmp_path, attributes={"seen": seen}), "head")


@pytest.mark.parametrize("told", [True, False], ids=["environment", "plain"])
def test_the_template_is_given_what_env_has(tmp_path: Path, url: str, told: bool) -> None:
    """RUN-012."""
    from alembic import command

    make(tmp_path, url, options='template_args={"who": "me"}')
    template = tmp_path / "scripts/script.py.mako"
    template.write_text(template.read_text() + "\nwho = ${repr(context.get('who', None))}\n")
    settings = config(tmp_path)
    settings.set_main_option("revision_environment", "true" if told else "false")

    made = command.revision(settings, "x")

    wanted = "who = 'me'" if told else "who = None"
    assert wanted in Path(made.path).read_text()


def test_bodies_go_by_the_names_that_env_gives(tmp_path: Path, url: str) -> None:
    """RUN-019."""
    from alembic import command

    before = (
        "import sqlalchemy as sa\nmetadata = sa.MetaData()\n"
        'sa.Table("t", metadata, sa.Column("id", sa.Integer))\n'
    )
    options = 'target_metadata=metadata, upgrade_token="ups", downgrade_token="downs"'
    make(tmp_path, url, options=options, before=before)
    template = tmp_path / "scripts/script.py.mako"
    text = template.read_text().replace("${upgrades if upgrades", "${ups if ups")
    template.write_text(text.replace("${downgrades if downgrades", "${downs if downs"))

    made = command.revision(config(tmp_path), "x", autogenerate=True)

    text = Path(made.path).read_text()
    assert text.index("op.create_table(") < text.index('op.drop_table("t")')


@pytest.mark.parametrize(
    ("url", "options", "separator"),
    [
        ("mssql+pyodbc://x", "", "GO"),
        ("mssql+pyodbc://x", 'mssql_batch_separator="RUN"', "RUN"),
        ("oracle+oracledb://x", "", "/"),
        ("oracle+oracledb://x", 'oracle_batch_separator=";;"', ";;"),
    ],
)
def test_separators_stand_between_statements(
    tmp_path: Path, url: str, options: str, separator: str
) -> None:
    """RUN-021, RUN-057: no driver of these is needed."""
    make(tmp_path, url, CHAIN, options=options)

    assert separator in as_sql(tmp_path).splitlines()


def test_the_context_says_what_it_is(tmp_path: Path, url: str) -> None:
    """RUN-026, RUN-034, RUN-035: before it is configured it says that."""
    early = (
        "for name in ('get_context', 'get_bind', 'get_impl', 'begin_transaction',\n"
        "             'is_transactional_ddl', 'run_migrations'):\n"
        "    try:\n        getattr(context, name)()\n    except Exception as err:\n"
        "        config.attributes['early'].append(type(err))\n"
    )
    env = ENV.format(options="", before=early).replace(
        "        context.run_migrations()",
        "        config.attributes['told'] += [context.is_transactional_ddl(),\n"
        "            context.get_context().bind is context.get_bind(), context.get_impl().__dialect__]\n"
        "        context.execute('SELECT 1')\n        context.static_output('-- as it is')\n"
        "        context.run_migrations()",
    )
    make(tmp_path, url, CHAIN, env=env)
    seen: dict[str, list[Any]] = {"early": [], "told": []}

    sql = as_sql(tmp_path, attributes=seen)

    assert len(seen["early"]) == 6
    assert len(set(seen["early"])) == 1
    assert issubclass(seen["early"][0], Exception)
    assert seen["told"] == [False, True, "sqlite"]
    assert "SELECT 1;\n" in sql
    assert "-- as it is\n\n" in sql


def test_what_a_command_does_not_have_is_said(tmp_path: Path, url: str) -> None:
    """RUN-028, RUN-029: `current` goes nowhere."""
    from alembic import command
    from alembic.util import CommandError

    for word in ("get_revision_argument", "get_starting_revision_argument"):
        make(tmp_path, url, CHAIN, before=f"context.{word}()")
        with pytest.raises(CommandError, match="revision argument"):
            command.current(config(tmp_path))


def test_an_environment_runs_a_function_of_its_own(tmp_path: Path, url: str) -> None:
    """RUN-037, RUN-063: called with where the database is, it gives the steps."""
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    make(tmp_path, url, CHAIN)
    settings = config(tmp_path)
    directory = ScriptDirectory.from_config(settings)
    asked: list[Any] = []

    def steps(rev: Any, context: Any) -> Any:
        asked.append(rev)
        return directory._upgrade_revs("aa11", rev)

    with EnvironmentContext(settings, directory, fn=steps, destination_rev="aa11"):
        directory.run_env()

    assert asked == [()]
    assert versions(url) == ["aa11"]


def test_a_context_reads_and_stamps_by_itself(tmp_path: Path, url: str) -> None:
    """RUN-060, RUN-061, RUN-062, REV-102, REV-103: without env.py."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    directory = ScriptDirectory.from_config(config(make(tmp_path, url, TWO)))
    with create_engine(url, poolclass=NullPool).begin() as connection:
        context = MigrationContext.configure(connection)

        assert (context.get_current_revision(), context.get_current_heads()) == (None, ())
        assert (context.config, context.script) == (None, None)
        assert catalog(url) == {}
        context.stamp(directory, "bb22")
        assert context.get_current_revision() == "bb22"
        context.stamp(directory, ["bb22", "cc33"])
        assert sorted(context.get_current_heads()) == ["bb22", "cc33"]
        with pytest.raises(CommandError, match="more than one head"):
            context.get_current_revision()
        with pytest.raises(CommandError, match="zz99"):
            context.stamp(directory, "zz99")
    assert versions(url) == ["bb22", "cc33"]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        pytest.param("[tool]\nalembic = 3\n", "tool.alembic", id="no-table"),
        pytest.param("[tool.alembic]\nscript_location = 1.5\n", "script_location", id="number"),
        pytest.param(
            '[tool.alembic]\nscript_location = "%(here)s/scripts"\nsourceless = "perhaps"\n',
            "sourceless",
            id="no-boolean",
        ),
        pytest.param("[tool.alembic\n", "pyproject.toml", id="no-toml"),
    ],
)
def test_settings_that_are_wrong_are_named(tmp_path: Path, toml: str, said: str) -> None:
    """RUN-070."""
    from alembic import command
    from alembic.config import Config

    make(tmp_path, "sqlite://", CHAIN)
    (tmp_path / "alembic.ini").unlink()
    (tmp_path / "pyproject.toml").write_text(toml)

    with pytest.raises(Exception, match=said) as caught:
        command.heads(Config(toml_file=str(tmp_path / "pyproject.toml")))

    assert "\n  File" not in str(caught.value)


@pytest.mark.parametrize(("word", "found"), [("true", "two"), ("True", "two"), ("maybe", None)])
def test_a_switch_in_an_ini_file_is_what_it_says_or_an_error(
    tmp_path: Path, url: str, word: str, found: str | None
) -> None:
    """RUN-129."""
    from alembic import command

    make(tmp_path, url, {"a": CHAIN["a"]}, more=f"recursive_version_locations = {word}")
    (tmp_path / "scripts/versions/deep").mkdir()
    (tmp_path / "scripts/versions/deep/b.py").write_text(CHAIN["b"])

    if found is None:
        with pytest.raises(Exception, match="recursive_version_locations"):
            command.upgrade(config(tmp_path), "heads")
    else:
        command.upgrade(config(tmp_path), "heads")
        assert found in catalog(url)


def test_settings_are_set_and_asked(tmp_path: Path) -> None:
    """RUN-071 to RUN-074, RUN-077."""
    from alembic.config import Config
    from alembic.util import CommandError

    make(tmp_path, "sqlite://", more="a = %(more)s/x")
    out = io.StringIO()
    settings = config(tmp_path, config_args={"more": "there"}, stdout=out)

    assert settings.get_main_option("a") == "there/x"
    assert settings.get_main_option("b", "else") == "else"
    settings.set_main_option("b", "1")
    settings.set_section_option("mine", "c", "%(d)s")
    settings.set_section_option("mine", "d", "late")
    assert settings.get_section_option("mine", "c") == "late"
    assert settings.get_alembic_option("b") == "1"
    settings.remove_main_option("b")
    settings.remove_main_option("b")
    assert settings.get_main_option("b") is None
    assert settings.get_section("nowhere") is None
    assert settings.get_section("nowhere", {"x": "y"}) == {"x": "y"}
    with pytest.raises(CommandError, match="nowhere"):
        settings.get_section_option("nowhere", "c")
    with pytest.raises(ValueError, match="%"):
        settings.set_main_option("a", "50%")
    settings.print_stdout("100%")
    settings.print_stdout("%s of %s", 1, 2)
    assert out.getvalue() == "100%\n1 of 2\n"
    without_file = Config()
    without_file.set_main_option("script_location", "%(here)s/scripts")
    assert without_file.get_main_option("script_location") == "./scripts"


def test_settings_are_read_as_utf_8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RUN-064, LIM-126: whatever the locale; a byte-order mark is no part of them."""
    monkeypatch.setattr("locale.getpreferredencoding", lambda *_: "ascii")
    make(tmp_path, "sqlite://", more="told = ä")
    file = tmp_path / "alembic.ini"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert config(tmp_path).get_main_option("told") == "ä"


@pytest.mark.parametrize("native", [True, False], ids=["ours", "alembics"])
def test_what_is_opened_is_closed(
    tmp_path: Path, url: str, native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RUN-117: one connection to the database for a command, and none at its end."""
    from migrate_cli import commands
    from migrate_cli.recognition import find

    if native:
        (tmp_path / "migrations/versions").mkdir(parents=True)
        (tmp_path / "pyproject.toml").write_text(f'[tool.migrate]\nurl = "{url}"\n')
    else:
        make(tmp_path, url, CHAIN)
    monkeypatch.chdir(tmp_path)
    told: list[str] = []
    listeners = [(name, lambda *_, name=name: told.append(name)) for name in ("connect", "close")]
    for name, listener in listeners:
        event.listen(Pool, name, listener)

    try:
        commands.current(find())
    finally:
        for name, listener in listeners:
            event.remove(Pool, name, listener)

    assert told == ["connect", "close"]
