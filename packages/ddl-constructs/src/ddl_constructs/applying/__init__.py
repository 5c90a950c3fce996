"""A schema after changes, in memory: `apply` and the rules it follows, a file a subject."""

from __future__ import annotations

from sqlalchemy import MetaData

from ..change import Change
from ..errors import OpaqueChange
from . import (  # they register rules
    altered,
    columns,
    constraints,
    data,
    enums,
    indexes,
    objects,
    sequences,
    tables,
    types,
)
from .draft import SchemaDraft, TableDraft
from .rules import Rule, applies, rule_for

__all__ = [
    "Rule",
    "SchemaDraft",
    "TableDraft",
    "altered",
    "applies",
    "apply",
    "apply_to",
    "columns",
    "constraints",
    "data",
    "enums",
    "indexes",
    "objects",
    "sequences",
    "tables",
    "types",
]


def apply(metadata: MetaData, *changes: Change) -> MetaData:
    """Give the schema after changes, in memory.

    Nothing that is given is touched: the MetaData is copied once, then the changes are
    folded over the copy, in order. What a change renames is renamed wherever it is
    named: in foreign keys of other tables, in CHECKs, generated columns and indexes.
    Changes of rows have no effect on a schema.

    Args:
        metadata: The schema before. Names that aren't final are completed by its naming
            convention, if it has one and the change doesn't say its own.
        changes: What happens to it, first to last; none gives a plain copy.

    Returns:
        The schema afterwards: new Tables in a new MetaData, with the naming convention
        and the default schema of the old one.

    Raises:
        UnknownObject: A change names what isn't there; `.candidates` look alike.
        ExistingObject: A change makes what is there already.
        ObjectInUse: A change takes away what something else needs, where databases differ
            in what comes of that.
        UnrewritableText: SQL text may name what is renamed, and can't be read well enough.
        OpaqueChange: What a change does can't be known: raw SQL, a kind without a rule.
        InapplicableChange: The base of these.

    >>> from sqlalchemy import Column, Integer, Table, MetaData
    >>> from ddl_constructs import AddColumn, AlterColumn, apply
    >>> before = MetaData()
    >>> users = Table("users", before, Column("id", Integer, primary_key=True))
    >>> after = apply(
    ...     before,
    ...     AddColumn("users", Column("age", Integer)),
    ...     AlterColumn("users", "age", new_column_name="years"),
    ... )
    >>> after.tables["users"].columns.keys(), users.columns.keys()
    (['id', 'years'], ['id'])
    """
    schema = SchemaDraft.of(metadata)
    for change in changes:
        apply_to(schema, change)
    return schema.build()


def apply_to(schema: SchemaDraft, change: Change) -> None:
    """Apply one change to a schema that is being changed, in place.

    It is changed wholly or, where this raises, in part: throw it away then.

    Raises:
        InapplicableChange: As `apply`.
    """
    rule = rule_for(type(change))
    if rule is None:
        raise OpaqueChange(
            change.describe(),
            f"nobody said what {type(change).__name__} does to a schema in memory",
            f"say it with @applies({type(change).__name__})",
        )
    if change.naming_convention is None:
        change = change.under(schema.naming_convention)
    rule(schema, change)
