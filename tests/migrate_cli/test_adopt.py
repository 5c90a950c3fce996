"""An Alembic project comes over: what is written, what is refused, the proof, and the way back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import alembic_projects
import pytest
from migrate_cli.adoption import env_says
from migrate_cli.adoption.edits import RECORD
from migrate_cli.adoption.rewriting import rewritten
from migrate_cli.cli.door import run
from migrate_cli.commands import (
    adopt,
    downgrade,
    plan,
    revision,
    stamp,
    status,
    unadopt,
    upgrade,
)
from migrate_cli.commands.adopting import Adopted
from migrate_cli.errors import (
    AlreadyAdopted,
    BadScript,
    CannotWrite,
    CantMove,
    ChangedSince,
    EnvironmentFailed,
    MigrateError,
    NothingAdopted,
    NotProven,
    ProtectedDatabase,
    ScriptsElsewhere,
    TwoProjects,
    Uncommitted,
    UnknownRevision,
)
from migrate_cli.failures import HistoryElsewhere
from migrate_cli.gates import Gate
from migrate_cli.recognition import find
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

PLAIN = """\
from logging.config import fileConfig
from alembic import context
from sqlalchemy import engine_from_config, pool
from models import metadata
import more.models

config = context.config
{before}
target_metadata = metadata


def offline():
    context.configure(url=config.get_main_option("sqlalchemy.url"), literal_binds=True{options})
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    engine = engine_from_config(
        config.get_section(config.config_ini_section, {{}}), prefix="sqlalchemy.", poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata{options})
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
"""


def script(*given: object, **more: object) -> str:
    """A revision file that needs nothing of Alembic but `op`."""
    text = alembic_projects.script(*given, **more)  # type: ignore[arg-type]  # handed on
    return text.replace("import op, context", "import op")


def table(*given: object) -> str:
    text = alembic_projects.table(*given)  # type: ignore[arg-type]  # handed on
    return text.replace("import op, context", "import op")


def plain(*, before: str = "", options: str = "") -> str:
    return PLAIN.format(before=before, options=f", {options}" if options else "").replace(
        "def offline", "def run_migrations_offline"
    )


def make(
    root: Path, url: str, texts: dict[str, str] | None = None, *, env: str, more: str = ""
) -> None:
    if "prepend_sys_path" not in more:
        more = f"prepend_sys_path = .\n{more}"
    alembic_projects.make(root, url, texts, env=env, more=more)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two revisions and an env.py that says no more than settings do."""
    root = tmp_path / "shop"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "path_importer_cache", {})  # it remembers what "." was
    for name in ("models", "more", "more.models", "adopt_helper"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for name in ("MIGRATE_DATABASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    texts = {"one": table("a", "aa11"), "two": table("b", "bb22", "aa11")}
    make(root, "sqlite:///shop.db", texts, env=plain())
    (root / "models.py").write_text("from sqlalchemy import MetaData\nmetadata = MetaData()\n")
    (root / "more").mkdir()
    (root / "more/models.py").write_text("")
    return root


def adopted(root: Path, *, write: bool = False, prove: bool = False, **how: object) -> Adopted:
    return adopt(find(start=root), write=write, prove=prove, **how)  # type: ignore[arg-type]  # options


def held(root: Path) -> dict[str, tuple[bytes, int]]:
    """What a folder holds: file -> bytes and mode."""
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode)
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and path.suffix not in (".pyc", ".db", ".lock")
        and ".git" not in path.parts
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("from alembic import op", "from migrate_cli import op", id="plain"),
        pytest.param("from  alembic import (  # x\n op)", "from  migrate_cli import (  # x\n op)", id="layout"),
        pytest.param("from alembic import op as o\no.f('x')", "from migrate_cli import op as o\no.f('x')", id="as"),
        pytest.param(
            "if 1:\r\n\tfrom alembic import context, op\r\n",
            "if 1:\r\n\tfrom migrate_cli import op\r\n\tfrom alembic import context\r\n",
            id="with-another",
        ),
        pytest.param(
            "'é'; from alembic import op, context; x = 'é'",
            "'é'; from migrate_cli import op; from alembic import context; x = 'é'",
            id="in-a-line",
        ),
        pytest.param("\ufefffrom alembic import op\n", "\ufefffrom migrate_cli import op\n", id="mark"),
        pytest.param("s = 'from alembic import op'", "s = 'from alembic import op'", id="a-text"),
        pytest.param("from alembic import op\nop.make_a_thing()", None, id="a-word-of-a-plugin"),
        pytest.param("from alembic import op\nop.get_context().config", None, id="the-context"),
        pytest.param("from alembic import op\nc = op.get_context()", None, id="the-context-kept"),
        pytest.param("from alembic import op\nhelp(op)", None, id="handed-on"),
        pytest.param("from alembic import op\nwith op.batch_alter_table('a') as b: b.impl", None, id="batch"),
        pytest.param("from alembic import op\nwith op.batch_alter_table('a', naming_convention=n) as b: pass", None, id="batch-names"),
        pytest.param("from alembic import op\nwith op.batch_alter_table('a', table_args=t) as b: pass", None, id="batch-of-a-copy"),
        pytest.param(
            "from alembic import op\nwith op.batch_alter_table('a', recreate='always', table_args=t) as b: pass",
            "from migrate_cli import op\nwith op.batch_alter_table('a', recreate='always', table_args=t) as b: pass",
            id="batch-that-copies",
        ),
        pytest.param("from alembic import op\nop.alter_column('a', 'b', default=1)", None, id="a-keyword-that-alembic-passes-over"),
        pytest.param("from alembic.op import execute", None, id="from-op"),
        pytest.param("import sqlalchemy as sa\nsa.orm.Session", None, id="orm-that-alembic-imports"),
        pytest.param("import sqlalchemy as sa\nimport sqlalchemy.orm\nsa.orm.Session", "import sqlalchemy as sa\nimport sqlalchemy.orm\nsa.orm.Session", id="orm"),
        pytest.param("import alembic\nalembic.op.execute('')", None, id="whole"),
    ],
)  # fmt: skip
def test_only_the_import_of_op_is_rewritten(before: str, after: str | None) -> None:
    found = rewritten(before.encode())

    assert found.content == (before if after is None else after).encode()
    assert (after is None) <= bool(found.alembic)


