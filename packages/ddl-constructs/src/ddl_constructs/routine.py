"""Changes of functions and procedures: create, replace, drop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from . import sqltext
from .change import Change
from .definition import block, undo_of_create, undo_of_drop
from .errors import UnsupportedChange


@dataclass(eq=False)
class CreateFunction(Change):
    """Create a function: `op.create_function("one", "RETURNS integer LANGUAGE sql AS 'SELECT 1'")`.

    `CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'`. What stands behind the
    arguments is the database's own language, and is taken as it stands.

    Attributes:
        function_name: Its name.
        definition: All that stands behind the arguments: RETURNS, language, body.
        arguments: Its arguments as the database writes them, without the brackets.
        schema: Its schema; None for the default one.
        or_replace: Take the place of the function that is there, if one is.
        existing_function: The change that would create it as it was, where it is replaced.
    """

    words: ClassVar = ("create_function",)
    kind: ClassVar = "function"

    function_name: str
    definition: str
    arguments: str = field(default="", kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    or_replace: bool = field(default=False, kw_only=True)
    existing_function: CreateFunction | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    @property
    def name(self) -> str:
        """Its name."""
        return self.function_name

    def reverse(self) -> Change:
        drop = DropFunction(
            self.function_name,
            arguments=self.arguments,
            schema=self.schema,
            existing_function=self.replace(existing_function=None),
        )
        return undo_of_create(self, drop, self.existing_function, "existing_function")

    def describe(self) -> str:
        return _described("replace" if self.or_replace else "create", self)


@dataclass(eq=False)
class DropFunction(Change):
    """Drop a function: `op.drop_function("one")`.

    Attributes:
        function_name: Its name.
        arguments: Its arguments, where several have the name (PostgreSQL); names and
            defaults may stand among them.
        schema: Its schema; None for the default one.
        if_exists: Do nothing if it isn't there.
        existing_function: The change that would create it again.
    """

    words: ClassVar = ("drop_function",)
    kind: ClassVar = "function"

    function_name: str
    arguments: str | None = field(default=None, kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool = field(default=False, kw_only=True)
    existing_function: CreateFunction | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    @property
    def name(self) -> str:
        """Its name."""
        return self.function_name

    def reverse(self) -> Change:
        return undo_of_drop(self, self.existing_function, "existing_function")

    def describe(self) -> str:
        return _described("drop", self)


@dataclass(eq=False)
class CreateProcedure(Change):
    """Create a procedure: `op.create_procedure("tidy", "LANGUAGE sql AS 'DELETE FROM log'")`.

    `CREATE PROCEDURE tidy() LANGUAGE sql AS 'DELETE FROM log'`.

    Attributes:
        procedure_name: Its name.
        definition: All that stands behind the arguments: language, body.
        arguments: Its arguments as the database writes them, without the brackets.
        schema: Its schema; None for the default one.
        or_replace: Take the place of the procedure that is there, if one is.
        existing_procedure: The change that would create it as it was, where it is replaced.
    """

    words: ClassVar = ("create_procedure",)
    kind: ClassVar = "procedure"

    procedure_name: str
    definition: str
    arguments: str = field(default="", kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    or_replace: bool = field(default=False, kw_only=True)
    existing_procedure: CreateProcedure | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    @property
    def name(self) -> str:
        """Its name."""
        return self.procedure_name

    def reverse(self) -> Change:
        drop = DropProcedure(
            self.procedure_name,
            arguments=self.arguments,
            schema=self.schema,
            existing_procedure=self.replace(existing_procedure=None),
        )
        return undo_of_create(self, drop, self.existing_procedure, "existing_procedure")

    def describe(self) -> str:
        return _described("replace" if self.or_replace else "create", self)


@dataclass(eq=False)
class DropProcedure(Change):
    """Drop a procedure: `op.drop_procedure("tidy")`.

    Attributes:
        procedure_name: Its name.
        arguments: Its arguments, where several have the name (PostgreSQL); names and
            defaults may stand among them.
        schema: Its schema; None for the default one.
        if_exists: Do nothing if it isn't there.
        existing_procedure: The change that would create it again.
    """

    words: ClassVar = ("drop_procedure",)
    kind: ClassVar = "procedure"

    procedure_name: str
    arguments: str | None = field(default=None, kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool = field(default=False, kw_only=True)
    existing_procedure: CreateProcedure | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    @property
    def name(self) -> str:
        """Its name."""
        return self.procedure_name

    def reverse(self) -> Change:
        return undo_of_drop(self, self.existing_procedure, "existing_procedure")

    def describe(self) -> str:
        return _described("drop", self)


CreateRoutine = CreateFunction | CreateProcedure
DropRoutine = DropFunction | DropProcedure


def _described(verb: str, change: Any) -> str:
    arguments = "" if change.arguments is None else f"({' '.join(change.arguments.split())})"
    return f"{verb} {change.kind} {sqltext.dotted(change.schema, change.name)}{arguments}"


def routine_text(change: CreateRoutine, compiler: DDLCompiler, create: str) -> str:
    """Write what creates a function or procedure; `create` is what stands before its kind."""
    name = sqltext.table(compiler, change.name, change.schema)
    arguments = sqltext.said_raw(compiler, change.arguments)
    return (
        f"{create} {change.kind.upper()} {name}({arguments}) {block(compiler, change.definition)}"
    )


def drop_routine_text(change: DropRoutine, compiler: DDLCompiler) -> str:
    """Write what drops a function or procedure, by its name alone."""
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    name = sqltext.table(compiler, change.name, change.schema)
    return f"DROP {change.kind.upper()} {guard}{name}"


def without_routines(change: CreateRoutine | DropRoutine, dialect: str) -> UnsupportedChange:
    """Make the error of a database that has none."""
    return UnsupportedChange(change.describe(), dialect, f"it has no {change.kind}s")


@compiles(CreateFunction)
@compiles(CreateProcedure)
def _create_routine(change: CreateRoutine, compiler: DDLCompiler, **kw: Any) -> str:
    replace = "CREATE OR REPLACE" if change.or_replace else "CREATE"
    return routine_text(change, compiler, replace)


@compiles(DropFunction)
@compiles(DropProcedure)
def _drop_routine(change: DropRoutine, compiler: DDLCompiler, **kw: Any) -> str:
    return drop_routine_text(change, compiler)
