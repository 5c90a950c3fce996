"""Changes of composite types: rows as values, with attributes (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import Column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.types import TypeEngine, UserDefinedType, to_instance

from . import sqltext
from .change import KEEP, Change, Keep
from .errors import IrreversibleChange, UnsupportedChange
from .wellformed import several


class CompositeValue(UserDefinedType[Any]):
    """The type of a column whose values are of a composite type: `CompositeValue("place")`.

    Values are what the driver makes of them.

    Attributes:
        name: The composite type's name.
        schema: Its schema; None for the default one.
    """

    __module__ = "ddl_constructs"
    cache_ok = True

    def __init__(self, name: str, schema: str | None = None) -> None:
        """Name a composite type, which must be there."""
        self.name, self.schema = name, schema


@compiles(CompositeValue)
def _named(type_: CompositeValue, compiler: Any, **kw: Any) -> str:
    preparer = compiler.dialect.identifier_preparer
    name: str = preparer.quote(type_.name)
    return name if type_.schema is None else f"{preparer.quote_schema(type_.schema)}.{name}"


@dataclass(eq=False)
class CreateCompositeType(Change):
    """Create a composite type: `op.create_composite_type("place", [Column("x", Float()), Column("y", Float())])`.

    `CREATE TYPE place AS (x FLOAT, y FLOAT)`.

    Attributes:
        type_name: Its name.
        attributes: Its attributes in order; of each Column the name, the type and its collation
            count.
        schema: Its schema; None for the default one.
        if_not_exists: Do nothing if it is there.
    """

    words: ClassVar = ("create_composite_type",)

    type_name: str
    attributes: Sequence[Column[Any]]
    schema: str | None = field(default=None, kw_only=True)
    if_not_exists: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.attributes = several("CreateCompositeType", "attributes", self.attributes)

    def reverse(self) -> DropCompositeType:
        existing = self.replace(if_not_exists=False)
        return DropCompositeType(self.type_name, schema=self.schema, existing_type=existing)

    def describe(self) -> str:
        names = ", ".join(str(a.name) for a in self.attributes)
        return f"create type {sqltext.dotted(self.schema, self.type_name)} ({names})"


@dataclass(eq=False)
class DropCompositeType(Change):
    """Drop a composite type: `op.drop_composite_type("place")`.

    `DROP TYPE place`, which PostgreSQL refuses while a column is of it.

    Attributes:
        type_name: Its name.
        schema: Its schema; None for the default one.
        if_exists: Do nothing if it isn't there.
        cascade: Drop the columns that are of it too, with all that is in them.
        existing_type: The change that would create it again.
    """

    words: ClassVar = ("drop_composite_type",)

    type_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool = field(default=False, kw_only=True)
    cascade: bool = field(default=False, kw_only=True)
    existing_type: CreateCompositeType | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def reverse(self) -> CreateCompositeType:
        if self.existing_type is None:
            raise IrreversibleChange(
                self.describe(), ("existing_type",), "its attributes aren't known"
            )
        return self.existing_type

    def describe(self) -> str:
        return f"drop type {sqltext.dotted(self.schema, self.type_name)}"


@dataclass(eq=False)
class RenameCompositeType(Change):
    """Rename a composite type: `op.rename_composite_type("place", "point2d")`.

    `ALTER TYPE place RENAME TO point2d`; columns of it stay of it.

    Attributes:
        old_type_name: Its name as it is.
        new_type_name: Its name afterwards.
        schema: Its schema; None for the default one.
    """

    words: ClassVar = ("rename_composite_type",)

    old_type_name: str
    new_type_name: str
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> RenameCompositeType:
        return RenameCompositeType(self.new_type_name, self.old_type_name, schema=self.schema)

    def describe(self) -> str:
        old = sqltext.dotted(self.schema, self.old_type_name)
        return f"rename type {old} to {self.new_type_name}"


@dataclass(eq=False)
class AddAttribute(Change):
    """Add an attribute to a composite type: `op.add_attribute("place", Column("z", Float()))`.

    `ALTER TYPE place ADD ATTRIBUTE z FLOAT`; values that are there have NULL in it.

    Attributes:
        type_name: The type's name.
        attribute: The attribute; of the Column the name, the type and its collation count.
        schema: The type's schema; None for the default one.
        cascade: Add it also to the tables that are of the type (CREATE TABLE ... OF).
    """

    words: ClassVar = ("add_attribute",)

    type_name: str
    attribute: Column[Any]
    schema: str | None = field(default=None, kw_only=True)
    cascade: bool = field(default=False, kw_only=True)

    def reverse(self) -> DropAttribute:
        return DropAttribute(
            self.type_name,
            str(self.attribute.name),
            schema=self.schema,
            cascade=self.cascade,
            existing_attribute=self.attribute,
        )

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.type_name)
        return f"add attribute {where}.{self.attribute.name} ({sqltext.bare_type(self.attribute.type)})"


@dataclass(eq=False)
class DropAttribute(Change):
    """Drop an attribute of a composite type: `op.drop_attribute("place", "z")`.

    `ALTER TYPE place DROP ATTRIBUTE z`; what values had in it is gone.

    Attributes:
        type_name: The type's name.
        attribute_name: The attribute's name.
        schema: The type's schema; None for the default one.
        if_exists: Do nothing if it isn't there.
        cascade: Drop it also from the tables that are of the type (CREATE TABLE ... OF).
        existing_attribute: The attribute as it is; undone it comes back as the last one, empty.
    """

    words: ClassVar = ("drop_attribute",)

    type_name: str
    attribute_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool = field(default=False, kw_only=True)
    cascade: bool = field(default=False, kw_only=True)
    existing_attribute: Column[Any] | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def reverse(self) -> AddAttribute:
        if self.existing_attribute is None:
            raise IrreversibleChange(
                self.describe(), ("existing_attribute",), "its type isn't known"
            )
        return AddAttribute(
            self.type_name, self.existing_attribute, schema=self.schema, cascade=self.cascade
        )

    def describe(self) -> str:
        return f"drop attribute {sqltext.dotted(self.schema, self.type_name, self.attribute_name)}"


@dataclass(eq=False)
class AlterAttribute(Change):
    """Alter an attribute of a composite type: `op.alter_attribute("place", "x", type_=Numeric())`.

    `ALTER TYPE place ALTER ATTRIBUTE x TYPE NUMERIC`, which PostgreSQL refuses while a column is
    of the composite type; or `ALTER TYPE place RENAME ATTRIBUTE x TO y`.

    Attributes:
        type_name: The type's name.
        attribute_name: The attribute's name as it is.
        type_: The attribute's type afterwards.
        new_attribute_name: Its name afterwards.
        schema: The type's schema; None for the default one.
        cascade: Alter it also in the tables that are of the type (CREATE TABLE ... OF).
        existing_type: The attribute's type as it is, so that the change can be reversed.
    """

    words: ClassVar = ("alter_attribute",)

    type_name: str
    attribute_name: str
    type_: TypeEngine[Any] | type[TypeEngine[Any]] | Keep = field(default=KEEP, kw_only=True)
    new_attribute_name: str | Keep = field(default=KEEP, kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    cascade: bool = field(default=False, kw_only=True)
    existing_type: TypeEngine[Any] | type[TypeEngine[Any]] | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.type_ is not KEEP:
            self.type_ = to_instance(self.type_)
        if self.existing_type is not None:
            self.existing_type = to_instance(self.existing_type)

    def reverse(self) -> AlterAttribute:
        name, back = self.attribute_name, {}
        if self.new_attribute_name is not KEEP:
            name, back["new_attribute_name"] = str(self.new_attribute_name), self.attribute_name
        if self.type_ is KEEP:
            return self.replace(attribute_name=name, **back)
        if self.existing_type is None:
            raise IrreversibleChange(
                self.describe(), ("existing_type",), "its type before isn't known"
            )
        return self.replace(
            attribute_name=name, type_=self.existing_type, existing_type=self.type_, **back
        )

    def describe(self) -> str:
        said = []
        if self.type_ is not KEEP:
            before = "" if self.existing_type is None else sqltext.bare_type(self.existing_type)
            said.append(f"type {before} -> {sqltext.bare_type(self.type_)}".replace("  ", " "))
        if self.new_attribute_name is not KEEP:
            said.append(f"name -> {self.new_attribute_name}")
        where = sqltext.dotted(self.schema, self.type_name, self.attribute_name)
        return f"alter attribute {where}: {', '.join(said) or 'nothing'}"


@compiles(CreateCompositeType)
@compiles(DropCompositeType)
@compiles(RenameCompositeType)
@compiles(AddAttribute)
@compiles(DropAttribute)
@compiles(AlterAttribute)
def _no_composite_types(change: Change, compiler: DDLCompiler, **kw: Any) -> str:
    raise UnsupportedChange(
        change.describe(),
        compiler.dialect.name,
        "composite types are PostgreSQL's",
        "give each attribute a column",
    )
