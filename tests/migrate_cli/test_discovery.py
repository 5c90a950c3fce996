"""`init` finds the models by reading the source, and writes everything or nothing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from migrate_cli.config import load
from migrate_cli.errors import (
    AlreadyAProject,
    BadConfiguration,
    CannotWrite,
    FolderInUse,
    MigrateError,
    NoModels,
    SecretInFile,
    SeveralModels,
)
from migrate_cli.finding import toml_text
from migrate_cli.finding.candidates import Candidate, find_metadata
from migrate_cli.finding.discovery import init_project, models_setting, project_root

BASE = """
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase):
    pass
"""
USER = """
class User(Base):
    __tablename__ = "user"
"""


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


STYLES = {
    "declarative-base": (BASE + USER, "app.models:Base.metadata", ["user"]),
    "dataclass-base": (
        """
        import sqlalchemy.orm as orm
        class Base(orm.MappedAsDataclass, orm.DeclarativeBase): ...
        class User(Base):
            __tablename__: str = "user"
        """,
        "app.models:Base.metadata",
        ["user"],
    ),
    "old-function": (
        """
        from sqlalchemy.ext.declarative import declarative_base
        Base = declarative_base(name="Base")
        class User(Base):
            __tablename__ = "user"
        """,
        "app.models:Base.metadata",
        ["user"],
    ),
    "annotated-function": (
        """
        from typing import Any
        from sqlalchemy import orm
        Base: Any = orm.declarative_base()
        class Mixin: ...
        class User(Mixin, Base):
            __tablename__ = "user"
        """,
        "app.models:Base.metadata",
        ["user"],
    ),
    "decorator": (
        """
        from sqlalchemy.orm import as_declarative
        @as_declarative()
        class Base:
            pass
        class User(Base):
            __tablename__ = "user"
        """,
        "app.models:Base.metadata",
        ["user"],
    ),
    "generate-base": (
        """
        from sqlalchemy.orm import registry
        reg = registry()
        Base = reg.generate_base()
        class User(Base):
            __tablename__ = "user"
        """,
        "app.models:Base.metadata",
        ["user"],
    ),
    "registry": (
        """
        from sqlalchemy.orm import registry
        reg = registry()
        @reg.mapped
        class User:
            __tablename__ = "user"
        """,
        "app.models:reg.metadata",
        ["user"],
    ),
    "metaclass": (
        """
        from sqlalchemy.orm import DeclarativeMeta, registry
        reg = registry()
        class Base(metaclass=DeclarativeMeta):
            __abstract__ = True
            registry = reg
            metadata = reg.metadata
        class User(Base):
            __tablename__ = "user"
        """,
        "app.models:Base.metadata",
        ["user"],
    ),
    "core": (
        """
        import sqlalchemy as sa
        metadata = sa.MetaData()
        users = sa.Table("user", metadata, sa.Column("id", sa.Integer))
        sa.Table("other", metadata)
        """,
        "app.models:metadata",
        ["other", "user"],
    ),
    "base-on-metadata": (
        """
        from sqlalchemy import MetaData, Table
        from sqlalchemy.orm import DeclarativeBase
        meta = MetaData(naming_convention={})
        class Base(DeclarativeBase):
            metadata = meta
        class User(Base):
            __tablename__ = "user"
        link = Table("link", meta)
        other = Table("other", Base.metadata)
        """,
        "app.models:Base.metadata",
        ["link", "other", "user"],
    ),
    "own-metadata": (
        BASE.replace("pass", "metadata = MetaData(schema='x')")
        + USER
        + "from sqlalchemy import MetaData",
        "app.models:Base.metadata",
        ["user"],
    ),
    "names-by-function": (
        """
        from sqlalchemy.orm import DeclarativeBase, declared_attr
        class Base(DeclarativeBase):
            @declared_attr.directive
            def __tablename__(cls) -> str:
                return cls.__name__.lower()
        class Mixin: ...
        class Abstract(Base):
            __abstract__ = True
        class User(Base): ...
        class Admin(User): ...
        """,
        "app.models:Base.metadata",
        ["user"],
    ),
    "single-table-inheritance": (
        BASE + USER + "class Admin(User): ...\nclass Owner(Admin): ...",
        "app.models:Base.metadata",
        ["user"],
    ),
    "sqlmodel": (
        """
        from sqlmodel import Field, SQLModel
        class UserBase(SQLModel):
            name: str
        class User(UserBase, table=True):
            id: int | None = Field(primary_key=True)
        class Other(SQLModel, table=True):
            __tablename__ = "others"
        """,
        "app.models:SQLModel.metadata",
        ["others", "user"],
    ),
    "flask": (
        """
        from flask_sqlalchemy import SQLAlchemy
        db = SQLAlchemy()
        class User(db.Model):
            id = db.Column(db.Integer, primary_key=True)
        link = db.Table("link", db.Column("a"))
        """,
        "app.models:db",
        ["link", "user"],
    ),
    "flask-with-base": (
        BASE
        + """
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy(model_class=Base)
class User(db.Model):
    __tablename__ = "user"
