"""Plugins in the wild run on our modules, unmodified."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from migrate_cli import compat


def test_the_alias_is_what_the_plugins_import() -> None:
    assert compat.installed()
    assert sys.modules["alembic"].__name__ == "migrate_cli.compat.alembic"


class Project:
    """An Alembic project in a folder of its own."""

    def __init__(self, root: Path, url: str, *, models: str, env: str = "") -> None:
        self.root, self.url = root, url
        self.config = Config(str(root / "alembic.ini"), stdout=io.StringIO())
        command.init(self.config, str(root / "scripts"))
        ini = (root / "alembic.ini").read_text()
        lines = [line for line in ini.splitlines() if not line.startswith("sqlalchemy.url")]
        (root / "alembic.ini").write_text(
            "\n".join(lines).replace("[alembic]", f"[alembic]\nsqlalchemy.url = {url}", 1)
        )
        (root / "scripts" / "models.py").write_text(textwrap.dedent(models))
        path = root / "scripts" / "env.py"
        start = f"import sys\nsys.path.insert(0, {str(root / 'scripts')!r})\nimport models\n"
        text = path.read_text().replace(
            "target_metadata = None", "target_metadata = models.metadata"
        )
        text = text.replace(
            "target_metadata=target_metadata", f"target_metadata=target_metadata{env}"
        )
        path.write_text(start + text)

    def models(self, text: str) -> None:
        (self.root / "scripts" / "models.py").write_text(textwrap.dedent(text))
        sys.modules.pop("models", None)

    def revision(self, message: str) -> str:
        """Write a revision by comparing; its text."""
        sys.modules.pop("models", None)
        script = command.revision(self.config, message, autogenerate=True)
        return Path(script.path).read_text()

    def upgrade(self) -> None:
        command.upgrade(self.config, "head")

    def downgrade(self) -> None:
        command.downgrade(self.config, "base")

    def ask(self, sql: str) -> list[Any]:
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            found = list(connection.execute(sa.text(sql)).scalars())
        engine.dispose()
        return found


def test_alembic_utils(tmp_path: Path, postgresql_url: str) -> None:
    models = """
        import sqlalchemy as sa
        from alembic_utils.pg_function import PGFunction
        from alembic_utils.pg_view import PGView
        from alembic_utils.replaceable_entity import register_entities
        metadata = sa.MetaData()
        sa.Table("t", metadata, sa.Column("a", sa.Integer))
        twice = PGFunction("public", "twice(n integer)", "RETURNS integer LANGUAGE sql AS $$ SELECT n * %d $$")
        seen = PGView("public", "seen", "SELECT 1 AS one")
        register_entities([twice, seen])
    """
    project = Project(tmp_path, postgresql_url, models=models.replace("%d", "2"))
    written = project.revision("one")
    assert "op.create_entity(public_twice" in written
    assert "from alembic_utils.pg_function import PGFunction" in written
    project.upgrade()
    assert project.ask("SELECT twice(one) FROM seen") == [2]

    project.models(models.replace("%d", "3"))
    assert "op.replace_entity(public_twice" in project.revision("two")
    project.upgrade()
    assert project.ask("SELECT twice(one) FROM seen") == [3]
    command.check(project.config)

    project.downgrade()
    assert project.ask("SELECT proname FROM pg_proc WHERE proname = 'twice'") == []


def test_alembic_postgresql_enum(tmp_path: Path, postgresql_url: str) -> None:
    models = """
        import alembic_postgresql_enum
        import sqlalchemy as sa
        metadata = sa.MetaData()
        sa.Table("t", metadata, sa.Column("mood", sa.Enum({labels}, name="mood"), server_default="sad"){more})
    """
    labels = "SELECT unnest(enum_range(NULL::mood))::text"
    project = Project(tmp_path, postgresql_url, models=models.format(labels="'sad', 'ok'", more=""))
    written = project.revision("one")
    assert "sa.Enum('sad', 'ok', name='mood').create(op.get_bind())" in written
    assert "create_type=False" in written
    project.upgrade()
    assert project.ask(labels) == ["sad", "ok"]

    more = ', sa.Column("other", sa.Enum("x", name="other"))'
    project.models(models.format(labels="'sad', 'glad'", more=more))
    written = project.revision("two")
    assert "op.sync_enum_values(" in written
    project.upgrade()
    assert project.ask(labels) == ["sad", "glad"]
    command.check(project.config)

    project.downgrade()
    assert project.ask("SELECT typname FROM pg_type WHERE typname IN ('mood', 'other')") == []


def test_pytest_alembic(tmp_path: Path, sqlite_url: str) -> None:
    models = """
        import sqlalchemy as sa
        metadata = sa.MetaData()
        sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True))
        sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("p", sa.ForeignKey("p.id")))
    """
    project = Project(tmp_path, sqlite_url, models=models)
    project.revision("one")
    env = (tmp_path / "scripts" / "env.py").read_text()
    (tmp_path / "scripts" / "env.py").write_text(
        env.replace(
            "connectable = engine_from_config(",
            "connectable = context.config.attributes.get('connection') or engine_from_config(",
        )
    )
    (tmp_path / "test_migrations.py").write_text(
        textwrap.dedent("""
            import pytest
            import sqlalchemy
            from pytest_alembic.tests import (
                test_model_definitions_match_ddl, test_single_head_revision,
                test_up_down_consistency, test_upgrade,
            )
            from pytest_alembic.tests.experimental import test_downgrade_leaves_no_trace

            @pytest.fixture
            def alembic_engine():
                return sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.StaticPool)

            def test_a_step_of_ones_own(alembic_runner, alembic_engine):
                (revision,) = [r for r in alembic_runner.history.revisions if r not in ("base", "heads")]
                alembic_runner.migrate_up_before(revision)
                alembic_runner.migrate_up_one()
                assert alembic_runner.current == revision
                alembic_runner.migrate_down_one()
        """)
    )
    command_line = [sys.executable, "-m", "pytest", "-q", "-p", "migrate_cli.compat.early"]
    command_line += ["-p", "no:cacheprovider", "-W", "ignore"]

    done = subprocess.run(
        [*command_line, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert "6 passed" in done.stdout, done.stdout


def test_flask_migrate(tmp_path: Path, sqlite_url: str, monkeypatch: Any) -> None:
    import flask
    import flask_sqlalchemy
    from flask_migrate import Migrate

    monkeypatch.chdir(tmp_path)
    app = flask.Flask("app")
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlite_url
    database = flask_sqlalchemy.SQLAlchemy(app)
    Migrate(app, database)

    class User(database.Model):  # type: ignore[name-defined,misc]  # made by Flask-SQLAlchemy
        id = database.Column(database.Integer, primary_key=True)
        name = database.Column(database.String(50), index=True)

    runner = app.test_cli_runner()

    def run(*words: str) -> str:
        done = runner.invoke(args=["db", *words])
        assert done.exit_code == 0, (words, done.output, done.exception)
        return str(done.output)

    run("init")
    run("migrate", "-m", "one")
    run("upgrade")
    run("check")
    assert "(head)" in run("current")
    assert "one" in run("history")
    run("revision", "-m", "two")
    run("upgrade")
    run("downgrade")
    run("stamp", "head")
    run("heads")
    assert "CREATE TABLE user" in run("upgrade", "--sql")
    with app.app_context():
        assert sa.inspect(database.engine).has_table("user")


def test_flask_migrate_with_several_databases(tmp_path: Path, monkeypatch: Any) -> None:
    import flask
    import flask_sqlalchemy
    from flask_migrate import Migrate

    monkeypatch.chdir(tmp_path)
    app = flask.Flask("app")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path}/one.db"
    app.config["SQLALCHEMY_BINDS"] = {"other": f"sqlite:///{tmp_path}/two.db"}
    database = flask_sqlalchemy.SQLAlchemy(app)
    Migrate(app, database)

    class One(database.Model):  # type: ignore[name-defined,misc]  # made by Flask-SQLAlchemy
        id = database.Column(database.Integer, primary_key=True)

    class Two(database.Model):  # type: ignore[name-defined,misc]  # likewise
        __bind_key__ = "other"
        id = database.Column(database.Integer, primary_key=True)

    runner = app.test_cli_runner()
    for words in (["init", "--multidb"], ["migrate", "-m", "one"], ["upgrade"]):
        done = runner.invoke(args=["db", *words])
        assert done.exit_code == 0, (words, done.output, done.exception)

    with app.app_context():
        tables = [sa.inspect(e).get_table_names() for e in database.engines.values()]
    assert sorted(map(sorted, tables)) == [["alembic_version", "one"], ["alembic_version", "two"]]


def test_types_of_sqlalchemy_utils(tmp_path: Path, sqlite_url: str) -> None:
    project = Project(
        tmp_path,
        sqlite_url,
        models="""
            import sqlalchemy as sa
            import sqlalchemy_utils as su
            metadata = sa.MetaData()
            sa.Table(
                "t", metadata, sa.Column("id", su.UUIDType(), primary_key=True),
                sa.Column("mail", su.EmailType()), sa.Column("url", su.URLType()),
                sa.Column("ip", su.IPAddressType()), sa.Column("data", su.JSONType()),
                sa.Column("tags", su.ScalarListType()),
            )
        """,
    )

    written = project.revision("one")
    project.upgrade()
    command.check(project.config)

    assert "sa.Unicode(length=255)" in written  # no code of others is needed to run it
    assert project.ask("SELECT name FROM sqlite_master WHERE name = 't'") == ["t"]


def written(dialect: str, say: Any) -> str:
    """What is written of some words."""
    stream = io.StringIO()
    opts = {"as_sql": True, "output_buffer": stream}
    say(Operations(MigrationContext.configure(dialect_name=dialect, opts=opts)))
    return " ".join(stream.getvalue().split())


def test_words_of_geoalchemy() -> None:
    from alembic.autogenerate import render_python_code
    from alembic.operations import ops
    from geoalchemy2 import Geometry, alembic_helpers

    def say(op: Any) -> None:
        op.create_geospatial_table(
            "lake",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("geom", Geometry("POINT", srid=4326, spatial_index=False)),
        )
        op.add_geospatial_column("lake", sa.Column("more", Geometry("POINT", spatial_index=False)))
        op.drop_geospatial_column("lake", "more")
        op.drop_geospatial_table("lake")
        op.rename_table("lake", "sea")

    sql = written("postgresql", say)
    script = ops.MigrationScript(
        None,
        ops.UpgradeOps(
            [
                ops.ModifyTableOps(
                    "lake", [ops.AddColumnOp("lake", sa.Column("g", Geometry("POINT")))]
                )
            ]
        ),
        ops.DowngradeOps(),
    )
    alembic_helpers.writer(MigrationContext.configure(dialect_name="postgresql"), None, [script])
    source = render_python_code(script.upgrade_ops, render_item=alembic_helpers.render_item)

    assert "geom geometry(POINT,4326)" in sql
    assert "ALTER TABLE lake ADD COLUMN more geometry(POINT,-1)" in sql
    assert "ALTER TABLE lake DROP COLUMN more" in sql
    assert "DROP TABLE lake" in sql
    assert "ALTER TABLE lake RENAME TO sea" in sql
    assert "op.add_geospatial_column(" in source
    assert "Geometry(geometry_type='POINT'" in source


def test_types_of_pgvector() -> None:
    from alembic.autogenerate import render_python_code
    from alembic.operations import ops
    from pgvector.sqlalchemy import HALFVEC, Vector

    def say(op: Any) -> None:
        op.create_table("t", sa.Column("v", Vector(3)), sa.Column("h", HALFVEC(2)))
        op.create_index(
            "ix",
            "t",
            ["v"],
            postgresql_using="hnsw",
            postgresql_with={"m": 16},
            postgresql_ops={"v": "vector_l2_ops"},
        )

    sql = written("postgresql", say)
    made = ops.UpgradeOps([ops.AddColumnOp("t", sa.Column("v", Vector(3)))])
    imports: list[str] = []
    source = render_python_code(made, imports=imports)

    assert "CREATE TABLE t ( v VECTOR(3), h HALFVEC(2) )" in sql
    assert "USING hnsw (v vector_l2_ops) WITH (m = 16)" in sql
    assert "dim=3" in source


@pytest.fixture(autouse=True)
def _models_are_forgotten() -> Any:
    from alembic_utils.replaceable_entity import registry

    yield
    registry.clear()
    sys.modules.pop("models", None)
    sys.path[:] = [path for path in sys.path if not path.endswith("scripts")]
