"""What the rows say against a change: how many, and which one for example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from ..batch.errors import CannotRebuild, DanglingRows, RowsContradict
from .sqlite_catalog import pragma, tables
from .sqlite_table import StoredTable
from .sqlite_tokens import fold, quoted


@dataclass(frozen=True)
class Rows:
    """The rows of a table, as the new one would have them.

    Attributes:
        connection: Where they are.
        where: The old table as it is written in SQL.
        name: Its name.
        old: The old table.
        new: The new one.
        values: New column -> the SQL of its value over the old table; a new one has its default.
        what: What was asked, in words.
    """

    connection: Connection
    where: str
    name: str
    old: StoredTable
    new: StoredTable
    values: Mapping[str, str]
    what: str

    def contradict(self, condition: str, reason: str, mend: str = "mend the rows first") -> None:
        """Raise if a condition over the old table's columns holds for some rows.

        Raises:
            RowsContradict: It does.
        """
        found = self._found(f"FROM {self.where} WHERE {condition}")
        if found is not None:
            count, example = found
            raise RowsContradict(self.what, self.name, reason, count, example, mend)

    def explain(self, err: IntegrityError) -> Exception:
        """Say which rows the database means; an error that can be raised instead of its own."""
        said = str(err.orig)
        subject = said.partition(": ")[2]
        if said.startswith("NOT NULL"):
            return self._not_null(subject.rpartition(".")[2])
        if said.startswith("UNIQUE"):
            return self._unique(self._unique_columns(subject), subject)
        if said.startswith("CHECK"):
            return self._check(subject)
        return RowsContradict(self.what, self.name, f"don't fit ({said})", None, None)

    def _not_null(self, name: str) -> Exception:
        value = self.values.get(name)
        column = self.new.column(name)
        if value is None:
            default = column.default if column else None
            count = self.connection.exec_driver_sql(f"SELECT count(*) FROM {self.where}").scalar()
            return RowsContradict(
                self.what,
                self.name,
                f"would have no {name}" if default is None else f"would have {default} in {name}",
                count,
                None,
                f"give {name} a server_default; or add it nullable, fill it, and then alter it",
            )
        found = self._found(f"FROM {self.where} WHERE ({value}) IS NULL")
        count, example = found or (None, None)
        mend = "give them a value first, with op.execute"
        return RowsContradict(self.what, self.name, f"have no {name}", count, example, mend)

    def _unique_columns(self, subject: str) -> list[str]:
        if subject.startswith("index "):
            return []
        return [part.rpartition(".")[2] for part in subject.split(", ")]

    def _unique(self, names: Sequence[str], subject: str) -> Exception:
        told = f"are the same in {', '.join(names)}" if names else f"are the same for {subject}"
        inner = [f"{self.values[n]}{self._collated(n)}" for n in names if n in self.values]
        if not names or len(inner) < len(names):
            return RowsContradict(self.what, self.name, told, None, None)
        group = ", ".join(inner)
        nulls = " AND ".join(f"{value} IS NOT NULL" for value in inner)
        rows = (
            f"FROM {self.where} WHERE ({group}) IN "
            f"(SELECT {group} FROM {self.where} WHERE {nulls} GROUP BY {group} HAVING count(*) > 1)"
        )
        return RowsContradict(self.what, self.name, told, *(self._found(rows) or (None, None)))

    def _collated(self, name: str) -> str:
        column = self.new.column(name)
        collation = column.collation if column else None
        return f" COLLATE {quoted(collation)}" if collation else ""

    def _check(self, subject: str) -> Exception:
        folded = fold(subject)
        for _, clause in self.new.clauses("check"):
            called = fold(clause.name) if clause.name else fold(clause.inner)
            if called != folded:
                continue
            values = ", ".join(f"{v} AS {quoted(n)}" for n, v in self.values.items())
            told = f"break the check {clause.name or ''} ({clause.inner})".replace("  ", " ")
            found = self._found(
                f"FROM (SELECT {self._key_columns()}{values} FROM {self.where}) AS "
                f"{quoted(self.name)} WHERE NOT ({clause.inner})",
                inner=True,
            )
            return RowsContradict(self.what, self.name, told, *(found or (None, None)))
        return RowsContradict(self.what, self.name, f"break the check {subject}", None, None)

    @property
    def _key(self) -> list[str]:
        """The columns, or the rowid, that tell one row from another; empty if nothing does."""
        if self.old.key:
            return [quoted(c) for c in self.old.key]
        word = rowid_word(self.old)
        return [word] if word else []

    def _key_columns(self) -> str:
        return "".join(f"{key} AS {quoted(f' key {i}')}, " for i, key in enumerate(self._key))

    def _found(self, rows: str, *, inner: bool = False) -> tuple[int, str | None] | None:
        """Count rows and show the key of the first; None if there are none."""
        try:
            count = self.connection.exec_driver_sql(f"SELECT count(*) {rows}").scalar() or 0
            keys = [quoted(f" key {i}") if inner else k for i, k in enumerate(self._key)]
            if not count:
                return None
            if not keys:
                return count, None
            row = self.connection.exec_driver_sql(f"SELECT {', '.join(keys)} {rows} LIMIT 1").one()
        except OperationalError:  # an expression that can't be said over the old table
            return None
        names = self.old.key or self._key
        return count, ", ".join(f"{n}={v!r}" for n, v in zip(names, row, strict=True))


def rowid_word(*tables: StoredTable) -> str | None:
    """Give the word by which the rowid of all of some tables can be said; None if there is none.

    SQLite, lang_createtable, section 5: a column of such a name hides it.
    """
    if any(table.without_rowid for table in tables):
        return None
    taken = {fold(name) for table in tables for name in table.names}
    return next((word for word in ("rowid", "_rowid_", "oid") if word not in taken), None)


def check_foreign_keys(
    connection: Connection, table: StoredTable, schema: str | None, added: Iterable[str], what: str
) -> None:
    """Check the rows for the foreign keys that are new.

    Args:
        connection: Where the table is.
        table: The new table, in its place.
        schema: Its schema.
        added: The texts of the new foreign keys.
        what: What was asked, in words.

    Raises:
        RowsContradict: Rows point to nothing.
        CannotRebuild: What they point to isn't a key.
    """
    texts = set(added)
    every = [(item, clause) for item, clause in table.clauses("foreignkey")]
    numbers = {  # SQLite counts them from the last one
        len(every) - 1 - at: clause
        for at, (item, clause) in enumerate(every)
        if item.text.strip() in texts
    }
    if not numbers:
        return
    try:
        rows = pragma(connection, "foreign_key_check", table.name, schema)
    except OperationalError as err:
        raise CannotRebuild(
            what, str(err.orig), "point to a primary key, or to columns with a UNIQUE over them"
        ) from err
    for number, clause in numbers.items():
        wrong = [row[1] for row in rows if row[3] == number]
        if wrong:
            name = table.rowid_alias or "rowid"
            example = f"{name}={wrong[0]!r}" if wrong[0] is not None else None
            reason = f"point with {', '.join(clause.columns)} to no row of {clause.inner}"
            raise RowsContradict(what, table.name, reason, len(wrong), example)


Dangling = Mapping[tuple[str, str], int]
"""(table, table pointed to) -> rows that point to nothing."""


def dangling(connection: Connection) -> dict[tuple[str, str], int]:
    """Count the rows that point to nothing, of the main database and of those attached.

    A table whose foreign keys point to no key can't be asked; it is passed over.
    """
    found: dict[tuple[str, str], int] = {}
    for _, schema, _ in connection.exec_driver_sql("PRAGMA database_list").all():
        where = "" if schema == "main" else f"{schema}."
        for name in tables(connection, schema):
            with suppress(OperationalError):
                for table, _, parent, _ in pragma(connection, "foreign_key_check", name, schema):
                    key = (f"{where}{table}", f"{where}{parent}")
                    found[key] = found.get(key, 0) + 1
    return found


def refuse_more(connection: Connection, before: Dangling) -> None:
    """Compare with what pointed to nothing before.

    Raises:
        DanglingRows: There is more of it now.
    """
    after = dangling(connection)
    more = sorted((c, p, n - before.get((c, p), 0)) for (c, p), n in after.items())
    wrong = [one for one in more if one[2] > 0]
    if wrong:
        raise DanglingRows(wrong)
