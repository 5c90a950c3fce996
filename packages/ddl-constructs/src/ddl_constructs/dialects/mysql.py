"""How MySQL and MariaDB say a change of tables, constraints and indexes; run on MariaDB 10.11.

Columns are in `mysql_column`, what constraints need beside their text in `mysql_constraint`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.elements import ColumnClause, TextClause, UnaryExpression
from sqlalchemy.sql.operators import asc_op, desc_op

from .. import guard, sqltext
from ..change import Change, lowers
from ..comment import CreateTableComment, DropTableComment
from ..constraint import DropConstraint, constraint_name
from ..detached import make_table
from ..errors import MissingFact, UnsupportedChange
from ..index import CreateIndex, DropIndex, RenameIndex
from ..sequence import AlterSequence, CreateSequence, DropSequence, sequence_text, written_sequence
from ..table import RenameTable, SetTableSchema
from ..table_options import AlterTableOptions, refused


def is_mariadb(dialect: Dialect) -> bool:
    """Tell whether the server (or the dialect's name, without one) is MariaDB."""
    return dialect.name == "mariadb" or bool(getattr(dialect, "is_mariadb", False))


def version(dialect: Dialect, mysql: tuple[int, ...], mariadb: tuple[int, ...]) -> bool:
    """Tell whether a connected server is at least that new; False where none was met yet."""
    found: tuple[Any, ...] | None = getattr(dialect, "server_version_info", None)
    if found is None:
        return False
    numbers = tuple(n for n in found if isinstance(n, int))
    if is_mariadb(dialect):
        numbers = getattr(dialect, "_mariadb_normalized_version_info", None) or numbers
    return numbers >= (mariadb if is_mariadb(dialect) else mysql)


def older(dialect: Dialect, mysql: tuple[int, ...], mariadb: tuple[int, ...]) -> bool:
    """Tell whether a connected server is older than that; False where none was met yet."""
    met = getattr(dialect, "server_version_info", None) is not None
    return met and not version(dialect, mysql, mariadb)


@lowers(CreateIndex, "mysql", "mariadb")
def _create_index(
    change: CreateIndex, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    # MySQL 8.0 manual, CREATE INDEX, Functional Key Parts: from 8.0.13 on
    without = is_mariadb(dialect) or older(dialect, (8, 0, 13), ())
    if without and any(_is_expression(element) for element in change.columns):
        raise UnsupportedChange(
            change.describe(),
            dialect.name,
            "it has no indexes over expressions"
            + ("" if is_mariadb(dialect) else " before 8.0.13"),
            "add a generated column and index that",
        )
    if change.if_not_exists and not is_mariadb(dialect):
        if guard.has_index(change, change.table_name, connection, dialect):
            return
        change = change.replace(if_not_exists=None)
    yield change


# MariaDB, CREATE INDEX, index_col_name: col_name [(length)] [ASC | DESC]
_KEY_PART = re.compile(
    r"\s*(`(?:[^`]|``)+`|[\w$]+)\s*(\(\s*\d+\s*\))?\s*(asc|desc)?\s*", re.IGNORECASE
)


def _is_expression(element: Any) -> bool:
    """Tell whether an index is over more than a column, its length and direction."""
    while isinstance(element, UnaryExpression) and element.modifier in (asc_op, desc_op):
        element = element.element
    if isinstance(element, TextClause):
        return _KEY_PART.fullmatch(element.text) is None
    return not isinstance(element, (str, ColumnClause))


@lowers(DropIndex, "mysql", "mariadb")
def _drop_index(
    change: DropIndex, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement | TextClause]:
    if change.table_name is None:
        raise MissingFact(
            change.describe(), ("table_name",), f"{dialect.name} drops an index ON its table"
        )
    if change.if_exists and not is_mariadb(dialect):
        if connection is None:
            yield from _drop_if_there(change, dialect)
            return
        if not guard.has_index(change, change.table_name, connection, dialect):
            return
        change = change.replace(if_exists=None)
    yield change


def _drop_if_there(change: DropIndex, dialect: Dialect) -> Iterator[TextClause]:
    """Look when it runs: MySQL 8.4 manual, PREPARE Statement; information_schema.STATISTICS."""
    drop = str(change.replace(if_exists=None).compile(dialect=dialect))
    if dialect.identifier_preparer._double_percents:
        drop = drop.replace("%%", "%")
    schema = "DATABASE()" if change.schema is None else _literal(change.schema)
    there = (
        f"SELECT 1 FROM information_schema.statistics WHERE table_schema = {schema} "
        f"AND table_name = {_literal(str(change.table_name))} "
        f"AND index_name = {_literal(change.index_name)}"
    )
    for sql in (
        f"SET @migrate_step = IF(EXISTS ({there}), {_literal(drop)}, 'DO 0')",
        "PREPARE migrate_step FROM @migrate_step",
        "EXECUTE migrate_step",
        "DEALLOCATE PREPARE migrate_step",
    ):
        yield sqltext.raw_text(sql)


def _literal(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


@compiles(DropIndex, "mysql", "mariadb")
def _drop_index_text(change: DropIndex, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, str(change.table_name), change.schema)
    exists = sqltext.yes(change.if_exists, "IF EXISTS")
    return f"DROP INDEX {exists}{sqltext.name(compiler, change.index_name)} ON {table}"


_DROP = {"foreignkey": "FOREIGN KEY", "unique": "INDEX"}


@compiles(DropConstraint, "mysql", "mariadb")
def _drop_constraint_text(change: DropConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    if change.type_ == "primary":
        return f"ALTER TABLE {table} DROP PRIMARY KEY"
    kind = _DROP.get(str(change.type_), _check_word(compiler.dialect))
    exists = sqltext.yes(change.if_exists, "IF EXISTS")
    return f"ALTER TABLE {table} DROP {kind} {exists}{constraint_name(change, compiler)}"


def _check_word(dialect: Dialect) -> str:
    """Give the word that a CHECK is dropped by.

    MariaDB knows CONSTRAINT only, MySQL too since 8.0.19 (its manual, ALTER TABLE); so where no
    server was met, that runs on both: URLs of MySQL's are used for MariaDB.
    """
    return "CHECK" if older(dialect, (8, 0, 19), ()) else "CONSTRAINT"


@compiles(CreateTableComment, "mysql", "mariadb")
def _create_table_comment(change: CreateTableComment, compiler: DDLCompiler, **kw: Any) -> str:
    return _comment(change.table_name, change.schema, change.comment or "", compiler)


@compiles(DropTableComment, "mysql", "mariadb")
def _drop_table_comment(change: DropTableComment, compiler: DDLCompiler, **kw: Any) -> str:
    return _comment(change.table_name, change.schema, "", compiler)


def _comment(table_name: str, schema: str | None, comment: str, compiler: DDLCompiler) -> str:
    table = sqltext.table(compiler, table_name, schema)
    return f"ALTER TABLE {table} COMMENT {sqltext.literal(compiler, comment)}"


@compiles(CreateSequence, "mysql", "mariadb")
@compiles(AlterSequence, "mysql", "mariadb")
@compiles(DropSequence, "mysql", "mariadb")
def _sequence_text(change: Change, compiler: DDLCompiler, **kw: Any) -> str:
    """MariaDB KB, CREATE SEQUENCE: NOCYCLE is one word there; ALTER SEQUENCE: no RENAME.

    MariaDB has sequences since 10.3, which SQLAlchemy's dialect knows when it has met the server.
    A dialect of MySQL's with a true `may_be_mariadb`, which is an attribute of ours, writes them.
    """
    dialect = compiler.dialect
    unmet = getattr(dialect, "server_version_info", None) is None
    writes = unmet and (is_mariadb(dialect) or getattr(dialect, "may_be_mariadb", False))
    text = (written_sequence if writes else sequence_text)(change, compiler)
    if isinstance(change, AlterSequence) and change.aspects == ("new_sequence_name",):
        old = sqltext.table(compiler, change.sequence_name, change.schema)
        new = sqltext.table(compiler, str(change.new_sequence_name), change.schema)
        return f"RENAME TABLE {old} TO {new}"
    return text.replace(" NO CYCLE", " NOCYCLE")


@compiles(RenameTable, "mysql", "mariadb")
def _rename_table(change: RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    old = sqltext.table(compiler, change.old_table_name, change.schema)
    return f"ALTER TABLE {old} RENAME TO {sqltext.table(compiler, change.new_table_name, change.schema)}"


@lowers(RenameIndex, "mysql", "mariadb")
def _rename_index(
    change: RenameIndex, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    if change.table_name is None:
        raise MissingFact(
            change.describe(), ("table_name",), f"{dialect.name} renames an index in its table"
        )
    if older(dialect, (5, 7), (10, 5, 2)):  # their manuals, ALTER TABLE, RENAME INDEX
        raise UnsupportedChange(
            change.describe(),
            dialect.name,
            "it has no RENAME INDEX before " + ("10.5.2" if is_mariadb(dialect) else "5.7"),
            "drop the index and create it under the new name",
        )
    yield change


@compiles(RenameIndex, "mysql", "mariadb")
def _rename_index_text(change: RenameIndex, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, str(change.table_name), change.schema)
    old, new = (sqltext.name(compiler, n) for n in (change.index_name, change.new_index_name))
    return f"ALTER TABLE {table} RENAME INDEX {old} TO {new}"


@compiles(SetTableSchema, "mysql", "mariadb")
def _set_table_schema(change: SetTableSchema, compiler: DDLCompiler, **kw: Any) -> str:
    if change.new_schema is None:
        raise MissingFact(change.describe(), ("new_schema",), "RENAME TABLE names a database")
    old = sqltext.table(compiler, change.table_name, change.schema)
    return f"RENAME TABLE {old} TO {sqltext.table(compiler, change.table_name, change.new_schema)}"


@lowers(AlterTableOptions, "mysql", "mariadb")
def _alter_table_options(
    change: AlterTableOptions, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Options in one statement, so that a table is rebuilt once; taking partitions away apart."""
    options = change.of(dialect.name)
    unpartitioned = f"{dialect.name}_partition_by"
    if "partition_by" in options and options["partition_by"] is None and len(options) > 1:
        others = {k: v for k, v in change.dialect_kwargs.items() if k != unpartitioned}
        yield change.replace(dialect_kwargs=others)
        yield change.replace(dialect_kwargs={unpartitioned: None})
        return
    for option, value in options.items():
        if value is None and option not in _DEFAULTS:
            raise refused(
                change, dialect.name, option, "there is no word for its default", "say the value"
            )
    if options:
        yield change


# MySQL 8.4 manual, CREATE TABLE, table_options: what brings back the database's own choice
_DEFAULTS = {
    "partition_by": "",
    **dict.fromkeys(
        (
            *("row_format", "charset", "default_charset", "character_set"),
            *("default_character_set", "collate", "default_collate", "pack_keys"),
            *("stats_persistent", "stats_auto_recalc", "stats_sample_pages"),
        ),
        "DEFAULT",
    ),
    **dict.fromkeys(("key_block_size", "max_rows", "min_rows", "avg_row_length"), "0"),
}


@compiles(AlterTableOptions, "mysql", "mariadb")
def _alter_table_options_text(change: AlterTableOptions, compiler: DDLCompiler, **kw: Any) -> str:
    """Write the options as SQLAlchemy does behind CREATE TABLE, each in its order."""
    name = compiler.dialect.name
    options = change.of(name)
    table = sqltext.table(compiler, change.table_name, change.schema)
    if options.get("partition_by", "") is None:
        return f"ALTER TABLE {table} REMOVE PARTITIONING"
    said = []
    for option in sorted(options, key=_place):
        value = _DEFAULTS[option] if options[option] is None else str(options[option])
        one: dict[str, Any] = {f"{name}_{option}": value}
        said.append(compiler.post_create_table(make_table(change.table_name, (), **one)).strip())
    return f"ALTER TABLE {table} {' '.join(said)}"


def _place(option: str) -> int:
    """Put a collation behind its character set, and partitions behind all options."""
    order = ("partition_by", "partitions", "subpartition_by", "subpartitions")
    if option in order:
        return 2 + order.index(option)
    return 1 if option.endswith("collate") else 0
