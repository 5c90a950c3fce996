"""A schema that is being changed: plain lists of columns, constraints and indexes.

Made once from a MetaData, changed in place by the rules, and built into a new MetaData
in the end.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
)
from sqlalchemy.schema import BLANK_SCHEMA

from .. import detached
from ..change import Change
from ..declaration import SQLObject, declared, view_of, without_declared
from ..errors import ExistingObject, UnknownObject
from ..objects import ObjectKey
from ..sqltext import dotted
from . import named_types
from .items import (
    Key,
    OfColumn,
    OfExpression,
    Reference,
    column_copy,
    column_with,
    constraint_with,
    index_with,
    options_with,
    remade,
)


@dataclass
class TableDraft:
    """A table that is being changed.

    Attributes:
        name: Its name.
        schema: Its schema; None for the default one.
        columns: Its columns, in order, on no Table; keys don't count.
        constraints: Its constraints but for foreign keys, on no Table. A CHECK that a
            type brings along isn't among them.
        references: Its foreign keys.
        indexes: Its indexes, on no Table.
        options: What else `Table` takes: comment, info, prefixes, dialect options.
    """

    name: str
    schema: str | None
    columns: list[Column[Any]] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """(schema, name)."""
        return self.schema, self.name

    @property
    def fullname(self) -> str:
        """The name with its schema, for people."""
        return dotted(self.schema, self.name)

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [c.name for c in self.columns]

    @property
    def primary_key(self) -> PrimaryKeyConstraint | None:
        """The primary key; None if there is none."""
        return next((c for c in self.constraints if isinstance(c, PrimaryKeyConstraint)), None)

    def column(self, change: Change, name: str) -> Column[Any]:
        """Give a column by its name.

        Raises:
            UnknownObject: There is none.
        """
        return self.columns[self.place(change, name)]

    def place(self, change: Change, name: str) -> int:
        """Give a column's place, counted from 0.

        Raises:
            UnknownObject: There is no such column.
        """
        names = self.names
        if name not in names:
            raise unknown(change, "column", name, names, self.fullname)
        return names.index(name)

    def require(self, change: Change, names: Iterable[str]) -> None:
        """Raise `UnknownObject` unless all of these columns are there."""
        for name in names:
            self.place(change, name)

    def replace_column(self, name: str, column: Column[Any]) -> None:
        """Put another column in a column's place."""
        self.columns[self.names.index(name)] = column

    def rewrite(self, column: OfColumn, expression: OfExpression) -> None:
        """Change names and expressions everywhere in the table, but for the columns' own names."""
        here = f" of {self.fullname}"

        def placed(value: Any, where: str) -> Any:
            return expression(value, where + here)

        self.columns = [column_with(c, placed) for c in self.columns]
        self.constraints = [constraint_with(c, column, placed) for c in self.constraints]
        self.indexes = [index_with(i, column, placed) for i in self.indexes]
        self.options = options_with(self.options, column, placed, "an option")
        self.references = [
            Reference(r.constraint, tuple(map(column, r.columns)), r.target, r.target_columns)
            for r in self.references
        ]

    def pin_type_checks(self, table: Table, column_name: str | None = None) -> None:
        """Make constraints of their own of the CHECKs that types bring along to a Table.

        Args:
            table: The Table that this draft would build, or was made from.
            column_name: Only those of this column; None for all.
        """
        for check in table.constraints:
            if not getattr(check, "_type_bound", False) or not isinstance(check, CheckConstraint):
                continue
            owner = next(c for c in table.columns if _owner(check) is c.type)
            if column_name not in (None, owner.name):
                continue
            self.constraints.append(constraint_with(check))
            column = self.columns[self.names.index(owner.name)]
            type_: Any = column.type.copy()
            type_.create_constraint = False
            self.replace_column(owner.name, remade(column, type=type_))


