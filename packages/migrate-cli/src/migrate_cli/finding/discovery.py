"""What `migrate init` does: finds the models, writes a few lines of settings, makes the folder."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..beside import beside
from ..config import Config, default_paths, load, read_toml, section
from ..errors import (
    AlreadyAProject,
    BadConfiguration,
    CannotWrite,
    FolderInUse,
    NoModels,
    SecretInFile,
    SeveralModels,
)
from ..modules import matcher, modules_under
from ..settings import checked
from ..url import has_secret, hidden
from . import toml_text
from .candidates import Candidate, find_metadata
from .surroundings import surroundings


@dataclass(frozen=True)
class InitResult:
    """What `init_project` found and wrote.

    Attributes:
        config: The settings, as they are read back.
        found: The metadata that were chosen; none when they were given by name.
        lines: The lines of settings that were written.
        versions: The folder for the revision files.
        created: Whether pyproject.toml is new.
        files: Other files that were written; mostly none.
    """

    config: Config
    found: tuple[Candidate, ...]
    lines: tuple[str, ...]
    versions: Path
    created: bool
    files: tuple[Path, ...] = ()


def project_root(start: Path) -> Path:
    """The folder that a project's settings belong in: the nearest one with a pyproject.toml.

    The search ends where a repository ends (at a `.git`); then it is *start* itself.
    """
    start = Path(os.path.abspath(start))
    for folder in (start, *start.parents):
        if (folder / "pyproject.toml").is_file():
            return folder
        if (folder / ".git").exists():
            break
    return start


def init_project(
    root: Path,
    *,
    metadata: Sequence[str] = (),
    chosen: str | None = None,
    url: str | None = None,
    url_env: str | None = None,
    scripts: str = "migrations",
    template: str | None = None,
    package: bool = False,
) -> InitResult:
    """Set up migrations in a project: settings in its pyproject.toml, and a folder for revisions.

    The settings are appended to the file, whose text is otherwise left alone; it is made if it
    isn't there. Either everything is written or nothing.

    Args:
        root: The project's folder.
        metadata: The metadata to compare with, as "package.module:object"; empty to look for it
            in the source.
        chosen: Which one of those that are found there, where there are several.
        url: The database's URL for the settings; None to leave it to the environment.
        url_env: The environment variable that the URL is read from; None for the usual ones.
        scripts: The folder for the revision files, relative to *root*.
        template: What comes into that folder besides: the name of a template with an env.py, or
            a folder; None for nothing.
        package: Make the folders packages, with an empty `__init__.py`.

    Raises:
        NoTemplate: There is no such template.
        AlreadyAProject: Migrations are set up here already, ours or Alembic's.
        FolderInUse: *scripts* is there and holds something else.
        NoModels: No metadata was found.
        SeveralModels: Several were found; they are in `.candidates`.
        SecretInFile: *url* holds a password.
        BadConfiguration: The pyproject.toml can't be read or added to, or a value can't be used.
        CannotWrite: A file or the folder can't be written.
    """
    file = root / "pyproject.toml"
    created = not file.exists()
    before = {} if created else read_toml(file)
    _nothing_there_yet(root, file, before)
    folder = root / scripts
    brought = dict(surroundings(template).files) if template is not None else {}
    if package:
        brought.update({"__init__.py": b"", "versions/__init__.py": b""})
    _may_be_used(folder)
    if url is not None and has_secret(url):
        raise SecretInFile(hidden(url), file)
    if Path(scripts).is_absolute() or ".." in Path(scripts).parts:
        raise BadConfiguration(file, "scripts", "must be a folder inside the project")
    found: tuple[Candidate, ...] = () if metadata else (_only(root, chosen),)
    settings: dict[str, Any] = {
        "metadata": _one_or_more(metadata or [c.target for c in found]),
        "models": [] if metadata else models_setting(found[0], root),
        "url": url,
        "url_env": url_env,
        "scripts": scripts if scripts != "migrations" else None,
    }
    settings = {key: value for key, value in settings.items() if value}
    checked(file, settings)
    lines = [
        "[tool.migrate]",
        *(f"{key} = {toml_text.value(value)}" for key, value in settings.items()),
    ]
    versions = folder / "versions"
    written: list[Path] = []
    try:
        new = [f for f in (versions, *versions.parents) if not f.exists()]
        versions.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise CannotWrite(versions, err.strerror or str(err)) from err
    try:
        written = _brought(brought, folder)
        _append(file, lines, before, settings)
    except BaseException:
        for one in written:
            one.unlink()
        for empty in new:  # the innermost first
            empty.rmdir()
        raise
    return InitResult(load(root, url=None), found, tuple(lines), versions, created, tuple(written))


def _brought(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write files into the folder; none that is there already is touched."""
    written: list[Path] = []
    for name, content in files.items():
        target = folder / name
        try:
            with target.open("xb") as new:
                written.append(target)
                new.write(content)
        except OSError as err:
            for one in written:
                one.unlink()
            raise CannotWrite(target, err.strerror or str(err)) from err
    return written


