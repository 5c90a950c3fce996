"""Oracle's data dictionary, with rows as its manual describes them, compared with models."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from ddl_autogen import (
    DatabaseType,
    HiddenCatalog,
    Options,
    compare,
    render,
    reverse,
    snapshot,
    snapshot_of,
)
from ddl_autogen.dialects import database, oracle_catalog
from ddl_autogen.dialects.oracle_types import canonical_type, type_of
from ddl_autogen.values import ColumnValue
from ddl_constructs import Change, Function, Procedure, Trigger, View
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Enum,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects import oracle
from sqlalchemy.sql.elements import quoted_name

pytest.importorskip("sqlglot", reason="no parser of Oracle's SQL")
from recorded_server import Recorded, said, table_of, with_facts  # it needs the parser

# Oracle Database Reference 19c: those columns of each view that may be asked for
VIEWS = {
    "all_users": "username user_id created common oracle_maintained",
    "all_tables": "owner table_name tablespace_name iot_name temporary secondary nested duration"
    " dropped compression",
    "all_tab_comments": "owner table_name table_type comments",
    "all_col_comments": "owner table_name column_name comments",
    "all_tab_cols": "owner table_name column_name data_type data_length data_precision data_scale"
    " nullable column_id default_length data_default char_length char_used hidden_column"
    " virtual_column internal_column_id user_generated identity_column default_on_null",
    "all_tab_identity_cols": "owner table_name column_name generation_type sequence_name"
    " identity_options",
    "all_constraints": "owner constraint_name constraint_type table_name search_condition"
    " search_condition_vc r_owner r_constraint_name delete_rule status deferrable deferred"
    " validated generated index_owner index_name",
    "all_cons_columns": "owner constraint_name table_name column_name position",
    "all_indexes": "owner index_name index_type table_owner table_name uniqueness compression"
    " prefix_length generated visibility",
    "all_ind_columns": "index_owner index_name table_owner table_name column_name column_position"
    " descend",
    "all_ind_expressions": "index_owner index_name table_owner table_name column_expression"
    " column_position",
    "all_mviews": "owner mview_name container_name",
    "all_mview_logs": "log_owner master log_table",
    "all_sequences": "sequence_owner sequence_name min_value max_value increment_by cycle_flag"
    " order_flag cache_size last_number",
    "all_views": "owner view_name text_length text",
    "all_tab_columns": "owner table_name column_name column_id",
    "all_source": "owner name type line text",
    "all_triggers": "owner trigger_name trigger_type triggering_event table_owner"
    " base_object_type table_name when_clause status description trigger_body",
    "session_privs": "privilege",
    "dual": "dummy",
}


def of(owner: str, text: str) -> list[dict[str, Any]]:
    """Read rows that all have the same owner."""
    return [{"owner": owner, **row} for row in table_of(text)]


def lines_of(owner: str, text: str) -> list[dict[str, Any]]:
    """Read rows of all_source, where each line ends as it does in a file."""
    return [{**row, "text": f"{row['text']}\n"} for row in of(owner, text)]


CATALOG: dict[str, list[dict[str, Any]]] = {
    "dual": [{"dummy": "X"}],
    "all_users": table_of("""
        username | oracle_maintained
        SYS      | Y
        APP      | N
        LOG      | N
    """),
    "all_tables": [
        {"iot_name": None, "secondary": "N", "nested": "NO", "dropped": "NO", **row}
        for row in [
            *of(
                "APP",
                """
                table_name         | temporary | duration    | nested | dropped
                USERS              | N         |             | NO     | NO
                POSTS              | N         |             | NO     | NO
                SCRATCH            | Y         | SYS$SESSION | NO     | NO
                TOTALS             | N         |             | NO     | NO
                MLOG$_POSTS        | N         |             | NO     | NO
                BIN$abc==$0        | N         |             | NO     | YES
                NESTED_TAB         | N         |             | YES    | NO
                """,
            ),
            *of("LOG", "table_name | temporary\nENTRIES | N"),
        ]
    ],
    "all_mviews": [{"owner": "APP", "mview_name": "TOTALS", "container_name": "TOTALS"}],
    "all_mview_logs": [{"log_owner": "APP", "master": "POSTS", "log_table": "MLOG$_POSTS"}],
    "all_tab_comments": of("APP", "table_name | comments\nUSERS | who is here\nPOSTS |"),
    "all_col_comments": of(
        "APP", "table_name | column_name | comments\nUSERS | NAME | it's a name"
    ),
    "all_tab_cols": [
        {"user_generated": "YES", "virtual_column": "NO", **row}
        for row in [
            *of(
                "APP",
                """
                table_name | column_name  | data_type    | data_length | char_length | char_used | data_precision | data_scale | nullable | data_default   | virtual_column | internal_column_id | user_generated
                USERS      | ID           | NUMBER       | 22          | 0           |           |                | 0          | N        | "ISEQ".nextval | NO             | 1                  | YES
                USERS      | NAME         | VARCHAR2     | 200         | 50          | C         |                |            | N        | 'it''s'        | NO             | 2                  | YES
                USERS      | CODE         | VARCHAR2     | 20          | 20          | B         |                |            | Y        |                | NO             | 3                  | YES
                USERS      | BIO          | CLOB         | 4000        | 0           |           |                |            | Y        | NULL           | NO             | 4                  | YES
                USERS      | KIND         | VARCHAR2     | 20          | 5           | C         |                |            | Y        |                | NO             | 5                  | YES
                USERS      | AGE          | NUMBER       | 22          | 0           |           |                | 0          | Y        |                | NO             | 6                  | YES
                USERS      | PRICE        | NUMBER       | 22          | 0           |           | 10             | 2          | N        | (0)            | NO             | 7                  | YES
                USERS      | JOINED       | DATE         | 7           | 0           |           |                |            | Y        | SYSDATE        | NO             | 8                  | YES
                USERS      | DOUBLED      | NUMBER       | 22          | 0           |           |                | 0          | Y        | "AGE"*2        | YES            | 9                  | YES
                USERS      | Odd Name     | FLOAT        | 22          | 0           |           | 126            |            | Y        |                | NO             | 10                 | YES
                USERS      | SYS_NC00011$ | VARCHAR2     | 200         | 50          | C         |                |            | Y        | LOWER("NAME")  | YES            | 11                 | NO
                POSTS      | ID           | NUMBER       | 22          | 0           |           | 19             | 0          | N        |                | NO             | 1                  | YES
                POSTS      | USER_ID      | NUMBER       | 22          | 0           |           |                | 0          | Y        |                | NO             | 2                  | YES
                POSTS      | SEEN         | TIMESTAMP(6) | 11          | 0           |           |                | 6          | Y        |                | NO             | 3                  | YES
                SCRATCH    | ID           | NUMBER       | 22          | 0           |           |                | 0          | Y        |                | NO             | 1                  | YES
                TOTALS     | N            | NUMBER       | 22          | 0           |           |                |            | Y        |                | NO             | 1                  | YES
                """,
            ),
            *of(
                "LOG",
                "table_name | column_name | data_type | nullable | internal_column_id\nENTRIES | AT | DATE | Y | 1",
            ),
        ]
    ],
    "all_tab_identity_cols": [
        {
            "owner": "APP",
            "table_name": "USERS",
            "column_name": "ID",
            "generation_type": "BY DEFAULT",
            "sequence_name": "ISEQ$$_73411",
            "identity_options": "START WITH: 5, INCREMENT BY: 1, MAX_VALUE: "
            "9999999999999999999999999999, MIN_VALUE: 1, CYCLE_FLAG: N, CACHE_SIZE: 20, "
            "ORDER_FLAG: N, SCALE_FLAG: N, EXTEND_FLAG: N, SESSION_FLAG: N, KEEP_VALUE: N",
        }
    ],
    "all_constraints": [
        {"deferrable": "NOT DEFERRABLE", "deferred": "IMMEDIATE", **row}
        for row in of(
            "APP",
            """
            table_name | constraint_name | constraint_type | search_condition_vc     | r_owner | r_constraint_name | delete_rule | deferrable     | deferred
            USERS      | PK_USERS        | P               |                         |         |                   |             | NOT DEFERRABLE | IMMEDIATE
            USERS      | UQ_CODE         | U               |                         |         |                   |             | DEFERRABLE     | DEFERRED
            USERS      | SYS_C008315     | C               | "NAME" IS NOT NULL      |         |                   |             | NOT DEFERRABLE | IMMEDIATE
            USERS      | CK_AGE          | C               | age BETWEEN 0 AND 150   |         |                   |             | NOT DEFERRABLE | IMMEDIATE
            USERS      | CK_KIND         | C               | kind IN ('user', 'admin') |       |                   |             | NOT DEFERRABLE | IMMEDIATE
            POSTS      | SYS_C008320     | P               |                         |         |                   |             | NOT DEFERRABLE | IMMEDIATE
            POSTS      | FK_USER         | R               |                         | APP     | PK_USERS          | SET NULL    | NOT DEFERRABLE | IMMEDIATE
            """,
        )
    ],
    "all_cons_columns": of(
        "APP",
        """
        table_name | constraint_name | column_name | position
        USERS      | PK_USERS        | ID          | 1
        USERS      | UQ_CODE         | CODE        | 1
        USERS      | UQ_CODE         | KIND        | 2
        USERS      | SYS_C008315     | NAME        |
        USERS      | CK_AGE          | AGE         |
        USERS      | CK_KIND         | KIND        |
        POSTS      | SYS_C008320     | ID          | 1
        POSTS      | FK_USER         | USER_ID     | 1
        """,
    ),
    "all_indexes": [
        {"owner": "APP", "table_owner": "APP", **row}
        for row in table_of("""
            table_name | index_name         | index_type            | uniqueness | compression | prefix_length
            USERS      | PK_USERS           | NORMAL                | UNIQUE     | DISABLED    |
            USERS      | UQ_CODE            | NORMAL                | NONUNIQUE  | DISABLED    |
            USERS      | IX_NAME            | FUNCTION-BASED NORMAL | UNIQUE     | DISABLED    |
            USERS      | SYS_IL0000073412   | LOB                   | UNIQUE     | DISABLED    |
            POSTS      | SYS_C008320        | NORMAL                | UNIQUE     | DISABLED    |
            POSTS      | IX_USER            | FUNCTION-BASED NORMAL | NONUNIQUE  | ENABLED     | 1
            POSTS      | BX_USER            | BITMAP                | NONUNIQUE  | DISABLED    |
        """)
    ],
    "all_ind_columns": [
        {"index_owner": "APP", **row}
        for row in table_of("""
            index_name       | column_name  | column_position | descend
            PK_USERS         | ID           | 1               | ASC
            UQ_CODE          | CODE         | 1               | ASC
            UQ_CODE          | KIND         | 2               | ASC
            IX_NAME          | SYS_NC00011$ | 1               | ASC
            SYS_IL0000073412 | BIO          | 1               | ASC
            SYS_C008320      | ID           | 1               | ASC
            IX_USER          | USER_ID      | 1               | ASC
            IX_USER          | SYS_NC00004$ | 2               | DESC
            BX_USER          | USER_ID      | 1               | ASC
        """)
    ],
    "all_ind_expressions": [
        {"index_owner": "APP", **row}
        for row in table_of("""
            index_name | column_position | column_expression
            IX_NAME    | 1               | LOWER("NAME")
            IX_USER    | 2               | "SEEN"
        """)
    ],
    "all_views": of(
        "APP",
        "view_name | text\nADULTS | SELECT u.id, u.name FROM users u WHERE u.age >= 18 WITH CHECK OPTION",
    ),
    "all_tab_columns": of(
        "APP",
        "table_name | column_name | column_id\nADULTS | ID | 1\nADULTS | The Name | 2\nUSERS | ID | 1",
    ),
    "all_source": lines_of(
        "APP",
        """
        name  | type      | line | text
        TWICE | FUNCTION  | 1    | FUNCTION twice(a NUMBER, b VARCHAR2 := 'x,)')
        TWICE | FUNCTION  | 2    | RETURN NUMBER IS
        TWICE | FUNCTION  | 3    | BEGIN RETURN a * 2; END;
        CLEAN | PROCEDURE | 1    | PROCEDURE "APP"."CLEAN" IS BEGIN DELETE FROM users; END;
        P     | PACKAGE   | 1    | PACKAGE p IS END;
        """,
    ),
    "all_triggers": [
        {
            "owner": "APP",
            "trigger_name": "STAMP",
            "base_object_type": "TABLE",
            "table_name": "USERS",
            "when_clause": "new.age > 5",
            "status": "DISABLED",
            "description": "stamp\nBEFORE INSERT OR UPDATE OF age ON users\nFOR EACH ROW\n",
            "trigger_body": "BEGIN :new.bio := 'x'; END;",
        },
        {"owner": "APP", "trigger_name": "LOGON", "base_object_type": "SCHEMA"},
    ],
    "all_sequences": table_of("""
        sequence_owner | sequence_name | min_value | max_value                    | increment_by | cycle_flag | cache_size | last_number
        APP            | PLAIN         | 1         | 9999999999999999999999999999 | 1            | N          | 20         | 41
        APP            | ORDERS        | 1         | 9999                         | 5            | Y          | 50         | 1000
        APP            | BARE          | 1         | 9999999999999999999999999999 | 1            | N          | 0          | 41
        APP            | ISEQ$$_73411  | 1         | 9999999999999999999999999999 | 1            | N          | 20         | 21
    """),
}


def server(catalog: Any = CATALOG, *, user: str = "APP") -> Recorded:
    return Recorded(
        "oracle",
        "oracle",
        VIEWS,
        catalog,
        {"SYS_CONTEXT": lambda *_: user},
        version=(19, 3),
        schema="app",
    )


def models(**other: Column[Any]) -> MetaData:
    """Give models that say what the dictionary does; but for some columns, by their names."""
    metadata = MetaData()

    def made(of: str, *given: Column[Any]) -> list[Column[Any]]:
        return [other.pop(f"{c.name}_of_{of}", other.pop(c.name, c)) for c in given]

    Table(
        "users",
        metadata,
        *made(
            "users",
            Column("id", Integer, Identity(start=5), primary_key=True),
            Column(
                "name", String(50), nullable=False, server_default="it's", comment="it's a name"
            ),
            Column("code", DatabaseType("VARCHAR2(20 BYTE)")),
            Column("bio", Text),
            Column(
                "kind",
                Enum("user", "admin", native_enum=False, create_constraint=True, name="ck_kind"),
            ),
            Column("age", Integer),
            Column("price", Numeric(10, 2), nullable=False, server_default=text("0")),
            Column("joined", DateTime, server_default=text("sysdate")),
            Column("doubled", Integer, Computed("age * 2")),
            Column("Odd Name", Float),
        ),
        CheckConstraint("age BETWEEN 0 AND 150", name="ck_age"),
        UniqueConstraint("code", "kind", name="uq_code", deferrable=True, initially="DEFERRED"),
        comment="who is here",
    )
    Index("ix_name", func.lower(metadata.tables["users"].c.name), unique=True)
    posts = Table(
        "posts",
        metadata,
        *made(
            "posts",
            Column("id", BigInteger, primary_key=True),
            Column("user_id", ForeignKey("users.id", ondelete="SET NULL", onupdate="CASCADE")),
            Column("seen", oracle.TIMESTAMP),
        ),
    )
    Index("ix_user", posts.c.user_id, posts.c.seen.desc(), oracle_compress=1)
    Index("bx_user", posts.c.user_id, oracle_bitmap=True)
    Table(
        "scratch",
        metadata,
        Column("id", Integer),
        prefixes=["GLOBAL TEMPORARY"],
        oracle_on_commit="PRESERVE ROWS",
    )
    Sequence("plain", metadata=metadata)
    Sequence("bare", cache=0, metadata=metadata)
    Sequence(
        "orders", start=1000, increment=5, maxvalue=9999, cycle=True, cache=50, metadata=metadata
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
    Table("entries", metadata, Column("at", DateTime), schema="log")

    assert compared(metadata, include_schemas=True) == []


def test_a_snapshot_is_what_models_say() -> None:
    """Value by value; what the server made for itself (logs, kept views, LOB indexes) is left out."""
    with server().engine.connect() as connection:
        theirs = snapshot(connection)

    ours = snapshot_of(models(), connection.dialect, "app")
    assert list(theirs.tables) == list(ours.tables)
    assert list(theirs.sequences) == list(ours.sequences)
    for key, table in ours.tables.items():
        there = theirs.tables[key]
        for column, ours_ in zip(there.columns, table.columns, strict=True):
            assert (column.name, column.type, column.nullable) == (
                *(ours_.name, ours_.type, ours_.nullable),
            )
            assert (column.comment, column.identity) == (ours_.comment, ours_.identity)
        assert [i.name for i in there.indexes] == sorted(str(i.name) for i in table.indexes)
        assert there.options == table.options


def test_the_number_of_queries_does_not_grow_with_the_tables() -> None:
    asked = []
    for tables in ([], CATALOG["all_tables"][:1], CATALOG["all_tables"]):
        with (here := server({**CATALOG, "all_tables": tables})).engine.connect() as connection:
            snapshot(connection)
        asked.append(len(here.asked))

    assert asked == [5, 5, 5]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        pytest.param(
            Column("age", Numeric(8, 1)),
            [
                "ALTER TABLE users DROP COLUMN doubled",
                "ALTER TABLE users MODIFY age NUMERIC(8, 1)",
                "ALTER TABLE users ADD doubled INTEGER GENERATED ALWAYS AS (age * 2)",
            ],
            id="type-under-a-virtual-column",
        ),
        pytest.param(
            Column("name", String(60), nullable=False, server_default="it's", comment="it's a name"),
            [
                "DROP INDEX ix_name",
                "ALTER TABLE users MODIFY name VARCHAR2(60 CHAR)",
                "CREATE UNIQUE INDEX ix_name ON users (lower(name))",
            ],
            id="type-under-an-index-by-expression",
        ),
        pytest.param(Column("code", String(20)), ["ALTER TABLE users MODIFY code VARCHAR2(20 CHAR)"], id="type-under-a-key"),
        pytest.param(Column("age", BigInteger), [], id="whole-number"),
        pytest.param(Column("age", Numeric), [], id="numeric-is-a-whole-number"),
        pytest.param(Column("id_of_posts", Integer, primary_key=True), [], id="digits-enough"),
        pytest.param(Column("id_of_posts", oracle.NUMBER(10, 0), primary_key=True), ["ALTER TABLE posts MODIFY id NUMBER(10, 0)"], id="digits-said"),
        pytest.param(Column("price", Integer, nullable=False, server_default=text("0")), ["ALTER TABLE users MODIFY price INTEGER"], id="not-whole"),
        pytest.param(Column("age", Integer, nullable=False), ["ALTER TABLE users MODIFY age NOT NULL"], id="not-null"),
        pytest.param(Column("name", String(50), server_default="it's", comment="it's a name"), ["ALTER TABLE users MODIFY name NULL"], id="null"),
        pytest.param(Column("code", String(20)), ["ALTER TABLE users MODIFY code VARCHAR2(20 CHAR)"], id="characters-for-bytes"),
        pytest.param(Column("bio", Text, server_default=text("NULL")), [], id="default-null"),
        pytest.param(
            Column("price", Numeric(10, 2), nullable=False, server_default="0.0"), [], id="number-as-text"
        ),
        pytest.param(
            Column("price", Numeric(10, 2), nullable=False, server_default=text("1")),
            ["ALTER TABLE users MODIFY price DEFAULT 1"],
            id="default",
        ),
        pytest.param(
            Column("price", Numeric(10, 2), nullable=False), ["ALTER TABLE users MODIFY price DEFAULT NULL"], id="no-default"
        ),
        pytest.param(Column("bio", Text, comment="it's"), ["COMMENT ON COLUMN users.bio IS 'it''s'"], id="comment"),
        pytest.param(
            Column("doubled", Integer, Computed("age * 3")),
            ["ALTER TABLE users MODIFY doubled GENERATED ALWAYS AS (age * 3)"],
            id="virtual",
        ),
        pytest.param(
            Column("doubled", Numeric(20, 2), Computed("age * 3")),
            ["ALTER TABLE users DROP COLUMN doubled", "ALTER TABLE users ADD doubled NUMERIC(20, 2) GENERATED ALWAYS AS (age * 3)"],
            id="virtual-of-another-type",
        ),
        pytest.param(
            Column("id", Integer, Identity(start=5, always=True), primary_key=True),
            ["ALTER TABLE users MODIFY id GENERATED ALWAYS AS IDENTITY"],
            id="identity",
        ),
        pytest.param(
            Column("id", Integer, primary_key=True), ["ALTER TABLE users MODIFY id DROP IDENTITY"], id="no-identity"
        ),
        pytest.param(
            Column("user_id", ForeignKey("users.id", ondelete="CASCADE")),
            [
                "ALTER TABLE posts DROP CONSTRAINT fk_user",
                "ALTER TABLE posts ADD CONSTRAINT posts_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE",
            ],
            id="foreign-key",
        ),
        pytest.param(
            Column("kind", Enum("user", native_enum=False, length=5, create_constraint=True, name="ck_kind")),
            [
                "ALTER TABLE users DROP CONSTRAINT ck_kind",
                "ALTER TABLE users ADD CONSTRAINT ck_kind CHECK (kind IN ('user'))",
            ],
            id="check-of-a-type",
        ),
        pytest.param(Column("seen", oracle.TIMESTAMP(timezone=True)), ["DROP INDEX ix_user", "ALTER TABLE posts MODIFY seen TIMESTAMP WITH TIME ZONE", "CREATE INDEX ix_user ON posts (user_id, seen DESC) COMPRESS 1"], id="zone"),
        pytest.param(Column(quoted_name("Odd Name", True), Integer), ['ALTER TABLE users MODIFY "Odd Name" INTEGER'], id="odd-name"),
    ],
)  # fmt: skip
def test_what_is_different_of_a_column(column: Column[Any], expected: list[str]) -> None:
    key = "id_of_users" if column.name == "id" else column.name
    if key == "id_of_posts":
        column.name = "id"

    assert said(compared(models(**{key: column})), server().engine.dialect) == expected


OF_ORACLE = "oracle_" if hasattr(Identity, "dialect_kwargs") else ""  # SQLAlchemy 2.1
ORDERED: dict[str, Any] = {f"{OF_ORACLE}order": True}
ON_NULL: dict[str, Any] = {f"{OF_ORACLE}on_null": True}
AGE_ON_NULL = with_facts(
    CATALOG, "all_tab_cols", "AGE", default_on_null="YES", data_default="5", nullable="N"
)
ID_ON_NULL = {
    **with_facts(CATALOG, "all_tab_cols", '"ISEQ".nextval', default_on_null="YES"),
    "all_tab_identity_cols": [
        {
            **row,
            "identity_options": row["identity_options"].replace("ORDER_FLAG: N", "ORDER_FLAG: Y"),
        }
        for row in CATALOG["all_tab_identity_cols"]
    ],
}


def by_default(**options: Any) -> Column[Any]:
    return Column("id", Integer, Identity(start=5, **options), primary_key=True)


@pytest.mark.parametrize(
    ("catalog", "column", "expected"),
    [
        pytest.param(AGE_ON_NULL, Column("age", Integer, server_default=text("on null '5.0'")), [], id="default-on-null"),
        pytest.param(
            CATALOG,
            Column("age", Integer, server_default=text("ON NULL 5")),
            ["ALTER TABLE users MODIFY age DEFAULT ON NULL 5"],
            id="default-gets-on-null",
        ),
        pytest.param(
            AGE_ON_NULL,
            Column("age", Integer, server_default=text("5"), nullable=False),
            ["ALTER TABLE users MODIFY age DEFAULT 5 NOT NULL"],
            id="default-loses-on-null",
        ),
        pytest.param(
            AGE_ON_NULL, Column("age", Integer), ["ALTER TABLE users MODIFY age DEFAULT NULL"], id="no-default-on-null"
        ),
        pytest.param(ID_ON_NULL, by_default(**ORDERED, **ON_NULL), [], id="identity-on-null-and-ordered"),
        pytest.param(
            ID_ON_NULL,
            by_default(),
            ["ALTER TABLE users MODIFY id GENERATED BY DEFAULT AS IDENTITY (NOORDER)"],
            id="identity-loses-them",
        ),
        pytest.param(
            ID_ON_NULL,
            by_default(**ORDERED, **ON_NULL, cache=50),
            ["ALTER TABLE users MODIFY id GENERATED BY DEFAULT ON NULL AS IDENTITY (CACHE 50 ORDER)"],
            id="identity-keeps-them",
        ),
        pytest.param(with_facts(CATALOG, "all_tab_cols", "AGE", hidden_column="YES"), Column("age", Integer), [], id="invisible"),
        pytest.param(CATALOG, Column("age", Integer, server_default=""), [], id="empty-string-is-null"),
    ],
)  # fmt: skip
def test_what_oracle_alone_says_of_a_column(
    catalog: Any, column: Column[Any], expected: list[str]
) -> None:
    key = "id_of_users" if column.name == "id" else column.name

    assert (
        said(compared(models(**{key: column}), server(catalog)), server().engine.dialect)
        == expected
    )


def test_what_oracle_alone_says_of_numbers_comes_back_with_a_table() -> None:
    dialect = server().engine.dialect
    back = reverse(compared(MetaData(), server(ID_ON_NULL)), dialect)

    written = "\n".join(render(back, dialect=dialect).lines)
    assert "GENERATED BY DEFAULT ON NULL AS IDENTITY (START WITH 5 ORDER)" in "".join(
        said(back, dialect)
    )
    assert f"sa.Identity(start=5, {OF_ORACLE}on_null=True, {OF_ORACLE}order=True)" in written


def test_a_sequence_is_compared_by_its_order() -> None:
    ordered = server(with_facts(CATALOG, "all_sequences", "PLAIN", order_flag="Y"))
    metadata = models()

    (change,) = compared(metadata, ordered)
    assert str(change.compile(dialect=ordered.engine.dialect)) == "ALTER SEQUENCE plain NOORDER"
    metadata._sequences["plain"] = Sequence("plain", metadata=MetaData(), **ORDERED)
    assert compared(metadata, ordered) == []


def test_a_table_that_goes_comes_back_as_it_was() -> None:
    """What is made from the rows alone is what the models would make."""
    gone = compared(MetaData())
    dialect = server().engine.dialect

    assert [c.describe() for c in gone] == [
        "drop table posts",
        "drop table scratch",
        "drop table users",
        "drop sequence bare",
        "drop sequence orders",
        "drop sequence plain",
    ]
    assert said(reverse(gone, dialect), dialect) == [
        "CREATE SEQUENCE plain INCREMENT BY 1 MINVALUE 1 MAXVALUE 9999999999999999999999999999 "
        "CACHE 20 NOCYCLE NOORDER",
        "CREATE SEQUENCE orders INCREMENT BY 5 MINVALUE 1 MAXVALUE 9999 CACHE 50 CYCLE NOORDER",
        "CREATE SEQUENCE bare INCREMENT BY 1 MINVALUE 1 MAXVALUE 9999999999999999999999999999 "
        "NOCACHE NOCYCLE NOORDER",
        "CREATE TABLE users ( id INTEGER GENERATED BY DEFAULT AS IDENTITY (START WITH 5), "
        "name VARCHAR2(50 CHAR) DEFAULT 'it''s' NOT NULL, code VARCHAR2(20 BYTE), bio CLOB, "
        "kind VARCHAR2(5 CHAR), age INTEGER, price NUMERIC(10, 2) DEFAULT (0) NOT NULL, "
        'joined DATE DEFAULT SYSDATE, doubled INTEGER GENERATED ALWAYS AS ("AGE"*2) VIRTUAL, '
        '"Odd Name" FLOAT, CONSTRAINT pk_users PRIMARY KEY (id), '
        "CONSTRAINT uq_code UNIQUE (code, kind) DEFERRABLE INITIALLY DEFERRED, "
        "CONSTRAINT ck_age CHECK (age BETWEEN 0 AND 150), "
        "CONSTRAINT ck_kind CHECK (kind IN ('user', 'admin')) )",
        "COMMENT ON TABLE users IS 'who is here'",
        "COMMENT ON COLUMN users.name IS 'it''s a name'",
        'CREATE UNIQUE INDEX ix_name ON users (LOWER("NAME"))',
        "CREATE GLOBAL TEMPORARY TABLE scratch ( id INTEGER ) ON COMMIT PRESERVE ROWS",
        "CREATE TABLE posts ( id NUMBER(19) NOT NULL, user_id INTEGER, seen TIMESTAMP, "
        "CONSTRAINT sys_c008320 PRIMARY KEY (id), "
        "CONSTRAINT fk_user FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE SET NULL )",
        "CREATE BITMAP INDEX bx_user ON posts (user_id)",
        "CREATE INDEX ix_user ON posts (user_id, seen DESC) COMPRESS 1",
    ]


def test_what_goes_is_written_down_so_that_it_can_come_back() -> None:
    dialect = server().engine.dialect
    lines = "\n".join(render(reverse(compared(MetaData()), dialect), dialect=dialect).lines)

    for part in (
        'sa.Column("id", sa.Integer(), sa.Identity(start=5), nullable=False)',
        'ddl_autogen.DatabaseType("VARCHAR2(20 BYTE)")',
        "sa.Computed('\"AGE\"*2', persisted=False)",
        'prefixes=("GLOBAL TEMPORARY",)',
        'oracle_on_commit="PRESERVE ROWS"',
        'op.f("bx_user"), "posts", ["user_id"], oracle_bitmap=True',
        "sa.text('LOWER(\"NAME\")')",
        "oracle_compress=1",
    ):
        assert part in lines


def test_a_sequence_is_not_compared_by_where_it_began() -> None:
    """The dictionary doesn't keep that; ALTER SEQUENCE couldn't say it."""
    metadata = models()
    metadata._sequences["orders"].start = 1
    assert compared(metadata) == []

    metadata._sequences["orders"].cache = 100
    (change,) = compared(metadata)
    assert str(change.compile(dialect=server().engine.dialect)) == "ALTER SEQUENCE orders CACHE 100"


def test_a_class_mapped_to_a_view_makes_no_table() -> None:
    metadata = models()
    for name in ("adults", "totals", "new"):
        Table(name, metadata, Column("id", Integer, primary_key=True))

    assert [c.describe() for c in compared(metadata)] == ["create table new (1 column)"]


def test_what_a_user_may_not_see_is_not_taken_for_missing() -> None:
    """One's own schema is seen whole; of another what was granted."""
    metadata = models()
    Table("new", metadata, Column("id", Integer))

    assert len(compared(metadata)) == 1
    with pytest.raises(HiddenCatalog, match=r"reader may not see all of app.*SELECT ANY TABLE"):
        compared(metadata, server(user="READER"))
    granted = {**CATALOG, "session_privs": [{"privilege": "SELECT ANY TABLE"}]}
    assert len(compared(metadata, server(granted, user="READER"))) == 1


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("INTEGER", "number(*,0)"),
        ("SMALLINT", "number(*,0)"),
        ("NUMERIC", "number(*,0)"),
        ("DECIMAL(5)", "number(5,0)"),
        ("NUMBER", "number"),
        ("NUMBER(19)", "number(19,0)"),
        ("FLOAT", "float(126)"),
        ("DOUBLE PRECISION", "float(126)"),
        ("REAL", "float(63)"),
        ("VARCHAR(5 CHAR)", "varchar2(5 char)"),
        ("VARCHAR2(5)", "varchar2(5 byte)"),
        ("CHAR", "char(1 byte)"),
        ("NVARCHAR2(5)", "nvarchar2(5)"),
        ("TIMESTAMP", "timestamp(6)"),
        ("TIMESTAMP WITH TIME ZONE", "timestamp(6) with time zone"),
        ("TIMESTAMP(3) WITH LOCAL TIME ZONE", "timestamp(3) with local time zone"),
        ("INTERVAL DAY TO SECOND", "interval day(2) to second(6)"),
        ("RAW(16)", "raw(16)"),
        ("LONG RAW", "long raw"),
    ],
)
def test_types_have_one_spelling(given: str, canonical: str) -> None:
    assert canonical_type(given) == canonical
    assert canonical_type(canonical) == canonical


