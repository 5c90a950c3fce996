"""SQL Server's catalog, with rows as its manual describes them, compared with models."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from ddl_autogen import (
    HiddenCatalog,
    NotCarried,
    Options,
    StillUsed,
    compare,
    render,
    reverse,
    snapshot,
    snapshot_of,
)
from ddl_autogen.dialects import database, mssql_catalog
from ddl_autogen.dialects.mssql_expressions import plain_expression
from ddl_autogen.dialects.mssql_types import canonical_type, type_of
from ddl_autogen.values import ColumnValue
from ddl_constructs import (
    AddColumn,
    Change,
    CreateIndex,
    DropIndex,
    DropTable,
    Function,
    Procedure,
    Trigger,
    UnsupportedChange,
    View,
)
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    SmallInteger,
    String,
    Table,
    Text,
    Unicode,
    func,
    text,
)
from sqlalchemy.dialects import mssql

pytest.importorskip("sqlglot", reason="no parser of T-SQL")
from recorded_server import Recorded, said, table_of, with_facts  # it needs the parser

# SQL Server 2022, System Catalog Views: those columns of each view that may be asked for
VIEWS = {
    "sys.schemas": "name schema_id principal_id",
    "sys.database_principals": "name principal_id type is_fixed_role",
    "sys.tables": "name object_id schema_id parent_object_id type is_ms_shipped temporal_type"
    " is_memory_optimized",
    "sys.columns": "object_id name column_id system_type_id user_type_id max_length precision"
    " scale collation_name is_nullable is_identity is_computed default_object_id"
    " generated_always_type is_hidden is_sparse",
    "sys.types": "name system_type_id user_type_id schema_id max_length precision scale",
    "sys.default_constraints": "name object_id schema_id parent_object_id parent_column_id"
    " definition is_system_named",
    "sys.computed_columns": "object_id name column_id definition is_persisted",
    "sys.identity_columns": "object_id name column_id seed_value increment_value last_value",
    "sys.extended_properties": "class major_id minor_id name value",
    "sys.indexes": "object_id name index_id type type_desc is_unique is_primary_key"
    " is_unique_constraint is_hypothetical has_filter filter_definition",
    "sys.index_columns": "object_id index_id index_column_id column_id key_ordinal"
    " partition_ordinal is_descending_key is_included_column",
    "sys.foreign_keys": "name object_id schema_id parent_object_id referenced_object_id"
    " delete_referential_action_desc update_referential_action_desc",
    "sys.foreign_key_columns": "constraint_object_id constraint_column_id parent_object_id"
    " parent_column_id referenced_object_id referenced_column_id",
    "sys.check_constraints": "name object_id schema_id parent_object_id parent_column_id definition",
    "sys.objects": "name object_id schema_id parent_object_id type is_ms_shipped",
    "sys.database_permissions": "class major_id minor_id grantee_principal_id type state",
    "sys.sql_expression_dependencies": "referencing_id referencing_minor_id referenced_id"
    " referenced_minor_id is_schema_bound_reference",
    "sys.sql_modules": "object_id definition is_schema_bound",
    "sys.triggers": "object_id name parent_id is_disabled",
    "sys.sequences": "name object_id schema_id start_value increment minimum_value maximum_value"
    " is_cycling is_cached cache_size system_type_id user_type_id precision scale",
}
TYPES = {  # sys.types.user_type_id
    "uniqueidentifier": 36, "date": 40, "datetime2": 42, "smallint": 52, "int": 56,
    "datetime": 61, "bit": 104, "decimal": 106, "numeric": 108, "bigint": 127, "varbinary": 165,
    "varchar": 167, "nvarchar": 231,
}  # fmt: skip
USUAL = "SQL_Latin1_General_CP1_CI_AS"
DBO, LOG = 1, 5
USERS, POSTS, HISTORY, ENTRIES = 100, 200, 300, 400


def columns(table: int, *rows: tuple[str, str, int, int, int, bool, int]) -> list[dict[str, Any]]:
    """Write rows of sys.columns: name, type, length, precision, scale, nullable, default."""
    return [
        {
            "object_id": table,
            "name": name,
            "column_id": number,
            "user_type_id": TYPES[type_],
            "max_length": length,
            "precision": precision,
            "scale": scale,
            "collation_name": None
            if "char" not in type_
            else "Latin1_General_BIN"
            if name == "code"
            else USUAL,
            "is_nullable": nullable,
            "default_object_id": default,
        }
        for number, (name, type_, length, precision, scale, nullable, default) in enumerate(rows, 1)
    ]


CATALOG: dict[str, list[dict[str, Any]]] = {
    "sys.schemas": table_of("""
        name               | schema_id | principal_id
        dbo                | 1         | 1
        guest              | 2         | 2
        INFORMATION_SCHEMA | 3         | 3
        sys                | 4         | 4
        log                | 5         | 1
        db_owner           | 16384     | 16384
    """),
    "sys.database_principals": table_of("""
        name     | principal_id | is_fixed_role
        dbo      | 1            | 0
        guest    | 2            | 0
        IS       | 3            | 0
        sys      | 4            | 0
        db_owner | 16384        | 1
    """),
    "sys.types": [{"name": name, "user_type_id": number} for name, number in TYPES.items()],
    "sys.tables": table_of("""
        name          | object_id | schema_id | is_ms_shipped | temporal_type
        users         | 100       | 1         | 0             | 0
        posts         | 200       | 1         | 0             | 2
        posts_history | 300       | 1         | 0             | 1
        entries       | 400       | 5         | 0             | 0
        sysdiagrams   | 500       | 1         | 1             | 0
    """),
    "sys.columns": [
        *columns(
            USERS,
            ("id", "int", 4, 10, 0, False, 0),
            ("name", "nvarchar", 100, 0, 0, False, 101),
            ("code", "varchar", 20, 0, 0, True, 0),
            ("bio", "varchar", -1, 0, 0, True, 0),
            ("kind", "varchar", 5, 0, 0, True, 0),
            ("age", "smallint", 2, 5, 0, True, 0),
            ("price", "numeric", 9, 10, 2, False, 102),
            ("joined", "datetime", 8, 23, 3, True, 103),
            ("doubled", "int", 4, 10, 0, True, 0),
        ),
        *columns(
            POSTS,
            ("id", "bigint", 8, 19, 0, False, 0),
            ("user_id", "int", 4, 10, 0, False, 0),
            ("title", "nvarchar", 400, 0, 0, False, 0),
            ("seen", "datetime2", 8, 27, 7, True, 0),
        ),
        *columns(HISTORY, ("id", "bigint", 8, 19, 0, False, 0)),
        *columns(ENTRIES, ("at", "datetime2", 6, 22, 3, True, 0)),
    ],
    "sys.default_constraints": table_of("""
        name        | object_id | parent_object_id | definition
        DF_name     | 101       | 100              | (N'it''s')
        DF_price    | 102       | 100              | ((0))
        DF_joined   | 103       | 100              | (getdate())
    """),
    "sys.computed_columns": table_of("""
        object_id | column_id | definition  | is_persisted
        100       | 9         | ([age]*(2)) | 1
    """),
    "sys.identity_columns": table_of("""
        object_id | column_id | seed_value | increment_value
        100       | 1         | 1          | 1
        200       | 1         | 1000       | 10
    """),
    "sys.extended_properties": table_of("""
        class | major_id | minor_id | name           | value
        1     | 100      | 0        | MS_Description | who is here
        1     | 100      | 2        | MS_Description | it's a name
        1     | 100      | 2        | MS_Other       | something else
        7     | 100      | 2        | MS_Description | of an index
    """),
    "sys.indexes": table_of("""
        object_id | name       | index_id | type | is_unique | is_primary_key | is_unique_constraint | is_hypothetical | filter_definition
        100       | PK_users   | 1        | 1    | 1         | 1              | 0                    | 0               |
        100       | UQ_code    | 2        | 2    | 1         | 0              | 1                    | 0               |
        100       | ix_age     | 3        | 2    | 0         | 0              | 0                    | 0               | ([age]>(17))
        100       | _dta_index | 4        | 2    | 0         | 0              | 0                    | 1               |
        100       | ix_place   | 5        | 4    | 0         | 0              | 0                    | 0               |
        200       | PK_posts   | 2        | 2    | 1         | 1              | 0                    | 0               |
        200       | cx_title   | 1        | 1    | 0         | 0              | 0                    | 0               |
        400       | cci        | 1        | 5    | 0         | 0              | 0                    | 0               |
    """),
    "sys.index_columns": table_of("""
        object_id | index_id | index_column_id | column_id | key_ordinal | is_descending_key | is_included_column
        100       | 1        | 1               | 1         | 1           | 0                 | 0
        100       | 2        | 1               | 3         | 1           | 0                 | 0
        100       | 3        | 1               | 5         | 2           | 1                 | 0
        100       | 3        | 2               | 6         | 1           | 0                 | 0
        100       | 3        | 3               | 2         | 0           | 0                 | 1
        100       | 4        | 1               | 5         | 1           | 0                 | 0
        100       | 5        | 1               | 5         | 1           | 0                 | 0
        200       | 2        | 1               | 1         | 1           | 0                 | 0
        200       | 1        | 1               | 3         | 1           | 0                 | 0
        400       | 1        | 1               | 1         | 0           | 0                 | 1
    """),
    "sys.foreign_keys": table_of("""
        name    | object_id | schema_id | parent_object_id | delete_referential_action_desc | update_referential_action_desc
        FK_user | 210       | 1         | 200              | SET_NULL                       | NO_ACTION
    """),
    "sys.foreign_key_columns": table_of("""
        constraint_object_id | constraint_column_id | parent_object_id | parent_column_id | referenced_object_id | referenced_column_id
        210                  | 1                    | 200              | 2                | 100                  | 1
    """),
    "sys.check_constraints": table_of("""
        name    | schema_id | parent_object_id | definition
        CK_age  | 1         | 100              | ([age]>=(0) AND [age]<=(150))
        CK_kind | 1         | 100              | ([kind]='user' OR [kind]='admin')
    """),
    "sys.objects": table_of("""
        name    | object_id | schema_id | parent_object_id | type | is_ms_shipped
        users   | 100       | 1         | 0                | U    | 0
        adults  | 600       | 1         | 0                | V    | 0
        renamed | 601       | 5         | 0                | V    | 0
        twice   | 602       | 1         | 0                | FN   | 0
        clean   | 603       | 1         | 0                | P    | 0
        stamp   | 604       | 1         | 100              | TR   | 0
        secret  | 605       | 1         | 0                | P    | 0
    """),
    "sys.sql_modules": [
        {"object_id": number, "definition": sql}
        for number, sql in {
            600: "CREATE   VIEW [dbo].[adults] (id, [the name]) AS\n"
            "SELECT u.id, u.name FROM users AS u WHERE u.age >= 18 -- grown up\nWITH CHECK OPTION;",
            601: "CREATE VIEW log.old_name AS SELECT at FROM log.entries",
            602: "create function dbo.twice(@a int, @b varchar(10) = 'x,)') RETURNS int AS "
            "BEGIN RETURN @a * 2 END",
            603: "CREATE PROC clean @days AS int = 5 AS DELETE FROM users WHERE age > @days",
            604: "CREATE TRIGGER dbo.stamp ON dbo.users FOR UPDATE, INSERT AS SELECT 1",
            605: None,
        }.items()
    ],
    "sys.triggers": table_of("""
        name  | object_id | parent_id | is_disabled
        stamp | 604       | 100       | 1
    """),
    "sys.sequences": table_of("""
        name   | schema_id | start_value          | increment | minimum_value        | maximum_value       | is_cycling | is_cached | cache_size | user_type_id | precision
        plain  | 1         | -9223372036854775808 | 1         | -9223372036854775808 | 9223372036854775807 | 0          | 1         |            | 127          | 19
        orders | 1         | 1000                 | 5         | 1                    | 9999                | 1          | 1         | 50         | 56           | 10
        bare   | 1         | -9223372036854775808 | 1         | -9223372036854775808 | 9223372036854775807 | 0          | 0         |            | 127          | 19
    """),
}


def server(
    catalog: Any = CATALOG, *, sees: int = 1, version: tuple[int, ...] = (16, 0)
) -> Recorded:
    return Recorded(
        "mssql",
        "tsql",
        VIEWS,
        catalog,
        {
            "DB_NAME": lambda: "app",
            "OBJECT_ID": {"users": USERS, "posts": POSTS, "log.entries": ENTRIES}.get,
            "DATABASEPROPERTYEX": lambda *_: USUAL,
            "USER_NAME": lambda: "reader",
            "QUOTENAME": lambda name: f"[{name}]",
            "HAS_PERMS_BY_NAME": lambda *_: sees,
        },
        version=version,
        schema="dbo",
        deprecate_large_types=True,
    )


def models(**other: Any) -> MetaData:
    """Give models that say what the catalog does; but for some columns, by their names."""
    metadata = MetaData()

    def made(of: str, *given: Column[Any]) -> list[Column[Any]]:
        return [other.pop(f"{c.name}_of_{of}", other.pop(c.name, c)) for c in given]

    Table(
        "users",
        metadata,
        *made(
            "users",
            Column("id", Integer, primary_key=True),
            Column(
                "name", Unicode(50), nullable=False, server_default="it's", comment="it's a name"
            ),
            Column("code", String(20, collation="Latin1_General_BIN"), unique=True),
            Column("bio", Text),
            Column(
                "kind",
                Enum("user", "admin", native_enum=False, create_constraint=True, name="CK_kind"),
            ),
            Column("age", SmallInteger),
            Column("price", Numeric(10, 2), nullable=False, server_default=text("0")),
            Column("joined", DateTime, server_default=func.now()),
            Column("doubled", Integer, Computed("age * 2", persisted=True)),
        ),
        CheckConstraint("age BETWEEN 0 AND 150", name="CK_age"),
        comment="who is here",
    )
    users = metadata.tables["users"]
    Index(
        "ix_age",
        users.c.age,
        users.c.kind.desc(),
        mssql_include=["name"],
        mssql_where=users.c.age > 17,
    )
    Table(
        "posts",
        metadata,
        *made(
            "posts",
            Column("id", BigInteger, Identity(start=1000, increment=10), primary_key=True),
            Column("user_id", ForeignKey("users.id", ondelete="SET NULL"), nullable=False),
            Column("title", Unicode(200), nullable=False),
            Column("seen", mssql.DATETIME2),
        ),
        Index("cx_title", "title", mssql_clustered=True),
    )
    Sequence("plain", metadata=metadata)
    Sequence("bare", cache=0, metadata=metadata)
    Sequence(
        "orders",
        data_type=Integer,
        start=1000,
        increment=5,
        minvalue=1,
        maxvalue=9999,
        cycle=True,
        cache=50,
        metadata=metadata,
    )
    assert not other
    return metadata


def compared(metadata: MetaData, where: Recorded | None = None, **options: Any) -> list[Change]:
    with (where or server()).engine.connect() as connection:
        return compare(connection, metadata, Options(**options))


def test_models_that_say_the_same_are_in_sync() -> None:
    assert compared(models()) == []


def test_other_schemas_are_read_where_that_is_asked() -> None:
    metadata = models()
    Table(
        "entries",
        metadata,
        Column("at", mssql.DATETIME2(3)),
        Index("cci", mssql_clustered=True, mssql_columnstore=True),
        schema="log",
    )

    assert compared(metadata, include_schemas=True) == []


def test_an_index_that_is_the_table_itself_comes_back_without_columns() -> None:
    metadata = models()
    Table("entries", metadata, Column("at", mssql.DATETIME2(3)), schema="log")
    here = server()

    (gone,) = compared(metadata, here, include_schemas=True)

    dialect = here.engine.dialect
    assert said([gone], dialect) == ["DROP INDEX cci ON log.entries"]
    back = reverse([gone], dialect)
    assert said(back, dialect) == ["CREATE CLUSTERED COLUMNSTORE INDEX cci ON log.entries"]
    written = "".join(line.strip() for line in render(back, dialect=dialect).lines)
    assert 'op.f("cci"),"entries",[],schema="log",' in written


def test_a_snapshot_is_what_models_say() -> None:
    """Value by value, but for what models leave to the server: names of keys, where it counts from."""
    with server().engine.connect() as connection:
        theirs = snapshot(connection)

    ours = snapshot_of(models(), connection.dialect, "dbo")
    assert list(theirs.tables) == list(ours.tables) == [(None, "posts"), (None, "users")]
    for key, table in ours.tables.items():
        there = theirs.tables[key]
        for column in there.columns:
            said = table.column(column.name)
            assert said is not None
            assert (column.type, column.nullable, column.comment, column.collation) == (
                *(said.type, said.nullable, said.comment, said.collation),
            )
            assert column.identity == said.identity
        assert there.primary_key is not None
        assert table.primary_key is not None
        assert there.primary_key.columns == table.primary_key.columns
        assert [i for i in there.indexes if i.where is None] == [
            i for i in table.indexes if i.where is None
        ]
    assert theirs.sequences == ours.sequences


def test_the_number_of_queries_does_not_grow_with_the_tables() -> None:
    """Eight are for what is read, and one for what the user may not see where something differs."""
    asked = []
    for tables in ([], CATALOG["sys.tables"][:1], CATALOG["sys.tables"]):
        with (here := server({**CATALOG, "sys.tables": tables})).engine.connect() as connection:
            snapshot(connection)
        asked.append(len(here.asked))

    assert asked == [7, 7, 7]


def test_servers_before_2016_are_not_asked_for_tables_that_keep_history() -> None:
    here = server(version=(12, 0))
    with here.engine.connect() as connection:
        snapshot(connection)

    assert not any("temporal_type" in sql for sql in here.asked)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        pytest.param(
            Column("name", String(50), nullable=False, server_default="it's", comment="it's a name"),
            [],
            id="national-type-for-a-plain-one",
        ),
        pytest.param(Column("bio", Unicode(50)), ["ALTER TABLE users ALTER COLUMN bio NVARCHAR(50) NULL"], id="type"),
        pytest.param(Column("bio", Text, nullable=False), ["ALTER TABLE users ALTER COLUMN bio VARCHAR(max) NOT NULL"], id="not-null"),
        pytest.param(
            Column("price", Numeric(10, 2), nullable=False, server_default="0.0"), [], id="number-as-text"
        ),
        pytest.param(
            Column("price", Numeric(10, 2), nullable=False, server_default=text("1")),
            ["sys.default_constraints", "ALTER TABLE users ADD DEFAULT 1 FOR price"],
            id="default",
        ),
        pytest.param(Column("price", Numeric(10, 2), nullable=False), ["sys.default_constraints"], id="no-default"),
        pytest.param(Column("bio", Text, comment="all of it"), ["sp_addextendedproperty"], id="comment"),
        pytest.param(
            Column("code", String(20), unique=True),
            [
                "ALTER TABLE users DROP CONSTRAINT [UQ_code]",
                "ALTER TABLE users ALTER COLUMN code VARCHAR(20) NULL",
                "ALTER TABLE users ADD CONSTRAINT [UQ_code] UNIQUE (code)",
            ],
            id="usual-collation",
        ),
        pytest.param(
            Column("code", String(30, collation="Latin1_General_BIN"), unique=True),
            ["ALTER TABLE users ALTER COLUMN code VARCHAR(30) COLLATE Latin1_General_BIN NULL"],
            id="longer-under-a-key",
        ),
        pytest.param(
            Column("age", Integer, nullable=False),
            [
                "DROP INDEX ix_age ON users",
                "ALTER TABLE users DROP CONSTRAINT [CK_age]",
                "ALTER TABLE users DROP COLUMN doubled",
                "ALTER TABLE users ALTER COLUMN age INTEGER NOT NULL",
                "ALTER TABLE users ADD doubled AS (age * 2) PERSISTED",
                "CREATE INDEX ix_age ON users (age, kind DESC) INCLUDE (name) WHERE [age]>(17)",
                "ALTER TABLE users ADD CONSTRAINT [CK_age] CHECK ([age]>=(0) AND [age]<=(150))",
            ],
            id="under-what-stands-on-it",
        ),
        pytest.param(
            Column("id_of_posts", Integer, Identity(start=1000, increment=10), primary_key=True),
            [
                "ALTER TABLE posts DROP CONSTRAINT [PK_posts]",
                "ALTER TABLE posts ALTER COLUMN id INTEGER NOT NULL",
                "ALTER TABLE posts ADD CONSTRAINT [PK_posts] PRIMARY KEY NONCLUSTERED (id)",
            ],
            id="primary-key",
        ),
        pytest.param(Column("bio", Text(collation=USUAL)), [], id="usual-collation-stated"),
        pytest.param(
            Column("doubled", Integer, Computed("age * 3", persisted=True)),
            ["ALTER TABLE users DROP COLUMN doubled", "ALTER TABLE users ADD doubled AS (age * 3) PERSISTED"],
            id="computed",
        ),
        pytest.param(
            Column("doubled", Integer, Computed("(age) * 2")),
            ["ALTER TABLE users DROP COLUMN doubled", "ALTER TABLE users ADD doubled AS ((age) * 2)"],
            id="computed-and-not-kept",
        ),
        pytest.param(Column("doubled", BigInteger, Computed("[age]*(2)", persisted=True)), [], id="type-of-a-computed"),
        pytest.param(
            Column("kind", Enum("user", "admin", "guest", native_enum=False, create_constraint=True, name="CK_kind")),
            [
                "ALTER TABLE users DROP CONSTRAINT [CK_kind]",
                "ALTER TABLE users ADD CONSTRAINT [CK_kind] CHECK (kind IN ('user', 'admin', 'guest'))",
            ],
            id="check-of-a-type",
        ),
        pytest.param(
            Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
            [
                "ALTER TABLE posts DROP CONSTRAINT [FK_user]",
                "ALTER TABLE posts ADD CONSTRAINT posts_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE",
            ],
            id="foreign-key",
        ),
        pytest.param(Column("seen", mssql.DATETIME2(7)), [], id="usual-fractions"),
    ],
)  # fmt: skip
def test_what_is_different_of_a_column(column: Column[Any], expected: list[str]) -> None:
    """A whole statement, or what it names."""
    key, column.name = column.name, column.name.partition("_of_")[0]
    texts = said(compared(models(**{key: column})), server().engine.dialect)

    assert len(texts) == len(expected)
    for sql, part in zip(texts, expected, strict=True):
        assert sql == part or (" " not in part and part in sql)


INDEXES = [
    pytest.param({"mssql_where": text("age > 17")}, [], id="filter"),
    pytest.param({"mssql_where": text("age >= 17")}, ["ix_age"], id="other-filter"),
    pytest.param({"mssql_include": []}, ["ix_age"], id="not-included"),
    pytest.param({"unique": True}, ["ix_age"], id="unique"),
    pytest.param({"mssql_clustered": True}, ["ix_age"], id="clustered"),
]


@pytest.mark.parametrize(("options", "changed"), INDEXES)
def test_what_is_different_of_an_index(options: dict[str, Any], changed: list[str]) -> None:
    metadata = models()
    users = metadata.tables["users"]
    users.indexes.clear()
    usual = {"mssql_include": ["name"], "mssql_where": users.c.age > 17}
    Index("ix_age", users.c.age, users.c.kind.desc(), **usual | options)

    found = compared(metadata)

    assert [(type(c).__name__, c.index_name) for c in found] == [
        (kind, name) for name in changed for kind in ("DropIndex", "CreateIndex")
    ]


def test_a_table_that_goes_comes_back_as_it_was() -> None:
    """What is made from the rows alone is what the models would make."""
    gone = compared(MetaData())
    dialect = server().engine.dialect

    assert [c.describe() for c in gone] == [
        "drop table posts",
        "drop table users",
        "drop sequence bare",
        "drop sequence orders",
        "drop sequence plain",
    ]
    texts = said(reverse(gone, dialect), dialect)
    assert [sql for sql in texts if "sp_addextendedproperty" not in sql] == [
        "CREATE SEQUENCE plain INCREMENT BY 1 START WITH -9223372036854775808 "
        "MINVALUE -9223372036854775808 MAXVALUE 9223372036854775807 NO CYCLE",
        "CREATE SEQUENCE orders AS INTEGER INCREMENT BY 5 START WITH 1000 MINVALUE 1 "
        "MAXVALUE 9999 CACHE 50 CYCLE",
        "CREATE SEQUENCE bare INCREMENT BY 1 START WITH -9223372036854775808 "
        "MINVALUE -9223372036854775808 MAXVALUE 9223372036854775807 NO CACHE NO CYCLE",
        "CREATE TABLE users ( id INTEGER NOT NULL IDENTITY, "
        "name NVARCHAR(50) NOT NULL DEFAULT 'it''s', "
        "code VARCHAR(20) COLLATE Latin1_General_BIN NULL, bio VARCHAR(max) NULL, "
        "kind VARCHAR(5) NULL, age SMALLINT NULL, "
        "price NUMERIC(10, 2) NOT NULL DEFAULT 0, joined DATETIME NULL DEFAULT getdate(), "
        "doubled AS ([age]*(2)) PERSISTED, CONSTRAINT [PK_users] PRIMARY KEY (id), "
        "CONSTRAINT [UQ_code] UNIQUE (code), "
        "CONSTRAINT [CK_age] CHECK ([age]>=(0) AND [age]<=(150)), "
        "CONSTRAINT [CK_kind] CHECK ([kind]='user' OR [kind]='admin') )",
        "CREATE INDEX ix_age ON users (age, kind DESC) INCLUDE (name) WHERE [age]>(17)",
        "CREATE TABLE posts ( id BIGINT NOT NULL IDENTITY(1000,10), user_id INTEGER NOT NULL, "
        "title NVARCHAR(200) NOT NULL, seen DATETIME2 NULL, "
        "CONSTRAINT [PK_posts] PRIMARY KEY NONCLUSTERED (id), "
        "CONSTRAINT [FK_user] FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE SET NULL )",
        "CREATE CLUSTERED INDEX cx_title ON posts (title)",
    ]


def test_what_goes_is_written_down_so_that_it_can_come_back() -> None:
    dialect = server().engine.dialect
    lines = "\n".join(render(reverse(compared(MetaData()), dialect), dialect=dialect).lines)

    for part in (
        "sa.Identity(start=1000, increment=10), nullable=False",
        'sa.String(length=20, collation="Latin1_General_BIN")',
        'sa.DateTime(), server_default=sa.text("getdate()")',
        'sa.Computed("[age]*(2)", persisted=True)',
        "mssql.DATETIME2()",
        'name=op.f("PK_posts"), mssql_clustered=False',
        'op.f("cx_title"), "posts", ["title"], mssql_clustered=True',
        'mssql_include=["name"]',
        'mssql_where=sa.text("[age]>(17)")',
        'comment="it\'s a name"',
    ):
        assert part in lines


def test_what_a_user_may_not_see_is_not_taken_for_missing() -> None:
    """Nothing is said where all agrees."""
    metadata = models()
    assert compared(metadata, server(sees=0)) == []
    Table("new", metadata, Column("id", Integer))

    with pytest.raises(HiddenCatalog, match=r"reader may not see all of dbo.*VIEW DEFINITION"):
        compared(metadata, server(sees=0))


def test_a_class_mapped_to_a_view_makes_no_table() -> None:
    metadata = models()
    for name, schema in (("adults", None), ("renamed", "log"), ("adults", "log")):
        Table(name, metadata, Column("id", Integer, primary_key=True), schema=schema)

    assert [c.describe() for c in compared(metadata)] == ["create table log.adults (1 column)"]


def test_where_models_leave_the_numbering_to_the_server_any_will_do() -> None:
    assert compared(models(id_of_posts=Column("id", BigInteger, primary_key=True))) == []


@pytest.mark.parametrize(
    "column",
    [
        Column("id", BigInteger, Identity(start=1, increment=10), primary_key=True),
        Column("id", BigInteger, primary_key=True, autoincrement=False),
    ],
    ids=["numbered-otherwise", "numbered-no-more"],
)
def test_an_identity_that_is_another_is_seen_and_refused_by_name(column: Column[Any]) -> None:
    """SQL Server can't alter one: that is said before anything runs."""
    from ddl_constructs import UnsupportedChange

    (change,) = compared(models(id_of_posts=column))

    with pytest.raises(UnsupportedChange, match="copy the rows into a new table"):
        change.statements(server().engine.dialect)


