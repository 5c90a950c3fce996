"""SQL objects that are declared beside the models, on their MetaData."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any, ClassVar

from sqlalchemy import Column, MetaData, Table, column, event, inspect
from sqlalchemy import table as table_clause
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.selectable import SelectBase, TableClause

from .change import Change
from .errors import ExistingObject
from .extension import CreateExtension
from .index import CreateIndex
from .objects import ObjectKey, key_of
from .routine import CreateFunction, CreateProcedure
from .trigger import CreateTrigger
from .view import CreateView

_PLACE = "ddl_constructs.objects"
"""Where a MetaData keeps them, in its `info`: a dict of `ObjectKey` to `SQLObject`."""


class SQLObject:
    """An object of the database that a MetaData creates and drops along with its tables.

    Declared once, where the models are. `MetaData.create_all()` creates it, `drop_all()` drops
    it, and autogenerate compares it. In `info` of the MetaData, so that it needs no registry.

    Attributes:
        create: The change that creates it.
        dialects: Names of the dialects that it is for; empty for all.
    """

    kind: ClassVar[str] = "object"

    create: Any
    metadata: MetaData
    dialects: frozenset[str]
    indexes: tuple[CreateIndex, ...] = ()

    def __init__(self, metadata: MetaData, create: Change, dialects: Collection[str] = ()) -> None:
        """Describe an object; `hang` is what makes it a part of its MetaData."""
        self.metadata, self.create = metadata, create
        self.dialects = frozenset([dialects] if isinstance(dialects, str) else dialects)

    def hang(self) -> None:
        """Hang the object on its MetaData.

        Raises:
            ExistingObject: It has one of that kind and name for the same dialects.
        """
        known: list[SQLObject] = self.metadata.info.setdefault(_PLACE, [])
        for other in known:
            if other.key == self.key and (
                not other.dialects or not self.dialects or other.dialects & self.dialects
            ):
                raise ExistingObject(self.create.describe(), self.key.kind, self.key.spoken)
        if not known:
            event.listen(self.metadata, "before_create", _before_create)
            event.listen(self.metadata, "after_create", _after_create)
            event.listen(self.metadata, "before_drop", _before_drop)
            event.listen(self.metadata, "after_drop", _after_drop)
        known.append(self)

    @property
    def key(self) -> ObjectKey:
        """What it is known by."""
        return key_of(self.create)

    def is_for(self, dialect: Dialect) -> bool:
        """Tell whether it is for a dialect, by its name or by that of the server it has met."""
        met = "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name
        return not self.dialects or not self.dialects.isdisjoint((dialect.name, met))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key.spoken}>"


class View(SQLObject):
    """A view: `View("grown_up", metadata, select(users.c.id).where(users.c.age >= 18))`.

    >>> from sqlalchemy import Integer, create_engine, select
    >>> metadata = MetaData()
    >>> users = Table("users", metadata, Column("id", Integer), Column("age", Integer))
    >>> grown_up = View("grown_up", metadata, select(users.c.id).where(users.c.age >= 18))
    >>> with create_engine("sqlite://").begin() as connection:
    ...     metadata.create_all(connection)
    ...     connection.execute(users.insert(), [{"id": 1, "age": 7}, {"id": 2, "age": 70}])
    ...     connection.execute(select(grown_up.table)).all()
    <sqlalchemy.engine.cursor.CursorResult object at ...>
    [(2,)]
    """

    materialized: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        metadata: MetaData,
        definition: str | ClauseElement,
        *,
        schema: str | None = None,
        dialects: Collection[str] = (),
        **facts: Any,
    ) -> None:
        """Declare a view.

        Args:
            name: Its name.
            metadata: Where it belongs.
            definition: Its query, as a `select()` or as SQL text.
            schema: Its schema; None for that of the MetaData.
            dialects: Names of the dialects that it is for; empty for all.
            facts: What else `CreateView` takes: `columns`, `check_option`, `comment`, options
                of a dialect.
        """
        create = CreateView(
            name,
            definition,
            schema=schema or metadata.schema,
            materialized=self.materialized,
            **facts,
        )
        super().__init__(metadata, create, dialects)
        self.hang()

    @cached_property
    def table(self) -> TableClause:
        """What to select from: its name, and the columns that are known (of a `select()`)."""
        create: CreateView = self.create
        definition = create.definition
        found: list[Any] = [column(name) for name in create.columns]
        if isinstance(definition, SelectBase):
            types = [c.type for c in definition.selected_columns]
            names = create.columns or [c.key for c in definition.selected_columns]
            found = [column(str(n), t) for n, t in zip(names, types, strict=True)]
        return table_clause(create.view_name, *found, schema=create.schema)


class MaterializedView(View):
    """A view that keeps its rows (PostgreSQL, Oracle): `MaterializedView("totals", metadata, ...)`.

    `create_all()` leaves one that is there as it is.
    """

    materialized: ClassVar = True

    def __init__(
        self,
        name: str,
        metadata: MetaData,
        definition: str | ClauseElement,
        *,
        indexes: Iterable[CreateIndex] = (),
        schema: str | None = None,
        dialects: Collection[str] = (),
        **facts: Any,
    ) -> None:
        """Declare a view that keeps its rows.

        Args:
            name, metadata, definition, schema, dialects, facts: As `View` takes them.
            indexes: What creates its indexes: `CreateIndex("ix", name, ["a"])`.
        """
        self.indexes = tuple(
            i.replace(table_name=name, schema=schema or metadata.schema) for i in indexes
        )
        super().__init__(name, metadata, definition, schema=schema, dialects=dialects, **facts)


class Function(SQLObject):
    """A function: `Function("one", metadata, "RETURNS integer LANGUAGE sql AS 'SELECT 1'")`."""

    def __init__(
        self,
        name: str,
        metadata: MetaData,
        definition: str,
        *,
        arguments: str = "",
        schema: str | None = None,
        dialects: Collection[str] = (),
    ) -> None:
        """Declare a function.

        Args:
            name: Its name.
            metadata: Where it belongs.
            definition: All that stands behind the arguments: RETURNS, language, body.
            arguments: Its arguments, without the brackets.
            schema: Its schema; None for that of the MetaData.
            dialects: Names of the dialects that it is for; empty for all.
        """
        create = CreateFunction(
            name, definition, arguments=arguments, schema=schema or metadata.schema
        )
        super().__init__(metadata, create, dialects)
        self.hang()


class Procedure(SQLObject):
    """A procedure: `Procedure("tidy", metadata, "LANGUAGE sql AS 'DELETE FROM log'")`."""

    def __init__(
        self,
        name: str,
        metadata: MetaData,
        definition: str,
        *,
        arguments: str = "",
        schema: str | None = None,
        dialects: Collection[str] = (),
    ) -> None:
        """Declare a procedure; the arguments are those of `Function`."""
        create = CreateProcedure(
            name, definition, arguments=arguments, schema=schema or metadata.schema
        )
        super().__init__(metadata, create, dialects)
        self.hang()


class Trigger(SQLObject):
    """A trigger: `Trigger("stamp", users, "BEFORE UPDATE", "FOR EACH ROW EXECUTE FUNCTION f()")`."""

    def __init__(
        self,
        name: str,
        on: Table | View,
        event: str,
        body: str,
        *,
        constraint: bool = False,
        dialects: Collection[str] = (),
    ) -> None:
        """Declare a trigger.

        Args:
            name: Its name.
            on: The Table, or the View, that it is on.
            event: When it fires: all that stands before ON.
            body: All that stands behind the table's name.
            constraint: Whether it is a constraint trigger (PostgreSQL).
            dialects: Names of the dialects that it is for; empty for all.
        """
        where = on if isinstance(on, Table) else on.table
        create = CreateTrigger(
            name, where.name, event, body, schema=where.schema, constraint=constraint
        )
        super().__init__(on.metadata, create, dialects)
        self.hang()


class Extension(SQLObject):
    """An extension (PostgreSQL): `Extension("pgcrypto", metadata)`."""

    def __init__(
        self,
        name: str,
        metadata: MetaData,
        *,
        schema: str | None = None,
        version: str | None = None,
        dialects: Collection[str] = ("postgresql",),
    ) -> None:
        """Declare an extension; it comes before the tables.

        Args:
            name: Its name.
            metadata: Where it belongs.
            schema: Where what it brings goes; None for the default one.
            version: Its version; None for any.
            dialects: Names of the dialects that it is for.
        """
        super().__init__(metadata, CreateExtension(name, schema=schema, version=version), dialects)
        self.hang()


def declared(metadata: MetaData) -> tuple[SQLObject, ...]:
    """Give the objects that a MetaData holds beside its tables, in the order of declaration.

    Those of SQLAlchemy 2.1's own `CreateView` are among them.
    """
    own = [
        SQLObject(metadata, CreateView.of(view))
        for table in metadata.tables.values()
        if (view := view_of(table)) is not None
    ]
    return (*own, *metadata.info.get(_PLACE, ()))


def view_of(table: Table) -> Any:
    """Give SQLAlchemy 2.1's `CreateView` that a Table is of; None for a table, and for what it is not."""
    creator = getattr(table, "_creator_ddl", None)
    return creator if hasattr(creator, "materialized") else None