def test_a_file_stays_in_its_encoding() -> None:
    before = "# coding: latin-1\n'\xe9'; from alembic import op\nx = '\xe9'\n".encode("latin-1")

    assert rewritten(before).content == before.replace(b"from alembic", b"from migrate_cli")


@pytest.mark.parametrize(
    ("before", "options", "found"),
    [
        pytest.param("", "", {}, id="nothing"),
        pytest.param("if config.config_file_name is not None:\n    fileConfig(config.config_file_name)", "", {}, id="logging"),
        pytest.param("", "version_table='v', compare_type=False", {"version_table": "v", "compare_type": False}, id="options"),
        pytest.param("import os\nconfig.set_main_option('sqlalchemy.url', os.environ['SHOP'])", "", {"url_env": "SHOP"}, id="variable"),
        pytest.param("", "render_as_batch=True", None, id="batch"),
        pytest.param("", "include_object=more.models.f", None, id="a-hook"),
        pytest.param("", "**more.models.opts", None, id="stars"),
        pytest.param("import sys; sys.path.append('x')", "", None, id="a-call"),
        pytest.param("target_metadata = f()", "", None, id="made"),
        pytest.param("with open('x') as f: pass", "", None, id="a-block"),
        pytest.param("if config.x: pass", "", None, id="a-test"),
        pytest.param("from models import *", "", None, id="star"),
    ],
)  # fmt: skip
def test_an_env_is_read_as_what_settings_can_say_or_more(
    before: str, options: str, found: dict[str, object] | None
) -> None:
    said = env_says.read(plain(before=before, options=options).encode())

    if found is None:
        assert said.more
    else:
        assert said.more == []
        assert {**said.options, **({"url_env": said.url_env} if said.url_env else {})} == found
        assert said.metadata == ["models:metadata"]


def test_an_env_that_never_runs_is_kept() -> None:
    assert env_says.read(b"from alembic import context\n").more