@pytest.mark.parametrize(
    ("theirs", "ours", "same"),
    [
        pytest.param("([a]>(0))", "a > 0", True, id="number"),
        pytest.param("([a]>(-1))", "a > -1", True, id="negative"),
        pytest.param("([a]='y' OR [a]='x')", "a IN ('x', 'y')", True, id="in"),
        pytest.param("(NOT ([a]='y' OR [a]='x'))", "a NOT IN (N'x', 'y')", True, id="not-in"),
        pytest.param("([a]>=(1) AND [a]<=(5))", "a BETWEEN 1 AND 5", True, id="between"),
        pytest.param("([a]<>(5))", "a != 5", True, id="unequal"),
        pytest.param("(len([a])>(3))", "LEN(a) > 3", True, id="call"),
        pytest.param("(getdate())", "CURRENT_TIMESTAMP", True, id="now"),
        pytest.param("(CONVERT([int],[a]))", "CAST(a AS int)", True, id="cast"),
        pytest.param("([a] like '%x%')", "a LIKE '%x%'", True, id="like"),
        pytest.param("([a] IS NOT NULL)", "a is not null", True, id="null"),
        pytest.param("(([a]+[b])*(2))", "(a + b) * 2", True, id="brackets"),
        pytest.param("([a]+[b]*(2))", "(a + b) * 2", False, id="other-brackets"),
        pytest.param("([a]-([b]-[c]))", "a - b - c", False, id="left-first"),
        pytest.param("([a]='x')", "a = 'X'", False, id="case-of-a-text"),
        pytest.param("([a]>(0) OR [b]>(0) AND [c]>(0))", "(a > 0 OR b > 0) AND c > 0", False, id="and-first"),
        pytest.param("(NEXT VALUE FOR [q])", "NEXT VALUE FOR q", True, id="not-read"),
        pytest.param("(case when [a]>(0) then (1) end)", "CASE WHEN a > 0 THEN 1 END", False, id="not-read-and-spelled-otherwise"),
    ],
)  # fmt: skip
def test_what_the_server_makes_of_an_expression(theirs: str, ours: str, same: bool) -> None:
    assert (plain_expression(theirs) == plain_expression(ours)) is same


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("INTEGER", "int"),
        ("NUMERIC", "decimal(18,0)"),
        ("DEC(5)", "decimal(5,0)"),
        ("DOUBLE PRECISION", "float"),
        ("FLOAT(53)", "float"),
        ("FLOAT(24)", "real"),
        ("NATIONAL CHARACTER VARYING(5)", "nvarchar(5)"),
        ("VARCHAR(5) COLLATE Latin1_General_BIN", "varchar(5)"),
        ("VARCHAR(MAX)", "varchar(max)"),
        ("DATETIME2(7)", "datetime2"),
        ("DATETIMEOFFSET(0)", "datetimeoffset(0)"),
        ("ROWVERSION", "timestamp"),
        ("[Flag]", "flag"),
    ],
)
def test_types_have_one_spelling(given: str, canonical: str) -> None:
    assert canonical_type(given) == canonical
    assert canonical_type(canonical) == canonical


