"""What a change costs on PostgreSQL: locks, rewrites, scans and transactions.

Seen on PostgreSQL 15 (pg_locks, pg_class.relfilenode and pg_stat_xact_all_tables while
the transaction was open); what differs in other versions stands by the manual.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from ..alter_column import AlterColumn
from ..column import AddColumn, DropColumn
from ..comment import CreateTableComment, DropTableComment
from ..composite import (
    AddAttribute,
    AlterAttribute,
    CreateCompositeType,
    DropAttribute,
    DropCompositeType,
    RenameCompositeType,
)
from ..constraint import (
    AddConstraint,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
)
from ..data import BulkInsert, CopyRows
from ..domain import (
    AddDomainConstraint,
    AlterDomain,
    CreateDomain,
    DropDomain,
    DropDomainConstraint,
    RenameDomainConstraint,
    ValidateDomainConstraint,
)
from ..enum import AddEnumValue, CreateEnum, DropEnum, RenameEnumValue, ReplaceEnum
from ..index import CreateIndex, DropIndex, RenameIndex
from ..sequence import AlterSequence, CreateSequence, DropSequence
from ..table import CreateTable, DropTable, RenameTable, SetTableSchema
from ..table_options import AlterTableOptions
from ..view import RefreshMaterializedView
from . import postgresql_conditions as when
from .book import Book, Row, describe_database, saying
from .conditions import (
    adds,
    aspect,
    becomes_not_null,
    both_hold,
    computes_anew,
    drops,
    has_foreign_key,
    option,
)
from .objects import (
    altered_rows,
    extension_rows,
    grant_rows,
    materialized_rows,
    routine_rows,
    schema_rows,
    trigger_rows,
    view_rows,
)
from .postgresql_sql import LOCKS, sql_rows
from .value import NOTHING_DONE, Source

_costs = saying(LOCKS, transactional=True)


def _manual(section: str, version: str = "15") -> Source:
    return Source("PostgreSQL", version, section)


_ALTER = _manual("ALTER TABLE, Description")
_NOTES = _manual("ALTER TABLE, Notes")
_LOCKING = _manual("Explicit Locking, Table-Level Locks")
_INDEX = _manual("CREATE INDEX, Building Indexes Concurrently")
_DROP_INDEX = _manual("DROP INDEX, Parameters")
_SEQUENCE = _manual("ALTER SEQUENCE, Notes")
_TYPE = _manual("ALTER TYPE, Notes")
_SERIAL = _manual("Numeric Types, Serial Types")

_EXCLUSIVE = "ACCESS EXCLUSIVE"
_BOTH_TABLES = "the table that it refers to is locked too"


_TABLES = (
    Row(
        CreateTable,
        _costs(
            "SHARE UPDATE EXCLUSIVE", _INDEX, transactional=False, stands_alone=True, scans=True
        ),
        "with an index that is built concurrently",
        when.index_concurrently,
    ),
    Row(
        CreateTable,
        _costs("SHARE ROW EXCLUSIVE", _manual("CREATE TABLE, Parameters"), _LOCKING,
               notes=("the lock is on the tables that it refers to",)),
        "with a foreign key",
        has_foreign_key,
    ),
    Row(CreateTable, _costs("", _manual("CREATE TABLE, Description"))),
    Row(DropTable, _costs(_EXCLUSIVE, _manual("DROP TABLE, Description"), _LOCKING,
                          loses_data=True, notes=("tables that it refers to are locked too",))),
    Row(RenameTable, _costs(_EXCLUSIVE, _ALTER)),
    Row(SetTableSchema, _costs(_EXCLUSIVE, _ALTER)),
    Row(AlterTableOptions, _costs("SHARE UPDATE EXCLUSIVE", _ALTER),
        "storage parameters: fillfactor, toast, autovacuum, parallel_workers",
        when.weakly_locked_storage),
    Row(AlterTableOptions, _costs(None, _ALTER), "other storage parameters", option("with")),
    Row(AlterTableOptions, _costs(_EXCLUSIVE, _ALTER, rewrites=True, scans=True),
        "unlogged, access method", option("unlogged", "using")),
    Row(AlterTableOptions, _costs(_EXCLUSIVE, _ALTER, rewrites=True,
                                  notes=("its files are copied, indexes stay where they are",)),
        "tablespace", option("tablespace")),
    Row(AlterTableOptions, _costs(_EXCLUSIVE, _ALTER), "inherits", option("inherits")),
    Row(CreateTableComment, _costs("SHARE UPDATE EXCLUSIVE", _manual("COMMENT, Description"))),
    Row(DropTableComment, _costs("SHARE UPDATE EXCLUSIVE", _manual("COMMENT, Description"))),
)  # fmt: skip

_COLUMNS = (
    Row(
        AddColumn,
        _costs(_EXCLUSIVE, _NOTES, rewrites=True, scans=True),
        "identity, serial, stored generated, or a volatile default",
        when.computed_per_row,
    ),
    Row(
        AddColumn,
        _costs(_EXCLUSIVE, _manual("ALTER TABLE, Notes", "10"), rewrites=True, scans=True),
        "a default",
        when.plain_default,
        before=(11,),
    ),
    Row(
        AddColumn,
        _costs(_EXCLUSIVE, _NOTES, rewrites=None, scans=None,
               notes=("the table is rewritten if a function in the default is volatile",)),
        "a default that calls a function not known here",
        when.perhaps_volatile,
        since=(11,),
    ),
    Row(
        AddColumn,
        _costs(_EXCLUSIVE, _ALTER, scans=True, notes=(_BOTH_TABLES,)),
        "a default, and REFERENCES inside of the column",
        when.references_inside,
    ),
    Row(
        AddColumn,
        _costs(_EXCLUSIVE, _ALTER, scans=True),
        "CHECK or PRIMARY KEY inside of the column",
        when.checked_inside,
    ),
    Row(AddColumn, _costs(_EXCLUSIVE, _ALTER, notes=("fails if the table has a row",)),
        "not null without a default", when.not_null_without_default),
    Row(AddColumn, _costs(_EXCLUSIVE, _NOTES)),
    Row(DropColumn, _costs(_EXCLUSIVE, _NOTES, loses_data=True)),
    Row(AlterColumn, _costs(_EXCLUSIVE, _SERIAL, _ALTER, scans=None,
                            notes=("all rows are read if no index has the column",)),
        "autoincrement: SERIAL begins", both_hold(aspect("autoincrement"), when.begins_to_number)),
    Row(AlterColumn, _costs(_EXCLUSIVE, _SERIAL, _ALTER),
        "autoincrement: SERIAL ends", both_hold(aspect("autoincrement"), when.ceases_to_number)),
    Row(AlterColumn, replace(NOTHING_DONE, sources=(_ALTER,)), "autoincrement: without a meaning there",
        aspect("autoincrement")),
    Row(AlterColumn, _costs("SHARE UPDATE EXCLUSIVE", _manual("COMMENT, Description")),
        "comment", aspect("comment")),
    Row(AlterColumn, _costs(_EXCLUSIVE, _ALTER), "rename", aspect("new_column_name")),
    Row(AlterColumn, _costs(_EXCLUSIVE, _manual("ALTER TABLE, Notes", "17"), rewrites=True,
                            scans=True), "another expression", computes_anew),
    Row(AlterColumn, _costs(_EXCLUSIVE, _ALTER), "default or identity", aspect("server_default")),
    Row(
        AlterColumn,
        _costs(_EXCLUSIVE, _ALTER, scans=True,
               notes=("no scan if a valid CHECK proves that there is no NULL",)),
        "not null",
        becomes_not_null,
        since=(12,),
    ),
    Row(AlterColumn, _costs(_EXCLUSIVE, _manual("ALTER TABLE, Description", "11"), scans=True),
        "not null", becomes_not_null, before=(12,)),
    Row(AlterColumn, _costs(_EXCLUSIVE, _ALTER), "nullable", aspect("nullable")),
    Row(
        AlterColumn,
        _costs(_EXCLUSIVE, _NOTES,
               notes=("indexes of the column are built anew if they sort differently",)),
        "type: the same, varchar or varbit to longer, varchar to text, numeric with more "
        "digits of the same scale, times with more digits",
        when.keeps_rows,
    ),
    Row(
        AlterColumn,
        _costs(_EXCLUSIVE, _manual("Release 12, General Performance", "12"), rewrites=True,
               scans=True, notes=("not rewritten if the session's time zone is UTC",)),
        "type: timestamp with time zone to without, or back",
        when.only_zone,
        since=(12,),
    ),
    Row(AlterColumn, _costs(_EXCLUSIVE, _NOTES, rewrites=True, scans=True, loses_data=True),
        "type: the cast rounds or drops a part of the values", when.cuts_values),
    Row(AlterColumn, _costs(_EXCLUSIVE, _NOTES, rewrites=True, scans=True),
        "type: any other of two built-in types", when.between_known_types),
    Row(
        AlterColumn,
        _costs(_EXCLUSIVE, _NOTES, rewrites=None, scans=None, loses_data=None,
               notes=("rewritten unless the values stay as they are stored",)),
        "type: with USING, or the old or the new one isn't known here",
        aspect("type_"),
    ),
)  # fmt: skip

_NEW_INDEX = "an index is built under the lock"
_CONSTRAINTS = (
    Row(AddConstraint, _costs("SHARE ROW EXCLUSIVE", _ALTER, notes=(_BOTH_TABLES,)),
        "foreign key NOT VALID", both_hold(adds(ForeignKeyConstraint), when.not_valid)),
    Row(AddConstraint, _costs("SHARE ROW EXCLUSIVE", _ALTER, scans=True, notes=(_BOTH_TABLES,)),
        "foreign key", adds(ForeignKeyConstraint)),
    Row(AddConstraint, _costs(_EXCLUSIVE, _ALTER), "check NOT VALID", both_hold(adds(CheckConstraint), when.not_valid)),
    Row(AddConstraint, _costs(_EXCLUSIVE, _ALTER, scans=True), "check", adds(CheckConstraint)),
    Row(AddConstraint, _costs(_EXCLUSIVE, _ALTER, scans=True, notes=(_NEW_INDEX,)),
        "primary key, unique, exclude"),
    Row(DropConstraint, _costs(_EXCLUSIVE, _ALTER, notes=(_BOTH_TABLES,)),
        "foreign key, or the kind isn't said", drops("foreignkey", None)),
    Row(DropConstraint, _costs(_EXCLUSIVE, _ALTER)),
    Row(RenameConstraint, _costs(_EXCLUSIVE, _ALTER)),
    Row(ValidateConstraint, _costs("SHARE UPDATE EXCLUSIVE", _ALTER, scans=True)),
)  # fmt: skip

_INVALID = "if it fails or is cancelled, an invalid index stays behind"
_INDEXES = (
    Row(
        CreateIndex,
        _costs("SHARE UPDATE EXCLUSIVE", _INDEX, _LOCKING, transactional=False,
               stands_alone=True, scans=True,
               notes=("waits for transactions that were open before", _INVALID)),
        "concurrently",
        when.concurrently,
    ),
    Row(CreateIndex, _costs("SHARE", _INDEX, _LOCKING, scans=True)),
    Row(
        DropIndex,
        _costs("SHARE UPDATE EXCLUSIVE", _DROP_INDEX, transactional=False, stands_alone=True,
               notes=("waits for transactions that were open before",)),
        "concurrently",
        when.concurrently,
    ),
    Row(DropIndex, _costs(_EXCLUSIVE, _DROP_INDEX)),
    Row(RenameIndex, _costs("SHARE UPDATE EXCLUSIVE", _manual("ALTER INDEX, Description")),
        since=(12,)),
    Row(RenameIndex, _costs(_EXCLUSIVE, _manual("Release 12, Utility Commands", "12")),
        before=(12,)),
)  # fmt: skip

_OTHERS = (
    Row(CreateSequence, _costs("", _manual("CREATE SEQUENCE, Description"))),
    Row(DropSequence, _costs(_EXCLUSIVE, _manual("DROP SEQUENCE, Description"), _LOCKING,
                             loses_data=True, notes=("how far it has counted is lost",))),
    Row(AlterSequence, _costs(_EXCLUSIVE, _ALTER), "rename", when.renames_sequence),
    Row(AlterSequence, _costs("SHARE ROW EXCLUSIVE", _SEQUENCE), since=(10,)),
    Row(AlterSequence, _costs(None, _manual("ALTER SEQUENCE, Notes", "9.6"), transactional=False),
        before=(10,)),
    Row(CreateEnum, _costs("", _manual("CREATE TYPE, Description"))),
    Row(DropEnum, _costs("", _manual("DROP TYPE, Description"))),
    Row(AddEnumValue, _costs("", _TYPE, usable_after_commit=True), since=(12,)),
    Row(AddEnumValue, _costs("", _manual("ALTER TYPE, Notes", "11"), transactional=False,
                             stands_alone=True, usable_after_commit=True), before=(12,)),
    Row(RenameEnumValue, _costs("", _TYPE)),
    Row(ReplaceEnum, _costs("", _TYPE), "no column is of the type", when.no_columns),
    Row(ReplaceEnum, _costs(_EXCLUSIVE, _NOTES, rewrites=True, scans=True, loses_data=True),
        "two labels become one", when.merges_labels),
    Row(ReplaceEnum, _costs(_EXCLUSIVE, _NOTES, rewrites=True, scans=True)),
    Row(BulkInsert, _costs("ROW EXCLUSIVE", _LOCKING)),
    Row(CopyRows, _costs("ROW EXCLUSIVE", _LOCKING, scans=True)),
)  # fmt: skip

_DOMAIN = _manual("ALTER DOMAIN, Description")
_DOMAIN_NOTES = _manual("ALTER DOMAIN, Notes")
_CASCADES = "with CASCADE the columns that are of it go too"
_THEIR_TABLES = "the lock is on the tables with a column of it"
_OF_TYPE = "the lock is on the type"
_TYPES = (
    Row(CreateDomain, _costs("", _manual("CREATE DOMAIN, Description"))),
    Row(DropDomain, _costs(_EXCLUSIVE, _manual("DROP DOMAIN, Parameters"), loses_data=True,
                           notes=(_CASCADES,)), "cascade", when.cascades),
    Row(DropDomain, _costs("", _manual("DROP DOMAIN, Description"))),
    Row(AlterDomain, _costs("SHARE", _DOMAIN, _DOMAIN_NOTES, scans=True, notes=(_THEIR_TABLES,)),
        "not null", when.forbids_null),
    Row(AlterDomain, _costs("", _DOMAIN)),
    Row(AddDomainConstraint, _costs("", _DOMAIN), "NOT VALID", when.not_valid),
    Row(AddDomainConstraint, _costs("SHARE", _DOMAIN, _DOMAIN_NOTES, scans=True,
                                    notes=(_THEIR_TABLES,))),
    Row(DropDomainConstraint, _costs("", _DOMAIN)),
    Row(RenameDomainConstraint, _costs("", _DOMAIN)),
    Row(ValidateDomainConstraint, _costs("SHARE", _DOMAIN, scans=True, notes=(_THEIR_TABLES,))),
    Row(CreateCompositeType, _costs("", _manual("CREATE TYPE, Composite Types"))),
    Row(DropCompositeType, _costs(_EXCLUSIVE, _manual("DROP TYPE, Parameters"), loses_data=True,
                                  notes=(_CASCADES,)), "cascade", when.cascades),
    Row(DropCompositeType, _costs(_EXCLUSIVE, _manual("DROP TYPE, Description"), notes=(_OF_TYPE,))),
    Row(RenameCompositeType, _costs(_EXCLUSIVE, _manual("ALTER TYPE, Description"), notes=(_OF_TYPE,))),
    Row(AddAttribute, _costs(_EXCLUSIVE, _manual("ALTER TYPE, Description"), notes=(_OF_TYPE,))),
    Row(DropAttribute, _costs(_EXCLUSIVE, _manual("ALTER TYPE, Description"), loses_data=True,
                              notes=(_OF_TYPE,))),
    Row(AlterAttribute, _costs(_EXCLUSIVE, _manual("ALTER TYPE, Description"), notes=(_OF_TYPE,))),
)  # fmt: skip

_REFRESH = _manual("REFRESH MATERIALIZED VIEW, Parameters")
_OF_VIEW = "the lock is on the view"
_BRINGS = "what the extension brings has costs of its own"
_OBJECTS = (
    *schema_rows(
        _costs("", _manual("CREATE SCHEMA, Description")),
        _costs(
            "",
            _manual("DROP SCHEMA, Description"),
            loses_data=None,
            notes=("with CASCADE all that is in it goes",),
        ),
    ),
    *extension_rows(
        _costs(None, _manual("CREATE EXTENSION, Description"), notes=(_BRINGS,)),
        _costs(None, _manual("DROP EXTENSION, Description"), loses_data=None, notes=(_BRINGS,)),
        _costs(
            None,
            _manual("ALTER EXTENSION, Description"),
            rewrites=None,
            scans=None,
            loses_data=None,
            notes=(_BRINGS,),
        ),
    ),
    *materialized_rows(
        _costs("ACCESS SHARE", _manual("CREATE MATERIALIZED VIEW, Description"), scans=True),
        _costs(_EXCLUSIVE, _manual("DROP MATERIALIZED VIEW, Description"), notes=(_OF_VIEW,)),
    ),
    *view_rows(
        _costs("ACCESS SHARE", _manual("CREATE VIEW, Description")),
        _costs(_EXCLUSIVE, _manual("DROP VIEW, Description"), notes=(_OF_VIEW,)),
        _costs(_EXCLUSIVE, _manual("CREATE VIEW, Description"), notes=(_OF_VIEW,)),
    ),
    *routine_rows(
        _costs("", _manual("CREATE FUNCTION, Description")),
        _costs("", _manual("DROP FUNCTION, Description")),
        _costs("", _manual("CREATE PROCEDURE, Description")),
        _costs("", _manual("DROP PROCEDURE, Description")),
    ),
    Row(
        RefreshMaterializedView,
        _costs("EXCLUSIVE", _REFRESH, scans=True, notes=(_OF_VIEW,)),
        "concurrently",
        when.refreshes_concurrently,
    ),
    Row(
        RefreshMaterializedView,
        _costs(
            _EXCLUSIVE,
            _REFRESH,
            rewrites=True,
            notes=(_OF_VIEW, "it can't be read until it is filled"),
        ),
        "with no data",
        when.empties,
    ),
    Row(
        RefreshMaterializedView,
        _costs(_EXCLUSIVE, _REFRESH, _LOCKING, rewrites=True, scans=True, notes=(_OF_VIEW,)),
    ),
    *grant_rows(
        _costs("", _manual("GRANT, Description")), _costs("", _manual("REVOKE, Description"))
    ),
    *trigger_rows(
        _costs("SHARE ROW EXCLUSIVE", _LOCKING, _manual("CREATE TRIGGER, Notes")),
        _costs(_EXCLUSIVE, _manual("DROP TRIGGER, Description")),
        _costs("SHARE ROW EXCLUSIVE", _ALTER),
    ),
    *altered_rows(
        _costs(
            _EXCLUSIVE,
            _manual("ALTER VIEW, Description"),
            _ALTER,
            notes=("the lock is on the object",),
        ),
        _costs(_EXCLUSIVE, _manual("ALTER TRIGGER, Description")),
        _costs("", _manual("ALTER FUNCTION, Description")),
    ),
)

describe_database(
    "postgresql",
    Book(
        LOCKS,
        (*_TABLES, *_COLUMNS, *_CONSTRAINTS, *_INDEXES, *_OTHERS, *_TYPES, *_OBJECTS, *sql_rows()),
    ),
)
