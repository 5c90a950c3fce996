"""What the rows say against a change: how many, and which one for example."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from ..batch.errors import RowsContradict
from .sqlite_constraint import index_text
from .sqlite_table import StoredTable
from .sqlite_tokens import fold, quoted, tokens

_TYPED = 'temp."_migrate_rows"'
_STORED = re.compile(r"cannot store \w+ value in \w+ column [^.]*\.(.*)")
"""What a STRICT table says (SQLite, stricttables)."""


def _without_order(term: str) -> str:
    """Take ASC or DESC away from behind an index's term."""
    last = tokens(term)[-1]
    return term[: last.start].rstrip() if last.says("ASC", "DESC") else term


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

    def as_it_is(self, table: StoredTable) -> Rows:
        """Give the rows of a table as it is now."""
        values = {name: quoted(name) for name in table.names}
        return replace(self, old=table, new=table, values=values)

    def contradict(self, condition: str, reason: str, mend: str = "mend the rows first") -> None:
        """Raise if a condition over the old table's columns holds for some rows.

        Raises:
            RowsContradict: It does.
        """
        found = self._found(f"FROM {self.where} WHERE {condition}")
        if found is not None:
            count, example = found
            raise RowsContradict(self.what, self.name, reason, count, example, mend)

    def explain(self, err: IntegrityError, index: str = "") -> Exception:
        """Say which rows the database means; an error that can be raised instead of its own.

        Args:
            err: What the database said.
            index: The statement that made an index, if it was one.
        """
        said = str(err.orig)
        subject = said.partition(": ")[2]
        if said.startswith("NOT NULL"):
            return self._not_null(subject.rpartition(".")[2])
        if said.startswith("UNIQUE") and subject.startswith("index "):
            return self._unique_index(subject, index)
        if said.startswith("UNIQUE"):
            return self._unique([part.rpartition(".")[2] for part in subject.split(", ")])
        if said.startswith("CHECK"):
            return self._check(subject)
        if found := _STORED.match(said):
            return self._not_of_type(found[1])
        if said == "datatype mismatch" and self.new.rowid_alias is not None:
            return self._not_of_type(self.new.rowid_alias)
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

    def _unique(self, names: Sequence[str]) -> Exception:
        told = f"are the same in {', '.join(names)}"
        with self._as_new(names) as where:
            found = self._twins(where, [quoted(n) for n in names], "")
        return RowsContradict(self.what, self.name, told, *found)

    def _unique_index(self, subject: str, sql: str) -> Exception:
        text = index_text(sql)
        terms = [_without_order(part) for part in text.parts]
        told = f"are the same for {subject} ({', '.join(terms)})"
        return RowsContradict(
            self.what, self.name, told, *self._twins(self.where, terms, text.where, inner=False)
        )

    def _twins(
        self, where: str, terms: Sequence[str], condition: str, *, inner: bool = True
    ) -> tuple[int | None, str | None]:
        """Count the rows that others agree with in some terms, and show the key of one."""
        group = ", ".join(terms)
        asked = condition.removeprefix("WHERE ") or "1"
        known = " AND ".join([f"({asked})", *(f"{term} IS NOT NULL" for term in terms)])
        rows = (
            f"FROM {where} WHERE {known} AND ({group}) IN "
            f"(SELECT {group} FROM {where} WHERE {known} GROUP BY {group} HAVING count(*) > 1)"
        )
        return self._found(rows, inner=inner) or (None, None)

    def _not_of_type(self, name: str) -> Exception:
        column = self.new.column(name)
        type_ = column.type.upper() if column else ""
        with self._as_new([name]) as where:
            allowed = "integer" if type_.startswith("INT") else type_.lower()
            rows = f"FROM {where} WHERE typeof({quoted(name)}) NOT IN ('{allowed}', 'null')"
            found = self._found(rows, inner=True) or (None, None)
        return RowsContradict(self.what, self.name, f"have no {type_} in {name}", *found)

    @contextmanager
    def _as_new(self, names: Sequence[str]) -> Iterator[str]:
        """Make a temporary table of the rows as the new columns' types make them.

        Gives it as it is written in SQL. It holds the key and the named columns, and no constraint.
        """
        values = list(self._key)
        columns = [quoted(f" key {i}") for i in range(len(values))]
        for name in names:
            column = self.new.column(name)
            collation = (
                f" COLLATE {quoted(column.collation)}" if column and column.collation else ""
            )
            columns.append(f"{quoted(name)} {column.type if column else ''}{collation}")
            default = column.default if column else None
            values.append(self.values.get(name) or f"({default or 'NULL'})")
        run = self.connection.exec_driver_sql
        run(f"CREATE TEMP TABLE {_TYPED} ({', '.join(columns)})")
        try:
            run(f"INSERT INTO {_TYPED} SELECT {', '.join(values)} FROM {self.where}")
            yield _TYPED
        finally:
            run(f"DROP TABLE {_TYPED}")

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
