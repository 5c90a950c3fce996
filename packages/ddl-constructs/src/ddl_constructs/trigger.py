"""Changes of triggers: create, replace, enable and disable, drop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from . import sqltext
from .change import Change, lowers
from .definition import block, undo_of_create, undo_of_drop
from .errors import IrreversibleChange, UnsupportedChange

Enabled = bool | Literal["replica", "always"]
"""Whether a trigger fires; "replica" only where rows are replicated, "always" there too (PostgreSQL)."""


@dataclass(eq=False)
class CreateTrigger(Change):
    """Create a trigger: `op.create_trigger("stamp", "t", "BEFORE UPDATE", "FOR EACH ROW EXECUTE FUNCTION f()")`.

    `CREATE TRIGGER stamp BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()`.

    Attributes:
        trigger_name: Its name.
        table_name: The table, or the view, that it is on.
        event: When it fires: all that stands before ON ("AFTER INSERT OR UPDATE OF a").
        body: All that stands behind the table's name.
        schema: The table's schema; None for the default one.
        constraint: Whether it is a constraint trigger (PostgreSQL), which can wait.
        or_replace: Take the place of the trigger that is there, if one is.
        enabled: Whether it fires, as `AlterTrigger` takes it; None as the database creates it.
        existing_trigger: The change that would create it as it was, where it is replaced.
    """

    words: ClassVar = ("create_trigger",)

    trigger_name: str
    table_name: str
    event: str
    body: str
    schema: str | None = field(default=None, kw_only=True)
    constraint: bool = field(default=False, kw_only=True)
    or_replace: bool = field(default=False, kw_only=True)
    enabled: Enabled | None = field(default=None, kw_only=True)
    existing_trigger: CreateTrigger | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    @property
    def drop(self) -> DropTrigger:
        """The change that drops it."""
        return DropTrigger(
            self.trigger_name,
            self.table_name,
            schema=self.schema,
            existing_trigger=self.replace(existing_trigger=None),
        )

    def reverse(self) -> Change:
        return undo_of_create(self, self.drop, self.existing_trigger, "existing_trigger")

    def describe(self) -> str:
        verb = "replace" if self.or_replace else "create"
        where = sqltext.dotted(self.schema, self.table_name)
        return f"{verb} trigger {self.trigger_name} on {where}"


@dataclass(eq=False)
class AlterTrigger(Change):
    """Enable or disable a trigger: `op.alter_trigger("stamp", "t", enabled=False)`.

    `ALTER TABLE t DISABLE TRIGGER stamp` on PostgreSQL, `DISABLE TRIGGER stamp ON t` on SQL Server,
    `ALTER TRIGGER stamp DISABLE` on Oracle; elsewhere a trigger always fires.

    Attributes:
        trigger_name: Its name.
        table_name: The table, or the view, that it is on.
        enabled: Whether it fires; "replica" and "always" say so for sessions that replicate
            (PostgreSQL).
        schema: The table's schema; None for the default one.
        existing_enabled: Whether it fires as it is, so that the change can be reversed.
    """

    words: ClassVar = ("alter_trigger",)

    trigger_name: str
    table_name: str
    enabled: Enabled = field(kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    existing_enabled: Enabled | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def reverse(self) -> AlterTrigger:
        if self.existing_enabled is None:
            raise IrreversibleChange(
                self.describe(), ("existing_enabled",), "whether it fired before isn't known"
            )
        return self.replace(enabled=self.existing_enabled, existing_enabled=self.enabled)

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.table_name)
        verb = "enable" if self.enabled else "disable"
        how = f" ({self.enabled})" if isinstance(self.enabled, str) else ""
        return f"{verb} trigger {self.trigger_name} on {where}{how}"


@dataclass(eq=False)
class DropTrigger(Change):
    """Drop a trigger: `op.drop_trigger("stamp", "t")`.

    Attributes:
        trigger_name: Its name.
        table_name: The table, or the view, that it is on.
        schema: The table's schema; None for the default one.
        if_exists: Do nothing if it isn't there.
        existing_trigger: The change that would create it again.
    """

    words: ClassVar = ("drop_trigger",)

    trigger_name: str
    table_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool = field(default=False, kw_only=True)
    existing_trigger: CreateTrigger | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def reverse(self) -> Change:
        return undo_of_drop(self, self.existing_trigger, "existing_trigger")

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.table_name)
        return f"drop trigger {self.trigger_name} on {where}"


def trigger_text(change: CreateTrigger, compiler: DDLCompiler, create: str, *, apart: bool) -> str:
    """Write what creates a trigger.

    Args:
        change: The change.
        compiler: Of the dialect to write for.
        create: What stands before the name: "CREATE OR REPLACE TRIGGER".
        apart: Whether a trigger's name is one of the schema's, and so has it in front.
    """
    name = (
        sqltext.table(compiler, change.trigger_name, change.schema)
        if apart
        else sqltext.name(compiler, change.trigger_name)
    )
    table = sqltext.table(compiler, change.table_name, change.schema)
    event = sqltext.said_raw(compiler, " ".join(change.event.split()))
    return f"{create} {name} {event} ON {table} {block(compiler, change.body)}"


def drop_trigger_text(change: DropTrigger, compiler: DDLCompiler) -> str:
    """Write what drops a trigger whose name is one of the schema's."""
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    return f"DROP TRIGGER {guard}{sqltext.table(compiler, change.trigger_name, change.schema)}"


def then_enabled(change: CreateTrigger) -> Iterator[Change]:
    """Yield what creates a trigger, then what says whether it fires, where it has to be said."""
    yield change
    if change.enabled not in (None, True):
        yield AlterTrigger(
            change.trigger_name, change.table_name, enabled=change.enabled, schema=change.schema
        )


@lowers(CreateTrigger)
def _create_and_disable(
    change: CreateTrigger, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    yield from then_enabled(change)


@compiles(CreateTrigger)
def _create_trigger(change: CreateTrigger, compiler: DDLCompiler, **kw: Any) -> str:
    replace = sqltext.yes(change.or_replace, "OR REPLACE")
    return trigger_text(change, compiler, f"CREATE {replace}TRIGGER", apart=True)


@compiles(DropTrigger)
def _drop_trigger(change: DropTrigger, compiler: DDLCompiler, **kw: Any) -> str:
    return drop_trigger_text(change, compiler)


@compiles(AlterTrigger)
def _alter_trigger(change: AlterTrigger, compiler: DDLCompiler, **kw: Any) -> str:
    raise UnsupportedChange(
        change.describe(),
        compiler.dialect.name,
        "a trigger fires there as long as it is there",
        "drop it meanwhile",
    )