def test_settings_scripts_and_env_come_over(folder: Path) -> None:
    before = held(folder)

    found = adopted(folder)

    assert found.plan.settings == (
        "[tool.migrate]",
        'metadata = "models:metadata"',
        'models = "more.models"',
        'url = "sqlite:///shop.db"',
        'scripts = "scripts"',
        'version_table = "alembic_version"',
        'file_template = "%(rev)s_%(slug)s"',
        'transaction = "run"',
        "compare_server_default = false",
    )
    assert found.plan.env == ()
    assert found.plan.rewritten == 2
    assert "-from alembic import op" in found.diff
    assert held(folder) == before, "it is only planned"


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("file_template = %%(epoch)s_%%(rev)s", 'file_template = "%(epoch)s_%(rev)s"'),
        ("file_template = %%(year)d/%%(rev)s", 'file_template = "%(year)d/%(rev)s"'),
        ("timezone = UTC", 'timezone = "UTC"'),
        ("truncate_slug_length = 9", "truncate_slug_length = 9"),
        ("sourceless = true", "sourceless = true"),
        ("version_locations = %(here)s/scripts/versions %(here)s/later", 'version_locations = ["scripts/versions", "later"]'),
        ("recursive_version_locations = true", "recursive = true"),
        ("prepend_sys_path = lib:.", 'prepend_sys_path = ["lib", "."]'),
        (
            "[post_write_hooks]\nhooks = tidy\ntidy.type = exec\ntidy.executable = %(here)s/bin/tidy\ntidy.options = -q",
            '[[tool.migrate.post_write_hooks]]\nname = "tidy"\ntype = "exec"\nexecutable = "bin/tidy"\noptions = "-q"',
        ),
    ],
)  # fmt: skip
def test_each_setting_comes_over(folder: Path, more: str, line: str) -> None:
    make(folder, "sqlite:///shop.db", env=plain(), more=more)

    assert line in "\n".join(adopted(folder).plan.settings)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("file_template = %%(year)d", "file_template"),
        ("output_encoding = latin-1", "output_encoding"),
        ("[post_write_hooks]\nhooks = own\nown.type = own", "the hook 'own'"),
        ("colour = green", "colour"),
        ("[app]\nname = shop", "alembic.ini stays"),
    ],
)
def test_what_cant_come_over_is_said(folder: Path, more: str, said: str) -> None:
    make(folder, "sqlite:///shop.db", env=plain(), more=more)

    assert any(said in note for note in adopted(folder).plan.notes)


def test_a_password_comes_into_no_other_file(folder: Path) -> None:
    make(folder, "postgresql://me:s3cret@127.0.0.1:1/x", env=plain())

    found = adopted(folder)

    assert not any("s3cret" in line for line in found.diff if line.startswith("+"))
    assert any("$DATABASE_URL" in note for note in found.plan.notes)


def test_a_table_of_pyproject_gives_way_to_ours(folder: Path) -> None:
    text = "[project]\nname = 'shop'  # mine\n\n[tool.alembic]\nscript_location = 'scripts'\n\n# of other\n[tool.other]\nx = 1\n"
    (folder / "pyproject.toml").write_text(text)

    adopted(folder, write=True)

    written = (folder / "pyproject.toml").read_text()
    assert written.startswith(
        "[project]\nname = 'shop'  # mine\n\n# of other\n[tool.other]\nx = 1\n\n[tool.migrate]\n"
    )


@pytest.mark.parametrize("keep", [False, True])
def test_the_adopted_project_runs_and_goes_back_to_the_byte(folder: Path, keep: bool) -> None:
    ini = folder / "alembic.ini"
    ini.write_bytes(ini.read_bytes().replace(b"\n", b"\r\n"))
    ini.chmod(0o640)
    before = held(folder)

    adopted(folder, write=True, keep_scripts=keep)
    there = sorted(held(folder))
    config = find(start=folder)
    upgrade(config, "heads")
    names = inspect(create_engine("sqlite:///shop.db", poolclass=NullPool)).get_table_names()
    downgrade(config, "base")

    assert {"a", "b", "alembic_version"} <= set(names)
    assert ("alembic.ini" in there) is ("scripts/env.py" in there) is keep
    assert unadopt(folder)
    assert held(folder) == before


def test_a_new_file_is_written_by_the_projects_template(folder: Path) -> None:
    adopted(folder, write=True)

    made = revision(find(start=folder), "three")

    assert made.path is not None
    assert made.path.name == f"{made.id}_three.py"
    assert "from migrate_cli import op\n" in made.path.read_text()


