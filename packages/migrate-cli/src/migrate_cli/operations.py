"""`op`: what a revision's script speaks with, one line per change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar

import ddl_constructs as ddl
from ddl_constructs import Change
from sqlalchemy import Table, literal
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import BindParameter, conv

from .asynchronous import run_async
from .batch.block import Block, checked_order, checked_recreate
from .batch.sink import line_of, take_block
from .batch.words import BatchOperations
from .conventions import Convention, here
from .running.timeouts import Spoken
from .sinks import Sink

if TYPE_CHECKING:  # SQLAlchemy 2.1 needs greenlet for it
    from sqlalchemy.ext.asyncio import AsyncConnection

P = ParamSpec("P")
C = TypeVar("C", bound=Change)
R = TypeVar("R")

EMPTY: Mapping[str, Any] = MappingProxyType({})


def spelled(build: Callable[P, Change]) -> Callable[Concatenate[Operations, P], None]:
    """Make the word of a change: it builds the change and hands it to the sink."""
    return giving(_nothing, build)


def giving(
    result: Callable[[C], R], build: Callable[P, C]
) -> Callable[Concatenate[Operations, P], R]:
    """Make the word of a change that gives the script something back: `result(change)`."""

    @wraps(build)
    def word(self: Operations, /, *args: P.args, **kwargs: P.kwargs) -> R:
        change = build(*args, **kwargs)
        if _may_lack_names(change):
            change = change.under(self._convention())
        self.invoke(change)
        return result(change)

    if isinstance(build, type) and issubclass(build, Change):
        word.__name__ = build.words[0]
    word.__qualname__ = f"Operations.{word.__name__}"
    return word


def _may_lack_names(change: Change) -> bool:
    """Tell whether a change may bring constraints or indexes whose names are not final."""
    return isinstance(
        change,
        (ddl.AddColumn, ddl.AddConstraint, ddl.CreateIndex, ddl.CreateTable, ddl.DropConstraint),
    )


def _nothing(change: Change) -> None:
    return None


def _table(change: ddl.CreateTable) -> Table:
    return change.element


class Operations:
    """What a script speaks with: each word builds a change and hands it to a sink.

    >>> from sqlalchemy import Column, Integer
    >>> from sqlalchemy.dialects import sqlite
    >>> from migrate_cli.sinks import RecordingSink
    >>> sink = RecordingSink(sqlite.dialect())
    >>> op = Operations(sink)
    >>> op.add_column("users", Column("age", Integer()))
    >>> [change.describe() for change in sink.taken]
    ['add column users.age (Integer)']
    """

    def __init__(self, sink: Sink) -> None:
        self._given, self._names = sink, here()

    @property
    def _sink(self) -> Sink:
        return self._given

    def _convention(self) -> Convention | None:
        return self._names()

    add_column = spelled(ddl.AddColumn)
    alter_column = spelled(ddl.AlterColumn)
    drop_column = spelled(ddl.DropColumn)

    create_table = giving(_table, ddl.CreateTable)
    drop_table = spelled(ddl.DropTable)
    rename_table = spelled(ddl.RenameTable)
    set_table_schema = spelled(ddl.SetTableSchema)
    alter_table_options = spelled(ddl.AlterTableOptions)
    create_table_comment = spelled(ddl.CreateTableComment)
    drop_table_comment = spelled(ddl.DropTableComment)

    create_index = spelled(ddl.CreateIndex)
    drop_index = spelled(ddl.DropIndex)
    rename_index = spelled(ddl.RenameIndex)

    add_constraint = spelled(ddl.AddConstraint)
    create_primary_key = spelled(ddl.create_primary_key)
    create_unique_constraint = spelled(ddl.create_unique_constraint)
    create_foreign_key = spelled(ddl.create_foreign_key)
    create_check_constraint = spelled(ddl.create_check_constraint)
    create_exclude_constraint = spelled(ddl.create_exclude_constraint)
    drop_constraint = spelled(ddl.DropConstraint)
    rename_constraint = spelled(ddl.RenameConstraint)
    validate_constraint = spelled(ddl.ValidateConstraint)

    create_enum = spelled(ddl.CreateEnum)
    drop_enum = spelled(ddl.DropEnum)
    replace_enum = spelled(ddl.ReplaceEnum)
    add_enum_value = spelled(ddl.AddEnumValue)
    rename_enum_value = spelled(ddl.RenameEnumValue)

    create_domain = spelled(ddl.CreateDomain)
    alter_domain = spelled(ddl.AlterDomain)
    drop_domain = spelled(ddl.DropDomain)
    add_domain_constraint = spelled(ddl.AddDomainConstraint)
    drop_domain_constraint = spelled(ddl.DropDomainConstraint)
    rename_domain_constraint = spelled(ddl.RenameDomainConstraint)
    validate_domain_constraint = spelled(ddl.ValidateDomainConstraint)

    create_composite_type = spelled(ddl.CreateCompositeType)
    rename_composite_type = spelled(ddl.RenameCompositeType)
    drop_composite_type = spelled(ddl.DropCompositeType)
    add_attribute = spelled(ddl.AddAttribute)
    alter_attribute = spelled(ddl.AlterAttribute)
    drop_attribute = spelled(ddl.DropAttribute)

    create_sequence = spelled(ddl.CreateSequence)
    alter_sequence = spelled(ddl.AlterSequence)
    drop_sequence = spelled(ddl.DropSequence)

    create_schema = spelled(ddl.CreateSchema)
    drop_schema = spelled(ddl.DropSchema)
    create_extension = spelled(ddl.CreateExtension)
    drop_extension = spelled(ddl.DropExtension)
    update_extension = spelled(ddl.UpdateExtension)
    create_view = spelled(ddl.CreateView)
    drop_view = spelled(ddl.DropView)
    refresh_materialized_view = spelled(ddl.RefreshMaterializedView)
    create_function = spelled(ddl.CreateFunction)
    drop_function = spelled(ddl.DropFunction)
    create_procedure = spelled(ddl.CreateProcedure)
    drop_procedure = spelled(ddl.DropProcedure)
    create_trigger = spelled(ddl.CreateTrigger)
    alter_trigger = spelled(ddl.AlterTrigger)
    drop_trigger = spelled(ddl.DropTrigger)

    rename_object = spelled(ddl.RenameObject)
    set_object_schema = spelled(ddl.SetObjectSchema)
    set_owner = spelled(ddl.SetOwner)

    grant = spelled(ddl.GrantPrivileges)
    revoke = spelled(ddl.RevokePrivileges)

    bulk_insert = spelled(ddl.BulkInsert)
    copy_rows = spelled(ddl.CopyRows)
    execute = spelled(ddl.ExecuteSQL)

    @contextmanager
    def batch_alter_table(
        self,
        table_name: str,
        schema: str | None = None,
        recreate: Literal["auto", "always", "never"] = "auto",
        partial_reordering: Sequence[Sequence[str]] | None = None,
        copy_from: Table | None = None,
        table_args: Sequence[SchemaItem] = (),
        table_kwargs: Mapping[str, Any] = EMPTY,
        reflect_args: Sequence[SchemaItem] = (),
        reflect_kwargs: Mapping[str, Any] = EMPTY,
        naming_convention: Mapping[str, Any] | None = None,
    ) -> Iterator[BatchOperations]:
        """Gather changes to one table, and make them all when the block ends.

        What the database alters in place is altered so; else the table is copied into a new one
        that takes its place. A block that ends with an exception changes nothing.

        Args:
            table_name: The table.
            schema: Its schema; None for the default one.
            recreate: "auto" copies where it must, "always" and "never" say so.
            partial_reordering: Tuples of column names, each an order among its columns.
            copy_from: The table as it is, where it can't be read.
            table_args: Columns and constraints that the new table has besides.
            table_kwargs: Options of the new table, as `Table` takes them.
            reflect_args: Columns that stand for those that are found.
            reflect_kwargs: What `Table` takes when it reads itself: `listeners`.
            naming_convention: Names for the constraints that have none, to drop them by; None for
                the project's, which names only what the block says.

        Raises:
            ValueError: `recreate` is none of the three words.
            MigrationFailed: The block can't be done; nothing was changed.
        """
        block = Block(
            table_name,
            schema,
            checked_recreate(recreate),
            partial_reordering=checked_order(partial_reordering or ()),
            copy_from=copy_from,
            table_args=tuple(table_args),
            table_kwargs=dict(table_kwargs),
            reflect_args=tuple(reflect_args),
            reflect_kwargs=dict(reflect_kwargs),
            naming_convention=naming_convention,
        )
        batch = BatchOperations(
            *(self, table_name, schema, naming_convention or self._convention()),
            lambda: line_of(self._sink),
        )
        yield batch
        take_block(replace(block, steps=tuple(batch.steps)), self._sink)

    def timeouts(
        self, *, lock: float | str | None = None, statement: float | str | None = None
    ) -> Spoken:
        """Say how long statements may wait for a lock, and run, from here on.

        Until the revision ends; in `with op.timeouts(lock="2s"):` until the block does. On
        databases without such settings (SQLite) nothing happens.

        Args:
            lock: Seconds that a statement waits for its lock, or "500ms", "2s", "5m"; None
                leaves that as it is.
            statement: How long it runs; likewise.
        """
        return Spoken(self._sink, lock, statement)

    def invoke(self, change: Change | Executable) -> Any:
        """Hand a change, or any SQLAlchemy executable, to the sink.

        Returns:
            What the connection returns; None for a change of no statements.
        """
        return self._sink.take(change)

    if not TYPE_CHECKING:  # a type checker knows the words by itself

        def __getattr__(self, name: str) -> Any:
            """Find the word of a plugin; else offer those that someone may have meant."""
            if not name.startswith("_"):
                from .brought_words import word

                found = self.__dict__[name] = word(name, self, Operations)
                return found
            raise AttributeError(f"op has no {name!r}", name=name, obj=self)

    def get_bind(self) -> Connection:
        """Give the connection that the revision runs on.

        Where SQL is only written, a stand-in that writes what it is given; reading
        from it is an error that says so.
        """
        bind: Connection = self._sink.bind()
        return bind

    def run_async(
        self,
        function: Callable[Concatenate[AsyncConnection, P], Coroutine[Any, Any, R]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Call an asynchronous function with the revision's connection, in the same transaction.

        Args:
            function: Called with an `AsyncConnection`, and what is given besides.

        Returns:
            What it returns.

        Raises:
            NeedsDatabase: Only SQL is written.
            NotAsynchronous: The driver isn't asynchronous.
        """
        return run_async(self._sink, lambda connection: function(connection, *args, **kwargs))

    def get_context(self) -> Context:
        """Give what is around the revision: dialect, connection, transaction."""
        return Context(self._sink)

    def f(self, name: str) -> conv:
        """Mark a name as final: no naming convention is applied to it."""
        return conv(name)

    def inline_literal(self, value: Any, type_: Any = None) -> BindParameter[Any]:
        """Give a value that is written into the SQL as a literal, also online.

        Args:
            value: The value; a number, a string, or what `type_` can write.
            type_: Its type; None to go by the value.
        """
        return literal(value, type_, literal_execute=True)


