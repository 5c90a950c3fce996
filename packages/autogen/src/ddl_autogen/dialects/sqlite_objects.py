"""How SQLite reports views and triggers: by the text that it was given; run on SQLite 3.40."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

from ddl_constructs import CreateTrigger, CreateView, ObjectKey
from sqlalchemy import Connection, text

from ..errors import BrokenDefinition
from ..objects import ObjectValue, definition_text, trigger_parts, view_parts
from .base import Database

_CATALOG = """
SELECT type, name, tbl_name, sql FROM {schema}.sqlite_master
WHERE type IN ('view', 'trigger') ORDER BY rowid
"""


def objects(
    database: Database, connection: Connection, schemas: Sequence[str]
) -> Iterator[ObjectValue]:
    """Read the views and triggers of some databases."""
    spaces = database.namespaces(connection)
    for schema in schemas:
        named = spaces.spoken(schema)
        where = database.speller.quote(schema)
        for row in connection.execute(text(_CATALOG.format(schema=where))):
            if row.type == "view":
                columns, definition = view_parts(row.sql)
                view = CreateView(row.name, definition, schema=named, columns=columns)
                key = ObjectKey("view", named, row.name)
                yield ObjectValue(key, view, definition_text(view))
            else:
                event, body = trigger_parts(row.sql)
                trigger = CreateTrigger(row.name, row.tbl_name, event, body, schema=named)
                key = ObjectKey("trigger", named, row.name, row.tbl_name)
                yield ObjectValue(key, trigger, definition_text(trigger))


def refuse_broken(database: Database, value: ObjectValue) -> None:
    """Let a database of our own parse a definition; it looks no names up before they are used.

    Raises:
        BrokenDefinition: It isn't SQL.
    """
    create = value.create.replace(schema=None)
    with closing(sqlite3.connect(":memory:")) as apart:
        if value.key.kind == "trigger":
            table = database.speller.quote(create.table_name)
            view = "INSTEAD" in create.event.upper()
            made = (
                f"VIEW {table} AS SELECT 1 AS ddl_autogen"
                if view
                else f"TABLE {table} (ddl_autogen)"
            )
            apart.execute(f"CREATE {made}")
        try:
            apart.execute(database.speller.ddl(create))
        except sqlite3.Error as err:
            if "syntax error" in str(err) or "incomplete input" in str(err):
                raise BrokenDefinition(value.create.describe(), str(err)) from err
