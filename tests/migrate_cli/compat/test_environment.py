"""env.py as it stands: what it may ask and say, and whose transaction a run is in."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from alembic_projects import catalog, make, script, table, versions
from migrate_cli.cli.door import run
from sqlalchemy import create_engine, exc, text
from sqlalchemy.pool import NullPool

CHAIN = {"a": table("one", "aa11"), "b": table("two", "bb22", "aa11")}
FAILING = {**CHAIN, "c": script("cc33", "bb22", 'op.execute("select * from nowhere")')}


def config(folder: Path, **more: Any) -> Any:
    from alembic.config import Config

    return Config(str(folder / "alembic.ini"), **more)


def head(folder: Path, **more: Any) -> None:
    from alembic import command

    command.upgrade(config(folder, **more), "head")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/x.db"


# transactions


@pytest.mark.parametrize(
    ("options", "stays"),
    [
        pytest.param("", {"postgresql": [], "": ["one", "two"]}, id="one-for-all"),
        pytest.param(
            "transaction_per_migration=True", {"": ["one", "two"]}, id="one-for-each-revision"
        ),
        pytest.param("transactional_ddl=False", {"": ["one", "two"]}, id="no-transactional-ddl"),
        pytest.param(
            "transactional_ddl=True", {"mysql": ["one", "two"], "": []}, id="transactional-ddl"
        ),
    ],
)
def test_what_stays_where_a_revision_fails(
    tmp_path: Path, database_url: str, options: str, stays: dict[str, list[str]]
) -> None:
    make(tmp_path, database_url, FAILING, options=options)

    with pytest.raises(exc.DBAPIError) as raised:
        head(tmp_path)

    backend = database_url.partition("+")[0].partition(":")[0]
    left = stays.get(backend, stays[""])
    journal = ["migrate_journal"] if backend == "mysql" else []  # it is to be gone on with
    assert [name for name in catalog(database_url) if name != "alembic_version"] == journal + left
    assert "cc33" in raised.value.__notes__[-1]


def test_a_connection_of_the_caller_is_neither_committed_nor_rolled_back(
    tmp_path: Path, url: str
) -> None:
    env = (
        "from alembic import context\n"
        "context.configure(connection=context.config.attributes['connection'])\n"
        "with context.begin_transaction():\n    context.run_migrations()\n"
    )
    make(tmp_path, url, CHAIN, env=env)
    engine = create_engine(url, poolclass=NullPool)

    with engine.connect() as connection:
        connection.begin()
        head(tmp_path, attributes={"connection": connection})
        assert connection.in_transaction()
        connection.rollback()
    assert catalog(url) == {}

    with engine.begin() as connection:
        head(tmp_path, attributes={"connection": connection})
    assert versions(url) == ["bb22"]


def test_what_env_executes_inside_of_the_transaction_is_committed_with_the_run(
    tmp_path: Path, database_url: str
) -> None:
    make(tmp_path, database_url, CHAIN)
    env = (tmp_path / "scripts/env.py").read_text()
    said = (
        'context.execute("create table earlier (id integer)")\n            context.run_migrations()'
    )
    (tmp_path / "scripts/env.py").write_text(
        env.replace("            context.run_migrations()", f"            {said}")
    )

    head(tmp_path)

    assert set(catalog(database_url)) == {"alembic_version", "earlier", "one", "two"}
    assert versions(database_url) == ["bb22"]


def test_a_transaction_that_nobody_commits_is_an_error_by_name(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, url, CHAIN)
    env = (tmp_path / "scripts/env.py").read_text()
    (tmp_path / "scripts/env.py").write_text(
        env.replace(
            "        context.configure(connection",
            "        connection.exec_driver_sql('select 1')\n        context.configure(connection",
        )
    )

    assert run(["upgrade"]) == 3

    assert "never committed it" in capsys.readouterr().err
    assert catalog(url) == {}


TRIED = """
        with context.begin_transaction() as transaction:
            context.run_migrations()
            if context.get_x_argument():
                transaction.rollback()
