"""What changes of sequences do: create, drop, alter, rename."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Column, Sequence, text
from sqlalchemy.schema import DefaultClause
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.functions import next_value

from ..change import KEEP, Change
from ..errors import ExistingObject
from ..options import ORDER
from ..sequence import AlterSequence, CreateSequence, DropSequence
from ..sqltext import dotted
from .draft import SchemaDraft, unknown
from .items import Key, default_of, remade
from .rules import applies

_OPTIONS = ("start", "increment", "minvalue", "maxvalue", "cycle", "cache", "order")


@applies(CreateSequence)
def create_sequence(schema: SchemaDraft, change: CreateSequence) -> None:
    """Add the sequence."""
    key = (change.schema, change.sequence_name)
    if key in schema.sequences:
        if change.if_not_exists:
            return
        raise ExistingObject(change.describe(), "sequence", dotted(*key))
    schema.sequences[key] = _sequence(
        change.sequence_name,
        change.schema,
        change.data_type,
        {name: getattr(change, name) for name in _OPTIONS},
    )


@applies(DropSequence)
def drop_sequence(schema: SchemaDraft, change: DropSequence) -> None:
    """Take the sequence away, also where a column takes its values from it."""
    key = (change.schema, change.sequence_name)
    if key not in schema.sequences:
        if change.if_exists:
            return
        raise _unknown(schema, change, key)
    del schema.sequences[key]
    for table in schema.tables.values():
        table.columns = [
            remade(c, default=None) if _takes_from(c, key) else c for c in table.columns
        ]


@applies(AlterSequence)
def alter_sequence(schema: SchemaDraft, change: AlterSequence) -> None:
    """Set the options, and the name: in columns too that take their values from it.

    RESTART and OWNED BY aren't part of a schema in memory.
    """
    name = change.sequence_name if change.new_sequence_name is KEEP else change.new_sequence_name
    options = {o: v for o in _OPTIONS if (v := getattr(change, o)) is not KEEP}
    old = (change.schema, change.sequence_name)
    move_sequence(schema, change, old, (change.schema, str(name)), **options)


def move_sequence(schema: SchemaDraft, change: Change, key: Key, new: Key, **options: Any) -> None:
    """Give a sequence another name, schema or options, in columns too that take their values from it.

    Raises:
        UnknownObject: It isn't there.
        ExistingObject: Another one has the name.
    """
    old = schema.sequences.get(key)
    if old is None:
        raise _unknown(schema, change, key)
    if new != key and new in schema.sequences:
        raise ExistingObject(change.describe(), "sequence", dotted(*new))
    options = {option: getattr(old, option) for option in _OPTIONS} | options
    made = _sequence(new[1], new[0], old.data_type, options)
    schema.sequences = {new if k == key else k: s for k, s in schema.sequences.items()}
    schema.sequences[new] = made
    for table in schema.tables.values():
        table.columns = [_taking_from(c, key, made) for c in table.columns]


def _sequence(name: str, schema: str | None, type_: Any, options: dict[str, Any]) -> Sequence:
    order = options.pop("order")
    return Sequence(
        name, schema=schema, data_type=type_, **options, **({} if order is None else {ORDER: order})
    )


def _takes_from(column: Column[Any], key: tuple[str | None, str]) -> bool:
    default = column.default
    return isinstance(default, Sequence) and (default.schema, default.name) == key


def _taking_from(
    column: Column[Any], old: tuple[str | None, str], sequence: Sequence
) -> Column[Any]:
    """Give a column that takes its values from the sequence as it is now, if it did before."""
    changed: dict[str, Any] = {}
    if _takes_from(column, old):
        changed["default"] = sequence._copy()
    default = column.server_default
    if isinstance(default, DefaultClause):
        arg: Any = default.arg
        if isinstance(arg, next_value) and (arg.sequence.schema, arg.sequence.name) == old:
            changed["server_default"] = default_of(sequence._copy().next_value())
        elif isinstance(arg, TextClause) and (sequence.schema, sequence.name) != old:
            sql = _nextval(arg.text, old, sequence)
            if sql != arg.text:
                changed["server_default"] = default_of(text(sql))
    return remade(column, **changed) if changed else column


def _nextval(sql: str, old: tuple[str | None, str], sequence: Sequence) -> str:
    """Rename a sequence in `nextval('name')`, where PostgreSQL keeps the sequence, not the name."""

    def renamed(found: re.Match[str]) -> str:
        quoted = found[2].replace('"', "")
        if quoted not in (dotted(*old), old[1]):
            return found[0]
        return f"{found[1]}{dotted(sequence.schema, sequence.name)}{found[3]}"

    return re.sub(r"(nextval\(')([^']+)(')", renamed, sql, flags=re.IGNORECASE)


def _unknown(schema: SchemaDraft, change: Change, key: tuple[str | None, str]) -> Exception:
    return unknown(change, "sequence", dotted(*key), (dotted(*k) for k in schema.sequences))
