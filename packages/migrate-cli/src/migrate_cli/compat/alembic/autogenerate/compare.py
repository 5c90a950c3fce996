"""Comparing: ours and the functions that plugins registered, in the order of their priorities."""

from __future__ import annotations

import logging
from typing import Any

import ddl_autogen
from ddl_constructs import AlterColumn, MissingFact
from sqlalchemy import Column, MetaData, Table

from ....running.transactions import reading
from ..operations import conversion, ops
from ..runtime.plugins import Plugin, comparators
from .context import AutogenContext, comparison_options
from .subjects import Taken, setup

__all__ = ["comparators"]

log = logging.getLogger("alembic.autogenerate.compare")


def _populate_migration_script(
    autogen_context: AutogenContext, migration_script: ops.MigrationScript
) -> None:
    """Fill a new revision with what database and models differ in, and with what undoes it."""
    upgrade_ops, downgrade_ops = (
        migration_script.upgrade_ops_list[-1],
        (migration_script.downgrade_ops_list[-1]),
    )
    _produce_net_changes(autogen_context, upgrade_ops)
    connection: Any = autogen_context.connection
    try:
        with reading(connection):
            downgrade_ops.ops[:] = conversion.undone(
                upgrade_ops.ops, autogen_context.dialect, connection
            )
    except MissingFact as err:
        raise ops.NotReversible(f"the way back can't be written: {err}") from err


def _produce_net_changes(autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
    """Add what database and models differ in."""
    dialect = autogen_context.dialect.name
    autogen_context.comparators.dispatch("autogenerate", qualifier=dialect)(
        autogen_context, upgrade_ops
    )


def _compare_schemas(autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
    """Ask the functions for schemas, of which our comparison is one."""
    dialect = autogen_context.dialect.name
    schemas = _schemas(autogen_context)
    autogen_context.comparators.dispatch("schema", qualifier=dialect)(
        autogen_context, upgrade_ops, schemas
    )


def _compare_tables(
    autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps, schemas: set[str | None]
) -> None:
    """Compare, and ask the functions for tables and columns what they add and leave out."""
    connection: Any = autogen_context.inspector.bind
    with reading(connection):
        changes = ddl_autogen.compare(
            connection, autogen_context._several, comparison_options(autogen_context)
        )
    taken = Taken(autogen_context)
    modified = _ask_about_tables(taken, schemas) if taken.others else []
    changes = autogen_context.migration_context.impl._left(list(taken.of(changes)))
    with reading(connection):
        made = conversion.ops_of(changes, autogen_context.dialect, connection)
    for change in changes:
        log.info("Detected %s", change.describe())
    upgrade_ops.ops += [*made, *modified]


Plugin("alembic.autogenerate.schemas").add_autogenerate_comparator(_compare_schemas, "autogenerate")
Plugin("alembic.autogenerate.tables").add_autogenerate_comparator(
    _compare_tables, "schema", "tables"
)
setup()


def _schemas(autogen_context: AutogenContext) -> set[str | None]:
    """Give the schemas that are compared; None for the default one."""
    found: set[str | None] = {None}
    if autogen_context.opts.get("include_schemas"):
        inspector = autogen_context.inspector
        default = autogen_context.dialect.default_schema_name
        names = {
            n for n in inspector.get_schema_names() if n not in ("information_schema", default)
        }
        found |= {n for n in names if autogen_context.run_name_filters(n, "schema", {})}
    return found


def _unaltered(found: Column[Any]) -> ops.AlterColumnOp:
    """Give the operation that leaves a column as it is, with all that is known of it."""
    default: Any = found.server_default
    change = AlterColumn(
        found.table.name,
        found.name,
        schema=found.table.schema,
        existing_type=found.type,
        existing_nullable=found.nullable,
        existing_server_default=default,
        existing_comment=found.comment,
    )
    return ops.AlterColumnOp._of(change)


def _ask_about_tables(taken: Taken, schemas: set[str | None]) -> list[ops.ModifyTableOps]:
    """Ask the functions for tables and columns about each table of either side."""
    autogen_context = taken.autogen_context
    inspector, default = autogen_context.inspector, autogen_context.dialect.default_schema_name
    ours = {
        (None if t.schema == default else t.schema, t.name): t
        for t in autogen_context.sorted_tables
    }
    ours = {key: table for key, table in ours.items() if key[0] in schemas}
    context = autogen_context.migration_context
    left_out = (context.version_table_schema, context.version_table)
    there = {
        (schema, name)
        for schema in schemas
        for name in inspector.get_table_names(schema)
        if (schema, name) != left_out
        and autogen_context.run_name_filters(name, "table", {"schema_name": schema})
    }
    found = []
    for schema, name in [*ours, *sorted(there - ours.keys(), key=str)]:
        theirs = None
        if (schema, name) in there:
            theirs = Table(name, MetaData(), schema=schema)
            inspector.reflect_table(theirs, None)
        modify = ops.ModifyTableOps(name, [], schema=schema)
        _ask_about_table(taken, modify, theirs, ours.get((schema, name)))
        if modify.ops:
            found.append(modify)
    return found


def _ask_about_table(
    taken: Taken, modify: ops.ModifyTableOps, theirs: Table | None, ours: Table | None
) -> None:
    """Ask about one table; None on the side that doesn't have it."""
    where = (modify.schema, modify.table_name)
    taken.ask("table", where, modify, theirs, ours)
    if theirs is None or ours is None:
        return
    for column in ours.columns:
        if column.name in theirs.c:
            altered = _unaltered(theirs.c[column.name])
            taken.ask("column", (*where, column.name), altered, theirs.c[column.name], column)
            if altered.has_changes():
                modify.ops.append(altered)