"""


@pytest.mark.parametrize(
    ("up", "said", "left"),
    [
        pytest.param("pass", "rolled back what ran", [], id="all"),
        pytest.param(
            "with op.get_context().autocommit_block():\n        op.execute('select 1')",
            "can't roll this run back",
            ["bb22"],
            id="nothing-is-left",
        ),
    ],
)
def test_env_may_roll_back_what_it_only_tries(
    tmp_path: Path,
    postgresql_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    up: str,
    said: str,
    left: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, postgresql_url, {"a": table("one", "aa11"), "b": script("bb22", "aa11", up)})
    path = tmp_path / "scripts/env.py"
    plain = "        with context.begin_transaction():\n            context.run_migrations()\n"
    before, after = path.read_text().rsplit(plain, 1)
    path.write_text(before + TRIED + after)

    assert run(["alembic", "-x", "try", "upgrade", "aa11"]) == 0
    assert catalog(postgresql_url) == {}
    assert run(["-x", "try", "status"]) == 0
    assert run(["-x", "try", "upgrade"]) == 3
    assert said in capsys.readouterr().err
    assert versions(postgresql_url) == left


# what env.py says


@pytest.mark.parametrize(
    ("options", "name", "key"),
    [
        ('version_table="my_versions"', "my_versions", "my_versions_pkc"),
        ("version_table_pk=False", "alembic_version", None),
    ],
)
def test_the_version_table_is_as_env_says(
    tmp_path: Path, database_url: str, options: str, name: str, key: str | None
) -> None:
    make(tmp_path, database_url, CHAIN, options=options)

    head(tmp_path)

    assert versions(database_url, name) == ["bb22"]
    found = catalog(database_url)[name]
    [(column, kind, nullable, _)] = found["columns"]
    assert (column, kind.partition(" ")[0], nullable) == ("version_num", "VARCHAR(32)", False)
    if key is None:
        assert not found["key"]["constrained_columns"]


def test_the_version_table_may_be_in_a_schema(tmp_path: Path, postgresql_url: str) -> None:
    engine = create_engine(postgresql_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("create schema inner_one"))
    make(tmp_path, postgresql_url, CHAIN, options='version_table_schema="inner_one"')

    head(tmp_path)

    with engine.connect() as connection:
        found = connection.execute(text("select version_num from inner_one.alembic_version"))
        assert found.scalars().all() == ["bb22"]


def test_callbacks_are_told_of_each_step_in_its_transaction(tmp_path: Path, url: str) -> None:
    told: list[Any] = []
    before = "def tell(**kw):\n    config.attributes['told'].append(kw)\n"
    make(tmp_path, url, CHAIN, before=before, options="on_version_apply=tell")

    head(tmp_path, attributes={"told": told})

    steps = [(one["step"].up_revision_id, one["step"].is_upgrade, one["heads"]) for one in told]
    assert steps == [("aa11", True, {"aa11"}), ("bb22", True, {"bb22"})]
    assert told[1]["step"].down_revision_ids == ("aa11",)
    assert told[0]["step"].up_revision.doc == "make aa11"
    assert told[0]["run_args"] == {}


def test_keywords_reach_the_scripts(tmp_path: Path, url: str) -> None:
    text_ = script("aa11").replace(
        "def upgrade():\n    pass",
        "def upgrade(engine_name):\n    op.execute(f'create table {engine_name} (id integer)')",
    )
    make(tmp_path, url, {"a": text_})
    env = (tmp_path / "scripts/env.py").read_text()
    (tmp_path / "scripts/env.py").write_text(
        env.replace("run_migrations()", "run_migrations(engine_name='given')")
    )

    head(tmp_path)

    assert "given" in catalog(url)


def test_env_may_ask_what_the_command_says(tmp_path: Path, url: str) -> None:
    asked: dict[str, Any] = {}
    before = (
        "config.attributes['asked'].update(\n"
        "    x=context.get_x_argument(as_dictionary=True), tag=context.get_tag_argument(),\n"
        "    to=context.get_revision_argument(), start=context.get_starting_revision_argument(),\n"
        "    head=context.get_head_revision(), heads=context.get_head_revisions(),\n"
        "    offline=context.is_offline_mode(), script=context.script, config=context.config)\n"
    )
    make(tmp_path, url, CHAIN, before=before)
    from argparse import Namespace

    from alembic import command

    settings = config(tmp_path, cmd_opts=Namespace(x=["a=1", "b"]), attributes={"asked": asked})
    command.upgrade(settings, "head", tag="here")

    assert asked["x"] == {"a": "1", "b": ""}
    assert (asked["tag"], asked["to"], asked["start"]) == ("here", "bb22", None)
    assert (asked["head"], asked["heads"], asked["offline"]) == ("bb22", ("bb22",), False)
    assert asked["config"] is settings


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("upgrade", "bb22"), ("upgrade head", "bb22"), ("upgrade heads", ("bb22",)),
     ("upgrade +1", "+1"), ("downgrade base", None)],
)  # fmt: skip
def test_env_is_told_what_our_commands_lead_to(
    tmp_path: Path,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    asked: object,
) -> None:
    """A head by its id, heads as a tuple, as Alembic tells it."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, url, CHAIN, before="print(repr(context.get_revision_argument()))\n")

    assert run(typed.split()) == 0
    assert capsys.readouterr().err.splitlines()[0] == repr(asked)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("upgrade head", "upgrade bb22"), ("downgrade base", "downgrade None"),
     ("stamp head", "do_stamp bb22"), ("current", "display_version nowhere"),
     ("check", "retrieve_migrations nowhere"), ("revision --autogenerate", "retrieve_migrations nowhere")],
)  # fmt: skip
def test_env_may_ask_alembics_commands_which_one_it_is(
    tmp_path: Path,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    asked: str,
) -> None:
    """By the name of the function that is called back; and a command that leads nowhere has no such key."""
    monkeypatch.chdir(tmp_path)
    before = (
        "try:\n    to = context.get_revision_argument()\n"
        "except KeyError as err:\n    to = 'nowhere'\n    assert 'No destination' in str(err)\n"
        "print(context._proxy.context_opts['fn'].__name__, to)\n"
    )
    make(tmp_path, url, CHAIN, before=before)

    try:
        run(["alembic", *typed.split()])
    except SystemExit as err:
        assert err.code == -1

    assert capsys.readouterr().out.splitlines()[0] == asked


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("upgrade", "upgrade"), ("downgrade base", "downgrade"), ("stamp head", "stamp"),
     ("status", "current"), ("revision -m more", "revision")],
)  # fmt: skip
def test_env_is_told_which_of_alembics_commands_ours_is_like(
    tmp_path: Path,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    asked: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = "print('it is', config.cmd_opts.cmd[0].__name__)\n"
    make(tmp_path, url, CHAIN, before=before, more="revision_environment = true")

    assert run(typed.split()) == 0
    said = capsys.readouterr()
    assert f"it is {asked}" in said.err + said.out


def test_unknown_keywords_are_kept_and_a_wrapped_configure_is_called(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic.runtime.environment import EnvironmentContext

    seen: dict[str, Any] = {}
    plain = EnvironmentContext.configure

    def wrapped(self: Any, *args: Any, **kw: Any) -> None:
        plain(self, *args, more=2, **kw)
        seen.update(self.get_context().opts)

    monkeypatch.setattr(EnvironmentContext, "configure", wrapped)
    make(tmp_path, url, CHAIN, options="own=1")

    head(tmp_path)

    assert (seen["own"], seen["more"], seen["compare_type"]) == (1, 2, True)


def test_an_engine_is_no_connection() -> None:
    from alembic.migration import MigrationContext
    from alembic.util import CommandError

    with pytest.raises(CommandError, match=r"expected to be a sqlalchemy.engine.Connection"):
        MigrationContext.configure(create_engine("sqlite://"))  # type: ignore[arg-type]
    with pytest.raises(CommandError, match="Connection, url, or dialect_name is required"):
        MigrationContext.configure()


def test_a_stand_in_for_a_connection_is_given_statements_that_compile() -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from sqlalchemy import Column, Integer
    from sqlalchemy.dialects import mysql

    class StandIn:
        dialect = mysql.dialect()

        def __init__(self) -> None:
            self.taken: list[str] = []

        def execute(self, statement: Any) -> None:
            self.taken.append(str(statement.compile(dialect=self.dialect)))

    connection: Any = StandIn()
    Operations(MigrationContext.configure(connection)).add_column("t", Column("c", Integer))

    assert connection.taken == ["ALTER TABLE t ADD COLUMN c INTEGER"]


# environments that fail

MAKES = "import sqlalchemy\nsqlalchemy.create_engine('{}').connect()\n"


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ("x = 1\n", "never called context.run_migrations()"),
        ("x = 1\nraise ValueError('oh')\n", "env.py:2 failed: ValueError: oh"),
        ("def\n", "env.py"),
        ("from alembic.util import gone\n", "no 'gone' in alembic.util"),
        ("import alembic.testing\n", "has no alembic.testing"),
        ("import nowhere\n", "No module named 'nowhere'"),
        (
            MAKES.format("driver://user:pass@localhost/db"),
            "still the placeholder of a template\nwrite",
        ),
        (
            MAKES.format("postgresq://localhost/db"),
            "'postgresq' in the database's URL; did you mean",
        ),
        (MAKES.format("mysql+pymysq://localhost/db"), "did you mean 'mysql+pymysql'"),
        (MAKES.format("app.db"), "the database's URL can't be read\nwrite it where"),
        (
            MAKES.format("oracle+cx_oracle://h/db"),
            "'cx_Oracle' is not installed\npip install cx_Oracle",
        ),
    ],
    ids=[
        "idle",
        "raises",
        "syntax",
        "name-not-offered",
        "module-not-offered",
        "import",
        "placeholder",
        "dialect",
        "driver",
        "no-url",
        "no-driver",
    ],
)
@pytest.mark.parametrize("word", ["upgrade", "make"])
def test_an_env_that_fails_is_said_in_a_line(
    word: str,
    tmp_path: Path,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    env: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, url, CHAIN, env=env)

    assert run([word]) == 3

    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert len(list((tmp_path / "scripts/versions").glob("*.py"))) == len(CHAIN)


