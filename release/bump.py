"""Give all four packages, and their pins on each other, one version: `python release/bump.py 0.2.0`.

`--check v0.2.0` only tells whether that is the version that they have.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = {
    "ddl-constructs": "packages/ddl-constructs/src/ddl_constructs",
    "revgraph": "packages/revgraph/src/revgraph",
    "ddl-autogen": "packages/autogen/src/ddl_autogen",
    "migrate-cli": "packages/migrate-cli/src/migrate_cli",
}
"""Each distribution, and the folder of the module that it installs."""

VERSION = re.compile(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?(?:\.dev\d+)?")
PIN = re.compile(rf'"((?:{"|".join(SOURCES)})==)[^"]*"')
OWN = re.compile(r'^(__version__ = |version = )"[^"]*"', re.MULTILINE)


def bump(root: Path, version: str) -> list[Path]:
    """Write a version into all places that say it.

    Returns:
        The files that say it, whether or not they had it before.

    Raises:
        ValueError: It is no version, or a file doesn't say one; nothing was written.
    """
    if not VERSION.fullmatch(version):
        raise ValueError(f"{version!r} is no version such as 0.2.0, 0.2.0rc1")
    new: dict[Path, str] = {}
    for source in SOURCES.values():
        face = root / source / "__init__.py"
        new[face] = _said(face, version)
        pins = root / Path(source).parents[1] / "pyproject.toml"
        new[pins] = PIN.sub(rf'"\g<1>{version}"', pins.read_text(encoding="utf-8"))
    towncrier = root / "pyproject.toml"
    new[towncrier] = _said(towncrier, version)
    for file, text in new.items():
        file.write_text(text, encoding="utf-8")
    return list(new)


def versions(root: Path) -> set[str]:
    """Give the versions that the packages and their pins say: one, if all is well."""
    said = set()
    for source in SOURCES.values():
        face = (root / source / "__init__.py").read_text(encoding="utf-8")
        said |= {found[0].split('"')[1] for found in OWN.finditer(face)}
        pins = (root / Path(source).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
        said |= {found[0].strip('"').partition("==")[2] for found in PIN.finditer(pins)}
    return said


def _said(file: Path, version: str) -> str:
    text, places = OWN.subn(rf'\g<1>"{version}"', file.read_text(encoding="utf-8"))
    if places != 1:
        raise ValueError(f"{file} says its version in {places} places")
    return text


def main(arguments: list[str]) -> int:
    match arguments:
        case ["--check", tag]:
            said = versions(ROOT)
            if said != {tag.removeprefix("v")}:
                print(f"{tag} is not the version of the packages: {', '.join(sorted(said))}")
                return 1
        case [version]:
            try:
                files = bump(ROOT, version)
            except ValueError as err:
                print(err)
                return 2
            print(f"{version} in {len(files)} files; then: nox -s changelog -- --yes")
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
