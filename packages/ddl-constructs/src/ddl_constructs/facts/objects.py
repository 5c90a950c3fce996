"""What changes of views, routines, triggers and privileges cost, in the order in which each database says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.engine.interfaces import Dialect

from ..alter_object import RenameObject, SetObjectSchema, SetOwner
from ..extension import CreateExtension, DropExtension, UpdateExtension
from ..grant import GrantPrivileges, RevokePrivileges
from ..routine import CreateFunction, CreateProcedure, DropFunction, DropProcedure
from ..schema import CreateSchema, DropSchema
from ..trigger import AlterTrigger, CreateTrigger, DropTrigger
from ..view import CreateView, DropView
from .book import Row
from .value import Facts


def keeps_rows(change: Any, dialect: Dialect) -> bool:
    """Tell whether a view keeps its rows."""
    return bool(change.materialized)


def replaces(change: Any, dialect: Dialect) -> bool:
    """Tell whether a change takes the place of what may be there."""
    return bool(change.or_replace)


def materialized_rows(create: Facts, drop: Facts) -> tuple[Row, ...]:
    """Give the rows on views that keep their rows; they come before those of plain ones."""
    return (
        Row(CreateView, create, "materialized", keeps_rows),
        Row(DropView, drop, "materialized", keeps_rows),
    )


def view_rows(create: Facts, drop: Facts, replace: Facts | None = None) -> tuple[Row, ...]:
    """Give the rows on plain views; without `replace` what replaces costs what creates."""
    over = () if replace is None else (Row(CreateView, replace, "or replace", replaces),)
    return (*over, Row(CreateView, create), Row(DropView, drop))


def routine_rows(*facts: Facts) -> tuple[Row, ...]:
    """Give the rows on routines: create and drop a function, create and drop a procedure."""
    kinds = (CreateFunction, DropFunction, CreateProcedure, DropProcedure)
    return tuple(Row(kind, each) for kind, each in zip(kinds, facts, strict=True))


def schema_rows(create: Facts, drop: Facts) -> tuple[Row, ...]:
    """Give the rows on schemas."""
    return (Row(CreateSchema, create), Row(DropSchema, drop))


def extension_rows(create: Facts, drop: Facts, update: Facts) -> tuple[Row, ...]:
    """Give the rows on extensions."""
    return (Row(CreateExtension, create), Row(DropExtension, drop), Row(UpdateExtension, update))


def grant_rows(grant: Facts, revoke: Facts) -> tuple[Row, ...]:
    """Give the rows on privileges."""
    return (Row(GrantPrivileges, grant), Row(RevokePrivileges, revoke))


def trigger_rows(create: Facts, drop: Facts, alter: Facts | None = None) -> tuple[Row, ...]:
    """Give the rows on triggers; without `alter` they can't be disabled."""
    apart = () if alter is None else (Row(AlterTrigger, alter),)
    return (Row(CreateTrigger, create), *apart, Row(DropTrigger, drop))


def of_kinds(*kinds: str) -> Callable[[Any, Dialect], bool]:
    """Make a predicate: whether a change is of an object of one of some kinds."""
    return lambda change, dialect: change.kind in kinds


_RELATIONS = ("table", "view", "materialized view", "sequence")


def altered_rows(relation: Facts, trigger: Facts, other: Facts) -> tuple[Row, ...]:
    """Give the rows on other names, schemas and owners: of tables and the like, triggers, all else."""
    kinds = ", ".join(_RELATIONS)
    return (
        Row(RenameObject, relation, "view, materialized view", of_kinds(*_RELATIONS)),
        Row(RenameObject, trigger, "trigger", of_kinds("trigger")),
        Row(RenameObject, other),
        Row(SetObjectSchema, relation, kinds.removeprefix("table, "), of_kinds(*_RELATIONS)),
        Row(SetObjectSchema, other),
        # a composite type has a row type of its own, which is locked as a table is
        Row(SetOwner, relation, f"{kinds}, type", of_kinds(*_RELATIONS, "type")),
        Row(SetOwner, other),
    )