def without_declared(info: dict[Any, Any]) -> dict[Any, Any]:
    """Give a copy of a MetaData's `info` without what is declared there."""
    return {name: value for name, value in info.items() if name != _PLACE}


def needed_by_tables(metadata: MetaData, key: ObjectKey) -> bool:
    """Tell whether an object comes before the tables: an extension, or a routine that one calls.

    By a default, a CHECK, a generated column or an index.
    """
    if key.kind == "extension":
        return True
    if key.kind not in ("function", "procedure"):
        return False
    named = re.compile(rf"\b{re.escape(key.name)}\b", re.IGNORECASE)
    return any(named.search(sql) for table in metadata.tables.values() for sql in _said(table))


def _said(table: Table) -> Iterator[str]:
    for each in table.columns:
        yield from (str(getattr(d, "arg", "")) for d in [each.server_default] if d is not None)
        yield str(each.computed.sqltext) if each.computed is not None else ""
    yield from (str(getattr(c, "sqltext", "")) for c in table.constraints)
    for index in table.indexes:
        yield from (str(e) for e in index.expressions if not isinstance(e, Column))


def _mine(metadata: MetaData, connection: Connection) -> list[SQLObject]:
    objects: list[SQLObject] = metadata.info.get(_PLACE, [])
    return [each for each in objects if each.is_for(connection.dialect)]


