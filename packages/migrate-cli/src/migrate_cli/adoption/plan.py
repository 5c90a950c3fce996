"""What adopting a project writes: a function of its files, which touches nothing."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import MetaData

from ..compat.alembic import op as alembic_op
from ..compat.alembic.script import ScriptDirectory
from ..compat.settings import Config as Settings
from ..config import Config, default_paths, read_toml
from ..errors import (
    BadConfiguration,
    BadScript,
    BadTemplate,
    CantMove,
    ModelsError,
    ScriptsElsewhere,
)
from ..finding import toml_text
from ..journal.table import NAME as JOURNAL
from ..models import importable, looked_up
from ..paths import shown
from ..scripts import Scripts
from ..settings import checked
from . import env_says
from .carried import Carried, carried, url, within
from .edits import Edit
from .rewriting import Rewritten, rewritten

_OWN_SECTIONS = re.compile(r"loggers|handlers|formatters|(logger|handler|formatter)_.*")


@dataclass(frozen=True)
class Adoption:
    """What adopting a project writes.

    Attributes:
        root: The project's folder.
        edits: What becomes of its files, in the order of their names; none but those that change.
        settings: The lines of [tool.migrate].
        rewritten: How many revision files import `op` from us.
        kept: Revision files that go on importing from Alembic, and what: (file, words).
        env: Why env.py stays; empty if it goes.
        notes: What else there is to know, in sentences.
        table: What the version table is called, and is to be called; None if that stays.
    """

    root: Path
    edits: tuple[Edit, ...]
    settings: tuple[str, ...]
    rewritten: int
    kept: tuple[tuple[Path, str], ...]
    env: tuple[str, ...]
    notes: tuple[str, ...]
    table: tuple[str, str] | None = None


def planned(
    project: Config,
    settings: Settings,
    *,
    keep_scripts: bool = False,
    version_table: str | None = None,
) -> Adoption:
    """Plan what adopting an Alembic project writes.

    Args:
        project: The project, as it is recognised.
        settings: Its settings.
        keep_scripts: Leave the revision files as they are.
        version_table: What the version table is to be called; None leaves it its name.

    Raises:
        ScriptsElsewhere: Its scripts aren't below its folder.
        BadScript: A revision file can't be imported, or env.py isn't Python.
        BadConfiguration: [tool.migrate] can't be added to its pyproject.toml.
        CantMove: The version table can't get that name.
    """
    root = Path(os.path.abspath(project.root))
    directory = ScriptDirectory.from_config(settings)
    scripts = Path(os.path.abspath(project.scripts))
    if not scripts.is_relative_to(root):
        raise ScriptsElsewhere(scripts, root)
    found = carried(settings, directory, root)
    modules = _loaded(project)
    texts = {path: _read(path, keep_scripts) for path in Scripts.of(project).files()}
    said = _env(scripts / "env.py")
    reasons = [
        *said.more,
        *(f"a script needs it: {shown(path)}" for path, one in texts.items() if one.alembic),
        *(f"{key} in the settings is for it" for key in found.reads if "sqlalchemy." in key),
        *_helpers(modules),
        *_imported(said, project, root),
    ]
    _settle_url(found, said, settings, stays=bool(reasons))
    _settle_options(found, said, stays=bool(reasons))
    _settle_names(found, said, project)
    table = _moved(found, said, version_table, stays=bool(reasons)) if version_table else None
    if reasons:
        if settings.get_alembic_boolean_option("revision_environment"):
            found.values["revision_environment"] = True
        if settings.config_file_name is not None and Path(settings.config_file_name).is_file():
            found.values["env_ini"] = within(Path(settings.config_file_name), root)
    else:
        _settle_models(found, said, project, root)
    edits = [
        *_settings_edits(project, settings, found, root, stays=bool(reasons)),
        *([] if reasons else _gone(scripts / "env.py")),
        *_template(scripts / "script.py.mako", found, settings if reasons else None, keep_scripts),
        *(_edit(path, one.content) for path, one in texts.items()),
    ]
    changed = [one for one in edits if one.old != one.new]
    return Adoption(
        root,
        tuple(sorted(changed, key=lambda one: one.path)),
        tuple(_lines(found)),
        sum(one.path in texts for one in changed),
        tuple(
            (path, next(iter(one.alembic.values()))) for path, one in texts.items() if one.alembic
        ),
        tuple(reasons),
        tuple(found.notes),
        table,
    )


def _read(path: Path, keep: bool) -> Rewritten:
    """Read a revision file, and rewrite it unless it is to stay."""
    if path.suffix != ".py":
        return Rewritten(path.read_bytes(), {1: "compiled, without source"})
    try:
        content = path.read_bytes()
        found = rewritten(content)
    except OSError as err:
        raise BadScript(path, None, f"can't be read: {err.strerror}") from err
    except (SyntaxError, ValueError) as err:
        raise BadScript.not_python(path, err) from err
    return Rewritten(content, {1: "it is left as it is"}) if keep else found


def _env(path: Path) -> env_says.Said:
    try:
        return env_says.read(path.read_bytes())
    except OSError as err:
        raise BadScript(path, None, f"can't be read: {err.strerror}") from err
    except SyntaxError as err:
        raise BadScript(path, err.lineno, f"is not Python: {err.msg}") from err


def _loaded(project: Config) -> list[ModuleType]:
    """Import every revision file, as a run would.

    Raises:
        BadScript: One can't be imported.
    """
    with importable(project.prepend_sys_path):
        return [script.load() for script in Scripts.of(project).by_id.values()]


_NO_HELPERS = sys.stdlib_module_names | {"alembic", "migrate_cli", "sqlalchemy"}


def _helpers(scripts: Sequence[ModuleType]) -> Iterator[str]:
    """Yield the modules behind the scripts that speak with Alembic's `op`."""
    seen, pending = set[str](), list(scripts)
    while pending:
        for one in list(vars(pending.pop()).values()):
            name = one.__name__ if isinstance(one, ModuleType) else getattr(one, "__module__", None)
            if not isinstance(name, str) or name in seen or name.partition(".")[0] in _NO_HELPERS:
                continue
            seen.add(name)
            if (module := sys.modules.get(name)) is None:
                continue
            pending.append(module)
            if any(value is alembic_op for value in list(vars(module).values())):
                yield f"a module needs it: {name}"


