"""How MariaDB and MySQL report views, routines and triggers; run on MariaDB 10.11.

A view is kept as the server has understood it, with every name in full. Whether ours means the
same is asked by EXPLAIN of both: that is no DDL, so that nothing is committed and nothing left.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ddl_constructs import CreateFunction, CreateProcedure, CreateTrigger, CreateView, ObjectKey
from sqlalchemy import Connection, bindparam, text
from sqlalchemy.exc import DBAPIError

from ..errors import BrokenDefinition
from ..objects import ObjectValue, definition_text, names
from ..sqltokens import Token, closing, tokens
from ..values import Granted, Key, Snapshot
from . import mysql_catalog, mysql_grants
from .base import Database
from .mysql_rights import barred
from .mysql_scratch import standard_quotes
from .mysql_types import canonical_type

VIEWS = """
SELECT table_schema AS `schema`, table_name AS `name`, view_definition AS definition,
       check_option AS check_option, definer AS definer, security_type AS security,
       IF(definer = CURRENT_USER(), NULL, definer) AS owner
FROM information_schema.views WHERE table_schema IN :schemas ORDER BY table_schema, table_name
"""
COLUMNS = """
SELECT table_schema AS `schema`, table_name AS `name`, column_name AS `column`
FROM information_schema.columns WHERE table_schema IN :schemas AND table_name IN :names
ORDER BY table_schema, table_name, ordinal_position
"""
TRIGGERS = """
SELECT trigger_schema AS `schema`, trigger_name AS `name`, event_object_table AS `table`,
       action_timing AS timing, event_manipulation AS event, action_statement AS body,
       IF(definer = CURRENT_USER(), NULL, definer) AS owner
FROM information_schema.triggers WHERE trigger_schema IN :schemas
ORDER BY trigger_schema, event_object_table, action_order
"""
ROUTINES = """
SELECT routine_schema AS `schema`, routine_name AS `name`, routine_type AS kind,
       dtd_identifier AS result, routine_definition AS body, is_deterministic AS fixed,
       sql_data_access AS access, security_type AS security, routine_comment AS `comment`,
       IF(definer = CURRENT_USER(), NULL, definer) AS owner
FROM information_schema.routines
WHERE routine_schema IN :schemas AND routine_type IN ('FUNCTION', 'PROCEDURE')
ORDER BY routine_schema, routine_name
"""
PARAMETERS = """
SELECT specific_schema AS `schema`, specific_name AS `name`, parameter_mode AS mode,
       parameter_name AS parameter, dtd_identifier AS type
