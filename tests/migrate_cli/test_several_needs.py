"""Several databases of one history: a new file does to each what it needs, or isn't written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from migrate_cli.cli.door import run
from migrate_cli.commands import adopt, amend, check, downgrade, init, lint, revision, upgrade
from migrate_cli.commands.files import Made
from migrate_cli.compat import install
from migrate_cli.config import Config
from migrate_cli.errors import BadTemplate, CantAmend, Refused, UsageError, WouldLoseData
from migrate_cli.gates import Gate
from migrate_cli.losses.against_rows import Fills
from migrate_cli.recognition import find
from migrate_cli.writing.renames import Answers
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

FIRST = """\
Table("users", one, Column("id", Integer, primary_key=True), Column("name", String(50)))
Table("days", two, Column("day", Date, primary_key=True))
"""
SECOND = """\
Table("users", one, Column("id", Integer, primary_key=True), Column("full_name", String(50)))
Table("days", two, Column("day", Date, primary_key=True), Column("amount", Integer, nullable=False))
"""
SAME = """\
Table("users", one, Column("id", Integer, primary_key=True))
Table("users", two, Column("id", Integer, primary_key=True))
"""
KEYS = {"native": "database", "adopted": "engine_name", "alembic": "engine_name"}


def models(root: Path, text: str) -> None:
    """Write the models, and have them imported anew."""
    (root / "needs_models.py").write_text(
        f"from sqlalchemy import *\none, two = MetaData(), MetaData()\n{text}"
    )
    sys.modules.pop("needs_models", None)


def native(root: Path, one: str, two: str) -> None:
    """A project of our own by the template multidb."""
    init(root, metadata=["needs_models:one"], template="multidb")
    with (root / "pyproject.toml").open("a") as file:
        file.write(f'\n[tool.migrate.databases.one]\nurl = "{one}"\n')
        file.write(f'[tool.migrate.databases.two]\nurl = "{two}"\nmetadata = "needs_models:two"\n')


def alembics(root: Path, one: str, two: str) -> None:
    """An Alembic project by the template multidb."""
    install()
    from alembic import command
    from alembic.config import Config as Settings

    settings = Settings(str(root / "alembic.ini"), stdout=StringIO())
    command.init(settings, str(root / "scripts"), template="multidb")
    ini = (root / "alembic.ini").read_text().replace("engine1", "one").replace("engine2", "two")
    ini = ini.replace("driver://user:pass@localhost/dbname2", two)
    ini = ini.replace("driver://user:pass@localhost/dbname", one)
    (root / "alembic.ini").write_text(ini)
    env = root / "scripts" / "env.py"
    said = "target_metadata: dict[str, MetaData] = {}"
    given = "import needs_models\ntarget_metadata = vars(needs_models)"
    assert said in env.read_text()
    env.write_text(env.read_text().replace(said, given))


@pytest.fixture(params=["native", "adopted", "alembic"])
def kind(request: pytest.FixtureRequest) -> str:
    """A project of our own, an Alembic project that was adopted, and one as it is."""
    return str(request.param)


Make = Callable[..., Config]


@pytest.fixture
def make(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Make a project of a kind on two databases, SQLite files unless others are named."""

    def made(one: str = "sqlite:///one.db", two: str = "sqlite:///two.db") -> Config:
        monkeypatch.chdir(tmp_path)
        monkeypatch.syspath_prepend(str(tmp_path))
        models(tmp_path, FIRST)
        (native if kind == "native" else alembics)(tmp_path, one, two)
        if kind == "adopted":
            adopt(find(), write=True, prove=False)
        return find()

    return made


def written(made: Made) -> str:
    assert made.path is not None, "there was something to write"
    return made.path.read_text()


def tables(url: str) -> set[str]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return {one for one in inspect(connection).get_table_names() if "_" not in one}


