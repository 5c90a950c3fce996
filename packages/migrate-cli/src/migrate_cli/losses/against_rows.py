"""What the rows that are there have against changes which were found: no value, or one that is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from ddl_constructs import (
    KEEP,
    AddColumn,
    AddConstraint,
    AlterColumn,
    Change,
    CreateIndex,
    CreateTable,
    ExecuteSQL,
    RenameTable,
)
from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Enum,
    ForeignKeyConstraint,
    Integer,
    Numeric,
    String,
    TableClause,
    UniqueConstraint,
    column,
    literal_column,
    select,
    table,
)
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine

from ..errors import Refused, UsageError
from .keys import orphaned, repeated
from .narrowed import lost


@dataclass(frozen=True)
class Conflict:
    """A change that the rows stand against.

    Attributes:
        change: The change.
        column: "table.column", as it will be called.
        reason: What the rows have or lack.
        fillable: Whether a value for those that have none would do.
    """

    change: Change
    column: str
    reason: str
    fillable: bool


def conflicts(found: Sequence[Change], connection: Connection) -> list[Conflict]:
    """Look at the rows for each change that they may stand against; one query each.

    Args:
        found: The changes, in order; none of them has run.
        connection: The database.
    """
    looked = _Looking(found, connection)
    return [one for change in found for one in looked.at(change)]


class RowsAgainst(Refused):
    """Rows stand against changes that would be written.

    Attributes:
        conflicts: What they stand against.
    """

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = tuple(conflicts)
        lines = [f"can't {one.change.describe()}: the table {one.reason}" for one in conflicts]
        fills = " ".join(_example(one) for one in conflicts if one.fillable)
        mends = [f"a value for them, as SQL: {fills}"] if fills else []
        super().__init__("\n".join([*lines, *mends, "write it all the same: --despite-rows"]))


def _example(conflict: Conflict) -> str:
    """Give a flag that fills, with a value as columns of that type have it."""
    change = conflict.change
    given = change.column.type if isinstance(change, AddColumn) else _type_after(change)
    for kind, value in _VALUES:
        if isinstance(given, kind):
            said = f"{conflict.column}={value}"
            return f'--fill "{said}"' if "'" in value else f"--fill {said}"
    return f"--fill {conflict.column}=..."


def _type_after(change: Change) -> object:
    assert isinstance(change, AlterColumn), "nothing else can be filled"
    return change.existing_type if change.type_ is KEEP else change.type_


_VALUES: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Enum, "..."),
    (String, "'unknown'"),
    (Integer, "0"),
    (Numeric, "0"),
    (Boolean, "false"),
    (DateTime, "CURRENT_TIMESTAMP"),
    (Date, "CURRENT_DATE"),
)
"""Values that do for a type, as SQL; the first one that fits."""


class Fills:
    """Who tells what rows get that have no value, and whether others may lose theirs.

    Attributes:
        where: The database that is being looked at, where there may be several; else None.
    """

    where: str | None = None

    def __init__(
        self,
        said: Sequence[str] = (),
        *,
        despite: bool = False,
        ask: Callable[[Conflict], str | None] | None = None,
    ) -> None:
        """Take what is known.

        Args:
            said: "table.column=SQL" texts of the command line.
            despite: Whether all is to be written whatever the rows are.
            ask: Asks a person: gives the SQL of the value, "" to write it all the same, None to
                stop; None where nobody is there.

        Raises:
            UsageError: A text isn't of that form.
        """
        self._said: dict[str, str] = {}
        for one in said:
            name, separator, value = (part.strip() for part in one.partition("="))
            if not (separator and name and value):
                raise UsageError(
                    f"--fill {one} isn't of the form table.column=SQL\n"
                    "for example: --fill \"users.name='unknown'\""
                )
            self._said[name] = value
        self._despite, self._ask = despite, ask
        self._known: set[str] = set()

    def settled(
        self, found: Sequence[Change], connection: Connection, where: str | None = None
    ) -> list[Change]:
        """Give the changes with the steps that fill.

        Args:
            found: The changes, in order; none of them has run.
            connection: The database.
            where: What it is called, where there may be others: a value is for any of them then, and
                `must_be_known` checks it in the end. None for the only one.

        Raises:
            RowsAgainst: Rows stand against some, and nobody has said what to do.
            UsageError: A value is given where none is needed.
        """
        self._known.update(name_of(change) for change in found)
        self.where = where
        if where is None:
            self.must_be_known()
        values, left = dict(self._said), list[Conflict]()
        for one in () if self._despite else conflicts(found, connection):
            if one.fillable and one.column in values:
                continue
            answer = None if self._ask is None else self._ask(one)
            if answer is None:
                left.append(one)
            elif answer:
                values[one.column] = answer
        if left:
            raise RowsAgainst(left)
        quote = connection.dialect.identifier_preparer.quote
        return list(_filled(found, values, quote))

    def must_be_known(self) -> None:
        """Check that each value that was said is needed in some database.

        Raises:
            UsageError: One isn't.
        """
        for name in self._said:
            if name not in self._known:
                raise UsageError(
                    f"asked to fill {name}, but no rows of it need a value\n"
                    "names are as in --fill users.name=0; one that comes, or becomes NOT NULL"
                )


def _filled(
    found: Sequence[Change], values: Mapping[str, str], quote: Callable[[str], str]
) -> Iterator[Change]:
    """Put the steps that fill between changes; what a table must be copied for stays together."""

    def place(change: Change) -> tuple[str | None, str] | None:
        if isinstance(change, AddColumn) or name_of(change) in values:
            assert isinstance(change, (AddColumn, AlterColumn)), "nothing else has a name here"
            return change.schema, change.table_name
        return None

    for _, run in groupby(found, place):
        steps = [_steps(change, values.get(name_of(change)), quote) for change in run]
        for together in zip(*steps, strict=True):
            yield from chain.from_iterable(together)


_Steps = tuple[Sequence[Change], Sequence[Change], Sequence[Change]]
"""What comes before a column's rows are filled, what fills them, and what they are filled for."""