@pytest.mark.parametrize("name", [n for n in dir(oracle_catalog) if n.isupper()])
def test_no_column_of_an_answer_is_called_by_a_reserved_word(name: str) -> None:
    import sqlglot
    from sqlalchemy.dialects.oracle.base import RESERVED_WORDS

    query = getattr(oracle_catalog, name)
    found = sqlglot.parse_one(query, dialect="oracle").find_all(sqlglot.exp.Alias)

    assert not {a.alias.lower() for a in found} & set(RESERVED_WORDS)


def objects(metadata: MetaData) -> None:
    """Declare what the dictionary has, in the words of somebody else."""
    View(
        "adults",
        metadata,
        "select u.id, u.name from users u where u.age >= 18",
        columns=["id", "The Name"],
        check_option="cascaded",
    )
    Function(
        "twice",
        metadata,
        "RETURN NUMBER IS BEGIN RETURN a * 2; END;",
        arguments="a NUMBER, b VARCHAR2 := 'x,)'",
    )
    Procedure("clean", metadata, "IS BEGIN DELETE FROM users; END;")
    Trigger(
        "stamp",
        metadata.tables["users"],
        "BEFORE UPDATE OF age OR INSERT",
        "FOR EACH ROW WHEN (new.age > 5) BEGIN :new.bio := 'x'; END;",
    )


