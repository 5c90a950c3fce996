"""What changes of constraints do: add, drop, rename, validate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Constraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from .. import detached
from ..change import Change
from ..constraint import (
    AddConstraint,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
    completed_name,
    kind_of,
)
from ..errors import ExistingObject
from ..sqltokens import tokens
from ..unnamed import may_be_called
from .draft import SchemaDraft, TableDraft, unknown
from .expressions import Unreadable, mentioned
from .items import Reference, constraint_with, exclusion_parts, index_with, named, remade
from .rules import applies

Held = Constraint | Reference | Index
"""What a constraint's name may mean in a table: MySQL knows a UNIQUE as an index."""


@applies(AddConstraint)
def add_constraint(schema: SchemaDraft, change: AddConstraint) -> None:
    """Add the constraint; a primary key makes its columns NOT NULL."""
    draft = schema.table(change, change.table_name, change.schema)
    bound = change.bound
    if isinstance(bound.name, str) and bound.name in _names(draft):
        raise ExistingObject(change.describe(), "constraint", f"{draft.fullname}.{bound.name}")
    match bound:
        case ForeignKeyConstraint():
            reference = schema.reference(bound)
            check_reference(schema, draft, change, reference)
            draft.references.append(reference)
        case PrimaryKeyConstraint():
            add_primary_key(draft, change, constraint_with(bound))
        case _:
            if isinstance(bound, UniqueConstraint):
                draft.require(change, detached.column_names(bound))
            draft.constraints.append(constraint_with(bound))


def add_primary_key(draft: TableDraft, change: Change, key: PrimaryKeyConstraint) -> None:
    """Give a table its primary key; one without a name gives way.

    Raises:
        ExistingObject: It has one with a name.
    """
    there = draft.primary_key
    if there is not None and there.name:
        raise ExistingObject(change.describe(), "constraint", f"{draft.fullname}.{there.name}")
    names = detached.column_names(key)
    draft.require(change, names)
    draft.constraints = [c for c in draft.constraints if c is not there]
    draft.constraints.insert(0, key)
    for name in names:
        column = draft.column(change, name)
        made = remade(column, nullable=False, _user_defined_nullable=False)
        draft.replace_column(name, made)


def check_reference(
    schema: SchemaDraft, draft: TableDraft, change: Change, reference: Reference
) -> None:
    """Raise `UnknownObject` for a column that isn't there; the table pointed to may be anywhere."""
    draft.require(change, reference.columns)
    there = schema.tables.get(reference.target)
    if there is not None:
        there.require(change, reference.target_columns)


def _names(draft: TableDraft) -> list[Any]:
    return [*(c.name for c in draft.constraints), *(r.name for r in draft.references)]


@applies(DropConstraint)
def drop_constraint(schema: SchemaDraft, change: DropConstraint) -> None:
    """Take the constraint away, found by its name, or by what it is if it has none."""
    draft = schema.table(change, change.table_name, change.schema)
    name = completed_name(change)
    found = _find(schema, draft, name, change.type_, change.existing_constraint)
    if found is None:
        if change.if_exists:
            return
        raise _unknown(draft, change, name or "without a name")
    _exchange(draft, found, None)


@applies(RenameConstraint)
def rename_constraint(schema: SchemaDraft, change: RenameConstraint) -> None:
    """Rename the constraint, found as `drop_constraint` finds it."""
    draft = schema.table(change, change.table_name, change.schema)
    found = _find(schema, draft, change.constraint_name, None, change.existing_constraint)
    if found is None:
        raise _unknown(draft, change, change.constraint_name)
    new = change.new_constraint_name
    if new in _names(draft):
        raise ExistingObject(change.describe(), "constraint", f"{draft.fullname}.{new}")
    match found:
        case Reference():
            _exchange(draft, found, found.renamed(new))
        case Index():
            _exchange(draft, found, index_with(found, name=new))
        case _:
            _exchange(draft, found, named(found, new))


@applies(ValidateConstraint)
def validate_constraint(schema: SchemaDraft, change: ValidateConstraint) -> None:
    """Leave `NOT VALID` behind."""
    draft = schema.table(change, change.table_name, change.schema)
    found = _find(schema, draft, change.constraint_name, None, None)
    if found is None:
        raise _unknown(draft, change, change.constraint_name)
    if isinstance(found, Reference):
        key = constraint_with(found.constraint)
        _exchange(draft, found, replace(found, constraint=key))
        valid: Constraint = key
    else:
        assert isinstance(found, Constraint), "an index is no constraint to validate"
        valid = constraint_with(found)
        _exchange(draft, found, valid)
    for option in [o for o in getattr(valid, "dialect_kwargs", ()) if o.endswith("_not_valid")]:
        del valid.dialect_kwargs[option]


def _exchange(draft: TableDraft, old: Held, new: Held | None) -> None:
    """Put something in the place of a constraint or index; None for nothing."""
    group: list[Any]
    match old:
        case Reference():
            group = draft.references
        case Index():
            group = draft.indexes
        case _:
            group = draft.constraints
    place = next(i for i, each in enumerate(group) if each is old)
    there: list[Any] = [] if new is None else [new]
    group[place : place + 1] = there


