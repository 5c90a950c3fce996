"""`AutogenContext`: what surrounds a comparison, and the source that is written of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import ddl_autogen
from sqlalchemy import Column, Connection, MetaData, Table, inspect
from sqlalchemy.engine.reflection import Inspector

from ....journal.table import NAME
from .. import util
from ..ddl.impl import DefaultImpl
from ..runtime.plugins import Plugin, comparators, load_plugins

DEFAULTS: Mapping[str, Any] = {
    "sqlalchemy_module_prefix": "sa.",
    "alembic_module_prefix": "op.",
    "user_module_prefix": None,
    "render_item": None,
    "render_as_batch": False,
}

PLUGINS = ("alembic.autogenerate.*", "alembic.ext.checkconstraint_byname")
"""What takes part where `autogenerate_plugins` isn't said: all that we compare."""


class AutogenContext:
    """What surrounds a comparison, and the source that is written of it.

    Attributes:
        migration_context: The context that it belongs to.
        metadata: The models; None where nothing is compared.
        connection: The database; None where there is none.
        dialect: Its dialect.
        imports: Lines that the source needs.
        opts: The options of the migration context; the very dict, unless others were given.
        comparators: The functions that compare here; where nothing is compared there are none.
    """

    comparators: util.PriorityDispatcher

    def __init__(
        self,
        migration_context: Any,
        metadata: MetaData | Sequence[MetaData] | None = None,
        opts: dict[str, Any] | None = None,
        autogenerate: bool = True,
    ) -> None:
        """Take the models from the options if they aren't given.

        Raises:
            CommandError: Something is to be compared, and there are no models, or no database, or
                a plugin that is selected isn't there.
        """
        self.migration_context = migration_context
        self.opts = migration_context.opts if opts is None else opts
        self.metadata = metadata = (
            self.opts.get("target_metadata") if metadata is None else metadata
        )
        if autogenerate and metadata is None and migration_context.script is not None:
            raise util.CommandError(
                "Can't proceed with --autogenerate option; environment script "
                f"{migration_context.script.env_py_location} does not provide a MetaData object "
                "or sequence of objects to the context."
            )
        if autogenerate:
            load_plugins()
            self.comparators = comparators.branch()
            Plugin.populate_autogenerate_priority_dispatch(
                self.comparators, migration_context.opts.get("autogenerate_plugins", PLUGINS)
            )
        self._reached: set[tuple[tuple[str | None, ...], str]] = set()
        self.imports: set[str] = set()
        self.connection = migration_context.bind
        self.dialect = migration_context.dialect
        self._has_batch = False

    def option(self, name: str) -> Any:
        """Give an option, or what it is where nobody said it."""
        return self.opts.get(name, DEFAULTS.get(name))

    @util.memoized_property
    def inspector(self) -> Inspector:
        """What reads the database.

        Raises:
            CommandError: There is none.
        """
        if self.connection is None:
            raise util.CommandError(
                "can't read the database: this comparison has no connection "
                "(SQL is only written, or only a dialect is known)"
            )
        found: Inspector = inspect(self.connection)
        return found

    @contextmanager
    def _within_batch(self) -> Iterator[None]:
        self._has_batch = True
        yield
        self._has_batch = False

    def run_name_filters(self, name: str | None, type_: str, parent_names: Any) -> bool:
        """Ask `include_name` about a name of the database."""
        if "schema_name" in parent_names and type_ != "schema":
            table = name if type_ == "table" else parent_names.get("table_name")
            if table:
                schema = parent_names["schema_name"]
                parent_names["schema_qualified_table_name"] = (
                    f"{schema}.{table}" if schema else table
                )
        include: Callable[..., Any] | None = self.opts.get("include_name")
        return include is None or bool(include(name, type_, parent_names))

    def run_object_filters(
        self, object_: Any, name: str | None, type_: str, reflected: bool, compare_to: Any
    ) -> bool:
        """Ask `include_object` about an object of either side."""
        include: Callable[..., Any] | None = self.opts.get("include_object")
        return include is None or bool(include(object_, name, type_, reflected, compare_to))

    run_filters = run_object_filters

    @util.memoized_property
    def sorted_tables(self) -> list[Table]:
        """The tables of the models, what is referred to first."""
        return [table for metadata in self._several for table in metadata.sorted_tables]

    @util.memoized_property
    def table_key_to_table(self) -> dict[str, Table]:
        """The tables of the models by key: `[schema.]name`."""
        return {key: table for one in self._several for key, table in one.tables.items()}

    @property
    def _several(self) -> list[MetaData]:
        if self.metadata is None:
            return []
        return [self.metadata] if isinstance(self.metadata, MetaData) else list(self.metadata)


def comparison_options(autogen_context: AutogenContext) -> ddl_autogen.Options:
    """Give what is compared, by the options of an env.py and what its dialect overrides."""
    context, opts = autogen_context.migration_context, autogen_context.opts
    return ddl_autogen.Options(
        include_schemas=bool(opts.get("include_schemas")),
        compare_type=asked(opts.get("compare_type", True), context, "compare_type"),
        compare_server_default=asked(
            opts.get("compare_server_default", False), context, "compare_server_default"
        ),
        compare_foreign_key_names=False,
        rename_in_place=False,
        include_name=opts.get("include_name"),
        include_object=opts.get("include_object"),
        ignore_tables=[
            (context.version_table_schema, context.version_table),
            (context.version_table_schema, NAME),  # while a revision is unfinished
        ],
        **opts.get("renames", {}),
    )


def asked(said: Any, context: Any, method: str) -> Any:
    """Give what tells whether something differs: a function of env.py, or the dialect's own."""
    own = getattr(type(context.impl), method) is not getattr(DefaultImpl, method)
    if not callable(said) and not (said and own):
        return bool(said)
    reflected = _Reflected(context.connection)

    def types(theirs: Column[Any], ours: Column[Any], *types: Any) -> Any:
        found = reflected(theirs)
        if not callable(said):
            return context.impl.compare_type(found, ours)
        return said(context, found, ours, found.type, ours.type)

    def defaults(
        theirs: Column[Any], ours: Column[Any], their_text: Any, our_default: Any, our_text: Any
    ) -> Any:
        found = reflected(theirs)
        if not callable(said):
            return context.impl.compare_server_default(found, ours, our_text, their_text)
        return said(context, found, ours, their_text, our_default, our_text)

    return types if method == "compare_type" else defaults


class _Reflected:
    """Columns as SQLAlchemy reflects them: hooks ask for the classes that it gives their types."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._tables: dict[tuple[str, str | None], Table] = {}

    def __call__(self, column: Column[Any]) -> Column[Any]:
        key = name, schema = column.table.name, column.table.schema
        if key not in self._tables:
            self._tables[key] = Table(
                name,
                MetaData(),
                schema=schema,
                autoload_with=self.connection,
                resolve_fks=False,
            )
        return self._tables[key].c.get(column.name, column)
