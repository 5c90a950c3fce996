"""`import alembic` gives our modules, by both paths the same ones."""

from __future__ import annotations

import importlib
import subprocess
import sys
from types import ModuleType

import pytest
from migrate_cli import compat


@pytest.mark.parametrize("path", ["", ".util", ".util.exc", ".util.langhelpers"])
def test_a_module_reached_by_two_paths_is_one_module(path: str) -> None:
    assert importlib.import_module(f"alembic{path}") is importlib.import_module(
        f"migrate_cli.compat.alembic{path}"
    )


def test_the_version_is_the_one_that_is_matched() -> None:
    import alembic

    assert [int(part) for part in alembic.__version__.split(".")] == [1, 20, 1]


def test_a_submodule_is_an_attribute_without_being_imported_first() -> None:
    import alembic

    assert alembic.util.CommandError.__name__ == "CommandError"
    with pytest.raises(AttributeError, match="no attribute 'utils'"):
        alembic.utils  # noqa: B018


@pytest.mark.parametrize("name", ["alembic.testing", "alembic.nothing", "alembic.util.proxies"])
def test_a_module_that_is_not_offered_is_named(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=f"has no {name}") as raised:
        importlib.import_module(name)

    assert raised.value.name == name


def test_a_second_call_changes_nothing() -> None:
    finders = list(sys.meta_path)

    compat.install()

    assert sys.meta_path == finders


def test_the_alias_is_refused_where_the_real_one_is_already_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "meta_path", sys.meta_path[1:])
    monkeypatch.setitem(sys.modules, "alembic", ModuleType("alembic"))
    monkeypatch.setitem(sys.modules, "alembic.op", ModuleType("alembic.op"))

    with pytest.raises(compat.AlembicImported) as raised:
        compat.install()

    assert raised.value.modules == ("alembic", "alembic.op")
    assert not compat.installed()


def test_a_native_project_imports_nothing_of_it() -> None:
    code = (
        "import sys, migrate_cli.cli, migrate_cli.commands.moves, migrate_cli.running.runner\n"
        "print([m for m in sys.modules if 'compat' in m.split('.') or m == 'alembic'])"
    )

    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout

    assert "migrate_cli" not in said
    assert "alembic" not in said
