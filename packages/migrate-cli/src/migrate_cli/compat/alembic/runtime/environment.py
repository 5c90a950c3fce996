"""`EnvironmentContext`: what env.py speaks with, by `from alembic import context`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal, TextIO, overload

import sqlalchemy.orm  # noqa: F401  # scripts say sa.orm and rely on its being there
from sqlalchemy import MetaData
from sqlalchemy.engine import URL, Connection
from sqlalchemy.sql.base import Executable

from ...settings import Config
from ..script import ScriptDirectory
from ..util import CommandError, ModuleClsProxy, to_tuple
from .callables import (
    CompareServerDefault,
    CompareType,
    IncludeNameFn,
    IncludeObjectFn,
    NameFilterParentNames,
    NameFilterType,
    OnVersionApplyFn,
    ProcessRevisionDirectiveFn,
    RenderItemFn,
)
from .migration import MigrationContext

__all__ = [
    "CompareServerDefault",
    "CompareType",
    "EnvironmentContext",
    "IncludeNameFn",
    "IncludeObjectFn",
    "MigrationContext",
    "NameFilterParentNames",
    "NameFilterType",
    "NotConfigured",
    "OnVersionApplyFn",
    "ProcessRevisionDirectiveFn",
    "RenderItemFn",
]


class NotConfigured(CommandError):
    """Something was asked for that only `configure` brings."""

    def __init__(self) -> None:
        super().__init__("No context has been configured yet.")


class NoDestination(CommandError, KeyError):
    """The command leads nowhere; a KeyError too, since that is what Alembic raises."""

    __str__ = Exception.__str__

    def __init__(self) -> None:
        super().__init__("No destination revision argument is available.")


class EnvironmentContext(ModuleClsProxy):
    """What surrounds env.py while a command runs it.

    Attributes:
        config: The settings.
        script: The revision files.
        context_opts: What the command says, and later `configure`: one plain dict.
    """

    config: Config
    script: ScriptDirectory
    _migration_context: MigrationContext | None = None

    def __init__(self, config: Config, script: ScriptDirectory, **kw: Any) -> None:
        self.config, self.script, self.context_opts = config, script, kw

    def __enter__(self) -> EnvironmentContext:
        self._install_proxy()
        return self

    def __exit__(self, *arg: Any) -> None:
        self._remove_proxy()

    # what the command says

    def is_offline_mode(self) -> bool:
        """Tell whether SQL is only written: `--sql`."""
        return bool(self.context_opts.get("as_sql", False))

    def requires_connection(self) -> bool:
        """Tell whether there is to be a connection."""
        return not self.is_offline_mode()

    def is_transactional_ddl(self) -> bool:
        """Tell whether the database's DDL is in transactions."""
        return bool(self.get_context().impl.transactional_ddl)

    def get_head_revision(self) -> Any:
        """Give the id of the only head.

        Raises:
            CommandError: There are several.
        """
        return self.script.as_revision_number("head")

    def get_head_revisions(self) -> Any:
        """Give the ids of all heads."""
        return self.script.as_revision_number("heads")

    def get_starting_revision_argument(self) -> Any:
        """Give the start of the range that was asked for; None if there is none.

        Raises:
            CommandError: The command has no such thing.
        """
        if self._migration_context is not None:
            return self.script.as_revision_number(self._migration_context._start_from_rev)
        if "starting_rev" not in self.context_opts:
            raise CommandError("No starting revision argument is available.")
        return self.script.as_revision_number(self.context_opts["starting_rev"])

    def get_revision_argument(self) -> Any:
        """Give the destination that was asked for; None for the base.

        Raises:
            NoDestination: The command has no such thing.
        """
        if "destination_rev" not in self.context_opts:
            raise NoDestination
        return self.script.as_revision_number(self.context_opts["destination_rev"])

    def get_tag_argument(self) -> str | None:
        """Give the value of `--tag`; None if there is none."""
        tag: str | None = self.context_opts.get("tag")
        return tag

    @overload
    def get_x_argument(self, as_dictionary: Literal[False] = ...) -> list[str]: ...
    @overload
    def get_x_argument(self, as_dictionary: Literal[True]) -> dict[str, str]: ...
    def get_x_argument(self, as_dictionary: bool = False) -> list[str] | dict[str, str]:
        """Give the values of `-x`, in order; as a dictionary those of the form `key=value`."""
        given = list(getattr(self.config.cmd_opts, "x", None) or ())
        if not as_dictionary:
            return given
        pairs = (one.partition("=") for one in given)
        return {key: value for key, _, value in pairs}

    # the context

    def configure(
        self,
        connection: Connection | None = None,
        url: str | URL | None = None,
        dialect_name: str | None = None,
        dialect_opts: dict[str, Any] | None = None,
        transactional_ddl: bool | None = None,
        transaction_per_migration: bool = False,
        output_buffer: TextIO | None = None,
        starting_rev: str | None = None,
        tag: str | None = None,
        template_args: Mapping[str, Any] | None = None,
        render_as_batch: bool = False,
        target_metadata: MetaData | Sequence[MetaData] | None = None,
        include_name: Callable[..., bool] | None = None,
        include_object: Callable[..., bool] | None = None,
        include_schemas: bool = False,
        process_revision_directives: Callable[..., None] | None = None,
        compare_type: bool | Callable[..., bool | None] = True,
        compare_server_default: bool | Callable[..., bool | None] = False,
        render_item: Callable[..., Any] | None = None,
        literal_binds: bool = False,
        upgrade_token: str = "upgrades",
        downgrade_token: str = "downgrades",
        alembic_module_prefix: str = "op.",
        sqlalchemy_module_prefix: str = "sa.",
        user_module_prefix: str | None = None,
        on_version_apply: Callable[..., None] | Sequence[Callable[..., None]] | None = None,
        autogenerate_plugins: Sequence[str] | None = None,
        **kw: Any,
    ) -> None:
        """Say which database it is, and how it is to be treated; the last call counts.

        Args:
            connection: The connection; its open transaction is respected.
            url: The database where only its dialect matters.
            dialect_name: The dialect alone.
            dialect_opts: Keywords for the dialect.
            transactional_ddl: Whether DDL is in transactions, if the dialect is to be overruled.
            transaction_per_migration: One transaction a revision, not one for the whole run.
            output_buffer: Where SQL is written; None for where the settings say.
            starting_rev: Where a script starts, instead of what the command says.
            tag: The tag, instead of what the command says.
            template_args: What else the template of a new file is given.
            render_as_batch: Write changes of tables as batch blocks.
            target_metadata: What the database is compared with.
            include_name: Tells whether a name in the database takes part.
            include_object: Tells whether an object takes part.
            include_schemas: Compare all schemas.
            process_revision_directives: Called with what would be written, to change it.
            compare_type: Compare types; or what tells whether they differ.
            compare_server_default: Compare server defaults; or what tells whether they differ.
            render_item: Writes an object as Python instead of us.
            literal_binds: Write values into SQL; only offline.
            upgrade_token: The template's variable for what leads up.
            downgrade_token: The template's variable for what leads down.
            alembic_module_prefix: What stands before the words of `op`.
            sqlalchemy_module_prefix: What stands before SQLAlchemy's names.
            user_module_prefix: What stands before the project's types.
            on_version_apply: Called after each step, in its transaction.
            autogenerate_plugins: Which comparisons are made.
            kw: Anything else is kept in the options, for hooks that read it.

        Raises:
            CommandError: There is no database, or what was said doesn't go together.
        """
        opts = self.context_opts
        if literal_binds and not self.is_offline_mode():
            raise CommandError("Setting 'literal_binds' is only allowed in offline mode")
        given = {
            "transactional_ddl": transactional_ddl,
            "output_buffer": self.config.output_buffer if output_buffer is None else output_buffer,
            "starting_rev": starting_rev,
            "tag": tag,
            "autogenerate_plugins": autogenerate_plugins,
        }
        opts.update({name: value for name, value in given.items() if value is not None})
        if template_args is not None:  # whoever writes the file holds the dictionary
            opts.setdefault("template_args", {}).update(template_args)
        opts.update(
            transaction_per_migration=transaction_per_migration,
            target_metadata=target_metadata,
            include_name=include_name,
            include_object=include_object,
            include_schemas=include_schemas,
            render_as_batch=render_as_batch,
            upgrade_token=upgrade_token,
            downgrade_token=downgrade_token,
            sqlalchemy_module_prefix=sqlalchemy_module_prefix,
            alembic_module_prefix=alembic_module_prefix,
            user_module_prefix=user_module_prefix,
            literal_binds=literal_binds,
            process_revision_directives=process_revision_directives,
            on_version_apply=to_tuple(on_version_apply, ()),
            compare_type=compare_type,
            compare_server_default=compare_server_default,
            render_item=render_item,
            script=self.script,
        )
        opts.update(kw)
        self._migration_context = MigrationContext.configure(
            connection=connection,
            url=url,
            dialect_name=dialect_name,
            environment_context=self,
            dialect_opts=dialect_opts,
            opts=opts,
        )

    def run_migrations(self, **kw: Any) -> None:
        """Do what the command asks for; *kw* is handed to the scripts' functions by name."""
        self.get_context().run_migrations(**kw)

    def execute(
        self, sql: Executable | str, execution_options: dict[str, Any] | None = None
    ) -> None:
        """Execute, or write, some SQL."""
        self.get_context().execute(sql, execution_options=execution_options)

    def static_output(self, text: str) -> None:
        """Write a text into the SQL script, as it is."""
        self.get_context().impl.static_output(text)

    def begin_transaction(self) -> AbstractContextManager[Any]:
        """Open the transaction around the run, as far as there is to be one."""
        return self.get_context().begin_transaction()

    def get_context(self) -> MigrationContext:
        """Give the context that `configure` made.

        Raises:
            NotConfigured: It hasn't been called.
        """
        if self._migration_context is None:
            raise NotConfigured
        return self._migration_context

    def get_bind(self) -> Any:
        """Give the connection; offline what stands in for it."""
        return self.get_context().bind

    def get_impl(self) -> Any:
        """Give what speaks the dialect."""
        return self.get_context().impl