@dataclass
class SchemaDraft:
    """A schema that is being changed.

    Attributes:
        tables: (schema, name) to table, in the order of their creation.
        sequences: (schema, name) to the sequences, on no MetaData.
        enums: (schema, name) to labels of the enum types that were created by themselves,
            or outlived their columns.
        objects: What is there beside the tables: views, routines, triggers.
    """

    tables: dict[Key, TableDraft] = field(default_factory=dict)
    sequences: dict[Key, Sequence] = field(default_factory=dict)
    enums: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    objects: dict[ObjectKey, SQLObject] = field(default_factory=dict)
    _settings: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, metadata: MetaData) -> SchemaDraft:
        """Copy a MetaData, which stays as it is."""
        schema = cls(
            _settings={
                "schema": metadata.schema,
                "naming_convention": metadata.naming_convention,
                "info": without_declared(metadata.info),
            }
        )
        tables = [table for table in metadata.tables.values() if view_of(table) is None]
        for table in tables:
            schema.tables[table.schema, table.name] = table_draft(table, schema.naming_convention)
        for table in tables:
            schema.refer(schema.tables[table.schema, table.name], table)
        schema.objects = {each.key: each for each in declared(metadata)}
        for sequence in metadata._sequences.values():
            schema.sequences[sequence.schema, sequence.name] = sequence._copy()
        in_columns = set(schema.enums_in_columns())
        for enum in named_types.enums_of(metadata):
            key = (enum.schema, str(enum.name))
            if key not in in_columns:
                schema.enums[key] = tuple(enum.enums)
        return schema

    @property
    def naming_convention(self) -> Any:
        """What names are completed by; None for SQLAlchemy's own default."""
        return _convention(MetaData(**self._settings))

    def table(self, change: Change, name: str, schema: str | None) -> TableDraft:
        """Give a table.

        Raises:
            UnknownObject: There is none of that name in that schema.
        """
        found = self.tables.get((schema, name))
        if found is None:
            full = [dotted(*key) for key in self.tables]
            raise unknown(change, "table", dotted(schema, name), full)
        return found

    def add(self, change: Change, table: TableDraft) -> None:
        """Add a table.

        Raises:
            ExistingObject: There is one of that name.
        """
        if table.key in self.tables:
            raise ExistingObject(change.describe(), "table", table.fullname)
        self.tables[table.key] = table

    def refer(self, draft: TableDraft, table: Table) -> None:
        """Take over a Table's foreign keys, once the tables that they point to are drafts too."""
        for constraint in sorted(table.foreign_key_constraints, key=_creation):
            draft.references.append(self.reference(constraint, table.metadata.schema))

    def reference(self, constraint: ForeignKeyConstraint, default: str | None = None) -> Reference:
        """Give a foreign key by names.

        Args:
            constraint: Any foreign key; a target that is a string is looked up.
            default: The schema that its MetaData means where none is said.
        """
        found = [self._target(fk, default) for fk in constraint.elements]
        return Reference(
            constraint_with(constraint),
            detached.column_names(constraint),
            found[0][0],
            tuple(column for _, column in found),
        )

    def _target(self, fk: Any, default: str | None) -> tuple[Key, str]:
        if not isinstance(fk._colspec, str):
            table = fk._colspec.table
            return (table.schema, table.name), fk._colspec.name
        table_name, _, key = fk._colspec.rpartition(".")
        *where, name = table_name.split(".")
        found: Key = (".".join(where) or default, name)
        for each in self.tables:
            if dotted(*each) == table_name:
                found = each
        columns = self.tables[found].columns if found in self.tables else ()
        named = [c.name for c in columns if c.name == key]
        keyed = [c.name for c in columns if c.key == key]
        return found, (keyed or named or [key])[0]

    def referring(self, key: Key) -> Iterator[tuple[TableDraft, int]]:
        """Yield the foreign keys that point to a table: the table that has one, and its place there."""
        for table in self.tables.values():
            for place, reference in enumerate(table.references):
                if reference.target == key:
                    yield table, place

    def enums_in_columns(self) -> dict[Key, tuple[str, ...]]:
        """Give the enum types that columns are of: (schema, name) to labels."""
        found: dict[Key, tuple[str, ...]] = {}
        for table in self.tables.values():
            for column in table.columns:
                enum = named_types.enum_of(column.type)
                if enum is not None:
                    found.setdefault((enum.schema, str(enum.name)), tuple(enum.enums))
        return found

    def build(self) -> MetaData:
        """Make a MetaData of what the schema is now; the draft can be changed further."""
        metadata = MetaData(**self._settings)
        late: list[tuple[Table, Reference]] = []
        for draft in self.tables.values():
            table = self._table(draft, metadata)
            for reference in draft.references:
                if "." in reference.target[1] and reference.target in self.tables:
                    late.append((table, reference))
                else:
                    table.append_constraint(self._foreign_key(draft, reference))
        for table, reference in late:
            there = metadata.tables[dotted(*reference.target)]
            columns = {c.name: c for c in there.columns}
            targets = [columns[name] for name in reference.target_columns]
            draft = self.tables[table.schema, table.name]
            table.append_constraint(self._foreign_key(draft, reference, targets))
        for sequence in self.sequences.values():
            if (
                dotted(sequence.schema, sequence.name) not in metadata._sequences
            ):  # a column's is there already
                sequence._copy()._set_metadata(metadata)
        for key, labels in self.enums.items():
            named_types.standing_alone(key, labels, metadata)
        for each in self.objects.values():
            made = SQLObject(metadata, each.create, each.dialects)
            made.indexes = each.indexes
            made.hang()
        return metadata

    def build_table(self, draft: TableDraft) -> Table:
        """Make a Table of one draft, but for its foreign keys, in a MetaData of its own."""
        return self._table(draft, MetaData(**self._settings))

    def _table(self, draft: TableDraft, metadata: MetaData) -> Table:
        primary = draft.primary_key
        in_key = detached.column_names(primary) if primary is not None else ()
        keys = {c.name: c.key for c in draft.columns}

        def key(name: str) -> str:
            return str(keys.get(name, name))

        columns = [remade(c, primary_key=c.name in in_key) for c in draft.columns]
        return Table(
            draft.name,
            metadata,
            *columns,
            *(constraint_with(c, key) for c in draft.constraints),
            *(index_with(i, key) for i in draft.indexes),
            schema=draft.schema or (BLANK_SCHEMA if metadata.schema else None),
            **_copied(draft.options),
        )

    def _foreign_key(
        self, draft: TableDraft, reference: Reference, targets: list[Column[Any]] | None = None
    ) -> ForeignKeyConstraint:
        there = self.tables.get(reference.target)
        keys = {c.name: c.key for c in there.columns} if there else {}
        spelled = [
            f"{dotted(*reference.target)}.{keys.get(name, name)}"
            for name in reference.target_columns
        ]
        local = {c.name: c.key for c in draft.columns}
        given = reference.constraint
        made = ForeignKeyConstraint(
            [str(local.get(name, name)) for name in reference.columns],
            targets or spelled,
            name=given.name,
            onupdate=given.onupdate,
            ondelete=given.ondelete,
            deferrable=given.deferrable,
            initially=given.initially,
            match=given.match,
            use_alter=given.use_alter,
            **given.dialect_kwargs,
        )
        if "info" in given.__dict__:
            made.info = dict(given.info)
        return made


