"""The statements that write the journal: each is compiled once, and then told to the driver as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Table, bindparam, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from ..running.aside import execute_aside
from .rows import COLUMNS, REVISION, STATEMENT, Attempt, Entry

FEW = 2
"""Statements whose rows are spelled out as far as may be; with more there are too many kinds of them."""


class Told:
    """A statement whose parameters are given as a plain sequence of values.

    It keeps a cursor for as long as the connection is the same: psycopg, told a text again by the
    cursor that had it before, prepares neither cursor nor parameters anew.

    Args:
        statement: Its text, each parameter as `:name`.
        table: The table whose columns say what the parameters are.
        names: (name, column) of each parameter, in the order of the values.
        dialect: What it is compiled for.
        spelled: Words of the statement that stand for SQL of the dialect: what is said again and
            again needs no parameter.
    """

    def __init__(
        self,
        statement: str,
        table: Table,
        names: Sequence[tuple[str, str]],
        dialect: Dialect,
        spelled: Mapping[str, str],
    ) -> None:
        typed = (bindparam(name, type_=table.c[column].type) for name, column in names)
        compiled = text(statement).bindparams(*typed).compile(dialect=dialect)
        self._text, self._names = str(compiled), [name for name, _ in names]
        for word, sql in spelled.items():
            self._text = self._text.replace(word, sql)
        places = compiled.positiontup if compiled.positional else None
        self._places = None if places is None else [self._names.index(name) for name in places]
        self._driver: Any = None
        self._cursor: Any = None

    def execute(self, connection: Connection, values: Sequence[Any]) -> None:
        """Execute it, past all that listens to statements: those are the revision's."""
        given: Any
        if self._places is None:
            given = dict(zip(self._names, values, strict=True))
        else:
            given = tuple([values[place] for place in self._places])
        if not connection.in_transaction():
            connection.begin()
        driver = connection.connection.dbapi_connection
        if driver is not self._driver:
            self._driver, self._cursor = driver, connection.connection.cursor()
        execute_aside(connection, self._text, given, self._cursor)


class Rows:
    """A kind of rows in the journal.

    Args:
        known: Columns that are the same in all of them, and what they hold, in SQL.
        names: Columns that each fills, called as the attributes of what it is made of.
        repeated: Those of them that mostly hold what the row before holds.
    """

    def __init__(
        self, known: Mapping[str, str], names: Sequence[str], repeated: Sequence[str]
    ) -> None:
        self.known, self.repeated = known, tuple(repeated)
        self.names = tuple(name for name in names if name not in repeated)
        self.values = attrgetter(*self.names)
        self.repeats = attrgetter(*self.repeated) if repeated else lambda _: ()


_SAME = ("direction", "state", "actor", "host", "pid", "tool", "layout", "session")
_OF_REVISION = [name for name in COLUMNS if name in REVISION and name != "attempt"]
_OF_STATEMENT = [name for name in COLUMNS if name in STATEMENT]
_MOSTLY_EMPTY = ("parameters", "answer", "error")
_REVISION_ROW = {"n": "0", "kind": "'revision'"}
FAILED = Rows(_REVISION_ROW, _OF_REVISION, _SAME)
REVISIONS = Rows(_REVISION_ROW, [name for name in _OF_REVISION if name != "error"], _SAME)
BEGUN_REVISIONS = Rows(
    _REVISION_ROW, [name for name in _OF_REVISION if name not in ("error", "seconds")], _SAME
)
MANY_STATEMENTS = Rows({}, _OF_STATEMENT, ())
STATEMENTS = Rows({}, _OF_STATEMENT, ("kind", "state"))
PLAIN = Rows(
    {"times": "1"},
    [name for name in _OF_STATEMENT if name not in (*_MOSTLY_EMPTY, "times")],
    ("kind", "state"),
)
"""Statements that ran once, and have neither parameters nor an answer nor an error: most DDL."""
BEGUN = Rows({"times": "1"}, [name for name in PLAIN.names if name != "seconds"], ("kind", "state"))


def _kind_of_revision(attempt: Attempt) -> Rows:
    if attempt.error is not None:
        return FAILED
    return BEGUN_REVISIONS if attempt.seconds is None else REVISIONS


def _kind(entry: Entry) -> Rows:
    empty = entry.parameters is None and entry.answer is None and entry.error is None
    if not empty or entry.times != 1:
        return STATEMENTS
    return BEGUN if entry.seconds is None else PLAIN


_Key = tuple[tuple[Rows, tuple[Any, ...]], ...]


