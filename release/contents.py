"""Check what is in the built wheels and source distributions: `python release/contents.py dist`."""

from __future__ import annotations

import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path

from bump import ROOT, SOURCES, versions


def problems(dist: Path) -> Iterator[str]:
    """Say what isn't as it should be, a line each; nothing if all is."""
    (version,) = versions(ROOT)
    expected = set()
    for name, source in SOURCES.items():
        stem = f"{name.replace('-', '_')}-{version}"
        expected |= {f"{stem}-py3-none-any.whl", f"{stem}.tar.gz"}
        wheel, sdist = dist / f"{stem}-py3-none-any.whl", dist / f"{stem}.tar.gz"
        if wheel.exists():
            yield from (f"{wheel.name}: {one}" for one in _of_wheel(wheel, ROOT / source, version))
        if sdist.exists():
            yield from (f"{sdist.name}: {one}" for one in _of_sdist(sdist, ROOT / source, stem))
    found = {file.name for file in dist.iterdir()}
    yield from (f"{name} is missing" for name in sorted(expected - found))
    yield from (f"{name} doesn't belong here" for name in sorted(found - expected))


def _of_wheel(wheel: Path, source: Path, version: str) -> Iterator[str]:
    module = source.name
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        info = f"{module}-{version}.dist-info"
        told = message_from_string(archive.read(f"{info}/METADATA").decode("utf-8"))
    wanted = {f"{module}/{name}" for name in _files(source)}
    yield from (f"lacks {name}" for name in sorted(wanted - names))
    extra = {name for name in names - wanted if not name.startswith(f"{info}/")}
    yield from (f"has {name}, which isn't the package's" for name in sorted(extra))
    if f"{info}/licenses/LICENSE" not in names:
        yield "lacks its license"
    for need in told.get_all("Requires-Dist") or ():
        ours = re.match("|".join(SOURCES), need)
        if ours and need != f"{ours[0]}=={version}":
            yield f"wants {need}, not the same version"


def _of_sdist(sdist: Path, source: Path, stem: str) -> Iterator[str]:
    with tarfile.open(sdist) as archive:
        names = {m.name.removeprefix(f"{stem}/") for m in archive.getmembers() if m.isfile()}
    wanted = {f"src/{source.name}/{name}" for name in _files(source)}
    wanted |= {"README.md", "LICENSE", "pyproject.toml", "PKG-INFO"}
    yield from (f"lacks {name}" for name in sorted(wanted - names))
    yield from (f"has {name}" for name in sorted(names - wanted - {".gitignore"}))


def _files(source: Path) -> set[str]:
    """The files of a package, as its folder has them."""
    return {
        file.relative_to(source).as_posix()
        for file in source.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def main(dist: Path) -> int:
    found = list(problems(dist))
    print(
        *(found or [f"{len(list(dist.iterdir()))} distributions hold what they should"]), sep="\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
