"""What stands in the way of adopting a project, as its folder shows it: git, and a second project."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from pathlib import Path

from ..compat.settings import Config as Settings
from ..config import Config
from ..errors import TwoProjects, Uncommitted
from ..paths import shown
from .carried import within


def must_be_one_project(project: Config, settings: Settings) -> None:
    """Check that a folder holds one Alembic project only.

    Sections and files that name the same scripts are one project with several databases.

    Raises:
        TwoProjects: Another one names other scripts.
    """
    own = within(project.scripts, project.root)
    found = {own: f"{shown(project.file)} ({own})"}
    for place, location in _locations(project, settings):
        said = location if ":" in location else within(project.root / location, project.root)
        found.setdefault(said, f"{place} ({said})")
    if len(found) > 1:
        raise TwoProjects(list(found.values()))


def _locations(project: Config, settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what the ini files of a folder, and its pyproject.toml, say of scripts: (place, folder)."""
    here = project.root.as_posix()
    packaged = ":" in str(settings.get_alembic_option("script_location"))
    for path in sorted(project.root.glob("*.ini")):
        parser = ConfigParser({"here": here})
        try:
            parser.read(path, "utf-8")
            for section in parser.sections():
                # a section that only inherits from [DEFAULT] names no project
                if "script_location" in parser._sections[section]:  # type: ignore[attr-defined]
                    said = parser.get(section, "script_location")
                    if not (packaged and ":" in said):
                        yield f"[{section}] in {shown(path)}", said
        except (ConfigParserError, UnicodeDecodeError):
            continue
    toml = settings.toml_alembic_config.get("script_location")
    if isinstance(toml, str) and ":" not in toml:
        yield "[tool.alembic] in pyproject.toml", toml.replace("%(here)s", here)


def must_be_committed(root: Path, touched: Sequence[Path]) -> None:
    """Check that git has all that is to be written, and that nothing else is under way there.

    Files that git doesn't know count only if they are to be written. Outside of a repository there
    is nothing to check.

    Raises:
        Uncommitted: Something isn't, or git can't be asked.
    """
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return
    command = ["git", "-C", str(root), "status", "--porcelain", "-z", "--untracked-files=all", "."]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as err:
        raise Uncommitted((), err.strerror or str(err)) from err
    if done.returncode:
        raise Uncommitted((), (done.stderr.strip().splitlines() or ["it failed"])[0])
    top = _git(root, "rev-parse", "--show-toplevel")
    known = {path.resolve() for path in touched if path.exists()}
    changed = [
        one[3:]
        for one in done.stdout.split("\0")
        if one[:2].strip() and (one[:2] != "??" or (Path(top) / one[3:]).resolve() in known)
    ]
    ignored = _ignored(root, touched)
    if changed or ignored:
        raise Uncommitted(sorted({*changed, *ignored}))


def _ignored(root: Path, touched: Sequence[Path]) -> list[str]:
    """Give those of some files that git passes over: it couldn't bring them back."""
    names = [str(path) for path in touched if path.exists()]
    if not names:
        return []
    command = ["git", "-C", str(root), "check-ignore", "-z", "--stdin"]
    done = subprocess.run(
        command, input="\0".join(names), capture_output=True, text=True, check=False
    )
    return [within(Path(one), root) for one in done.stdout.split("\0") if one]


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *words], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