def test_a_script_that_imports_what_is_not_offered_is_named_and_nothing_runs(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    last = script("cc33", "bb22").replace(
        "import sqlalchemy", "from alembic.testing import fixtures\nimport sqlalchemy"
    )
    make(tmp_path, url, {**CHAIN, "c": last})

    assert run(["upgrade"]) == 3

    told = capsys.readouterr().err
    assert "versions/c.py:3" in told
    assert "has no alembic.testing" in told
    assert catalog(url) == {}


# several at once


ASYNC = """\
import asyncio
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

def work(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def online():
    engine = create_async_engine(context.config.get_main_option("sqlalchemy.url"))
    async with engine.connect() as connection:
        await connection.run_sync(work)
    await engine.dispose()

asyncio.run(online())
"""


def test_an_asynchronous_env_runs(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, url.replace("sqlite:", "sqlite+aiosqlite:"), CHAIN, env=ASYNC)

    assert run(["upgrade"]) == 0
    assert run(["downgrade", "-1"]) == 0
    assert versions(url) == ["aa11"]


SEVERAL = """\
from alembic import context
from sqlalchemy import create_engine

for name in ("one", "two"):
    if context.is_offline_mode():
        with open(f"{name}.sql", "w") as out:
            context.configure(url="sqlite://", output_buffer=out, literal_binds=True)
            with context.begin_transaction():
                context.run_migrations(engine_name=name)
        continue
    with create_engine(f"sqlite:///{name}.db").connect() as connection:
        context.configure(
            connection=connection, upgrade_token=f"{name}_upgrades", downgrade_token=f"{name}_downgrades"
        )
        with context.begin_transaction():
            context.run_migrations(engine_name=name)
"""


def test_each_database_of_several_is_run_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, "sqlite://", CHAIN, env=SEVERAL)

    assert run(["upgrade"]) == 0

    for name in ("one", "two"):
        assert versions(f"sqlite:///{tmp_path}/{name}.db") == ["bb22"]

    from alembic import command

    command.upgrade(config(tmp_path), "aa11", sql=True)
    assert "CREATE TABLE one" in (tmp_path / "two.sql").read_text()


