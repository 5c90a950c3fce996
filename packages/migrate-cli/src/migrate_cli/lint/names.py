"""A rule about constraints without a name, which no later script can speak of on every database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import Facts
from sqlalchemy import CheckConstraint, Constraint, ForeignKeyConstraint, PrimaryKeyConstraint
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.engine.interfaces import Dialect

from .locks import _columns, _table, in_schema
from .rule import Problem, Seen, rule


@rule("unnamed-constraint", title="a constraint has no name")
def unnamed_constraint(change: Any, facts: Facts, seen: Seen) -> Iterator[Problem]:
    """What the database calls it differs from one to the other, and SQLite doesn't call it anything.

    A primary key needs none: a table has one, and nobody has to tell it from another.
    """
    found = [one for one in _constraints(change) if _is_unnamed(one, seen.dialect)]
    if not found:
        return
    table = _table(change)
    said = ", ".join(_said(one) for one in found)
    them = "it" if len(found) == 1 else "them"
    adding = isinstance(change, ddl.AddConstraint)
    yield Problem(
        f"gives {table} {said} without a name: each database makes up its own and SQLite none, so a "
        f"later script can't say on all of them that {them} shall go",
        "\n".join(
            [
                *(_named(one, change, adding) for one in found),
                "# or in the models, for all of them: MetaData(naming_convention={...})",
            ]
        ),
    )


def _constraints(change: Any) -> Sequence[Constraint]:
    """Give what a change adds, in the order in which it says them."""
    match change:
        case ddl.AddConstraint():
            return [change.bound]
        case ddl.CreateTable():
            there = change.element.constraints
        case ddl.AddColumn():
            there = change.bound.table.constraints
        case _:
            return []
    return sorted(there, key=lambda one: one._creation_order)


def _is_unnamed(constraint: Constraint, dialect: Dialect) -> bool:
    """Tell whether a constraint that comes to be has no name, by its convention either."""
    if isinstance(constraint, PrimaryKeyConstraint):
        return False
    made = constraint._create_rule
    if made is not None and not made(dialect.ddl_compiler(dialect, None)):  # type: ignore[arg-type]  # as SQLAlchemy asks
        return False
    name = constraint.name
    return name is None or not dialect.identifier_preparer.format_constraint(constraint)


def _said(constraint: Constraint) -> str:
    match constraint:
        case ForeignKeyConstraint():
            return f"a foreign key over {', '.join(constraint.column_keys)}"
        case Unique():
            return f"a UNIQUE over {', '.join(c.name for c in constraint.columns)}"
        case CheckConstraint():
            return "a CHECK"
    return f"a {type(constraint).__name__}"


def _named(constraint: Constraint, change: Any, adding: bool) -> str:
    """Write a constraint with a name: as a word of its own, or as part of a table or column."""
    table, schema = change.table_name, in_schema(change)
    match constraint:
        case ForeignKeyConstraint():
            names = list(constraint.column_keys)
            target = constraint.elements[0].target_fullname.rpartition(".")[0]
            name = "_".join(["fk", table, *names, target.rpartition(".")[2]])
            there = [one.target_fullname.rpartition(".")[2] for one in constraint.elements]
            if adding:
                within, _, referent = target.rpartition(".")
                schemas = in_schema(change, "source_schema")
                schemas += f', referent_schema="{within}"' if within else ""
                return (
                    f'op.create_foreign_key("{name}", "{table}", "{referent}", {_columns(names)}, '
                    f"{_columns(there)}{schemas})"
                )
            to = _columns([f"{target}.{one}" for one in there])
            return f'sa.ForeignKeyConstraint({_columns(names)}, {to}, name="{name}")'
        case Unique():
            names = [c.name for c in constraint.columns]
            name = "_".join(["uq", table, *names])
            if adding:
                return (
                    f'op.create_unique_constraint("{name}", "{table}", {_columns(names)}{schema})'
                )
            over = ", ".join(f'"{one}"' for one in names)
            return f'sa.UniqueConstraint({over}, name="{name}")'
        case CheckConstraint() if adding:
            return f'op.create_check_constraint("ck_{table}_...", "{table}", ...{schema})'
        case CheckConstraint():
            return f'sa.CheckConstraint(..., name="ck_{table}_...")'
    return 'name="..."'