FROM information_schema.parameters
WHERE specific_schema IN :schemas AND ordinal_position > 0
ORDER BY specific_schema, specific_name, ordinal_position
"""


class WithObjects(Database):
    """What MariaDB and MySQL know of views, routines and triggers."""

    def views(self, connection: Connection, schemas: Sequence[str]) -> Mapping[Key, str]:
        asked = text(mysql_catalog.VIEWS).bindparams(bindparam("schemas", expanding=True))
        found = connection.execute(asked, {"schemas": list(schemas)})
        return {(row.schema, row.name): "view" for row in found}

    def objects(self, connection: Connection, schemas: Sequence[str]) -> Iterator[ObjectValue]:
        found = list(_objects(self, connection, schemas))
        if not found:
            return
        lacks, spaces = barred(connection), self.namespaces(connection)
        for value in found:
            key = value.key
            right = lacks(key.kind, str(spaces.actual(key.schema)), key.table or key.name)
            yield replace(value, barred=right)

    def granted(self, connection: Connection) -> Iterator[Granted]:
        return mysql_grants.granted(connection, self.namespaces(connection))

    def every_privilege(self, connection: Connection) -> Mapping[str, list[str]]:
        return mysql_grants.EVERY

    def object_text(self, create: Any) -> str:
        match create:
            case CreateFunction() | CreateProcedure():
                return routine_text(create)
            case CreateView():
                told = f"{self.name}_sql_security"
                invoker = str(create.dialect_kwargs.get(told)).upper() == "INVOKER"
                return definition_text(create, [told] if invoker else [])
        return definition_text(create)

    def own_objects(
        self,
        connection: Connection,
        theirs: Snapshot,
        ours: Snapshot,
        asked: Sequence[ObjectValue],
    ) -> Mapping[ObjectKey, ObjectValue]:
        """Ask of each of our views whether it means the same as theirs, and of all whether they are SQL."""
        answers = {}
        for value in asked:
            refuse_broken(self, connection, value)
            there = theirs.objects.get(value.key)
            if value.key.kind != "view" or there is None or _grows(value, theirs, ours):
                continue
            known = {c.name.lower() for t in theirs.tables.values() for c in t.columns}
            if self._means_the_same(connection, value, there, known):
                said = value.create.replace(definition=there.create.definition, columns=())
                columns = value.create.columns or there.shape
                if tuple(columns) == there.shape:
                    answers[value.key] = replace(value, text=self.object_text(said))
        return answers

    def _means_the_same(
        self,
        connection: Connection,
        ours: ObjectValue,
        theirs: ObjectValue,
        columns: Collection[str],
    ) -> bool:
        """Tell whether the server makes the same of two views.

        Where it has read a row while it was planning (a key is compared with a constant), that
        row's values stand in the place of conditions: then both must speak of the same too.
        """
        mine, theirs_said = ours.create.definition, theirs.create.definition
        one, other = (explained(self, connection, sql) for sql in (mine, theirs_said))
        if one is None or other is None or one.messages != other.messages:
            return False
        certain = one.certain and other.certain
        return certain or _spoken_of(mine, columns) == _spoken_of(theirs_said, columns)


def _grows(view: ObjectValue, theirs: Snapshot, ours: Snapshot) -> bool:
    """Tell whether a view of all columns (SELECT *) is over a table that gets others."""
    found = list(tokens(view.create.definition))
    every = any(
        t.text == "*" and at and found[at - 1].says("SELECT", "DISTINCT", "ALL", ",", ".")
        for at, t in enumerate(found)
    )
    if not every:
        return False
    tables = {name for kind, _, name in names(view.create.definition) if kind == "relation"}
    for key, table in ours.tables.items():
        there = theirs.tables.get(key)
        if key[1].lower() in tables and (
            there is None or [c.name for c in there.columns] != [c.name for c in table.columns]
        ):
            return True
    return False


def _spoken_of(query: str, columns: Collection[str]) -> tuple[set[str], Counter[str]]:
    """Give the literals in a query, and how often it names each column but for aliases.

    0 and 1 don't count: COUNT(*) and TRUE are told so.
    """
    found = list(tokens(standard_quotes(query)))
    literals = {t.text for t in found if t.kind in ("string", "number")} - {"0", "1"}
    named = Counter(
        token.name.lower()
        for at, token in enumerate(found)
        if token.name.lower() in columns and not (at and found[at - 1].says("AS"))
    )
    return literals, named


def _objects(
    database: Database, connection: Connection, schemas: Sequence[str]
) -> Iterator[ObjectValue]:
    """Read the views, routines and triggers of some schemas."""
    spaces = database.namespaces(connection)

    def rows(query: str, **more: list[str]) -> Any:
        given = {"schemas": list(schemas), **more}
        asked = text(query).bindparams(*(bindparam(name, expanding=True) for name in given))
        return connection.execute(asked, given).all()

    columns: dict[tuple[str, str], list[str]] = defaultdict(list)
    views = rows(VIEWS)
    for row in rows(COLUMNS, names=[v.name for v in views]) if views else ():
        columns[row.schema, row.name].append(row.column)
    for row in views:
        schema = spaces.spoken(row.schema)
        invoker = row.security == "INVOKER"
        options: dict[str, Any] = {f"{database.name}_sql_security": "INVOKER"} if invoker else {}
        create = CreateView(
            row.name,
            unqualified(row.definition, str(spaces.default)),
            schema=schema,
            check_option=None if row.check_option == "NONE" else row.check_option.lower(),
            **options,
        )
        yield ObjectValue(
            ObjectKey("view", schema, row.name),
            create,
            database.object_text(create),
            shape=tuple(columns[row.schema, row.name]),
            owner=row.owner,
        )
    arguments: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows(PARAMETERS):
        mode = f"{row.mode} " if row.mode not in (None, "IN") else ""
        name = database.speller.quote(row.parameter)
        arguments[row.schema, row.name].append(f"{mode}{name} {_plain_type(row.type)}")
    for row in rows(ROUTINES):
        schema = spaces.spoken(row.schema)
        made: type[CreateFunction | CreateProcedure] = (
            CreateFunction if row.kind == "FUNCTION" else CreateProcedure
        )
        routine: Any = made(
            row.name,
            _definition(row),
            arguments=", ".join(arguments[row.schema, row.name]),
            schema=schema,
        )
        key = ObjectKey(routine.kind, schema, row.name)
        yield ObjectValue(key, routine, routine_text(routine), owner=row.owner)
    for row in rows(TRIGGERS):
        schema = spaces.spoken(row.schema)
        trigger = CreateTrigger(
            row.name,
            row.table,
            f"{row.timing} {row.event}",
            f"FOR EACH ROW {row.body}",
            schema=schema,
        )
        key = ObjectKey("trigger", schema, row.name, row.table)
        yield ObjectValue(key, trigger, definition_text(trigger), owner=row.owner)


def unqualified(sql: str, schema: str) -> str:
    """Take a schema's name away before the dots, so that the text is for a database of any name.

    >>> unqualified("select `app`.`t`.`a` AS `a` from `app`.`t`", "app")
    'select `t`.`a` AS `a` from `t`'
    """
    found = list(tokens(sql))
    kept, end = [], 0
    for at, token in enumerate(found[:-1]):
        alone = not at or found[at - 1].text != "."
        if alone and token.kind == "quoted" and token.name == schema and found[at + 1].text == ".":
            kept.append(sql[end : token.start])
            end = found[at + 1].end
    return "".join([*kept, sql[end:]])


def _plain_type(type_: str) -> str:
    return re.sub(r"\s+(CHARSET|CHARACTER SET|COLLATE)\s+\S+", "", type_, flags=re.IGNORECASE)


def _definition(row: Any) -> str:
    """Put together what stands behind a routine's arguments."""
    parts = [f"RETURNS {_plain_type(row.result)}"] if row.kind == "FUNCTION" else []
    parts += ["DETERMINISTIC"] if row.fixed == "YES" else []
    parts += [row.access] if row.access != "CONTAINS SQL" else []
    parts += ["SQL SECURITY INVOKER"] if row.security == "INVOKER" else []
    parts += ["COMMENT '{}'".format(row.comment.replace("'", "''"))] if row.comment else []
    return "\n".join([*parts, row.body])


