"""How Oracle says a change; by its manual, not run.

The manual is the "SQL Language Reference" of Oracle Database 19c, and 23ai where a rule
says so. Guards that a server before 23ai has no words for are PL/SQL (`oracle_guard`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Computed, Constraint, ForeignKeyConstraint, Identity
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement

from .. import sqltext
from ..alter_column import AlterColumn, narrow, type_checks, warn_of_autoincrement
from ..change import KEEP, Change, lowers
from ..column import AddColumn, DropColumn, add_column_text, add_with_companions
from ..comment import CreateTableComment, DropTableComment, comment_on_table
from ..constraint import AddConstraint, DropConstraint, RenameConstraint, constraint_name
from ..detached import is_created_on
from ..errors import UnsupportedChange
from ..index import CreateIndex, DropIndex
from ..table import CreateTable, DropTable, create_with_companions
from ..table_options import AlterTableOptions, refused
from .oracle_guard import guarded, has_native_guards
from .oracle_names import refuse_long_names
from .oracle_read import is_as_asked
from .oracle_sequence import cached

# MODIFY


@lowers(AlterColumn, "oracle")
def _alter_column(
    change: AlterColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Type, default and nullability in one MODIFY, then the comment, then the name.

    ALTER TABLE, modify_col_properties takes them together; as each statement commits by
    itself, one can't stop half way.
    """
    warn_of_autoincrement(change, dialect)
    refuse_long_names(change, dialect, change.new_column_name)
    if is_as_asked(change, connection):
        change = change.replace(nullable=KEEP)
    aspects = set(change.aspects)
    if "server_default" in aspects:
        _refuse_generated(change)
    _refuse_lob(change, dialect)
    before, _ = type_checks(change, dialect)
    _, after = type_checks(change.under_new_name(), dialect)
    yield from before
    if aspects & set(_MODIFY):
        facts = {"existing_type": KEEP} if before or after else {}
        yield narrow(change, *_MODIFY, **facts)
    for aspect in ("comment", "new_column_name"):
        if aspect in aspects:
            yield narrow(change, aspect)
    yield from after


_MODIFY = ("type_", "server_default", "nullable")


def _refuse_generated(change: AlterColumn) -> None:
    """ALTER TABLE: only what is an identity or virtual can be modified as such.

    ORA-30673, "column to be modified is not an identity column"; modify_virtcol_properties
    changes the expression of a virtual column, and makes none of a real one (ORA-54026).
    """
    new, old = change.server_default, change.existing_server_default
    reason = mend = None
    if isinstance(new, Identity) and old is not KEEP and not isinstance(old, Identity):
        reason, mend = "a column can't become an identity", "add a new identity column"
    elif isinstance(old, Identity) and not isinstance(new, Identity) and new is not None:
        reason = "an identity column takes no default"
        mend = "drop the identity first (server_default=None), then set the default"
    elif isinstance(new, Computed) != isinstance(old, Computed):
        reason = "a real column can't become virtual, nor a virtual one real"
        mend = "drop the column and add it again"
        if old is KEEP:
            mend += ", or state existing_server_default=Computed(...) if it is virtual"
    if reason:
        raise UnsupportedChange(change.describe(), "oracle", reason, mend)


_LOBS = ("CLOB", "NCLOB", "BLOB")


def _refuse_lob(change: AlterColumn, dialect: Dialect) -> None:
    """Oracle Database Error Help, ORA-22858 and ORA-22859: no column becomes a LOB, nor one another type.

    ALTER TABLE, modify_col_properties: only a LONG becomes a LOB.
    """
    if change.type_ is KEEP or change.existing_type is KEEP:
        return
    new, old = (t.compile(dialect=dialect) for t in (change.type_, change.existing_type))
    if new != old and (old in _LOBS or (new in _LOBS and not old.startswith("LONG"))):
        raise UnsupportedChange(
            change.describe(),
            "oracle",
            f"{old} can't become {new}, not even where there are no rows",
            "add a column of the new type, copy the values, drop this one and rename that",
        )