def _steps(change: Change, value: str | None, quote: Callable[[str], str]) -> _Steps:
    if value is None:
        return [change], [], []
    assert isinstance(change, (AddColumn, AlterColumn)), "nothing else has a name here"
    added = change.column if isinstance(change, AddColumn) else None
    column_name = change.column.name if isinstance(change, AddColumn) else change.column_name
    where = ".".join(quote(part) for part in (change.schema, change.table_name) if part)
    name = quote(column_name)
    fill = ExecuteSQL(f"UPDATE {where} SET {name} = {value} WHERE {name} IS NULL", raw=True)
    if added is None:
        return [], [fill], [change]
    nullable = added._copy()
    nullable.nullable = True
    required = AlterColumn(
        change.table_name,
        added.name,
        nullable=False,
        schema=change.schema,
        existing_type=added.type,
        existing_nullable=True,
        existing_server_default=None,
        existing_comment=added.comment,
    )
    return [change.replace(column=nullable)], [fill], [required]


def name_of(change: Change) -> str:
    """Give "table.column" of a change that can leave rows without a value; "" of any other."""
    if isinstance(change, AddColumn) and _needs_value(change):
        return f"{_table(change)}.{change.column.name}"
    if isinstance(change, AlterColumn) and change.nullable is False:
        return f"{_table(change)}.{change.column_name}"
    return ""


def _table(change: AddColumn | AlterColumn | AddConstraint | CreateIndex) -> str:
    return f"{change.schema}.{change.table_name}" if change.schema else str(change.table_name)


def _needs_value(change: AddColumn) -> bool:
    """Tell whether a row that is there would have to get a value from nowhere."""
    given = change.column
    return not (
        given.nullable
        or given.primary_key
        or given.server_default is not None
        or given.autoincrement is True
    )


