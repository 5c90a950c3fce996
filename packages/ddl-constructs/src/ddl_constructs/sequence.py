"""Changes of sequences: create, drop, alter, rename."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal

from sqlalchemy import Sequence
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.types import TypeEngine

from . import sqltext
from .change import KEEP, Change, Keep, lowers
from .errors import IrreversibleChange, UnsupportedChange

_OPTIONS = ("increment", "minvalue", "maxvalue", "start", "cache", "cycle")
_SAID = (*_OPTIONS, "order")


@dataclass(eq=False)
class CreateSequence(Change):
    """Create a sequence: `op.create_sequence("ids", start=100)`.

    `CREATE SEQUENCE ids START WITH 100`; MySQL and SQLite have no sequences. SQLAlchemy's
    class of the same name takes a `Sequence`; `CreateSequence.of(sequence)` does that here.

    Attributes:
        sequence_name: Its name.
        schema: Its schema; None for the default one.
        if_not_exists: Do nothing if it is there.
        start: The first value; None for the server's choice, as in all that follow.
        increment: What is added for the next value; may be negative.
        minvalue: The least value.
        maxvalue: The greatest value.
        cycle: Whether it begins again at its end.
        cache: How many values a session takes at once.
        order: Whether sessions get their values in the order in which they ask (Oracle;
            passed over elsewhere).
        data_type: The type of its values.
    """

    words: ClassVar = ("create_sequence",)

    sequence_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_not_exists: bool | None = field(default=None, kw_only=True)
    start: int | None = field(default=None, kw_only=True)
    increment: int | None = field(default=None, kw_only=True)
    minvalue: int | None = field(default=None, kw_only=True)
    maxvalue: int | None = field(default=None, kw_only=True)
    cycle: bool | None = field(default=None, kw_only=True)
    cache: int | None = field(default=None, kw_only=True)
    order: bool | None = field(default=None, kw_only=True)
    data_type: TypeEngine[Any] | None = field(default=None, kw_only=True)

    @classmethod
    def of(cls, sequence: Sequence, *, if_not_exists: bool | None = None) -> CreateSequence:
        """Make the change that creates a Sequence of a model."""
        options = {name: getattr(sequence, name) for name in _SAID}
        return cls(
            sequence.name,
            schema=sequence.schema,
            if_not_exists=if_not_exists,
            data_type=sequence.data_type,
            **options,
        )

    def reverse(self) -> DropSequence:
        return DropSequence(self.sequence_name, schema=self.schema, existing_sequence=self)

    def describe(self) -> str:
        return f"create sequence {sqltext.dotted(self.schema, self.sequence_name)}"


@dataclass(eq=False)
class DropSequence(Change):
    """Drop a sequence: `op.drop_sequence("ids")`.

    Attributes:
        sequence_name: Its name.
        schema: Its schema; None for the default one.
        if_exists: Do nothing if it isn't there.
        existing_sequence: The change that would create it again, so that this one can
            be reversed (its values begin anew).
    """

    words: ClassVar = ("drop_sequence",)

    sequence_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool | None = field(default=None, kw_only=True)
    existing_sequence: CreateSequence | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def reverse(self) -> CreateSequence:
        if self.existing_sequence is None:
            raise IrreversibleChange(
                self.describe(), ("existing_sequence",), "the sequence's definition isn't known"
            )
        return self.existing_sequence

    def describe(self) -> str:
        return f"drop sequence {sqltext.dotted(self.schema, self.sequence_name)}"


@dataclass(eq=False)
class AlterSequence(Change):
    """Alter a sequence: `op.alter_sequence("ids", increment=10)`.

    `ALTER SEQUENCE ids INCREMENT BY 10`; a new name is a statement of its own, the last.

    Attributes:
        sequence_name: Its name as it is.
        new_sequence_name: Its name afterwards.
        schema: Its schema; None for the default one.
        start: Where RESTART begins, likewise `increment`, `minvalue`, `maxvalue`,
            `cycle`, `cache`, `order`: what it is afterwards.
        restart: The next value, from now on; True for the start value.
        owned_by: "table.column" that it is dropped with; None for nothing (PostgreSQL).
        existing_sequence: The change that would create it as it was.
    """

    words: ClassVar = ("alter_sequence",)

    sequence_name: str
    new_sequence_name: str | Keep = field(default=KEEP, kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    start: int | Keep = field(default=KEEP, kw_only=True)
    increment: int | Keep = field(default=KEEP, kw_only=True)
    minvalue: int | Keep = field(default=KEEP, kw_only=True)
    maxvalue: int | Keep = field(default=KEEP, kw_only=True)
    cycle: bool | Keep = field(default=KEEP, kw_only=True)
    cache: int | Keep = field(default=KEEP, kw_only=True)
    order: bool | Keep = field(default=KEEP, kw_only=True)
    restart: int | Literal[True] | Keep = field(default=KEEP, kw_only=True)
    owned_by: str | Keep | None = field(default=KEEP, kw_only=True)
    existing_sequence: CreateSequence | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    @property
    def aspects(self) -> tuple[str, ...]:
        """Names of the fields that change something; may be empty."""
        return tuple(
            f.name
            for f in fields(self)
            if f.name not in ("sequence_name", "schema", "existing_sequence")
            and getattr(self, f.name) is not KEEP
        )

    def reverse(self) -> AlterSequence:
        back: dict[str, Any] = {}
        missing = []
        for aspect in self.aspects:
            if aspect == "new_sequence_name":
                back |= {"sequence_name": self.new_sequence_name, aspect: self.sequence_name}
                continue
            value = getattr(self.existing_sequence, aspect, None)
            if value is None:
                missing.append(aspect)
            back[aspect] = value
        if missing:
            raise IrreversibleChange(
                self.describe(), ("existing_sequence",), f"its former {missing[0]} isn't known"
            )
        return self.replace(**back, existing_sequence=None)

    def describe(self) -> str:
        said = ", ".join(f"{name} {getattr(self, name)}" for name in self.aspects)
        return f"alter sequence {sqltext.dotted(self.schema, self.sequence_name)}: {said}"


@lowers(AlterSequence)
def _name_last(
    change: AlterSequence, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Alter the options, then the name; nothing where nothing changes."""
    if "new_sequence_name" in change.aspects and len(change.aspects) > 1:
        yield change.replace(new_sequence_name=KEEP)
        yield AlterSequence(
            change.sequence_name, new_sequence_name=change.new_sequence_name, schema=change.schema
        )
    elif change.aspects:
        yield change