@pytest.mark.parametrize(
    "name", [n for n in dir(mssql_catalog) if n.isupper() and n not in ("PERIOD", "PLAIN")]
)
def test_no_column_of_an_answer_is_called_by_a_reserved_word(name: str) -> None:
    import sqlglot
    from sqlalchemy.dialects.mssql.base import RESERVED_WORDS

    query = (
        getattr(mssql_catalog, name)
        .replace("{plain}", "")
        .replace("{period}", mssql_catalog.PERIOD)
    )
    found = sqlglot.parse_one(query, dialect="tsql").find_all(sqlglot.exp.Alias)

    assert not {a.alias for a in found if not a.args["alias"].quoted} & RESERVED_WORDS


def objects(metadata: MetaData) -> None:
    """Declare what the catalog has, in the words of somebody else."""
    View(
        "adults",
        metadata,
        "SELECT u.id, u.name FROM users u WHERE u.age >= 18".replace("users u", "users AS u"),
        columns=["id", "the name"],
        check_option="cascaded",
    )
    Function(
        "twice",
        metadata,
        "RETURNS int AS BEGIN RETURN @a * 2 END",
        arguments="@a int, @b varchar(10) = 'x,)'",
    )
    Procedure(
        "clean",
        metadata,
        "AS DELETE FROM users WHERE age > @days",
        arguments="@days AS int = 5",
    )
    Trigger("stamp", metadata.tables["users"], "AFTER INSERT, UPDATE", "AS SELECT 1")


