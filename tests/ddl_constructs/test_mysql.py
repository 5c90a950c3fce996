"""What MySQL is told by its version, by its manual: MariaDB is here, MySQL isn't.

The rows say which version brought a form; a server that is older is told another, or the change
is refused by name.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ddl_constructs import (
    AddColumn,
    AddConstraint,
    AlterColumn,
    Change,
    CreateIndex,
    CreateTable,
    DropConstraint,
    RenameIndex,
    UnsupportedChange,
    create_check_constraint,
)
from ddl_constructs.dialects.mysql_read import said_in_comments
from sqlalchemy import (
    JSON,
    UUID,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Enum,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Time,
    column,
    create_engine,
    func,
    text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects.mysql.mariadb import INET6
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateColumn
from sqlalchemy.types import TypeEngine, UserDefinedType


def server(*version: int, mariadb: bool = False) -> Any:
    dialect: Any = mysql.dialect(paramstyle="named")
    if version:
        dialect.server_version_info, dialect.is_mariadb = version, mariadb
    return dialect


MET_57, MET_8011, MET_8015, MET_8016, MET_8019, MET_84, MET_9 = (
    server(*v)
    for v in ((5, 7, 44), (8, 0, 11), (8, 0, 15), (8, 0, 16), (8, 0, 19), (8, 4, 0), (9, 0, 0))
)
UNMET = server()
MARIADB = server(10, 11, 6, mariadb=True)


def said(change: Change, dialect: Any, connection: Any = None) -> list[str]:
    return [
        " ".join(str(piece.compile(dialect=dialect)).split())
        for piece in change.statements(dialect, connection)
    ]


def facts(**given: Any) -> dict[str, Any]:
    return {"existing_type": Integer(), "existing_nullable": True, **given}


NAME = AlterColumn("t", "c", new_column_name="d", **facts())
NOW = AlterColumn("t", "c", server_default=func.now(), **facts(existing_type=DateTime()))
SUM = AlterColumn("t", "c", server_default=text("1 + 1"))
SUM_WHOLE = AlterColumn("t", "c", server_default=text("uuid()"), nullable=False, **facts())
LOWER = CreateIndex("ix", "t", [func.lower(column("a"))])
CHECK = create_check_constraint("ck", "t", "a > 0")
NO_CHECK = DropConstraint("ck", "t", "check")
INDEX_NAME = RenameIndex("a", "b", "t")
REFERENCES = AddColumn(
    "t", Column("c", Integer, ForeignKey("r.id", name="fk")), inline_references=True
)
CHANGED = ["ALTER TABLE t CHANGE c d INTEGER NULL"]


@pytest.mark.parametrize(
    ("change", "dialect", "expected"),
    [
        # ALTER TABLE, RENAME COLUMN: 8.0.3
        pytest.param(NAME, UNMET, CHANGED, id="rename-column-unmet"),
        pytest.param(NAME, MET_57, CHANGED, id="rename-column-5.7"),
        pytest.param(NAME, MET_84, ["ALTER TABLE t RENAME COLUMN c TO d"], id="rename-column-8"),
        # ALTER TABLE, RENAME INDEX: 5.7
        pytest.param(INDEX_NAME, MET_57, ["ALTER TABLE t RENAME INDEX a TO b"], id="rename-index"),
        # CHECK Constraints: 8.0.16; ALTER TABLE, DROP CONSTRAINT: 8.0.19
        pytest.param(NO_CHECK, MET_8016, ["ALTER TABLE t DROP CHECK ck"], id="drop-check-8.0.16"),
        pytest.param(
            NO_CHECK, MET_8019, ["ALTER TABLE t DROP CONSTRAINT ck"], id="drop-check-8.0.19"
        ),
        pytest.param(NO_CHECK, UNMET, ["ALTER TABLE t DROP CONSTRAINT ck"], id="drop-check-unmet"),
        pytest.param(
            CHECK, MET_8016, ["ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)"], id="check-8.0.16"
        ),
        # CREATE INDEX, Functional Key Parts: 8.0.13
        pytest.param(LOWER, MET_84, ["CREATE INDEX ix ON t ((lower(a)))"], id="functional-index"),
        # Data Type Default Values: expressions in brackets, 8.0.13; a clock of a date and time without
        pytest.param(
            SUM, UNMET, ["ALTER TABLE t ALTER COLUMN c SET DEFAULT (1 + 1)"], id="expression-unmet"
        ),
        pytest.param(
            SUM, MET_84, ["ALTER TABLE t ALTER COLUMN c SET DEFAULT (1 + 1)"], id="expression-8"
        ),
        pytest.param(
            SUM,
            MARIADB,
            ["ALTER TABLE t ALTER COLUMN c SET DEFAULT 1 + 1"],
            id="expression-mariadb",
        ),
        pytest.param(
            SUM_WHOLE,
            MET_84,
            ["ALTER TABLE t MODIFY c INTEGER NOT NULL DEFAULT (uuid())"],
            id="expression-in-a-whole-column",
        ),
        pytest.param(
            SUM.replace(server_default=text("(1) + (1)")),
            MET_84,
            ["ALTER TABLE t ALTER COLUMN c SET DEFAULT ((1) + (1))"],
            id="expression-between-brackets",
        ),
        pytest.param(
            SUM.replace(server_default=text("(uuid())")),
            MET_84,
            ["ALTER TABLE t ALTER COLUMN c SET DEFAULT (uuid())"],
            id="expression-in-brackets",
        ),
        # Data Type Default Values: of a TEXT, BLOB or JSON an expression only
        *(
            pytest.param(
                AddColumn("t", Column("c", type_, server_default="x")),
                dialect,
                [f"ALTER TABLE t ADD COLUMN c {type_.compile(dialect=MET_84)} DEFAULT {default}"],
                id=f"literal-{type_!r}-{dialect.is_mariadb}",
            )
            for type_, dialect, default in [
                (Text(), MET_84, "('x')"),
                (mysql.LONGTEXT(), UNMET, "('x')"),
                (JSON(), MET_84, "('x')"),
                (String(9), MET_84, "'x'"),
                (Text(), MARIADB, "'x'"),
            ]
        ),
        pytest.param(
            CreateTable("t", Column("c", Text(), server_default="it's")),
            MET_84,
            ["CREATE TABLE t ( c TEXT DEFAULT ('it''s') )"],
            id="literal-in-a-table",
        ),
        pytest.param(
            AlterColumn("t", "c", existing_type=Text(), server_default="x"),
            MET_84,
            ["ALTER TABLE t ALTER COLUMN c SET DEFAULT ('x')"],
            id="literal-alone",
        ),
        pytest.param(
            AlterColumn(
                "t", "c", type_=Text(), existing_nullable=True, existing_server_default="x"
            ),
            MET_84,
            ["ALTER TABLE t MODIFY c TEXT NULL DEFAULT ('x')"],
            id="literal-in-a-whole-column",
        ),
        *(
            pytest.param(
                SUM.replace(server_default=text(literal)),
                MET_57,
                [f"ALTER TABLE t ALTER COLUMN c SET DEFAULT {literal}"],
                id=f"literal-{literal}",
            )
            for literal in ("NULL", "-1.5", "'it''s'", "b'1'", "0x1F", "1e3", "TRUE")
        ),
        pytest.param(
            NOW, MET_57, ["ALTER TABLE t CHANGE c c DATETIME NULL DEFAULT now()"], id="clock-5.7"
        ),
        pytest.param(
            NOW.replace(server_default=text("now() ON UPDATE now()")),
            MET_84,
            ["ALTER TABLE t CHANGE c c DATETIME NULL DEFAULT now() ON UPDATE now()"],
            id="clock-on-update",
        ),
        # CREATE TABLE, FOREIGN KEY Constraints: REFERENCES inside of a column, 9.0
        pytest.param(
            REFERENCES,
            MET_84,
            [
                "ALTER TABLE t ADD COLUMN c INTEGER",
                "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(c) REFERENCES r (id)",
            ],
            id="references-8",
        ),
        pytest.param(
            REFERENCES,
            MET_9,
            ["ALTER TABLE t ADD COLUMN c INTEGER CONSTRAINT fk REFERENCES r (id)"],
            id="references-9",
        ),
    ],
)
def test_a_change_says(change: Change, dialect: Any, expected: list[str]) -> None:
    assert said(change, dialect) == expected


@pytest.mark.parametrize(
    ("change", "dialect", "reason", "mend"),
    [
        pytest.param(LOWER, MET_8011, "before 8.0.13", "generated column", id="functional-index"),
        pytest.param(SUM, MET_8011, "before 8.0.13", "say a literal", id="expression"),
        pytest.param(
            AddColumn("t", Column("c", Text(), server_default="x")),
            MET_57,
            "before 8.0.13 its type has no default",
            "leave server_default out",
            id="literal-of-a-text",
        ),
        pytest.param(
            CreateTable("t", Column("c", String(36), server_default=func.uuid())),
            MET_57,
            "before 8.0.13 a default is no expression",
            "say a literal",
            id="expression-in-a-table",
        ),
        pytest.param(
            AlterColumn("t", "c", server_default=func.now()),
            MET_57,
            "before 8.0.13",
            "say a literal",
            id="function",
        ),
        pytest.param(
            INDEX_NAME, server(5, 6, 51), "before 5.7", "create it under the new name", id="index"
        ),
        pytest.param(
            INDEX_NAME,
            server(10, 4, 0, mariadb=True),
            "before 10.5.2",
            "create it under the new name",
            id="index-mariadb",
        ),
    ],
)
def test_what_an_older_server_cannot_say_is_refused_by_name(
    change: Change, dialect: Any, reason: str, mend: str
) -> None:
    with pytest.raises(UnsupportedChange) as caught:
        said(change, dialect)

    assert reason in str(caught.value)
    assert mend in str(caught.value)


@pytest.mark.parametrize("stated", [True, False], ids=["stated", "read"])
@pytest.mark.parametrize(
    ("other", "castable"),
    [
        (Integer(), False),
        (Numeric(9, 2), False),
        (Boolean(), False),
        (mysql.BIT(8), False),
        (Double(), False),
        (Date(), False),
        (DateTime(), False),
        (Time(), False),
        (mysql.TIMESTAMP(), False),
        (mysql.YEAR(), False),
        (INET6(), False),
        (String(36), True),
        (LargeBinary(), True),
        (JSON(), True),
        (Enum("a", "b"), True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_mariadb_casts_no_uuid_as_is_refused_before_it_runs(
    mariadb_url: str, other: Any, castable: bool, stated: bool
) -> None:
    engine = create_engine(mariadb_url.replace("mysql+", "mariadb+"))  # which knows INET6
    with engine.connect() as connection:
        for old, new in ((other, UUID()), (UUID(), other)):
            Table("u", MetaData(), Column("c", old)).create(connection)
            known = {"existing_type": old} if stated else {}
            change = AlterColumn("u", "c", type_=new, existing_nullable=True, **known)
            seen = connection if not stated else None
            if castable:
                for statement in change.statements(connection.dialect, seen):
                    connection.execute(statement)
            else:
                with pytest.raises(UnsupportedChange, match=r"it casts no .*; drop the column and"):
                    said(change, connection.dialect, seen)
                sql = CreateColumn(Column("c", new)).compile(dialect=connection.dialect)
                with pytest.raises(DBAPIError, match="4078"):
                    connection.exec_driver_sql(f"ALTER TABLE u MODIFY {sql}")
            connection.execute(text("DROP TABLE u"))
    engine.dispose()


@pytest.mark.parametrize("change", [CHECK, NO_CHECK], ids=["add", "drop"])
def test_a_server_that_forgets_checks_is_told_none(change: AddConstraint | DropConstraint) -> None:
    """Before 8.0.16 it reads them and does nothing; to drop one would fail."""
    with pytest.warns(UserWarning, match="has no CHECKs, nothing is done"):
        assert said(change, MET_8015) == []


CREATED = """CREATE TABLE `t` (
  `id` int NOT NULL AUTO_INCREMENT,
  `a` varchar(5) /*!50606 STORAGE DISK */ /*!50606 COLUMN_FORMAT DYNAMIC */ DEFAULT 'x' COMMENT 'it''s /*!80023 INVISIBLE */',
  `g` point NOT NULL /*!80003 SRID 4326 */,
  `i` int DEFAULT '3' /*!80023 INVISIBLE */,
  `e` json DEFAULT NULL /*!80021 ENGINE_ATTRIBUTE '{"k": "it''s */"}' */,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB"""


class Server:
    """A connection to a MySQL that answers with the row that its manual describes."""

    dialect = MET_84
    get_execution_options = staticmethod(dict)

    def __init__(self, **row: Any) -> None:
        usual = {
            "type": "int", "nullable": "YES", "default": None, "extra": "", "comment": "",
            "charset": None, "collation": None, "expression": "", "check": None,
        }  # fmt: skip
        self.row = tuple({**usual, **row}.values())

    def execute(self, query: Any, names: Any = None) -> Any:
        if str(query).startswith("SHOW CREATE TABLE"):
            return SimpleNamespace(one=lambda: ("t", CREATED))
        return SimpleNamespace(one_or_none=lambda: self.row)


@pytest.mark.parametrize(
    ("change", "row", "expected"),
    [
        pytest.param(
            AlterColumn("t", "a", nullable=False),
            {
                "type": "varchar(5)",
                "default": "x",
                "charset": "utf8mb4",
                "collation": "utf8mb4_0900_ai_ci",
            },
            "MODIFY a varchar(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci NOT NULL "
            "DEFAULT 'x' STORAGE DISK COLUMN_FORMAT DYNAMIC",
            id="storage-and-format",
        ),
        pytest.param(
            AlterColumn("t", "g", comment="where"),
            {"type": "point", "nullable": "NO"},
            "MODIFY g point NOT NULL COMMENT 'where' SRID 4326",
            id="reference-system",
        ),
        pytest.param(
            AlterColumn("t", "g", type_=String(50)),
            {"type": "point", "nullable": "NO"},
            "MODIFY g VARCHAR(50) NOT NULL",
            id="no-reference-system-of-another-type",
        ),
        pytest.param(
            AlterColumn("t", "i", type_=BigInteger()),
            {"default": "3", "extra": "INVISIBLE"},
            "MODIFY i BIGINT NULL DEFAULT '3' INVISIBLE",
            id="invisible",
        ),
        pytest.param(
            AlterColumn("t", "c", nullable=False),
            {"default": "uuid()", "extra": "DEFAULT_GENERATED", "type": "char(36)"},
            "MODIFY c char(36) NOT NULL DEFAULT (uuid())",
            id="expression",
        ),
        pytest.param(
            AlterColumn("t", "c", comment="x"),
            {
                "type": "timestamp",
                "default": "CURRENT_TIMESTAMP",
                "extra": "DEFAULT_GENERATED on update CURRENT_TIMESTAMP",
            },
            "MODIFY c timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE current_timestamp "
            "COMMENT 'x'",
            id="clock",
        ),
        pytest.param(
            AlterColumn("t", "c", comment="x"),
            {"type": "varchar(50)", "default": "current_timestamp, they say"},
            "MODIFY c varchar(50) NULL DEFAULT 'current_timestamp, they say' COMMENT 'x'",
            id="text-that-begins-like-a-clock",
        ),
        pytest.param(
            AlterColumn("t", "c", nullable=False),
            {"type": "bit(2)", "default": "b'10'"},
            "MODIFY c bit(2) NOT NULL DEFAULT b'10'",
            id="bits",
        ),
        pytest.param(
            AlterColumn("t", "c", nullable=False),
            {"type": "binary(2)", "default": "0x6100"},
            "MODIFY c binary(2) NOT NULL DEFAULT 0x6100",
            id="bytes",
        ),
        pytest.param(
            AlterColumn("t", "c", comment="x"),
            {"expression": "(`a` + 1)", "extra": "STORED GENERATED", "nullable": "NO"},
            "MODIFY c int GENERATED ALWAYS AS ((`a` + 1)) STORED NOT NULL COMMENT 'x'",
            id="generated",
        ),
    ],
)
def test_a_whole_definition_repeats_what_the_server_has(
    change: AlterColumn, row: dict[str, Any], expected: str
) -> None:
    """MODIFY forgets what it doesn't say: information_schema.columns and SHOW CREATE TABLE know it."""
    assert said(change, MET_84, Server(**row)) == [f"ALTER TABLE t {expected}"]


def test_what_stands_in_comments_is_read_outside_of_texts() -> None:
    assert said_in_comments(CREATED, "A") == ["STORAGE DISK", "COLUMN_FORMAT DYNAMIC"]
    assert said_in_comments(CREATED, "e") == ["ENGINE_ATTRIBUTE '{\"k\": \"it''s */\"}'"]
    assert said_in_comments(CREATED, "id") == said_in_comments(CREATED, "gone") == []


class Unwritable(UserDefinedType[Any]):
    """A type of an application's that says nothing of itself."""


@pytest.mark.parametrize("old", [String(), Unwritable()], ids=["no length", "no name"])
def test_an_existing_type_need_not_be_one_that_can_be_written(old: TypeEngine[Any]) -> None:
    change = AlterColumn("t", "c", type_=Integer(), existing_type=old, existing_nullable=True)

    assert said(change, mysql.dialect()) == ["ALTER TABLE t MODIFY c INTEGER NULL"]
