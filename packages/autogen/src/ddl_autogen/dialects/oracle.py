"""How Oracle reports a schema: its data dictionary, six queries; by its manual, no server ran them.

Needs Oracle 12.1 or later (identity columns, `search_condition_vc`).
The dictionary keeps expressions as they were written, so they are compared by their tokens.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, ClassVar, Literal

from sqlalchemy import Column, Connection, Index, text
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

from ..errors import HiddenCatalog
from ..sqltokens import tokens
from ..types import DatabaseType
from ..values import (
    CheckValue,
    ColumnValue,
    ComputedValue,
    ElementValue,
    ForeignKeyValue,
    IdentityValue,
    IndexValue,
    Key,
    PrimaryKeyValue,
    SequenceValue,
    TableValue,
    UniqueValue,
)
from .base import BONDS, Bond, reads
from .numbers import number_of
from .oracle_catalog import (
    COLUMNS,
    CONSTRAINTS,
    INDEXES,
    MATERIALIZED_VIEWS,
    RIGHTS,
    SCHEMAS,
    SEQUENCES,
    TABLES,
    VIEWS,
)
from .oracle_objects import WithObjects
from .oracle_types import (
    NUMBERING_WORDS,
    TYPES,
    canonical_type,
    identity_numbers,
    numbering_words,
    split_on_null,
    type_of,
    usual_numbers,
)

_MADE_OF_IT: tuple[Bond, ...] = ("expression",)
_NOT_NULL = re.compile(r'"(?:[^"])+" IS NOT NULL')


@reads("oracle")
class Oracle(WithObjects):
    """Oracle: what wasn't quoted is in capital letters there and in small ones here."""

    has_identity: ClassVar = True
    names_primary_keys: ClassVar = True
    renames_constraints: ClassVar = True
    alters_sequence_start: ClassVar = False
    alters_expressions: ClassVar = True
    creates_schemas: ClassVar = False

    def schemas(self, connection: Connection) -> list[str]:
        return [self.name_of(name) for name in connection.execute(text(SCHEMAS)).scalars()]

    def read(self, connection: Connection, schemas: Sequence[str]) -> Iterator[TableValue]:
        def by_table(query: str) -> Mapping[tuple[str, str], list[Any]]:
            found: dict[tuple[str, str], list[Any]] = defaultdict(list)
            for row in self.rows(connection, query, schemas):
                found[row.owner, row.table_name].append(row)
            return found

        columns, indexes, constraints = map(by_table, (COLUMNS, INDEXES, CONSTRAINTS))
        for table in self.rows(connection, TABLES, schemas):
            key = table.owner, table.name
            known = [
                self._constraint(list(g)) for _, g in groupby(constraints[key], lambda r: r.name)
            ]
            yield TableValue(
                name=self.name_of(table.name),
                schema=self.name_of(table.owner),
                columns=tuple(map(self._column, columns[key])),
                primary_key=next((c for c in known if isinstance(c, PrimaryKeyValue)), None),
                uniques=tuple(c for c in known if isinstance(c, UniqueValue)),
                foreign_keys=tuple(c for c in known if isinstance(c, ForeignKeyValue)),
                checks=tuple(
                    c
                    for c in known
                    if isinstance(c, CheckValue) and not _NOT_NULL.fullmatch(c.text)
                ),
                indexes=tuple(
                    self._index(list(g)) for _, g in groupby(indexes[key], lambda r: r.name)
                ),
                comment=table.comments or None,
                options=_options(table.temporary == "Y", table.duration),
            )

    def views(self, connection: Connection, schemas: Sequence[str]) -> Mapping[Key, str]:
        return {
            (self.name_of(row.owner), self.name_of(row.name)): row.kind
            for query in (VIEWS, MATERIALIZED_VIEWS)
            for row in self.rows(connection, query, schemas)
        }

    def sequences(self, connection: Connection, schemas: Sequence[str]) -> Iterator[SequenceValue]:
        for row in self.rows(connection, SEQUENCES, schemas):
            increment = int(row.increment_by)
            found: dict[str, Any] = {
                "increment": increment,
                "minvalue": int(row.minimum),
                "maxvalue": int(row.maximum),
                "cache": int(row.cached),
            }
            usual = usual_numbers(increment)
            said = {k: None if v == usual[k] else v for k, v in found.items()}
            name, owner = self.name_of(row.name), self.name_of(row.owner)
            cycle, order = row.cycles == "Y", row.ordered == "Y"
            yield SequenceValue(name, owner, cycle=cycle, order=order, **said)

    def refuse_hidden(self, connection: Connection, schemas: Collection[str]) -> None:
        """Refuse what was found in others' schemas, of which ALL_* shows what one was granted.

        Oracle Database Reference 19c, ALL_TABLES: the tables accessible to the current user.
        """
        row = connection.execute(text(RIGHTS)).one()
        user = self.name_of(row.session_user)
        hidden = tuple(s for s in sorted(schemas) if s != user)
        if hidden and not row.everywhere:
            raise HiddenCatalog(user, hidden, "SELECT ANY TABLE")

    def _column(self, row: Any) -> ColumnValue:
        default = (row.default_text or "").strip() or None
        if default is not None and default.upper() == "NULL":  # what is left of one taken away
            default = None
        computed = identity = None
        if row.virtual == "YES":
            computed = ComputedValue(default or "", stored=False)
        elif row.generation is not None:
            always = row.generation == "ALWAYS"
            options = numbering_words(row.on_null == "YES", "ORDER_FLAG: Y" in row.options)
            identity = IdentityValue(always, **identity_numbers(row.options), options=options)
        elif default is not None and row.on_null == "YES":
            default = f"ON NULL {default}"
        return ColumnValue(
            name=self.name_of(row.name),
            type=type_of(row),
            nullable=row.nullable == "Y",
            default=None if computed or identity else default,
            comment=row.comments or None,
            computed=computed,
            identity=identity,
        )

    def _constraint(self, rows: list[Any]) -> Any:
        first = rows[0]
        name, columns = self.name_of(first.name), tuple(self.name_of(r.column_name) for r in rows)
        deferrable = first.deferrable == "DEFERRABLE"
        initially = "DEFERRED" if first.deferred == "DEFERRED" else None
        match first.kind:
            case "P":
                return PrimaryKeyValue(columns, name)
            case "U":
                return UniqueValue(columns, name, deferrable, initially)
            case "C":
                return CheckValue(first.condition, name)
        return ForeignKeyValue(
            columns,
            (self.name_of(first.target_owner or ""), self.name_of(first.target or "")),
            tuple(self.name_of(r.target_column or "") for r in rows),
            name,
            ondelete=self.action(first.on_delete),
            deferrable=deferrable,
            initially=initially,
        )

    def _index(self, rows: list[Any]) -> IndexValue:
        first = rows[0]
        compressed = first.compression == "ENABLED"
        return IndexValue(
            self.name_of(first.name),
            tuple(map(self._element, rows)),
            unique=first.uniqueness == "UNIQUE",
            options=_index_options(
                "BITMAP" in first.kind, first.prefix_length if compressed else 0
            ),
        )

    def _element(self, row: Any) -> ElementValue:
        """A column that is sorted downwards is kept as an expression (ALL_IND_EXPRESSIONS)."""
        descending = row.descend == "DESC"
        if row.expression is None:
            return ElementValue(self.name_of(row.column_name), descending=descending)
        found = list(tokens(row.expression))
        if len(found) == 1 and found[0].kind == "quoted":
            return ElementValue(self.name_of(found[0].name), descending=descending)
        return ElementValue(row.expression.strip(), expression=True, descending=descending)

    def canonical_type(self, text: str) -> str:
        return canonical_type(text)

    def same_default(self, theirs: ColumnValue, ours: ColumnValue) -> bool:
        """A default of NULL is none, and of '', which is NULL."""
        a, b = (self._plain_default(c.default, theirs.type) for c in (theirs, ours))
        return a == b

    def _plain_default(self, default: str | None, type_: str) -> str | None:
        if default is None:
            return None
        on_null, value = split_on_null(default)
        plain = self.normal(value)
        if plain in ("null", "''"):
            return None
        if type_.startswith(("number", "float", "binary_")):
            plain = number_of(plain)
        return f"on null {plain}" if on_null else plain

    def bonds(self, theirs: ColumnValue, ours: ColumnValue) -> Collection[Bond]:
        """What is computed from a column holds its type; what stands on a virtual one its expression.

        Oracle Database Error Help: ORA-54033, ORA-30556 (an index); ORA-54022, ORA-54023.
        """
        if theirs.computed is not None:
            return [bond for bond in BONDS if bond != "expression"]
        return () if theirs.type == ours.type else _MADE_OF_IT

    def action(self, given: str | None) -> str | None:
        """Nothing and RESTRICT are the same, since it has no words for either."""
        action = super().action(given)
        return None if action == "RESTRICT" else action

    def match(self, given: str | None) -> str | None:
        return None

    def model_column(self, column: Column[Any], value: ColumnValue) -> ColumnValue:
        """Nothing numbers rows by itself: a model says Identity, or Sequence.

        ON NULL says NOT NULL (SQL Language Reference 19c, CREATE TABLE, DEFAULT).
        """
        given: Any = column.identity
        if value.identity is not None:
            words = numbering_words(given.on_null, given.order)
            value = replace(value, nullable=False, identity=replace(value.identity, options=words))
        elif value.default is not None and split_on_null(value.default)[0]:
            value = replace(value, nullable=False)
        return replace(value, autoincrement=None) if value.autoincrement else value

    def model_table(self, value: TableValue) -> TableValue:
        temporary = any("TEMPORARY" in word.upper() for word in value.source._prefixes)
        kept = str(value.source.dialect_options["oracle"]["on_commit"] or "").upper()
        duration = "SYS$SESSION" if kept.startswith("PRESERVE") else "SYS$TRANSACTION"
        return replace(
            value,
            foreign_keys=tuple(replace(fk, onupdate=None) for fk in value.foreign_keys),
            options=_options(temporary, duration),
        )

    def table_options(self, table: TableValue) -> dict[str, Any]:
        kept = dict(table.options).get("on_commit")
        return {"oracle_on_commit": kept} if kept == "PRESERVE ROWS" else {}

    def table_prefixes(self, table: TableValue) -> tuple[str, ...]:
        return ("GLOBAL TEMPORARY",) if table.options else ()

    def align(self, theirs: TableValue, ours: TableValue) -> TableValue:
        """Take over what says the same otherwise: whole numbers, expressions, UNIQUE or an index."""
        known = {i.name: i for i in ours.indexes}
        unique = {(i.name, i.columns) for i in ours.indexes if i.unique}
        constraints = {(u.name, u.columns) for u in ours.uniques}
        as_index = [u for u in theirs.uniques if (u.name, u.columns) in unique]
        as_constraint = [
            i for i in theirs.indexes if i.unique and (i.name, i.columns) in constraints
        ]
        indexes = [i for i in theirs.indexes if i not in as_constraint]
        indexes += [IndexValue(u.name, tuple(map(ElementValue, u.columns)), True) for u in as_index]
        uniques = [u for u in theirs.uniques if u not in as_index]
        uniques += [UniqueValue(i.columns, i.name) for i in as_constraint]
        return replace(
            theirs,
            columns=tuple(_as_whole_number(c, ours.column(c.name)) for c in theirs.columns),
            uniques=tuple(uniques),
            indexes=tuple(self._aligned(i, known.get(i.name)) for i in indexes),
        )

    def _aligned(self, theirs: IndexValue, ours: IndexValue | None) -> IndexValue:
        """Say their expressions as ours do, where they are the same: LOWER("B") and lower(b)."""
        if ours is None or len(theirs.elements) != len(ours.elements):
            return theirs
        pairs = zip(theirs.elements, ours.elements, strict=True)
        return replace(
            theirs,
            elements=tuple(
                replace(a, text=b.text)
                if a.expression and b.expression and self.same_text(a.text, b.text)
                else a
                for a, b in pairs
            ),
        )

    def identity_options(self, value: IdentityValue, type_: str) -> dict[str, Any]:
        found = self._numbers(value)
        first = found["maxvalue" if found["increment"] < 0 else "minvalue"]
        words = dict.fromkeys(NUMBERING_WORDS, False) | dict(value.options)
        return {**found, "start": first if value.start is None else value.start, **words}

    def sequence_options(self, value: SequenceValue) -> dict[str, Any]:
        """What it starts with isn't kept: the dictionary tells how far it has come."""
        start = {} if value.start is None else {"start": value.start}
        return self._numbers(value) | {"cycle": value.cycle, "order": value.order} | start

    def _numbers(self, value: IdentityValue | SequenceValue) -> dict[str, int]:
        usual = usual_numbers(value.increment or 1)
        return {k: usual[k] if getattr(value, k) is None else getattr(value, k) for k in usual}

    def numbers_rows(self, column: ColumnValue, key: Sequence[str]) -> bool | Literal["auto"]:
        return "auto"

    def model_index(self, index: Index, value: IndexValue) -> IndexValue:
        """COMPRESS without a number is all columns, of a unique index all but one.

        Oracle Database SQL Language Reference 19c, CREATE INDEX, prefix_compression.
        """
        said = index.dialect_kwargs
        prefix = said.get("oracle_compress") or 0
        if prefix is True:
            prefix = len(value.elements) - (1 if value.unique else 0)
        options = _index_options(bool(said.get("oracle_bitmap")), prefix)
        return replace(value, options=options)

    def index_options(self, value: IndexValue) -> dict[str, Any]:
        said = dict(value.options)
        found = super().index_options(replace(value, options=()))
        found |= {"oracle_bitmap": True} if "bitmap" in said else {}
        return found | ({"oracle_compress": int(said["compress"])} if "compress" in said else {})

    def type_from(self, column: ColumnValue) -> TypeEngine[Any]:
        plain = column.type
        made: TypeEngine[Any] | None = TYPES[plain]() if plain in TYPES else _made(plain)
        if made is not None and self.canonical_type(self.speller.type(made)) == plain:
            return made
        return DatabaseType(plain.upper())


