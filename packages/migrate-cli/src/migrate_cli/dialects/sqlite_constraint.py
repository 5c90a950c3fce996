"""Which of a table's constraints is meant: by its name, by a convention, or by what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ddl_constructs import AddConstraint, DropConstraint, may_be_called
from sqlalchemy.engine.interfaces import Dialect

from ..batch.errors import CannotRebuild, UnknownInTable
from .sqlite_catalog import Catalog
from .sqlite_spell import constraint
from .sqlite_table import Clause, Item, StoredTable, table_constraints
from .sqlite_tokens import closing, columns_named, fold, same, split, tokens

_KINDS = ("primary", "unique", "check", "foreignkey")


def find_constraint(
    table: StoredTable,
    catalog: Catalog,
    change: DropConstraint,
    names: Sequence[tuple[str, str, str]],
    dialect: Dialect,
) -> tuple[Item, Clause] | str | None:
    """Find the constraint that a change drops.

    Args:
        table: The table as it is now.
        catalog: What was read, for unique indexes that stand for a constraint.
        change: The change.
        names: What constraints without a name go by: (kind, name, text of the constraint).
        dialect: Whose words the constraint that the change carries is written in.

    Returns:
        The constraint and the item that it stands in; the name of an index that stands for it;
        None if there is none, and that may be (`if_exists`).

    Raises:
        UnknownInTable: There is none.
        CannotRebuild: Several fit.
    """
    kinds = (change.type_,) if change.type_ else (*_KINDS, "not null")
    every = table.clauses(*(k for k in kinds if k))
    name = str(change.constraint_name) if change.constraint_name is not None else None
    found = [(i, c) for i, c in every if name and c.name is not None and fold(c.name) == fold(name)]
    if not found and change.existing_constraint is not None:
        text = constraint(AddConstraint(change.table_name, change.existing_constraint), dialect)
        found = _like(every, text)
    if not found and name is not None:
        for kind, called, text in names:
            if called == name and (change.type_ in (None, kind)):
                found = _like(every, text)
    if not found and name is not None:
        found = _called(table, every, name)
    if not found and change.type_ == "primary":
        found = [(i, c) for i, c in every if c.name is None]
    if not found and name and change.type_ in (None, "unique"):
        index = catalog.named("index", name)
        if (
            index is not None
            and fold(index.table) == fold(table.name)
            and (tokens(index.sql or "CREATE")[1:2] and tokens(index.sql)[1].says("UNIQUE"))
        ):
            return index.name
    if len(found) > 1:
        raise CannotRebuild(
            change.describe(), f"{len(found)} constraints fit", "say its type_, or give them names"
        )
    if found:
        return found[0]
    if change.if_exists:
        return None
    known = [c.name for _, c in table.clauses(*_KINDS) if c.name]
    raise UnknownInTable(change.describe(), "constraint", str(name), table.name, known)


def _called(
    table: StoredTable, every: Sequence[tuple[Item, Clause]], name: str
) -> list[tuple[Item, Clause]]:
    """Give the constraints without a name that another database would call by this one."""
    found = []
    for item, clause in every:
        columns: Sequence[str] = clause.columns
        if clause.kind == "check":
            named = columns_named(clause.inner, table.names)
            columns = [n for n in table.names if fold(n) in named]
        if clause.name is None and may_be_called(name, table.name, clause.kind, columns):
            found.append((item, clause))
    return found


def _like(every: Sequence[tuple[Item, Clause]], text: str) -> list[tuple[Item, Clause]]:
    """Give the constraints that are what a text says, but for the name."""
    (wanted,) = table_constraints(text)[0].clauses
    return [(i, c) for i, c in every if c.kind == wanted.kind and _equal(c, wanted)][:1]


def _equal(one: Clause, other: Clause) -> bool:
    if one.kind == "check":
        return same(one.inner, other.inner)

    def folded(names: Sequence[str]) -> list[str]:
        return [fold(n) for n in names]

    return (
        folded(one.columns) == folded(other.columns)
        and fold(one.inner) == fold(other.inner)
        and (not one.target or not other.target or folded(one.target) == folded(other.target))
    )


def index_columns(sql: str, known: Sequence[str]) -> set[str]:
    """Give which of a table's columns a CREATE INDEX names, in small letters."""
    found = tokens(sql)
    on = next(i for i, t in enumerate(found) if t.says("ON"))
    rest = sql[found[on + 1].end :]
    strings = {fold(t.name) for t in tokens(rest) if t.kind == "string"}
    return columns_named(rest, known) | (strings & {fold(name) for name in known})


@dataclass(frozen=True)
class IndexText:
    """What a CREATE INDEX says of the rows.

    Attributes:
        parts: What is indexed, in order, as it is written.
        where: WHERE and the condition; "" without one.
    """

    parts: tuple[str, ...]
    where: str


def index_text(sql: str) -> IndexText:
    """Read a CREATE INDEX.

    >>> index_text("CREATE INDEX i ON t (a DESC, lower(b)) WHERE a > 0")
    IndexText(parts=('a DESC', 'lower(b)'), where='WHERE a > 0')
    """
    found = tokens(sql)
    on = next(i for i, t in enumerate(found) if t.says("ON"))
    opening = next(i for i, t in enumerate(found) if i > on and t.says("("))
    end = closing(found, opening)
    parts = (sql[p[0].start : p[-1].end] for p in split(found[opening + 1 : end]))
    return IndexText(tuple(parts), sql[found[end].end :].strip().rstrip(";"))