_CHARACTERISTICS = (
    ("LANGUAGE", "SQL"),
    ("NOT", "DETERMINISTIC"),
    ("DETERMINISTIC",),
    ("CONTAINS", "SQL"),
    ("NO", "SQL"),
    ("READS", "SQL", "DATA"),
    ("MODIFIES", "SQL", "DATA"),
    ("SQL", "SECURITY", "DEFINER"),
    ("SQL", "SECURITY", "INVOKER"),
)
_USUAL = {"LANGUAGE SQL", "NOT DETERMINISTIC", "CONTAINS SQL", "SQL SECURITY DEFINER"}


def routine_text(create: Any) -> str:
    """Give a routine's definition in one form: its type, its characteristics in one order, its body."""
    found = list(tokens(create.definition.strip().removesuffix(";")))
    at, result = 0, ""
    if found and found[0].says("RETURNS"):
        at = _behind_type(found, 1)
        result = canonical_type(_plain_type(" ".join(t.text for t in found[1:at])))
    said: set[str] = set()
    while at < len(found):
        if found[at].says("COMMENT"):
            said.add(f"COMMENT {found[at + 1].text}")
            at += 2
            continue
        words = next((w for w in _CHARACTERISTICS if _says(found, at, w)), None)
        if words is None:
            break
        said.add(" ".join(words))
        at += len(words)
    arguments = [" ".join(_argument(part)) for part in _split(list(tokens(create.arguments)))]
    body = " ".join(t.text if t.kind == "string" else t.name.lower() for t in found[at:])
    return " | ".join([", ".join(arguments), result, *sorted(said - _USUAL), body])


