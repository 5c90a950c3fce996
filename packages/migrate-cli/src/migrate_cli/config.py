"""The settings of a project: `[tool.migrate]` in its pyproject.toml.

Only reading lives here. Neither SQLAlchemy nor the project's own code is imported.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, Protocol, TypeVar

from .errors import BadConfiguration, NoConfiguration, UnknownSetting
from .url import hidden

DEFAULT_FILE_TEMPLATE = "%(year)d_%(month).2d_%(day).2d_%(rev)s_%(slug)s"
FILE_TOKENS = ("rev", "slug", "epoch", "year", "month", "day", "hour", "minute", "second")


T = TypeVar("T")


class World(Protocol):
    """What surrounds the commands of a project that brings an environment of its own (env.py)."""

    def visit(
        self, work: Callable[[Any], T], *, sql: IO[str] | None = None, **command: Any
    ) -> list[T]:
        """Let a command work on each database of the project.

        Args:
            work: Called with a `runner.Run`: the sink, the version table, how a run is to be done.
            sql: Where the SQL is written, instead of being run; None to run it.
            command: What else the environment may ask about the command, by Alembic's names.

        Returns:
            What *work* returned, a database each.
        """

    def describe(self) -> str:
        """Say which kind of project it is, and what runs it."""

    def tells(self) -> bool:
        """Tell whether the environment says each step itself."""

    def changes(self, around: Any) -> list[Any]:
        """Compare the models with the database of a `runner.Run`, which is being visited.

        Raises:
            ModelsError: The environment names no models.
        """

    def listening(self, sink: Any) -> AbstractContextManager[object]:
        """Let the scripts of the database that is being visited speak to another sink."""

    def write(self, **options: Any) -> list[Any]:
        """Write new revision files, as `commands.revision` does; give the scripts and their changes."""


@dataclass(frozen=True)
class Config:
    """The settings of one project, checked; built by `load`.

    Attributes:
        root: Folder of the settings file, absolute. Relative paths in the file start here.
        file: The settings file.
        scripts: Folder of the template and of `versions/`, absolute.
        metadata: What to compare the database with, each as "package.module:object"; may be empty.
        models: Modules to import before comparing, or globs of them ("myapp.**.models"); may be
            empty. Modules of the project whose source defines tables of the metadata come besides.
        models_exclude: Modules that are not imported for that, or globs of them; may be empty.
        prepend_sys_path: Folders put first on `sys.path` while the project's modules are imported,
            absolute, first one first.
        url: Where the database is; None if nobody says.
        url_source: How to say where the URL came from: "--url", "$DATABASE_URL", ...; when there
            is none, empty.
        url_folder: Folder that a relative file in the URL counts from; None is the current one.
        url_env: The environment variable that the project names for its URL; None if it doesn't.
        version_table: Name of the table that holds the applied heads.
        version_table_schema: Its schema; None is the connection's default.
        transaction: "revision" for one transaction per revision, "run" for one in all.
        lock: Whether a run holds a lock, so that one at a time is at work.
        lock_timeout: Longest that a run waits for another one, in seconds.
        journal: Whether runs are written down in the database, so that they can be gone on with.
        data_loss: What to do where a run would lose data: "ask" on a terminal and refuse elsewhere,
            always "refuse", or "allow".
        protected: Globs of databases that are changed only by who says that this is meant.
        include_schemas: Compare all schemas of the database, not only the default one.
        compare_type: Compare the types of columns.
        compare_server_default: Compare the server defaults of columns.
        file_template: Name of a new revision file without ".py", with the tokens %(rev)s,
            %(slug)s, %(epoch)s, %(year)d, %(month).2d, %(day).2d, %(hour).2d, %(minute).2d and
            %(second).2d.
        truncate_slug_length: Longest slug of a message in a file's name, in characters.
        timezone: Zone of the dates in new files, "UTC" or "Europe/Vienna"; None is local time.
        locations: Folders of the revision files, absolute; empty for `versions/` in `scripts`.
        recursive: Whether the folders below them count too.
        world: What the project brings itself, in an Alembic project; None if it brings nothing.
    """

    root: Path
    file: Path
    scripts: Path
    metadata: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    models_exclude: tuple[str, ...] = ()
    prepend_sys_path: tuple[Path, ...] = ()
    url: str | None = field(default=None, repr=False)  # it may hold a password
    url_source: str = ""
    url_folder: Path | None = None
    url_env: str | None = None
    version_table: str = "migrate_version"
    version_table_schema: str | None = None
    transaction: Literal["revision", "run"] = "revision"
    lock: bool = True
    lock_timeout: float = 300
    journal: bool = True
    data_loss: Literal["ask", "refuse", "allow"] = "ask"
    protected: tuple[str, ...] = ()
    include_schemas: bool = False
    compare_type: bool = True
    compare_server_default: bool = True
    file_template: str = DEFAULT_FILE_TEMPLATE
    truncate_slug_length: int = 40
    timezone: str | None = None
    locations: tuple[Path, ...] = ()
    recursive: bool = False
    world: World | None = field(default=None, repr=False)


def load(
    start: Path | None = None, *, url: str | None = None, config_file: Path | None = None
) -> Config:
    """Read the settings of the project that a folder belongs to.

    The nearest pyproject.toml that has a [tool.migrate] counts, in the folder itself or above it.

    Args:
        start: Folder to begin in; None is the current one.
        url: The database's URL as given on the command line; None if it wasn't.
        config_file: The settings file, when it isn't to be searched for.

    Raises:
        NoConfiguration: There is no such file.
        BadConfiguration: It can't be read, or a setting has a value that it can't have.
        UnknownSetting: It has a key that we don't know; similar ones are in `.candidates`.
    """
    file, settings = _given(config_file) if config_file else _found(start or Path())
    values = checked(file, settings)
    root = file.parent
    scripts = root / values.pop("scripts", "migrations")
    paths = values.pop("prepend_sys_path", None) or default_paths(root)
    setting = values.pop("url", None)
    given, source = _url(url, setting, values.get("url_env"), file)
    return Config(
        root=root,
        file=file,
        scripts=scripts,
        prepend_sys_path=tuple(root / path for path in paths),
        url=given,
        url_source=source,
        url_folder=root if source == _setting_in(file) else None,
        **values,
    )


def read_toml(file: Path) -> dict[str, Any]:
    """Parse a TOML file.

    Raises:
        BadConfiguration: It can't be read, or isn't TOML; the reason holds the line.
    """
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except OSError as err:
        raise BadConfiguration(file, None, f"can't be read: {err.strerror}") from err
    except UnicodeDecodeError as err:
        raise BadConfiguration(file, None, "is not UTF-8, which TOML has to be") from err
    except tomllib.TOMLDecodeError as err:
        raise BadConfiguration(file, None, f"is not TOML: {err}") from err
    except RecursionError as err:
        raise BadConfiguration(file, None, "is nested too deeply") from err


def section(
    file: Path, document: Mapping[str, Any], tool: str = "migrate"
) -> dict[str, Any] | None:
    """The table [tool.<tool>] of a parsed file; None if it has none.

    Raises:
        BadConfiguration: There is something under that name, and it isn't a table.
    """
    tools = document.get("tool", {})
    table = tools.get(tool) if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise BadConfiguration(file, None, f"tool.{tool} must be a table, [tool.{tool}]")
    return table


def checked(file: Path, settings: Mapping[str, object]) -> dict[str, Any]:
    """Check the keys and values of a [tool.migrate], and give the values their shapes.

    Raises:
        BadConfiguration: A value isn't what its setting wants.
        UnknownSetting: There is no such setting.
    """
    values = {}
    for key, value in settings.items():
        check = SETTINGS.get(key)
        if check is None:
            raise UnknownSetting(file, key, SETTINGS)
        try:
            values[key] = check(value)
        except _Mistake as mistake:
            raise BadConfiguration(file, key, f"must be {mistake}; it is {_shown(value)}") from None
    return values


def _found(start: Path) -> tuple[Path, dict[str, Any]]:
    passed = []
    start = _absolute(start)
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if not file.is_file():
            continue
        settings = section(file, read_toml(file))
        if settings is not None:
            return file, settings
        passed.append(file)
    raise NoConfiguration(start, passed)


def _given(file: Path) -> tuple[Path, dict[str, Any]]:
    file = _absolute(file)
    if file.is_dir():
        file = file / "pyproject.toml"
    settings = section(file, read_toml(file))
    if settings is None:
        raise BadConfiguration(file, None, "has no [tool.migrate]; start with: migrate init")
    return file, settings


def _absolute(path: Path) -> Path:
    try:
        return Path(os.path.abspath(path))
    except FileNotFoundError as err:  # the current folder was removed
        raise NoConfiguration(path) from err


def default_paths(root: Path) -> tuple[str, ...]:
    """Folders to import from, relative to the root: itself, and `src` if packages lie in there."""
    src = root / "src"
    return (".", "src") if src.is_dir() and not (src / "__init__.py").exists() else (".",)


def _url(
    argument: str | None, setting: str | None, variable: str | None, file: Path
) -> tuple[str | None, str]:
    """The URL and how to say where it came from (design: --url, ours, the project's, the usual)."""
    if argument is not None:
        return argument, "--url"
    if url := _variable("MIGRATE_DATABASE_URL"):
        return url, "$MIGRATE_DATABASE_URL"
    if variable and (url := _variable(variable)):
        return url, f"${variable} ([tool.migrate] url_env)"
    if setting is not None:
        return setting, _setting_in(file)
    if not variable and (url := _variable("DATABASE_URL")):
        return url, "$DATABASE_URL"
    return None, ""


def _setting_in(file: Path) -> str:
    return f"[tool.migrate] url in {file.name}"


def _variable(name: str) -> str:
    """An environment variable without the line end that files of secrets bring along."""
    return os.environ.get(name, "").strip()


class _Mistake(Exception):
    """A value isn't what its setting wants; the text says what that is."""


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Mistake("a text in quotes, not empty")
    return value


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(v, str) and v.strip() for v in values):
        raise _Mistake("a text in quotes or a list of them, none of them empty")
    return tuple(values)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Mistake("true or false, without quotes")
    return value