def _imported(said: env_says.Said, project: Config, root: Path) -> Iterator[str]:
    """Yield what env.py imports that isn't the project's: nobody knows what for."""
    metadata = {one.partition(":")[0] for one in said.metadata}
    for module, _ in said.modules:
        if module not in metadata and _module(module, project, root) is None:
            yield f"it imports {module}"


def _module(name: str, project: Config, root: Path) -> Path | None:
    """Find a module of the project by its name."""
    for folder in [root, *(root / one for one in default_paths(root)), *project.prepend_sys_path]:
        path = folder.joinpath(*name.split("."))
        for one in (path.with_suffix(".py"), path / "__init__.py"):
            if one.is_file():
                return one
        if path.is_dir() and any(path.glob("*.py")):
            return path
    return None


def _settle_url(found: Carried, said: env_says.Said, settings: Settings, *, stays: bool) -> None:
    """Say where the database is; an ini that stays for env.py says it itself."""
    named, note = url(settings)
    if stays:
        return
    if said.url_env is not None:
        found.values["url_env"] = said.url_env
    elif named is not None:
        found.values["url"] = named
    if note is not None:
        found.notes.append(note)


def _settle_options(found: Carried, said: env_says.Said, *, stays: bool) -> None:
    """Say what env.py says by literals, and Alembic's defaults where it says nothing."""
    said_here = said.everything if stays else set()
    options = {} if stays else dict(said.options)
    values = found.values
    if "version_table" not in said_here:
        values["version_table"] = options.get("version_table", "alembic_version")
    if options.get("version_table_schema"):
        values["version_table_schema"] = options["version_table_schema"]
    if "transaction_per_migration" not in said_here and not options.get(
        "transaction_per_migration"
    ):
        values["transaction"] = "run"
    for name, default in (("compare_type", True), ("compare_server_default", False)):
        if name not in said_here and not options.get(name, default):
            values[name] = False
    if options.get("include_schemas"):
        values["include_schemas"] = True


def _moved(found: Carried, said: env_says.Said, name: str, *, stays: bool) -> tuple[str, str]:
    """Say another version table; give what it is called, and is to be called."""
    if stays and not said.everything.isdisjoint({"version_table", "**"}):
        raise CantMove(
            "env.py stays, and tells context.configure itself what it is called",
            "adopt without --version-table; then rename both, there and in the database",
        )
    was = found.values["version_table"]
    if was == name:
        raise CantMove(f"{name} is its name already", "leave --version-table out")
    if "." in name or name.lower() == JOURNAL:
        raise CantMove(f"{name!r} can't be its name", "give a plain name: --version-table versions")
    found.values["version_table"] = name
    return was, name


def _settle_models(found: Carried, said: env_says.Said, project: Config, root: Path) -> None:
    """Say which metadata and models env.py imports."""
    if said.metadata:
        found.values["metadata"] = _one_or_more(said.metadata)
    models: list[str] = []
    named = {one.partition(":")[0] for one in said.metadata}
    for module, names in said.modules:
        inner = [f"{module}.{one}" for one in names if _module(f"{module}.{one}", project, root)]
        models += [one for one in inner or [module] if one not in named]
    if models:
        found.values["models"] = _one_or_more(list(dict.fromkeys(models)))


