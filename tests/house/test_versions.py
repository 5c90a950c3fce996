"""The four packages move together, and each tells the package index the same."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest
from house.source import ROOT, SOURCES

DISTRIBUTIONS = {module: module.replace("_", "-") for module in SOURCES}


def project(module: str) -> dict[str, Any]:
    file = SOURCES[module].parent / "pyproject.toml"
    found: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    return found


def version(module: str) -> str:
    found: str = importlib.import_module(module).__version__
    return found


@pytest.mark.parametrize("module", SOURCES)
def test_all_have_the_same_version(module: str) -> None:
    towncrier = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]

    assert version(module) == towncrier["version"]


@pytest.mark.parametrize("module", SOURCES)
def test_a_sibling_is_pinned_to_that_version(module: str) -> None:
    ours = [
        d for d in project(module)["dependencies"] if d.startswith(tuple(DISTRIBUTIONS.values()))
    ]

    assert [d for d in ours if not d.endswith(f"=={version(module)}")] == []


@pytest.mark.parametrize("module", SOURCES)
def test_a_package_declares_what_it_imports(module: str) -> None:
    from house.test_floors import BELOW, THIRD_PARTIES

    declared = {re.split(r"[^\w-]", d)[0].lower() for d in project(module)["dependencies"]}

    ours = {DISTRIBUTIONS[below] for below in BELOW[module]}
    assert declared == ours | THIRD_PARTIES[module]


@pytest.mark.parametrize("module", SOURCES)
def test_the_metadata_is_what_an_index_wants(module: str) -> None:
    told = project(module)

    assert told["name"] == DISTRIBUTIONS[module]
    assert told["readme"] == "README.md"
    assert told["license"] == "MIT"
    assert told["license-files"] == ["LICENSE"]
    assert told["requires-python"] == ">=3.11"
    assert "Typing :: Typed" in told["classifiers"]
    assert told["urls"].keys() == {"Homepage", "Documentation", "Source", "Issues", "Changelog"}
    assert (SOURCES[module].parent / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


@pytest.mark.parametrize("module", [*SOURCES, "migrate_cli.errors", "migrate_cli.commands"])
def test_a_face_lists_what_it_hands_on_before_it_is_asked_for(module: str) -> None:
    program = (
        f"import {module} as face\n"
        "missing = set(face.__all__) - set(dir(face))\n"
        "assert face.__all__ and not missing, missing"
    )

    subprocess.run([sys.executable, "-c", program], check=True)
