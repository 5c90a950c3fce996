"""Arrows go down: between the packages, and between the modules of each."""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter

import pytest
from house.source import ROOT, SOURCES, imports, modules, tree

BELOW = {
    "ddl_constructs": set(),
    "revgraph": set(),
    "ddl_autogen": {"ddl_constructs"},
    "migrate_cli": {"ddl_autogen", "ddl_constructs", "revgraph"},
}
THIRD_PARTIES = {
    "ddl_constructs": {"sqlalchemy"},
    "revgraph": set(),
    "ddl_autogen": {"sqlalchemy"},
    "migrate_cli": {"sqlalchemy", "click", "mako"},
}
LIMIT = 440
DATABASES = {"postgresql", "mysql", "mariadb", "sqlite", "mssql", "oracle"}


def package(module: str) -> str:
    return module.partition(".")[0]


def test_the_sources_are_found() -> None:
    assert {package(module) for module in modules()} == set(SOURCES)
    assert {package(one.by) for one in imports()} == set(SOURCES)


STANDARD = {*sys.stdlib_module_names, "annotationlib"}  # which is there from Python 3.14 on


def test_a_package_imports_only_what_is_below_it() -> None:
    wrong = [
        str(one)
        for one in imports()
        if package(one.module) not in {package(one.by), *BELOW[package(one.by)]}
        and package(one.module) not in THIRD_PARTIES[package(one.by)]
        and package(one.module) not in STANDARD
    ]

    assert wrong == []


@pytest.mark.parametrize("below", SOURCES)
def test_only_the_face_of_another_package_is_imported(below: str) -> None:
    face = next(
        ast.literal_eval(node.value)
        for node in tree(below).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )

    wrong = [
        str(one)
        for one in imports()
        if package(one.module) == below != package(one.by)
        and (one.module != below or one.name not in {None, *face})
    ]

    assert wrong == []


@pytest.mark.parametrize("name", SOURCES)
def test_no_modules_import_each_other_in_a_circle(name: str) -> None:
    arrows: dict[str, set[str]] = {}
    for one in imports():
        if package(one.by) == name and one.target in modules() and one.target != one.by:
            arrows.setdefault(one.by, set()).add(one.target)

    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as err:
        pytest.fail(f"a circle: {' <- '.join(err.args[1])}")


@pytest.mark.parametrize(
    ("inner", "allowed"),
    [
        pytest.param("migrate_cli.cli", ("migrate_cli.cli", "migrate_cli.__main__"), id="cli"),
        pytest.param(
            "migrate_cli.commands", ("migrate_cli.commands", "migrate_cli.cli"), id="commands"
        ),
        pytest.param("click", ("migrate_cli.cli",), id="click"),
    ],
)
def test_what_stands_above_is_imported_only_from_there(
    inner: str, allowed: tuple[str, ...]
) -> None:
    wrong = [
        str(one)
        for one in imports()
        if (one.target == inner or one.target.startswith(f"{inner}."))
        and not any(one.by == a or one.by.startswith(f"{a}.") for a in allowed)
    ]

    assert wrong == []


def test_a_module_is_one_subject_of_some_four_hundred_lines() -> None:
    lines = {m: len(file.read_text(encoding="utf-8").splitlines()) for m, file in modules().items()}

    assert {m: n for m, n in lines.items() if n > LIMIT} == {}


def test_only_dialects_ask_which_database_it_is() -> None:
    wrong = [
        f"{module}:{node.lineno} {ast.unparse(node)}"
        for module in modules()
        if ".dialects." not in module
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Compare)
        and {c.value for c in ast.walk(node) if isinstance(c, ast.Constant)} & DATABASES
    ]

    assert wrong == []


def test_each_package_says_that_it_is_typed() -> None:
    assert [m for m, source in SOURCES.items() if not (source / m / "py.typed").is_file()] == []


def test_the_packages_are_those_that_are_here() -> None:
    folders = {p.parent.name for p in ROOT.glob("packages/*/pyproject.toml")}

    assert folders == {source.parent.name for source in SOURCES.values()}