def test_views_routines_and_triggers_that_say_the_same_are_in_sync() -> None:
    metadata = models()
    objects(metadata)

    assert said(compared(metadata), server().engine.dialect) == []


def test_views_routines_and_triggers_are_replaced_in_place() -> None:
    metadata = models()
    View("adults", metadata, "SELECT id FROM users WHERE age >= 21")
    Procedure("clean", metadata, "AS DELETE FROM users")
    Trigger("stamp", metadata.tables["users"], "AFTER INSERT", "AS SELECT 1")

    assert said(compared(metadata), server().engine.dialect) == [
        "CREATE OR ALTER PROCEDURE clean AS DELETE FROM users",
        "CREATE OR ALTER VIEW adults AS SELECT id FROM users WHERE age >= 21",
        "CREATE OR ALTER TRIGGER stamp ON users AFTER INSERT AS SELECT 1",
        "DISABLE TRIGGER stamp ON users",
    ]


def test_a_trigger_fires_as_the_models_say() -> None:
    """Where they don't say it stays as it is, also where it is replaced."""
    metadata = models()
    users = metadata.tables["users"]
    Trigger("stamp", users, "AFTER INSERT, UPDATE", "AS SELECT 1", enabled=True)
    other = models()
    Trigger("stamp", other.tables["users"], "AFTER INSERT", "AS SELECT 1")
    dialect = server().engine.dialect

    assert said(compared(metadata), dialect) == ["ENABLE TRIGGER stamp ON users"]
    assert said(compared(other), dialect) == [
        "CREATE OR ALTER TRIGGER stamp ON users AFTER INSERT AS SELECT 1",
        "DISABLE TRIGGER stamp ON users",
    ]


