"""Indexes whose build failed half way: PostgreSQL keeps them, marked as not to be used."""

from __future__ import annotations

import re

import ddl_constructs as ddl
from sqlalchemy.engine import Connection
from sqlalchemy.schema import DDL
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import TextClause

from ..dialects import knowledge
from ..journal.kinds import opening

_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_CONCURRENTLY = (
    rf"(?i)CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>{_NAME})\s+"
    rf"ON\s+(?:ONLY\s+)?(?:(?P<schema>{_NAME})\s*\.\s*)?{_NAME}"
)


def half_built(element: Executable, connection: Connection) -> str | None:
    """Look whether an index that is about to be built is there already, and half built.

    Returns:
        The statement that takes it away; None if there is none, or that can't be told.
    """
    if isinstance(element, ddl.ExecuteSQL):
        return half_built(element.statement, connection)
    if isinstance(element, ddl.CreateIndex):
        if element.index_name is None:
            return None
        drop = knowledge(connection.dialect.name).drop_invalid_index
        return drop(connection, element.schema, element.index_name)
    if isinstance(element, TextClause):
        return half_built_by(element.text, connection)
    return half_built_by(element.statement, connection) if isinstance(element, DDL) else None


def half_built_by(statement: str, connection: Connection) -> str | None:
    """The same, of SQL as text: `CREATE INDEX CONCURRENTLY ...`, also with `IF NOT EXISTS`."""
    found = re.match(_CONCURRENTLY, opening(statement))
    if found is None:
        return None
    schema = None if found["schema"] is None else _folded(found["schema"])
    drop = knowledge(connection.dialect.name).drop_invalid_index
    return drop(connection, schema, _folded(found["name"]))


def _folded(name: str) -> str:
    r"""Give a name as the catalog has it: in lower case, but for one in quotes.

    >>> _folded('IX'), _folded('"I""x"')
    ('ix', 'I"x')
    """
    return name[1:-1].replace('""', '"') if name[0] == '"' else name.lower()
