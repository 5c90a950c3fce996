"""How many rows get into a table: in chunks, each by the fastest way that the driver has."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import TableClause

from .errors import WrongValue

CHUNK = 5_000
"""Rows that are held at a time, and handed to the driver at once."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Plain:
    """An INSERT of some columns that takes their values as they are, by position.

    Attributes:
        table: The table.
        columns: Keys of its columns, in the order of the values.
        statement: The INSERT of one row.
        name: The table's name, as it is written there.
        names: Those of the columns, likewise.
        count: How many rows the first chunk has.
    """

    table: TableClause
    columns: tuple[str, ...]
    statement: str
    name: str
    names: tuple[str, ...]
    count: int

    @property
    def into(self) -> str:
        """The table and its columns: `t (a, b)`."""
        return f"{self.name} ({', '.join(self.names)})"


@dataclass(frozen=True)
class Way:
    """How a driver takes many rows.

    Attributes:
        statement: What is executed, with the rows as its parameters.
        execute: What does it: called with the driver's cursor, the statement and the rows; None
            for the cursor's own `executemany`.
    """

    statement: str
    execute: Callable[[Any, str, Sequence[tuple[Any, ...]]], None] | None = None


Finder = Callable[[Plain, Connection], Way | None]
_finders: dict[str, Finder] = {}


def takes_rows(*dialects: str) -> Callable[[Finder], Finder]:
    """Register what finds the way in which a dialect's drivers take many rows fast.

    It is asked with the plain INSERT and the connection; None where SQLAlchemy's own way is to be
    gone, which is also that of dialects without such a function.
    """

    def register(finder: Finder) -> Finder:
        _finders.update(dict.fromkeys(dialects, finder))
        return finder

    return register


def insert_rows(
    connection: Connection, table: TableClause, rows: Iterable[Row], options: Mapping[str, Any]
) -> Any:
    """Insert rows as they come, holding a chunk of them at a time.

    Rows that name other columns than those before them go by an INSERT of their own, so that what
    they leave out has its default.

    Args:
        connection: Where to.
        table: The table.
        rows: The rows; they are asked for one chunk after the other, between statements.
        options: Execution options.

    Returns:
        The result of the last statement; None if there were no rows.

    Raises:
        WrongValue: A row is none, or names a column that isn't there; the chunks before stay.
    """
    inserters: dict[frozenset[str], _Inserter] = {}
    result = None
    for keys, chunk in _chunks(table, rows):
        if keys not in inserters:
            inserters[keys] = _inserter(connection, table, tuple(chunk[0]), len(chunk), options)
        result = inserters[keys](chunk)
    return result


_Inserter = Callable[[list[Row]], Any]


def _chunks(table: TableClause, rows: Iterable[Row]) -> Iterator[tuple[frozenset[str], list[Row]]]:
    """Give the rows in chunks of the same keys, in their order."""
    iterator, number = iter(rows), 0
    while chunk := list(islice(iterator, CHUNK)):
        alike = _are_alike(chunk)
        _must_fit(table, chunk[:1] if alike else chunk, number)
        number += len(chunk)
        if alike:
            yield frozenset(chunk[0]), chunk
        else:
            yield from ((keys, list(same)) for keys, same in groupby(chunk, frozenset))


def _are_alike(rows: Sequence[Row]) -> bool:
    """Tell whether all are plain dictionaries of the same keys; it takes no Python for each."""
    if set(map(type, rows)) != {dict}:
        return False
    first: Any = rows[0].keys()
    views: Iterator[Any] = map(dict.keys, rows)  # type: ignore[arg-type]  # they are
    return all(map(first.__eq__, views))


def must_be_rows(table: TableClause, rows: Sequence[Row]) -> None:
    """Check that rows are mappings of what are keys of a table's columns.

    Raises:
        WrongValue: One isn't, or has another key.
    """
    if rows:
        _must_fit(table, rows[:1] if _are_alike(rows) else rows)


