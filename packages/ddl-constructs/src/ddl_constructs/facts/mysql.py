"""What a change costs on MySQL and on MariaDB, for InnoDB tables: a table each.

MariaDB's was seen on 10.11, by the ALGORITHM and LOCK clauses that it accepts; MySQL's
was run nowhere yet. No change of a table can be rolled back on either.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)

from ..alter_column import AlterColumn
from ..alter_object import RenameObject
from ..column import AddColumn, DropColumn
from ..comment import CreateTableComment, DropTableComment
from ..constraint import AddConstraint, DropConstraint
from ..data import BulkInsert, CopyRows
from ..index import CreateIndex, DropIndex, RenameIndex
from ..sequence import AlterSequence, CreateSequence, DropSequence
from ..table import CreateTable, DropTable, RenameTable, SetTableSchema
from ..table_options import AlterTableOptions
from . import mysql_conditions as when
from .book import Book, Condition, Row, describe_database, saying
from .conditions import (
    adds,
    any_option,
    aspect,
    becomes_nullable,
    computes_anew,
    drops,
    has_foreign_key,
    option,
)
from .mysql_sql import LOCKS, sql_rows
from .objects import grant_rows, routine_rows, schema_rows, trigger_rows, view_rows
from .value import Facts, Source

_costs = saying(LOCKS, transactional=False)

_STRICT = "in strict SQL mode, the default, a NULL is an error; else it becomes 0 or ''"
_CHECKS_OFF = "with foreign_key_checks=OFF the table isn't copied"
_WITH_INDEX = "an index that has the column changes too"
_COLUMNS_STAY = "columns that are there keep theirs"
_AS_THE_ENGINE = "what is kept depends on the engine"
_CHARSETS = (
    "charset", "default_charset", "character_set", "default_character_set", "collate",
    "default_collate",
)  # fmt: skip
_COPIED = ("engine", "partition_by", "partitions", "subpartition_by", "subpartitions")
_ON_THE_OTHER = "the tables that it refers to are locked for a moment"


def _instant(source: Source, **others: Any) -> Facts:
    """Only the description of the table changes."""
    return _costs("NONE", source, **others)


def _index(source: Source, **others: Any) -> Facts:
    """The table is read, an index is built; others go on writing."""
    return _costs("NONE", source, scans=True, **others)


def _rebuild(source: Source, lock: str = "NONE", **others: Any) -> Facts:
    """ALGORITHM=INPLACE that builds the table anew."""
    return _costs(lock, source, rewrites=True, scans=True, **others)


def _copy(source: Source, lock: str = "SHARED", **others: Any) -> Facts:
    """ALGORITHM=COPY."""
    return _costs(lock, source, rewrites=True, scans=True, **others)


def _unsure(source: Source, **others: Any) -> Facts:
    return _costs(None, source, **{"rewrites": None, "scans": None, **others})


def _both(page: Source) -> tuple[Row, ...]:
    """Give the rows that are the same on both, with the product's page on online DDL."""
    return (
        Row(CreateTable, _costs(None, page, notes=(_ON_THE_OTHER,)), "with a foreign key",
            has_foreign_key),
        Row(CreateTable, _costs("", page)),
        Row(DropTable, _costs("EXCLUSIVE", page, loses_data=True)),
        Row(SetTableSchema, _costs("EXCLUSIVE", page)),
        Row(AlterTableOptions, _rebuild(page), "engine: InnoDB as it was", when.rebuilds_innodb),
        Row(AlterTableOptions, _rebuild(page), "row_format, key_block_size",
            option("row_format", "key_block_size")),
        Row(AlterTableOptions, _instant(page), "stats_persistent and the like",
            option("stats_persistent", "stats_auto_recalc", "stats_sample_pages")),
        Row(AlterColumn, _instant(page), "rename", aspect("new_column_name")),
        Row(AlterColumn, _unsure(page), "another expression: stored rows are written anew",
            computes_anew),
        Row(AlterColumn, _instant(page), "default", aspect("server_default")),
        Row(AlterColumn, _rebuild(page), "nullable", becomes_nullable),
        Row(AlterColumn, _rebuild(page, notes=(_STRICT,)), "not null", aspect("nullable")),
        Row(AddConstraint, _rebuild(page), "primary key", adds(PrimaryKeyConstraint)),
        Row(DropConstraint, _instant(page), "foreign key, unique", drops("foreignkey", "unique")),
        Row(CreateIndex, _costs("SHARED", page, rewrites=None, scans=True,
                                notes=("the first full-text index rewrites the table",)),
            "FULLTEXT, SPATIAL", when.full_text_or_spatial),
        Row(CreateIndex, _index(page)),
        Row(DropIndex, _instant(page)),
        Row(RenameIndex, _instant(page)),
        Row(BulkInsert, _costs("NONE", page, transactional=True)),
        Row(CopyRows, _costs("SHARED", page, transactional=True, scans=True,
                             notes=("rows that are read are locked against changes, except "
                                    "at READ COMMITTED",))),
    )  # fmt: skip


