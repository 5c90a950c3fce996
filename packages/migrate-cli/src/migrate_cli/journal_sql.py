"""The statements that write the journal: each is compiled once, and then told to the driver as it is."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Table, bindparam, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError

from .journal_rows import COLUMNS, REVISION, STATEMENT, Attempt, Entry

_REVISION = [name for name in COLUMNS if name in REVISION and name != "attempt"]
_STATEMENT = [name for name in COLUMNS if name in STATEMENT]
_of_revision, _of_statement = attrgetter(*_REVISION), attrgetter(*_STATEMENT)


class Told:
    """A statement whose parameters are given as a plain sequence of values.

    Args:
        statement: Its text, each parameter as `:name`, once.
        table: The table whose columns say what the parameters are.
        names: (name, column) of each parameter, in the order of the values.
        dialect: What it is compiled for.
    """

    def __init__(
        self, statement: str, table: Table, names: Sequence[tuple[str, str]], dialect: Dialect
    ) -> None:
        typed = (bindparam(name, type_=table.c[column].type) for name, column in names)
        compiled = text(statement).bindparams(*typed).compile(dialect=dialect)
        self._text, self._names = str(compiled), [name for name, _ in names]
        places = compiled.positiontup if compiled.positional else None
        self._places = None if places is None else [self._names.index(name) for name in places]

    def execute(self, connection: Connection, values: Sequence[Any]) -> None:
        """Execute it, past all that listens to statements: those are the revision's."""
        given: Any
        if self._places is None:
            given = dict(zip(self._names, values, strict=True))
        else:
            given = tuple([values[place] for place in self._places])
        if not connection.in_transaction():
            connection.begin()
        dialect, driver = connection.dialect, connection.connection
        cursor = driver.cursor()
        try:
            dialect.do_execute(cursor, self._text, given)
        except dialect.loaded_dbapi.Error as err:
            gone = dialect.is_disconnect(err, driver.dbapi_connection, cursor)
            if gone:
                connection.invalidate(err)
            raise DBAPIError.instance(
                self._text, None, err, dialect.loaded_dbapi.Error, connection_invalidated=gone
            ) from err
        finally:
            cursor.close()


class Insert:
    """Inserts the row of a revision, if it isn't there yet, and those of some of its statements.

    Args:
        table: The journal.
        dialect: What it is compiled for.
        revision: Whether the revision's row is among them.
        statements: How many statements there are.
    """

    def __init__(self, table: Table, dialect: Dialect, *, revision: bool, statements: int) -> None:
        own = ["version_table", "attempt"]
        kinds = [[*own, *_REVISION]] * revision + [[*own, *_STATEMENT]] * statements
        rows, names = [], []
        for number, filled in enumerate(kinds):
            missing = {"n": "0", "kind": "'revision'"}
            row = [
                f":{name}_{number}" if name in filled else missing.get(name, "NULL")
                for name in COLUMNS
            ]
            rows.append(f"({', '.join(row)})")
            names += [(f"{name}_{number}", name) for name in filled]
        preparer = dialect.identifier_preparer
        columns = ", ".join(map(preparer.quote, COLUMNS))
        into = preparer.format_table(table)
        self._told = Told(
            f"INSERT INTO {into} ({columns}) VALUES {', '.join(rows)}", table, names, dialect
        )

    def execute(
        self,
        connection: Connection,
        owner: str,
        of: str,
        attempt: Attempt | None,
        entries: Sequence[Entry],
    ) -> None:
        """Execute it with the rows of a version table's revision, and of its statements."""
        values: list[Any] = []
        if attempt is not None:
            values += (owner, of, *_of_revision(attempt))
        for entry in entries:
            values += (owner, of, *_of_statement(entry))
        self._told.execute(connection, values)


def marking(table: Table, dialect: Dialect) -> Told:
    """Make the statement that marks a statement as done.

    Its values: seconds and answer; and whose it is: version table, attempt, number.
    """
    return Told(
        f"UPDATE {dialect.identifier_preparer.format_table(table)} SET state = 'done', "
        "seconds = :seconds, answer = :answer, error = NULL "
        "WHERE version_table = :version_table AND attempt = :attempt AND n = :n",
        table,
        [(name, name) for name in ("seconds", "answer", "version_table", "attempt", "n")],
        dialect,
    )


def finishing(table: Table, dialect: Dialect) -> Told:
    """Make the statement that marks a revision as done, and its last statement with it.

    Nobody goes on from there any more, so what statements gave back is taken out. Its values:
    number of that statement, 0 for none, and its seconds; those of the revision; the number
    again; and whose it is: version table and attempt.
    """
    names = [("last", "n"), ("its_seconds", "seconds"), ("seconds", "seconds"), ("again", "n")]
    return Told(
        f"UPDATE {dialect.identifier_preparer.format_table(table)} SET answer = NULL, "
        "seconds = CASE WHEN n = 0 THEN :seconds WHEN n = :last THEN :its_seconds "
        "ELSE seconds END, error = CASE WHEN n = 0 THEN NULL ELSE error END, "
        "state = CASE WHEN n = 0 OR n = :again THEN 'done' ELSE state END "
        "WHERE version_table = :version_table AND attempt = :attempt",
        table,
        [*names, ("version_table", "version_table"), ("attempt", "attempt")],
        dialect,
    )
