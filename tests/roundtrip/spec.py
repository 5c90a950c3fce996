"""A schema as a plain value that edits can change, and the models that it stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    UniqueConstraint,
    text,
)

from .types import make_type


@dataclass
class Col:
    type: str
    nullable: bool = True
    default: str | None = None  # SQL text, or "=..." for a plain string
    comment: str | None = None
    computed: tuple[str, bool] | None = None
    identity: dict[str, Any] | None = None
    collation: str | None = None
    autoincrement: bool | str = "auto"


@dataclass
class Key:
    columns: list[str]
    name: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Check:
    sql: str
    name: str | None = None
    column: str | None = None  # written inside of that column


@dataclass
class Fk:
    columns: list[str]
    target: str
    target_columns: list[str]
    name: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Ix:
    elements: list[str]  # a column's name, or SQL in brackets
    unique: bool = False
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Exclude:
    elements: list[tuple[str, str]]
    using: str = "gist"
    where: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Tab:
    columns: dict[str, Col]
    primary_key: Key | None = None
    uniques: list[Key] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    foreign_keys: list[Fk] = field(default_factory=list)
    indexes: dict[str, Ix] = field(default_factory=dict)
    excludes: dict[str, Exclude] = field(default_factory=dict)
    comment: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    schema: str | None = None

    def busy(self) -> set[str]:
        """Names of columns that something else of the table mentions."""
        found = set(self.primary_key.columns if self.primary_key else ())
        for key in (*self.uniques, *self.foreign_keys):
            found.update(key.columns)
        texts = [c.sql for c in self.checks]
        for index in self.indexes.values():
            texts += [*index.elements, str(index.options)]
        for exclude in self.excludes.values():
            texts += [*(e for e, _ in exclude.elements), str(exclude.where)]
        texts += [c.computed[0] for c in self.columns.values() if c.computed]
        words = " ".join(texts).replace("(", " ").replace(")", " ").replace("'", " ")
        for sign in ',=<>%[]{}"`':
            words = words.replace(sign, " ")
        return found | (set(words.split()) & set(self.columns))

    def free(self, *types: str) -> list[str]:
        """Names of plain columns of some types (all if none is named) that nothing mentions."""
        busy = self.busy()
        return [
            n
            for n, c in self.columns.items()
            if n not in busy
            and not c.computed
            and not c.identity
            and (not types or c.type in types)
        ]


@dataclass
class Schema:
    tables: dict[str, Tab] = field(default_factory=dict)
    enums: dict[str, list[str]] = field(default_factory=dict)
    sequences: dict[str, dict[str, Any]] = field(default_factory=dict)

    def pointed(self, table: str) -> list[tuple[str, Fk]]:
        """Foreign keys of other tables that point to one."""
        return [
            (n, f)
            for n, t in self.tables.items()
            for f in t.foreign_keys
            if f.target == table and n != table
        ]

    def metadata(self) -> MetaData:
        """Write it as models."""
        made = MetaData()
        for name, options in self.sequences.items():
            Sequence(name, metadata=made, **options)
        for name, table in self.tables.items():
            Table(
                name,
                made,
                *(self._column(n, c, table) for n, c in table.columns.items()),
                *_constraints(table, self.tables),
                schema=table.schema,
                comment=table.comment,
                **table.options,
            )
        return made

    def _column(self, name: str, column: Col, table: Tab) -> Column[Any]:
        generated: list[Any] = []
        if column.computed:
            generated.append(Computed(column.computed[0], persisted=column.computed[1]))
        if column.identity is not None:
            generated.append(Identity(**column.identity))
        generated += [
            CheckConstraint(text(c.sql), name=c.name) for c in table.checks if c.column == name
        ]
        default: Any = column.default
        if default is not None:
            default = default[1:] if default.startswith("=") else text(default.replace(":", "\\:"))
        return Column(
            name,
            make_type(column.type, self.enums, column.collation, name),
            *generated,
            nullable=column.nullable,
            server_default=default,
            comment=column.comment,
            autoincrement=column.autoincrement,
        )


def _constraints(table: Tab, tables: dict[str, Tab]) -> list[Any]:
    found: list[Any] = []
    if table.primary_key:
        key = table.primary_key
        found.append(PrimaryKeyConstraint(*key.columns, name=key.name, **key.options))
    found += [UniqueConstraint(*u.columns, name=u.name, **u.options) for u in table.uniques]
    found += [CheckConstraint(text(c.sql), name=c.name) for c in table.checks if c.column is None]
    for fk in table.foreign_keys:
        target = tables[fk.target]
        where = f"{target.schema}.{fk.target}" if target.schema else fk.target
        there = [f"{where}.{c}" for c in fk.target_columns]
        found.append(ForeignKeyConstraint(fk.columns, there, name=fk.name, **fk.options))
    for name, index in table.indexes.items():
        elements = [text(e) if "(" in e or " " in e else e for e in index.elements]
        found.append(Index(name, *elements, unique=index.unique, **index.options))
    for name, exclude in table.excludes.items():
        from sqlalchemy.dialects.postgresql import ExcludeConstraint

        where = text(exclude.where) if exclude.where else None
        elements = [(text(e) if "(" in e else e, o) for e, o in exclude.elements]
        found.append(
            ExcludeConstraint(
                *elements, name=name, using=exclude.using, where=where, **exclude.options
            )
        )
    return found
