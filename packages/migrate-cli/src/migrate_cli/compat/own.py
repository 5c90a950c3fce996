"""A project of our own kind that has an env.py: it says where the commands work, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import ddl_autogen
from ddl_constructs import Change

from ..config import Config
from ..env import visiting
from ..environment import importable
from ..errors import BadConfiguration
from ..journal.table import NAME, Journal
from ..models import hook
from ..paths import shown
from ..running.run import Run
from ..running.transactions import reading
from ..running.version_table import VersionTable
from ..writing.planned import Planned
from . import directives, install
from .alembic.autogenerate.context import asked
from .alembic.runtime.environment import EnvironmentContext
from .alembic.runtime.migration import MigrationContext
from .alias import AlembicImported
from .settings import Config as Settings
from .world import AlembicWorld, options


def with_env(config: Config, arguments: Sequence[str] = ()) -> Config:
    """Give the settings of a project whose env.py surrounds its commands.

    Args:
        config: The settings, as [tool.migrate] has them.
        arguments: What env.py is given by -x.
    """
    with suppress(AlembicImported):  # then env.py has to say: from migrate_cli.env import context
        install()
    if config.env_ini is not None and not config.env_ini.is_file():
        raise BadConfiguration(config.file, "env_ini", f"there is no {shown(config.env_ini)}")
    settings = Settings(
        file_=config.env_ini,
        toml_file=config.file,
        cmd_opts=options("alembic", arguments),
        config_args={"here": str(config.root)},
    )
    settings.set_main_option("script_location", _doubled(str(config.scripts)))
    if config.url is not None and not _says_more_than_the_usual(settings, config):
        settings.set_main_option("sqlalchemy.url", _doubled(config.url))
    return replace(config, world=ProjectWorld(settings, project=config))


def _says_more_than_the_usual(settings: Settings, config: Config) -> bool:
    """Tell whether the URL of env.py's own ini counts: the usual variable is for who says nothing."""
    return (
        config.url_source == "$DATABASE_URL"
        and config.env_ini is not None
        and settings.get_main_option("sqlalchemy.url") is not None
    )


def _doubled(text: str) -> str:
    return text.replace("%", "%%")


@dataclass
class ProjectWorld(AlembicWorld):
    """What env.py does for our commands in a project of our own kind.

    Attributes:
        project: The settings that [tool.migrate] has.
    """

    project: Config | None = None
    writes = False

    def describe(self) -> str:
        """Say which file surrounds the commands."""
        return f"{shown(self._own.scripts / 'env.py')} says where the commands work"

    @property
    def _own(self) -> Config:
        assert self.project is not None, "with_env gives it"
        return self.project

    def visit(self, work: Any, **asked: Any) -> list[Any]:
        """Let a command work on each database that env.py configures; as `AlembicWorld` does."""
        with visiting(self._own), importable(self._own.prepend_sys_path):
            return super().visit(work, **asked)

    def changes(self, around: Run, told: Mapping[str, Any]) -> list[Change]:
        """Compare the models that env.py names with the database that is being visited.

        Args:
            around: The run that visits it.
            told: What was renamed, and what takes part, as `ddl_autogen.Options` takes it.

        Raises:
            NoMetadata: It names none.
        """
        context = self._visited()
        opts = context.opts
        metadata = self.models()
        options = ddl_autogen.Options(
            include_schemas=bool(opts.get("include_schemas")),
            compare_type=asked(opts.get("compare_type", True), context, "compare_type"),
            compare_server_default=asked(
                opts.get("compare_server_default"), context, "compare_server_default"
            ),
            compare_foreign_key_names=True,
            rename_in_place=True,
            include_name=opts.get("include_name"),
            include_object=opts.get("include_object"),
            ignore_tables=[
                (around.versions.schema, around.versions.name),
                (around.versions.schema, NAME),
            ],
            **told,
        )
        connection = around.sink.connection
        assert connection is not None, "what is compared is live"
        with reading(connection):
            return list(ddl_autogen.compare(connection, metadata, options))

    def directed(self, around: Run, planned: Planned) -> list[Planned]:
        """Let env.py's `process_revision_directives` have a new revision otherwise, as in Alembic."""
        context, connection = self.here, around.sink.connection
        if context is None or connection is None or context.connection is not connection:
            return [planned]  # a database that the caller gave: env.py wasn't asked about it
        if context.opts.get(directives.NAME) is None:
            return [planned]
        with reading(connection):
            heads = around.versions.heads(connection)
        return directives.directed(context, heads, planned, self._own.scripts / "env.py")

    def _environment(self, *given: Any, **options: Any) -> EnvironmentContext:
        return _Environment(*given, project=self._own, **options)

    def _as_ours(self, around: Run, context: MigrationContext) -> Run:
        name, schema = context.version_table, context.version_table_schema
        return replace(
            around,
            versions=VersionTable(
                name, schema, primary_key=context.opts.get("version_table_pk", True)
            ),
            journal=Journal(name, schema),
            base="<base>",
            prepare=None,
        )


class _Environment(EnvironmentContext):
    """What env.py speaks with; what it doesn't say is as [tool.migrate] has it."""

    def __init__(self, *given: Any, project: Config, **options: Any) -> None:
        super().__init__(*given, **options)
        self._project = project

    def configure(self, *given: Any, **said: Any) -> None:
        """Say which database it is; as in Alembic, but for the defaults."""
        project = self._project
        said.setdefault("version_table", project.version_table)
        said.setdefault("version_table_schema", project.version_table_schema)
        said.setdefault("version_table_pk", project.version_table_pk)
        said.setdefault("transaction_per_migration", project.transaction == "revision")
        said.setdefault("include_schemas", project.include_schemas)
        for setting in ("compare_type", "compare_server_default"):
            said.setdefault(setting, _with_context(setting, project))
        for setting in ("include_name", "include_object"):
            if (target := getattr(project, setting)) is not None:
                said.setdefault(setting, hook(setting, target, project))
        super().configure(*given, **said)


def _with_context(setting: str, project: Config) -> Any:
    """What a setting says; env.py's functions are called with the context first, its own aren't."""
    said = getattr(project, setting)
    if not isinstance(said, str):
        return said
    asked = hook(setting, said, project)
    return lambda context, *args: asked(*args)
