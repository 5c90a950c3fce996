"""Models and databases that are in sync though they are spelled otherwise, and filters on their edges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ddl_autogen import Options, UntypedColumn, compare, reverse
from roundtrip.walk import run
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    column,
    create_engine,
    text,
)

SIMPLE = "CREATE TABLE t (id SERIAL PRIMARY KEY, a integer, b varchar(20))"
OPTIONS = Options()
SCHEMAS = Options(include_schemas=True)


@pytest.mark.parametrize("there", [False, True], ids=["table", "column"])
@pytest.mark.parametrize(
    ("column", "said"),
    [
        pytest.param(lambda: Column("n"), "t.n: it has no type; give it one", id="no-type"),
        pytest.param(
            lambda: Column("n", ForeignKey("gone.id")),
            "t.n: that of gone.id would be its own, and no model has it; give it one, or let",
            id="target-that-no-model-has",
        ),
    ],
)
def test_a_column_of_no_type_is_refused_where_it_is_to_be_made(
    column: Callable[[], Column[Any]], said: str, there: bool
) -> None:
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True), column())
    with create_engine("sqlite://").connect() as connection:
        if there:
            connection.execute(text("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY)"))

        with pytest.raises(UntypedColumn) as refused:
            compare(connection, metadata)

    assert str(refused.value).startswith(f"can't make {said}")


@pytest.mark.parametrize("first", ["compared", "executed"])
def test_percent_signs_of_names_are_doubled_for_the_driver_alone(
    database_url: str, first: str
) -> None:
    """What a name is quoted as is remembered by SQLAlchemy: a comparison must not remember for it."""
    metadata = MetaData()
    check = CheckConstraint(column("a%b") > 5, name="c%b")
    table = Table(
        "t%", metadata, Column("id", Integer, primary_key=True), Column("a%b", Integer), check
    )
    made = create_engine(database_url)
    metadata.create_all(made)
    engine = made if first == "executed" else create_engine(database_url)
    with engine.connect() as connection:
        assert compare(connection, metadata) == []
        assert connection.execute(table.select().where(table.c["a%b"] == 6)).all() == []
    made.dispose()
    engine.dispose()


def system_column(metadata: MetaData) -> None:
    Table("t", metadata, *columns(), Column("xmin", Integer, system=True))


def columns() -> list[Column[Any]]:
    return [Column("id", Integer, primary_key=True), Column("a", Integer), Column("b", String(20))]


def another_order(metadata: MetaData) -> None:
    Table("t", metadata, *reversed(columns()))


def default_schema(metadata: MetaData) -> None:
    Table("t", metadata, *columns(), schema="public")
    Table("u", metadata, Column("t_id", ForeignKey("public.t.id")), schema="public")


def one_name_twice(metadata: MetaData) -> None:
    Table("t", metadata, *columns())
    there = Table("t", metadata, *columns(), schema="other")
    Table("u", metadata, Column("t_id", ForeignKey(there.c.id)))


def plain(metadata: MetaData) -> None:
    Table("t", metadata, *columns())


def no_type(metadata: MetaData) -> None:
    Table("t", metadata, Column("id", Integer, primary_key=True), Column("a"), Column("b"))


def nullable_by_the_server(metadata: MetaData) -> None:
    Table("g", metadata, Column("a", Integer, Identity(), nullable=True), Column("b", Integer),
          Column("c", Integer, Computed("b * 2", persisted=True)))  # fmt: skip


def unnamed_unique(metadata: MetaData) -> None:
    Table("t", metadata, *columns(), UniqueConstraint("b", "a"))


def inheriting(metadata: MetaData) -> None:
    Table("t", metadata, *columns(), CheckConstraint("a > 0", name="ck"))
    Table("kid", metadata, Column("c", Integer), postgresql_inherits="t")
    Table("other_kid", metadata, *columns()[1:], Column("c", Integer), postgresql_inherits="t")


def repeating(metadata: MetaData) -> None:
    default = Column("d", Integer, server_default=text("7"))
    Table("t", metadata, *columns(), Column("c", Integer, server_default=text("5")), default)
    repeated = Column("d", Integer, server_default=text("8"))
    Table("kid", metadata, Column("c", Integer), repeated, postgresql_inherits="t")


REPEATING = (
    SIMPLE,
    "ALTER TABLE t ADD c integer DEFAULT 5, ADD d integer DEFAULT 7",
    "CREATE TABLE kid (c integer, d integer DEFAULT 8) INHERITS (t)",
)
INHERITING = (
    SIMPLE,
    "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)",
    "CREATE TABLE kid (c integer) INHERITS (t)",
    "CREATE TABLE other_kid (c integer) INHERITS (t)",
)
CASES = [
    pytest.param(inheriting, INHERITING, OPTIONS, id="inherited-columns-and-checks"),
    pytest.param(repeating, REPEATING, OPTIONS, id="repeated-columns-with-defaults"),
    pytest.param(system_column, (SIMPLE,), OPTIONS, id="system-column"),
    pytest.param(another_order, (SIMPLE,), OPTIONS, id="another-order"),
    pytest.param(default_schema, (SIMPLE, "CREATE TABLE u (t_id integer REFERENCES t)"), OPTIONS,
                 id="default-schema-by-name"),
    pytest.param(one_name_twice, (SIMPLE, "CREATE SCHEMA other", SIMPLE.replace(" t ", " other.t "),
                                  "CREATE TABLE u (t_id integer REFERENCES other.t)"), SCHEMAS,
                 id="one-name-in-two-schemas"),
    pytest.param(plain, (SIMPLE, "CREATE VIEW v AS SELECT a FROM t"), OPTIONS, id="view"),
    pytest.param(no_type, (SIMPLE, "ALTER TABLE t ALTER a TYPE xml USING NULL"), OPTIONS, id="no-type"),
    pytest.param(nullable_by_the_server, (
        "CREATE TABLE g (a integer GENERATED BY DEFAULT AS IDENTITY, b integer, "
        "c integer NOT NULL GENERATED ALWAYS AS (b * 2) STORED)",), OPTIONS, id="nullable-of-generated"),
    pytest.param(unnamed_unique, (SIMPLE, "ALTER TABLE t ADD CONSTRAINT whatever UNIQUE (a, b)"), OPTIONS,
                 id="unnamed-unique-in-another-order"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "made", "options"), CASES)
def test_it_is_in_sync(
    build: Callable[[MetaData], None], made: tuple[str, ...], options: Options, postgresql_url: str
) -> None:
    metadata = MetaData()
    build(metadata)
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        for sql in made:
            connection.execute(text(sql))

        assert [c.describe() for c in compare(connection, metadata, options)] == []
    engine.dispose()


def test_a_table_that_inherits_comes_after_its_parent_and_goes_before(postgresql_url: str) -> None:
    metadata = MetaData()
    Table("b", metadata, *columns())
    Table("a", metadata, Column("c", Integer), postgresql_inherits="b")
    Table("c", metadata, Column("a", Integer), Column("d", Integer), postgresql_inherits=("b",))
    engine = create_engine(postgresql_url)
    parents = text(
        "SELECT inhrelid::regclass::text FROM pg_inherits ORDER BY inhrelid::regclass::text"
    )
    with engine.connect() as connection:
        for change in compare(connection, metadata):
            connection.execute(change)
        gone = compare(connection, MetaData())
        for change in [*gone, *reverse(gone, connection.dialect)]:
            connection.execute(change)

        assert connection.execute(parents).scalars().all() == ["a", "c"]
        assert [change.describe() for change in compare(connection, metadata)] == []
    engine.dispose()


SORTED = [
    ["a", "a asc", "a ASC NULLS LAST", "a nulls last"],
    ["a desc", "a DESC NULLS FIRST", "a desc nulls first"],
]


def test_a_sort_order_that_is_the_usual_one_need_not_be_said(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        connection.execute(text(SIMPLE))
        for kind, forms in enumerate(SORTED):
            for theirs in forms:
                connection.execute(text("DROP INDEX IF EXISTS ix"))
                connection.execute(text(f"CREATE INDEX ix ON t ({theirs})"))
                for other, models in enumerate(SORTED):
                    for ours in models:
                        metadata = MetaData()
                        plain(metadata)
                        Index("ix", text(ours), _table=metadata.tables["t"])
                        found = compare(connection, metadata)
                        assert bool(found) == (kind != other), (theirs, ours)
    engine.dispose()


def referring(ondelete: str | None) -> MetaData:
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True))
    Table("c", metadata, Column("p_id", ForeignKey("p.id", name="fk", ondelete=ondelete)))
    return metadata


def test_a_foreign_key_to_a_table_that_is_left_out_takes_part(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        referring(None).create_all(connection)

        def without(name: str | None, type_: str, *_: Any) -> bool:
            return not (type_ == "table" and name == "p")

        def neither(item: Any, name: str | None, type_: str, *_: Any) -> bool:
            return without(name, type_)

        options = Options(include_name=without, include_object=neither)
        found = [c.describe() for c in compare(connection, referring("CASCADE"), options)]

    engine.dispose()
    assert found == [
        "drop foreign key constraint fk of c",
        "add foreign key fk (p_id -> p.id) to c",
    ]


def test_a_callable_for_defaults_meets_an_identity(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, Identity(), primary_key=True), Column("a", Integer))
    with engine.connect() as connection:
        metadata.create_all(connection)
        options = Options(compare_server_default=lambda *about: None)

        assert compare(connection, metadata, options) == []
    engine.dispose()


def test_a_plain_column_in_place_of_a_computed_one_comes_back_with_values(
    database_url: str,
) -> None:
    """It may not be NULL, and nothing else would fill it where there are rows."""
    plain, made = MetaData(), MetaData()
    Table("t", plain, Column("id", Integer, primary_key=True), Column("n", Integer),
          Column("twice", Integer, nullable=False))  # fmt: skip
    Table("t", made, Column("id", Integer, primary_key=True), Column("n", Integer),
          Column("twice", Integer, Computed("n * 2", persisted=not database_url.startswith("sqlite"))))  # fmt: skip
    engine = create_engine(database_url)
    with engine.connect() as connection:
        plain.create_all(connection)
        connection.execute(text("INSERT INTO t VALUES (1, 4, 7)"))
        connection.commit()
        up = compare(connection, made)
        connection.commit()
        run(connection, up)
        assert connection.execute(text("SELECT twice FROM t")).scalar() == 8
        connection.commit()

        run(connection, reverse(up, connection.dialect))

        assert connection.execute(text("SELECT twice FROM t")).scalar() == 8
        assert [c.describe() for c in compare(connection, plain)] == []
    engine.dispose()


def test_what_stands_on_a_computed_column_stays_when_that_is_made_anew(database_url: str) -> None:
    """The column takes keys, CHECKs and indexes along, or can't go while they are there."""

    def models(expression: str) -> MetaData:
        metadata = MetaData()
        stored = not database_url.startswith("sqlite")
        twice = Column("twice", Integer, Computed(expression, persisted=stored))
        table = Table("t", metadata, Column("id", Integer, primary_key=True), Column("n", Integer),
                      twice, UniqueConstraint("twice", "n", name="uq"),
                      CheckConstraint("twice < 100", name="ck"))  # fmt: skip
        Index("ix", table.c.twice)
        return metadata

    engine = create_engine(database_url)
    with engine.connect() as connection:
        models("n * 2").create_all(connection)
        connection.commit()
        up = compare(connection, models("n * 3"))
        connection.commit()
        run(connection, up)
        assert [c.describe() for c in compare(connection, models("n * 3"))] == []
        connection.commit()

        run(connection, reverse(up, connection.dialect))

        assert [c.describe() for c in compare(connection, models("n * 2"))] == []
    engine.dispose()