def _create(objects: Iterable[SQLObject], connection: Connection) -> None:
    for each in objects:
        keeps = getattr(each, "materialized", False) or isinstance(each, Extension)
        over = {"if_not_exists": True} if keeps else {"or_replace": True}
        connection.execute(each.create.replace(**over))
        for index in each.indexes:
            connection.execute(index.replace(if_not_exists=True))


def _before_create(metadata: MetaData, connection: Connection, **kw: Any) -> None:
    _create(
        [e for e in _mine(metadata, connection) if needed_by_tables(metadata, e.key)], connection
    )


def _after_create(metadata: MetaData, connection: Connection, **kw: Any) -> None:
    rest = [e for e in _mine(metadata, connection) if not needed_by_tables(metadata, e.key)]
    _create(rest, connection)


def _drop(objects: Iterable[SQLObject], connection: Connection) -> None:
    for each in objects:
        connection.execute(each.create.reverse().replace(if_exists=True))


def _before_drop(metadata: MetaData, connection: Connection, **kw: Any) -> None:
    """Drop all but the routines that tables need; a trigger only while its table is there."""
    found = [e for e in _mine(metadata, connection) if not needed_by_tables(metadata, e.key)]
    look = inspect(connection)
    there = [
        e
        for e in found
        if not isinstance(e, Trigger) or look.has_table(e.create.table_name, schema=e.create.schema)
    ]
    _drop(there[::-1], connection)


def _after_drop(metadata: MetaData, connection: Connection, **kw: Any) -> None:
    found = [e for e in _mine(metadata, connection) if needed_by_tables(metadata, e.key)]
    _drop(found[::-1], connection)
