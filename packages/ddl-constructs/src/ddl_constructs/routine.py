"""Changes of functions and procedures: create, replace, drop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from . import sqltext
from .change import Change, lowers
from .definition import block, undo_of_create, undo_of_drop
from .errors import UnsupportedChange


class _OfRoutine(Change):
    """What changes of functions and of procedures have in common.

    Attributes:
        kind: "function" or "procedure".
    """

    kind: ClassVar[str]
    schema: str | None

    @property
    def name(self) -> str:
        """Its name."""
        return str(getattr(self, f"{self.kind}_name"))

    @property
    def _fact(self) -> str:
        """The keyword that holds what it was before."""
        return f"existing_{self.kind}"

    def _described(self, verb: str, arguments: str | None) -> str:
        said = "" if arguments is None else f"({' '.join(arguments.split())})"
        return f"{verb} {self.kind} {sqltext.dotted(self.schema, self.name)}{said}"


class _CreateRoutine(_OfRoutine):
    """Creates a function or procedure."""

    arguments: str
    or_replace: bool

    def reverse(self) -> Change:
        dropping = DropFunction if self.kind == "function" else DropProcedure
        plain = self.replace(**{self._fact: None})
        said: dict[str, Any] = {self._fact: plain}
        drop = dropping(self.name, arguments=self.arguments, schema=self.schema, **said)
        return undo_of_create(self, drop, getattr(self, self._fact), self._fact)

    def describe(self) -> str:
        return self._described("replace" if self.or_replace else "create", self.arguments)


class _DropRoutine(_OfRoutine):
    """Drops a function or procedure."""

    arguments: str | None

    def reverse(self) -> Change:
        return undo_of_drop(self, getattr(self, self._fact), self._fact)

    def describe(self) -> str:
        return self._described("drop", self.arguments)


@dataclass(eq=False)
class CreateFunction(_CreateRoutine):
    """Create a function: `op.create_function("one", "RETURNS integer LANGUAGE sql AS 'SELECT 1'")`.

    `CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'`. What stands behind the
    arguments is the database's own language, and is taken as it stands.

    Attributes:
        function_name: Its name.
        definition: All that stands behind the arguments: RETURNS, language, body.
        arguments: Its arguments as the database writes them, without the brackets.
        schema: Its schema; None for the default one.
        or_replace: Take the place of the function that is there, if one is.
        comment: Its comment (PostgreSQL); None for none.
        existing_function: The change that would create it as it was, where it is replaced.
    """

    words: ClassVar = ("create_function",)
    kind: ClassVar = "function"

    function_name: str
    definition: str
    arguments: str = field(default="", kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    or_replace: bool = field(default=False, kw_only=True)
    comment: str | None = field(default=None, kw_only=True)
    existing_function: CreateFunction | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )


@dataclass(eq=False)
class DropFunction(_DropRoutine):
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


@dataclass(eq=False)
class CreateProcedure(_CreateRoutine):
    """Create a procedure: `op.create_procedure("tidy", "LANGUAGE sql AS 'DELETE FROM log'")`.

    `CREATE PROCEDURE tidy() LANGUAGE sql AS 'DELETE FROM log'`.

    Attributes:
        procedure_name: Its name.
        definition: All that stands behind the arguments: language, body.
        arguments: Its arguments as the database writes them, without the brackets.
        schema: Its schema; None for the default one.
        or_replace: Take the place of the procedure that is there, if one is.
        comment: Its comment (PostgreSQL); None for none.
        existing_procedure: The change that would create it as it was, where it is replaced.
    """

    words: ClassVar = ("create_procedure",)
    kind: ClassVar = "procedure"

    procedure_name: str
    definition: str
    arguments: str = field(default="", kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    or_replace: bool = field(default=False, kw_only=True)
    comment: str | None = field(default=None, kw_only=True)
    existing_procedure: CreateProcedure | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )


@dataclass(eq=False)
class DropProcedure(_DropRoutine):
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


CreateRoutine = CreateFunction | CreateProcedure
DropRoutine = DropFunction | DropProcedure


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


def refuse_comment(change: CreateRoutine, dialect: str) -> None:
    """Refuse a comment where a routine has none, or has it in its definition.

    Raises:
        UnsupportedChange: It has one.
    """
    if change.comment is not None:
        raise UnsupportedChange(
            change.describe(), dialect, "a comment isn't said apart there", "leave comment out"
        )


@lowers(CreateFunction)
@lowers(CreateProcedure)
def _without_comment(
    change: CreateRoutine, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    refuse_comment(change, dialect.name)
    yield change


@compiles(CreateFunction)
@compiles(CreateProcedure)
def _create_routine(change: CreateRoutine, compiler: DDLCompiler, **kw: Any) -> str:
    replace = "CREATE OR REPLACE" if change.or_replace else "CREATE"
    return routine_text(change, compiler, replace)


@compiles(DropFunction)
@compiles(DropProcedure)
def _drop_routine(change: DropRoutine, compiler: DDLCompiler, **kw: Any) -> str:
    return drop_routine_text(change, compiler)