def _settle_names(found: Carried, said: env_says.Said, project: Config) -> None:
    """Say the models' naming convention, which Alembic's `op` goes by."""
    for target in said.metadata[:1]:
        with suppress(ModelsError):  # env.py itself is run before anything is written, and says so
            said_there = getattr(looked_up("metadata", target, project), "naming_convention", None)
            if said_there not in (None, MetaData().naming_convention):
                found.values["naming_convention"] = f"{target}.naming_convention"


def _one_or_more(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _lines(found: Carried) -> Iterator[str]:
    order = ("metadata", "models", "url", "url_env", "scripts", "env_ini", "version_table")
    values = {key: found.values[key] for key in order if key in found.values} | found.values
    yield "[tool.migrate]"
    for key, value in values.items():
        yield f"{key} = {toml_text.value(value)}"
    for hook in found.hooks:
        yield ""
        yield "[[tool.migrate.post_write_hooks]]"
        for key, one in hook.items():
            yield f"{toml_text.key(key)} = {toml_text.value(one)}"


def _settings_edits(
    project: Config, settings: Settings, found: Carried, root: Path, *, stays: bool
) -> Iterator[Edit]:
    """Yield what becomes of pyproject.toml and of the ini."""
    file = root / "pyproject.toml"
    old = file.read_bytes() if file.is_file() else None
    text = "" if old is None else old.decode("utf-8")
    before = {} if old is None else read_toml(file)
    tools: dict[str, Any] = dict(before.get("tool", {}))
    if "alembic" in tools and not (stays and any(one in tools["alembic"] for one in found.reads)):
        text = toml_text.without(text, "tool.alembic").rstrip("\r\n")
        text += "\n" if text else ""
        tools.pop("alembic")
    new = toml_text.appended(text, list(_lines(found)))
    hooks: Mapping[str, Any] = {"post_write_hooks": found.hooks} if found.hooks else {}
    wanted = {**found.values, **hooks}
    _reads_back(file, new, {**before, "tool": {**tools, "migrate": wanted}})
    checked(file, wanted)
    yield Edit(file, old, new.encode("utf-8"))
    ini = settings.config_file_name
    if ini is None or not Path(ini).is_file() or stays:
        return
    path = Path(os.path.abspath(ini))
    others = [
        one
        for one in settings.file_config.sections()
        if one not in (settings.config_ini_section, "post_write_hooks")
        and not _OWN_SECTIONS.fullmatch(one)
    ]
    if others or not path.is_relative_to(root):
        found.notes.append(
            f"{shown(path)} stays, since more is in it; [{settings.config_ini_section}] there isn't read any more"
        )
        return
    if found.reads:
        found.notes.append(
            f"nobody read {', '.join(found.reads)} in {shown(path)}: not carried over"
        )
    yield from _gone(path)


def _reads_back(file: Path, text: str, wanted: Mapping[str, Any]) -> None:
    """Check that a text says what the file said, but for Alembic's table, and our settings."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        said = {"error": str(err)}
    if said != wanted:
        raise BadConfiguration(
            file,
            None,
            "[tool.migrate] can't take the place of [tool.alembic] here; write both as tables with "
            "headers of their own",
        )


def _gone(path: Path) -> Iterator[Edit]:
    if path.is_file():
        yield Edit(path, path.read_bytes(), None)


def _edit(path: Path, content: bytes) -> Edit:
    return Edit(path, path.read_bytes(), content)


_IMPORT = re.compile(rb"^(?P<from>from[ \t]+)alembic(?P<rest>[ \t]+import[ \t]+op[ \t]*)$", re.M)


def _template(path: Path, found: Carried, settings: Settings | None, keep: bool) -> Iterator[Edit]:
    """Yield what becomes of the template of new files: its import of `op` is ours."""
    if keep or not path.is_file():
        return
    old = path.read_bytes()
    new = _IMPORT.sub(rb"\g<from>migrate_cli\g<rest>", old)
    if new != old:
        yield Edit(path, old, new)
    if reason := _unusable(path, settings):
        found.notes.append(
            f"{shown(path)} can't be used for new files: {reason}; mend it, or remove it"
        )


def _unusable(path: Path, settings: Settings | None) -> str | None:
    """Say why a template can't write a file of ours; None if it can.

    Args:
        path: The template.
        settings: What it may ask as `config`; None if no env.py needs them.
    """
    from datetime import datetime

    from ..writing import template

    variables = {
        "up_revision": "ab12",
        "down_revision": None,
        "create_date": datetime(2026, 1, 1),
        "branch_labels": None,
        "depends_on": None,
        "imports": "",
        "upgrades": "pass",
        "downgrades": "pass",
        "config": settings,
    }
    try:
        template.render(path, variables, "x")
    except BadTemplate as err:
        return err.reason
    return None
