"""CREATE TABLE as SQLite keeps it, cut into pieces that put together give the same text again.

SQLite stores the text that it was given (SQLite, fileformat2, section 2.6), so what no PRAGMA
tells is there too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .sqlite_tokens import Token, closing, fold, split, tokens

_BEGINS = (
    "CONSTRAINT",
    "PRIMARY",
    "NOT",
    "NULL",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
)
_TABLE_BEGINS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")


@dataclass(frozen=True)
class Clause:
    """A constraint, of a column or of the table.

    Attributes:
        kind: "primary", "unique", "check", "foreignkey", "not null", "null", "default",
            "collate", "generated" or "name" (a CONSTRAINT without anything behind it).
        name: Its name; None without one.
        start: Where it begins in the text of its item, its CONSTRAINT name included.
        end: Where it ends.
        columns: The columns that a table's constraint is over, or the one it stands at.
        inner: What stands in the brackets of a CHECK or a generated column; what a
            default is, the name of a collation; the table that a foreign key points to.
        target: The columns that a foreign key points to; empty for the primary key's.
    """

    kind: str
    name: str | None
    start: int
    end: int
    columns: tuple[str, ...] = ()
    inner: str = ""
    target: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """A column or a constraint of the table, as it stands between two commas.

    Attributes:
        text: The text, with the space and comments around it.
        clauses: Its constraints; of a table's constraint the one.
        name: The column's name; None for a table's constraint.
        type: The column's type as it is written; "" without one.
        name_end: Where the column's name ends in the text.
        type_span: Where its type begins and ends; both `name_end` without one.
        glued: Whether it stands behind another constraint without a comma.
    """

    text: str
    clauses: tuple[Clause, ...]
    name: str | None = None
    type: str = ""
    name_end: int = 0
    type_span: tuple[int, int] = (0, 0)
    glued: bool = False

    def all(self, kind: str) -> list[Clause]:
        """Give its constraints of a kind."""
        return [c for c in self.clauses if c.kind == kind]

    @property
    def not_null(self) -> bool:
        return bool(self.all("not null"))

    @property
    def default(self) -> str | None:
        """The default as it is written; None without one, and for NULL."""
        found = self.all("default")
        return found[-1].inner if found and found[-1].inner.upper() != "NULL" else None

    @property
    def generated(self) -> str | None:
        """The expression of a generated column; None for another."""
        found = self.all("generated")
        return found[-1].inner if found else None

    @property
    def collation(self) -> str | None:
        """The collation that it states; None for the usual one."""
        found = self.all("collate")
        return found[-1].inner if found else None

    @property
    def end(self) -> int:
        """Where its last token ends."""
        return max([self.name_end, self.type_span[1], *(c.end for c in self.clauses)])


@dataclass(frozen=True)
class StoredTable:
    """A CREATE TABLE statement in pieces.

    Attributes:
        name: The table's name, unquoted.
        columns: Its columns, in order.
        constraints: The table's constraints, in order.
        tail: What stands behind the closing bracket: WITHOUT ROWID, STRICT.
    """

    name: str
    columns: tuple[Item, ...]
    constraints: tuple[Item, ...]
    tail: str

    def sql(self, name: str, schema: str | None = None) -> str:
        """Give the statement, for a table of some name; both quoted where they need it."""
        where = f"{schema}.{name}" if schema else name
        return f"CREATE TABLE {where} {self.body}"

    @property
    def body(self) -> str:
        """What stands behind the name."""
        items = (*self.columns, *self.constraints)
        inside = "".join("," * (at > 0 and not i.glued) + i.text for at, i in enumerate(items))
        return f"({inside}){self.tail}"

    @property
    def names(self) -> list[str]:
        """The columns' names, in order."""
        return [str(c.name) for c in self.columns]

    def column(self, name: str) -> Item | None:
        """Give a column by its name, without regard to case (of ASCII letters, as SQLite)."""
        folded = fold(name)
        return next((c for c in self.columns if fold(str(c.name)) == folded), None)

    def clauses(self, *kinds: str) -> list[tuple[Item, Clause]]:
        """Give the constraints of some kinds, those of columns first, in order."""
        return [
            (item, clause)
            for item in (*self.columns, *self.constraints)
            for clause in item.clauses
            if clause.kind in kinds
        ]

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the columns of the primary key; empty without one."""
        found = self.clauses("primary")
        return found[0][1].columns if found else ()

    @property
    def rowid_alias(self) -> str | None:
        """The column that is another name of the rowid: INTEGER PRIMARY KEY; None without.

        SQLite, lang_createtable, section 5: the type must be exactly INTEGER; `DESC` at
        the column itself makes it an ordinary one.
        """
        if self.without_rowid or len(self.key) != 1:
            return None
        column = self.column(self.key[0])
        if column is None or column.type.upper() != "INTEGER":
            return None
        written = [column.text[c.start : c.end] for c in column.all("primary")]
        if any(t.says("DESC") for text in written for t in tokens(text)):
            return None
        return column.name

    @property
    def autoincrement(self) -> bool:
        return any(
            t.says("AUTOINCREMENT")
            for item, clause in self.clauses("primary")
            for t in tokens(item.text[clause.start : clause.end])
        )

    @property
    def without_rowid(self) -> bool:
        return any(t.says("WITHOUT") for t in tokens(self.tail))

    @property
    def strict(self) -> bool:
        return any(t.says("STRICT") for t in tokens(self.tail))


def parse(name: str, sql: str) -> StoredTable:
    """Read a CREATE TABLE statement.

    Raises:
        ValueError: The text isn't one that SQLite would take, or is of a virtual table.
    """
    found = tokens(sql)
    opening = next((i for i, t in enumerate(found) if t.says("(")), None)
    if opening is None or not found[0].says("CREATE") or any(t.says("VIRTUAL") for t in found[:3]):
        raise ValueError("it isn't a CREATE TABLE with columns")
    end = closing(found, opening)
    columns: list[Item] = []
    constraints: list[Item] = []
    start = found[opening].end
    for part in split(found[opening + 1 : end]):
        if not part:
            raise ValueError("nothing stands between two commas")
        following = next(t for t in found if t.start >= part[-1].end)
        text = sql[start : following.start]
        start = following.end
        if part[0].says(*_TABLE_BEGINS):
            constraints += table_constraints(text)
        else:
            columns.append(column(text))
    return StoredTable(name, tuple(columns), tuple(constraints), sql[found[end].end :])


def column(text: str) -> Item:
    """Read the definition of one column.

    Raises:
        ValueError, IndexError: It isn't one.
    """
    found = tokens(text)
    at = 1
    while at < len(found) and not found[at].says(*_BEGINS):
        at = closing(found, at) + 1 if found[at].says("(") else at + 1
    begin = found[0].end
    span = (found[1].start, found[at - 1].end) if at > 1 else (begin, begin)
    name = found[0].name
    clauses = tuple(
        replace(c, columns=(name,)) if not c.columns else c for c in _clauses(text, found, at)
    )
    return Item(text, clauses, name, text[span[0] : span[1]], begin, span)


def table_constraints(text: str) -> list[Item]:
    """Read what stands between two commas: a constraint, or several without a comma.

    SQLite takes constraints of a table without commas between them (parse.y, tconscomma).

    Raises:
        ValueError, IndexError: It isn't one.
    """
    clauses = _clauses(text, tokens(text), 0)
    items = []
    start = 0
    for at, clause in enumerate(clauses):
        stop = clauses[at + 1].start if at + 1 < len(clauses) else len(text)
        moved = replace(clause, start=clause.start - start, end=clause.end - start)
        items.append(Item(text[start:stop], (moved,), glued=at > 0))
        start = stop
    return items


def _clauses(text: str, found: Sequence[Token], at: int) -> list[Clause]:
    """Read constraints from a place to the end; those of a column and of a table alike."""
    clauses: list[Clause] = []
    name: str | None = None
    start = found[at].start if at < len(found) else 0
    while at < len(found):
        if name is None:
            start = found[at].start
        if found[at].says("CONSTRAINT"):
            if name is not None:
                clauses.append(Clause("name", name, start, found[at - 1].end))
                start = found[at].start
            name, at = found[at + 1].name, at + 2
            continue
        clause, at = _clause(text, found, at)
        clauses.append(replace(clause, name=name, start=start))
        name = None
    if name is not None:
        clauses.append(Clause("name", name, start, found[-1].end))
    return clauses


def _clause(text: str, found: Sequence[Token], at: int) -> tuple[Clause, int]:
    """Read one constraint; give it and the place behind it."""
    begin, token = at, found[at]
    kind, inner = "", ""
    columns: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    if token.says("PRIMARY", "UNIQUE"):
        kind = "primary" if token.says("PRIMARY") else "unique"
        at += 2 if kind == "primary" else 1
        if at < len(found) and found[at].says("("):
            columns, at = _bracket_names(found, at)
        while at < len(found) and found[at].says("ASC", "DESC", "AUTOINCREMENT"):
            at += 1
    elif token.says("NOT"):
        kind, at = "not null", at + 2
    elif token.says("NULL"):
        kind, at = "null", at + 1
    elif token.says("CHECK"):
        kind = "check"
        inner, at = _bracket_text(text, found, at + 1)
    elif token.says("DEFAULT"):
        kind, at = "default", at + 1
        first = found[at]
        if first.says("("):
            at = closing(found, at) + 1
        else:
            at += 2 if first.says("+", "-") else 1
        inner = text[first.start : found[at - 1].end]
    elif token.says("COLLATE"):
        kind, inner, at = "collate", found[at + 1].name, at + 2
    elif token.says("GENERATED", "AS"):
        kind = "generated"
        at += 2 if token.says("GENERATED") else 0
        inner, at = _bracket_text(text, found, at + 1)
        at += at < len(found) and found[at].says("STORED", "VIRTUAL")
    elif token.says("FOREIGN"):
        columns, at = _bracket_names(found, at + 2)
        inner, target, at = _references(found, at)
        kind = "foreignkey"
    elif token.says("REFERENCES"):
        inner, target, at = _references(found, at)
        kind = "foreignkey"
    else:
        raise ValueError(f"{token.text!r} isn't expected")
    if at + 2 < len(found) and found[at].says("ON") and found[at + 1].says("CONFLICT"):
        at += 3
        if kind == "primary" and at < len(found) and found[at].says("AUTOINCREMENT"):
            at += 1
    end = found[at - 1].end
    return Clause(kind, None, found[begin].start, end, columns, inner, target), at


def _bracket_names(found: Sequence[Token], at: int) -> tuple[tuple[str, ...], int]:
    end = closing(found, at)
    return tuple(part[0].name for part in split(found[at + 1 : end])), end + 1


def _bracket_text(text: str, found: Sequence[Token], at: int) -> tuple[str, int]:
    if at >= len(found) or not found[at].says("("):
        raise ValueError("a bracket is missing")
    end = closing(found, at)
    return text[found[at].end : found[end].start].strip(), end + 1


def _references(found: Sequence[Token], at: int) -> tuple[str, tuple[str, ...], int]:
    """Read REFERENCES and all that may follow it."""
    table, at = found[at + 1].name, at + 2
    target: tuple[str, ...] = ()
    if at < len(found) and found[at].says("("):
        target, at = _bracket_names(found, at)
    while at < len(found):
        following = found[at + 1] if at + 1 < len(found) else None
        if found[at].says("ON") and following and following.says("DELETE", "UPDATE", "INSERT"):
            at += 4 if found[at + 2].says("SET", "NO") else 3
        elif found[at].says("MATCH", "INITIALLY") or (
            found[at].says("NOT") and following and following.says("DEFERRABLE")
        ):
            at += 2
        elif found[at].says("DEFERRABLE"):
            at += 1
        else:
            break
    return table, target, at
