"""The project's models are imported, and the metadata that the settings name is looked up."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from migrate_cli.config import Config, load
from migrate_cli.errors import EmptyMetadata, MigrateError, ModelsDontImport, NoMetadata
from migrate_cli.models import importable, metadata, modules_to_import

BASE = """
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)

class Db:
    metadata = Base.metadata

db = Db()
plain = MetaData()
Table("t", plain, Column("id", Integer))
nothing = None
empty = MetaData()
"""

Make = Callable[..., Config]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Write files and settings, and give the config; what was imported is forgotten at the end."""
    before = set(sys.modules)

    def write(settings: str, files: Mapping[str, str] = {}) -> Config:
        for name, text in files.items():
            file = tmp_path / f"{name}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        (tmp_path / "pyproject.toml").write_text(f"[tool.migrate]\n{settings}\n")
        return load(tmp_path)

    yield write
    for name in set(sys.modules) - before:
        if (getattr(sys.modules[name], "__file__", None) or str(tmp_path)).startswith(
            str(tmp_path)
        ):
            del sys.modules[name]


def target(name: str) -> str:
    return f'metadata = "mf_app.models:{name}"'


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        pytest.param("Base", ["user"], id="declarative-base"),
        pytest.param("Base.metadata", ["user"], id="its-metadata"),
        pytest.param("plain", ["t"], id="metadata"),
        pytest.param("db", ["user"], id="object-with-metadata"),
        pytest.param("User", ["user"], id="mapped-class"),
    ],
)
def test_an_object_with_metadata_is_accepted(make: Make, name: str, tables: list[str]) -> None:
    (found,) = metadata(make(target(name), {"mf_app/models": BASE}))

    assert list(found.tables) == tables


def test_several_metadata_come_in_the_order_of_the_settings_each_once(make: Make) -> None:
    names = ", ".join(f'"mf_app.models:{name}"' for name in ("plain", "Base", "db"))

    found = metadata(make(f"metadata = [{names}]", {"mf_app/models": BASE}))

    assert [list(one.tables) for one in found] == [["t"], ["user"]]


@pytest.mark.parametrize(
    ("settings", "error", "parts"),
    [
        pytest.param("", NoMetadata, ["names no metadata", 'metadata = "myapp.models:Base.metadata"'],
                     id="not-named"),
        pytest.param(target("Bas"), NoMetadata, ["mf_app.models has no 'Bas'", "did you mean 'Base'"],
                     id="misspelled"),
        pytest.param(target("Base.metdata"), NoMetadata, ["did you mean 'metadata'"], id="attribute"),
        pytest.param(target("nothing"), NoMetadata, ["mf_app.models.nothing is None", "a MetaData"],
                     id="none"),
        pytest.param(target("Column"), NoMetadata, ["mf_app.models.Column is a "], id="wrong-type"),
        pytest.param('metadata = "mf_nowhere.models:Base"', ModelsDontImport,
                     ["can't import 'mf_nowhere.models'", "no module 'mf_nowhere'", "looked in "],
                     id="no-package"),
        pytest.param('metadata = "mf_app.modls:Base"', ModelsDontImport, ["no module 'mf_app.modls'"],
                     id="no-module"),
        pytest.param(target("empty"), EmptyMetadata,
                     ["have 0 tables", "imported: mf_app.models", "models = ["], id="empty"),
    ],
)  # fmt: skip
def test_metadata_that_can_not_be_used_is_told_with_the_mend(
    make: Make, settings: str, error: type[MigrateError], parts: list[str]
) -> None:
    config = make(settings, {"mf_app/models": BASE})

    with pytest.raises(error) as caught:
        metadata(config)

    assert [part for part in parts if part not in str(caught.value)] == []
    assert caught.value.exit_status == (1 if error is EmptyMetadata else 3)
    assert len(str(caught.value).splitlines()) <= 5


def test_empty_metadata_is_given_when_it_is_asked_for(make: Make) -> None:
    (found,) = metadata(make(target("empty"), {"mf_app/models": BASE}), allow_empty=True)

    assert not found.tables


@pytest.mark.parametrize(
    ("code", "line", "reason"),
    [
        pytest.param("x = 1\n1 / 0", 2, "ZeroDivisionError: division by zero", id="raises"),
        pytest.param("x = 1\n\nx = (", 3, "SyntaxError", id="syntax"),
        pytest.param("import mf_missing_thing", 1, "No module named 'mf_missing_thing'", id="import"),
        pytest.param("import sys\nsys.exit('no')", 2, "SystemExit: no", id="exit"),
        pytest.param("def f():\n    raise KeyError('k')\n\nf()", 2, "KeyError: 'k'", id="inner"),
        pytest.param("from sqlalchemy import text\ntext(1).nope", 2, "", id="inside-a-library"),
    ],
)  # fmt: skip
def test_models_that_do_not_import_are_told_with_file_and_line(
    make: Make, tmp_path: Path, code: str, line: int, reason: str
) -> None:
    config = make('metadata = "mf_app:x"\nmodels = "mf_app.broken"', {"mf_app/broken": code})

    with pytest.raises(ModelsDontImport) as caught:
        metadata(config)

    assert caught.value.where == f"{tmp_path / 'mf_app' / 'broken.py'}:{line}"
    assert reason in str(caught.value)
    assert "[tool.migrate] models" in str(caught.value)