def test_a_view_that_was_renamed_has_its_new_name() -> None:
    metadata = MetaData()
    View("renamed", metadata, "SELECT at FROM log.entries", schema="log")
    found = compared(metadata, include_schemas=True, object_kinds=["view"])

    assert [c.describe() for c in found if "view" in c.describe()] == ["drop view adults"]


PERIOD = {
    **CATALOG,
    "sys.columns": [
        *CATALOG["sys.columns"],
        *(
            {**row, "column_id": number, "generated_always_type": number - 4, "is_hidden": 1}
            for number, row in enumerate(
                columns(
                    POSTS,
                    ("valid_from", "datetime2", 8, 27, 7, False, 0),
                    ("valid_to", "datetime2", 8, 27, 7, False, 0),
                ),
                5,
            )
        ),
    ],
}


def test_the_period_of_a_system_versioned_table_may_stay_unsaid() -> None:
    metadata = models()

    assert compared(metadata, server(PERIOD)) == []
    for name in ("valid_from", "valid_to"):
        column = Column(name, mssql.DATETIME2, nullable=False)
        metadata.tables["posts"].append_column(column)
    assert compared(metadata, server(PERIOD)) == []


@pytest.mark.parametrize(
    ("change", "mend"),
    [
        (DropTable("posts"), "mssql_system_versioning=None"),
        (
            AddColumn("posts", Column("c", Integer, Computed("id + 1"))),
            "mssql_system_versioning=None",
        ),
        (AddColumn("posts", Column("c", Integer, Identity())), "mssql_system_versioning=None"),
        (CreateIndex("ix", "entries", ["at"], schema="log"), "DROP INDEX"),
        (DropIndex("ix", "entries", schema="log"), "DROP INDEX"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Change) else "",
)
def test_what_a_versioned_or_memory_optimized_table_refuses_is_named(
    change: Change, mend: str
) -> None:
    here = server(with_facts(CATALOG, "sys.tables", "entries", is_memory_optimized=1))
    with here.engine.connect() as connection:
        with pytest.raises(UnsupportedChange, match=mend):
            change.statements(connection.dialect, connection)
        other = change.replace(table_name="users", schema=None)
        assert other.statements(connection.dialect, connection)
        plain = AddColumn("posts", Column("c", Integer))
        assert said([plain], connection.dialect) == ["ALTER TABLE posts ADD c INTEGER NULL"]
    assert change.statements(connection.dialect)


def bound(**facts: Any) -> dict[str, Any]:
    """Give the catalog with a view that is bound to two columns of users, and others' facts."""
    about = {"referencing_id": 600, "referenced_id": USERS, "is_schema_bound_reference": 1}
    return {
        **CATALOG,
        "sys.sql_modules": [
            {
                "object_id": 600,
                "is_schema_bound": 1,
                "definition": "CREATE VIEW dbo.adults (id, years) WITH SCHEMABINDING AS "
                "SELECT u.id, u.age FROM dbo.users AS u",
            }
        ],
        "sys.sql_expression_dependencies": [
            {**about, "referenced_minor_id": column} for column in (0, 1, 6)
        ],
        **facts,
    }


BOUND_VIEW = (
    "CREATE VIEW adults (id, years) WITH SCHEMABINDING AS SELECT u.id, u.age FROM dbo.users AS u"
)


def declared(metadata: MetaData, **options: Any) -> MetaData:
    query = "SELECT u.id, u.age FROM dbo.users AS u"
    View("adults", metadata, query, columns=["id", "years"], **options)
    return metadata


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        pytest.param(declared(models(), mssql_schemabinding=True), [], id="in-sync"),
        pytest.param(
            declared(models()),
            ["CREATE OR ALTER VIEW adults (id, years) AS SELECT u.id, u.age FROM dbo.users AS u"],
            id="no-longer-bound",
        ),
        pytest.param(
            models(age=Column("age", Integer)),
            [
                "DROP VIEW adults",
                "DROP INDEX ix_age ON users",
                "ALTER TABLE users DROP CONSTRAINT [CK_age]",
                "ALTER TABLE users DROP COLUMN doubled",
                "ALTER TABLE users ALTER COLUMN age INTEGER NULL",
                "ALTER TABLE users ADD doubled AS (age * 2) PERSISTED",
                "CREATE INDEX ix_age ON users (age, kind DESC) INCLUDE (name) WHERE [age]>(17)",
                "ALTER TABLE users ADD CONSTRAINT [CK_age] CHECK ([age]>=(0) AND [age]<=(150))",
                BOUND_VIEW,
            ],
            id="column-below-it",
        ),
        pytest.param(
            models(bio=Column("bio", Text, nullable=False)),
            ["ALTER TABLE users ALTER COLUMN bio VARCHAR(max) NOT NULL"],
            id="another-column",
        ),
    ],
)
def test_a_view_that_is_bound_goes_before_what_it_binds_and_comes_back(
    metadata: MetaData, expected: list[str]
) -> None:
    """Error 5074; other views look up the columns when they are asked."""
    here = server(bound())

    assert said(compared(metadata, here), here.engine.dialect) == expected


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        ({"sys.indexes": [*CATALOG["sys.indexes"], {"object_id": 600, "name": "cx", "index_id": 1}]}, "indexes"),
        ({"sys.database_permissions": [{"class": 1, "major_id": 600}]}, "privileges"),
    ],
)  # fmt: skip
def test_a_view_that_is_bound_is_not_dropped_with_what_would_not_come_back(
    facts: Any, what: str
) -> None:
    with pytest.raises(NotCarried, match=f"adults.*its {what}"):
        compared(models(age=Column("age", Integer)), server(bound(**facts)))