@compiles(CreateSequence)
@compiles(DropSequence)
@compiles(AlterSequence)
def sequence_text(change: Change, compiler: DDLCompiler, **kw: Any) -> str:
    """Write what creates, drops or alters a sequence; refused where there are none."""
    if not compiler.dialect.supports_sequences:
        raise UnsupportedChange(change.describe(), compiler.dialect.name, "it has no sequences")
    return written_sequence(change, compiler)


def written_sequence(change: Change, compiler: DDLCompiler) -> str:
    """Write it, whatever the dialect says about sequences."""
    match change:
        case CreateSequence():
            return _create(change, compiler)
        case DropSequence():
            guard = sqltext.yes(change.if_exists, "IF EXISTS")
            name = sqltext.table(compiler, change.sequence_name, change.schema)
            return f"DROP SEQUENCE {guard}{name}"
    return _alter(change, compiler)  # type: ignore[arg-type]  # the third of three


def _create(change: CreateSequence, compiler: DDLCompiler) -> str:
    guard = sqltext.yes(change.if_not_exists, "IF NOT EXISTS")
    text = f"CREATE SEQUENCE {guard}{sqltext.table(compiler, change.sequence_name, change.schema)}"
    if change.data_type is not None:
        text += f" AS {compiler.type_compiler.process(change.data_type)}"
    return f"{text} {options_text(change, compiler)}".strip()


def _alter(change: AlterSequence, compiler: DDLCompiler) -> str:
    where = f"ALTER SEQUENCE {sqltext.table(compiler, change.sequence_name, change.schema)}"
    if change.aspects == ("new_sequence_name",):
        return f"{where} RENAME TO {sqltext.name(compiler, str(change.new_sequence_name))}"
    parts = [options_text(change, compiler)]
    if change.restart is not KEEP:
        parts.append("RESTART" if change.restart is True else f"RESTART WITH {change.restart}")
    if change.owned_by is not KEEP:
        owner = change.owned_by
        quoted = [sqltext.name(compiler, part) for part in (owner or "").split(".")]
        parts.append(f"OWNED BY {'.'.join(quoted) if owner else 'NONE'}")
    return f"{where} {' '.join(filter(None, parts))}"


def options_text(
    change: CreateSequence | AlterSequence, compiler: DDLCompiler, *, no_cache: str = "CACHE 0"
) -> str:
    """Write the options that a change says, as SQLAlchemy does: "INCREMENT BY 2 CYCLE"; may be "".

    Args:
        change: What they are of.
        compiler: Of the dialect to write for.
        no_cache: How the dialect says that no number is kept in memory.
    """
    if isinstance(change, AlterSequence) and change.order is not KEEP:
        raise UnsupportedChange(
            change.describe(),
            compiler.dialect.name,
            "its sequences promise no order",
            "leave order out",
        )
    given = {name: getattr(change, name) for name in _OPTIONS}
    said = {name: v for name, v in given.items() if v is not KEEP and v is not None}
    text = compiler.get_identity_options(Sequence("s", **said))
    return text.replace("CACHE 0", no_cache) if said.get("cache") == 0 else text
