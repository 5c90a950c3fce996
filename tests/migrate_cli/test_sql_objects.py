"""Views, triggers, types and privileges through the command line: made, checked, undone, and as a script."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from migrate_cli.cli import main
from sqlalchemy import Connection, create_engine, inspect, make_url, text

MODELS = """
from ddl_constructs import Function, Trigger, View
from sqlalchemy import Column, Integer, MetaData, String, Table, select

metadata = MetaData()
users = Table(
    "users", metadata, Column("id", Integer, primary_key=True), Column("name", String({length}))
)
View("named", metadata, select(users.c.id, users.c.name).where(users.c.name != "{left_out}"))
View("shouted", metadata, "SELECT upper(name) AS name FROM named")
Function(
    "stamp",
    metadata,
    "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'x; y'; RETURN NEW; END $$",
    dialects=["postgresql"],
)
for dialects, event, body in (
    (["postgresql"], "BEFORE INSERT", "FOR EACH ROW EXECUTE FUNCTION stamp()"),
    (["mysql", "mariadb"], "BEFORE INSERT", "FOR EACH ROW BEGIN SET NEW.name = 'x; y'; SET @a = 1; END"),
    (["sqlite"], "AFTER INSERT", "BEGIN UPDATE users SET name = 'x; y'; SELECT 1; END"),
):
    Trigger("stamp", users, event, body, dialects=dialects)
"""


def client(url: str) -> list[str]:
    """Give the command of the database's own client, which reads a script."""
    parts = make_url(url)
    match parts.get_backend_name():
        case "sqlite":
            return ["sqlite3", "-bail", str(parts.database)]
        case "postgresql":
            where = ["-h", str(parts.host), "-p", str(parts.port or 5432)]
            return [
                "psql",
                "-qX",
                "-v",
                "ON_ERROR_STOP=1",
                *where,
                "-U",
                str(parts.username),
                str(parts.database),
            ]
    where = ["-h", str(parts.host), "-P", str(parts.port or 3306)]
    return ["mysql", *where, "-u", str(parts.username), str(parts.database)]


Migrate = Callable[..., str]


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], Migrate]:
    """Gives, for a database, what types a command in a new project with models in shop_models.py."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "pyproject.toml").write_text('[tool.migrate]\nmetadata = "shop_models:metadata"\n')
    (tmp_path / "migrations" / "versions").mkdir(parents=True)

    def at(url: str) -> Migrate:
        def migrate(*words: str) -> str:
            monkeypatch.delitem(sys.modules, "shop_models", raising=False)
            with pytest.raises(SystemExit) as ended:
                main([*words, "--url", url])
            said = capsys.readouterr()
            assert ended.value.code == 0, said
            return said.out + said.err

        return migrate

    return at


TYPES = """
from ddl_constructs import CompositeType, Grant
from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.dialects.postgresql import DOMAIN

metadata = MetaData()
price = DOMAIN("price", Integer, check="VALUE > {least}", constraint_name="positive")
place = CompositeType("place", metadata, Column("street", String(9)), Column("{attribute}", Integer))
goods = Table(
    "goods",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("price", price, server_default="7"),
    Column("at", place.type),
)
Grant(["SELECT"{more}], goods, "{who}")
Grant(["UPDATE"], goods, "{who}", columns=["price"])
"""


@pytest.mark.slow
def test_types_and_privileges_are_made_checked_undone_and_written(
    postgresql_url: str,
    tmp_path: Path,
    project: Callable[[str], Migrate],
    a_role: Callable[[Connection], str],
) -> None:
    migrate, file = project(postgresql_url), tmp_path / "shop_models.py"
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        who = a_role(connection)
    asked = text(
        "SELECT has_table_privilege(:who, 'goods', 'INSERT'), has_column_privilege(:who, 'goods', "
        "'price', 'UPDATE'), (SELECT count(*) FROM pg_type WHERE typname IN ('price', 'place'))"
    )

    def there() -> tuple[Any, ...]:
        with engine.connect() as connection:
            return tuple(connection.execute(asked, {"who": who}).one())

    file.write_text(TYPES.format(least=0, attribute="zip", more="", who=who))
    said = migrate("make", "one")
    assert "create domain price" in said
    assert f"grant select on goods to {who}" in said
    migrate("upgrade")
    assert there() == (False, True, 2)
    file.write_text(TYPES.format(least=1, attribute="town", more=', "INSERT"', who=who))
    migrate("make", "two")
    migrate("upgrade")
    assert "agree" in migrate("check")
    assert there() == (True, True, 2)
    migrate("downgrade", "-1")
    assert there() == (False, True, 2)
    migrate("upgrade")
    script = migrate("upgrade", "base:head", "--sql")
    migrate("downgrade", "base")
    with engine.begin() as connection:
        types = "SELECT count(*) FROM pg_type WHERE typname IN ('price', 'place')"
        assert connection.scalar(text(types)) == 0
        connection.execute(text("DROP TABLE migrate_version"))
    command = client(postgresql_url)
    if shutil.which(command[0]) is not None:
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        assert there() == (True, True, 2)
    engine.dispose()


@pytest.mark.slow
def test_views_and_triggers_are_made_checked_undone_and_written(
    database_url: str, tmp_path: Path, project: Callable[[str], Migrate]
) -> None:
    migrate, file = project(database_url), tmp_path / "shop_models.py"
    file.write_text(MODELS.format(length=9, left_out="nobody"))
    assert "create view named" in migrate("make", "one")
    migrate("upgrade")
    file.write_text(MODELS.format(length=19, left_out="nobody: %"))
    assert "view named" in migrate("make", "two")
    migrate("upgrade")
    assert "agree" in migrate("check")
    migrate("downgrade", "-1")
    migrate("upgrade")
    script = migrate("upgrade", "base:head", "--sql")
    migrate("downgrade", "base")

    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert inspect(connection).get_view_names() == []
        connection.execute(text("DROP TABLE migrate_version"))
    command = client(database_url)
    if shutil.which(command[0]) is not None:
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO users (id, name) VALUES (1, 'a')"))
            assert connection.scalar(text("SELECT name FROM shouted")) == "X; Y"
    engine.dispose()


def test_the_status_of_a_database_is_told_though_a_view_of_the_models_is_no_sql(
    database_url: str, tmp_path: Path, project: Callable[[str], Migrate]
) -> None:
    migrate, file = project(database_url), tmp_path / "shop_models.py"
    file.write_text(MODELS.format(length=9, left_out="nobody"))
    migrate("make", "one")
    migrate("upgrade")
    file.write_text(MODELS.format(length=9, left_out="nobody").replace("upper(name)", "upper(("))

    said = migrate("status")

    assert "[x]" in said
    assert "Models    not compared: can't create view shouted: " in said