class _Looking:
    """Looks at rows under the names that tables and columns have now."""

    def __init__(self, found: Sequence[Change], connection: Connection) -> None:
        self.connection = connection
        self.new = {(c.schema, c.table_name) for c in found if isinstance(c, CreateTable)}
        self.added = {
            (c.schema, c.table_name, c.column.name) for c in found if isinstance(c, AddColumn)
        }
        self.tables = {
            (c.schema, c.new_table_name): c.old_table_name
            for c in found
            if isinstance(c, RenameTable)
        }
        self.columns = {
            (c.schema, c.table_name, c.new_column_name): c.column_name
            for c in found
            if isinstance(c, AlterColumn) and c.new_column_name is not KEEP
        }

    def at(self, change: Change) -> Iterator[Conflict]:
        if isinstance(change, AddConstraint):
            yield from self._of_constraint(change)
        if isinstance(change, CreateIndex) and change.unique and not change.dialect_kwargs:
            yield from self._of_unique(change, change.columns)
        if not isinstance(change, (AddColumn, AlterColumn)):
            return
        if (change.schema, change.table_name) in self.new:
            return
        now = self.tables.get((change.schema, change.table_name), change.table_name)
        there = table(now, schema=change.schema)
        if isinstance(change, AddColumn):
            if _needs_value(change) and self._any(there, None):
                yield Conflict(change, name_of(change), "has rows, which would have no value", True)
            return
        key = (change.schema, change.table_name, change.column_name)
        name = str(self.columns.get(key, change.column_name))
        if name_of(change) and self._any(there, column(name).is_(None)):
            yield Conflict(change, name_of(change), "has rows without a value", True)
        if (said := self._lost(change, there, name)) is not None:
            yield Conflict(change, f"{_table(change)}.{change.column_name}", said, False)

    def _of_constraint(self, change: AddConstraint) -> Iterator[Conflict]:
        bound = change.bound
        if isinstance(bound, UniqueConstraint):
            yield from self._of_unique(change, [c.name for c in bound.columns])
        if not isinstance(bound, ForeignKeyConstraint):
            return
        targets = [fk.target_fullname.split(".") for fk in bound.elements]
        *place, name = targets[0][:-1]
        target = (".".join(place) or None, name)
        where = (change.schema, change.table_name)
        names = self._names(where, bound.column_keys)
        target_names = self._names(target, [each[-1] for each in targets])
        if names and target_names:
            args = self._there(where), names, self._there(target), target_names
            if orphaned(self.connection, *args):
                reason = f"has rows whose {', '.join(bound.column_keys)} isn't in {name}"
                yield Conflict(change, f"{_table(change)}.{names[0]}", reason, False)

    def _of_unique(
        self, change: AddConstraint | CreateIndex, columns: Sequence[Any]
    ) -> Iterator[Conflict]:
        where = (change.schema, str(change.table_name))
        names = self._names(where, columns)
        if names and repeated(self.connection, self._there(where), names):
            reason = f"has rows that agree in {', '.join(columns)}"
            yield Conflict(change, f"{_table(change)}.{names[0]}", reason, False)

    def _there(self, where: tuple[str | None, str]) -> TableClause:
        return table(self.tables.get(where, where[1]), schema=where[0])

    def _names(self, where: tuple[str | None, str], columns: Sequence[Any]) -> list[str]:
        """Give what columns are called now; none if one of them isn't there yet, or no column."""
        if where in self.new or any(
            not isinstance(c, str) or (*where, c) in self.added for c in columns
        ):
            return []
        return [str(self.columns.get((*where, c), c)) for c in columns]

    def _lost(self, change: AlterColumn, there: Any, name: str) -> str | None:
        """Say what rows would lose by another type; None if nothing, or if that can't be told."""
        old, new = change.existing_type, change.type_
        if old is KEEP or new is KEEP:
            return None
        return lost(self.connection, (there.schema, there.name), name, old, new)

    def _any(self, there: Any, condition: Any) -> bool:
        asked: Any = select(literal_column("1")).select_from(there).limit(1)
        if condition is not None:
            asked = asked.where(condition)
        with self.connection.begin_nested():
            return self.connection.execute(asked).first() is not None