def _objects(product: str, version: str) -> tuple[Row, ...]:
    """Give the rows on views, routines and triggers, by the product's manual."""

    def costs(lock: str, section: str) -> Facts:
        return _costs(lock, Source(product, version, section))

    return (
        *schema_rows(
            costs("", "CREATE DATABASE"),
            _costs("EXCLUSIVE", Source(product, version, "DROP DATABASE"), loses_data=True),
        ),
        *view_rows(costs("", "CREATE VIEW"), costs("", "DROP VIEW")),
        *routine_rows(
            costs("", "CREATE FUNCTION"),
            costs("", "DROP FUNCTION"),
            costs("", "CREATE PROCEDURE"),
            costs("", "DROP PROCEDURE"),
        ),
        *grant_rows(costs("", "GRANT"), costs("", "REVOKE")),
        *trigger_rows(costs("EXCLUSIVE", "CREATE TRIGGER"), costs("EXCLUSIVE", "DROP TRIGGER")),
        Row(RenameObject, costs("", "RENAME TABLE")),
    )


def _copies(
    kind: type, source: Source, words: str, condition: Condition | None = None, **others: Any
) -> tuple[Row, ...]:
    """Give what copies the table on MariaDB, where others can write meanwhile from 11.2 on."""
    online = Source("MariaDB", "11.2", "ALTER TABLE, LOCK")
    return (
        Row(kind, _copy(online, "NONE", **others), words, condition, since=(11, 2)),
        Row(kind, _copy(source, **others), words, condition, before=(11, 2)),
    )


_M_INSTANT = Source("MariaDB", "10.11", "InnoDB Online DDL Operations with ALGORITHM=INSTANT")
_M_NOCOPY = Source("MariaDB", "10.11", "InnoDB Online DDL Operations with ALGORITHM=NOCOPY")
_M_INPLACE = Source("MariaDB", "10.11", "InnoDB Online DDL Operations with ALGORITHM=INPLACE")
_M_COPY = Source("MariaDB", "10.11", "InnoDB Online DDL Overview, COPY Algorithm")
_M_SEQUENCE = Source("MariaDB", "10.11", "Sequence Overview")