def test_views_routines_and_triggers_that_say_the_same_are_in_sync() -> None:
    metadata = models()
    objects(metadata)

    assert said(compared(metadata), server().engine.dialect) == []


def test_views_routines_and_triggers_are_replaced_in_place() -> None:
    metadata = models()
    View("adults", metadata, "SELECT id FROM users WHERE age >= 21")
    Procedure("clean", metadata, "IS BEGIN NULL; END;")
    Trigger("stamp", metadata.tables["users"], "AFTER INSERT", "BEGIN NULL; END;")

    assert said(compared(metadata), server().engine.dialect) == [
        "CREATE OR REPLACE PROCEDURE clean IS BEGIN NULL; END;",
        "CREATE OR REPLACE VIEW adults AS SELECT id FROM users WHERE age >= 21",
        "CREATE OR REPLACE TRIGGER stamp AFTER INSERT ON users BEGIN NULL; END;",
        "ALTER TRIGGER stamp DISABLE",
    ]


@pytest.mark.parametrize(
    ("type_", "name", "length", "characters", "precision", "scale"),
    [
        (sa.Integer(), "NUMBER", 22, None, None, 0),
        (sa.SmallInteger(), "NUMBER", 22, None, None, 0),
        (sa.BigInteger(), "NUMBER", 22, None, 19, 0),
        (sa.Numeric(), "NUMBER", 22, None, None, 0),
        (sa.Numeric(5), "NUMBER", 22, None, 5, 0),
        (sa.Numeric(12, 4), "NUMBER", 22, None, 12, 4),
        (oracle.NUMBER(), "NUMBER", 22, None, None, None),
        (oracle.NUMBER(3, 0), "NUMBER", 22, None, 3, 0),
        (sa.Float(), "FLOAT", 22, None, 126, None),
        (sa.Double(), "FLOAT", 22, None, 126, None),
        (oracle.FLOAT(binary_precision=20), "FLOAT", 22, None, 20, None),
        (oracle.REAL(), "FLOAT", 22, None, 63, None),
        (oracle.BINARY_DOUBLE(), "BINARY_DOUBLE", 8, None, None, None),
        (oracle.BINARY_FLOAT(), "BINARY_FLOAT", 4, None, None, None),
        (sa.String(20), "VARCHAR2", 80, 20, None, None),
        (sa.Unicode(20), "VARCHAR2", 80, 20, None, None),
        (sa.Enum("a", "bc"), "VARCHAR2", 8, 2, None, None),
        (oracle.NVARCHAR2(20), "NVARCHAR2", 40, 20, None, None),
        (sa.Text(), "CLOB", 4000, None, None, None),
        (oracle.NCLOB(), "NCLOB", 4000, None, None, None),
        (sa.LargeBinary(), "BLOB", 4000, None, None, None),
        (oracle.RAW(16), "RAW", 16, None, None, None),
        (oracle.LONG(), "LONG", 0, None, None, None),
        (sa.Date(), "DATE", 7, None, None, None),
        (sa.DateTime(), "DATE", 7, None, None, None),
        (oracle.TIMESTAMP(), "TIMESTAMP(6)", 11, None, None, 6),
        (oracle.TIMESTAMP(timezone=True), "TIMESTAMP(6) WITH TIME ZONE", 13, None, None, 6),
        (oracle.TIMESTAMP(local_timezone=True), "TIMESTAMP(6) WITH LOCAL TIME ZONE", 11, None, None, 6),
        (sa.Interval(), "INTERVAL DAY(2) TO SECOND(6)", 11, None, 2, 6),
        (oracle.ROWID(), "ROWID", 10, None, None, None),
    ],
    ids=lambda value: repr(value) if isinstance(value, sa.types.TypeEngine) else "",
)  # fmt: skip
def test_each_type_is_read_as_models_say_it(
    type_: Any, name: str, length: int, characters: int, precision: int, scale: int
) -> None:
    """Oracle Database Reference 19c, ALL_TAB_COLUMNS; and so it is made again."""
    known = database(server().engine.dialect)
    column = Column("c", type_)
    Table("t", MetaData(), column)
    row = SimpleNamespace(
        type=name,
        length=length,
        characters=characters,
        char_used="C" if characters else None,
        precision=precision,
        scale=scale,
    )

    read = type_of(row)

    assert read == known.type_text(column)
    made = known.type_from(ColumnValue("c", read))
    assert known.canonical_type(known.speller.type(made)) == read