def test_what_a_plugin_compares_is_told_to_be_asked_no_more(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from migrate_cli.compat.alembic.runtime.plugins import comparators

    monkeypatch.setattr(comparators, "_registry", {})
    env = plain(before="from alembic.autogenerate import comparators")
    env += "\ncomparators.dispatch_for('schema')(print)\n"
    (folder / "scripts/env.py").write_text(env)

    notes = adopted(folder).plan.notes

    assert any("what builtins adds to Alembic's comparison isn't asked" in one for one in notes)


def test_a_module_of_the_project_that_speaks_keeps_env(folder: Path) -> None:
    (folder / "adopt_helper.py").write_text("from alembic import op\n")
    text = f"import adopt_helper\n{table('a', 'aa11')}"
    (folder / "scripts/versions/one.py").write_text(text)

    assert adopted(folder).plan.env == ("a module needs it: adopt_helper",)


def test_an_env_that_stays_finds_its_ini(folder: Path) -> None:
    before = "print(config.get_main_option('colour'), config.config_file_name)"
    make(
        folder,
        "sqlite:///shop.db",
        env=plain(before=before),
        more="colour = green",
    )

    found = adopted(folder, write=True)
    upgrade(find(start=folder), "heads")

    assert found.plan.env[0].startswith("line 8: print(")
    assert 'env_ini = "alembic.ini"' in found.plan.settings
    assert (folder / "shop.db").stat().st_size


REFUSED = {
    "no-python": (BadScript, lambda root: (root / "scripts/versions/one.py").write_text("def")),
    "fails": (
        BadScript,
        lambda root: (root / "scripts/versions/one.py").write_text(f"{table('a', 'aa11')}\n1 / 0\n"),
    ),
    "env-fails": (EnvironmentFailed, lambda root: (root / "models.py").write_text("1 / 0\n")),
    "two-files": (
        TwoProjects,
        lambda root: (root / "other.ini").write_text("[alembic]\nscript_location = other\n"),
    ),
    "two-sections": (
        TwoProjects,
        lambda root: (root / "alembic.ini").write_text(
            (root / "alembic.ini").read_text() + "\n[more]\nscript_location = %(here)s/more\n"
        ),
    ),
    "elsewhere": (
        ScriptsElsewhere,
        lambda root: ((root / "scripts").rename(root.parent / "scripts"), (root / "alembic.ini").write_text(
            "[alembic]\nscript_location = %(here)s/../scripts\n"
        )),
    ),
    "unknown-revision": (UnknownRevision, lambda root: _at("gone")),
    "record-in-the-way": (CannotWrite, lambda root: (root / RECORD).mkdir()),
    "adopted": (
        AlreadyAdopted,
        lambda root: (root / "pyproject.toml").write_text("[tool.migrate]\nscripts = 'scripts'\n"),
    ),
}  # fmt: skip


def _at(id: str) -> None:
    with create_engine("sqlite:///shop.db", poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("create table alembic_version (version_num varchar(32))")
        connection.exec_driver_sql(f"insert into alembic_version values ('{id}')")


@pytest.mark.parametrize("case", REFUSED)
def test_what_cant_be_adopted_is_refused_and_nothing_is_written(folder: Path, case: str) -> None:
    error, arrange = REFUSED[case]
    arrange(folder)
    before = held(folder)

    with pytest.raises(error) as caught:
        adopted(folder, write=True)

    assert isinstance(caught.value, MigrateError)
    assert held(folder) == before


def git(*words: str) -> None:
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *who, *words], check=True, capture_output=True, env=own)


@pytest.mark.parametrize(
    ("spoil", "wrong"),
    [
        pytest.param(lambda root: None, False, id="clean"),
        pytest.param(lambda root: (root / "notes.txt").write_text(""), False, id="a-new-file-beside"),
        pytest.param(lambda root: (root / "more/models.py").write_text("#"), True, id="changed"),
        pytest.param(lambda root: (root / "scripts/versions/new.py").write_text(table("c", "cc33", "bb22")), True, id="a-new-revision"),
        pytest.param(lambda root: ((root / ".git/info/exclude").write_text("alembic.ini\n") and git("rm", "-q", "--cached", "alembic.ini")) or git("commit", "-qm", "x"), True, id="ignored"),
    ],
)  # fmt: skip
def test_what_git_doesnt_have_is_in_the_way(folder: Path, spoil: object, wrong: bool) -> None:
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "all")
    spoil(folder)  # type: ignore[operator]  # a row's function

    if wrong:
        with pytest.raises(Uncommitted):
            adopted(folder, write=True)
        assert (folder / "alembic.ini").is_file()
    else:
        assert adopted(folder, write=True).written


