"""Rules about what keeps others waiting: indexes, NOT NULL, constraints, types, and for how long.

Each fires only where the database has a form that takes less: so it is asked for the facts of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import KEEP, Blocks, Facts
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, text
from sqlalchemy import UniqueConstraint as Unique

from ..dialects import knowledge
from ..failures import UnknownSchema
from .rule import Problem, Seen, rule


@rule("blocking-index", title="an index is built while nobody can write")
def blocking_index(change: Any, facts: Facts, seen: Seen) -> Iterator[Problem]:
    """A plain CREATE INDEX keeps writers out until all rows are read; a unique constraint, readers too."""
    if seen.is_new(_key(change)) or not _blocks_while_reading(facts):
        return
    table, schema = _table(change), in_schema(change)
    _, bare = _key(change) or (None, "?")
    if isinstance(change, ddl.CreateIndex):
        better = change.replace(postgresql_concurrently=True)
        if not _takes_less(better, facts, seen):
            return
        over = _columns([str(one) for one in change.columns])
        unique = ", unique=True" if change.unique else ""
        yield Problem(
            f"builds the index under {facts.lock}, which blocks {facts.blocks} of {table} until all "
            "rows are read",
            f'op.create_index("{change.index_name}", "{bare}", {over}{unique}{schema}, '
            "postgresql_concurrently=True)\n# in a revision of its own: it runs outside of the transaction",
        )
    elif isinstance(change, ddl.AddConstraint) and isinstance(
        change.constraint, (Unique, PrimaryKeyConstraint)
    ):
        names = [str(c) for c in change.constraint._pending_colargs] or ["..."]
        better = ddl.CreateIndex("ix", table, ["x"], unique=True, postgresql_concurrently=True)
        if not _takes_less(better, facts, seen):
            return
        word = "PRIMARY KEY" if isinstance(change.constraint, PrimaryKeyConstraint) else "UNIQUE"
        name = str(change.constraint.name or f"uq_{bare}")
        quote = seen.dialect.identifier_preparer.quote
        where = ".".join(quote(part) for part in (change.schema, bare) if part)
        yield Problem(
            f"builds its index under {facts.lock}, which blocks {facts.blocks} of {table} until all "
            "rows are read",
            f'op.create_index("{name}", "{bare}", {_columns(names)}, unique=True{schema}, '
            "postgresql_concurrently=True)\n# then, in another revision:\n"
            f"op.execute('ALTER TABLE {where} ADD CONSTRAINT {quote(name)} {word} "
            f"USING INDEX {quote(name)}')",
        )
    elif isinstance(change, ddl.AddColumn) and (change.column.index or change.column.unique):
        name = change.column.name
        unique = ", unique=True" if change.column.unique else ""
        better = ddl.CreateIndex("ix", table, ["x"], unique=True, postgresql_concurrently=True)
        if not _takes_less(better, facts, seen):
            return
        yield Problem(
            f"builds the index of the new column under {facts.lock}, which blocks {facts.blocks} of "
            f"{table} until all rows are read",
            f'op.add_column("{bare}", sa.Column("{name}", ...){schema})\n'
            "# then, in another revision:\n"
            f'op.create_index("ix_{bare}_{name}", "{bare}", ["{name}"]{unique}{schema}, '
            "postgresql_concurrently=True)",
        )


@rule("not-null-without-default", "set-not-null", title="NOT NULL for rows that are there")
def not_null(change: Any, facts: Facts, seen: Seen) -> Iterator[Problem]:
    """A column that is NOT NULL without a default fails where rows are; SET NOT NULL reads them all."""
    key = _key(change)
    if seen.is_new(key):
        return
    table, schema = _table(change), in_schema(change)
    if isinstance(change, ddl.AddColumn):
        column = change.column
        if (
            not column.nullable
            and not column.primary_key
            and column.server_default is None
            and column.computed is None
            and column.identity is None
        ):
            fills = knowledge(seen.dialect.name).fills_not_null
            yield Problem(
                f"gives the rows of {table} an empty {column.name} (0, '', ...), since no default says "
                "what it is"
                if fills
                else f"fails if {table} has a row: {column.name} is NOT NULL, and no default says what it is",
                f'op.add_column("{change.table_name}", '
                f'sa.Column("{column.name}", ..., nullable=True){schema})\n'
                "# fill it in batches, in a revision of its own; then see set-not-null\n"
                "# or, where one value does for all rows: server_default=...",
            )
    elif (
        isinstance(change, ddl.AlterColumn)
        and change.nullable is False
        and _blocks_while_reading(facts)
    ):
        name, bare = change.column_name, change.table_name
        check = ddl.create_check_constraint(
            "ck", bare, text("true"), schema=change.schema, postgresql_not_valid=True
        )
        if not _reads_less(check, seen) or _is_checked(name, key, seen):
            return
        yield Problem(
            f"reads all rows of {table} under {facts.lock}, which blocks {facts.blocks}",
            f'op.create_check_constraint("{bare}_{name}_set", "{bare}", "{name} IS NOT NULL"{schema}, '
            "postgresql_not_valid=True)\n# then, in another revision:\n"
            f'op.validate_constraint("{bare}_{name}_set", "{bare}"{schema})\n'
            f'op.alter_column("{bare}", "{name}", nullable=False{schema})  # reads nothing any more\n'
            f'op.drop_constraint("{bare}_{name}_set", "{bare}"{schema})',
            code="set-not-null",
        )


@rule("validating-constraint", title="a constraint is checked while nobody can write")
def validating_constraint(change: Any, facts: Facts, seen: Seen) -> Iterator[Problem]:
    """A foreign key or CHECK reads all rows under its lock, unless it is NOT VALID at first."""
    if not isinstance(change, ddl.AddConstraint) or seen.is_new(_key(change)):
        return
    constraint = change.constraint
    if not isinstance(constraint, (ForeignKeyConstraint, CheckConstraint)):
        return
    if not _blocks_while_reading(facts) or not _reads_less(_not_valid(change), seen):
        return
    table, name, schema = change.table_name, constraint.name or "...", in_schema(change)
    foreign = isinstance(constraint, ForeignKeyConstraint)
    word = "create_foreign_key" if foreign else "create_check_constraint"
    yield Problem(
        f"reads all rows of {_table(change)} under {facts.lock}, which blocks {facts.blocks}"
        f"{' of both tables' if foreign else ''}",
        f'op.{word}("{name}", "{table}", ...'
        f"{in_schema(change, 'source_schema') if foreign else schema}, postgresql_not_valid=True)\n"
        f'# then, in another revision:\nop.validate_constraint("{name}", "{table}"{schema})',
    )


@rule("rewriting-type", title="a change of type writes all rows anew")
def rewriting_type(change: Any, facts: Facts, seen: Seen) -> Iterator[Problem]:
    """A type that is stored otherwise rewrites the table, and nobody reads meanwhile."""
    if not isinstance(change, ddl.AlterColumn) or change.type_ is KEEP or seen.is_new(_key(change)):
        return
    if facts.rewrites is None and (known := _existing(change, seen)) is not None:
        facts = seen.facts(known)
    if not facts.rewrites or (facts.blocks or Blocks.NOTHING) < Blocks.WRITES:
        return
    table, name = _table(change), change.column_name
    yield Problem(
        f"writes all rows of {table} anew, under {facts.lock}, which blocks {facts.blocks}",
        f'op.add_column("{change.table_name}", sa.Column("{name}_new", ...){in_schema(change)})\n'
        f"# let the application write both columns; fill {name}_new in batches;\n"
        f"# let it read {name}_new; drop {name} a release later",
    )


@rule("no-lock-timeout", title="waits for its lock as long as it takes")
def no_lock_timeout(change: Any, facts: Facts, seen: Seen) -> Iterator[Problem]:
    """Who waits for ACCESS EXCLUSIVE lets everybody wait who comes later, readers too."""
    if seen.lock_timeout or not seen.has_lock_timeout or seen.is_new(_key(change)):
        return
    if _key(change) is None or facts.blocks is not Blocks.READS_AND_WRITES:
        return
    if any(_is_first_to_block(one.facts, one.key, seen) for one in seen.before):
        return  # said once a revision
    yield Problem(
        f"waits for {facts.lock} on {_table(change)} as long as a transaction there takes, and everyone "
        "who comes later waits behind it",
        '[tool.migrate] statement_lock_timeout = "2s"\n# or, in the script, before it:\n'
        'op.timeouts(lock="2s")',
    )


def _is_first_to_block(facts: Facts, key: Any, seen: Seen) -> bool:
    return key is not None and not seen.is_new(key) and facts.blocks is Blocks.READS_AND_WRITES


def _blocks_while_reading(facts: Facts) -> bool:
    return bool(facts.scans) and facts.blocks is not None and facts.blocks >= Blocks.WRITES


def _takes_less(better: Any, facts: Facts, seen: Seen) -> bool:
    """Tell whether another form blocks less on this database."""
    other = seen.facts(better)
    return other.blocks is not None and facts.blocks is not None and other.blocks < facts.blocks


def _reads_less(better: Any, seen: Seen) -> bool:
    """Tell whether a form that isn't checked at first is one, and reads nothing."""
    return seen.facts(better).scans is False