class Context:
    """What is around a running revision."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    @property
    def dialect(self) -> Dialect:
        """The dialect that is spoken."""
        return self._sink.dialect

    @property
    def connection(self) -> Connection | None:
        """The live connection; None where SQL is only written."""
        return self._sink.connection

    bind = connection

    @property
    def as_sql(self) -> bool:
        """Whether SQL is only written."""
        return self._sink.offline

    def autocommit_block(self) -> AbstractContextManager[None]:
        """Run the block outside of the transaction; what came before it is committed."""
        return self._sink.alone("leave the transaction")


_speaking: ContextVar[Operations | None] = ContextVar("migrate_cli.op", default=None)
_runs: dict[Operations, str] = {}
_runs_lock = threading.Lock()


@contextmanager
def speaking(operations: Operations, name: str) -> Iterator[None]:
    """Make the global `op` speak to these operations inside of the block.

    Args:
        operations: What `op` stands for.
        name: What the run is called when two of them are active: a database without password.
    """
    token = _speaking.set(operations)
    with _runs_lock:
        _runs[operations] = name
    try:
        yield
    finally:
        with _runs_lock:
            del _runs[operations]
        _speaking.reset(token)


def current() -> Operations:
    """Give what the global `op` stands for here.

    The run of this context; else the process's only one, so that a thread which a
    script starts can speak too.

    Raises:
        NameError: No run is active, or several are and none is this context's.
    """
    here = _speaking.get()
    if here is not None:
        return here
    with _runs_lock:
        runs = dict(_runs)
    if len(runs) == 1:
        return next(iter(runs))
    if not runs:
        raise NameError(
            "op speaks only while a revision runs, and none does; call it inside of "
            "upgrade() or downgrade(), and those by: migrate upgrade"
        )
    raise NameError(
        f"op can't tell which run is meant here: {' and '.join(sorted(runs.values()))} are "
        "active, and this thread belongs to none; write 'def upgrade(op: Operations)' and "
        "hand op to the thread"
    )


class _Global(Operations):
    """The `op` that scripts import; stands for whatever runs."""

    def __init__(self) -> None:
        pass

    @property
    def _sink(self) -> Sink:
        return current()._sink

    def _convention(self) -> Convention | None:
        return current()._convention()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Let what runs find the word of a plugin."""
            if name.startswith("_"):
                raise AttributeError(f"op has no {name!r}", name=name, obj=self)
            return getattr(current(), name)


op: Operations = _Global()
"""What `from migrate_cli import op` gives: speaks to the run that is active."""
