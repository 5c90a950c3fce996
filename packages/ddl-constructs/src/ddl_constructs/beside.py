"""The kinds of objects that are declared beside models: views, routines, triggers, types, privileges."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from sqlalchemy import Column, MetaData, Sequence, Table, column
from sqlalchemy import table as table_clause
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.selectable import SelectBase, TableClause
from sqlalchemy.util import memoized_property

from .composite import CompositeValue, CreateCompositeType
from .declaration import SQLObject
from .errors import WrongValue
from .extension import CreateExtension
from .grant import GrantedKind, GrantPrivileges
from .index import CreateIndex
from .routine import CreateFunction, CreateProcedure
from .trigger import CreateTrigger, Enabled
from .view import CreateView


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

    @memoized_property
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


class _Routine(SQLObject):
    """What functions and procedures have in common."""

    _creates: ClassVar[type[CreateFunction] | type[CreateProcedure]]

    def __init__(
        self,
        name: str,
        metadata: MetaData,
        definition: str,
        *,
        arguments: str = "",
        schema: str | None = None,
        comment: str | None = None,
        dialects: Collection[str] = (),
    ) -> None:
        """Declare it.

        Args:
            name: Its name.
            metadata: Where it belongs.
            definition: All that stands behind the arguments: RETURNS, language, body.
            arguments: Its arguments, without the brackets.
            schema: Its schema; None for that of the MetaData.
            comment: Its comment (PostgreSQL); None for none.
            dialects: Names of the dialects that it is for; empty for all.
        """
        create = self._creates(
            name,
            definition,
            arguments=arguments,
            schema=schema or metadata.schema,
            comment=comment,
        )
        super().__init__(metadata, create, dialects)
        self.hang()


class Function(_Routine):
    """A function: `Function("one", metadata, "RETURNS integer LANGUAGE sql AS 'SELECT 1'")`."""

    _creates = CreateFunction


class Procedure(_Routine):
    """A procedure: `Procedure("tidy", metadata, "LANGUAGE sql AS 'DELETE FROM log'")`."""

    _creates = CreateProcedure


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
        enabled: Enabled | None = None,
        dialects: Collection[str] = (),
    ) -> None:
        """Declare a trigger.

        Args:
            name: Its name.
            on: The Table, or the View, that it is on.
            event: When it fires: all that stands before ON.
            body: All that stands behind the table's name.
            constraint: Whether it is a constraint trigger (PostgreSQL).
            enabled: Whether it fires, as `AlterTrigger` takes it; None isn't compared.
            dialects: Names of the dialects that it is for; empty for all.
        """
        where = on if isinstance(on, Table) else on.table
        create = CreateTrigger(
            name,
            where.name,
            event,
            body,
            schema=where.schema,
            constraint=constraint,
            enabled=enabled,
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


class CompositeType(SQLObject):
    """A composite type (PostgreSQL): `CompositeType("place", metadata, Column("x", Float), ...)`.

    A column of it is declared as `Column("at", place.type)`.
    """

    def __init__(
        self,
        name: str,
        metadata: MetaData,
        *attributes: Column[Any],
        schema: str | None = None,
        dialects: Collection[str] = ("postgresql",),
    ) -> None:
        """Declare a composite type; it comes before the tables.

        Args:
            name: Its name.
            metadata: Where it belongs.
            attributes: Its attributes in order; of each the name and the type count.
            schema: Its schema; None for that of the MetaData.
            dialects: Names of the dialects that it is for.
        """
        create = CreateCompositeType(name, attributes, schema=schema or metadata.schema)
        super().__init__(metadata, create, dialects)
        self.hang()

    @property
    def type(self) -> CompositeValue:
        """The type of a column of it."""
        return CompositeValue(self.create.type_name, self.create.schema)


class Grant(SQLObject):
    """What somebody may do (PostgreSQL, MySQL, MariaDB): `Grant(["SELECT"], users, "reader")`."""

    managed: bool

    def __init__(
        self,
        privileges: Collection[str],
        on: Table | type[Any] | SQLObject | Sequence | str,
        to: str,
        *,
        metadata: MetaData | None = None,
        kind: GrantedKind = "table",
        schema: str | None = None,
        columns: Collection[str] = (),
        grantable: bool = False,
        managed: bool = False,
        dialects: Collection[str] = ("postgresql", "mysql", "mariadb"),
    ) -> None:
        """Declare privileges. What others have, and he has elsewhere, is left as it is.

        Args:
            privileges: What he may do: SELECT, INSERT, USAGE, EXECUTE, ALL.
            on: What they are for: a Table, a class that is mapped to one, a View, a Function, a
                Procedure, a CompositeType, a Sequence, or a name.
            to: A role or user, which must be there; PUBLIC for everybody.
            metadata: Where they belong; None for that of `on`, which only a name lacks.
            kind: What a name is of, as in `GrantPrivileges`: "table", "schema", "sequence", ...
            schema: The schema of what a name is of; None for the default one.
            columns: The columns of a table that they are for; empty for all of it.
            grantable: Whether he may pass them on.
            managed: Whether what he has there besides is taken from him.
            dialects: Names of the dialects that they are for.
        """
        arguments = None
        if isinstance(on, str):
            name = on
        else:
            on = getattr(on, "__table__", on)
            kind, schema, name, arguments = _granted(on)
        where = metadata if metadata is not None else getattr(on, "metadata", None)
        if where is None:
            raise WrongValue("Grant", "metadata", metadata, "a MetaData, where on has none")
        create = GrantPrivileges(
            list(privileges),
            name,
            to,
            kind=kind,
            schema=schema,
            columns=list(columns) or (),
            arguments=arguments,
            grantable=grantable,
        )
        super().__init__(where, create, dialects)
        self.managed = managed
        self.hang()


def _granted(on: Any) -> tuple[GrantedKind, str | None, str, str | None]:
    """Give of what privileges are for its kind, schema, name and arguments."""
    if isinstance(on, Table):
        return "table", on.schema, on.name, None
    if isinstance(on, Sequence):
        return "sequence", on.schema, on.name, None
    create = getattr(on, "create", None)
    match create:
        case CreateView():
            return "table", create.schema, create.view_name, None
        case CreateFunction():
            return "function", create.schema, create.name, create.arguments
        case CreateProcedure():
            return "procedure", create.schema, create.name, create.arguments
        case CreateCompositeType():
            return "type", create.schema, create.type_name, None
    wanted = "a Table, mapped class, View, Function, Procedure, CompositeType, Sequence or name"
    raise WrongValue("Grant", "on", on, wanted)