def _not_valid(change: ddl.AddConstraint) -> Any:
    constraint = change.constraint
    if isinstance(constraint, CheckConstraint):
        return ddl.create_check_constraint(
            "ck", _table(change), text("true"), postgresql_not_valid=True
        )
    return ddl.create_foreign_key("fk", "a", "b", ["x"], ["y"], postgresql_not_valid=True)


def _is_checked(name: str, key: Any, seen: Seen) -> bool:
    """Tell whether an earlier step of this revision has validated a CHECK, so that nothing is read.

    PostgreSQL 12 release notes, E.1.3.3: SET NOT NULL uses such a constraint. One that no revision
    makes known may be the one that is meant.
    """
    for one in seen.before:
        if isinstance(one.change, ddl.ValidateConstraint) and one.key == key:
            known = _constraint(key, one.change.constraint_name, seen)
            if known is None or _says_not_null(known, name):
                return True
    return False


def _constraint(key: Any, name: str, seen: Seen) -> Any:
    """Give a constraint by its name, as this revision or those before make it; None if unknown."""
    for one in seen.before:
        if isinstance(one.change, ddl.AddConstraint) and one.change.constraint.name == name:
            return one.change.constraint
    try:
        table = seen.schema.table(key[1], key[0])
    except UnknownSchema:
        return None
    return next((one for one in table.constraints if one.name == name), None)


