"""How the changes of a block are worked into the new table, one after the other.

Nothing here reads the database: it works on the catalog that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ddl_constructs import (
    KEEP,
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTableOptions,
    Change,
    DropColumn,
    DropConstraint,
    RenameConstraint,
)
from sqlalchemy import Computed, String

from ..batch.block import Step
from ..batch.errors import CannotRebuild, StillNeeded, UnknownInTable
from ..batch.order import moved
from . import sqlite_edit as edit
from .sqlite_changed import Draft
from .sqlite_constraint import find_constraint, index_columns
from .sqlite_spell import NewColumn, as_column, constraint, new_column
from .sqlite_table import Clause, Item, table_constraints
from .sqlite_tokens import columns_named, fold, same


def work_in(draft: Draft, step: Step) -> None:
    """Work one change into the draft.

    Raises:
        UnknownInTable: It names what isn't there; similar names are in `.candidates`.
        StillNeeded: Something names a column that is to go.
        CannotRebuild: SQLite has no such thing.
    """
    rule = _RULES.get(type(step.change))
    if rule is None:
        raise CannotRebuild(
            step.change.describe(),
            "a batch block doesn't know this change",
            "say it on op, outside of the block",
        )
    rule(draft, step)


def _add_column(draft: Draft, step: Step) -> None:
    change: Any = step.change
    name = str(change.column.name)
    if draft.table.column(name) is not None:
        if change.if_not_exists:
            return
        raise CannotRebuild(
            change.describe(),
            "there is one of that name",
            "say if_not_exists=True, or drop it first",
        )
    new = new_column(change, draft.dialect)
    if new.key and draft.table.key:
        raise CannotRebuild(
            change.describe(),
            f"{draft.table.name} has a primary key already ({', '.join(draft.table.key)})",
            "add it as an ordinary column, and then create_primary_key",
        )
    draft.table = edit.add_column(draft.table, new.item.text)
    draft.added.append(name)
    draft.indexes += new.indexes
    if new.key and not new.item.all("primary"):
        draft.table = edit.add_constraint(draft.table, f"PRIMARY KEY ({_written(new)})")
    for text in new.constraints:
        _add_text(draft, text)
    place(draft, name, step, change.insert_after)


def _written(new: NewColumn) -> str:
    return new.item.text[: new.item.name_end].strip()


def _add_text(draft: Draft, text: str) -> None:
    draft.table = edit.add_constraint(draft.table, text)
    if draft.table.constraints[-1].all("foreignkey"):
        draft.foreign_keys.append(draft.table.constraints[-1].text.strip())


def place(draft: Draft, name: str, step: Step, after: str | None = None) -> None:
    """Put a column where a step wants it.

    Raises:
        UnknownInTable: There is no column where it is to go.
    """
    before, after = step.before, step.after or after
    anchor = before or after
    if anchor is None:
        return
    found = draft.column(step.change, anchor)
    item = draft.column(step.change, name)
    order = moved(
        draft.table.names,
        str(item.name),
        before=found.name if before else None,
        after=None if before else found.name,
    )
    draft.table = edit.with_order(draft.table, order)


def _alter_column(draft: Draft, step: Step) -> None:
    change: Any = step.change
    item = draft.column(change, change.column_name)
    aspects = set(change.aspects) - {"comment", "autoincrement", "new_column_name"}
    if "type_" in aspects:
        item = _with_type(draft, change, item)
    if "nullable" in aspects:
        if change.nullable:
            item = edit.with_clause(item, ("not null",), None)
        else:
            item = edit.with_clause(item, ("null",), None)
            item = item if item.not_null else edit.with_clause(item, ("not null",), "NOT NULL")
    if "server_default" in aspects:
        item = _with_default(draft, change, item)
    if aspects:
        draft.altered.add(str(item.name))
        draft.put(item)
    place(draft, str(item.name), step)


def _with_type(draft: Draft, change: AlterColumn, item: Item) -> Item:
    new = as_column(str(item.name), change.type_, None, change, draft.dialect)
    old = _existing(draft, change, item)
    if old is not None:
        item = _without_checks(draft, old, item)
        if old.item.collation and not new.item.collation:
            item = edit.with_clause(item, ("collate",), None)
    for text in new.constraints:
        if not any(same(text, c.text) for c in draft.table.constraints):
            _add_text(draft, text)
    if new.item.collation:
        clause = new.item.all("collate")[0]
        item = edit.with_clause(item, ("collate",), new.item.text[clause.start : clause.end])
    if not same(item.type, new.item.type):
        before = draft.retyped.get(str(item.name), (item.type, ""))[0]
        draft.retyped[str(item.name)] = (before, new.item.type)
        item = edit.with_type(item, new.item.type)
    if (
        draft.table.autoincrement
        and draft.table.key == (item.name,)
        and (item.type.upper() != "INTEGER")
    ):
        raise CannotRebuild(
            change.describe(),
            "AUTOINCREMENT goes with the type INTEGER only, in SQLite it holds 64 bits",
            "leave the type as it is",
        )
    return item


def _existing(draft: Draft, change: AlterColumn, item: Item) -> NewColumn | None:
    """Give the column by the type that it is said to have; None if nothing is said.

    A type that SQLite can't write is none either: whoever wrote the script had another database
    in mind, and here it brought no CHECK along.
    """
    if change.existing_type is KEEP:
        return None
    try:
        return as_column(str(item.name), change.existing_type, None, change, draft.dialect)
    except CannotRebuild:
        return None


def _without_checks(draft: Draft, old: NewColumn, item: Item) -> Item:
    """Take the CHECKs away that the old type brought along: of that name, or of that text."""
    for text in old.constraints:
        (wanted,) = table_constraints(text)[0].clauses
        for holder, clause in draft.table.clauses("check"):
            named = wanted.name is not None and clause.name == wanted.name
            if not named and not (clause.name is None and same(clause.inner, wanted.inner)):
                continue
            if holder.name == item.name:
                item = edit.without_clause(item, next(c for c in item.clauses if c == clause))
                draft.put(item)
            else:
                draft.table = edit.drop(draft.table, holder, clause)
            break
    return item


def _with_default(draft: Draft, change: AlterColumn, item: Item) -> Item:
    default = change.server_default
    if isinstance(default, Computed):
        if item.generated is None:
            raise CannotRebuild(
                change.describe(),
                "its values would be lost to the expression",
                "drop the column and add it again",
            )
        new = as_column(str(item.name), String(), default, change, draft.dialect).item
        clause = new.all("generated")[0]
        return edit.with_clause(item, ("generated",), new.text[clause.start : clause.end])
    if item.generated is not None:
        item = edit.with_clause(item, ("generated",), None)
        draft.added = [name for name in draft.added if name != item.name]
    if default is None:
        return edit.with_clause(item, ("default",), None)
    type_ = change.type_ if change.type_ is not KEEP else change.existing_type
    made = as_column(
        str(item.name), String() if type_ is KEEP else type_, default, change, draft.dialect
    )
    clause = made.item.all("default")[0]
    return edit.with_clause(item, ("default",), made.item.text[clause.start : clause.end])


def _drop_column(draft: Draft, step: Step) -> None:
    change: Any = step.change
    name = change.column_name
    if change.if_exists and draft.table.column(name) is None:
        return
    item = draft.column(change, name)
    name = str(item.name)
    if len(draft.table.columns) == 1:
        raise CannotRebuild(change.describe(), "it is the last one", "drop the table")
    _refuse_needed(draft, change, item)
    for holder, clause in reversed(draft.table.clauses("primary")):
        if holder.name is None and name in clause.columns:
            draft.table = (
                edit.without_key_column(draft.table, holder, clause, name)
                if len(clause.columns) > 1
                else edit.drop(draft.table, holder)
            )
    while found := [
        holder
        for holder, clause in draft.table.clauses("unique", "foreignkey", "check")
        if holder.name is None and _names(clause, name, draft.table.names)
    ]:
        draft.table = edit.drop(draft.table, found[0])
    for other in draft.table.columns:
        for clause in other.all("check"):
            if other.name != name and _names(clause, name, draft.table.names):
                draft.put(edit.without_clause(draft.column(change, str(other.name)), clause))
    draft.table = edit.drop(draft.table, draft.column(change, name))
    if name in draft.added:
        draft.added.remove(name)
    else:
        draft.gone.append(name)
    draft.retyped.pop(name, None)


def _names(clause: Any, name: str, known: Sequence[str]) -> bool:
    if clause.kind == "check":
        return fold(name) in columns_named(clause.inner, known)
    return fold(name) in [fold(c) for c in clause.columns]


def _refuse_needed(draft: Draft, change: DropColumn, item: Item) -> None:
    """Refuse to drop a column that something else names."""
    name, known = str(item.name), draft.table.names
    what = change.describe()
    indexes = [
        e.name
        for e in draft.catalog.of_table("index")
        if fold(e.name) not in draft.without and fold(name) in index_columns(e.sql, known)
    ]
    if indexes:
        mend = " and ".join(f'batch.drop_index("{index}")' for index in indexes)
        raise StillNeeded(what, [f"index {i}" for i in indexes], f"first: {mend}")
    for other in draft.table.columns:
        if (
            other is not item
            and other.generated
            and (fold(name) in columns_named(other.generated, known))
        ):
            raise StillNeeded(what, [f"generated column {other.name}"], "drop or change that first")
    for _, clause in draft.table.clauses("check"):
        used = columns_named(clause.inner, known)
        if fold(name) in used and used != {fold(name)}:
            called = f"check {clause.name}" if clause.name else f"check ({clause.inner})"
            raise StillNeeded(what, [called], "drop that constraint first")
    for table, _, target in draft.catalog.children:
        pointed = target or draft.catalog.table.key
        own = fold(table) == fold(draft.catalog.name)
        if fold(name) in [fold(t) for t in pointed] and name not in draft.added and not own:
            raise StillNeeded(what, [f"a foreign key of {table}"], "drop that constraint first")


def _add_constraint(draft: Draft, step: Step) -> None:
    change: Any = step.change
    text = constraint(change, draft.dialect)
    (item,) = table_constraints(text)
    (clause,) = item.clauses
    for name in clause.columns:
        draft.column(change, name)
    if clause.kind == "foreignkey" and fold(clause.inner) == fold(draft.table.name):
        for name in clause.target:
            draft.column(change, name)
    if clause.name and any(c.name == clause.name for _, c in draft.table.clauses(clause.kind)):
        if any(_same_unique(clause, old) for _, old in draft.table.clauses("unique")):
            return  # as in Alembic (1.20, ApplyBatchImpl.add_constraint: one a name)
        raise CannotRebuild(change.describe(), "there is one of that name", "drop it first")
    if clause.kind == "primary":
        for holder, old in draft.table.clauses("primary"):
            if old.name is not None:
                raise CannotRebuild(
                    change.describe(),
                    f"{draft.table.name} has a primary key already: {old.name}",
                    f'first: batch.drop_constraint("{old.name}", type_="primary")',
                )
            draft.table = edit.drop(draft.table, holder, old)
    _add_text(draft, text)


def _same_unique(one: Clause, other: Clause) -> bool:
    """Tell whether a constraint is the very one that is there: a unique one of that name over the same columns."""
    return (one.kind, one.name, tuple(map(fold, one.columns))) == (
        "unique",
        other.name,
        tuple(map(fold, other.columns)),
    )


def _drop_constraint(draft: Draft, step: Step) -> None:
    change: Any = step.change
    found = find_constraint(draft.table, draft.catalog, change, draft.names, draft.dialect)
    if found is None:
        return
    if isinstance(found, str):
        draft.without.add(fold(found))
        return
    item, clause = found
    draft.table = edit.drop(draft.table, item, clause)


def _alter_options(draft: Draft, step: Step) -> None:
    change: Any = step.change
    set_options(draft, change.of("sqlite"))


def set_options(draft: Draft, options: Mapping[str, Any]) -> None:
    """Set what stands behind the bracket, and AUTOINCREMENT, by the names of SQLAlchemy's options.

    AUTOINCREMENT says nothing to a table without an INTEGER PRIMARY KEY, as in a CREATE TABLE
    (SQLAlchemy 2.0, `SQLiteDDLCompiler.get_column_specification`).
    """
    draft.table = edit.with_options(
        draft.table,
        strict=_said(options, "strict", False),
        rowid=_said(options, "with_rowid", True),
    )
    on = _said(options, "autoincrement", False)
    if on is None or draft.table.autoincrement == on:
        return
    if (alias := draft.table.rowid_alias) is None:
        return
    draft.table = edit.with_autoincrement(draft.table, alias, on)


def _said(options: Mapping[str, Any], name: str, usual: bool) -> bool | None:
    """Give an option as it is said; None if it isn't, and the usual value for None."""
    if name not in options:
        return None
    return usual if options[name] is None else bool(options[name])


def _rename_constraint(draft: Draft, step: Step) -> None:
    change: Any = step.change
    for item, clause in draft.table.clauses("primary", "unique", "check", "foreignkey", "not null"):
        if clause.name is not None and fold(clause.name) == fold(change.constraint_name):
            draft.table = edit.rename_constraint(
                draft.table, item, clause, change.new_constraint_name
            )
            return
    known = [c.name for _, c in draft.table.clauses("primary", "unique", "check", "foreignkey")]
    raise UnknownInTable(
        change.describe(),
        "constraint",
        change.constraint_name,
        draft.table.name,
        [name for name in known if name],
    )


_RULES: dict[type[Change], Callable[[Draft, Step], None]] = {
    AddColumn: _add_column,
    AlterColumn: _alter_column,
    DropColumn: _drop_column,
    AddConstraint: _add_constraint,
    DropConstraint: _drop_constraint,
    AlterTableOptions: _alter_options,
    RenameConstraint: _rename_constraint,
}
