"""What changes of columns do: add, drop, alter, rename."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Computed, Index, PrimaryKeyConstraint, Table
from sqlalchemy.schema import DefaultClause
from sqlalchemy.types import TypeEngine

from .. import detached
from ..alter_column import AlterColumn
from ..change import KEEP
from ..column import AddColumn, DropColumn
from ..errors import ExistingObject, ObjectInUse
from . import expressions, named_types
from .constraints import add_primary_key, check_reference, drop_type_check
from .draft import SchemaDraft, TableDraft, table_draft
from .indexes import add_index
from .items import Reference, column_copy, default_of, exclusion_parts, remade
from .reading import mentions, reading
from .rules import applies


@applies(AddColumn)
def add_column(schema: SchemaDraft, change: AddColumn) -> None:
    """Add the column with what it brings, last or behind the one that is named."""
    draft = schema.table(change, change.table_name, change.schema)
    bound = change.bound
    name = change.column.name
    if name in draft.names:
        if change.if_not_exists:
            return
        raise ExistingObject(change.describe(), "column", f"{draft.fullname}.{name}")
    named_types.bring(schema.objects, [change.column])
    place = len(draft.columns)
    if change.insert_after is not None:
        place = draft.place(change, change.insert_after) + 1
    table: Any = bound.table
    if not isinstance(table, Table):  # it brings nothing along
        draft.columns.insert(place, column_copy(change.column)[0])
        return
    made = table_draft(table, schema.naming_convention)
    column = next(c for c in made.columns if c.name == name)
    draft.columns.insert(place, column)
    draft.constraints += (c for c in made.constraints if not isinstance(c, PrimaryKeyConstraint))
    if change.inline_primary_key and column.primary_key:
        add_primary_key(draft, change, PrimaryKeyConstraint(name))
    for constraint in table.foreign_key_constraints:
        reference = schema.reference(constraint)
        check_reference(schema, draft, change, reference)
        draft.references.append(reference)
    for index in made.indexes:
        add_index(schema, draft, change, index)


@applies(DropColumn)
def drop_column(schema: SchemaDraft, change: DropColumn) -> None:
    """Take the column away, with what is only about it.

    That is what databases agree on: its CHECKs, its index, the foreign keys and UNIQUE
    constraints that it is part of. What is about other columns too is refused where
    databases differ (an index, a CHECK, a primary key over several columns).
    """
    draft = schema.table(change, change.table_name, change.schema)
    name = change.column_name
    if change.if_exists and name not in draft.names:
        return
    column = draft.column(change, name)
    users = [
        *_generated_from(draft, change),
        *_references_to(schema, draft, name),
        *(_say(c) for c in draft.constraints if _shared_constraint(draft, change, c)),
        *(f"index {i.name}" for i in draft.indexes if _shared_index(draft, change, i)),
    ]
    if users:
        raise ObjectInUse(change.describe(), f"{draft.fullname}.{name}", tuple(users))
    draft.constraints = [c for c in draft.constraints if not _about(draft, change, c)]
    draft.references = [r for r in draft.references if name not in r.columns]
    draft.indexes = [i for i in draft.indexes if not _indexed(draft, change, i)]
    draft.columns.remove(column)
    known = [change.existing_column] if change.existing_column is not None else []
    named_types.leave(schema.enums, [column], known, schema.enums_in_columns())


def _generated_from(draft: TableDraft, change: DropColumn) -> list[str]:
    found = []
    for column in draft.columns:
        default = column.server_default
        expression = (
            default.sqltext
            if isinstance(default, Computed)
            else default.arg
            if isinstance(default, DefaultClause) and not isinstance(default.arg, str)
            else None
        )
        where = f"column {column.name} of {draft.fullname}"
        if (
            expression is not None
            and column.name != change.column_name
            and mentions(change, change.column_name, expression, (change.column_name,), where)
        ):
            found.append(f"column {column.name}")
    return found


def _references_to(schema: SchemaDraft, draft: TableDraft, name: str) -> list[str]:
    found = []
    for table, place in schema.referring(draft.key):
        reference = table.references[place]
        if name in reference.target_columns and not (table is draft and name in reference.columns):
            named = f" {reference.name}" if reference.name else ""
            found.append(f"foreign key{named} of {table.fullname}")
    return found


def _columns_of(draft: TableDraft, change: DropColumn, constraint: Any) -> tuple[str, ...]:
    where = f"{_say(constraint)} of {draft.fullname}"
    name = change.column_name
    if isinstance(constraint, CheckConstraint):
        return mentions(change, name, constraint.sqltext, draft.names, where)
    if constraint.__visit_name__ == "exclude_constraint":
        return tuple(
            n
            for e in exclusion_parts(constraint)
            for n in mentions(change, name, e, draft.names, where)
        )
    return detached.column_names(constraint)


def _about(draft: TableDraft, change: DropColumn, constraint: Any) -> bool:
    return change.column_name in _columns_of(draft, change, constraint)


def _shared_constraint(draft: TableDraft, change: DropColumn, constraint: Any) -> bool:
    """Tell whether a CHECK or the primary key is about the column, and about others too."""
    if not isinstance(constraint, (CheckConstraint, PrimaryKeyConstraint)):
        return False
    columns = _columns_of(draft, change, constraint)
    return change.column_name in columns and len(columns) > 1


def _say(constraint: Any) -> str:
    kind = (
        "CHECK"
        if isinstance(constraint, CheckConstraint)
        else "primary key"
        if isinstance(constraint, PrimaryKeyConstraint)
        else "constraint"
    )
    return f"{kind} {constraint.name}" if constraint.name else kind


def _keys_of(draft: TableDraft, change: DropColumn, index: Index) -> list[tuple[str, ...]]:
    """Give the columns that each element of an index mentions."""
    where = f"index {index.name} of {draft.fullname}"
    return [
        (e,) if isinstance(e, str) else mentions(change, change.column_name, e, draft.names, where)
        for e in detached.index_elements(index)
    ]


def _shared_index(draft: TableDraft, change: DropColumn, index: Index) -> bool:
    keys = {name for names in _keys_of(draft, change, index) for name in names}
    return change.column_name in keys and len(keys) > 1


def _indexed(draft: TableDraft, change: DropColumn, index: Index) -> bool:
    """Tell whether an index needs the column: as a key, included, or in its WHERE."""
    name = change.column_name
    if any(name in names for names in _keys_of(draft, change, index)):
        return True
    for option, value in index.dialect_kwargs.items():
        if option.endswith("_include") and value:
            if name in [c if isinstance(c, str) else c.name for c in value]:
                return True
        elif option.endswith("_where") and value is not None:
            where = f"index {index.name} of {draft.fullname}"
            if mentions(change, name, value, (name,), where):
                return True
    return False


@applies(AlterColumn)
def alter_column(schema: SchemaDraft, change: AlterColumn) -> None:
    """Alter what is said, the name last."""
    draft = schema.table(change, change.table_name, change.schema)
    name = change.column_name
    column = draft.column(change, name)
    if change.type_ is not KEEP:
        _alter_type(schema, draft, change)
        column = draft.column(change, name)
    changed: dict[str, Any] = {}
    for aspect in ("nullable", "comment", "autoincrement"):
        if (value := getattr(change, aspect)) is not KEEP:
            changed[aspect] = value
    if "nullable" in changed:
        changed["_user_defined_nullable"] = changed["nullable"]
    if change.server_default is not KEEP:
        changed["server_default"] = default_of(change.server_default)
    if changed:
        draft.replace_column(name, remade(column, **changed))
    if change.new_column_name is not KEEP and change.new_column_name != name:
        rename_column(schema, draft, change, str(change.new_column_name))


def _alter_type(schema: SchemaDraft, draft: TableDraft, change: AlterColumn) -> None:
    """Set the type; the CHECK of the old one goes if the change knows of it, else it stays."""
    old = draft.column(change, change.column_name)
    if getattr(old.type, "create_constraint", False) and change.existing_type is KEEP:
        draft.pin_type_checks(schema.build_table(draft), change.column_name)
        old = draft.column(change, change.column_name)
    if change.existing_type is not KEEP:
        drop_type_check(draft, change.column_name, change.existing_type)
    assert isinstance(change.type_, TypeEngine), "a type is KEEP or a type"
    draft.replace_column(change.column_name, remade(old, type=change.type_))
    named_types.bring(schema.objects, [draft.column(change, change.column_name)])
    named_types.leave(schema.enums, [old], (), schema.enums_in_columns())


def rename_column(schema: SchemaDraft, draft: TableDraft, change: AlterColumn, new: str) -> None:
    """Rename the column wherever it is named: in this table, and in foreign keys to it."""
    old = change.column_name
    if new in draft.names:
        raise ExistingObject(change.describe(), "column", f"{draft.fullname}.{new}")
    if schema.naming_convention:  # a type's CHECK would be named anew after the column
        draft.pin_type_checks(schema.build_table(draft))

    def renamed(name: str) -> str:
        return new if name == old else name

    draft.rewrite(
        renamed,
        reading(
            change,
            f"{draft.fullname}.{old}",
            lambda e: expressions.with_columns(e, old, new),
        ),
    )
    draft.replace_column(old, remade(draft.column(change, old), name=new))
    for table, place in list(schema.referring(draft.key)):
        r = table.references[place]
        there = tuple(map(renamed, r.target_columns))
        table.references[place] = Reference(r.constraint, r.columns, r.target, there)