def _length(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _Mistake("a whole number, 0 or more")
    return value


def _seconds(value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < 1e9:
        raise _Mistake("a number of seconds, 0 or more")
    return float(value)


def _objects(value: object) -> tuple[str, ...]:
    targets = _texts(value)
    if not all(_OBJECT.fullmatch(target) for target in targets):
        raise _Mistake('"package.module:object", for example "myapp.models:Base.metadata"')
    return targets


def _globs(value: object) -> tuple[str, ...]:
    names = _texts(value)
    if not all(_GLOB.fullmatch(name) for name in names):
        raise _Mistake('names of modules such as "myapp.models", or globs: "myapp.**.models"')
    return names


def _transaction(value: object) -> str:
    if value not in ("revision", "run"):
        raise _Mistake('"revision" (one transaction for each revision) or "run" (one for all)')
    return str(value)


def _data_loss(value: object) -> str:
    if value not in ("ask", "refuse", "allow"):
        raise _Mistake('"ask" (on a terminal, refused elsewhere), "refuse" or "allow"')
    return str(value)


def _file_template(value: object) -> str:
    template = _text(value)
    try:
        named = template % {**dict.fromkeys(FILE_TOKENS, 1), "rev": "ab12", "slug": "add"}
    except (KeyError, ValueError, TypeError):
        named = ""
    if not named or "%(rev)" not in template or "/" in template or "\\" in template:
        tokens = " ".join(f"%({token})" for token in FILE_TOKENS)
        raise _Mistake(f"a file name made of %(rev)s and other tokens, % itself as %%: {tokens}")
    return template


_OBJECT = re.compile(r"\w+(\.\w+)*:\w+(\.\w+)*")
_PART = r"(?:\*\*|\*|\*?\w+(?:\*\w+)*\*?)"
_GLOB = re.compile(rf"{_PART}(\.{_PART})*")

SETTINGS: Mapping[str, Callable[[object], Any]] = {
    "scripts": _text,
    "metadata": _objects,
    "models": _globs,
    "models_exclude": _globs,
    "prepend_sys_path": _texts,
    "url": _text,
    "url_env": _text,
    "version_table": _text,
    "version_table_schema": _text,
    "transaction": _transaction,
    "lock": _flag,
    "lock_timeout": _seconds,
    "journal": _flag,
    "data_loss": _data_loss,
    "protected": _texts,
    "include_schemas": _flag,
    "compare_type": _flag,
    "compare_server_default": _flag,
    "file_template": _file_template,
    "truncate_slug_length": _length,
    "timezone": _text,
}
"""Every key of [tool.migrate], and what makes its value out of the TOML one, or says what it wants."""


def _shown(value: object) -> str:
    """A wrong value, short enough for a message."""
    text = hidden(repr(value))
    return text if len(text) <= 60 else text[:57] + "..."
