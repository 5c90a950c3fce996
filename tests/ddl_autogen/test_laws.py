"""What is true of any two schemas: in sync with themselves, and led from one to the other and back."""

from __future__ import annotations

from typing import Any

import pytest
from ddl_autogen import compare, render, reverse
from ddl_constructs import apply
from hypothesis import given, note
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Enum,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    func,
    text,
)
from sqlalchemy.exc import SAWarning

TABLES = ("a", "b", "order", "Mixed Case")
COLUMNS = ("c", "d", "select", "E f")
TYPES: dict[str, Any] = {
    "integer": (Integer(), ["0", "-7", text("3"), text("(1 + 2)")]),
    "bigint": (BigInteger(), ["5"]),
    "string": (String(30), ["x", "", "it's", "50% :a \\ b", "NULL", "7", text("'y'")]),
    "longer": (String(60), ["x"]),
    "text": (Text(), []),
    "numeric": (Numeric(10, 2), ["1.5", text("0.25")]),
    "float": (Float(), ["2.5"]),
    "boolean": (Boolean(), [text("true"), text("false")]),
    "date": (Date(), ["2020-02-29"]),
    "moment": (DateTime(), [func.now(), text("CURRENT_TIMESTAMP")]),
    "enum": (Enum("low", "it's", name="level"), ["low"]),
    "checked": (Enum("p", "q", name="checked", native_enum=False, create_constraint=True), ["p"]),
}
KEYED = ("integer", "bigint", "string", "date", "numeric")


@st.composite
def schemas(draw: st.DrawFn) -> MetaData:
    metadata = MetaData()
    names = draw(st.lists(st.sampled_from(TABLES), unique=True, max_size=3))
    kinds: dict[tuple[str, str], str] = {}
    for name in names:
        table = Table(name, metadata, Column("id", Integer, primary_key=True), Column("n", Integer))
        for column in draw(st.lists(st.sampled_from(COLUMNS), unique=True, max_size=3)):
            kind = draw(st.sampled_from(sorted(TYPES)))
            kinds[name, column] = kind
            type_, defaults = TYPES[kind]
            if kind == "checked":  # a CHECK's name is the table's own on every server
                type_ = Enum(
                    "p", "q", name=f"ck {column}", native_enum=False, create_constraint=True
                )
            default = draw(st.sampled_from([None, *defaults]))
            comment = draw(st.sampled_from([None, None, "it's 50% \\ :x"]))
            table.append_column(
                Column(
                    column,
                    type_.copy() if hasattr(type_, "copy") else type_,
                    server_default=default,
                    nullable=draw(st.booleans()),
                    comment=comment,
                )
            )
        keyed = [c for (t, c), kind in kinds.items() if t == name and kind in KEYED]
        if keyed and draw(st.booleans()):
            several = draw(st.lists(st.sampled_from(keyed), unique=True, min_size=1))
            unique = draw(st.booleans())
            Index(f"ix_{name}", *(table.c[c] for c in several), unique=unique)
        if keyed and draw(st.booleans()):
            several = draw(st.lists(st.sampled_from(keyed), unique=True, min_size=1))
            named = draw(st.sampled_from([None, f"uq_{name}"]))
            table.append_constraint(UniqueConstraint(*several, name=named))
        for check in draw(st.lists(st.sampled_from(["n > 0", "n <> 5 AND n < 900"]), unique=True)):
            named = draw(st.sampled_from([None, f"ck_{name}_{len(check)}"]))
            table.append_constraint(CheckConstraint(check, name=named))
    for name in names:
        integers = [c for (t, c), kind in kinds.items() if t == name and kind == "integer"]
        if integers and draw(st.booleans()):
            target = draw(st.sampled_from(names))
            action = draw(st.sampled_from([None, "CASCADE"]))
            named = draw(st.sampled_from([None, f"fk_{name}"]))
            key = f"{target}.id"
            metadata.tables[name].append_constraint(
                ForeignKeyConstraint(
                    [integers[0]],
                    [key],
                    ondelete=action,
                    name=named,
                    use_alter=bool(named),
                )
            )
    return metadata


def described(connection: Connection, metadata: MetaData) -> list[str]:
    return [change.describe() for change in compare(connection, metadata)]


def cleared(connection: Connection) -> None:
    for change in compare(connection, MetaData()):
        connection.execute(change)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
@given(metadata=schemas())
def test_a_schema_is_in_sync_with_itself(metadata: MetaData, database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        cleared(connection)
        for change in compare(connection, metadata):
            note(change.describe())
            connection.execute(change)
        by_changes = described(connection, metadata)
        cleared(connection)
        try:
            metadata.create_all(connection)
        except SAWarning:  # cycles without names: create_all can't
            by_create_all: list[str] = []
        else:
            by_create_all = described(connection, metadata)
        cleared(connection)
        connection.commit()
    engine.dispose()

    assert (by_changes, by_create_all) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
@given(before=schemas(), after=schemas())
def test_changes_lead_from_any_schema_to_any_other_and_back(
    before: MetaData, after: MetaData, server: str, request: pytest.FixtureRequest
) -> None:
    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    with engine.connect() as connection:
        cleared(connection)
        for change in compare(connection, before):
            connection.execute(change)
        changes = compare(connection, after)
        for change in changes:
            note(f"up: {change.describe()}")
            connection.execute(change)
        left = described(connection, after)
        in_memory = apply(before, *changes)
        unlike = described(connection, in_memory)
        undo = reverse(changes, connection.dialect)
        for change in undo:
            note(f"down: {change.describe()}")
            connection.execute(change)
        back = described(connection, before)
        unlike += described(connection, apply(in_memory, *undo))
        render([*changes, *undo], dialect=connection.dialect)
        cleared(connection)
        connection.commit()
    engine.dispose()

    assert (left, back, unlike) == ([], [], [])


@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
@given(before=schemas(), after=schemas())
def test_changes_lead_in_memory_to_where_the_database_would_be(
    before: MetaData, after: MetaData, sqlite_url: str
) -> None:
    """SQLite, where most changes need a copy of the table, which isn't made here."""
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        cleared(connection)
        for change in compare(connection, before):
            connection.execute(change)
        changes = compare(connection, after)
        undo = reverse(changes, connection.dialect)
        in_memory = apply(before, *changes)
        back = described(connection, apply(in_memory, *undo))
        cleared(connection)
        for change in compare(connection, in_memory):
            connection.execute(change)
        there = described(connection, after)
        cleared(connection)
        connection.commit()
    engine.dispose()

    assert (there, back) == ([], [])