_MARIADB = (
    *_copies(AddColumn, _M_COPY, "stored generated, or REFERENCES inside of the column",
             when.stored_or_references),
    Row(AddColumn, _rebuild(_M_INPLACE, "SHARED"), "auto_increment", when.auto_increment),
    Row(AddColumn, _unsure(_M_INSTANT), "a default that calls a function not known here",
        when.calls_a_function),
    Row(AddColumn, _instant(_M_INSTANT), since=(10, 3, 2)),
    Row(AddColumn, _rebuild(_M_INPLACE), before=(10, 3, 2)),
    Row(DropColumn, _instant(_M_INSTANT, loses_data=True, notes=(_WITH_INDEX,)), since=(10, 4)),
    Row(DropColumn, _rebuild(_M_INPLACE, loses_data=True), before=(10, 4)),
    Row(AlterColumn, _instant(_M_INSTANT), "comment", aspect("comment")),
    Row(AlterColumn, _instant(_M_INSTANT), "type: the same, or labels added at the end",
        when.same_or_more_labels),
    Row(AlterColumn, _instant(_M_INSTANT), "type: longer varchar, both below 256 bytes or "
        "both above", when.longer_in_place),
    Row(AlterColumn, _instant(_M_INSTANT), "type: longer varchar, from below 128 bytes",
        when.longer_from_short, since=(10, 4, 3)),
    Row(AlterColumn, _unsure(_M_INSTANT), "type: longer varchar, else: the character set decides",
        when.longer),
    Row(AlterColumn, _unsure(_M_INSTANT, loses_data=None), "type: the old one isn't known",
        when.old_type_unknown),
    *_copies(AlterColumn, _M_COPY, "type: digits or a part of the values are cut", when.cuts,
             loses_data=True),
    *_copies(AlterColumn, _M_COPY, "type: to one of another kind, text excepted",
             when.reads_values_anew, loses_data=None),
    *_copies(AlterColumn, _M_COPY, "type: any other; auto_increment", aspect("type_", "autoincrement")),
    *_copies(AddConstraint, _M_COPY, "foreign key", adds(ForeignKeyConstraint),
             notes=(_CHECKS_OFF,)),
    *_copies(AddConstraint, _M_COPY, "check", adds(CheckConstraint)),
    Row(AddConstraint, _index(_M_NOCOPY), "unique", adds(UniqueConstraint)),
    *_copies(DropConstraint, _M_COPY, "primary key", drops("primary")),
    Row(DropConstraint, _instant(_M_INSTANT), "check", drops("check")),
    Row(DropConstraint, _unsure(_M_INSTANT), "the kind isn't said: refused when it is run",
        drops(None)),
    Row(CreateTableComment, _instant(_M_INSTANT)),
    Row(DropTableComment, _instant(_M_INSTANT)),
    Row(CreateSequence, _costs("", _M_SEQUENCE)),
    Row(DropSequence, _costs("EXCLUSIVE", _M_SEQUENCE, loses_data=True)),
    Row(AlterSequence, _costs(None, _M_SEQUENCE)),
    Row(RenameTable, _costs("EXCLUSIVE", _M_INSTANT)),
    Row(AlterTableOptions, _instant(_M_INSTANT, notes=(_COLUMNS_STAY,)), "character set, collation",
        option(*_CHARSETS)),
    Row(AlterTableOptions, _rebuild(_M_INPLACE), "page_compressed, encrypted",
        option("page_compressed", "encrypted")),
    *_both(_M_INPLACE),
    *_copies(AlterTableOptions, _M_COPY, "engine, partitions", option(*_COPIED),
             loses_data=None, notes=(_AS_THE_ENGINE,)),
    Row(AlterTableOptions, _unsure(_M_INSTANT), "any other", any_option),
    *_objects("MariaDB", "10.11"),
    *sql_rows(Source("MariaDB", "10.11", "SQL statements Causing an Implicit Commit")),
)  # fmt: skip

_ONLINE = Source("MySQL", "8.4", "Online DDL Operations")
_ONLINE_80 = Source("MySQL", "8.0", "Online DDL Operations")
_GENERATED = Source("MySQL", "8.0", "Online DDL Operations, Generated Column Operations")
_ENGINE = Source("MySQL", "8.4", "ALTER TABLE, Performance and Space Requirements")
_CHECK = Source("MySQL", "8.0", "CREATE TABLE, CHECK Constraints")

