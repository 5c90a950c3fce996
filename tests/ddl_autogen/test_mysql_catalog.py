"""MySQL's information_schema, with rows as its manual describes them, compared with models.

MariaDB is here and MySQL isn't; where they report otherwise, it is MySQL's form that stands here.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ddl_autogen import Options, snapshot
from ddl_autogen.autogenerate import compare_snapshots
from ddl_autogen.compare import Context
from ddl_autogen.dialects import database, mysql_catalog
from ddl_autogen.models import model_snapshot
from ddl_autogen.namespaces import Namespaces
from ddl_autogen.normalise import in_own_form
from ddl_autogen.snapshot import read_snapshot
from ddl_constructs import Change
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import DBAPIError

pytest.importorskip("sqlglot", reason="no parser of MySQL's SQL")
from recorded_server import Recorded, table_of  # it needs the parser

# MySQL 8.4 manual, INFORMATION_SCHEMA Tables: those columns of each that may be asked for
VIEWS = {
    "information_schema.schemata": "SCHEMA_NAME DEFAULT_CHARACTER_SET_NAME DEFAULT_COLLATION_NAME",
    "information_schema.tables": "TABLE_SCHEMA TABLE_NAME TABLE_TYPE ENGINE ROW_FORMAT"
    " TABLE_COLLATION CREATE_OPTIONS TABLE_COMMENT",
    "information_schema.columns": "TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION"
    " COLUMN_DEFAULT IS_NULLABLE DATA_TYPE COLUMN_TYPE CHARACTER_SET_NAME COLLATION_NAME"
    " COLUMN_KEY EXTRA COLUMN_COMMENT GENERATION_EXPRESSION SRS_ID",
    "information_schema.statistics": "TABLE_SCHEMA TABLE_NAME NON_UNIQUE INDEX_NAME SEQ_IN_INDEX"
    " COLUMN_NAME COLLATION SUB_PART NULLABLE INDEX_TYPE COMMENT IS_VISIBLE EXPRESSION",
    "information_schema.key_column_usage": "CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA"
    " TABLE_NAME COLUMN_NAME ORDINAL_POSITION REFERENCED_TABLE_SCHEMA REFERENCED_TABLE_NAME"
    " REFERENCED_COLUMN_NAME",
    "information_schema.referential_constraints": "CONSTRAINT_SCHEMA CONSTRAINT_NAME"
    " UNIQUE_CONSTRAINT_NAME MATCH_OPTION UPDATE_RULE DELETE_RULE TABLE_NAME"
    " REFERENCED_TABLE_NAME",
    "information_schema.table_constraints": "CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA"
    " TABLE_NAME CONSTRAINT_TYPE ENFORCED",
    "information_schema.check_constraints": "CONSTRAINT_SCHEMA CONSTRAINT_NAME CHECK_CLAUSE",
}
BEFORE_8_0_13 = {
    **{k: v for k, v in VIEWS.items() if not k.endswith("check_constraints")},
    "information_schema.statistics": VIEWS["information_schema.statistics"].removesuffix(
        " EXPRESSION"
    ),
}


def of(schema_column: str, text: str) -> list[dict[str, Any]]:
    return [{schema_column: "app", **row} for row in table_of(text)]


CATALOG: dict[str, list[dict[str, Any]]] = {
    "information_schema.schemata": table_of(
        "SCHEMA_NAME | DEFAULT_COLLATION_NAME\napp | utf8mb4_0900_ai_ci\nmysql | utf8mb4_0900_ai_ci"
    ),
    "information_schema.tables": of(
        "TABLE_SCHEMA",
        """
        TABLE_NAME | TABLE_TYPE | ENGINE | ROW_FORMAT | TABLE_COLLATION    | CREATE_OPTIONS | TABLE_COMMENT
        users      | BASE TABLE | InnoDB | Dynamic    | utf8mb4_0900_ai_ci |                | who is here
        posts      | BASE TABLE | InnoDB | Dynamic    | utf8mb4_0900_ai_ci |                |
        seen       | VIEW       |        |            |                    |                | VIEW
        """,
    ),
    "information_schema.columns": [
        {
            "EXTRA": "",
            "COLUMN_COMMENT": "",
            "GENERATION_EXPRESSION": "",
            **{k: str(v) if k == "COLUMN_DEFAULT" else v for k, v in row.items() if v is not None},
        }
        for row in of(
            "TABLE_SCHEMA",
            r"""
            TABLE_NAME | COLUMN_NAME | ORDINAL_POSITION | COLUMN_DEFAULT    | IS_NULLABLE | COLUMN_TYPE         | COLLATION_NAME     | EXTRA                                         | COLUMN_COMMENT | GENERATION_EXPRESSION
            users      | id          | 1                |                   | NO          | int                 |                    | auto_increment                                |                |
            users      | name        | 2                | it's              | NO          | varchar(50)         | utf8mb4_0900_ai_ci |                                               | it's a name    |
            users      | code        | 3                |                   | YES         | char(36)            | utf8mb3_bin        |                                               |                |
            users      | token       | 4                | uuid()            | YES         | char(36)            | utf8mb4_0900_ai_ci | DEFAULT_GENERATED                             |                |
            users      | kind        | 5                | user              | NO          | enum('user','it''s') | utf8mb4_0900_ai_ci |                                              |                |
            users      | active      | 6                | 1                 | YES         | tinyint(1)          |                    |                                               |                |
            users      | age         | 7                |                   | YES         | int unsigned        |                    |                                               |                |
            users      | price       | 8                | 0.00              | NO          | decimal(10,2)       |                    |                                               |                |
            users      | joined      | 9                | CURRENT_TIMESTAMP | YES         | datetime            |                    | DEFAULT_GENERATED                             |                |
            users      | changed     | 10               | CURRENT_TIMESTAMP | YES         | timestamp           |                    | DEFAULT_GENERATED on update CURRENT_TIMESTAMP |                |
            users      | doubled     | 11               |                   | YES         | int                 |                    | STORED GENERATED                              |                | (`age` * 2)
            users      | halved      | 12               |                   | YES         | int                 |                    | VIRTUAL GENERATED                             |                | (`age` / 2)
            users      | flags       | 13               | b'10'             | YES         | bit(2)              |                    |                                               |                |
            users      | data        | 14               |                   | YES         | json                |                    |                                               |                |
            users      | hidden      | 15               | 3                 | YES         | int                 |                    | INVISIBLE                                     |                |
            posts      | id          | 1                |                   | NO          | bigint              |                    | auto_increment                                |                |
            posts      | user_id     | 2                |                   | YES         | int                 |                    |                                               |                |
            posts      | title       | 3                | _utf8mb4\'it\\\'s\' | YES         | text                | utf8mb4_0900_ai_ci | DEFAULT_GENERATED                             |                |
            posts      | day         | 4                | 2000-01-01        | YES         | date                |                    |                                               |                |
            """,
        )
    ],
    "information_schema.statistics": of(
        "TABLE_SCHEMA",
        """
        TABLE_NAME | NON_UNIQUE | INDEX_NAME | SEQ_IN_INDEX | COLUMN_NAME | COLLATION | SUB_PART | INDEX_TYPE | EXPRESSION
        users      | 0          | PRIMARY    | 1            | id          | A         |          | BTREE      |
        users      | 0          | uq_code    | 1            | code        | A         |          | BTREE      |
        users      | 1          | ix_lower   | 1            |             | A         |          | BTREE      | lower(`name`)
        users      | 1          | ix_lower   | 2            | age         | D         |          | BTREE      |
        posts      | 0          | PRIMARY    | 1            | id          | A         |          | BTREE      |
        posts      | 1          | fk_user    | 1            | user_id     | A         |          | BTREE      |
        posts      | 1          | ix_title   | 1            | title       | A         | 20       | BTREE      |
        posts      | 1          | ft_title   | 1            | title       |           |          | FULLTEXT   |
        """,
    ),
    "information_schema.key_column_usage": of(
        "TABLE_SCHEMA",
        """
        CONSTRAINT_SCHEMA | TABLE_NAME | CONSTRAINT_NAME | COLUMN_NAME | ORDINAL_POSITION | REFERENCED_TABLE_SCHEMA | REFERENCED_TABLE_NAME | REFERENCED_COLUMN_NAME
        app               | users      | PRIMARY         | id          | 1                |                         |                       |
        app               | posts      | fk_user         | user_id     | 1                | app                     | users                 | id
        """,
    ),
    "information_schema.referential_constraints": of(
        "CONSTRAINT_SCHEMA",
        "CONSTRAINT_NAME | TABLE_NAME | UPDATE_RULE | DELETE_RULE\nfk_user | posts | NO ACTION | SET NULL",
    ),
    "information_schema.table_constraints": of(
        "TABLE_SCHEMA",
        """
        CONSTRAINT_SCHEMA | TABLE_NAME | CONSTRAINT_NAME | CONSTRAINT_TYPE
        app               | users      | ck_age          | CHECK
        app               | users      | ck_name         | CHECK
        app               | users      | PRIMARY         | PRIMARY KEY
        """,
    ),
    "information_schema.check_constraints": of(
        "CONSTRAINT_SCHEMA",
        r"""
        CONSTRAINT_NAME | CHECK_CLAUSE
        ck_age          | (`age` > 0)
        ck_name         | (`name` <> _utf8mb4\'it\\\'s\')
        """,
    ),
}


def server(views: Any = VIEWS, catalog: Any = CATALOG, *version: int) -> Recorded:
    given = {
        name: [{k: v for k, v in row.items() if k in views[name].split()} for row in rows]
        for name, rows in catalog.items()
        if name in views
    }
    return Recorded(
        "mysql",
        "mysql",
        views,
        given,
        {"CURRENT_USER": lambda: "root@%", "CURRENT_ROLE": lambda: "NONE"},
        version=version or (8, 4, 0),
        schema="app",
        is_mariadb=False,
    )


def models(**other: Column[Any]) -> MetaData:
    """Give models that say what the server does; but for some columns, by their names."""
    metadata = MetaData()

    def made(*given: Column[Any]) -> list[Column[Any]]:
        return [other.pop(c.name, c) for c in given]

    Table(
        "users",
        metadata,
        Column("id", Integer, primary_key=True),
        *made(
            Column(
                "name", String(50), nullable=False, server_default="it's", comment="it's a name"
            ),
            Column("code", mysql.CHAR(36, collation="utf8_bin")),
            Column("token", mysql.CHAR(36), server_default=text("(uuid())")),
            Column("kind", Enum("user", "it's"), nullable=False, server_default="user"),
            Column("active", Boolean, server_default=text("true")),
            Column("age", mysql.INTEGER(display_width=10, unsigned=True)),
            Column("price", Numeric(10, 2), nullable=False, server_default=text("0")),
            Column("joined", DateTime, server_default=func.now()),
            Column("changed", mysql.TIMESTAMP, server_default=text("now() ON UPDATE now()")),
            Column("doubled", Integer, Computed("age * 2", persisted=True)),
            Column("halved", Integer, Computed("age / 2")),
            Column("flags", mysql.BIT(2), server_default=text("b'10'")),
            Column("data", JSON),
            Column("hidden", mysql.INTEGER(11), server_default="3"),
        ),
        CheckConstraint("age > 0", name="ck_age"),
        CheckConstraint("name <> 'it''s'", name="ck_name"),
        UniqueConstraint("code", name="uq_code"),
        comment="who is here",
        mysql_engine="InnoDB",
    )
    users = metadata.tables["users"]
    Index("ix_lower", func.lower(users.c.name), users.c.age.desc())
    posts = Table(
        "posts",
        metadata,
        Column("id", BigInteger, primary_key=True),
        *made(
            Column("user_id", ForeignKey("users.id", name="fk_user", ondelete="SET NULL")),
            Column("title", Text, server_default="it's"),
            Column("day", Date, server_default="2000-01-01"),
        ),
    )
    Index("ix_title", posts.c.title, mysql_length=20)
    Index("ft_title", posts.c.title, mysql_prefix="FULLTEXT")
    assert not other
    return metadata


def compared(metadata: MetaData, where: Recorded | None = None) -> list[Change]:
    """Compare by text alone; asked for its own form of an expression, a server makes a table."""
    known = database((where or server()).engine.dialect)
    with (where or server()).engine.connect() as connection:
        theirs = read_snapshot(connection, known, Options())
    ours = model_snapshot(metadata, known, Namespaces("app"))
    theirs, ours = in_own_form(Answers(), theirs, ours, known)
    return compare_snapshots(None, theirs, ours, Context(known, Options()))


class Answers:
    """A server that makes no temporary table: what it is asked is left as it was."""

    def exec_driver_sql(self, *_: Any, **__: Any) -> Any:
        raise DBAPIError("CREATE TEMPORARY TABLE", None, Exception("denied"))


def said(changes: list[Change]) -> list[str]:
    dialect = server().engine.dialect
    return [
        " ".join(str(piece.compile(dialect=dialect)).split())
        for change in changes
        for piece in change.statements(dialect)
    ]


def test_models_that_say_the_same_are_in_sync() -> None:
    assert said(compared(models())) == []


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        pytest.param(
            Column("name", String(60), nullable=False, server_default="it's", comment="it's a name"),
            ["MODIFY name VARCHAR(60) NOT NULL DEFAULT 'it''s' COMMENT 'it''s a name'"],
            id="length",
        ),
        pytest.param(
            Column("token", mysql.CHAR(36)),
            ["ALTER COLUMN token DROP DEFAULT"],
            id="no-default",
        ),
        pytest.param(
            Column("token", mysql.CHAR(36), server_default=text("(concat('a', 'b'))")),
            ["ALTER COLUMN token SET DEFAULT (concat('a', 'b'))"],
            id="another-expression",
        ),
        pytest.param(
            Column("active", Boolean, server_default=text("0")),
            ["ALTER COLUMN active SET DEFAULT 0"],
            id="literal",
        ),
        pytest.param(
            Column("changed", mysql.TIMESTAMP, server_default=func.now()),
            ["CHANGE changed changed TIMESTAMP NULL DEFAULT now()"],
            id="no-more-on-update",
        ),
        pytest.param(
            Column("age", Integer),
            ["MODIFY age INTEGER NULL"],
            id="signed",
        ),
        pytest.param(
            Column("doubled", Integer, Computed("age * 3", persisted=True)),
            [
                "DROP COLUMN doubled",
                "ADD COLUMN doubled INTEGER GENERATED ALWAYS AS (age * 3) STORED",
            ],
            id="another-computed",
        ),
        pytest.param(
            Column("flags", mysql.BIT(2), server_default=text("b'11'")),
            ["ALTER COLUMN flags SET DEFAULT b'11'"],
            id="bits",
        ),
    ],
)  # fmt: skip
def test_what_is_different_of_a_column(column: Column[Any], expected: list[str]) -> None:
    found = said(compared(models(**{column.name: column})))

    assert found == [f"ALTER TABLE users {sql}" for sql in expected]


def test_before_8_0_13_no_index_and_no_check_is_asked_for_what_came_later() -> None:
    """The view of CHECKs came with 8.0.16, the column EXPRESSION with functional indexes."""
    catalog = {
        **CATALOG,
        "information_schema.statistics": [
            row
            for row in CATALOG["information_schema.statistics"]
            if row["INDEX_NAME"] != "ix_lower"
        ],
    }
    older = server(BEFORE_8_0_13, catalog, 5, 7, 44)
    metadata = models()
    metadata.tables["users"].indexes.clear()

    assert said(compared(metadata, older)) == []


def test_the_number_of_queries_does_not_grow_with_the_tables() -> None:
    asked = []
    for tables in ([], CATALOG["information_schema.tables"]):
        here = server(VIEWS, {**CATALOG, "information_schema.tables": tables})
        with here.engine.connect() as connection:
            snapshot(connection)
        asked.append(len(here.asked))

    assert asked == [5, 5]


MADE = r"""CREATE TEMPORARY TABLE `ddl_autogen_1` (
  `a` varchar(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT (concat(_utf8mb4'it\'s',_utf8mb4'_x')),
  `b` int GENERATED ALWAYS AS ((`c` + 1)) STORED,
  `c` int DEFAULT '3' /*!80023 INVISIBLE */,
  CONSTRAINT `ddl_autogen_0` CHECK ((`a` <> _utf8mb4'x'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci"""


def test_what_it_makes_of_ours_is_read_from_a_temporary_table() -> None:
    """MySQL writes a character set before strings, and what later versions brought in comments."""
    known = database(server().engine.dialect)
    table = Table(
        "t",
        MetaData(),
        Column(
            "a", String(5, collation="utf8mb4_bin"), server_default=text("(concat('it''s', '_x'))")
        ),
        Column("b", Integer, Computed("c + 1", persisted=True)),
        Column("c", Integer, server_default="3"),
        CheckConstraint("a <> 'x'", name="ck"),
    )
    (ours,) = model_snapshot(table.metadata, known, Namespaces("app")).tables.values()

    class Server:
        def exec_driver_sql(self, sql: str, **_: Any) -> Any:
            return SimpleNamespace(one=lambda: ("t", MADE))

    connection: Any = Server()
    told = known.own_form(connection, [(ours, ours)])[ours.key]

    assert [c.type for c in told.columns] == ["varchar(5)", "int", "int"]
    assert [c.default for c in told.columns] == ["(concat('it''s','_x'))", None, "'3'"]
    assert told.columns[0].collation == "utf8mb4_bin"
    assert told.columns[1].computed is not None
    assert told.columns[1].computed.expression == "(`c` + 1)"
    assert [c.text for c in told.checks] == ["`a` <> 'x'"]


@pytest.mark.parametrize("name", [n for n in dir(mysql_catalog) if n.isupper()])
def test_no_column_of_an_answer_is_called_by_a_reserved_word(name: str) -> None:
    """Those of 8.0 and later are more than MariaDB's."""
    import sqlglot
    from sqlalchemy.dialects.mysql.reserved_words import RESERVED_WORDS_MYSQL

    query = getattr(mysql_catalog, name).format(expression="NULL", schema="1", name="1", where="t")
    found = sqlglot.parse_one(query, dialect="mysql").find_all(sqlglot.exp.Alias)

    assert not {a.alias for a in found if not a.args["alias"].quoted} & RESERVED_WORDS_MYSQL
