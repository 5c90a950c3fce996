"""The project's metadata: its models are imported, and what the settings name is looked up."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import MetaData

from .config import Config
from .errors import (
    EmptyMetadata,
    HookFailed,
    ModelsDontImport,
    NoHook,
    NoMetadata,
    ends_us,
    in_one_line,
    near,
)
from .modules import matcher, modules_under
from .paths import shown


@contextmanager
def importable(paths: Iterable[Path]) -> Iterator[None]:
    """Folders first on `sys.path`, the first one first, as long as the block runs."""
    added = [str(path) for path in paths]
    sys.path[:0] = added
    try:
        yield
    finally:
        for path in added:
            if path in sys.path:  # the block may have taken it away
                sys.path.remove(path)


def metadata(config: Config, *, allow_empty: bool = False) -> list[MetaData]:
    """The metadata that the settings name, after importing the models.

    An object that is no MetaData itself is asked for its `.metadata`: a declarative base, SQLModel,
    Flask-SQLAlchemy's `db`.

    Args:
        config: The project's settings.
        allow_empty: Answer also when there isn't one table.

    Returns:
        One for each name in `config.metadata`, in that order; each object once.

    Raises:
        NoMetadata: The settings name none, or what they name isn't there, or is something else.
        ModelsDontImport: A module fails while it is imported.
        EmptyMetadata: There is no table in any of them.
    """
    if not config.metadata:
        raise NoMetadata(
            None,
            f"[tool.migrate] in {config.file} names no metadata to compare with\n"
            'name it, for example: metadata = "myapp.models:Base.metadata"',
        )
    with importable(config.prepend_sys_path):
        imported = set()
        for name, named_by in modules_to_import(config).items():
            _imported(name, named_by, config)
            imported.add(name)
        found: dict[int, MetaData] = {}
        for target in config.metadata:
            module, _, path = target.partition(":")
            one = _metadata_in(_imported(module, "[tool.migrate] metadata", config), path, target)
            imported.add(module)
            found[id(one)] = one
    if not allow_empty and not any(one.tables for one in found.values()):
        raise EmptyMetadata(config.metadata, sorted(imported))
    return list(found.values())


def hook(setting: str, target: str, config: Config) -> Callable[..., Any]:
    """A function of the project that a setting names.

    Args:
        setting: The setting.
        target: What it says, "package.module:function".
        config: The project's settings.

    Returns:
        The function; what it raises becomes a `HookFailed`.

    Raises:
        NoHook: There is no such thing, or it can't be called.
        ModelsDontImport: Its module fails while it is imported.
    """
    found = looked_up(setting, target, config)
    if not callable(found):
        named = target.replace(":", ".")
        raise NoHook(setting, target, f"{named} is a {type(found).__name__}, not a function")

    def asked(*args: Any) -> Any:
        try:
            return found(*args)
        except BaseException as err:  # a stranger's code: anything may come out of it
            if ends_us(err):
                raise
            raise HookFailed(setting, target, _place(err), in_one_line(err)) from err

    return asked


def looked_up(setting: str, target: str, config: Config) -> Any:
    """An object of the project that a setting names; see `hook`.

    Raises:
        NoHook: There is no such thing.
        ModelsDontImport: Its module fails while it is imported.
    """
    module, _, path = target.partition(":")
    with importable(config.prepend_sys_path):
        found: Any = _imported(module, f"[tool.migrate] {setting}", config)
    passed = module
    for name in path.split("."):
        if not hasattr(found, name):
            names = [n for n in dir(found) if not n.startswith("__")]
            raise NoHook(setting, target, f"{passed} has no {name!r}", near(name, names))
        found, passed = getattr(found, name), f"{passed}.{name}"
    return found


def modules_to_import(config: Config) -> dict[str, str]:
    """The modules that define the models, in the order in which they are imported.

    First those that `models` names, its globs resolved. A glob is matched against the files of
    the package that it begins with (or of the whole project if it begins with a star); `__main__`
    modules are left out. The package itself is imported to see where it lies. Then the modules
    of the package that holds the metadata, and all whose source defines tables of it: a module
    that nobody imports must not look like tables that nobody wants. `models_exclude` leaves out.

    Returns:
        Module -> what names it: a setting, or the metadata that it belongs to.

    Raises:
        ModelsDontImport: That package fails, or a glob matches nothing.
    """
    names: dict[str, str] = {}
    for name in config.models:
        if "*" not in name:
            names[name] = "[tool.migrate] models"
            continue
        pattern = matcher(name)
        matches = [m for m, _ in _candidates(name, config) if pattern.fullmatch(m)]
        if not matches:
            raise ModelsDontImport(name, None, "no module matches", "[tool.migrate] models")
        names.update(dict.fromkeys(matches, "[tool.migrate] models"))
    for name in _belonging(config):
        names.setdefault(name, "")
    left_out = [matcher(glob) for glob in config.models_exclude]
    return {
        name: named_by
        for name, named_by in names.items()
        if not any(pattern.fullmatch(name) for pattern in left_out)
    }


def _belonging(config: Config) -> Iterator[str]:
    """The modules that belong to the metadata: those of its package, and those with its tables."""
    for target in config.metadata:
        module = target.partition(":")[0]
        for path in config.prepend_sys_path:
            folder = path.joinpath(*module.split("."))
            if folder.name in _HOLDS_MODELS and (folder / "__init__.py").is_file():
                yield from (name for name, _ in modules_under(folder, module, skip=("__main__",)))
    from .finding.candidates import defining  # it parses what the project holds

    yield from defining(config.prepend_sys_path, config.metadata)


_HOLDS_MODELS = frozenset({"models", "model", "tables", "entities", "schema", "orm"})
"""How a package is called that holds models and nothing else; all its modules are imported."""


def _candidates(glob: str, config: Config) -> Iterator[tuple[str, Path]]:
    fixed = glob.partition("*")[0].rpartition(".")[0]
    if fixed:
        package = _imported(fixed, "[tool.migrate] models", config)
        for folder in getattr(package, "__path__", ()):
            yield from modules_under(Path(folder), fixed, skip=("__main__",))
    else:
        inner = [path.name for path in config.prepend_sys_path]
        for path in config.prepend_sys_path:
            yield from modules_under(path, skip=("__main__", *inner))


def _imported(name: str, named_by: str, config: Config) -> ModuleType:
    """Import a module of the project, with the failure's place in the error."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as err:
        if err.name and (name == err.name or name.startswith(err.name + ".")):
            folders = ", ".join(map(str, config.prepend_sys_path))
            hint = f"looked in {folders} and in the environment of {sys.executable}"
            raise ModelsDontImport(
                name, None, f"there is no module {err.name!r}", named_by, hint
            ) from err
        hint = "install it into the environment that migrate runs in"
        raise ModelsDontImport(name, _place(err), in_one_line(err), named_by, hint) from err
    except BaseException as err:  # a stranger's code: anything may come out of it
        if ends_us(err):
            raise
        raise ModelsDontImport(name, _place(err), in_one_line(err), named_by) from err