@pytest.mark.parametrize(
    ("constraint", "index", "expected"),
    [
        pytest.param(("code", "kind"), None, [], id="a-constraint-for-a-constraint"),
        pytest.param(None, ("code", "kind"), [], id="an-index-for-a-constraint"),
        pytest.param(
            None,
            ("code",),
            [
                "ALTER TABLE users DROP CONSTRAINT uq_code",
                "CREATE UNIQUE INDEX uq_code ON users (code)",
            ],
            id="another-index",
        ),
    ],
)
def test_unique_and_a_unique_index_are_one_thing(
    constraint: tuple[str, ...] | None, index: tuple[str, ...] | None, expected: list[str]
) -> None:
    metadata = models()
    users = metadata.tables["users"]
    users.constraints -= {c for c in users.constraints if isinstance(c, UniqueConstraint)}
    if constraint:
        users.append_constraint(
            UniqueConstraint(*constraint, name="uq_code", deferrable=True, initially="DEFERRED")
        )
    if index:
        Index("uq_code", *(users.c[name] for name in index), unique=True)

    assert said(compared(metadata), server().engine.dialect) == expected


def test_a_unique_index_stands_for_a_constraint_of_its_name() -> None:
    catalog = {
        **CATALOG,
        "all_constraints": [
            c for c in CATALOG["all_constraints"] if c["constraint_name"] != "UQ_CODE"
        ],
        "all_indexes": [
            {**i, "uniqueness": "UNIQUE"} if i["index_name"] == "UQ_CODE" else i
            for i in CATALOG["all_indexes"]
        ],
    }
    metadata = models()
    users = metadata.tables["users"]
    users.constraints -= {c for c in users.constraints if isinstance(c, UniqueConstraint)}
    users.append_constraint(UniqueConstraint("code", "kind", name="uq_code"))

    assert compared(metadata, server(catalog)) == []
