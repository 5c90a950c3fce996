"""How Oracle reports views, routines and triggers: by the text that it was given; not run.

Oracle Database Reference 19c, ALL_VIEWS, ALL_SOURCE, ALL_TRIGGERS. A view's text is its query; of a
trigger what stands before the body is the `description`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ddl_constructs import (
    CreateFunction,
    CreateProcedure,
    CreateTrigger,
    CreateView,
    ObjectKey,
)
from sqlalchemy import Connection, bindparam, text

from ..objects import ObjectValue, definition_text, trigger_parts
from ..sqltokens import closing, normal, tokens
from ..values import Snapshot
from .base import Database
from .viewtext import without_check_option

VIEWS = """
SELECT v.owner AS owner, v.view_name AS name, v.text AS query
FROM all_views v WHERE v.owner IN :schemas ORDER BY v.owner, v.view_name
"""

VIEW_COLUMNS = """
SELECT c.owner AS owner, c.table_name AS name, c.column_name AS column_name
FROM all_tab_columns c
JOIN all_views v ON v.owner = c.owner AND v.view_name = c.table_name
WHERE c.owner IN :schemas ORDER BY c.owner, c.table_name, c.column_id
"""

ROUTINES = """
SELECT s.owner AS owner, s.name AS name, s.type AS kind, s.text AS line_text
FROM all_source s
WHERE s.owner IN :schemas AND s.type IN ('FUNCTION', 'PROCEDURE')
ORDER BY s.owner, s.name, s.type, s.line
"""

TRIGGERS = """
SELECT t.owner AS owner, t.trigger_name AS name, t.table_name AS table_name, t.status AS status,
       t.description AS description, t.when_clause AS condition, t.trigger_body AS body
FROM all_triggers t
WHERE t.owner IN :schemas AND t.base_object_type IN ('TABLE', 'VIEW')
ORDER BY t.owner, t.table_name, t.trigger_name
"""


_EVENT = re.compile(r"\s*(BEFORE|AFTER|INSTEAD\s+OF|FOR)\s+(.*)", re.IGNORECASE | re.DOTALL)


class WithObjects(Database):
    """What Oracle knows of views, routines and triggers."""

    def name_of(self, given: str) -> str:
        """Give a name of the dictionary as models write it."""
        dialect: Any = self.dialect
        return str(dialect.normalize_name(given))

    def names_in(self, sql: str) -> set[str]:
        found = [token for token in tokens(sql) if token.kind in ("word", "quoted")]
        return {self.name_of(t.name) if t.kind == "quoted" else t.name.lower() for t in found}

    def rows(self, connection: Connection, query: str, schemas: Sequence[str]) -> Sequence[Any]:
        """Ask the dictionary about some schemas, whose names are those that models write."""
        dialect: Any = self.dialect
        asked = text(query).bindparams(bindparam("schemas", expanding=True))
        names = [dialect.denormalize_name(schema) for schema in schemas]
        return connection.execute(asked, {"schemas": names}).all()

    def objects(self, connection: Connection, schemas: Sequence[str]) -> Iterator[ObjectValue]:
        spaces = self.namespaces(connection)

        def schema(owner: str) -> str | None:
            return spaces.spoken(self.name_of(owner))

        shapes: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in self.rows(connection, VIEW_COLUMNS, schemas):
            shapes[row.owner, row.name].append(self.name_of(row.column_name))
        for row in self.rows(connection, VIEWS, schemas):
            name, where = self.name_of(row.name), schema(row.owner)
            query, checked = without_check_option(row.query.strip())
            option = "cascaded" if checked else None
            view = CreateView(name, query, schema=where, check_option=option)
            shape = tuple(shapes[row.owner, row.name])
            key = ObjectKey("view", where, name)
            yield ObjectValue(key, view, definition_text(view), shape=shape)
        sources: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for row in self.rows(connection, ROUTINES, schemas):
            sources[row.owner, row.name, row.kind].append(row.line_text)
        for (owner, name, kind), source in sources.items():
            made = _routine(kind, self.name_of(name), schema(owner), "".join(source))
            key = ObjectKey(made.kind, made.schema, made.name)
            yield ObjectValue(key, made, definition_text(made))
        for row in self.rows(connection, TRIGGERS, schemas):
            condition = f" WHEN ({row.condition})" if row.condition else ""
            event, body = trigger_parts(f"CREATE TRIGGER {row.description}{condition} {row.body}")
            name, table = self.name_of(row.name), self.name_of(row.table_name)
            enabled = False if row.status == "DISABLED" else None
            trigger = CreateTrigger(
                name, table, event, body, schema=schema(row.owner), enabled=enabled
            )
            key = ObjectKey("trigger", trigger.schema, name, table)
            yield ObjectValue(key, trigger, self.object_text(trigger))

    def object_text(self, create: Any) -> str:
        """The order of a trigger's events says nothing (SQL Language Reference 19c, CREATE TRIGGER)."""
        found = _EVENT.fullmatch(create.event) if isinstance(create, CreateTrigger) else None
        if found is None:
            return definition_text(create)
        events = sorted(normal(each) for each in re.split(r"\s+OR\s+", found[2], flags=re.I))
        return definition_text(create.replace(event=f"{found[1]} {' OR '.join(events)}"))

    def own_objects(
        self,
        connection: Connection,
        theirs: Snapshot,
        ours: Snapshot,
        asked: Sequence[ObjectValue],
    ) -> Mapping[ObjectKey, ObjectValue]:
        """Say that a view with names for its columns is theirs, whose text doesn't have them."""
        answers = {}
        for value in asked:
            there = theirs.objects.get(value.key)
            if there is None or value.key.kind != "view":
                continue
            columns = value.create.columns or there.shape
            unnamed = definition_text(value.create.replace(columns=()))
            if unnamed == there.text and tuple(columns) == there.shape:
                answers[value.key] = replace(value, text=there.text, shape=there.shape)
        return answers


def _routine(kind: str, name: str, schema: str | None, source: str) -> Any:
    """Make the change that creates a function or procedure of its source: FUNCTION f(a NUMBER) ..."""
    make: Any = CreateFunction if kind == "FUNCTION" else CreateProcedure
    found = list(tokens(source))
    at = 1
    while found[at + 1].text == ".":
        at += 2
    behind, arguments = at + 1, ""
    if found[behind].text == "(":
        end = closing(found, behind)
        arguments = source[found[behind].end : found[end].start].strip()
        behind = end + 1
    definition = source[found[behind].start : found[-1].end]
    return make(name, definition, arguments=arguments, schema=schema)
