"""How PostgreSQL reports views, routines and triggers, and what it makes of ours; run on PostgreSQL 15."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ddl_constructs import (
    CreateDomain,
    CreateExtension,
    CreateFunction,
    CreateProcedure,
    CreateTrigger,
    CreateView,
    ObjectKey,
)
from sqlalchemy import CheckConstraint, Connection, text

from ..errors import BrokenDefinition
from ..objects import ObjectValue, Use, trigger_parts
from ..values import Snapshot, TableValue
from .base import Database
from .postgresql_named import named_types
from .postgresql_scratch import dollars, traceless, type_of

_THEIRS = """
n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"""
_NOT_OF_AN_EXTENSION = """
NOT EXISTS (
  SELECT 1 FROM pg_catalog.pg_depend AS e
  WHERE e.classid = '{catalog}'::regclass AND e.objid = {oid} AND e.deptype = 'e'
)"""

VIEWS = """
SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind = 'm' AS materialized,
       pg_catalog.pg_get_viewdef(c.oid) AS definition, c.reloptions AS options,
       pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
       CASE WHEN c.relowner <> (SELECT u.oid FROM pg_catalog.pg_roles AS u WHERE u.rolname = current_user)
            THEN pg_catalog.pg_get_userbyid(c.relowner)::text END AS owner,
       (SELECT array_agg(a.attname::text || ' ' || format_type(a.atttypid, a.atttypmod)
                         ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       (SELECT array_agg(CASE WHEN g.grantee = 0 THEN 'PUBLIC'
                              ELSE pg_catalog.pg_get_userbyid(g.grantee)::text END
                         || ' ' || g.privilege_type ORDER BY g.grantee, g.privilege_type)
        FROM pg_catalog.aclexplode(c.relacl) AS g WHERE g.grantee <> c.relowner) AS grants,
       (SELECT s.spcname::text FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace)
         AS tablespace,
       (SELECT array_agg(pg_catalog.pg_get_indexdef(i.indexrelid) ORDER BY i.indexrelid)
        FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid) AS indexes
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND {where}
ORDER BY c.oid
"""

ROUTINES = """
SELECT p.oid, n.nspname::text AS schema, p.proname::text AS name, p.prokind = 'p' AS is_procedure,
       pg_catalog.pg_get_functiondef(p.oid) AS definition,
       pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
       pg_catalog.oidvectortypes(p.proargtypes) AS types,
       quote_ident(CASE WHEN n.oid = pg_catalog.pg_my_temp_schema() THEN 'pg_temp' ELSE n.nspname END)
         || '.' || quote_ident(p.proname) AS quoted,
       pg_catalog.pg_get_function_result(p.oid) AS result,
       CASE WHEN p.proowner <> (SELECT u.oid FROM pg_catalog.pg_roles AS u WHERE u.rolname = current_user)
            THEN pg_catalog.pg_get_userbyid(p.proowner)::text END AS owner
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE p.prokind IN ('f', 'p') AND {where}
ORDER BY p.oid
"""

TRIGGERS = """
SELECT t.oid, n.nspname::text AS schema, t.tgname::text AS name, c.relname::text AS table_name,
       pg_catalog.pg_get_triggerdef(t.oid, false) AS definition, t.tgconstraint <> 0 AS is_constraint,
       CASE WHEN c.relowner <> (SELECT u.oid FROM pg_catalog.pg_roles AS u WHERE u.rolname = current_user)
            THEN pg_catalog.pg_get_userbyid(c.relowner)::text END AS owner
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND {where}
ORDER BY t.oid
"""

USES = """
SELECT DISTINCT CASE WHEN d.classid = 'pg_catalog.pg_rewrite'::regclass THEN r.ev_class ELSE d.objid END AS oid,
       n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS column_name,
       pn.nspname::text AS routine_schema, p.proname::text AS routine,
       pg_catalog.oidvectortypes(p.proargtypes) AS types
FROM pg_catalog.pg_depend AS d
LEFT JOIN pg_catalog.pg_rewrite AS r
  ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = d.objid
LEFT JOIN pg_catalog.pg_class AS c
  ON d.refclassid = 'pg_catalog.pg_class'::regclass AND c.oid = d.refobjid
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute AS a
  ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
LEFT JOIN pg_catalog.pg_proc AS p
  ON d.refclassid = 'pg_catalog.pg_proc'::regclass AND p.oid = d.refobjid
LEFT JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.pronamespace
WHERE d.classid IN ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_proc'::regclass,
                    'pg_catalog.pg_trigger'::regclass)
  AND (c.oid IS NOT NULL OR p.oid IS NOT NULL) AND d.objid >= 16384
  AND (r.ev_class IS NULL OR c.oid IS NULL OR r.ev_class <> c.oid)
"""

EXTENSIONS = """
SELECT e.extname::text AS name, e.extversion AS version, n.nspname::text AS schema
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql' ORDER BY e.oid
"""

FAILURES = "SELECT place, state, message FROM pg_temp.ddl_autogen_failures ORDER BY place"


def objects(database: Database, connection: Connection) -> Iterator[ObjectValue]:
    """Read all views, routines and triggers that aren't an extension's, of every schema."""
    default = database.default_schema(connection)
    uses: dict[int, set[Use]] = defaultdict(set)
    for row in connection.execute(text(USES)):
        if row.routine is not None:
            schema = None if row.routine_schema == default else row.routine_schema
            uses[row.oid].add(Use("routine", schema, row.routine, row.types))
        else:
            schema = None if row.schema == default else row.schema
            uses[row.oid].add(Use("relation", schema, row.name, row.column_name))

    def where(catalog: str, oid: str) -> str:
        apart = _NOT_OF_AN_EXTENSION.format(catalog=f"pg_catalog.{catalog}", oid=oid)
        return f"{_THEIRS} AND {apart}"

    for row in connection.execute(text(EXTENSIONS)):
        schema = None if row.schema == default else row.schema
        create = CreateExtension(row.name, schema=schema, version=row.version)
        key = ObjectKey("extension", None, row.name)
        yield ObjectValue(key, create, database.object_text(create))
    for value, oid in _read(database, connection, default, where):
        yield replace(value, uses=frozenset(uses[oid]))


def _read(
    database: Database, connection: Connection, default: str | None, where: Any
) -> Iterator[tuple[ObjectValue, int]]:
    def schema(name: str) -> str | None:
        return None if name == default else name

    for name, value, oid in named_types(database, connection, where("pg_type", "t.oid")):
        create = value.create.replace(schema=schema(name))
        yield replace(value, create=create, key=replace(value.key, schema=schema(name))), oid
    for row in connection.execute(text(VIEWS.format(where=where("pg_class", "c.oid")))):
        yield _view(database, row, schema(row.schema)), row.oid
    for row in connection.execute(text(ROUTINES.format(where=where("pg_proc", "p.oid")))):
        yield _routine(database, row, schema(row.schema)), row.oid
    own = where("pg_trigger", "t.oid")
    if (database.dialect.server_version_info or (13,)) >= (13,):
        own = f"t.tgparentid = 0 AND {own}"  # a partition's copy; before, that was internal
    for row in connection.execute(text(TRIGGERS.format(where=own))):
        yield _trigger(database, row, schema(row.schema)), row.oid


def _view(database: Database, row: Any, schema: str | None) -> ObjectValue:
    given = dict(option.split("=", 1) for option in row.options or ())
    check = given.pop("check_option", None)
    options: dict[str, Any] = {"postgresql_with": given} if given else {}
    if row.tablespace:
        options["postgresql_tablespace"] = row.tablespace
    grants: dict[str, list[str]] = defaultdict(list)
    for one in row.grants or ():
        role, _, privilege = one.rpartition(" ")
        grants[role].append(privilege)
    create = CreateView(
        row.name,
        row.definition.strip().removesuffix(";"),
        schema=schema,
        materialized=row.materialized,
        check_option=check,
        comment=row.comment,
        grants=dict(grants),
        **options,
    )
    found = (database.parse_index(sql) for sql in row.indexes or ())
    indexes = tuple(replace(i, using=None) if i.using == "btree" else i for i in found)
    return ObjectValue(
        ObjectKey("view", schema, row.name),
        create,
        database.object_text(create),
        shape=tuple(row.columns or ()),
        owner=row.owner,
        indexes=indexes,
    )


def _routine(database: Database, row: Any, schema: str | None) -> ObjectValue:
    kind = "PROCEDURE" if row.is_procedure else "FUNCTION"
    opening = f"CREATE OR REPLACE {kind} {row.quoted}({row.arguments})"
    definition = row.definition.removeprefix(opening).strip()
    made: type[CreateFunction | CreateProcedure] = (
        CreateProcedure if row.is_procedure else CreateFunction
    )
    create: Any = made(row.name, definition, arguments=row.arguments, schema=schema)
    return ObjectValue(
        ObjectKey(create.kind, schema, row.name, signature=row.types),
        create,
        database.object_text(create),
        shape=(row.result or "", row.arguments),
        owner=row.owner,
    )


def _trigger(database: Database, row: Any, schema: str | None) -> ObjectValue:
    event, body = trigger_parts(row.definition)
    create = CreateTrigger(
        row.name, row.table_name, event, body, schema=schema, constraint=row.is_constraint
    )
    return ObjectValue(
        ObjectKey("trigger", schema, row.name, row.table_name),
        create,
        database.object_text(create),
        owner=row.owner,
    )


def own_form(
    database: Database,
    connection: Connection,
    theirs: Snapshot,
    ours: Snapshot,
    asked: Iterable[ObjectValue],
) -> Mapping[ObjectKey, ObjectValue]:
    """Make temporary views, routines and triggers of ours, read them back, roll back.

    Tables that are new or change are made as temporary ones first, which hide those of the same
    name, so that definitions find what will be there. What can't be made so is compared by its
    text.

    Raises:
        BrokenDefinition: The server says of one that it isn't SQL.
    """
    several = [value for value in asked if value.key.kind in _ASKED]
    pieces = [_FAILURES_TABLE]
    for table in _hidden(theirs, ours):
        pieces.append(_guarded(-1, _create_table(database, table)))
    names: dict[str, ObjectValue] = {}
    for place, value in enumerate(several):
        name = value.key.name if value.key.schema is None else f"ddl_autogen_{place}"
        if value.key.kind in ("function", "procedure", "domain"):
            name = f"ddl_autogen_{place}"
        names[name if value.key.kind != "trigger" else f"{value.key.name} {place}"] = value
        pieces.append(_made(database, value, name, place))
    block = f"DO {dollars('BEGIN ' + ' '.join(pieces) + ' END')}"
    with traceless(connection):
        connection.exec_driver_sql(block, execution_options={"no_parameters": True})
        failed = {row.place: row for row in connection.execute(text(FAILURES))}
        where = "n.oid = pg_catalog.pg_my_temp_schema()"
        made = [v for v, _ in _read(database, connection, None, lambda *_: where)]
    for place, row in failed.items():
        if row.state == "42601":
            raise BrokenDefinition(several[place].create.describe(), row.message)
    answers: dict[ObjectKey, ObjectValue] = {}
    for place, value in enumerate(several):
        if place in failed:
            continue
        found = _found(made, value, place)
        if found is not None:
            answers[value.key] = _amended(database, value, found)
    return answers


_ASKED = ("view", "function", "procedure", "trigger", "domain")
_FAILURES_TABLE = (
    "CREATE TEMPORARY TABLE ddl_autogen_failures (place int, state text, message text);"
)


def _guarded(place: int, statement: str) -> str:
    note = (
        f"INSERT INTO pg_temp.ddl_autogen_failures VALUES ({place}, SQLSTATE, SQLERRM);"
        if place >= 0
        else "NULL;"
    )
    return f"BEGIN EXECUTE {dollars(statement)}; EXCEPTION WHEN OTHERS THEN {note} END;"


def _hidden(theirs: Snapshot, ours: Snapshot) -> Iterator[TableValue]:
    """Yield the tables that definitions must find as they will be."""
    for key, table in ours.tables.items():
        there = theirs.tables.get(key)
        same = there is not None and [(c.name, c.type) for c in there.columns] == [
            (c.name, c.type) for c in table.columns
        ]
        if key[0] is None and not same:
            yield table


def _create_table(database: Database, table: TableValue) -> str:
    quote = database.speller.quote
    columns = [f"{quote(c.name)} {type_of(database, c)}" for c in table.columns if c.type]
    if table.primary_key is not None:
        columns.append(f"PRIMARY KEY ({', '.join(map(quote, table.primary_key.columns))})")
    return f"CREATE TEMPORARY TABLE {quote(table.name)} ({', '.join(columns)})"


def _made(database: Database, value: ObjectValue, name: str, place: int) -> str:
    create: Any = value.create
    quote = database.speller.quote
    match create:
        case CreateDomain():
            checks = [
                CheckConstraint(c.sqltext, name=f"c{i:05}") for i, c in enumerate(create.checks)
            ]
            domain = create.replace(domain_name=name, schema="pg_temp", checks=checks)
            return _guarded(place, database.speller.ddl(domain))
        case CreateView():
            temporary = create.replace(
                view_name=name, schema=None, materialized=False, comment=None, grants={},
                check_option=None, dialect_kwargs={},
            )  # fmt: skip
            said = database.speller.ddl(temporary)
            return _guarded(place, said.replace("CREATE VIEW", "CREATE TEMPORARY VIEW", 1))
        case CreateTrigger():
            copy = f"ddl_autogen_{place}"
            table = database.speller.table(create.table_name, create.schema)
            made = f"CREATE TEMPORARY TABLE {copy} (LIKE {table})"
            said = database.speller.ddl(create.replace(table_name=copy, schema=None))
            return _guarded(-1, made) + _guarded(place, said)
    said = f"CREATE {create.kind.upper()} pg_temp.{quote(name)}({create.arguments}) {create.definition}"
    unchecked = f"SET LOCAL check_function_bodies = off; {said}"
    return (
        f"BEGIN EXECUTE {dollars(said)}; EXCEPTION WHEN syntax_error THEN "
        f"INSERT INTO pg_temp.ddl_autogen_failures VALUES ({place}, SQLSTATE, SQLERRM); "
        f"WHEN OTHERS THEN {_guarded(place, unchecked)} END;"
    )


def _found(made: Iterable[ObjectValue], value: ObjectValue, place: int) -> ObjectValue | None:
    copy = f"ddl_autogen_{place}"
    for found in made:
        if found.key.kind != value.key.kind:
            continue
        if value.key.kind == "trigger":
            if found.key.table == copy:
                return found
        elif found.key.name == copy or (
            value.key.kind == "view"
            and value.key.schema is None
            and found.key.name == value.key.name
        ):
            return found
    return None


def _amended(database: Database, ours: ObjectValue, made: ObjectValue) -> ObjectValue:
    """Put the server's words into ours."""
    create: Any = made.create
    match ours.create:
        case CreateDomain():
            return replace(ours, text=made.text, shape=made.shape)
        case CreateView():
            text = database.object_text(
                ours.create.replace(definition=create.definition, columns=())
            )
            return replace(ours, text=text, shape=made.shape)
        case CreateTrigger():
            said = ours.create.replace(event=create.event, body=create.body)
            return replace(ours, text=database.object_text(said))
    routine: Any = ours.create
    said = routine.replace(definition=create.definition, arguments=create.arguments)
    key = replace(ours.key, signature=made.key.signature)
    return replace(ours, key=key, text=database.object_text(said), shape=made.shape)