def _place(err: BaseException) -> str | None:
    """File and line where imported code failed: the innermost place that isn't Python's own."""
    if isinstance(err, SyntaxError) and err.filename:
        return f"{shown(Path(err.filename))}:{err.lineno}"
    frames = [
        frame
        for frame in traceback.extract_tb(err.__traceback__)
        if frame.filename != __file__ and not frame.filename.startswith("<")  # made by no file
    ]
    own = [f for f in frames if "site-packages" not in f.filename and "importlib" not in f.filename]
    for frame in reversed(own or frames):
        return f"{shown(Path(frame.filename))}:{frame.lineno}"
    return None


def _metadata_in(module: ModuleType, path: str, target: str) -> MetaData:
    found: object = module
    passed = module.__name__
    for name in path.split("."):
        if not hasattr(found, name):
            names = [n for n in dir(found) if not n.startswith("__")]
            raise NoMetadata(target, f"{passed} has no {name!r}", near(name, names))
        found = getattr(found, name)
        passed = f"{passed}.{name}"
    if isinstance(found, MetaData):
        return found
    inner = getattr(found, "metadata", None)
    if isinstance(inner, MetaData):
        return inner
    kind = "None" if found is None else f"a {type(found).__name__}"
    raise NoMetadata(
        target, f"{passed} is {kind}; it must be a MetaData, or have one as its .metadata"
    )