def test_what_was_written_since_isnt_lost_by_going_back(folder: Path) -> None:
    adopted(folder, write=True)
    file = folder / "pyproject.toml"
    file.write_text(file.read_text() + "journal = false\n")

    with pytest.raises(ChangedSince, match=r"pyproject\.toml"):
        unadopt(folder)

    assert "journal" in file.read_text()


def test_what_was_cut_off_half_way_goes_back_too(folder: Path) -> None:
    """As after a power cut: the record is there, and some of the files are as they were."""
    before = held(folder)
    adopted(folder, write=True)
    (folder / "pyproject.toml").unlink()
    (folder / "alembic.ini").write_bytes(before["alembic.ini"][0])

    with pytest.raises(CannotWrite, match="--undo"):
        adopted(folder, write=True)
    unadopt(folder)

    assert held(folder) == before


def test_a_file_that_cant_be_written_leaves_all_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = held(folder)
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if Path(target).name == "two.py":
            raise OSError(28, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(CannotWrite, match="No space left"):
        adopted(folder, write=True)

    assert held(folder) == before
    assert not (folder / RECORD).exists()


def test_there_must_be_something_to_go_back_to(folder: Path) -> None:
    with pytest.raises(NothingAdopted):
        unadopt(folder)


@pytest.mark.slow
def test_the_proof_builds_both_and_touches_no_other_database(folder: Path) -> None:
    """Whatever env.py connects to is a scratch database."""
    make(folder, "sqlite:///shop.db", env=plain(before="config.set_main_option('sqlalchemy.url', 'sqlite:///real.db')"))  # fmt: skip

    found = adopted(folder, write=True, prove=True)

    assert found.proof is not None
    assert (found.proof.revisions, found.proof.tables, found.proof.back) == (2, 2, True)
    assert not inspect(create_engine("sqlite:///real.db", poolclass=NullPool)).get_table_names()


@pytest.mark.slow
def test_what_isnt_the_same_is_refused(folder: Path) -> None:
    """An env.py that finds its models by a call has a naming convention that can't be seen."""
    text = "metadata = MetaData(naming_convention={'uq': 'uq_%(table_name)s'})\ngiven = lambda: metadata"
    (folder / "models.py").write_text(f"from sqlalchemy import MetaData\n{text}\n")
    env = plain().replace("= metadata\n", "= metadata\ntarget_metadata = models.given()\n", 1)
    make(
        folder,
        "sqlite:///shop.db",
        env=f"import models\n{env}".replace("= metadata\n", "= None\n", 1),
    )
    body = 'op.create_table("c", sa.Column("n", sa.Integer(), unique=True))'
    (folder / "scripts/versions/three.py").write_text(script("cc33", "bb22", body))
    before = held(folder)

    with pytest.raises(NotProven, match="c is another"):
        adopted(folder, write=True, prove=True)

    assert held(folder) == before


def test_names_are_made_as_before(folder: Path) -> None:
    text = "metadata = MetaData(naming_convention={'uq': 'uq_%(table_name)s'})"
    (folder / "models.py").write_text(f"from sqlalchemy import MetaData\n{text}\n")
    body = 'op.create_table("c", sa.Column("n", sa.Integer(), unique=True))'
    (folder / "scripts/versions/three.py").write_text(script("cc33", "bb22", body))

    adopted(folder, write=True)
    upgrade(find(start=folder), "heads")

    engine = create_engine("sqlite:///shop.db", poolclass=NullPool)
    assert [one["name"] for one in inspect(engine).get_unique_constraints("c")] == ["uq_c"]


@pytest.mark.slow
def test_a_project_of_a_server_is_built_on_a_server(folder: Path, postgresql_url: str) -> None:
    """With SQLite as scratch it is refused, and says what to give."""
    body = "op.execute(\"CREATE TYPE mood AS ENUM ('sad')\")"
    (folder / "scripts/versions/three.py").write_text(
        script("cc33", "bb22", body, 'op.execute("DROP TYPE mood")')
    )
    make(folder, "postgresql+psycopg://me@127.0.0.1:1/none", env=plain())

    with pytest.raises(NotProven, match="--scratch"):
        adopted(folder, write=True, prove=True)

    found = adopted(folder, write=True, prove=True, scratch=postgresql_url)
    assert found.proof is not None
    assert found.proof.database == "postgresql"


def tables(url: str) -> set[str]:
    return set(inspect(create_engine(url, poolclass=NullPool)).get_table_names())


def test_the_version_table_is_renamed_and_gets_its_name_back(
    folder: Path, database_url: str
) -> None:
    make(folder, database_url, env=plain())
    (folder / "scripts/versions/one.py").write_text(table("a", "aa11"))
    upgrade(find(start=folder), "aa11")
    before = held(folder)

    planned = adopted(folder, version_table="versions")
    assert [len(one.statements) for one in planned.renamed] == [1]
    assert "alembic_version" in tables(database_url), "it is only planned"

    adopted(folder, write=True, prove=False, version_table="versions")
    config = find(start=folder, url=database_url)
    assert config.version_table == "versions"
    assert {"a", "versions"} == tables(database_url) - {"migrate_journal"}
    upgrade(config, "heads")
    assert {"a", "b", "versions"} == tables(database_url) - {"migrate_journal"}

    unadopt(folder, config=config)
    assert held(folder) == before
    assert {"a", "b", "alembic_version"} == tables(database_url) - {"migrate_journal"}
    downgrade(find(start=folder), "base")


def test_a_database_that_has_the_version_table_by_its_old_name_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Production, as it was when the project was adopted on somebody's machine."""
    upgrade(find(start=folder), "heads")
    shutil.copy("shop.db", "production.db")
    adopted(folder, write=True, version_table="versions")
    there = find(start=folder, url="sqlite:///production.db")

    with pytest.raises(HistoryElsewhere) as refused:
        upgrade(there, "heads")
    assert run(["status", "--url", "sqlite:///production.db"]) == 0
    said = capsys.readouterr().out
    doubts = plan(there, "heads").databases[0].unknown

    assert "its alembic_version is at bb22: renamed elsewhere, not here" in said
    assert "migrate upgrade" not in said
    assert any("another name there, alembic_version" in doubt for doubt in doubts)
    assert refused.value.statements == ("ALTER TABLE alembic_version RENAME TO versions",)
    engine = create_engine("sqlite:///production.db", poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(refused.value.statements[0])
    assert upgrade(there, "heads").done == ()


def test_another_projects_version_table_can_be_told_from_ones_own(folder: Path) -> None:
    upgrade(find(start=folder), "heads")
    shutil.copy("shop.db", "production.db")
    adopted(folder, write=True, version_table="versions")
    there = find(start=folder, url="sqlite:///production.db")

    stamp(there, ["base"], purge=True)

    found = status(there)
    assert (found.heads, found.elsewhere) == ((), None)


def test_a_database_without_a_version_table_gets_it_by_its_new_name(folder: Path) -> None:
    found = adopted(folder, write=True, version_table="versions")
    assert [one.statements for one in found.renamed] == [()]
    upgrade(find(start=folder), "heads")

    assert {"a", "b", "versions"} == tables("sqlite:///shop.db") - {"migrate_journal"}


CANT_RENAME = {
    "no-answer": ("versions", "connect", lambda root: make(root, "postgresql+psycopg://me@127.0.0.1:1/x", env=plain())),
    "taken": ("a", "has a table a already", lambda root: upgrade(find(start=root), "heads")),
    "taken-before-the-first-run": (
        "versions",
        "has a table versions already",
        lambda root: _run("create table versions (x int)"),
    ),
    "the-same": ("alembic_version", "its name already", lambda root: None),
    "no-name": ("audit.versions", "can't be its name", lambda root: None),
    "the-journals": ("migrate_journal", "can't be its name", lambda root: None),
    "env-says-it": (
        "versions",
        "env.py stays",
        lambda root: make(root, "sqlite:///shop.db", env=plain(options="version_table='v', render_as_batch=True")),
    ),
    "env-says-it-unseen": (
        "versions",
        "env.py stays",
        lambda root: make(root, "sqlite:///shop.db", env=plain(options="**{'version_table': 'v'}")),
    ),
}  # fmt: skip


def _run(statement: str) -> None:
    with create_engine("sqlite:///shop.db", poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("case", CANT_RENAME)
def test_what_cant_be_the_version_tables_name_is_refused(folder: Path, case: str) -> None:
    name, reason, arrange = CANT_RENAME[case]
    arrange(folder)
    before = held(folder)

    with pytest.raises(CantMove, match=reason):
        adopted(folder, write=True, version_table=name)

    assert held(folder) == before


def test_a_name_that_postgresql_would_cut_off_is_refused(folder: Path, postgresql_url: str) -> None:
    make(folder, postgresql_url, env=plain())

    with pytest.raises(CantMove, match="64 characters, and postgresql takes 63"):
        adopted(folder, version_table="v" * 64)


SEVERAL = """\
from alembic import context
from sqlalchemy import create_engine

for name in ("one", "two"):
    with create_engine(f"sqlite:///{name}.db").connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""


def test_the_template_of_several_databases_writes_new_files(folder: Path) -> None:
    """It asks the ini for their names; what autogenerate finds it would leave out, so that is refused."""
    make(folder, "sqlite://", env=SEVERAL, more="databases = one, two")
    template = folder / "scripts/script.py.mako"
    names = "% for name in config.get_main_option('databases').split(', '):"
    template.write_text(
        f"{template.read_text()}\n{names}\ndef upgrade_${{name}}() -> None:\n    pass\n% endfor\n"
    )

    assert not any("script.py.mako" in note for note in adopted(folder, write=True).plan.notes)
    config = find(start=folder)
    upgrade(config, "heads")
    made = revision(config, "third")

    assert made.path is not None
    assert "def upgrade_two" in made.path.read_text()


@pytest.mark.parametrize("fails", ["the second database", "a file", "nothing"])
def test_several_databases_are_renamed_all_or_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    make(folder, "sqlite://", env=SEVERAL)
    upgrade(find(start=folder), "heads")
    gate = None
    if fails == "the second database":
        gate = Gate(protected=["*two.db"])
    if fails == "a file":
        replace = Path.replace

        def failing(self: Path, target: Path) -> Path:
            if Path(target).name == "two.py":
                raise OSError(28, "No space left on device", str(target))
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", failing)
    before = held(folder)

    if fails == "nothing":
        found = adopted(folder, write=True, version_table="versions")
        assert len(found.renamed) == 2
    else:
        with pytest.raises((ProtectedDatabase, CannotWrite)):
            adopted(folder, write=True, version_table="versions", gate=gate)
        assert held(folder) == before

    name = "versions" if fails == "nothing" else "alembic_version"
    for one in ("one", "two"):
        assert {"a", "b", name} == tables(f"sqlite:///{one}.db") - {"migrate_journal"}


def test_a_renaming_that_was_cut_off_goes_back_too(folder: Path) -> None:
    """As after a power cut: the table is renamed, and no file is written."""
    upgrade(find(start=folder), "heads")
    before = held(folder)
    adopted(folder, write=True, version_table="versions")
    (folder / "pyproject.toml").unlink()
    for name, (content, _) in before.items():
        (folder / name).write_bytes(content)
    assert "versions" in tables("sqlite:///shop.db")

    unadopt(folder)

    assert held(folder) == before
    assert "alembic_version" in tables("sqlite:///shop.db")


@pytest.mark.slow
def test_a_version_table_that_code_names_is_found_by_the_proof(folder: Path) -> None:
    (folder / "adopt_helper.py").write_text(
        "from alembic import context\n"
        "def begin(connection):\n"
        "    context.configure(connection=connection, version_table='alembic_version')\n"
    )
    env = plain().replace("context.configure(connection=connection, target_metadata=target_metadata", "adopt_helper.begin(connection")  # fmt: skip
    make(folder, "sqlite:///shop.db", env=f"import adopt_helper\n{env}")
    before = held(folder)

    with pytest.raises(NotProven, match="its code says so"):
        adopted(folder, write=True, prove=True, version_table="versions")

    assert held(folder) == before