@compiles(AlterColumn, "oracle")
def _alter_column_text(change: AlterColumn, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    column = sqltext.name(compiler, change.column_name)
    match change.aspects[0]:
        case "new_column_name":
            new = sqltext.name(compiler, str(change.new_column_name))
            return f"ALTER TABLE {table} RENAME COLUMN {column} TO {new}"
        case "comment":
            text = sqltext.literal(compiler, str(change.comment or ""))  # '' removes it (COMMENT)
            return f"COMMENT ON COLUMN {table}.{column} IS {text}"
    parts = [f"ALTER TABLE {table} MODIFY {column}"]
    if change.type_ is not KEEP:
        parts.append(sqltext.type_name(compiler, change.type_))
    if change.server_default is not KEEP:
        parts.append(_default(change, compiler))
    return " ".join(parts) + _nullability(change)


def _nullability(change: AlterColumn) -> str:
    """Write NULL or NOT NULL; DEFAULT ON NULL brings the latter along, and takes it away again.

    CREATE TABLE, DEFAULT ... ON NULL: NOT NULL is implied; ORA-30667: "the only way to drop the
    constraint is to remove the ON NULL property".
    """
    nullable = change.nullable
    if change.server_default is not KEEP:
        if _is_on_null(change.server_default):
            return ""
        if _is_on_null(change.existing_server_default):
            stays = change.existing_nullable if nullable is KEEP else nullable
            return " NOT NULL" if stays is False else ""
    return "" if nullable is KEEP else " NULL" if nullable else " NOT NULL"


def _is_on_null(default: Any) -> bool:
    words = str(getattr(getattr(default, "arg", default), "text", "")).upper().split()
    return words[:2] == ["ON", "NULL"]


def _default(change: AlterColumn, compiler: DDLCompiler) -> str:
    new = change.server_default
    if isinstance(new, Computed):
        return sqltext.visit(compiler, "computed_column", new)
    if isinstance(new, Identity):
        return cached(sqltext.visit(compiler, "identity_column", new))
    if new is None:
        is_identity = isinstance(change.existing_server_default, Identity)
        return "DROP IDENTITY" if is_identity else "DEFAULT NULL"
    return f"DEFAULT {sqltext.default(compiler, new)}"


# ADD and DROP COLUMN


@lowers(AddColumn, "oracle")
def _add_column(
    change: AddColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    refuse_long_names(change, dialect, change.column.name)
    _refuse_clauses(change, change.bound.table.constraints)
    yield from add_with_companions(change, dialect, connection)


@compiles(AddColumn, "oracle")
def _add_column_text(change: AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """ALTER TABLE: ADD without COLUMN; 23ai guards the table with IF EXISTS, not the column."""
    if not change.if_not_exists:
        return _added(change, compiler)
    text = _added(change.replace(if_not_exists=None), compiler)
    names = {"table_name": change.table_name, "column_name": change.column.name}
    return guarded(change, text, compiler, "all_tab_cols", names, change.schema, there=False)


def _added(change: AddColumn, compiler: DDLCompiler) -> str:
    text = add_column_text(change, compiler, "ADD ")
    return text if change.column.identity is None else cached(text)


@compiles(DropColumn, "oracle")
def _drop_column(change: DropColumn, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    text = f"ALTER TABLE {table} DROP COLUMN {sqltext.name(compiler, change.column_name)}"
    text += _cascade(change)
    if not change.if_exists:
        return text
    names = {"table_name": change.table_name, "column_name": change.column_name}
    return guarded(change, text, compiler, "all_tab_cols", names, change.schema, there=True)


def _cascade(change: DropColumn | DropTable) -> str:
    """ALTER TABLE and DROP TABLE, CASCADE CONSTRAINTS: foreign keys that refer to it go too.

    ORA-12992 and ORA-02449 where one does and nothing is said.
    """
    return " CASCADE CONSTRAINTS" if change.dialect_kwargs.get("oracle_cascade_constraints") else ""


# Tables


@lowers(CreateTable, "oracle")
def _create_table(
    change: CreateTable, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    columns = [c.name for c in change.element.columns]
    refuse_long_names(change, dialect, change.table_name, *columns)
    _refuse_clauses(change, change.element.constraints)
    yield from create_with_companions(change, dialect, connection)


@compiles(CreateTable, "oracle")
def _create_table_text(change: CreateTable, compiler: DDLCompiler, **kw: Any) -> str:
    native = not change.if_not_exists or has_native_guards(compiler.dialect)
    plain = change if native else change.replace(if_not_exists=None)
    text = sqltext.visit(compiler, "create_table", plain)
    if any(c.identity is not None for c in change.element.columns):
        text = cached(text)
    if native:
        return text
    names = {"table_name": change.table_name}
    return guarded(change, text, compiler, "all_tables", names, change.schema, there=False)


@compiles(DropTable, "oracle")
def _drop_table(change: DropTable, compiler: DDLCompiler, **kw: Any) -> str:
    native = not change.if_exists or has_native_guards(compiler.dialect)
    plain = change if native else change.replace(if_exists=None)
    text = sqltext.visit(compiler, "drop_table", plain).rstrip() + _cascade(change)
    text += " PURGE" if change.dialect_kwargs.get("oracle_purge") else ""
    if native:
        return text
    names = {"table_name": change.table_name}
    return guarded(change, text, compiler, "all_tables", names, change.schema, there=True)


@compiles(CreateTableComment, "oracle")
@compiles(DropTableComment, "oracle")
def _table_comment(change: Any, compiler: DDLCompiler, **kw: Any) -> str:
    """COMMENT: "to drop a comment from the database, set it to the empty string"."""
    text = (change.comment or "") if isinstance(change, CreateTableComment) else ""
    return comment_on_table(change.table_name, change.schema, text, compiler)


@lowers(AlterTableOptions, "oracle")
def _alter_table_options(
    change: AlterTableOptions, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    options = change.of("oracle")
    for option in options:
        if option not in ("compress", "tablespace"):
            raise refused(change, "oracle", option, "ALTER TABLE has no word for it")
    if options.get("tablespace", "") is None:
        raise refused(
            change, "oracle", "tablespace", "MOVE names a tablespace", "say the default one's name"
        )
    if options:
        yield change


@compiles(AlterTableOptions, "oracle")
def _alter_table_options_text(change: AlterTableOptions, compiler: DDLCompiler, **kw: Any) -> str:
    """ALTER TABLE, move_table_clause: MOVE writes the rows anew.

    UPDATE INDEXES, from 12.2 on: after a plain MOVE the indexes are UNUSABLE.
    """
    options = change.of("oracle")
    parts = [f"ALTER TABLE {sqltext.table(compiler, change.table_name, change.schema)} MOVE"]
    if "tablespace" in options:
        parts.append(f"TABLESPACE {sqltext.name(compiler, options['tablespace'])}")
    if "compress" in options:
        value = options["compress"]
        kind = "" if value is True else f" FOR {value}"
        parts.append(f"COMPRESS{kind}" if value else "NOCOMPRESS")
    return " ".join([*parts, "UPDATE INDEXES"])


# Constraints and indexes


def _refuse_clauses(change: Change, constraints: Iterable[Constraint]) -> None:
    """The manual's "constraint", references_clause: no MATCH; ON DELETE CASCADE or SET NULL.

    SQLAlchemy leaves ON UPDATE out, with a warning.
    """
    for constraint in constraints:
        if not isinstance(constraint, ForeignKeyConstraint):
            continue
        if constraint.match:
            raise UnsupportedChange(
                change.describe(), "oracle", "its foreign keys have no MATCH", "leave match out"
            )
        action = (constraint.ondelete or "CASCADE").upper()
        if action not in ("CASCADE", "SET NULL"):
            raise UnsupportedChange(
                change.describe(),
                "oracle",
                f"it has no ON DELETE {action}",
                "leave ondelete out: Oracle then keeps a row that others point to",
            )


@lowers(AddConstraint, "oracle")
def _add_constraint(
    change: AddConstraint, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    _refuse_clauses(change, (change.constraint,))
    if is_created_on(change.constraint, dialect):
        yield change


@compiles(DropConstraint, "oracle")
def _drop_constraint(change: DropConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    """ALTER TABLE, drop_constraint_clause: no IF EXISTS."""
    table = sqltext.table(compiler, change.table_name, change.schema)
    name = constraint_name(change, compiler)
    text = f"ALTER TABLE {table} DROP CONSTRAINT {name}"
    if not change.if_exists:
        return text
    names = {"table_name": change.table_name, "constraint_name": _unquoted(name)}
    return guarded(change, text, compiler, "all_constraints", names, change.schema, there=True)


def _unquoted(quoted: str) -> str:
    return quoted[1:-1].replace('""', '"') if quoted.startswith('"') else quoted


@compiles(RenameConstraint, "oracle")
def _rename_constraint(change: RenameConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    old, new = (
        sqltext.name(compiler, n) for n in (change.constraint_name, change.new_constraint_name)
    )
    return f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}"


@compiles(CreateIndex, "oracle")
def _create_index(change: CreateIndex, compiler: DDLCompiler, **kw: Any) -> str:
    text = sqltext.visit(compiler, "create_index", change)
    if not change.if_not_exists:
        return text
    before, index, after = text.partition("INDEX ")
    if has_native_guards(compiler.dialect):
        return f"{before}{index}IF NOT EXISTS {after}"
    names = {"index_name": _unquoted(compiler.preparer.format_index(change.element))}
    return guarded(change, text, compiler, "all_indexes", names, change.schema, there=False)


@compiles(DropIndex, "oracle")
def _drop_index(change: DropIndex, compiler: DDLCompiler, **kw: Any) -> str:
    if not change.if_exists or has_native_guards(compiler.dialect):
        return sqltext.visit(compiler, "drop_index", change)
    text = sqltext.visit(compiler, "drop_index", change.replace(if_exists=None))
    names = {"index_name": change.index_name}
    return guarded(change, text, compiler, "all_indexes", names, change.schema, there=True)