def _says(found: Sequence[Token], at: int, words: Sequence[str]) -> bool:
    return at + len(words) <= len(found) and all(
        found[at + n].says(word) for n, word in enumerate(words)
    )


def _behind_type(found: Sequence[Token], at: int) -> int:
    at += 1
    while at < len(found):
        if found[at].text == "(":
            at = closing(list(found), at) + 1
        elif found[at].says("UNSIGNED", "SIGNED", "ZEROFILL", "VARYING", "PRECISION"):
            at += 1
        elif found[at].says("CHARSET", "COLLATE"):
            at += 2
        elif _says(found, at, ("CHARACTER", "SET")):
            at += 3
        else:
            break
    return at


def _split(found: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    depth = 0
    for token in found:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "," and not depth:
            yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def _argument(part: Sequence[Token]) -> Iterator[str]:
    """Give an argument's mode, name and type in one form."""
    if part[0].says("IN"):
        part = part[1:]
    elif part[0].says("OUT", "INOUT"):
        yield part[0].text.lower()
        part = part[1:]
    yield part[0].name.lower()
    yield canonical_type(_plain_type(" ".join(t.text for t in part[1:])))


@dataclass(frozen=True)
class Explained:
    """What the server makes of a query.

    Attributes:
        messages: The query as it has understood it.
        certain: Whether no row was read for that.
    """

    messages: tuple[str, ...]
    certain: bool


def explained(database: Database, connection: Connection, query: str) -> Explained | None:
    """Ask what the server makes of a query, by EXPLAIN EXTENDED; None if it can't say.

    The optimiser has been at it, and at theirs likewise.
    """
    options = {"no_parameters": True}
    extended = "EXTENDED " if getattr(database.dialect, "is_mariadb", False) else ""
    try:
        plan = connection.exec_driver_sql(f"EXPLAIN {extended}{query}", execution_options=options)
        steps = [str(tuple(row)).lower() for row in plan]
        said = connection.exec_driver_sql("SHOW WARNINGS", execution_options=options).all()
    except DBAPIError as err:
        if err.connection_invalidated:
            raise
        return None
    messages = tuple(str(message) for _, code, message in said if code == 1003)
    certain = not any(word in step for step in steps for word in _READ_A_ROW)
    return Explained(messages, certain) if messages else None


# MariaDB Knowledge Base, EXPLAIN: types of access, and what stands in Extra
_READ_A_ROW = ("'const'", "'system'", "const", "impossible", "no matching", "optimized away")


_SYNTAX_ERROR = 1064


def refuse_broken(database: Database, connection: Connection, value: ObjectValue) -> None:
    """Let the server parse a definition, without running it (PREPARE; MariaDB from 10.6.2 for all).

    Raises:
        BrokenDefinition: It isn't SQL.
    """
    sql = database.speller.ddl(value.create)
    literal = database.speller.literal(sql.replace("\\", "\\\\"))
    options = {"no_parameters": True}
    try:
        connection.exec_driver_sql(f"PREPARE ddl_autogen FROM {literal}", execution_options=options)
    except DBAPIError as err:
        if err.connection_invalidated:
            raise
        code, *message = getattr(err.orig, "args", (0,))
        if code == _SYNTAX_ERROR:
            raise BrokenDefinition(value.create.describe(), " ".join(map(str, message))) from err
        return
    connection.exec_driver_sql("DEALLOCATE PREPARE ddl_autogen", execution_options=options)
