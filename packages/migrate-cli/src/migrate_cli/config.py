"""The settings of a project: `[tool.migrate]` in its pyproject.toml.

Only reading lives here. Neither SQLAlchemy nor the project's own code is imported.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Literal, Protocol, TypeVar

from .errors import (
    BadConfiguration,
    NoConfiguration,
    UsageError,
    did_you_mean,
    near,
)
from .settings import DEFAULT_FILE_TEMPLATE, checked
from .writing.planned import Planned

T = TypeVar("T")


class World(Protocol):
    """What surrounds the commands of a project that brings an environment of its own (env.py).

    Attributes:
        writes: Whether it also writes the revision files, in a form of its own.
        settings: The settings by Alembic's names and words, as env.py and templates ask them.
    """

    @property
    def writes(self) -> bool: ...

    @property
    def settings(self) -> Any: ...

    def visit(
        self,
        work: Callable[[Any], T],
        *,
        sql: IO[str] | None = None,
        unread: bool = False,
        **command: Any,
    ) -> list[T]:
        """Let a command work on each database of the project.

        Args:
            work: Called with a `runner.Run`: the sink, the version table, how a run is to be done.
            sql: Where the SQL is written, instead of being run; None to run it.
            unread: Nobody reads that SQL: a file that the environment opens for it stays as it is.
            command: What else the environment may ask about the command, by Alembic's names.

        Returns:
            What *work* returned, a database each.
        """

    def describe(self) -> str:
        """Say which kind of project it is, and what runs it."""

    def tells(self) -> bool:
        """Tell whether the environment says each step itself."""

    def changes(self, around: Any, told: Mapping[str, Any]) -> list[Any]:
        """Compare the models with the database of a `runner.Run`, which is being visited.

        Args:
            around: The run.
            told: What was renamed, and what takes part, as `ddl_autogen.Options` takes it.

        Raises:
            ModelsError: The environment names no models.
        """

    def models(self) -> list[Any]:
        """Give the metadata that the environment compares the visited database with."""

    def speaker(self) -> Callable[[Any], AbstractContextManager[object]]:
        """Give what lets the scripts of the visited database speak to another sink, also after the visit."""

    def tokens(self) -> tuple[str, str]:
        """Give what a template calls that which leads up, and down, for the visited database."""

    def variables(self) -> Mapping[str, object]:
        """Give what the environment has for the template of a new file, since the last visit."""

    def rendering(self) -> Mapping[str, Any]:
        """Give how the visited environment has changes written, as `ddl_autogen.render` takes it."""

    def writing(self, *, autogenerate: bool) -> None:
        """Be told that a new file is to be written, and whether by comparing."""

    def directed(self, around: Any, planned: Planned) -> list[Planned]:
        """Let the environment have a new revision otherwise; none, one or several come of it.

        Args:
            around: The `runner.Run` that visits the database.
            planned: What would be written.
        """

    def write(self, **options: Any) -> tuple[list[Any], list[tuple[str, list[Any]]]]:
        """Write new revision files, as `commands.revision` does.

        Returns:
            The scripts; and for each database that was compared its URL, and what they change there.
        """


@dataclass(frozen=True, repr=False)  # with so many fields each method costs every start
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
        version_table_pk: Whether it has a primary key where a run creates it.
        transaction: "revision" for one transaction per revision, "run" for one in all.
        lock: Whether a run holds a lock, so that one at a time is at work.
        lock_timeout: Longest that a run waits for another one, in seconds.
        journal: Whether runs are written down in the database, so that they can be gone on with.
        data_loss: What to do where a run would lose data: "ask" on a terminal and refuse elsewhere,
            always "refuse", or "allow".
        lint_ignore: Codes of lint's rules that don't count.
        statement_lock_timeout: Longest that a statement waits for its lock, in seconds; None for
            what the server says.
        statement_timeout: Longest that a statement runs, in seconds; likewise.
        lock_retries: How often a run that only missed its lock is tried again.
        protected: Globs of databases that are changed only by who says that this is meant.
        include_schemas: Compare all schemas of the database; else the default one, and of others
            what the models name there.
        compare_type: Compare the types of columns; or what tells, as "package.module:function".
        compare_server_default: Compare the server defaults of columns; or likewise.
        renames: What was renamed, each as "table.column=table.new"; may be empty.
        managed: Globs of the tables that are looked after, "app_*" or "audit.*"; empty for all.
        ignore: Globs of tables that are left out; may be empty.
        include_name: What is asked for each name of the database, as "package.module:function".
        include_object: What is asked for each object of both sides, likewise.
        rewrite: What is handed the changes that were found and gives those to be written, likewise.
        file_template: Name of a new revision file without ".py", with the tokens %(rev)s,
            %(slug)s, %(epoch)s, %(year)d, %(month).2d, %(day).2d, %(hour).2d, %(minute).2d and
            %(second).2d; with folders in front of it where *recursive* finds them again.
        truncate_slug_length: Longest slug of a message in a file's name, in characters.
        timezone: Zone of the dates in new files, "UTC" or "Europe/Vienna"; None is local time.
        post_write_hooks: What is run on each new file, in order: the options of each.
        on_version_apply: Functions to call after each step, in its transaction, each as
            "package.module:function".
        naming_convention: Patterns by kind ("ix", "uq", "ck", "fk", "pk") for what a script leaves
            without a name, or what has them, as "package.module:object"; None for no convention.
        revision_environment: Whether env.py is run for every new file, also where nothing is compared.
        sourceless: Whether compiled files (.pyc) without their source are revision files too.
        locations: Folders of the revision files, absolute; empty for `versions/` in `scripts`.
        recursive: Whether the folders below them count too.
        env_ini: An ini file whose options env.py reads by `context.config`, as in Alembic; None for none.
        databases: Name -> the settings that are other ones for a database, where a project has
            several; mostly empty.
        name: Which of those these settings are for; None for those of the project.
        world: What the project brings itself, in an Alembic project; None if it brings nothing.
    """

    root: Path
    file: Path
    scripts: Path
    metadata: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    models_exclude: tuple[str, ...] = ()
    prepend_sys_path: tuple[Path, ...] = ()
    url: str | None = None
    url_source: str = ""
    url_folder: Path | None = None
    url_env: str | None = None
    version_table: str = "migrate_version"
    version_table_schema: str | None = None
    version_table_pk: bool = True
    transaction: Literal["revision", "run"] = "revision"
    lock: bool = True
    lock_timeout: float = 300
    journal: bool = True
    data_loss: Literal["ask", "refuse", "allow"] = "ask"
    protected: tuple[str, ...] = ()
    lint_ignore: tuple[str, ...] = ()
    statement_lock_timeout: float | None = None
    statement_timeout: float | None = None
    lock_retries: int = 5
    include_schemas: bool = False
    compare_type: bool | str = True
    compare_server_default: bool | str = True
    renames: tuple[str, ...] = ()
    managed: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    include_name: str | None = None
    include_object: str | None = None
    rewrite: str | None = None
    file_template: str = DEFAULT_FILE_TEMPLATE
    truncate_slug_length: int = 40
    timezone: str | None = None
    post_write_hooks: tuple[Mapping[str, str], ...] = ()
    on_version_apply: tuple[str, ...] = ()
    naming_convention: Mapping[str, str] | str | None = None
    revision_environment: bool = False
    sourceless: bool = False
    locations: tuple[Path, ...] = ()
    recursive: bool = False
    env_ini: Path | None = None
    databases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    name: str | None = None
    world: World | None = None


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
    if "/" in values.get("file_template", "") and not values.get("recursive", False):
        reason = "has folders in it, in which files are found only with: recursive = true"
        raise BadConfiguration(file, "file_template", reason)
    root = file.parent
    scripts = root / values.pop("scripts", "migrations")
    paths = values.pop("prepend_sys_path", None) or default_paths(root)
    locations = values.pop("version_locations", ())
    env_ini = values.pop("env_ini", None)
    setting = values.pop("url", None)
    given, source = _url(url, setting, values.get("url_env"), file)
    return Config(
        root=root,
        file=file,
        scripts=scripts,
        prepend_sys_path=tuple(root / path for path in paths),
        locations=tuple(root / location for location in locations),
        env_ini=None if env_ini is None else root / env_ini,
        url=given,
        url_source=source,
        url_folder=root if source == _setting_in(file) else None,
        **values,
    )


def of_database(config: Config, name: str) -> Config:
    """Give the settings for one of a project's databases.

    Its URL comes from --url or $MIGRATE_DATABASE_URL if they name one, else from its own `url_env` or `url`.

    Raises:
        UsageError: The project has no database of that name.
    """
    if name not in config.databases:
        known = did_you_mean(near(name, config.databases)) or (
            f"; it has {', '.join(config.databases)}"
            if config.databases
            else "; there is no [tool.migrate.databases]"
        )
        raise UsageError(f"the project has no database {name!r}{known}")
    values = dict(config.databases[name])
    variable, setting = values.get("url_env"), values.pop("url", None)
    if config.url_source not in ("--url", "$MIGRATE_DATABASE_URL"):
        given, source = _url(None, setting, variable, config.file)
        where = f"[tool.migrate.databases.{name}]"
        values["url"], values["url_source"] = given, source.replace("[tool.migrate]", where)
        values["url_folder"] = config.root if source == _setting_in(config.file) else None
    if "scripts" in values:
        values["scripts"] = config.root / values["scripts"]
    return replace(config, name=name, **values)


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