def table_draft(table: Table, convention: Any) -> TableDraft:
    """Copy a Table but for its foreign keys, see `SchemaDraft.refer`.

    Args:
        table: The Table; it stays as it is.
        convention: What its new MetaData completes names by; None for nothing.
    """
    draft = TableDraft(table.name, table.schema, options=_options(table))
    for column in table.columns:
        copy, checks = column_copy(column)
        draft.columns.append(copy)
        draft.constraints += checks
    for constraint in sorted(table.constraints, key=_creation):
        if isinstance(constraint, ForeignKeyConstraint) or getattr(
            constraint, "_type_bound", False
        ):
            continue
        if constraint is table.primary_key and not len(table.primary_key.columns):
            continue
        draft.constraints.append(constraint_with(constraint))
    draft.indexes = [index_with(i) for i in sorted(table.indexes, key=lambda i: str(i.name))]
    if _convention(table.metadata) not in (None, convention):
        draft.pin_type_checks(table)
    return draft


def _owner(check: CheckConstraint) -> Any:
    """Give the type that a CHECK belongs to: the rule about where it is made is its method."""
    rule: Any = check._create_rule
    method = getattr(rule, "func", rule)
    return method.target if hasattr(method, "target") else method.__self__  # SQLAlchemy 2.0, 2.1


def _convention(metadata: MetaData) -> Any:
    """Give what a MetaData completes names by; None for SQLAlchemy's own default."""
    convention = metadata.naming_convention
    return None if convention == MetaData().naming_convention else convention


def _options(table: Table) -> dict[str, Any]:
    options = {"comment": table.comment, **table.dialect_kwargs}
    if table.info:
        options["info"] = dict(table.info)
    if table._prefixes:
        options["prefixes"] = list(table._prefixes)
    if not table.implicit_returning:
        options["implicit_returning"] = False
    return options


def _copied(options: dict[str, Any]) -> dict[str, Any]:
    return {k: dict(v) if isinstance(v, dict) else v for k, v in options.items()}


def _creation(constraint: Constraint) -> int:
    return constraint._creation_order


def unknown(
    change: Change,
    kind: str,
    name: str,
    names: Iterable[Any],
    of: str | None = None,
    hint: str | None = None,
) -> UnknownObject:
    """Make the error about a name that isn't there.

    Args:
        change: What names it.
        kind: What it should be: "table", "column", ...
        name: The name.
        names: Those that are there; what isn't a string is passed over.
        of: Whose it should be, or None.
        hint: The mend, besides a name that looks alike.
    """
    there = [str(n) for n in names if isinstance(n, str)]
    by_folded = {n.casefold(): n for n in there}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=2)
    full = f"{of}.{name}" if of else name
    return UnknownObject(change.describe(), kind, full, tuple(by_folded[n] for n in near), hint)