class Inserts:
    """The statements that insert rows, each of them made when it is needed first.

    Args:
        table: The journal.
        dialect: What they are compiled for.
        owner: The version table that the rows are of.
    """

    def __init__(self, table: Table, dialect: Dialect, owner: str) -> None:
        self._table, self._dialect, self._owner = table, dialect, owner
        self._made: dict[_Key, Told] = {}

    def execute(
        self, connection: Connection, of: str, attempt: Attempt | None, entries: Sequence[Entry]
    ) -> None:
        """Insert the row of a revision, if it isn't there yet, and those of some of its statements."""
        rows: list[tuple[Rows, Any]] = []
        if attempt is not None:
            rows.append((_kind_of_revision(attempt), attempt))
        few = len(entries) <= FEW
        rows += [(_kind(entry) if few else MANY_STATEMENTS, entry) for entry in entries]
        key = tuple([(kind, kind.repeats(row)) for kind, row in rows])
        told = self._made.get(key)
        if told is None:
            told = self._made[key] = self._make(key)
        told.execute(connection, [of, *[one for kind, row in rows for one in kind.values(row)]])

    def _make(self, rows: _Key) -> Told:
        preparer = self._dialect.identifier_preparer
        sql: list[dict[str, str]] = []
        spelled: dict[str, str] = {}
        names = [("attempt", "attempt")]
        for number, (kind, repeated) in enumerate(rows):
            same = {"version_table": self._owner, **dict(zip(kind.repeated, repeated, strict=True))}
            words = {name: f"migrate_{name}_{number}_" for name in same}
            spelled |= {words[name]: self._literal(name, value) for name, value in same.items()}
            said = {name: f":{name}_{number}" for name in kind.names}
            row = {**dict.fromkeys(COLUMNS, "NULL"), **kind.known, **words, **said}
            row["attempt"] = ":attempt"
            sql.append(row)
            names += [(f"{name}_{number}", name) for name in kind.names]
        # SQLite parses this again after each DDL, so what no row fills is left out
        filled = [name for name in COLUMNS if any(row[name] != "NULL" for row in sql)]
        columns = ", ".join(map(preparer.quote, filled))
        written = ", ".join(f"({', '.join(row[name] for name in filled)})" for row in sql)
        into = preparer.format_table(self._table)
        text = f"INSERT INTO {into} ({columns}) VALUES {written}"
        return Told(text, self._table, names, self._dialect, spelled)

    def _literal(self, column: str, value: Any) -> str:
        return literal(value, self._table, column, self._dialect)


def literal(value: Any, table: Table, column: str, dialect: Dialect) -> str:
    """Write a value of a column in SQL, as it stands in a text that a driver is told."""
    if value is None:
        return "NULL"
    compiler: Any = dialect.statement_compiler(dialect, None)
    written: str = compiler.render_literal_value(value, table.c[column].type)
    return written


def marking(table: Table, dialect: Dialect, owner: str) -> Told:
    """Make the statement that marks a statement of a version table's revision as done.

    Its values: seconds and answer; and whose it is: attempt, number.
    """
    return Told(
        f"UPDATE {dialect.identifier_preparer.format_table(table)} SET state = 'done', "
        "seconds = :seconds, answer = :answer, error = NULL "
        "WHERE version_table = migrate_owner_ AND attempt = :attempt AND n = :n",
        table,
        [(name, name) for name in ("seconds", "answer", "attempt", "n")],
        dialect,
        {"migrate_owner_": literal(owner, table, "version_table", dialect)},
    )


def finishing(table: Table, dialect: Dialect, owner: str, last: int) -> Told:
    """Make the statement that marks a version table's revision as done, and its last statement with it.

    Nobody goes on from there any more, so what statements gave back is taken out. Its values: the
    seconds of the revision; those of the statement, unless there is none; and whose it is: attempt.

    Args:
        table: The journal.
        dialect: What it is compiled for.
        owner: The version table.
        last: Number of the statement; 0 for none.
    """
    its, names = "", ["seconds", "attempt"]
    if last:
        its, names = f"WHEN {last} THEN :its_seconds ", ["seconds", "its_seconds", "attempt"]
    columns = {"its_seconds": "seconds"}
    return Told(
        f"UPDATE {dialect.identifier_preparer.format_table(table)} SET answer = NULL, "
        f"seconds = CASE n WHEN 0 THEN :seconds {its}ELSE seconds END, "
        "error = CASE n WHEN 0 THEN NULL ELSE error END, "
        f"state = CASE WHEN n IN (0, {last}) THEN 'done' ELSE state END "
        "WHERE version_table = migrate_owner_ AND attempt = :attempt",
        table,
        [(name, columns.get(name, name)) for name in names],
        dialect,
        {"migrate_owner_": literal(owner, table, "version_table", dialect)},
    )
