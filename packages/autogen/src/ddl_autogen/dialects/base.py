"""What a comparison asks of a database: to read its catalog, and to know its spellings."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Literal, TypeVar, get_args

from sqlalchemy import Column, Index
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import ArgumentError, CompileError
from sqlalchemy.types import TypeDecorator, TypeEngine

from ..errors import UnsupportedType
from ..indextext import parse_index
from ..namespaces import Namespaces
from ..speller import Speller, sql_text
from ..sqltokens import bare, normal, tokens
from ..values import (
    ColumnValue,
    ForeignKeyValue,
    IdentityValue,
    IndexValue,
    Key,
    SequenceValue,
    TableValue,
    UniqueValue,
)
from .object_name import LABELS, Kind, object_name
from .objects import ObjectsOfDatabase

Bond = Literal["primary", "unique", "foreignkey", "check", "index", "expression"]
"""What can keep a column from changing; an expression is that of a computed column or an index."""
BONDS: tuple[Bond, ...] = get_args(Bond)


class Database(ObjectsOfDatabase, ABC):
    """How one kind of database reports a schema and spells what is in it.

    A subclass overrides the smallest piece that differs.

    Attributes:
        name: The dialect's name.
        dialect: SQLAlchemy's dialect.
        speller: Writes SQL for it.
        splits_cycles: Whether a foreign key can and must be added after its table
            when the target isn't there yet.
        repeats_columns: Whether altering a column repeats the whole of it, so that all
            its facts must be stated.
        has_comments: Whether tables and columns have comments.
        has_identity: Whether a column can be an identity column.
        names_primary_keys: Whether a primary key has a name that can be changed.
        indexes_foreign_keys: Whether it makes an index by itself for a foreign key that none serves.
        binds_key_types: Whether the type of a column can't change while a foreign key has it.
        knows_inline_checks: Whether a CHECK inside of a column is something else than one of
            the table: it has no name, and goes with the column's definition.
        has_excludes: Whether tables have exclusion constraints.
        tells_collations: Whether a column of theirs has a collation only where one was stated
            that isn't the usual one, so that a model which states none wants that.
        stores_computed: Whether a computed column is stored if nothing is said.
        names_constraints: Whether it gives a name to a constraint that has none.
        creates_schemas: Whether a schema can be made by SQL.
        renames_indexes, renames_constraints: Whether an index, a constraint can get another name.
        alters_in_place: Whether ALTER TABLE says all changes; else they are said in a batch
            block, for which the table may be copied.
        tracks_dependencies: Whether it refuses to drop or alter what a view or routine needs.
        binds_views: Whether it refuses that for those views that were told so (SCHEMABINDING).
        alters_sequence_start: Whether ALTER SEQUENCE can say where it is to start.
        alters_expressions: Whether a computed column can get another expression.
    """

    splits_cycles: ClassVar[bool] = True
    repeats_columns: ClassVar[bool] = False
    has_comments: ClassVar[bool] = True
    has_identity: ClassVar[bool] = False
    has_excludes: ClassVar[bool] = False
    knows_inline_checks: ClassVar[bool] = False
    indexes_foreign_keys: ClassVar[bool] = False
    binds_key_types: ClassVar[bool] = False
    names_primary_keys: ClassVar[bool] = False
    tells_collations: ClassVar[bool] = False
    stores_computed: ClassVar[bool] = False
    names_constraints: ClassVar[bool] = True
    creates_schemas: ClassVar[bool] = True
    renames_indexes: ClassVar[bool] = True
    renames_constraints: ClassVar[bool] = False
    alters_in_place: ClassVar[bool] = True
    tracks_dependencies: ClassVar[bool] = False
    binds_views: ClassVar[bool] = False
    alters_sequence_start: ClassVar[bool] = True
    alters_expressions: ClassVar[bool] = False

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.name = dialect.name
        self.speller = Speller(dialect)

    def namespaces(self, connection: Connection) -> Namespaces:
        """Tell what the connection's schemas are called, by its `schema_translate_map` if it has one."""
        said = connection.get_execution_options().get("schema_translate_map") or {}
        own = self.own_default_schema(connection)
        translated = {name: str(there or own) for name, there in said.items() if name or there}
        return Namespaces(translated.get(None, own), translated)

    def own_default_schema(self, connection: Connection) -> str:
        """Name the schema that the database looks up names in that have none."""
        name = connection.dialect.default_schema_name
        assert name is not None, "SQLAlchemy asks for it when it connects"
        return name

    @abstractmethod
    def schemas(self, connection: Connection) -> list[str]:
        """List the schemas that may hold a user's tables, the default one among them."""

    def refuse_hidden(self, connection: Connection, schemas: Collection[str]) -> None:
        """Raise HiddenCatalog if the user sees only a part of some schemas; most catalogs show all."""

    @abstractmethod
    def read(self, connection: Connection, schemas: Sequence[str]) -> Iterable[TableValue]:
        """Read all tables of some schemas, in a number of queries that doesn't grow with them.

        Args:
            connection: Where to read.
            schemas: Names of schemas as the database knows them, never None.

        Returns:
            The tables; their `schema` is the database's name of it, also for the default one.
        """

    def views(self, connection: Connection, schemas: Sequence[str]) -> Mapping[Key, str]:
        """Give the names of what is read as a table is, and isn't one.

        Args:
            connection: Where to ask.
            schemas: Names of schemas that are there, as the database knows them.

        Returns:
            (schema, name) -> what it is: "view", say.
        """
        return {}

    def sequences(self, connection: Connection, schemas: Sequence[str]) -> Iterable[SequenceValue]:
        """Read the sequences that belong to no column, in one query; none where there are none."""
        return ()

    def sequence_options(self, value: SequenceValue) -> dict[str, Any]:
        """Give all options of a sequence as numbers, also those that weren't said."""
        return {}

    def identity_options(self, value: IdentityValue, type_: str) -> dict[str, Any]:
        """Give the options of an identity column of a type, also those that weren't said."""
        return {}

    def type_text(self, column: Column[Any]) -> str:
        """Write a model column's type in the canonical spelling.

        Raises:
            UnsupportedType: The database has no such type.
        """
        try:
            return self.canonical_type(self.speller.type(column.type, column))
        except (ArgumentError, CompileError, AttributeError, NotImplementedError) as err:
            name = f"{column.table.name}.{column.name}"
            raise UnsupportedType(name, repr(column.type), self.name, str(err)) from err

    def collation(self, column: Column[Any]) -> str | None:
        """Give the collation that a model column states, or None."""
        found: str | None = self.stated(column, "collation")
        return found

    def stated(self, column: Column[Any], fact: str) -> Any:
        """Give a fact of a model column's type as it is on this database, or None."""
        found: Any = column.type
        found = found._variant_mapping.get(self.name, found)
        if isinstance(found, TypeDecorator):
            found = found.load_dialect_impl(self.dialect)
        return getattr(found, fact, None)

    def canonical_type(self, text: str) -> str:
        """Bring a type's text into the one spelling in which both sides are compared."""
        return _canonical(text)

    @abstractmethod
    def type_from(self, column: ColumnValue) -> TypeEngine[Any]:
        """Make the SQLAlchemy type of a column that was read from the database."""

    def model_column(self, column: Column[Any], value: ColumnValue) -> ColumnValue:
        """Amend a model column's value with what only this dialect knows."""
        return value

    def model_index(self, index: Index, value: IndexValue) -> IndexValue:
        """Amend a model index's value with what only this dialect knows."""
        return value

    def parse_index(self, sql: str) -> IndexValue:
        """Read a CREATE INDEX statement of this dialect."""
        return parse_index(sql)

    def foreign_key_of(self, rows: Sequence[Any]) -> ForeignKeyValue:
        """Make a foreign key of its rows, one for each column, where a catalog has them so."""
        first = rows[0]
        return ForeignKeyValue(
            tuple(r.column for r in rows),
            (first.target_schema, first.target),
            tuple(r.target_column for r in rows),
            first.name,
            self.action(first.on_update),
            self.action(first.on_delete),
        )

    def action(self, given: str | None) -> str | None:
        """Bring ON UPDATE / ON DELETE into one form: upper case, None for the default."""
        action = " ".join((given or "").upper().split())
        return None if action in ("", "NO ACTION") else action

    def match(self, given: str | None) -> str | None:
        """Bring MATCH into one form: upper case, None for the usual SIMPLE."""
        match = (given or "").upper()
        return None if match in ("", "SIMPLE", "NONE") else match

    def model_table(self, value: TableValue) -> TableValue:
        """Amend a model table's value with what only this dialect knows."""
        return value

    def literal_default(self, column: ColumnValue) -> str | None:
        """Give the string that a default which was read is; None if it is another expression."""
        found = _STRING.match(column.default or "")
        return found[1].replace("''", "'") if found is not None else None

    def numbers_rows(self, column: ColumnValue, key: Sequence[str]) -> bool | Literal["auto"]:
        """Give what `Column(autoincrement=)` says of a column that was read.

        Args:
            column: The column.
            key: Names of the primary key's columns.
        """
        usual = tuple(key) == (column.name,) and column.type in (
            "integer",
            "int",
            "bigint",
            "smallint",
        )
        if column.autoincrement:
            return "auto" if usual else True
        return False if usual and column.identity is None else "auto"

    def same_default(self, theirs: ColumnValue, ours: ColumnValue) -> bool:
        """Tell whether two defaults are the same, by text alone."""
        a, b = theirs.default, ours.default
        return a == b or (a is not None and b is not None and self.normal(a) == self.normal(b))

    def same_text(self, theirs: str | None, ours: str | None) -> bool:
        """Tell whether two expressions are the same, by text alone."""
        return theirs == ours or (
            theirs is not None and ours is not None and self.normal(theirs) == self.normal(ours)
        )

    def normal(self, text: str) -> str:
        """Give the form in which two spellings of one expression are the same text."""
        return normal(text)

    def align(self, theirs: TableValue, ours: TableValue) -> TableValue:
        """Amend their table where the database can't tell what it knows from what it made."""
        return theirs

    def own_form(
        self, connection: Connection, asked: Sequence[tuple[TableValue, TableValue]]
    ) -> Mapping[Key, TableValue]:
        """Ask the database what it makes of our types, defaults, CHECKs and index expressions.

        Leaves no trace and consumes nothing.

        Args:
            connection: Where to ask.
            asked: (theirs, ours) pairs of tables that differ as text.

        Returns:
            Ours in the database's own words, by key; what it couldn't say is missing or
            as it was.
        """
        return {}

    def bonds(self, theirs: ColumnValue, ours: ColumnValue) -> Collection[Bond]:
        """Give what keeps a column from changing so, where it stands on it; usually nothing does."""
        return ()

    def names_in(self, sql: str) -> set[str]:
        """Give the names that an expression which was read mentions, as models write them."""
        return {token.name for token in tokens(sql) if token.kind in ("word", "quoted")}

    def leaves_numbering_open(self, column: Column[Any]) -> bool:
        """Tell whether a model's column may be numbered by the database though it doesn't say so."""
        return False

    def has_foreign_keys(self, table: TableValue) -> bool:
        """Tell whether the foreign keys of a table of ours come to be."""
        return True

    def options_apart(
        self, theirs: TableValue, ours: TableValue
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give the options of a table that the model states and that are others in the database.

        Returns:
            As they should be, and as they are, by the names that `Table` takes; both with the
            same names.
        """
        return {}, {}

    def table_options(self, table: TableValue) -> dict[str, Any]:
        """Give the dialect options of a Table that was read, as `Table` takes them."""
        return {}

    def table_prefixes(self, table: TableValue) -> tuple[str, ...]:
        """Give the words between CREATE and TABLE of a table that was read."""
        return ()

    def index_options(self, value: IndexValue) -> dict[str, Any]:
        """Give the dialect options of an index that was read, as `Index` takes them."""
        options: dict[str, Any] = {
            "using": value.using,
            "include": list(value.include),
            "where": None if value.where is None else sql_text(value.where),
            "ops": {e.text: e.opclass for e in value.elements if e.opclass and not e.expression},
            "length": {e.text: e.length for e in value.elements if e.length},
            "with": dict(value.options),
            "nulls_not_distinct": value.nulls_not_distinct or None,
        }
        said = {
            k: v
            for k, v in options.items()
            if v is not None and not (isinstance(v, (list, dict)) and not v)
        }
        return {f"{self.name}_{k}": v for k, v in said.items()}

    def bracketed(self, expression: str) -> str:
        """Write an expression as an element of an index."""
        plain = bare(expression)
        return plain if _CALL.match(plain) else f"({plain})"

    def implicit_index(self, index: IndexValue, theirs: TableValue, ours: TableValue) -> bool:
        """Tell whether the database made an index by itself, for a foreign key."""
        return False

    def foreign_key_index(
        self, fk: ForeignKeyValue, table: TableValue, taken: Collection[str]
    ) -> IndexValue | None:
        """Give the index that the database would make for a foreign key that is added.

        Args:
            fk: The foreign key.
            table: Its table as it should be.
            taken: Names that indexes of the table have already.
        """
        return None

    def spelled_check(self, text: str) -> str:
        """Write the condition of a CHECK that was read, so that the server makes the same of it."""
        return text

    def cast(self, column_name: str, old: TypeEngine[Any], new: TypeEngine[Any]) -> dict[str, Any]:
        """Give the options of AlterColumn that a change of type needs, for the values that are there."""
        return {}

    def comparable_checks(self, table: TableValue) -> bool:
        """Tell whether the database reports CHECKs at all."""
        return True

    def redundant(self, unique: UniqueValue, table: TableValue) -> bool:
        """Tell whether CREATE TABLE would make nothing of a UNIQUE, since another says the same."""
        return False

    def default_name(
        self, kind: Kind, table_name: str, columns: Sequence[str], taken: Collection[str]
    ) -> str:
        """Choose the name that the database would give to a constraint without one.

        The form is PostgreSQL's ("users_email_key"), for a name must be found somewhere.

        Args:
            kind: Of the constraint.
            table_name: The table's name.
            columns: Its columns in order; of a CHECK those that it mentions, if one.
            taken: Names that are taken already.
        """
        label = LABELS[kind]
        middle = "" if kind == "primary" else "_".join(columns)
        longest = self.dialect.max_identifier_length
        number = 0
        while True:
            suffix = f"{label}{number or ''}"
            name = object_name(table_name, middle, suffix, longest)
            if name not in taken:
                return name
            number += 1


@lru_cache(maxsize=10_000)
def _canonical(text: str) -> str:
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(text.lower().split()))


_CALL = re.compile(r"[\w.]+\([^()]*\)$")
_STRING = re.compile(r"'((?:[^']|'')*)'$")
_D = TypeVar("_D", bound=type[Database])
databases: dict[str, type[Database]] = {}
"""What is registered, by the name of a dialect."""


def reads(*dialects: str) -> Callable[[_D], _D]:
    """Register the class that knows a dialect, by the dialect's names."""

    def register(kind: _D) -> _D:
        for name in dialects:
            databases[name] = kind
        return kind

    return register