@pytest.mark.parametrize("opens", ["open({}, 'w')", "Path({}).open(mode='w')"])
def test_where_nobody_reads_the_sql_its_files_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opens: str
) -> None:
    monkeypatch.chdir(tmp_path)
    usual = 'open(f"{name}.sql", "w")'
    assert usual in SEVERAL
    env = "from pathlib import Path\n" + SEVERAL.replace(usual, opens.format('f"{name}.sql"'))
    make(tmp_path, "sqlite://", CHAIN, env=env)
    (tmp_path / "two.sql").write_text("-- kept\n")

    assert run(["lint"]) in (0, 1)

    assert (tmp_path / "two.sql").read_text() == "-- kept\n"
    assert not (tmp_path / "one.sql").exists()
    assert run(["upgrade", "--sql"]) == 0
    assert "CREATE TABLE one" in (tmp_path / "two.sql").read_text()


def test_two_runs_in_two_threads_do_not_meet(tmp_path: Path) -> None:
    for name in ("x", "y"):
        make(tmp_path / name, f"sqlite:///{tmp_path}/{name}/x.db", CHAIN)
    failed: list[BaseException] = []

    def work(name: str) -> None:
        try:
            head(tmp_path / name)
        except BaseException as err:
            failed.append(err)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("x", "y")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert failed == []
    assert [versions(f"sqlite:///{tmp_path}/{name}/x.db") for name in ("x", "y")] == [["bb22"]] * 2