def _must_fit(table: TableClause, rows: Iterable[Row], start: int = 0) -> None:
    known = table.c.keys()
    allowed = set(known)
    for number, row in enumerate(rows, start):
        if not isinstance(row, Mapping):
            raise WrongValue("BulkInsert", f"row {number}", row, "a mapping of column to value")
        if not row.keys() <= allowed:
            odd = next(key for key in row if key not in allowed)
            wanted = f"keys of columns of {table.fullname}, {', '.join(known)}"
            raise WrongValue("BulkInsert", f"row {number}", odd, wanted)


def _inserter(
    connection: Connection,
    table: TableClause,
    keys: tuple[str, ...],
    count: int,
    options: Mapping[str, Any],
) -> _Inserter:
    """Find out how rows with these keys get into the table."""
    finder = _finders.get(connection.dialect.name)
    translated = {**connection.get_execution_options(), **options}.get("schema_translate_map")
    plain = None if finder is None or translated else _plain(connection, table, keys, count)
    way = None if finder is None or plain is None else finder(plain, connection)

    def by_sqlalchemy(chunk: list[Row]) -> Any:
        return connection.execute(table.insert(), chunk, execution_options=options)

    if plain is None or way is None:
        return by_sqlalchemy
    values = _values(table, plain.columns, connection)
    said = dict(options)
    if way.execute is not None:
        _hear(connection.dialect)
        said[_EXECUTE] = way.execute

    def insert(chunk: list[Row]) -> Any:
        if len(chunk) == 1:  # which is no `executemany`
            return by_sqlalchemy(chunk)
        return connection.exec_driver_sql(way.statement, values(chunk), execution_options=said)

    return insert


def _plain(
    connection: Connection, table: TableClause, keys: tuple[str, ...], count: int
) -> Plain | None:
    """Give the INSERT whose values can go to the driver as they are; None if there is more to it.

    There is where a column that the rows don't name has a default in Python, or where its type
    puts its value into an expression.
    """
    dialect = connection.dialect
    compiled = table.insert().compile(dialect=dialect, column_keys=list(keys))
    assert isinstance(compiled, SQLCompiler)
    if compiled.insert_prefetch or set(compiled.binds) != set(keys):
        return None
    columns = tuple(compiled.positiontup or keys)
    named = tuple(compiled.preparer.format_column(table.c[key]) for key in columns)
    name = compiled.preparer.format_table(table)
    plain = Plain(table, columns, str(compiled), name, named, count)
    return plain if plain.statement.startswith(f"INSERT INTO {plain.into} VALUES (") else None


def _values(
    table: TableClause, columns: tuple[str, ...], connection: Connection
) -> Callable[[list[Row]], list[tuple[Any, ...]]]:
    """Give what makes tuples for the driver of rows: values in order, through their types."""
    dialect = connection.dialect
    processors = [
        table.c[key].type.dialect_impl(dialect).bind_processor(dialect) for key in columns
    ]
    pairs = [(itemgetter(key), each) for key, each in zip(columns, processors, strict=True)]

    def values(chunk: list[Row]) -> list[tuple[Any, ...]]:
        """Column by column, since that takes no Python for each row: a third of the time."""
        given = (
            map(get, chunk) if process is None else map(process, map(get, chunk))
            for get, process in pairs
        )
        return list(zip(*given, strict=True))

    return values


_EXECUTE = "ddl_constructs_execute"
"""Execution option: what does a statement of many rows, instead of the cursor's `executemany`."""

_registering = threading.Lock()


def _hear(dialect: Dialect) -> None:
    """Let a dialect do statements as that option says; whoever listens hears them as any other.

    It stays so: a listener that went while other threads execute could make them fail.
    """
    with _registering:
        if not event.contains(dialect, "do_executemany", _instead):
            event.listen(dialect, "do_executemany", _instead)


def _instead(cursor: Any, statement: str, rows: Any, context: Any) -> bool:
    execute = context.execution_options.get(_EXECUTE)
    if execute is None:
        return False
    execute(cursor, statement, rows)
    return True
