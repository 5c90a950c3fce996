"""Foreign keys that stay the same, but stand in the way of what changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddl_constructs import KEEP, AddConstraint, AlterColumn, Change, DropConstraint
from sqlalchemy.sql.elements import conv

from ..build import constraint_of
from ..values import ForeignKeyValue, Key, Snapshot


def released(changes: Sequence[Change], theirs: Snapshot, ours: Snapshot) -> Iterator[Change]:
    """Yield what takes a foreign key off while the type of one of its columns changes.

    MariaDB and MySQL refuse to alter a column that a foreign key has on either side (errors
    1832 and 1833), also where both sides get the same new type.

    Args:
        changes: All that is different inside of tables.
        theirs: The schema as it is.
        ours: The schema as it should be.
    """

    def key(change: AlterColumn | DropConstraint) -> Key:
        return None if change.schema == ours.default_schema else change.schema, change.table_name

    retyped = {
        (key(c), c.column_name)
        for c in changes
        if isinstance(c, AlterColumn) and c.type_ is not KEEP
    }
    if not retyped:
        return
    dropped = {(key(c), str(c.constraint_name)) for c in changes if isinstance(c, DropConstraint)}
    for where, table in theirs.tables.items():
        if where not in ours.tables:
            continue
        for fk in table.foreign_keys:
            if (where, str(fk.name)) not in dropped and _has(fk, where) & retyped:
                made = constraint_of(fk)
                schema = ours.tables[where].spelled_schema
                yield DropConstraint(
                    conv(str(fk.name)),
                    table.name,
                    "foreignkey",
                    schema=schema,
                    existing_constraint=made,
                )
                yield AddConstraint(table.name, made, schema=schema)


def _has(fk: ForeignKeyValue, where: Key) -> set[tuple[Key, str]]:
    here = {(where, column) for column in fk.columns}
    return here | {(fk.target, column) for column in fk.target_columns}
