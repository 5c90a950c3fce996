"""SQL objects that are declared beside the models, on their MetaData."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator
from typing import Any, ClassVar

from sqlalchemy import Column, MetaData, Table, event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from .change import Change
from .composite import CreateCompositeType
from .domain import CreateDomain
from .errors import ExistingObject
from .extension import CreateExtension
from .grant import GrantPrivileges
from .index import CreateIndex
from .objects import ObjectKey, key_of
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


def declared(metadata: MetaData) -> tuple[SQLObject, ...]:
    """Give the objects that a MetaData holds beside its tables, in the order of declaration.

    Those of SQLAlchemy 2.1's own `CreateView` are among them, and each `postgresql.DOMAIN` that
    the MetaData or a column of it has.
    """
    own = [
        SQLObject(metadata, CreateView.of(view))
        for table in metadata.tables.values()
        if (view := view_of(table)) is not None
    ]
    hung: tuple[SQLObject, ...] = tuple(metadata.info.get(_PLACE, ()))
    known = {each.key for each in hung}
    types = (c.type for table in metadata.tables.values() for c in table.columns)
    domains = {each.key: each for each in domains_of([*types_on(metadata), *types], metadata)}
    return (*(d for key, d in domains.items() if key not in known), *own, *hung)


def types_on(metadata: MetaData) -> Iterator[Any]:
    """Yield the types that a MetaData creates beside its tables, and those of its columns.

    They hang on it as listeners alone in SQLAlchemy 2.0, which keeps no list.
    """
    for listener in metadata.dispatch.before_create:
        method = getattr(listener, "func", listener)
        yield getattr(method, "target", None) or getattr(method, "__self__", None)


def domains_of(types: Iterable[object], metadata: MetaData | None = None) -> Iterator[SQLObject]:
    """Yield the domains among some types, or that arrays of theirs are of, but for others' own.

    Args:
        types: Types of columns, and anything else.
        metadata: Where they belong; None for a MetaData of their own.
    """
    if "sqlalchemy.dialects.postgresql" not in sys.modules:
        return  # nobody has a domain who hasn't its module
    from .dialects.postgresql_domain import domains

    for create in domains(types):
        where = MetaData() if metadata is None else metadata
        yield SQLObject(where, create.replace(if_not_exists=False), ("postgresql",))


def view_of(table: Table) -> Any:
    """Give SQLAlchemy 2.1's `CreateView` that a Table is of; None for a table, and for what it is not."""
    creator = getattr(table, "_creator_ddl", None)
    return creator if hasattr(creator, "materialized") else None


def without_declared(info: dict[Any, Any]) -> dict[Any, Any]:
    """Give a copy of a MetaData's `info` without what is declared there."""
    return {name: value for name, value in info.items() if name != _PLACE}


def needed_by_tables(metadata: MetaData, key: ObjectKey) -> bool:
    """Tell whether an object comes before the tables: an extension, a type, or a routine that one calls.

    By a default, a CHECK, a generated column or an index.
    """
    if key.kind in ("extension", "domain", "composite"):
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
        connection.execute(_perhaps_there(each.create))
        for index in each.indexes:
            connection.execute(index.replace(if_not_exists=True))


def _perhaps_there(create: Any) -> Change:
    """Give what creates an object also where it is there already."""
    if isinstance(create, GrantPrivileges):
        return create
    if isinstance(create, CreateExtension | CreateDomain | CreateCompositeType) or getattr(
        create, "materialized", False
    ):
        return create.replace(if_not_exists=True)  # type: ignore[no-any-return]  # of the same class
    return create.replace(or_replace=True)  # type: ignore[no-any-return]  # of the same class


def _before_create(metadata: MetaData, connection: Connection, **kw: Any) -> None:
    _create(
        [e for e in _mine(metadata, connection) if needed_by_tables(metadata, e.key)], connection
    )


def _after_create(metadata: MetaData, connection: Connection, **kw: Any) -> None:
    rest = [e for e in _mine(metadata, connection) if not needed_by_tables(metadata, e.key)]
    _create(rest, connection)


def _drop(objects: Iterable[SQLObject], connection: Connection) -> None:
    for each in objects:
        if not isinstance(each.create, GrantPrivileges):  # they go with what they are for
            connection.execute(each.create.reverse().replace(if_exists=True))


def _before_drop(metadata: MetaData, connection: Connection, **kw: Any) -> None:
    """Drop all but the routines that tables need; a trigger only while its table is there."""
    found = [e for e in _mine(metadata, connection) if not needed_by_tables(metadata, e.key)]
    look = inspect(connection)
    there = [
        e
        for e in found
        if not isinstance(e.create, CreateTrigger)
        or look.has_table(e.create.table_name, schema=e.create.schema)
    ]
    _drop(there[::-1], connection)


def _after_drop(metadata: MetaData, connection: Connection, **kw: Any) -> None:
    found = [e for e in _mine(metadata, connection) if needed_by_tables(metadata, e.key)]
    _drop(found[::-1], connection)