""",
        "app.models:db",
        ["user"],
    ),
    "under-a-try": (
        "try:\n    import x\nexcept ImportError:\n    pass\n" + BASE + USER,
        "app.models:Base.metadata",
        ["user"],
    ),
    "star-imports": (
        """
        from sqlalchemy import *
        from sqlalchemy.orm import *
        metadata = MetaData()
        user = Table("user", metadata, Column("id", Integer))
        """,
        "app.models:metadata",
        ["user"],
    ),
    "no-tables-yet": (BASE, "app.models:Base.metadata", []),
}


@pytest.mark.parametrize(("source", "target", "tables"), STYLES.values(), ids=STYLES)
def test_each_way_to_declare_models_is_found(
    tmp_path: Path, source: str, target: str, tables: list[str]
) -> None:
    written(tmp_path, {"app/models.py": source})

    assert find_metadata([tmp_path]) == [
        Candidate(target, tuple(tables), ("app.models",) if tables else ())
    ]


@pytest.mark.parametrize(
    "how",
    [
        pytest.param("from app.db import Base", id="absolute"),
        pytest.param("from .db import Base", id="relative"),
        pytest.param("from . import Base", id="re-exported"),
        pytest.param("from app import db\nBase = db.Base", id="alias"),
        pytest.param("import app.db\nBase = app.db.Base", id="dotted"),
        pytest.param("from app.db import *", id="star"),
        pytest.param("from .db import Base as B\nclass Base(B):\n    __abstract__ = True", id="abstract"),
    ],
)  # fmt: skip
def test_a_base_is_followed_through_imports(tmp_path: Path, how: str) -> None:
    written(
        tmp_path,
        {"app/__init__.py": "from .db import Base", "app/db.py": BASE, "app/users.py": how + USER},
    )

    assert find_metadata([tmp_path]) == [
        Candidate("app.db:Base.metadata", ("user",), ("app.users",))
    ]


def test_circles_of_names_end(tmp_path: Path) -> None:
    source = (
        "from .b import X\nY = X\nclass Z(Z): __tablename__ = 'z'\nclass P(Q): ...\nclass Q(P): ..."
    )
    written(tmp_path, {"app/a.py": source, "app/b.py": "from .a import Y\nX = Y\n# MetaData"})

    assert find_metadata([tmp_path]) == []


@pytest.mark.parametrize(
    "folder",
    ["tests", "venv", ".hidden", "node_modules", "build", "migrations", "docs", "not-a-name"],
)
def test_some_folders_hold_no_models(tmp_path: Path, folder: str) -> None:
    written(tmp_path, {f"{folder}/models.py": BASE + USER, "venv/pyvenv.cfg": ""})

    assert find_metadata([tmp_path]) == []


def test_a_file_that_is_not_python_is_passed_over(tmp_path: Path) -> None:
    deep = "x = " + "(" * 3000 + "MetaData" + ")" * 3000
    written(tmp_path, {"a.py": "class (MetaData", "b.py": deep, "c.py": BASE})
    (tmp_path / "d.py").write_bytes(b"\xff MetaData")

    assert [c.target for c in find_metadata([tmp_path])] == ["c:Base.metadata"]


def test_nothing_is_imported(tmp_path: Path) -> None:
    written(tmp_path, {"app/models.py": "raise SystemExit('imported')\n" + BASE + USER})

    assert init_project(tmp_path).found[0].tables == ("user",)
    assert "app.models" not in sys.modules


def test_init_writes_settings_that_read_back_and_the_folder(tmp_path: Path) -> None:
    before = '# mine\n[project]\nname = "app"   # "quoted"\n[tool.other]\na = [\n 1,\n]'
    written(tmp_path, {"pyproject.toml": before, "src/app/models.py": BASE + USER})

    result = init_project(tmp_path, url="sqlite:///app.db")

    text = (tmp_path / "pyproject.toml").read_text()
    assert text == before + (
        '\n\n[tool.migrate]\nmetadata = "app.models:Base.metadata"\nurl = "sqlite:///app.db"\n'
    )
    assert result.config == load(tmp_path)
    assert result.config.metadata == ("app.models:Base.metadata",)
    assert (result.created, result.versions) == (False, tmp_path / "migrations" / "versions")
    assert result.versions.is_dir()
    assert sorted(os.listdir(tmp_path)) == ["migrations", "pyproject.toml", "src"]


def test_init_makes_a_settings_file_where_there_is_none(tmp_path: Path) -> None:
    result = init_project(
        tmp_path, metadata=["a:b", "c:d"], url_env="APP_DB", scripts="db/migrations"
    )

    assert result.created
    assert result.lines == (
        "[tool.migrate]",
        'metadata = ["a:b", "c:d"]',
        'url_env = "APP_DB"',
        'scripts = "db/migrations"',
    )
    assert (tmp_path / "pyproject.toml").read_text() == "\n".join(result.lines) + "\n"
    assert (tmp_path / "db" / "migrations" / "versions").is_dir()


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"[project]\r\nname = 'x'\r\n")

    init_project(tmp_path, metadata=["a:b"])

    assert (tmp_path / "pyproject.toml").read_bytes() == (
        b"[project]\r\nname = 'x'\r\n\r\n[tool.migrate]\r\nmetadata = \"a:b\"\r\n"
    )


def test_the_files_rights_and_links_stay(tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    real.write_text("[project]\n")
    real.chmod(0o640)
    (tmp_path / "pyproject.toml").symlink_to(real)

    init_project(tmp_path, metadata=["a:b"])

    assert (tmp_path / "pyproject.toml").is_symlink()
    assert "[tool.migrate]" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("tables", "others", "expected"),
    [
        pytest.param(["app.db"], [], [], id="beside-the-base"),
        pytest.param(["app.db", "app.users"], [], ["app.users"], id="one"),
        pytest.param(["app.models.a", "app.models.b"], [], ["app.models.*"], id="a-package"),
        pytest.param(["app.a", "app.b"], ["app.main"], ["app.a", "app.b"], id="not-all-of-a-package"),
        pytest.param(["app.x.models", "app.y.z.models"], ["app.x.views"], ["app.**.models"],
                     id="same-name"),
        pytest.param(["x.models", "y.models"], [], ["x.models", "y.models"], id="no-common-package"),
        pytest.param(["app.x.models", "app.y.tables"], [], ["app.x.models", "app.y.tables"],
                     id="nothing-in-common"),
    ],
)  # fmt: skip
def test_models_names_the_modules_that_must_be_imported(
    tmp_path: Path, tables: list[str], others: list[str], expected: list[str]
) -> None:
    for module in {*tables, *others, "app.db"}:
        written(tmp_path, {f"{module.replace('.', '/')}.py": ""})

    found = models_setting(Candidate("app.db:Base.metadata", ("t",), tuple(tables)), tmp_path)

    assert found == expected


def test_what_init_writes_imports_all_the_tables(tmp_path: Path) -> None:
    """The failure that this is for: an autogenerate that sees no models drops every table."""
    column = (
        "    from sqlalchemy import Column, Integer\n    id = Column(Integer, primary_key=True)\n"
    )
    written(
        tmp_path,
        {
            "src/mf_shop/db.py": BASE,
            **{
                f"src/mf_shop/{name}/models.py": f"from mf_shop.db import Base\nclass T(Base):\n"
                f'    __tablename__ = "{name}"\n{column}'
                for name in ("users", "orders")
            },
        },
    )
    init_project(tmp_path)
    program = (
        "from migrate_cli.config import load; from migrate_cli.models import metadata\n"
        "print([sorted(m.tables) for m in metadata(load())])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )

    assert done.stdout == "[['orders', 'users']]\n", done.stderr
    assert 'models = ["mf_shop.**.models"]' in (tmp_path / "pyproject.toml").read_text()


TWO = {"a.py": BASE + USER, "b.py": BASE.replace("Base(", "Other(") + USER.replace("Base", "Other")}
ONE = {"a.py": BASE + USER}
TEN = {f"m{n}.py": BASE + USER for n in range(1, 11)}


@pytest.mark.parametrize(
    ("files", "given", "error", "status", "parts"),
    [
        pytest.param({}, {}, NoModels, 3, ["no SQLAlchemy models found under", "--metadata"],
                     id="no-models"),
        pytest.param(TWO, {}, SeveralModels, 2,
                     ["found 2 metadata objects", "--metadata a:Base.metadata   1 table (user)",
                      "--metadata b:Other.metadata"], id="several"),
        pytest.param(TEN, {}, SeveralModels, 2, ["or give several of\n  --metadata m1:"], id="counted"),
        pytest.param({**ONE, "pyproject.toml": "[tool.migrate]\n"}, {}, AlreadyAProject, 1,
                     ["already sets up migrate here"], id="again"),
        pytest.param({**ONE, "alembic.ini": ""}, {}, AlreadyAProject, 1,
                     ["alembic.ini already sets up Alembic here"], id="alembic-ini"),
        pytest.param({**ONE, "pyproject.toml": "[tool.alembic]\n"}, {}, AlreadyAProject, 1,
                     ["pyproject.toml already sets up Alembic here"], id="alembic-toml"),
        pytest.param({**ONE, "migrations/0001_initial.py": ""}, {}, FolderInUse, 1,
                     ["holds 0001_initial.py", "--scripts FOLDER"], id="folder-in-use"),
        pytest.param({**ONE, "migrations": ""}, {}, CannotWrite, 3, ["Not a directory"], id="file"),
        pytest.param(ONE, {"url": "postgresql://a:s3cret@h/x"}, SecretInFile, 1,
                     ["postgresql://a:***@h/x has a password", "--url-env NAME"], id="password"),
        pytest.param({**ONE, "pyproject.toml": "[tool\n"}, {}, BadConfiguration, 3, ["is not TOML"],
                     id="broken-toml"),
        pytest.param({**ONE, "pyproject.toml": 'tool = {a = 1}'}, {}, BadConfiguration, 3,
                     ["can't be added at its end", "write it by hand"], id="inline-table"),
        pytest.param(ONE, {"metadata": ["app.models"]}, BadConfiguration, 3,
                     ['must be "package.module:object"'], id="bad-metadata"),
        pytest.param(ONE, {"scripts": "../x"}, BadConfiguration, 3, ["inside the project"],
                     id="scripts-outside"),
        pytest.param(ONE, {"url": "sqlite:///\udc80"}, BadConfiguration, 3, ["can't be added"],
                     id="not-text"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_told_and_nothing_is_written(
    tmp_path: Path,
    files: Mapping[str, str],
    given: dict[str, object],
    error: type[MigrateError],
    status: int,
    parts: list[str],
) -> None:
    written(tmp_path, files)
    before = snapshot(tmp_path)

    with pytest.raises(error) as caught:
        init_project(tmp_path, **given)  # type: ignore[arg-type]  # a table's row

    assert [part for part in parts if part not in str(caught.value)] == []
    assert "s3cret" not in str(caught.value)
    assert caught.value.exit_status == status
    assert len(str(caught.value).splitlines()) <= 5
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize(
    ("owner", "step"), [(Path, "replace"), (os, "fsync"), (Path, "open"), (Path, "chmod")]
)
def test_a_failure_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, step: str
) -> None:
    written(tmp_path, {**ONE, "pyproject.toml": "[project]\n"})
    before = snapshot(tmp_path)

    def full(self: object, mode: object = "", *_: object) -> Any:
        if step == "open" and mode != "xb":
            return open(cast("Path", self), cast("str", mode))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(owner, step, full)
    with pytest.raises(CannotWrite, match="No space left on device"):
        init_project(tmp_path, scripts="a/b")

    monkeypatch.undo()
    assert snapshot(tmp_path) == before


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder: path -> content, None for a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def test_an_empty_folder_for_the_scripts_is_fine_and_so_is_ours(tmp_path: Path) -> None:
    written(tmp_path, {"migrations/versions/a.py": "", "migrations/script.py.mako": ""})

    init_project(tmp_path, metadata=["a:b"])

    assert (tmp_path / "migrations" / "versions" / "a.py").exists()


def test_a_project_begins_where_its_pyproject_is(tmp_path: Path) -> None:
    """outer (pyproject) / repo (.git) / app (pyproject) / deep."""
    deep = tmp_path / "outer" / "repo" / "app" / "deep"
    deep.mkdir(parents=True)
    (tmp_path / "outer" / "pyproject.toml").write_text("")
    (tmp_path / "outer" / "repo" / ".git").mkdir()
    assert project_root(deep) == deep

    (tmp_path / "outer" / "repo" / "app" / "pyproject.toml").write_text("")
    assert project_root(deep) == deep.parent


@pytest.mark.parametrize("value", ['"', "\\", "a\nb", "é\u2028\x7f", "x" * 200])
def test_any_text_is_written_as_toml(value: str) -> None:
    for one in (value, [value, "b"]):
        assert tomllib.loads(f"x = {toml_text.value(one)}") == {"x": one}