def models_setting(candidate: Candidate, root: Path) -> list[str]:
    """What `models` must say so that all modules with tables of a metadata are imported.

    A glob where that says just the same, so that a module that is added later is imported too.
    """
    target = candidate.target.partition(":")[0]
    modules = [module for module in candidate.modules if module != target]
    if len(modules) < 2:
        return modules
    packages = {module.rpartition(".")[0] for module in modules}
    lasts = {module.rpartition(".")[2] for module in modules}
    if len(lasts) == 1:
        common = _common([module.split(".")[:-1] for module in modules])
        if common:
            return [f"{'.'.join(common)}.**.{lasts.pop()}"]
    elif len(packages) == 1 and (package := packages.pop()):
        glob = f"{package}.*"
        pattern = matcher(glob)
        known = {target, *modules}
        siblings = {
            module
            for path in default_paths(root)
            for module, _ in modules_under(root / path)
            if pattern.fullmatch(module)
        }
        if siblings <= known:
            return [glob]
    return modules


def _common(names: Sequence[Sequence[str]]) -> list[str]:
    """The names that all of them begin with."""
    common = []
    for level in zip(*names):  # noqa: B905 - as far as the shortest one goes
        if len(set(level)) > 1:
            break
        common.append(level[0])
    return common


def _nothing_there_yet(root: Path, file: Path, document: dict[str, Any]) -> None:
    if section(file, document) is not None:
        raise AlreadyAProject(file, "migrate", "next: migrate status")
    ini = root / "alembic.ini"
    if ini.exists() or section(file, document, "alembic") is not None:
        raise AlreadyAProject(
            ini if ini.exists() else file,
            "Alembic",
            "that project is run as it is: migrate status\n"
            "two histories of one database would each take the other's tables for strangers",
        )


def _may_be_used(folder: Path) -> None:
    """Check that a folder is free for our files, or has held them before."""
    try:
        names = [] if not folder.exists() else sorted(os.listdir(folder))
    except OSError as err:
        raise CannotWrite(folder, err.strerror or str(err)) from err
    if names and (names != ["versions"] and names != ["script.py.mako", "versions"]):
        raise FolderInUse(folder, names)


def _only(root: Path, chosen: str | None) -> Candidate:
    """The project's metadata; the ones without tables count only if there is no other."""
    candidates = find_metadata([root / path for path in default_paths(root)])
    if not candidates:
        raise NoModels(root)
    best = [c for c in candidates if c.tables] or candidates
    best = [c for c in best if c.target == chosen] or best
    if len(best) > 1:
        raise SeveralModels([c.target for c in best], [c.describe() for c in best])
    return best[0]


def _one_or_more(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _append(
    file: Path, lines: Sequence[str], before: dict[str, Any], settings: dict[str, Any]
) -> None:
    """Add our table to the end of a TOML file, and put it in place once it reads back right."""
    try:
        file = file.resolve()
        old = file.read_bytes().decode("utf-8") if file.exists() else ""
        text = toml_text.appended(old, lines)
        _reads_back(file, text, before, settings)
        with beside(file, text.encode("utf-8")) as new:
            if old:
                new.chmod(file.stat().st_mode & 0o777)
            new.replace(file)
    except OSError as err:
        raise CannotWrite(file, err.strerror or str(err)) from err


def _reads_back(file: Path, text: str, before: dict[str, Any], settings: dict[str, Any]) -> None:
    """Check that a text says what the file said before, and our settings besides."""
    try:
        text.encode("utf-8")  # an argument may hold bytes that are no text
        after = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeEncodeError) as err:
        raise BadConfiguration(
            file, None, f"[tool.migrate] can't be added at its end ({err}); write it by hand"
        ) from err
    tools = {**before.get("tool", {}), "migrate": settings}
    if after != {**before, "tool": tools}:
        raise BadConfiguration(
            file, None, "[tool.migrate] can't be added at its end; write it by hand"
        )
