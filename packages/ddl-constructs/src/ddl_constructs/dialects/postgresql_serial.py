"""How a PostgreSQL column begins and ceases to be numbered by a sequence of its own; run on 15.

SERIAL is a word of CREATE TABLE alone: what it makes is a sequence that the column owns, and a
default that asks it (PostgreSQL 15 manual, 8.1.4 Serial Types). A sequence's name is the server's
choice, so these steps look it up where they run, in an anonymous block: offline too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Identity, SmallInteger
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..alter_column import AlterColumn
from ..change import KEEP, Change


def renumbered(change: AlterColumn) -> bool:
    """Tell whether a change says that a sequence of the column begins or ceases to number it.

    Both sides must be stated: an `autoincrement` alone is what scripts of old say everywhere.
    """
    before, after = change.existing_autoincrement, change.autoincrement
    return isinstance(before, bool) and isinstance(after, bool) and before != after


def renumber(change: AlterColumn, dialect: Dialect) -> tuple[list[Change], list[Change]]:
    """Give the steps before the column's other aspects are altered, and those after."""
    old, new = change.existing_server_default, change.server_default
    if change.autoincrement is False and not isinstance(new, Identity):
        return [_Step(change, _STOP)], []
    if change.autoincrement is False:
        return [], [_Step(change, _TO_IDENTITY, identity=new)]
    return [], [_Step(change, _FROM_IDENTITY if isinstance(old, Identity) else _START)]


def follow_type(change: AlterColumn) -> Iterator[Change]:
    """Yield what gives a serial column's sequence the column's new type.

    It stays what it was otherwise, and an `integer` one ends at 2,147,483,647.
    """
    if change.existing_autoincrement is True and change.type_ is not KEEP:
        yield _Step(change, _RETYPE)


class _Step(Change):
    """A block that does one of these things to the column of a change."""

    def __init__(self, change: AlterColumn, body: str, identity: Identity | None = None) -> None:
        self.change, self.body, self.identity = change, body, identity

    def describe(self) -> str:
        return self.change.describe()


_STOP = """
IF s IS NOT NULL THEN
  ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT;
  EXECUTE 'DROP SEQUENCE ' || s;
END IF;
"""
_NEW = """
CREATE SEQUENCE {sequence} AS {type} OWNED BY {table}.{column};
ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval({sequence_text});
"""
_START = (
    _NEW
    + """
SELECT max({column}) INTO v FROM {table};
IF v IS NOT NULL THEN PERFORM setval({sequence_text}, v); END IF;
"""
)
_NEXT = "EXECUTE 'SELECT last_value, is_called FROM ' || s INTO v, called;"
_FROM_IDENTITY = (
    _NEXT
    + """
ALTER TABLE {table} ALTER COLUMN {column} DROP IDENTITY;
"""
    + _NEW
    + "PERFORM setval({sequence_text}, v, called);"
)
_TO_IDENTITY = (
    _NEXT
    + _STOP
    + """
ALTER TABLE {table} ALTER COLUMN {column} ADD {identity};
PERFORM setval(pg_get_serial_sequence({table_text}, {column_text}), v, called);
"""
)
_RETYPE = "IF s IS NOT NULL THEN EXECUTE 'ALTER SEQUENCE ' || s || ' AS {type}'; END IF;"


@compiles(_Step)
def _step(step: _Step, compiler: DDLCompiler, **kw: Any) -> str:
    change = step.change
    table = sqltext.table(compiler, change.table_name, change.schema)
    sequence = sqltext.table(
        compiler, _sequence_name(change.table_name, change.column_name), change.schema
    )
    identity = step.identity
    words = {
        "table": table,
        "column": sqltext.name(compiler, change.column_name),
        "table_text": sqltext.sql_literal(compiler, table),
        "column_text": sqltext.literal(compiler, change.column_name),
        "sequence": sequence,
        "sequence_text": sqltext.sql_literal(compiler, sequence),
        "type": _type(change),
        "identity": ""
        if identity is None
        else sqltext.visit(compiler, "identity_column", identity),
    }
    body = " ".join(step.body.split()).format_map(words)
    look = f"s text := pg_get_serial_sequence({words['table_text']}, {words['column_text']})"
    quote = "$do$"
    while quote in body + look:
        quote = quote[:-1] + "x$"
    declared = f"DECLARE {look}; v bigint; called boolean;"
    return f"DO {quote} {declared} BEGIN {body} END {quote}"


def _type(change: AlterColumn) -> str:
    type_ = change.existing_type if change.type_ is KEEP else change.type_
    match type_:
        case SmallInteger():
            return "smallint"
        case BigInteger():
            return "bigint"
    return "integer"


def _sequence_name(table: str, column: str) -> str:
    """Join the names as PostgreSQL does: the longer one is cut until the whole fits 63 bytes."""
    one, two = table.encode(), column.encode()
    while len(one) + len(two) > 58:
        if len(one) > len(two):
            one = one[:-1]
        else:
            two = two[:-1]
    return f"{one.decode(errors='ignore')}_{two.decode(errors='ignore')}_seq"
