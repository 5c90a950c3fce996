"""How SQL Server reports views, routines and triggers: by the text that it was given; not run.

SQL Server 2022, sys.sql_modules: `definition` is the text, comments and all; after sp_rename it has
the old name, so names are those of sys.objects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
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

from ..objects import ObjectValue, Use, definition_text, view_parts
from ..sqltokens import Token, closing, tokens
from .base import Database
from .viewtext import without_check_option

OBJECTS = """
SELECT s.name AS [schema], o.name AS name, o.type AS kind, m.definition AS definition,
       p.name AS parent, g.is_disabled AS disabled, o.object_id AS id, m.is_schema_bound AS bound,
       (SELECT COUNT(*) FROM sys.indexes AS i WHERE i.object_id = o.object_id) AS indexes,
       (SELECT COUNT(*) FROM sys.database_permissions AS e
        WHERE e.class = 1 AND e.major_id = o.object_id) AS privileges
FROM sys.sql_modules AS m
JOIN sys.objects AS o ON o.object_id = m.object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
LEFT JOIN sys.objects AS p ON p.object_id = o.parent_object_id
LEFT JOIN sys.triggers AS g ON g.object_id = o.object_id
WHERE s.name IN :schemas AND o.is_ms_shipped = 0
  AND o.type IN ('V', 'P', 'FN', 'IF', 'TF', 'TR')
ORDER BY o.type, s.name, o.name
"""

BOUND = """
SELECT d.referencing_id AS id, s.name AS [schema], o.name AS name, o.type AS kind,
       c.name AS [column]
FROM sys.sql_expression_dependencies AS d
JOIN sys.objects AS o ON o.object_id = d.referenced_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
LEFT JOIN sys.columns AS c ON c.object_id = d.referenced_id
 AND c.column_id = d.referenced_minor_id
WHERE d.is_schema_bound_reference = 1
"""


class WithObjects(Database):
    """What SQL Server knows of views, routines and triggers."""

    def objects(self, connection: Connection, schemas: Sequence[str]) -> Iterator[ObjectValue]:
        spaces = self.namespaces(connection)
        uses: dict[int, set[Use]] = defaultdict(set)
        for row in connection.execute(text(BOUND)):
            what = "relation" if row.kind.strip() in ("U", "V") else "routine"
            uses[row.id].add(Use(what, spaces.spoken(row.schema), row.name, row.column))
        asked = text(OBJECTS).bindparams(bindparam("schemas", expanding=True))
        for row in connection.execute(asked, {"schemas": list(schemas)}):
            if row.definition is None:  # WITH ENCRYPTION, or it may not be seen
                continue
            schema = spaces.spoken(row.schema)
            create = _create(row.kind.strip(), row.name, schema, row.definition, row.parent)
            if isinstance(create, CreateView) and row.bound:
                create = create.replace(dialect_kwargs={"mssql_schemabinding": True})
            table = (row.parent,) if isinstance(create, CreateTrigger) else ()
            if row.disabled:
                create = create.replace(enabled=False)
            key = ObjectKey(_KINDS[row.kind.strip()], schema, row.name, *table)
            value = ObjectValue(key, create, self.object_text(create), bound=bool(row.bound))
            if value.bound:
                hangs = (row.indexes and "its indexes", row.privileges and "its privileges")
                lost = tuple(what for what in hangs if what)
                value = replace(value, uses=frozenset(uses[row.id]), lost=lost)
            yield value

    def object_text(self, create: Any) -> str:
        """FOR is another word for AFTER; the order of events says nothing (CREATE TRIGGER)."""
        if not isinstance(create, CreateTrigger):
            return definition_text(create, ["mssql_schemabinding"])
        words = create.event.upper().replace(",", " ").split()
        when, events = (
            ["AFTER" if w == "FOR" else w for w in words if w not in _EVENTS],
            [w for w in words if w in _EVENTS],
        )
        return definition_text(create.replace(event=" ".join([*when, *sorted(events)])))


_KINDS: dict[str, Any] = {
    **dict.fromkeys(("FN", "IF", "TF"), "function"),
    "P": "procedure",
    "TR": "trigger",
    "V": "view",
}
"""Of sys.objects.type: FN, IF and TF are functions of values, of a query, and of a table."""
_EVENTS = ("INSERT", "UPDATE", "DELETE")


def _create(kind: str, name: str, schema: str | None, sql: str, table: str) -> Any:
    """Make the change that creates an object of its definition."""
    if kind == "V":
        columns, query = view_parts(sql)
        query, checked = without_check_option(query)
        option = "cascaded" if checked else None
        return CreateView(name, query, schema=schema, columns=columns, check_option=option)
    found = list(tokens(sql))
    at = next(i for i, t in enumerate(found) if t.says("FUNCTION", "PROCEDURE", "PROC", "TRIGGER"))
    behind = _behind_name(found, at + 1)
    if kind == "TR":
        on = _behind_name(found, behind + 1)
        body = next(i for i in range(on, len(found)) if found[i].says("AS"))
        return CreateTrigger(
            name, table, _text(sql, found[on:body]), _text(sql, found[body:]), schema=schema
        )
    if kind == "P":
        end = next(i for i in range(behind, len(found)) if _ends_parameters(found, i))
        arguments = _text(sql, found[behind:end])
        return CreateProcedure(name, _text(sql, found[end:]), arguments=arguments, schema=schema)
    end = closing(found, behind)
    arguments, definition = _text(sql, found[behind + 1 : end]), _text(sql, found[end + 1 :])
    return CreateFunction(name, definition, arguments=arguments, schema=schema)


def _behind_name(found: Sequence[Token], at: int) -> int:
    while found[at + 1].text == ".":
        at += 2
    return at + 1


def _ends_parameters(found: Sequence[Token], at: int) -> bool:
    """Tell whether AS, WITH or FOR begins what a procedure does; AS may stand before a type too."""
    if found[at].says("WITH", "FOR"):
        return True
    return found[at].says("AS") and found[at - 2].text != "@"


def _text(sql: str, found: Sequence[Token]) -> str:
    return sql[found[0].start : found[-1].end].removesuffix(";").strip() if found else ""
