"""How PostgreSQL reports views, routines and triggers, and what it makes of ours; run on PostgreSQL 15."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ddl_constructs import (
    AlterColumn,
    Change,
    CreateDomain,
    CreateExtension,
    CreateFunction,
    CreateProcedure,
    CreateTrigger,
    CreateView,
    ExecuteSQL,
    GrantPrivileges,
    ObjectKey,
)
from sqlalchemy import CheckConstraint, Connection, text

from ..errors import BrokenDefinition
from ..namespaces import Namespaces
from ..objects import ObjectValue, Use, trigger_parts
from ..values import Snapshot, TableValue
from .base import Database
from .postgresql_catalog import EXTENSIONS, ROUTINES, TRIGGERS, USES, VIEWS
from .postgresql_named import named_types
from .postgresql_scratch import dollars, in_sql, traceless, type_of

_THEIRS = """
n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"""
_NOT_OF_AN_EXTENSION = """
NOT EXISTS (
  SELECT 1 FROM pg_catalog.pg_depend AS e
  WHERE e.classid = '{catalog}'::regclass AND e.objid = {oid} AND e.deptype = 'e'
)"""

FAILURES = "SELECT place, state, message FROM pg_temp.ddl_autogen_failures ORDER BY place"


def objects(database: Database, connection: Connection) -> Iterator[ObjectValue]:
    """Read all views, routines and triggers that aren't an extension's, of every schema."""
    spaces = database.namespaces(connection)
    uses: dict[int, set[Use]] = defaultdict(set)
    for row in connection.execute(text(USES)):
        if row.routine is not None:
            schema = spaces.spoken(row.routine_schema)
            uses[row.oid].add(Use("routine", schema, row.routine, row.types))
        else:
            schema = spaces.spoken(row.schema)
            uses[row.oid].add(Use("relation", schema, row.name, row.column_name))

    def where(catalog: str, oid: str) -> str:
        apart = _NOT_OF_AN_EXTENSION.format(catalog=f"pg_catalog.{catalog}", oid=oid)
        return f"{_THEIRS} AND {apart}"

    for row in connection.execute(text(EXTENSIONS)):
        schema = spaces.spoken(row.schema)
        create = CreateExtension(row.name, schema=schema, version=row.version)
        key = ObjectKey("extension", None, row.name)
        yield ObjectValue(key, create, database.object_text(create))
    for value, oid in _read(database, connection, spaces, where):
        yield replace(value, uses=frozenset(uses[oid]))


def _read(
    database: Database, connection: Connection, spaces: Namespaces, where: Any
) -> Iterator[tuple[ObjectValue, int]]:
    for name, value, oid in named_types(database, connection, where("pg_type", "t.oid")):
        schema = spaces.spoken(name)
        create = value.create.replace(schema=schema)
        yield replace(value, create=create, key=replace(value.key, schema=schema)), oid
    for row in connection.execute(text(VIEWS.format(where=where("pg_class", "c.oid")))):
        yield _view(database, row, spaces.spoken(row.schema)), row.oid
    for row in connection.execute(text(ROUTINES.format(where=where("pg_proc", "p.oid")))):
        yield _routine(database, row, spaces.spoken(row.schema)), row.oid
    own = where("pg_trigger", "t.oid")
    if (database.dialect.server_version_info or (13,)) >= (13,):
        own = f"t.tgparentid = 0 AND {own}"  # a partition's copy; before, that was internal
    for row in connection.execute(text(TRIGGERS.format(where=own))):
        yield _trigger(database, row, spaces.spoken(row.schema)), row.oid


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
        barred=row.barred,
        indexes=indexes,
        also=(*_more_grants(row, schema), *_column_comments(row, schema), *_hanging(row)),
        lost=tuple(row.lost or ()),
    )


def _hanging(row: Any) -> Iterator[ExecuteSQL]:
    """Yield the SQL of what no change of ours is about: rules, defaults of a view, comments on them."""
    for said in row.hanging or ():
        made, undone = said.split("\x1f")
        yield ExecuteSQL(made, raw=True, undo=undone)


def _more_grants(row: Any, schema: str | None) -> Iterator[GrantPrivileges]:
    """Yield what CreateView doesn't say: privileges for columns, and those to be passed on."""
    for said in row.more_grants or ():
        grantee, privilege, grantable, part = said.split("\x1f")
        columns = [part] if part else ()
        yield GrantPrivileges(
            [privilege], row.name, grantee, schema=schema, columns=columns,
            grantable=grantable == "true",
        )  # fmt: skip


def _column_comments(row: Any, schema: str | None) -> Iterator[AlterColumn]:
    for said in row.column_comments or ():
        column, comment = said.split("\x1f", 1)
        yield AlterColumn(row.name, column, comment=comment, existing_comment=None, schema=schema)


def _routine(database: Database, row: Any, schema: str | None) -> ObjectValue:
    kind = "PROCEDURE" if row.is_procedure else "FUNCTION"
    opening = f"CREATE OR REPLACE {kind} {row.quoted}({row.arguments})"
    definition = row.definition.removeprefix(opening).strip()
    made: type[CreateFunction | CreateProcedure] = (
        CreateProcedure if row.is_procedure else CreateFunction
    )
    create: Any = made(
        row.name, definition, arguments=row.arguments, schema=schema, comment=row.comment
    )
    return ObjectValue(
        ObjectKey(create.kind, schema, row.name, signature=row.types),
        create,
        database.object_text(create),
        shape=(row.result or "", row.arguments),
        owner=row.owner,
        barred=row.barred,
        also=tuple(_routine_grants(row, create)),
    )


def _routine_grants(row: Any, create: Any) -> Iterator[Change]:
    """Yield who may call a routine: everybody, until that is taken away."""

    def given(grantee: str, grantable: bool) -> GrantPrivileges:
        return GrantPrivileges(
            ["EXECUTE"], row.name, grantee, kind=create.kind, schema=create.schema,
            arguments=row.arguments, grantable=grantable,
        )  # fmt: skip

    told = [said.split("\x1f") for said in row.grants or ()]
    if row.granted and not any(grantee == "PUBLIC" for grantee, *_ in told):
        yield given("PUBLIC", False).reverse()
    for grantee, _, grantable in told:
        if grantee != "PUBLIC":
            yield given(grantee, grantable == "true")


def _trigger(database: Database, row: Any, schema: str | None) -> ObjectValue:
    event, body = trigger_parts(row.definition)
    create = CreateTrigger(
        row.name,
        row.table_name,
        event,
        body,
        schema=schema,
        constraint=row.is_constraint,
        enabled=_FIRES[row.state],
    )
    return ObjectValue(
        ObjectKey("trigger", schema, row.name, row.table_name),
        create,
        database.object_text(create),
        owner=row.owner,
        barred=row.barred,
        also=tuple(_hanging(row)) if row.commented else (),
    )


_FIRES: Mapping[str, Any] = {"O": None, "D": False, "R": "replica", "A": "always"}
"""What pg_trigger.tgenabled means, as `CreateTrigger` takes it."""


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
        pieces.append(_guarded(-1, _create_table(database, in_sql(table, theirs.namespaces))))
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
        made = [v for v, _ in _read(database, connection, Namespaces(), lambda *_: where)]
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
            said = database.speller.ddl(create.replace(table_name=copy, schema=None, enabled=None))
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