def _made(plain: str) -> TypeEngine[Any] | None:
    """Make a type with numbers in its brackets; None if SQLAlchemy has none that is the same."""
    found = re.fullmatch(r"(\w+)(?: day)?\((\d+)(?:,(-?\d+))?( char| byte)?\)(.*)", plain)
    if found is None:
        return None
    base, size, scale, unit, rest = found.groups()
    if base == "number":
        return sqltypes.Numeric(int(size), int(scale))
    if base == "varchar2" and unit == " char":
        return sqltypes.String(int(size))
    if base == "nvarchar2":
        return sqltypes.NVARCHAR(int(size))
    if base == "float":
        return oracle.FLOAT(binary_precision=int(size))  # type: ignore[no-untyped-call]  # SQLAlchemy's
    if base == "raw":
        return oracle.RAW(int(size))
    if base == "timestamp" and size == "6":
        return oracle.TIMESTAMP(timezone=rest == " with time zone", local_timezone="local" in rest)
    if base == "interval":
        return oracle.INTERVAL()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return None


_DIGITS = ((sqltypes.BigInteger, 19), (sqltypes.SmallInteger, 5), (sqltypes.Integer, 10))
"""How many digits the values of a type of whole numbers need."""


def _as_whole_number(theirs: ColumnValue, ours: ColumnValue | None) -> ColumnValue:
    """Take a NUMBER for the whole number of a model that it has the digits for.

    Oracle has no types for them: SQLAlchemy says INTEGER, which is NUMBER(38), where a column that
    was made otherwise may be NUMBER(10).
    """
    found = re.fullmatch(r"number\((\*|\d+),0\)", theirs.type)
    if found is None or ours is None:
        return theirs
    said = ours.source.type
    generic = not isinstance(said, sqltypes.Numeric)  # oracle.NUMBER is both
    digits = next((d for kind, d in _DIGITS if generic and isinstance(said, kind)), None)
    enough = digits is not None and (found[1] == "*" or int(found[1]) >= digits)
    return replace(theirs, type=ours.type) if enough else theirs


def _options(temporary: bool, duration: str | None) -> tuple[tuple[str, str], ...]:
    """Give a temporary table's options: what happens to its rows at a commit."""
    if not temporary:
        return ()
    return (("on_commit", "PRESERVE ROWS" if duration == "SYS$SESSION" else "DELETE ROWS"),)


def _index_options(bitmap: bool, prefix: int) -> tuple[tuple[str, str], ...]:
    compress = (("compress", str(prefix)),) if prefix else ()
    return (("bitmap", "true"), *compress) if bitmap else compress