def _unknown(draft: TableDraft, change: Change, name: str) -> Exception:
    unnamed = sum(n is None for n in _names(draft))
    hint = (
        f"{unnamed} of its constraints have no name: say which by existing_constraint"
        if unnamed and isinstance(change, DropConstraint)
        else None
    )
    return unknown(change, "constraint", name, _names(draft), draft.fullname, hint)


def _find(
    schema: SchemaDraft,
    draft: TableDraft,
    name: str | None,
    kind: str | None,
    content: Constraint | None,
) -> Held | None:
    """Find a constraint of a table.

    Args:
        schema: The schema of the table.
        draft: The table.
        name: The constraint's name; None if it isn't known.
        kind: As `DropConstraint.type_` says it; None for any.
        content: The constraint as it is, by which one without a name is found.
    """
    if name is None:
        return None if content is None else _like(schema, draft, content)
    found = _named(draft, name, kind)
    if found is None and any(getattr(c.type, "create_constraint", False) for c in draft.columns):
        table = schema.build_table(draft)
        bound = [c for c in table.constraints if getattr(c, "_type_bound", False)]
        owners = [c for c in bound if c.name == name]
        if owners and kind in (None, "check"):
            draft.pin_type_checks(table)
            found = _named(draft, name, kind)
    if found is None and kind == "primary":
        return draft.primary_key
    if found is None and content is not None:
        found = _like(schema, draft, content)
    return _unnamed(draft, name, kind) if found is None else found  # an empty one is falsy


def _unnamed(draft: TableDraft, name: str, kind: str | None) -> Held | None:
    """Find the one constraint without a name that a database may call by this one."""
    same: list[Held] = [
        c
        for c in draft.constraints
        if c.name is None
        and (of_kind := kind_of(c)) is not None
        and kind in (None, of_kind)
        and may_be_called(name, draft.name, of_kind, _columns(draft, c))
    ]
    same += (
        r
        for r in draft.references
        if r.name is None
        and kind in (None, "foreignkey")
        and may_be_called(name, draft.name, "foreignkey", r.columns)
    )
    return same[0] if len(same) == 1 else None


def _columns(draft: TableDraft, constraint: Constraint) -> tuple[str, ...]:
    if isinstance(constraint, CheckConstraint):
        try:
            return mentioned(constraint.sqltext, draft.names)
        except Unreadable:
            return ()
    if constraint.__visit_name__ == "exclude_constraint":
        return tuple(n for e in exclusion_parts(constraint) for n in mentioned(e, draft.names))
    assert isinstance(constraint, (PrimaryKeyConstraint, UniqueConstraint)), "no other has a kind"
    return detached.column_names(constraint)


def _named(draft: TableDraft, name: str, kind: str | None) -> Held | None:
    for constraint in draft.constraints:
        if constraint.name == name and kind in (None, kind_of(constraint)):
            return constraint
    for reference in draft.references:
        if reference.name == name and kind in (None, "foreignkey"):
            return reference
    for index in draft.indexes:
        if index.name == name and index.unique and kind in (None, "unique"):
            return index
    return None


def _like(schema: SchemaDraft, draft: TableDraft, content: Constraint) -> Held | None:
    """Find the one constraint without a name that is the same otherwise; None if it isn't one."""
    if isinstance(content, ForeignKeyConstraint):
        wanted = schema.reference(content)
        same: list[Held] = [
            r
            for r in draft.references
            if r.name is None
            and (r.columns, r.target, r.target_columns)
            == (wanted.columns, wanted.target, wanted.target_columns)
        ]
    else:
        unnamed = [c for c in draft.constraints if c.name is None]
        same = [c for c in unnamed if _content(c) == _content(content)]
        if not same:
            same = [c for c in unnamed if _content(c, loose=True) == _content(content, loose=True)]
    return same[0] if len(same) == 1 else None


def _content(constraint: Constraint, *, loose: bool = False) -> tuple[Any, ...]:
    """Say what a constraint is, to compare; loosely, brackets in a CHECK don't count."""
    if isinstance(constraint, CheckConstraint):
        found = list(tokens(str(detached.unbound(constraint.sqltext))))
        if loose:
            found = [t for t in found if t.text not in ("(", ")")]
        words = tuple(t.text if t.kind == "string" else t.name.casefold() for t in found)
        return "check", words
    if isinstance(constraint, (PrimaryKeyConstraint, UniqueConstraint)):
        return kind_of(constraint), detached.column_names(constraint)
    return kind_of(constraint), id(constraint)


def drop_type_check(draft: TableDraft, column_name: str, type_: TypeEngine[Any]) -> None:
    """Take away the CHECK that a column's type brought along, known by the type's name for it."""
    name = getattr(type_, "name", None) if getattr(type_, "create_constraint", False) else None
    draft.constraints = [
        c
        for c in draft.constraints
        if name is None or not (isinstance(c, CheckConstraint) and c.name == name)
    ]