def test_a_column_that_goes_is_still_used_by_a_view_that_is_bound() -> None:
    metadata = models()
    metadata.tables["users"]._columns.remove(metadata.tables["users"].c.age)
    with pytest.raises(StillUsed, match=r"users\.age.*view adults"):
        compared(metadata, server(bound()))


@pytest.mark.parametrize(
    ("type_", "name", "length", "precision", "scale"),
    [
        (sa.Integer(), "int", 4, 10, 0),
        (sa.SmallInteger(), "smallint", 2, 5, 0),
        (sa.BigInteger(), "bigint", 8, 19, 0),
        (mssql.TINYINT(), "tinyint", 1, 3, 0),
        (sa.Boolean(), "bit", 1, 1, 0),
        (sa.Numeric(), "numeric", 9, 18, 0),
        (sa.Numeric(5), "numeric", 5, 5, 0),
        (sa.DECIMAL(12, 4), "decimal", 9, 12, 4),
        (sa.Float(), "float", 8, 53, 0),
        (sa.Double(), "float", 8, 53, 0),
        (mssql.REAL(), "real", 4, 24, 0),
        (mssql.MONEY(), "money", 8, 19, 4),
        (sa.String(20), "varchar", 20, 0, 0),
        (sa.String(), "varchar", -1, 0, 0),
        (sa.Text(), "varchar", -1, 0, 0),
        (sa.CHAR(3), "char", 3, 0, 0),
        (sa.Unicode(20), "nvarchar", 40, 0, 0),
        (sa.UnicodeText(), "nvarchar", -1, 0, 0),
        (sa.NCHAR(3), "nchar", 6, 0, 0),
        (sa.Enum("a", "bc"), "varchar", 2, 0, 0),
        (sa.LargeBinary(), "varbinary", -1, 0, 0),
        (sa.VARBINARY(16), "varbinary", 16, 0, 0),
        (sa.BINARY(16), "binary", 16, 0, 0),
        (sa.Uuid(), "uniqueidentifier", 16, 0, 0),
        (sa.JSON(), "nvarchar", -1, 0, 0),
        (sa.Date(), "date", 3, 10, 0),
        (sa.Time(), "time", 5, 16, 7),
        (mssql.TIME(2), "time", 3, 11, 2),
        (sa.DateTime(), "datetime", 8, 23, 3),
        (mssql.DATETIME2(), "datetime2", 8, 27, 7),
        (mssql.DATETIME2(3), "datetime2", 7, 23, 3),
        (sa.DateTime(timezone=True), "datetimeoffset", 10, 34, 7),
        (mssql.DATETIMEOFFSET(2), "datetimeoffset", 8, 29, 2),
        (mssql.SMALLDATETIME(), "smalldatetime", 4, 16, 0),
        (sa.Interval(), "datetime", 8, 23, 3),
        (mssql.XML(), "xml", -1, 0, 0),
        (mssql.ROWVERSION(), "timestamp", 8, 0, 0),
        (mssql.SQL_VARIANT(), "sql_variant", 8016, 0, 0),
        (mssql.IMAGE(), "image", 16, 0, 0),
        (mssql.NTEXT(), "ntext", 16, 0, 0),
    ],
    ids=lambda value: repr(value) if isinstance(value, sa.types.TypeEngine) else "",
)  # fmt: skip
def test_each_type_is_read_as_models_say_it(
    type_: Any, name: str, length: int, precision: int, scale: int
) -> None:
    """SQL Server 2022, sys.columns: bytes, digits and fractions of each; and so it is made again."""
    known = database(server().engine.dialect)
    column = Column("c", type_)
    Table("t", MetaData(), column)
    row = SimpleNamespace(type=name, length=length, precision=precision, scale=scale)

    read = type_of(row)

    assert read == known.type_text(column)
    made = known.type_from(ColumnValue("c", read))
    assert known.canonical_type(known.speller.type(made)) == read


