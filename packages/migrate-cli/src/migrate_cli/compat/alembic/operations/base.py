"""What a script speaks with, `op`, and what it speaks with inside of a batch block."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, ClassVar, Literal, TypeVar

from ddl_constructs import Change
from sqlalchemy import Table, literal
from sqlalchemy.sql.elements import BindParameter, conv
from sqlalchemy.util import await_only

from ....signatures import signature
from ..util import EMPTY_DICT, Dispatcher, ModuleClsProxy
from . import schemaobj
from .batch import BatchOperationsImpl

T = TypeVar("T")
O = TypeVar("O", bound=type)  # noqa: E741  # an operation's class
F = TypeVar("F", bound=Callable[..., Any])


class AbstractOperations(ModuleClsProxy):
    """What `Operations` and `BatchOperations` share.

    Attributes:
        migration_context: The context that the operations run in.
        impl: What carries them out.
        schema_obj: What makes Tables, constraints and indexes of names.
    """

    impl: Any
    _to_impl: ClassVar[Dispatcher] = Dispatcher()

    def __init__(self, migration_context: Any, impl: Any = None) -> None:
        self.migration_context = migration_context
        self.impl = migration_context.impl if impl is None else impl
        self.schema_obj = schemaobj.SchemaObjects(migration_context)

    @classmethod
    def register_operation(cls, name: str, sourcename: str | None = None) -> Callable[[O], O]:
        """Register a word for a class of operations, as a decorator of that class.

        Args:
            name: The word.
            sourcename: The class method that it calls; None for one of that name. It is called
                with these operations and what the script says, builds an operation and hands it
                to `invoke`.
        """

        def register(operation: O) -> O:
            source = sourcename or name
            method: Any = getattr(operation, source)

            def said(self: Any, *args: Any, **kwargs: Any) -> Any:
                return getattr(operation, source)(self, *args, **kwargs)

            word: Any = wraps(method)(said)
            word.__name__, word.__qualname__ = name, f"{cls.__name__}.{name}"
            whole = signature(method)
            parameters = list(whole.parameters.values())
            if parameters:
                itself = parameters[0].replace(name="self", annotation=inspect.Parameter.empty)
                word.__signature__ = whole.replace(parameters=[itself, *parameters[1:]])
            setattr(cls, name, word)
            return operation

        return register

    @classmethod
    def implementation_for(cls, op_cls: Any, replace: bool = False) -> Callable[[F], F]:
        """Register the function that carries a class of operations out, as its decorator.

        Args:
            op_cls: The class; its subclasses follow it.
            replace: Take the place of one that is there, also of those here.
        """

        def register(function: F) -> F:
            cls._to_impl.dispatch_for(op_cls, replace=replace)(function)
            return function

        return register

    @classmethod
    @contextmanager
    def context(cls, migration_context: Any) -> Iterator[Operations]:
        """Make the module `op` speak for new operations inside of the block."""
        operations = Operations(migration_context)
        operations._install_proxy()
        try:
            yield operations
        finally:
            operations._remove_proxy()

    @contextmanager
    def batch_alter_table(
        self,
        table_name: str,
        schema: str | None = None,
        recreate: Literal["auto", "always", "never"] = "auto",
        partial_reordering: Sequence[tuple[str, ...]] | None = None,
        copy_from: Table | None = None,
        table_args: tuple[Any, ...] = (),
        table_kwargs: Mapping[str, Any] = EMPTY_DICT,
        reflect_args: tuple[Any, ...] = (),
        reflect_kwargs: Mapping[str, Any] = EMPTY_DICT,
        naming_convention: dict[str, str] | None = None,
    ) -> Iterator[BatchOperations]:
        """Gather what the block does to one table, and carry it out at its end.

        Args:
            table_name: The table's name.
            schema: Its schema; None for the default one.
            recreate: Whether the table is copied: "auto" where the database can't alter it so.
            partial_reordering: Tuples of column names that shall stand in that order.
            copy_from: The table as it is, where it can't be read.
            table_args: Constraints and columns that the copy gets.
            table_kwargs: What else `Table` takes, for the copy.
            reflect_args: Columns that take the place of those that are read.
            reflect_kwargs: What else `Table` takes when it is read.
            naming_convention: Gives names to constraints that have none in the database.
        """
        impl = BatchOperationsImpl(
            self,
            table_name,
            schema,
            recreate,
            copy_from,
            table_args,
            table_kwargs,
            reflect_args,
            reflect_kwargs,
            naming_convention,
            partial_reordering,
        )
        yield BatchOperations(self.migration_context, impl=impl)
        impl.flush()

    def get_context(self) -> Any:
        """Give the context that the operations run in."""
        return self.migration_context

    def invoke(self, operation: Any) -> Any:
        """Carry an operation out, or a change of ours.

        Raises:
            ValueError: Nobody registered what carries it out.
        """
        if isinstance(operation, Change):
            return self.impl._take(operation)
        function = self._to_impl.dispatch(operation, self.migration_context.impl.__dialect__)
        return function(self, operation)

    def f(self, name: str) -> conv:
        """Mark a name as final: no naming convention is applied to it."""
        return conv(name)

    def inline_literal(self, value: Any, type_: Any = None) -> BindParameter[Any]:
        """Give a value that is written into the SQL as a literal, also online."""
        return literal(value, type_, literal_execute=True)

    def get_bind(self) -> Any:
        """Give the connection; where SQL is only written, a stand-in that writes what it is given."""
        return self.migration_context.impl.bind

    def run_async(
        self, async_function: Callable[..., Awaitable[T]], *args: Any, **kw_args: Any
    ) -> T:
        """Call an async function with the AsyncConnection of this run, and wait for what it gives.

        Raises:
            NotImplementedError: There is no connection.
            ValueError: The engine is a sync one.
        """
        connection = self.migration_context.connection
        if connection is None:
            raise NotImplementedError("can't run_async() without a connection")
        if not connection.dialect.is_async:
            raise ValueError("can't run_async() with a sync engine")
        from sqlalchemy.ext.asyncio import AsyncConnection

        proxy = AsyncConnection._retrieve_proxy_for_target(connection)
        return await_only(async_function(proxy, *args, **kw_args))


class Operations(AbstractOperations):
    """What a script speaks with: `from alembic import op`, or made over a context of one's own."""


class BatchOperations(AbstractOperations):
    """What a script speaks with inside of `with op.batch_alter_table(...) as batch_op:`."""

    def _noop(self, operation: Any) -> Any:
        raise NotImplementedError(f"{operation} isn't there in a batch block")