_MYSQL = (
    Row(AddColumn, _copy(_ONLINE), "stored generated, or REFERENCES inside of the column",
        when.stored_or_references),
    Row(AddColumn, _rebuild(_ONLINE, "SHARED"), "auto_increment", when.auto_increment),
    Row(AddColumn, _unsure(_ONLINE), "a default that calls a function not known here, or a CHECK",
        when.calls_or_checks),
    Row(AddColumn, _instant(_GENERATED), "virtual generated", when.virtual),
    Row(AddColumn, _rebuild(_ONLINE_80), "not at the end", when.not_at_the_end, before=(8, 0, 29)),
    Row(AddColumn, _instant(_ONLINE_80), since=(8, 0, 12)),
    Row(AddColumn, _rebuild(_ONLINE_80), before=(8, 0, 12)),
    Row(DropColumn, _rebuild(_ONLINE, loses_data=True), "stored generated",
        when.drops_stored),
    Row(DropColumn, _instant(_GENERATED, notes=(_WITH_INDEX,)), "virtual generated",
        when.drops_virtual),
    Row(DropColumn, _instant(_ONLINE_80, loses_data=True, notes=(_WITH_INDEX,)), since=(8, 0, 29)),
    Row(DropColumn, _rebuild(_ONLINE_80, loses_data=True), before=(8, 0, 29)),
    Row(AlterColumn, _instant(_ONLINE), "type: the same, or labels added at the end",
        when.same_or_more_labels),
    Row(AlterColumn, _instant(_ONLINE), "type: longer varchar, both below 256 bytes or both above",
        when.longer_in_place),
    Row(AlterColumn, _unsure(_ONLINE), "type: longer varchar, else: the character set decides",
        when.longer),
    Row(AlterColumn, _unsure(_ONLINE, loses_data=None), "type: the old one isn't known",
        when.old_type_unknown),
    Row(AlterColumn, _copy(_ONLINE, loses_data=True),
        "type: digits or a part of the values are cut", when.cuts),
    Row(AlterColumn, _copy(_ONLINE, loses_data=None),
        "type: to one of another kind, text excepted", when.reads_values_anew),
    Row(AlterColumn, _copy(_ONLINE), "type: any other", aspect("type_")),
    Row(AddConstraint, _copy(_ONLINE, notes=(_CHECKS_OFF,)), "foreign key",
        adds(ForeignKeyConstraint)),
    Row(AddConstraint, _unsure(_CHECK), "check", adds(CheckConstraint)),
    Row(AddConstraint, _index(_ONLINE), "unique", adds(UniqueConstraint)),
    Row(DropConstraint, _copy(_ONLINE), "primary key", drops("primary")),
    Row(DropConstraint, _unsure(_CHECK), "check", drops("check")),
    Row(DropConstraint, _unsure(_ONLINE), "the kind isn't said: refused when it is run",
        drops(None)),
    Row(RenameTable, _instant(_ONLINE)),
    Row(AlterTableOptions, _costs("NONE", _ONLINE, rewrites=None, scans=None,
                                  notes=(_COLUMNS_STAY,)), "character set, collation",
        option(*_CHARSETS)),
    *_both(_ONLINE),
    Row(AlterTableOptions, _copy(_ENGINE, loses_data=None, notes=(_AS_THE_ENGINE,)),
        "engine, partitions", option(*_COPIED)),
    Row(AlterTableOptions, _unsure(_ONLINE), "any other", any_option),
    Row(AlterColumn, _unsure(_ONLINE), "comment, auto_increment"),
    Row(CreateTableComment, _unsure(_ONLINE)),
    Row(DropTableComment, _unsure(_ONLINE)),
    *_objects("MySQL", "8.4"),
    *sql_rows(Source("MySQL", "8.4", "Statements That Cause an Implicit Commit")),
)  # fmt: skip

describe_database("mariadb", Book(LOCKS, _MARIADB, on_mysql=True))
describe_database("mysql", Book(LOCKS, _MYSQL, on_mysql=True))
