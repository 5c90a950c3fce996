"""A release gives all four packages one version, and what is built holds what it should."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from house.source import ROOT


def loaded(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "release")
    spec = importlib.util.spec_from_file_location(name, ROOT / "release" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bump(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return loaded("bump", monkeypatch)


@pytest.fixture
def copied(tmp_path: Path, bump: ModuleType) -> Path:
    """A folder with all files that say the version."""
    for name in (
        "pyproject.toml",
        *(f"{source}/__init__.py" for source in bump.SOURCES.values()),
        *(f"{Path(source).parents[1]}/pyproject.toml" for source in bump.SOURCES.values()),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_bump_reaches_every_place(copied: Path, bump: ModuleType) -> None:
    (before,) = bump.versions(copied)

    files = bump.bump(copied, "7.8.9rc1")

    assert bump.versions(copied) == {"7.8.9rc1"}
    assert len(files) == 9
    texts = [file.read_text(encoding="utf-8") for file in files]
    assert [text for text in texts if f'"{before}"' in text or f"=={before}" in text] == []


@pytest.mark.parametrize("version", ["", "1", "1.2", "v1.2.3", "1.2.3-4", "latest"])
def test_what_is_no_version_is_not_written(copied: Path, bump: ModuleType, version: str) -> None:
    before = bump.versions(copied)

    with pytest.raises(ValueError, match="is no version"):
        bump.bump(copied, version)

    assert bump.versions(copied) == before


def test_a_tag_must_be_the_version(bump: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    (version,) = bump.versions(ROOT)

    assert bump.main(["--check", f"v{version}"]) == 0
    assert bump.main(["--check", "v99.0.0"]) == 1
    assert "v99.0.0 is not the version" in capsys.readouterr().out


def test_what_is_built_is_compared_with_the_source(
    tmp_path: Path, bump: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = loaded("contents", monkeypatch)
    (version,) = bump.versions(ROOT)
    source = ROOT / bump.SOURCES["revgraph"]
    with zipfile.ZipFile(tmp_path / f"revgraph-{version}-py3-none-any.whl", "w") as wheel:
        for name in sorted(contents._files(source) - {"walk.py"}):
            wheel.write(source / name, f"revgraph/{name}")
        wheel.writestr("revgraph/stranger.txt", "")
        told = "Metadata-Version: 2.4\nRequires-Dist: ddl-constructs==0.0.1\n"
        wheel.writestr(f"revgraph-{version}.dist-info/METADATA", told)
    (tmp_path / "notes.txt").touch()

    found = list(contents.problems(tmp_path))

    assert f"revgraph-{version}-py3-none-any.whl: lacks revgraph/walk.py" in found
    assert any("stranger.txt, which isn't the package's" in one for one in found)
    assert any("lacks its license" in one for one in found)
    assert any("wants ddl-constructs==0.0.1" in one for one in found)
    assert f"revgraph-{version}.tar.gz is missing" in found
    assert "notes.txt doesn't belong here" in found