TREE = dict.fromkeys(
    [
        "mf_tree/__init__",
        "mf_tree/__main__",
        "mf_tree/models",
        "mf_tree/shop/__init__",
        "mf_tree/shop/models",
        "mf_tree/shop/views",
        "mf_tree/deep/er/models",
    ],
    "",
)


@pytest.mark.parametrize(
    ("globs", "modules"),
    [
        ('"mf_tree.shop.models"', ["mf_tree.shop.models"]),
        ('"mf_tree.**.models"',
         ["mf_tree.models", "mf_tree.deep.er.models", "mf_tree.shop.models"]),
        ('"mf_tree.*"', ["mf_tree.models", "mf_tree.shop"]),
        ('"mf_tree.shop.**"', ["mf_tree.shop", "mf_tree.shop.models", "mf_tree.shop.views"]),
        ('"mf_tree.*.models"', ["mf_tree.shop.models"]),
        ('"**.views"', ["mf_tree.shop.views"]),
        ('"mf_t*.shop.v*"', ["mf_tree.shop.views"]),
        ('["mf_tree.shop.v*", "mf_tree.shop.*"]', ["mf_tree.shop.views", "mf_tree.shop.models"]),
    ],
)  # fmt: skip
def test_a_glob_names_the_modules_that_it_fits(make: Make, globs: str, modules: list[str]) -> None:
    config = make(f"models = {globs}", TREE)

    with importable(config.prepend_sys_path):
        assert list(modules_to_import(config)) == modules


def test_a_glob_that_fits_nothing_is_an_error(make: Make) -> None:
    config = make('metadata = "mf_tree:x"\nmodels = "mf_tree.**.tables"', TREE)

    with pytest.raises(ModelsDontImport, match=r"'mf_tree\.\*\*\.tables'.*no module matches"):
        metadata(config)


def test_tables_of_modules_that_only_a_glob_names_are_there(make: Make) -> None:
    more = 'from mf_app.models import *\nTable("more", plain, Column("id", Integer))'

    (found,) = metadata(
        make('metadata = "mf_app.models:plain"\nmodels = "mf_app.*"', {"mf_app/models": BASE, "mf_app/more": more})
    )  # fmt: skip

    assert set(found.tables) == {"t", "more"}


USER = """
from mf_belong.db import Base
from sqlalchemy import Column, Integer

class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
"""
DB = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...\n"
BELONGING = {
    "mf_belong/db": DB,
    "mf_belong/users/records": USER,
    "mf_belong/serve": "raise SystemExit('nobody asked for this')",
    "mf_belong/legacy": USER.replace("User", "Old").replace('"user"', '"old"'),
}


def test_modules_with_tables_are_imported_though_nobody_names_them(make: Make) -> None:
    """Models that aren't imported look like tables that nobody wants."""
    (found,) = metadata(make('metadata = "mf_belong.db:Base"', BELONGING))

    assert set(found.tables) == {"user", "old"}


def test_what_is_excluded_is_not_imported(make: Make) -> None:
    settings = 'metadata = "mf_belong.db:Base"\nmodels_exclude = "**.legacy"'

    (found,) = metadata(make(settings, BELONGING))

    assert set(found.tables) == {"user"}


def test_all_modules_of_a_package_of_models_are_imported(make: Make) -> None:
    files = {
        "mf_pack/models/__init__": BASE,
        "mf_pack/models/made": "from . import plain, make\nmake('made')",
    }
    files["mf_pack/models/__init__"] += "def make(name): Table(name, plain)\n"

    (found,) = metadata(make('metadata = "mf_pack.models:plain"', files))

    assert set(found.tables) == {"t", "made"}


def test_a_module_with_tables_that_fails_is_told_with_how_to_leave_it_out(make: Make) -> None:
    files = {**BELONGING, "mf_belong/legacy": USER + "1 / 0"}

    with pytest.raises(ModelsDontImport) as caught:
        metadata(make('metadata = "mf_belong.db:Base"', files))

    assert "which belongs to the models" in str(caught.value)
    assert 'models_exclude = ["mf_belong.legacy"]' in str(caught.value)


def test_a_package_under_src_is_found(make: Make) -> None:
    (found,) = metadata(make('metadata = "mf_src:plain"', {"src/mf_src": BASE}))

    assert list(found.tables) == ["t"]


def test_the_import_path_is_as_before_when_it_is_over(make: Make) -> None:
    before = list(sys.path)

    metadata(make(target("plain"), {"mf_app/models": BASE}))

    assert sys.path == before
