"""What goes in is what the server gives back: names, comments, defaults, labels, CHECKs.

Property tests on the real databases; every text is drawn from what has broken
such tools before: quotes, percent signs, colons, backslashes, newlines, unicode.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ddl_constructs import (
    AddColumn,
    AlterColumn,
    AlterSequence,
    BulkInsert,
    Change,
    CopyRows,
    CreateEnum,
    CreateIndex,
    CreateSequence,
    CreateTable,
    CreateTableComment,
    DropColumn,
    DropConstraint,
    DropEnum,
    DropIndex,
    DropSequence,
    DropTable,
    DropTableComment,
    ExecuteSQL,
    RenameConstraint,
    RenameEnumValue,
    RenameIndex,
    RenameTable,
    ReplaceEnum,
    UnsupportedChange,
    create_check_constraint,
    create_foreign_key,
    create_unique_constraint,
)
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Connection,
    Enum,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    column,
    create_engine,
    inspect,
    table,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

AWKWARD = st.text(
    st.one_of(
        st.sampled_from("'\"`%:\\\n\t;$({[ "),
        st.sampled_from("aZ_9é中😀"),
        st.characters(
            min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cn", "Co"]
        ),
    ),
    min_size=1,
    max_size=12,
)
NAME = st.one_of(
    st.sampled_from(["select", "Table", "a b", "a.b", "order", "x%y", "q'q", 'd"d', "a:b", "ü"]),
    st.text(st.sampled_from("abcXYZ_ '\"%:.-$é"), min_size=1, max_size=12),
).filter(lambda name: name == name.strip() and name != "id")


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A connection to each database in turn, on a schema of its own."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def run(connection: Connection, *changes: Change) -> None:
    for change in changes:
        connection.execute(change)


def fresh(connection: Connection, table_name: str = "t", *columns: SchemaItem) -> None:
    """Drop and create a table, with an id beside the columns."""
    run(
        connection,
        DropTable(table_name, if_exists=True),
        CreateTable(table_name, Column("id", Integer, primary_key=True), *columns),
    )


@given(value=AWKWARD)
def test_a_default_comes_through_unchanged(connection: Connection, value: str) -> None:
    fresh(connection, "t", Column("a", String(50), server_default=value))
    run(connection, AddColumn("t", Column("b", String(50), server_default=value)))
    if connection.dialect.name != "sqlite":
        run(connection, AddColumn("t", Column("c", String(50))))
        run(connection, AlterColumn("t", "c", server_default=value))
    connection.execute(text("INSERT INTO t (id) VALUES (1)"))

    row = connection.execute(text("SELECT * FROM t")).one()

    assert set(row[1:]) == {value}
    connection.rollback()


@given(comment=AWKWARD)
def test_a_comment_comes_through_unchanged(connection: Connection, comment: str) -> None:
    if not connection.dialect.supports_comments:
        pytest.skip("SQLite has no comments")
    fresh(connection, "t", Column("a", Integer, comment=comment))
    run(connection, CreateTableComment("t", comment))
    run(connection, AddColumn("t", Column("b", Integer, comment=comment)))
    run(connection, AddColumn("t", Column("c", Integer)), AlterColumn("t", "c", comment=comment))

    found = inspect(connection)

    comments = {c["name"]: c["comment"] for c in found.get_columns("t")}
    assert comments == {"id": None, "a": comment, "b": comment, "c": comment}
    assert found.get_table_comment("t")["text"] == comment
    connection.rollback()


@given(old=NAME, new=NAME, column=NAME)
def test_names_come_through_unchanged(
    connection: Connection, old: str, new: str, column: str
) -> None:
    if old.lower() == new.lower():
        return
    run(connection, DropTable(new, if_exists=True))
    fresh(connection, old)
    run(connection, AddColumn(old, Column(column, Integer, nullable=True)))
    run(connection, AlterColumn(old, column, new_column_name="renamed"))
    run(connection, AlterColumn(old, "renamed", new_column_name=column))
    run(connection, RenameTable(old, new))

    found = inspect(connection)

    assert new in found.get_table_names()
    assert [c["name"] for c in found.get_columns(new)] == ["id", column]
    run(connection, DropTable(new))
    connection.rollback()


@given(
    labels=st.lists(
        AWKWARD.map(str.strip).filter(bool), min_size=1, max_size=3, unique_by=str.lower
    )
)
def test_enum_labels_come_through_unchanged(connection: Connection, labels: list[str]) -> None:
    if any("," in label for label in labels):
        return
    fresh(connection, "t", Column("e", Enum(*labels, name="e_labels")))
    for number, label in enumerate(labels, 1):
        insert = text("INSERT INTO t (id, e) VALUES (:id, :label)")
        connection.execute(insert, {"id": number, "label": label})

    found = connection.execute(text("SELECT e FROM t ORDER BY id")).scalars().all()

    assert found == labels
    if connection.dialect.name == "postgresql":
        run(
            connection,
            DropTable("t"),
            CreateTable("t", Column("id", Integer), Column("e", Enum(*labels, name="e_labels")))
            .reverse()
            .replace(if_exists=True),
        )
    connection.rollback()


@given(value=AWKWARD)
def test_a_check_compares_with_the_very_text(connection: Connection, value: str) -> None:
    if connection.dialect.name == "sqlite":
        pytest.skip("SQLite adds no CHECK to a table that is there")
    fresh(connection, "t", Column("a", Text))
    literal = value.replace("'", "''")
    if connection.dialect.name == "mysql":
        literal = literal.replace("\\", "\\\\")
    run(connection, create_check_constraint("ck", "t", f"a <> '{literal}'"))
    connection.commit()
    insert = text("INSERT INTO t (id, a) VALUES (1, :a)")

    connection.execute(insert, {"a": value + "x"})
    connection.rollback()
    with pytest.raises(Exception, match="ck"):
        connection.execute(insert, {"a": value})
    connection.rollback()


ODDEST = "a.b%(x)s %s'\"`:c;$$\\ü?--"
"""A name with all that a database, a driver or SQLAlchemy reads as something else."""


def every_change(n: str) -> Iterator[Change]:
    """Give each kind of change, in an order in which they can be executed, all under one name."""
    yield CreateTable(
        f"p{n}",
        Column(n, Integer, primary_key=True, autoincrement=False),
        Column("k", Integer),
        comment=n,
    )
    yield CreateTable(
        n,
        Column(n, Integer, primary_key=True, autoincrement=False),
        Column("v", String(60), server_default=n, comment=n),
        Column("p", Integer),
        UniqueConstraint("p", name=f"uq {n}"),
        Index(f"ix0{n}", "v"),
    )
    yield AddColumn(n, Column(f"c{n}", Integer, comment=n, nullable=True))
    yield AddColumn(n, Column(f"g{n}", Integer, Computed(column(n) + 1, persisted=False)))
    yield CreateIndex(f"ix {n}", n, [f"c{n}", "v"])
    yield RenameIndex(f"ix {n}", f"iy {n}", n)
    yield DropIndex(f"iy {n}", n)
    yield create_unique_constraint(f"uq2{n}", n, [f"c{n}"])
    yield create_check_constraint(f"ck{n}", n, column(f"c{n}") > 0)
    yield create_foreign_key(f"fk{n}", n, f"p{n}", ["p"], [n])
    yield RenameConstraint(f"ck{n}", f"ck2{n}", n)
    yield DropConstraint(f"fk{n}", n, "foreignkey", if_exists=True)
    yield DropConstraint(f"uq2{n}", n, "unique")
    yield DropConstraint(f"ck{n}", n, "check", if_exists=True)
    yield DropConstraint(f"ck2{n}", n, "check", if_exists=True)
    yield AlterColumn(n, "v", server_default=f"x{n}")
    yield AlterColumn(n, "v", nullable=False, type_=String(80))
    yield AlterColumn(n, "v", comment=f"new{n}")
    yield AlterColumn(n, f"c{n}", new_column_name=f"d{n}")
    yield CreateSequence(f"s{n}", start=3)
    yield AlterSequence(f"s{n}", increment=2, new_sequence_name=f"s2{n}")
    yield DropSequence(f"s2{n}")
    yield CreateEnum(f"e{n}", [f"a{n}", "b"])
    yield RenameEnumValue(f"e{n}", "b", f"b{n}")
    enum = Enum(f"a{n}", f"b{n}", name=f"e{n}")
    yield AddColumn(n, Column("en", enum, server_default=f"a{n}"))
    yield BulkInsert(table(n, column(n), column("v"), column("p")), [{n: 1, "v": n, "p": 1}])
    yield ReplaceEnum(f"e{n}", [f"z{n}", f"b{n}"], renamed={f"a{n}": f"z{n}"})
    yield CopyRows(f"p{n}", f"p{n}", {n: n})
    yield DropColumn(n, f"d{n}")
    yield CreateTableComment(n, f"t{n}")
    yield DropTableComment(n)
    yield RenameTable(n, f"r{n}")
    yield DropTable(f"r{n}")
    yield DropTable(f"p{n}")
    yield DropEnum(f"e{n}", if_exists=True)


def test_every_change_is_executed_under_the_oddest_name(connection: Connection) -> None:
    """What a database has no words for is refused by name; nothing else fails."""
    refused = set()
    for change in every_change(ODDEST):
        try:
            connection.execute(change)
        except UnsupportedChange:
            refused.add(type(change).__name__)

    assert inspect(connection).get_table_names() == []
    if connection.dialect.name == "postgresql":
        assert refused == {"AddColumn"}  # PostgreSQL 15 has no virtual columns


@pytest.mark.parametrize("using", ["(a % 10)::text", "CASE WHEN a % 2 = 0 THEN '5%' ELSE ':x' END"])
def test_a_conversion_comes_through_unchanged(postgresql_url: str, using: str) -> None:
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        fresh(connection, "t", Column("a", Integer))
        connection.execute(text("INSERT INTO t VALUES (1, 24), (2, 13)"))
        expected = connection.exec_driver_sql(
            f"SELECT {using} FROM t ORDER BY id".replace("%", "%%")
        )

        wanted = expected.scalars().all()
        run(connection, AlterColumn("t", "a", type_=Text(), postgresql_using=using))

        found = connection.execute(text("SELECT a FROM t ORDER BY id")).scalars().all()
        assert found == wanted
    engine.dispose()


def test_a_colon_in_what_sqlalchemy_reads_as_text_is_a_colon(connection: Connection) -> None:
    """DDL has no parameters: `':x'` in a model's text would become `'NULL'`."""
    fresh(
        connection,
        "t",
        Column("a", String(9), server_default=text("':x'")),
        Column("b", String(9), Computed("'%:y'", persisted=_stored(connection))),
        CheckConstraint("a <> ':z'", name="ck"),
    )
    run(
        connection,
        CreateIndex(
            "ix", "t", ["a"], postgresql_where=text("a = ':v'"), sqlite_where=text("a = ':v'")
        ),
    )
    connection.execute(text("INSERT INTO t (id) VALUES (1)"))

    assert connection.execute(text("SELECT a, b FROM t")).one() == (":x", "%:y")
    assert "':z'" in str(inspect(connection).get_check_constraints("t"))
    where = inspect(connection).get_indexes("t")[0].get("dialect_options", {})
    assert all("':v'" in str(w) for o, w in where.items() if o.endswith("where"))
    valued = create_check_constraint("ck2", "t", text("a <> :z").bindparams(z="it's"))
    assert "<> 'it''s'" in str(valued.compile(dialect=postgresql.dialect()))
    connection.rollback()


def _stored(connection: Connection) -> bool:
    return connection.dialect.name != "sqlite"


@given(value=AWKWARD)
def test_raw_sql_comes_through_unchanged(connection: Connection, value: str) -> None:
    """LIM-053: no colon is a bind parameter, no backslash goes, no percent sign is doubled."""
    literal = value.replace("'", "''")
    if connection.dialect.name == "mysql":
        literal = literal.replace("\\", "\\\\")
    fresh(connection, "t", Column("a", Text))
    run(connection, ExecuteSQL(f"INSERT INTO t VALUES (1, '{literal}')", raw=True))

    assert connection.execute(text("SELECT a FROM t")).scalar_one() == value
    connection.rollback()


def test_text_for_people_never_holds_a_percent_twice_where_the_driver_needs_none() -> None:
    change = CreateTableComment("t", "50%")

    assert "'50%'" in str(change.compile(dialect=postgresql.dialect(paramstyle="named")))