def execute(url: str, statement: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def there_and_back(config: Config, one: str, two: str) -> None:
    root = config.root
    first = revision(config, "first", autogenerate=True)
    upgrade(config, "heads")
    assert [tables(one), tables(two)] == [{"users"}, {"days"}]
    assert check(config).changes == ()

    models(root, SECOND)
    assert len(check(config).changes) > 1
    second = revision(
        config,
        "second",
        autogenerate=True,
        answers=Answers(["users.name=users.full_name"]),
        fills=Fills(["days.amount=0"])
        if config.world is not None and not config.world.writes
        else None,
    )
    upgrade(config, "heads")

    assert check(config).changes == ()
    downgrade(config, "base")
    assert [tables(one), tables(two)] == [set(), set()]
    assert [len(made.databases) for made in (first, second)] == [2, 2]


def test_a_file_does_to_each_database_what_it_needs(make: Make) -> None:
    there_and_back(make(), "sqlite:///one.db", "sqlite:///two.db")


@pytest.mark.parametrize("turned", [False, True], ids=["first-first", "first-second"])
def test_the_databases_may_be_of_different_kinds(
    make: Make, postgresql_url: str, mariadb_url: str, turned: bool
) -> None:
    urls = (mariadb_url, postgresql_url) if turned else (postgresql_url, mariadb_url)

    there_and_back(make(*urls), *urls)


def test_what_each_needs_stands_in_a_body_of_its_own(make: Make, kind: str) -> None:
    text = written(revision(make(), "t", autogenerate=True))

    assert text.count("op.create_table(") == 2
    assert f"def upgrade({'op: Operations, ' if kind == 'native' else ''}{KEYS[kind]}: str)" in text
    for name in ("one", "two"):
        assert (f'case "{name}":' if kind == "native" else f"def upgrade_{name}()") in text


def test_json_tells_what_each_database_needs(
    make: Make, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make()
    capsys.readouterr()

    assert run(["make", "t", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    names = {"alembic": ["sqlite:///one.db", "sqlite:///two.db"]}.get(kind, ["one", "two"])
    found = [(one["database"], [c["text"] for c in one["changes"]]) for one in told["databases"]]
    assert found == [
        (names[0], ["create table users (2 columns)"]),
        (names[1], ["create table days (1 column)"]),
    ]
    assert [one["table_name"] for one in told["changes"]] == ["users", "days"]


def test_text_tells_what_each_database_needs(
    make: Make, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make()
    revision(config, "first", autogenerate=True)
    upgrade(config, "heads")
    models(
        config.root,
        FIRST.replace('"name", String(50))', '"name", String(50)), Column("age", Integer)'),
    )
    capsys.readouterr()

    assert run(["make", "second"]) == 0

    said = capsys.readouterr().out.splitlines()
    names = {"alembic": ["sqlite:///one.db", "sqlite:///two.db"]}.get(kind, ["one", "two"])
    assert said[:4] == [names[0], "  + add column users.age (Integer)", names[1], "  nothing"]


def test_a_rename_is_one_of_any_database(make: Make) -> None:
    config = make()
    revision(config, "first", autogenerate=True)
    upgrade(config, "heads")
    models(config.root, SECOND)

    with pytest.raises(UsageError, match=r"rename users.name=users.full_name") as asked:
        revision(config, "second", autogenerate=True)
    said = Answers(["users.nme=users.full_name"], none=True)
    with pytest.raises(UsageError, match=r"the database has no users.nme"):
        revision(config, "second", autogenerate=True, answers=said)

    assert "users.name" in str(asked.value)
    assert len(list(config.root.rglob("*second.py"))) == 0


@pytest.mark.parametrize("kind", ["native", "adopted"], indirect=True)
def test_a_value_is_for_the_rows_of_any_database(make: Make) -> None:
    config = make()
    revision(config, "first", autogenerate=True)
    upgrade(config, "heads")
    execute("sqlite:///two.db", "INSERT INTO days VALUES ('2026-01-01')")
    models(config.root, SECOND)
    renamed = {"autogenerate": True, "answers": Answers(["users.name=users.full_name"])}

    with pytest.raises(Refused, match=r"can't add column days.amount") as refused:
        revision(config, "second", **renamed)  # type: ignore[arg-type]  # by its keywords
    fills = Fills(["days.amnt=0"], despite=True)
    with pytest.raises(UsageError, match=r"asked to fill days.amnt"):
        revision(config, "second", fills=fills, **renamed)  # type: ignore[arg-type]
    revision(config, "second", fills=Fills(["days.amount=7"]), **renamed)  # type: ignore[arg-type]
    upgrade(config, "heads")

    assert refused.value.__notes__ == ["that is about the database two"]
    assert check(config).changes == ()


def test_a_guard_looks_at_each_database_by_itself(make: Make, kind: str) -> None:
    """Two tables of the first one are no tables of the second."""
    config = make()
    revision(config, "first", autogenerate=True)
    upgrade(config, "heads")
    models(
        config.root,
        'Table("users", one, Column("id", Integer, primary_key=True), Column("name", String(50)))\n'
        'Table("other", two, Column("id", Integer, primary_key=True))\n',
    )

    with pytest.raises(Refused, match="would drop the only table: days") as refused:
        revision(config, "second", autogenerate=True, answers=Answers(none=True))

    assert kind == "alembic" or refused.value.__notes__ == ["that is about the database two"]


@pytest.mark.parametrize("kind", ["native", "adopted"], indirect=True)
def test_who_is_behind_is_named(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    config = make()
    revision(config, "first", autogenerate=True)
    upgrade(config, "heads")
    execute("sqlite:///two.db", f"DELETE FROM {config.version_table}")

    assert run(["make", "second"]) == 1

    assert "that is about the database two" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["native"], indirect=True)
def test_what_all_need_alike_is_one_body(make: Make) -> None:
    config = make()
    models(config.root, SAME)

    made = revision(config, "t", autogenerate=True)

    assert "def upgrade(op: Operations) -> None:" in written(made)
    assert len(made.changes) == 1
    assert [one.database for one in made.databases] == ["one", "two"]


@pytest.mark.parametrize("kind", ["native"], indirect=True)
@pytest.mark.parametrize("only", [{"arguments": ["database=one"]}, {"name": "one"}], ids=["x", "n"])
def test_what_was_found_in_one_of_them_is_for_that_one(make: Make, only: dict[str, Any]) -> None:
    config = make()
    models(config.root, SAME)

    text = written(revision(find(**only), "t", autogenerate=True))
    upgrade(config, "heads")

    assert 'case "one":' in text
    assert 'case "two":' not in text
    assert [tables(f"sqlite:///{one}.db") for one in ("one", "two")] == [{"users"}, set()]


def parts(config: Config, old: str, new: str) -> None:
    """Write something else into the project's template."""
    template = config.scripts / "script.py.mako"
    assert old in template.read_text()
    template.write_text(template.read_text().replace(old, new))


@pytest.mark.parametrize("kind", ["native"], indirect=True)
def test_a_template_without_a_place_for_each_is_refused(make: Make) -> None:
    config = make()
    (config.scripts / "script.py.mako").write_text(
        "revision = ${literal(up_revision)}\ndown_revision = ${literal(down_revision)}\n"
        "depends_on = branch_labels = None\nimport sqlalchemy as sa\n"
        'def upgrade(op):\n    ${upgrades or "pass"}\ndef downgrade(op):\n    ${downgrades or "pass"}\n'
    )

    with pytest.raises(BadTemplate, match="no place for what several databases need"):
        revision(config, "t", autogenerate=True)
    assert list((config.scripts / "versions").iterdir()) == []

    parts(config, "(op)", "(op${parameters})")
    revision(config, "t", autogenerate=True)
    upgrade(config, "heads")
    assert [tables(f"sqlite:///{one}.db") for one in ("one", "two")] == [{"users"}, {"days"}]


@pytest.mark.parametrize("kind", ["adopted"], indirect=True)
@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param('{name}_upgrades"', '{name}_ups"', r"needs \$\{one_upgrades\}", id="left-out"),
        pytest.param('"upgrade_{engine_name}"', '"upgrade_one"', "for two doesn't do", id="another"),
        pytest.param('"downgrade_{engine_name}"', '"down"', "downgrade for one can't be run: .*KeyError", id="none"),
        pytest.param("import sqlalchemy as sa", "import sqlalchemi as sa", "No module named", id="import"),
    ],
)  # fmt: skip
def test_what_a_template_writes_is_run_for_each_before_it_is_said_to_be_there(
    make: Make, old: str, new: str, reason: str
) -> None:
    config = make()
    parts(config, old, new)

    with pytest.raises(BadTemplate, match=reason):
        revision(config, "t", autogenerate=True)

    assert [one for one in (config.scripts / "versions").iterdir() if one.is_file()] == []


@pytest.mark.parametrize("kind", ["native", "alembic"], indirect=True)
def test_an_env_that_has_one_place_for_all_is_refused(make: Make, kind: str) -> None:
    config = make()
    env = config.scripts / "env.py"
    text = env.read_text().replace("database=name", "").replace('=f"{name}_', '=f"')
    env.write_text(text)

    with pytest.raises(UsageError, match=r"2 databases of env.py need different changes"):
        revision(find(), "t", autogenerate=True)

    assert list(config.root.rglob("*_t.py")) == []


@pytest.mark.parametrize("kind", ["native", "adopted"], indirect=True)
def test_data_is_lost_only_where_it_is(make: Make) -> None:
    """What is dropped in one isn't lost in another that has a table of that name."""
    config = make()
    models(config.root, SAME)
    revision(config, "first", autogenerate=True)
    upgrade(config, "heads")
    models(config.root, SAME.replace("users", "people", 1))
    dropped = revision(
        config, "second", autogenerate=True, allow_drops=True, answers=Answers(none=True)
    )
    assert [len(one.changes) for one in dropped.databases] == [2, 0]

    for name, lost in (("two", False), ("one", True)):
        execute(f"sqlite:///{name}.db", "INSERT INTO users VALUES (1)")
        if lost:
            with pytest.raises(WouldLoseData, match=r"one.db would lose data"):
                upgrade(config, "heads", gate=Gate.of(config))
        else:
            upgrade(find(), "heads", gate=Gate.of(config))
            assert tables("sqlite:///one.db") == {"people"}
            downgrade(config, "-1", gate=Gate.of(config))


@pytest.mark.parametrize("kind", ["native", "adopted"], indirect=True)
def test_what_was_let_through_for_one_database_is_asked_of_the_next(make: Make) -> None:
    config = make()
    models(config.root, SAME)
    revision(config, "first", autogenerate=True)
    upgrade(config, "heads")
    execute("sqlite:///two.db", "INSERT INTO users VALUES (1)")

    with pytest.raises(WouldLoseData, match=r"two.db"):
        downgrade(config, "base", gate=Gate.of(config))


@pytest.mark.parametrize("kind", ["native", "adopted"], indirect=True)
def test_lint_looks_at_what_is_done_to_each_database(make: Make) -> None:
    config = make()
    revision(config, "first", autogenerate=True)
    upgrade(config, "heads")
    models(config.root, SECOND)
    answers = Answers(["users.name=users.full_name"])
    made = revision(config, "second", autogenerate=True, answers=answers)

    found = [(one.code, one.change.split()[2]) for one in lint(config, [made.id or ""]).findings]

    assert found == [("rename", "users.name:"), ("not-null-without-default", "days.amount")]


@pytest.mark.parametrize("kind", ["native", "adopted"], indirect=True)
@pytest.mark.parametrize("word", ["check", "diff"])
def test_what_differs_is_told_by_database(
    make: Make, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make()
    capsys.readouterr()

    run([word])
    said = capsys.readouterr().out.splitlines()
    run([word, "--json"])
    told = json.loads(capsys.readouterr().out)

    lines = [line.rpartition("/")[2].removesuffix(".db") for line in said if "Next" not in line]
    assert lines[-4:] == [
        "one",
        "  + create table users (2 columns)",
        "two",
        "  + create table days (1 column)",
    ]
    each = told.get("databases") or told["differences"]
    assert [one["database"].rpartition("/")[2].removesuffix(".db") for one in each] == [
        "one",
        "two",
    ]


@pytest.mark.parametrize("kind", ["native", "adopted"], indirect=True)
@pytest.mark.parametrize("only", [(), ("two",)], ids=["all-have-it", "one-has-it"])
def test_a_revision_is_amended_where_all_have_it(make: Make, only: tuple[str, ...]) -> None:
    config = make()
    made = revision(config, "first", autogenerate=True)
    upgrade(config, "heads")
    for name in only:
        execute(f"sqlite:///{name}.db", f"DELETE FROM {config.version_table}")
    models(config.root, SECOND)

    if only:
        with pytest.raises(CantAmend, match="1 of 2 databases have it"):
            amend(config)
    else:
        assert amend(config).id == made.id
        assert check(config).changes == ()