def test_a_thread_that_a_script_starts_speaks_for_its_run(tmp_path: Path, url: str) -> None:
    up = (
        "import threading\n"
        "    t = threading.Thread(target=lambda: names.append(op.get_context().dialect.name))\n"
        "    t.start(); t.join()\n    assert names == ['sqlite']"
    )
    make(
        tmp_path,
        url,
        {
            "a": script("aa11", None, up).replace(
                "import sqlalchemy", "names = []\nimport sqlalchemy"
            )
        },
    )

    head(tmp_path)

    assert versions(url) == ["aa11"]


def test_an_implementation_may_add_columns_to_the_version_table(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic.ddl.sqlite import SQLiteImpl
    from sqlalchemy import Column, DateTime, func

    plain = SQLiteImpl.version_table_impl

    def wider(self: Any, **kw: Any) -> Any:
        made = plain(self, **kw)
        made.append_column(Column("applied_at", DateTime, server_default=func.now()))
        return made

    monkeypatch.setattr(SQLiteImpl, "version_table_impl", wider)
    make(tmp_path, url, CHAIN)

    head(tmp_path)

    names = [name for name, *_ in catalog(url)["alembic_version"]["columns"]]
    assert names == ["version_num", "applied_at"]
    assert versions(url) == ["bb22"]


def test_an_enum_without_labels_is_one_that_is_there(tmp_path: Path, postgresql_url: str) -> None:
    up = (
        "op.execute(\"create type mood as enum ('a', 'b')\")\n"
        '    op.create_table("t", sa.Column("mood", sa.Enum(name="mood")))\n'
        "    op.execute(\"insert into t values ('b')\")"
    )
    make(tmp_path, postgresql_url, {"a": script("aa11", None, up)})

    head(tmp_path)

    assert catalog(postgresql_url)["t"]["columns"][0][:2] == ("mood", "VARCHAR(1)")