def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Make expressions of smaller ones: (kind, ...)."""
    number = st.integers(-9, 99).map(lambda n: ("number", n))
    added = st.tuples(st.sampled_from("+-*/"), st.one_of(number, NAMES), st.one_of(number, NAMES))
    single = st.one_of(number, NAMES, added)
    return st.one_of(
        st.tuples(st.sampled_from(["=", "<>", "<", ">="]), single, single),
        st.tuples(st.just("in"), NAMES, st.lists(number, min_size=1, max_size=4, unique=True)),
        st.tuples(st.just("between"), NAMES, number, number),
        st.tuples(st.just("null"), NAMES),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        st.tuples(st.just("not"), inner),
    )


NAMES = st.sampled_from("abc").map(lambda n: ("name", n))
CONDITIONS = st.recursive(st.tuples(st.just("null"), NAMES), grown, max_leaves=8)


def by_model(e: Any) -> str:
    """Write a condition as a person does, with brackets around all that is two."""
    match e:
        case ("name", name):
            return str(name)
        case ("number", number):
            return str(number)
        case ("in", name, values):
            return f"{by_model(name)} IN ({', '.join(map(by_model, values))})"
        case ("between", name, low, high):
            return f"{by_model(name)} BETWEEN {by_model(low)} AND {by_model(high)}"
        case ("null", name):
            return f"{by_model(name)} IS NULL"
        case ("not", inner):
            return f"NOT ({by_model(inner)})"
        case (sign, left, right):
            return f"({by_model(left)}) {sign} ({by_model(right)})"
    raise AssertionError(e)


def by_server(e: Any) -> str:
    """Write it as the catalog does: IN from behind as OR, numbers and what is ored in brackets."""
    match e:
        case ("name", name):
            return f"[{name}]"
        case ("number", number):
            return f"({number})"
        case ("in", name, values):
            parts = [f"{by_server(name)}={by_server(v)}" for v in reversed(values)]
            return f"({' OR '.join(parts)})" if len(parts) > 1 else parts[0]
        case ("between", name, low, high):
            where = by_server(name)
            return f"({where}>={by_server(low)} AND {where}<={by_server(high)})"
        case ("null", name):
            return f"{by_server(name)} IS NULL"
        case ("not", inner):
            return f"NOT ({by_server(inner)})"
        case ("and" | "or" as word, left, right):
            return f"({by_server(left)} {word.upper()} {by_server(right)})"
        case (sign, left, right):
            return f"({by_server(left)}{sign}{by_server(right)})"
    raise AssertionError(e)


@given(CONDITIONS)
def test_what_the_server_makes_of_any_condition_is_the_same(condition: Any) -> None:
    assert plain_expression(by_server(condition)) == plain_expression(by_model(condition))


SUMS = st.lists(
    st.tuples(st.sampled_from("+-*/"), st.sampled_from(["a", "b", "-c", "3", "7"])),
    min_size=1,
    max_size=4,
).map(lambda parts: "".join(f" {sign} {term}" for sign, term in parts)[3:])
COMPARED = st.one_of(
    st.tuples(SUMS, st.sampled_from([" = ", " <> ", " < ", ">="]), SUMS).map("".join),
    st.tuples(SUMS, st.sampled_from([" BETWEEN 0 AND 5", " NOT IN (1, 2)", " IS NOT NULL"])).map(
        "".join
    ),
)
FLAT = st.lists(
    st.tuples(st.sampled_from([" AND ", " OR "]), st.sampled_from(["", "NOT "]), COMPARED),
    min_size=1,
    max_size=4,
).map(lambda parts: "".join(map("".join, parts)).removeprefix(parts[0][0]))
"""Conditions without a bracket: the operators alone say what belongs together."""


@given(st.one_of(FLAT, CONDITIONS.map(by_model)))
def test_what_is_compared_means_what_was_written(condition: str) -> None:
    """The form is SQL itself, so a database can tell whether it is worth the same."""
    rows = "(SELECT 0 AS a, 5 AS b, 1 AS c UNION ALL SELECT 5, NULL, -1 UNION ALL SELECT -3, 2, 0)"
    with closing(sqlite3.connect(":memory:")) as connection:
        query = f"SELECT {condition}, {plain_expression(condition)} FROM {rows}"
        found = connection.execute(query).fetchall()

    assert [one for one, _ in found] == [other for _, other in found]
