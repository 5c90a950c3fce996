"""Rows of the acceptance list that no table of texts shows: signatures, copies, live effects.

The ids name the rows, as in `test_text.py`.
"""

from __future__ import annotations

import inspect as introspect
from collections.abc import Iterator
from typing import Any

import pytest
from ddl_constructs import (
    AddColumn,
    AddConstraint,
    AlterColumn,
    BulkInsert,
    Change,
    CreateIndex,
    CreateTable,
    CreateTableComment,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    ExecuteSQL,
    RenameTable,
    UnsupportedChange,
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
)
from ddl_constructs.change import Keep
from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    Connection,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
    literal,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import mysql

SIGNATURES = [
    # what is called, its positional parameters, its keywords, whether dialect options follow
    ("DDL-024", AlterColumn, "table_name column_name",
     "nullable comment server_default new_column_name type_ existing_type existing_server_default"
     " existing_nullable existing_comment schema autoincrement existing_autoincrement", True),
    ("DDL-050", AddColumn, "table_name column",
     "schema if_not_exists inline_references inline_primary_key insert_after", True),
    ("DDL-067", DropColumn, "table_name column_name", "schema if_exists existing_column", True),
    ("DDL-071", CreateTable, "table_name *elements",
     "schema if_not_exists comment info prefixes", True),
    ("DDL-078", DropTable, "table_name", "schema if_exists existing_table", True),
    ("DDL-079", RenameTable, "old_table_name new_table_name", "schema", False),
    ("DDL-080", CreateTableComment, "table_name comment", "existing_comment schema", False),
    ("DDL-082", create_primary_key, "constraint_name table_name columns", "schema", False),
    ("DDL-083", create_unique_constraint, "constraint_name table_name columns",
     "schema deferrable initially", True),
    ("DDL-084", create_foreign_key,
     "constraint_name source_table referent_table local_cols remote_cols",
     "onupdate ondelete deferrable initially match source_schema referent_schema", True),
    ("DDL-088", create_check_constraint, "constraint_name table_name condition",
     "schema deferrable initially", True),
    ("DDL-089", create_exclude_constraint, "constraint_name table_name *elements",
     "where using deferrable initially schema ops", False),
    ("DDL-091", DropConstraint, "constraint_name table_name type_",
     "schema if_exists existing_constraint", False),
    ("DDL-098", CreateIndex, "index_name table_name columns", "schema unique if_not_exists", True),
    ("DDL-106", DropIndex, "index_name table_name", "schema if_exists existing_index", True),
    ("DDL-107", ExecuteSQL, "sqltext", "execution_options raw undo", False),
    ("DDL-110", BulkInsert, "table rows", "multiinsert", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("build", "positional", "keywords", "options"),
    [pytest.param(*rest, id=row) for row, *rest in SIGNATURES],
)
def test_a_word_takes_what_its_users_write(
    build: Any, positional: str, keywords: str, options: bool
) -> None:
    """The names and the order are those that scripts pass by; options of dialects may follow."""
    parameters = introspect.signature(build).parameters.values()
    by_kind: dict[Any, list[str]] = {}
    for parameter in parameters:
        by_kind.setdefault(parameter.kind, []).append(parameter.name)
    given = by_kind.get(introspect.Parameter.POSITIONAL_OR_KEYWORD, [])
    given += [f"*{name}" for name in by_kind.get(introspect.Parameter.VAR_POSITIONAL, [])]

    assert " ".join(given) == positional
    assert " ".join(by_kind.get(introspect.Parameter.KEYWORD_ONLY, [])) == keywords
    assert (introspect.Parameter.VAR_KEYWORD in by_kind) is options


def said(change: Change, dialect: str) -> str:
    kind: Any = make_url(f"{dialect}://").get_dialect()
    return " ".join(str(change.compile(dialect=kind(paramstyle="named"))).split())


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_sqlite_renames_a_column_and_the_views_over_it(sqlite_url: str) -> None:
    """DDL-047; DDL-048: what it can't alter is refused by name, not by a syntax error."""
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(CreateTable("t", Column("a", Integer), Column("b", Integer)))
        connection.execute(text("CREATE VIEW v AS SELECT a FROM t"))
        connection.execute(AlterColumn("t", "a", new_column_name="c"))

        assert connection.execute(text("SELECT * FROM v")).all() == []
        assert "SELECT c FROM t" in connection.execute(
            text("SELECT sql FROM sqlite_master WHERE name = 'v'")
        ).scalar_one().replace('"', "")
        with pytest.raises(UnsupportedChange, match="copied"):
            connection.execute(AlterColumn("t", "b", nullable=False))
    engine.dispose()


def test_a_models_column_comes_with_all_it_has(connection: Connection) -> None:
    """DDL-051, LIM-141: index, UNIQUE and foreign key come along; the model stays as it was."""
    metadata = MetaData()
    Table("parent", metadata, Column("id", Integer, primary_key=True))
    model = Table(
        "model",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("p", ForeignKey("parent.id", name="fk_p"), index=True),
    )
    connection.execute(CreateTable("parent", Column("id", Integer, primary_key=True)))
    connection.execute(CreateTable("other", Column("id", Integer, primary_key=True)))

    connection.execute(AddColumn("other", model.c.p))

    found = inspect(connection)
    assert [f["referred_table"] for f in found.get_foreign_keys("other")] == ["parent"]
    assert "ix_other_p" in [i["name"] for i in found.get_indexes("other")]
    assert model.c.p.table is model
    assert len(model.indexes) == 1


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite", "mssql", "oracle"])
def test_a_system_column_is_there_already(dialect: str) -> None:
    """DDL-066: CREATE TABLE leaves it out, and ADD COLUMN means what it says."""
    column = Column("xmin", Integer, system=True)

    assert "xmin" not in said(CreateTable("t", Column("id", Integer), column), dialect)
    assert "xmin" in said(AddColumn("t", column), dialect)


def test_flags_of_columns_make_one_constraint_and_one_index() -> None:
    """DDL-077: from raw columns both; from a Table the UNIQUE once, the indexes on demand."""
    raw = CreateTable("t", Column("a", Integer, unique=True), Column("b", Integer, index=True))
    model = Table(
        "t", MetaData(), Column("a", Integer, unique=True), Column("b", Integer, index=True)
    )

    for change, indexes in (
        (raw, 1),
        (CreateTable.of(model), 1),
        (CreateTable.of(model, indexes=False), 0),
    ):
        text = said(change, "postgresql")
        assert text.count("UNIQUE (a)") == 1
        assert text.count("CREATE INDEX ix_t_b") == indexes


def test_columns_are_called_by_their_names_not_by_their_keys() -> None:
    """A model's Column may have a key beside its name; SQL knows names only."""
    metadata = MetaData(schema="s")
    parent = Table(
        "parent",
        metadata,
        Column("ID", Integer, key="id", primary_key=True),
        Column("Code", Integer, key="code", unique=True),
    )
    child = Table(
        "child",
        metadata,
        Column("A", Integer, ForeignKey("parent.id", name="fk_a"), key="a"),
        Column("B", Integer, ForeignKey(parent.c.code, name="fk_b"), key="b"),
        UniqueConstraint("a", "b", name="uq"),
        Index("ix", "b"),
    )

    made = said(CreateTable.of(child), "postgresql")
    for part in (
        'CONSTRAINT uq UNIQUE ("A", "B")',
        'CONSTRAINT fk_a FOREIGN KEY("A") REFERENCES s.parent ("ID")',
        'CONSTRAINT fk_b FOREIGN KEY("B") REFERENCES s.parent ("Code")',
        'CREATE INDEX ix ON s.child ("B")',
    ):
        assert part in made
    for key in child.foreign_key_constraints:
        (target,) = key.elements
        added = AddConstraint("t", key)
        assert f'REFERENCES s.parent ("{target.column.name}")' in said(added, "postgresql")
        assert added.spelling().arguments[4] == [target.column.name]
        assert f'REFERENCES s.parent ("{target.column.name}")' in said(
            AddColumn("t", target.parent), "postgresql"
        )


def test_a_type_s_check_is_made_once_from_a_table() -> None:
    """DDL-076: the Table has the constraint in its list, and the type would make it anew."""
    model = Table(
        "t",
        MetaData(),
        Column("a", Enum("x", name="ck", native_enum=False, create_constraint=True)),
    )

    assert said(CreateTable.of(model), "postgresql").count("CONSTRAINT ck CHECK") == 1


@pytest.mark.parametrize(
    ("dialect", "made"),
    [
        ("postgresql", False),
        ("mysql", True),
        ("mssql", False),  # a BIT goes without it
        ("sqlite", None),
    ],
)
def test_a_constraint_says_itself_where_it_is_made(dialect: str, made: bool | None) -> None:
    """DDL-097: a Boolean's CHECK isn't added where the type is native."""
    boolean = Table("t", MetaData(), Column("a", Boolean(create_constraint=True, name="ck")))
    check = next(c for c in boolean.constraints if c.name == "ck")
    change = AddConstraint("t", check)

    if made is None:  # it would be made, and needs a copy of the table
        with pytest.raises(UnsupportedChange):
            said(change, dialect)
    else:
        assert ("CHECK" in said(change, dialect)) is made


@pytest.mark.parametrize(
    ("rows", "multiinsert", "sent"),
    [
        pytest.param([{"a": 1}, {"a": 2}], True, [True], id="all-at-once"),
        pytest.param([{"a": 1}, {"a": 2}], False, [False, False], id="row-by-row"),
        pytest.param([], True, [], id="none"),
    ],
)
def test_rows_are_sent_at_once_or_one_by_one(
    connection: Connection, rows: Any, multiinsert: bool, sent: list[bool]
) -> None:
    """DDL-110: what is seen is each execution, and whether it takes many rows."""
    connection.execute(CreateTable("t", Column("a", Integer)))
    seen: list[bool] = []
    event.listen(connection, "before_cursor_execute", lambda *args: seen.append(args[-1]))
    target = Table("t", MetaData(), Column("a", Integer))

    connection.execute(BulkInsert(target, rows, multiinsert=multiinsert))

    assert seen == sent
    assert connection.execute(select(target.c.a).order_by("a")).scalars().all() == [
        row["a"] for row in rows
    ]


def test_a_value_is_written_into_the_statement_where_it_is_asked_for(
    connection: Connection,
) -> None:
    """DDL-113, DDL-116: such values go row by row; others may stand beside them."""
    target = Table("t", MetaData(), Column("a", Integer), Column("b", String(20)))
    connection.execute(CreateTable("t", Column("a", Integer), Column("b", String(20))))
    inline = literal("it's 50%", literal_execute=True)

    connection.execute(BulkInsert(target, [{"a": 1, "b": inline}], multiinsert=False))

    assert connection.execute(select(target.c.b)).scalar_one() == "it's 50%"


def test_if_not_exists_is_fine_twice(connection: Connection) -> None:
    """DDL-064, DDL-075, DDL-105, LIM-037: by the database's own words, or by looking first."""
    for _ in range(2):
        connection.execute(CreateTable("t", Column("id", Integer), if_not_exists=True))
        connection.execute(AddColumn("t", Column("a", Integer), if_not_exists=True))
        connection.execute(CreateIndex("ix", "t", ["a"], if_not_exists=True))
    for _ in range(2):
        connection.execute(DropIndex("ix", "t", if_exists=True))
        connection.execute(DropColumn("t", "a", if_exists=True))
    for _ in range(2):
        connection.execute(DropTable("t", if_exists=True))

    assert inspect(connection).get_table_names() == []


def test_a_constraint_of_many_kinds_is_dropped_where_it_is(mariadb_url: str) -> None:
    """DDL-092, LIM-038: MariaDB says CONSTRAINT for a CHECK, and has IF EXISTS for each kind."""
    engine = create_engine(mariadb_url)
    with engine.begin() as connection:
        connection.execute(CreateTable("p", Column("id", Integer, primary_key=True)))
        connection.execute(
            CreateTable(
                "t",
                Column("id", Integer, primary_key=True, autoincrement=False),
                Column("p", Integer, ForeignKey("p.id", name="fk")),
                Column("a", Integer),
                UniqueConstraint("a", name="uq"),
                Index("ix", "a", "id"),
            )
        )
        connection.execute(create_check_constraint("ck", "t", "a > 0"))
        for drop in (
            DropConstraint("fk", "t", "foreignkey", if_exists=True),
            DropConstraint("uq", "t", "unique", if_exists=True),
            DropConstraint("ck", "t", "check", if_exists=True),
        ):
            connection.execute(drop)
            connection.execute(drop)
        connection.execute(DropConstraint("any", "t", "primary"))
        found = inspect(connection)
        assert found.get_foreign_keys("t") == []
        assert found.get_check_constraints("t") == []
        assert found.get_pk_constraint("t")["constrained_columns"] == []
        assert [i["name"] for i in found.get_indexes("t") if i["unique"]] == []
    engine.dispose()


@pytest.mark.parametrize(
    ("declared", "change", "after"),
    [
        pytest.param(
            "varchar(9) DEFAULT 'x' CHECK (`a` <> '5%`a`')",
            AlterColumn("t", "a", type_=String(20), comment="c"),
            "varchar(20) DEFAULT 'x' COMMENT 'c' CHECK (`a` <> '5%`a`')",
            id="check",
        ),
        pytest.param(
            "int(11) DEFAULT 5 CHECK (`a` > 0)",
            AlterColumn(
                "t",
                "a",
                nullable=False,
                new_column_name="z",
                existing_type=Integer(),
                existing_server_default="5",
                existing_comment=None,
                existing_autoincrement=False,
            ),
            "int(11) NOT NULL DEFAULT 5 CHECK (`z` > 0)",
            id="check-under-another-name-all-facts-stated",
        ),
        pytest.param(
            "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`a`))",
            AlterColumn("t", "a", nullable=False),
            "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL CHECK (json_valid(`a`))",
            id="json",
        ),
        pytest.param(
            "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`a`))",
            AlterColumn("t", "a", type_=mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin")),
            "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL",
            id="json-no-more",
        ),
        pytest.param(
            "int(11) INVISIBLE DEFAULT 3",
            AlterColumn("t", "a", comment="c"),
            "int(11) INVISIBLE DEFAULT 3 COMMENT 'c'",
            id="invisible",
        ),
        pytest.param(
            "enum('5%','it''s') CHARACTER SET latin1 COLLATE latin1_bin DEFAULT '5%'",
            AlterColumn("t", "a", nullable=False),
            "enum('5%','it''s') CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT '5%'",
            id="percent-in-the-type",
        ),
    ],
)
def test_mariadb_keeps_what_no_fact_of_a_change_states(
    mariadb_url: str, declared: str, change: AlterColumn, after: str
) -> None:
    """LIM-041: a whole new definition forgets what it doesn't repeat, a CHECK too."""
    engine = create_engine(mariadb_url)
    with engine.begin() as connection:
        connection.execute(ExecuteSQL(f"CREATE TABLE t (`a` {declared}, b int)", raw=True))
        connection.execute(change)
        name = "a" if isinstance(change.new_column_name, Keep) else change.new_column_name

        created = connection.execute(text("SHOW CREATE TABLE t")).one()[1]
        assert f"  `{name}` {after},\n" in created
    engine.dispose()


@pytest.mark.parametrize("persisted", [True, False])
def test_mariadb_computes_a_column_anew_and_keeps_the_expression(
    mariadb_url: str, persisted: bool
) -> None:
    """LIM-049: also where the expression isn't stated and only the comment changes."""
    engine = create_engine(mariadb_url)
    with engine.begin() as connection:
        connection.execute(
            CreateTable(
                "t",
                Column("a", Integer),
                Column("c", Integer, Computed("a + 1", persisted=persisted)),
            )
        )
        connection.execute(text("INSERT INTO t (a) VALUES (5)"))
        connection.execute(
            AlterColumn(
                "t",
                "c",
                server_default=Computed("a + 2", persisted=persisted),
                existing_server_default=Computed("a + 1", persisted=persisted),
            )
        )
        connection.execute(AlterColumn("t", "c", comment="it's", new_column_name="d"))

        assert connection.execute(text("SELECT d FROM t")).scalar_one() == 7
        assert inspect(connection).get_columns("t")[1]["comment"] == "it's"
        with pytest.raises(UnsupportedChange, match="generated"):
            connection.execute(AlterColumn("t", "a", server_default=Computed("1")))
    engine.dispose()
