"""How MariaDB and MySQL report a schema: information_schema; run on MariaDB 10.11."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, ClassVar

from sqlalchemy import Column, Connection, Index, Table, bindparam, text
from sqlalchemy import Sequence as DBSequence
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from ..indextext import parse_index
from ..sqltokens import bare, normal
from ..types import DatabaseType, made_of
from ..values import (
    CheckValue,
    ColumnValue,
    ComputedValue,
    ElementValue,
    ForeignKeyValue,
    IndexValue,
    Key,
    PrimaryKeyValue,
    SequenceValue,
    TableValue,
    UniqueValue,
    varied,
)
from . import mysql_options
from . import mysql_scratch as scratch
from .base import reads
from .mysql_catalog import (
    CHECKS_MARIADB,
    CHECKS_MYSQL,
    COLUMNS,
    FOREIGN_KEYS,
    INDEXES,
    SCHEMAS,
    SEQUENCE,
    SEQUENCES,
    TABLES,
)
from .mysql_objects import WithObjects
from .mysql_rights import refuse_hidden
from .mysql_rows import AS_WRITTEN, index_of, is_unique, json_columns, with_hash_asked
from .mysql_types import (
    TYPES,
    at_once,
    canonical_type,
    labels_of,
    one_now,
    one_utf8,
    plain_default,
    without_whole_length,
)
from .object_name import Kind

_ON_UPDATE = re.compile(r"\bon\s+update\s+(.*)$", re.IGNORECASE | re.DOTALL)


@reads("mysql", "mariadb")
class MySQL(WithObjects):
    """MariaDB and MySQL: a schema is a database, a UNIQUE is an index."""

    repeats_columns: ClassVar = True
    knows_inline_checks: ClassVar = True
    indexes_foreign_keys: ClassVar = True
    binds_key_types: ClassVar = True
    tells_collations: ClassVar = True

    @property
    def is_mariadb(self) -> bool:
        """Whether the server is MariaDB."""
        return bool(getattr(self.dialect, "is_mariadb", False))

    @property
    def _has_checks(self) -> bool:
        """MySQL 8.0 manual, CHECK Constraints: from 8.0.16 on; before, they are read and forgotten."""
        version: Any = self.dialect.server_version_info or (99,)
        return self.is_mariadb or version >= (8, 0, 16)

    def comparable_checks(self, table: TableValue) -> bool:
        return self._has_checks

    def schemas(self, connection: Connection) -> list[str]:
        return list(connection.execute(text(SCHEMAS)).scalars())

    def read(self, connection: Connection, schemas: Sequence[str]) -> Iterator[TableValue]:
        def rows(query: str) -> list[Any]:
            asked = text(query).bindparams(bindparam("schemas", expanding=True))
            return list(connection.execute(asked, {"schemas": list(schemas)}))

        def by_table(query: str) -> Mapping[tuple[str, str], list[Any]]:
            found: dict[tuple[str, str], list[Any]] = defaultdict(list)
            for row in rows(query):
                found[row[:2]].append(row)
            return found

        version: Any = self.dialect.server_version_info or (99,)
        plain = self.is_mariadb or version < (8, 0, 13)  # MySQL 8.0 manual, Functional Key Parts
        expression = "NULL" if plain else "expression"
        columns, foreign_keys = by_table(COLUMNS), by_table(FOREIGN_KEYS)
        indexes = by_table(INDEXES.format(expression=expression))
        checks: Mapping[tuple[str, str], list[Any]] = defaultdict(list)
        if self._has_checks:
            checks = by_table(CHECKS_MARIADB if self.is_mariadb else CHECKS_MYSQL)
        alike: dict[Any, ColumnValue] = {}  # many a column is as another one is

        def column(row: Any, collation: str | None) -> ColumnValue:
            facts = row[2:], collation
            if facts not in alike:
                alike[facts] = self._column(row, collation)
            return alike[facts]

        for table in rows(TABLES):
            key = table[:2]
            keys = [
                index_of(list(g), self._sql) for _, g in groupby(indexes[key], lambda r: r.name)
            ]
            primary = next((k for k in keys if k.name == "PRIMARY"), None)
            plain = [k for k in keys if k is not primary]
            value = TableValue(
                name=table.name,
                schema=table.schema,
                columns=tuple(column(c, table.collation) for c in columns[key]),
                primary_key=PrimaryKeyValue(primary.columns) if primary else None,
                uniques=tuple(UniqueValue(k.columns, k.name) for k in plain if is_unique(k)),
                foreign_keys=tuple(
                    self.foreign_key_of(list(g))
                    for _, g in groupby(foreign_keys[key], lambda r: r.name)
                ),
                checks=tuple(
                    CheckValue(
                        self._sql(c.text), c.name, column=c.name if c.level == "Column" else None
                    )
                    for c in checks[key]
                ),
                indexes=tuple(k for k in plain if not is_unique(k)),
                comment=table.comment or None,
                options=mysql_options.told(table),
            )
            yield json_columns(self._with_bytes(connection, value))

    def _with_bytes(self, connection: Connection, table: TableValue) -> TableValue:
        """Read defaults again that information_schema may have lost bytes of."""
        if not any(scratch.may_be_bytes(c) and "?" in str(c.default) for c in table.columns):
            return table
        told = scratch.byte_defaults(connection, self.speller.table(table.name, table.schema))
        return varied(
            table,
            columns=tuple(
                varied(c, default=told.get(c.name)) if scratch.may_be_bytes(c) else c
                for c in table.columns
            ),
        )

    def refuse_hidden(self, connection: Connection, schemas: Collection[str]) -> None:
        refuse_hidden(connection, schemas)

    def sequences(self, connection: Connection, schemas: Sequence[str]) -> Iterator[SequenceValue]:
        """Read MariaDB's sequences: each is a table of one row (MariaDB KB, Sequence Overview)."""
        if not self.is_mariadb:
            return
        asked = text(SEQUENCES).bindparams(bindparam("schemas", expanding=True))
        found = connection.execute(asked, {"schemas": list(schemas)}).all()
        if not found:
            return
        literal = self.speller.literal
        one = [
            SEQUENCE.format(
                schema=literal(row.schema),
                name=literal(row.name),
                where=self.speller.table(row.name, row.schema),
            )
            for row in found
        ]
        rows = connection.exec_driver_sql(
            " UNION ALL ".join(one), execution_options={"no_parameters": True}
        )
        for row in rows:
            yield SequenceValue(row.name, row.schema, **mysql_options.sequence_facts(row))

    def sequence_options(self, value: SequenceValue) -> dict[str, Any]:
        down = (value.increment or 1) < 0
        usual = mysql_options.USUAL_DOWN if down else mysql_options.USUAL
        said = {k: getattr(value, k) for k in usual}
        found: dict[str, Any] = {k: usual[k] if v is None else v for k, v in said.items()}
        first = found["maxvalue" if down else "minvalue"]
        return found | {
            "start": first if value.start is None else value.start,
            "cycle": value.cycle,
        }

    def _column(self, row: Any, table_collation: str | None) -> ColumnValue:
        extra = row.extra.lower()
        found = _ON_UPDATE.search(row.extra)
        computed = None
        if row.expression and "generated" in extra.replace("default_generated", ""):
            stored = "stored" in extra or "persistent" in extra
            computed = ComputedValue(self._sql(row.expression), stored)
        own = row.collation if row.collation != table_collation else None
        return ColumnValue(
            name=row.name,
            type=self.canonical_type(row.type),
            nullable=row.nullable == "YES",
            default=None if computed else self._default(row, extra),
            comment=row.comment or None,
            computed=computed,
            collation=None if own is None else one_utf8(own),
            autoincrement=True if "auto_increment" in extra else None,
            onupdate=found[1] if found else None,
        )

    def _default(self, row: Any, extra: str) -> str | None:
        """Give a default as SQL text: MySQL tells a literal without its quotes, MariaDB with them."""
        if row.default is None or self.is_mariadb:
            return None if row.default in (None, "NULL") else str(row.default)
        if "default_generated" in extra:
            return self._sql(row.default)
        if row.type.startswith(AS_WRITTEN) and re.match(
            r"b'|0x|current_timestamp", row.default, re.IGNORECASE
        ):
            return str(row.default)
        return self.speller.literal(row.default)

    def _sql(self, text: str) -> str:
        """Give an expression as it is written; MySQL tells it escaped, a character set before strings.

        Seen in its manual, INFORMATION_SCHEMA CHECK_CONSTRAINTS, and in the same form in COLUMNS and
        STATISTICS.
        """
        if self.is_mariadb:
            return scratch.standard_quotes(text)
        unescaped = re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
        return scratch.without_character_sets(scratch.standard_quotes(unescaped))

    def action(self, given: str | None) -> str | None:
        """InnoDB refuses at once either way: RESTRICT, NO ACTION and nothing are the same."""
        action = super().action(given)
        return None if action == "RESTRICT" else action

    def match(self, given: str | None) -> str | None:
        return None

    def canonical_type(self, text: str) -> str:
        return canonical_type(text)

    def collation(self, column: Column[Any]) -> str | None:
        found = super().collation(column)
        return None if found is None else one_utf8(found)

    def model_column(self, column: Column[Any], value: ColumnValue) -> ColumnValue:
        charset = self.stated(column, "charset")
        open_numbering = value.autoincrement and self.leaves_numbering_open(column)
        if charset is not None or open_numbering:
            numbered = None if open_numbering else value.autoincrement
            value = varied(value, charset=charset, autoincrement=numbered)
        if value.default is None or (found := _ON_UPDATE.search(value.default)) is None:
            return value
        before = value.default[: found.start()].strip()
        return varied(value, default=before or None, onupdate=found[1].strip())

    def model_table(self, value: TableValue) -> TableValue:
        key = value.primary_key
        said = self._keywords(value.source)
        return varied(
            value,
            primary_key=varied(key, name=None) if key else None,
            uniques=tuple(map(at_once, value.uniques)),
            foreign_keys=tuple(map(at_once, value.foreign_keys)),
            comment=value.comment or said.get("comment") or None,
            options=mysql_options.stated(said),
        )

    def _keywords(self, table: Table) -> dict[str, Any]:
        """Give what a model's table says to this dialect."""
        return dict(table.dialect_options[self.name]._non_defaults)

    def leaves_numbering_open(self, column: Column[Any]) -> bool:
        """A sequence of the model's (MariaDB has them) takes the place of AUTO_INCREMENT."""
        given, dialect = column.default, self.speller.dialect
        return dialect.supports_sequences and isinstance(given, DBSequence) and not given.optional

    def has_foreign_keys(self, table: TableValue) -> bool:
        return mysql_options.has_foreign_keys(table.options)

    def options_apart(
        self, theirs: TableValue, ours: TableValue
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        return mysql_options.apart(theirs, ours, self.name)

    def table_options(self, table: TableValue) -> dict[str, Any]:
        said = dict(table.options)
        if said.get("row_format") in ("dynamic", "compact", "page") or "collate" not in said:
            said.pop("row_format", None)
        return {f"{self.name}_{k}": v for k, v in said.items()}

    def parse_index(self, sql: str) -> IndexValue:
        return parse_index(sql, lengths=True)

    def model_index(self, index: Index, value: IndexValue) -> IndexValue:
        prefix = index.dialect_kwargs.get(f"{self.name}_prefix")
        using = prefix.lower() if prefix else None if value.using == "btree" else value.using
        elements = value.elements
        version: Any = self.dialect.server_version_info or (99,)
        if self.is_mariadb and version < (10, 8):  # MDEV-13756: DESC is taken and dropped
            elements = tuple(varied(e, descending=False) for e in elements)
        elements = tuple(without_whole_length(e, index) for e in elements)
        return varied(value, using=using, elements=elements, where=None)

    def type_from(self, column: ColumnValue) -> TypeEngine[Any]:
        plain = column.type
        collated = {"collation": column.collation} if column.collation else {}
        if plain.startswith("enum("):
            if collated:  # the copy of mysql.ENUM that ADD COLUMN makes has lost its collation
                return DatabaseType(f"ENUM{plain[4:]} COLLATE {column.collation}")
            return sqltypes.Enum(*labels_of(plain))
        if plain.startswith("set("):
            return mysql.SET(*labels_of(plain), **collated)
        found = re.match(r"([a-z]+)(?:\(([\d,]+)\))?( unsigned)?( zerofill)?$", plain)
        made = None
        if plain in TYPES:
            made = made_of(TYPES[plain], [], column.collation)
        elif found is not None:
            base, args, unsigned, zerofill = found.groups()
            numbers = [int(a) for a in args.split(",")] if args else []
            kinds: dict[str, Any] = getattr(self.dialect, "ischema_names", {})
            if unsigned or zerofill:
                flags = {"unsigned": True} | ({"zerofill": True} if zerofill else {})
                sizes = dict(zip(("precision", "scale"), numbers, strict=False))
                made = kinds[base](**sizes, **flags) if base in kinds else None
            elif base in ("datetime", "timestamp", "time") and numbers:
                made = kinds[base](fsp=numbers[0])
            elif base in TYPES:
                made = made_of(TYPES[base], numbers, column.collation)
            elif base in kinds:
                made = kinds[base](*numbers)
        if made is not None and self.canonical_type(self.speller.type(made)) == plain:
            return made
        return DatabaseType(plain)

    def same_default(self, theirs: ColumnValue, ours: ColumnValue) -> bool:
        if theirs.onupdate is None or ours.onupdate is None:
            if theirs.onupdate != ours.onupdate:
                return False
        elif one_now(normal(theirs.onupdate)) != one_now(normal(ours.onupdate)):
            return False
        a, b = (plain_default(c.default, theirs.type) for c in (theirs, ours))
        return a == b

    def literal_default(self, column: ColumnValue) -> str | None:
        plain = super().literal_default(column)
        if plain is None or column.onupdate or "\\" in plain.replace("\\\\", ""):  # \0, say
            return None
        return plain.replace("\\\\", "\\")

    def own_form(
        self, connection: Connection, asked: Sequence[tuple[TableValue, TableValue]]
    ) -> Mapping[Key, TableValue]:
        return scratch.own_form(self, connection, asked)

    def align(self, theirs: TableValue, ours: TableValue) -> TableValue:
        """Take a UNIQUE for the unique index that it is in the models."""
        theirs = with_hash_asked(mysql_options.with_new_default(theirs, ours), ours)
        names = {i.name for i in ours.indexes if i.unique}
        moved = [u for u in theirs.uniques if u.name in names]
        if not moved:
            return theirs
        made = tuple(
            IndexValue(u.name, tuple(map(ElementValue, u.columns)), unique=True) for u in moved
        )
        kept = tuple(u for u in theirs.uniques if u.name not in names)
        return varied(theirs, uniques=kept, indexes=(*theirs.indexes, *made))

    def implicit_index(self, index: IndexValue, theirs: TableValue, ours: TableValue) -> bool:
        """MariaDB and MySQL index the columns of a foreign key if nothing else does.

        MySQL 8.4 manual, FOREIGN KEY Constraints: the index has the constraint's name,
        or that of the first column, with a number if that one is taken (seen: `user_id_2`
        beside a unique constraint `user_id`, MariaDB 10.11).
        """
        columns, own = index.columns, not any(e.expression or e.length for e in index.elements)
        if index.unique or not own or all(fk.columns != columns for fk in ours.foreign_keys):
            return False
        if any(fk.columns == columns and fk.name == index.name for fk in theirs.foreign_keys):
            return True
        first, _, number = str(index.name).partition(columns[0])
        return not first and (not number or (number[0] == "_" and number[1:].isdigit()))

    def foreign_key_index(
        self, fk: ForeignKeyValue, table: TableValue, taken: Collection[str]
    ) -> IndexValue | None:
        """Index its columns, as the server would, unless something of the table begins with them.

        Said aloud, so that the index goes again when the foreign key does. It has the name of
        the foreign key, or of the first column where the model gives no name.
        """
        keys = [i.columns for i in table.indexes if not any(e.expression for e in i.elements)]
        keys += [u.columns for u in table.uniques]
        keys += [table.primary_key.columns] if table.primary_key else []
        if any(key[: len(fk.columns)] == fk.columns for key in keys):
            return None
        named = fk.source is None or self.speller.name(fk.source) is not None
        name = str(fk.name)
        if not named:
            taken = {*taken, *(str(i.name) for i in table.indexes)}
            taken |= {str(u.name) for u in table.uniques}
            name = self.default_name("unique", table.name, fk.columns, taken)
        return IndexValue(name, tuple(map(ElementValue, fk.columns)))

    def default_name(
        self, kind: Kind, table_name: str, columns: Sequence[str], taken: Collection[str]
    ) -> str:
        match kind:
            case "primary":
                return "PRIMARY"
            case "unique":
                first = columns[0]
                names = (first if n == 1 else f"{first}_{n}" for n in range(1, 10_000))
            case "foreignkey":
                names = (f"{table_name}_ibfk_{n}" for n in range(1, 10_000))
            case _:
                names = (f"CONSTRAINT_{n}" for n in range(1, 10_000))
        return next(name for name in names if name not in taken)

    def bracketed(self, expression: str) -> str:
        """MySQL 8.4 manual, CREATE INDEX: a functional key part stands in brackets."""
        return f"({bare(expression)})"

    def index_options(self, value: IndexValue) -> dict[str, Any]:
        options = super().index_options(value)
        if value.using in ("fulltext", "spatial"):
            del options[f"{self.name}_using"]
            options[f"{self.name}_prefix"] = value.using.upper()
        return options