def _says_not_null(constraint: Any, column: str) -> bool:
    said = str(constraint.sqltext) if isinstance(constraint, CheckConstraint) else ""
    words = said.replace('"', "").strip("() ").lower().split()
    return words == [column.lower(), "is", "not", "null"]


def _existing(change: ddl.AlterColumn, seen: Seen) -> Any:
    """Give a change with the type that the column has, by the revisions before; None if unknown."""
    key = _key(change)
    if key is None or seen.schema.why_unknown(key) is not None:
        return None
    try:
        table = seen.schema.table(key[1], key[0])
    except Exception:  # not there: then it isn't known
        return None
    column = table.c.get(change.column_name)
    return None if column is None else change.replace(existing_type=column.type)


def _key(change: Any) -> Any:
    name = getattr(change, "table_name", None) or getattr(change, "old_table_name", None)
    return (getattr(change, "schema", None), name) if isinstance(name, str) else None


def _table(change: Any) -> str:
    key = _key(change)
    return ".".join(part for part in key if part) if key else "?"


def in_schema(change: Any, keyword: str = "schema") -> str:
    """Write the keyword that a word on `op` needs for a change's schema; "" for the default one."""
    schema = getattr(change, "schema", None)
    return f', {keyword}="{schema}"' if schema else ""


def _columns(names: list[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"
