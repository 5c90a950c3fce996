"""Changes as Python: what is written builds the same change again, formatted, with its imports."""

from __future__ import annotations

import enum
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import ddl_constructs
import pytest
import sqlalchemy as sa
from ddl_autogen import UnrenderableType, UnrenderableValue, render, reverse
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
    DropTableComment,
    EnumColumn,
    ExecuteSQL,
    RenameTable,
    ReplaceEnum,
    create_foreign_key,
)
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.sql.elements import conv


class Op:
    """An `op` whose words return the change."""

    def __init__(self) -> None:
        for name in dir(ddl_constructs):
            kind = getattr(ddl_constructs, name)
            if isinstance(kind, type) and issubclass(kind, Change) and kind.words:
                setattr(self, kind.words[0], kind)
        for name in ("primary_key", "unique_constraint", "foreign_key", "check_constraint"):
            setattr(self, f"create_{name}", getattr(ddl_constructs, f"create_{name}"))

    def f(self, name: str) -> conv:
        return conv(name)


def evaluated(source: Any) -> list[Change]:
    names: dict[str, Any] = {"op": Op(), "sa": sa}
    exec("\n".join(source.imports), names)
    names["done"] = []
    lines = "\n".join(source.lines)
    tree = compile(lines, "<test>", "exec", flags=0x400)
    found = []
    for node in tree.body:
        code = compile(ast_expression(node), "<test>", "eval")
        found.append(eval(code, names))
    return found


def ast_expression(node: Any) -> Any:
    import ast

    return ast.Expression(node.value)


class Money(sa.TypeDecorator[object]):
    impl = sa.Numeric(12, 2)
    cache_ok = True


class Trimmed(sa.TypeDecorator[str]):
    impl = sa.String
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(sa.String(32))


class Point(sa.types.UserDefinedType[object]):
    cache_ok = True

    def __init__(self, srid: int = 0) -> None:
        self.srid = srid

    def get_col_spec(self, **kw: Any) -> str:
        return f"POINT({self.srid})"


TYPES = [
    (sa.Integer(), "sa.Integer()"),
    (sa.String(), "sa.String()"),
    (sa.String(50), "sa.String(length=50)"),
    (sa.String(50, collation="C"), 'sa.String(length=50, collation="C")'),
    (sa.Numeric(10, 2), "sa.Numeric(precision=10, scale=2)"),
    (sa.Float(24), "sa.Float(precision=24)"),
    (sa.DateTime(timezone=True), "sa.DateTime(timezone=True)"),
    (sa.Enum("a", "it's", name="e"), 'sa.Enum("a", "it\'s", name="e")'),
    (sa.Enum("a", name="e", native_enum=False), 'sa.Enum("a", name="e", native_enum=False)'),
    (sa.JSON(), "sa.JSON()"),
    (sa.Uuid(), "sa.Uuid()"),
    (sa.LargeBinary(), "sa.LargeBinary()"),
    (sa.Interval(), "sa.Interval()"),
    (sa.ARRAY(sa.Integer()), "sa.ARRAY(sa.Integer())"),
    (sa.ARRAY(sa.String(5), dimensions=2), "sa.ARRAY(sa.String(length=5), dimensions=2)"),
    (postgresql.JSONB(), "postgresql.JSONB()"),
    (postgresql.UUID(), "sa.UUID()"),
    (
        postgresql.DOMAIN("short", sa.String(9)),
        'postgresql.DOMAIN("short", sa.String(length=9))',
    ),
    (
        postgresql.DOMAIN("short", sa.String(9), not_null=True, schema="s"),
        'postgresql.DOMAIN("short", sa.String(length=9), not_null=True, schema="s")',
    ),
    (postgresql.INTERVAL(precision=3), "postgresql.INTERVAL(precision=3)"),
    (
        postgresql.ENUM("a", name="e", create_type=False),
        'postgresql.ENUM("a", name="e", create_type=False)',
    ),
    (mysql.INTEGER(unsigned=True), "mysql.INTEGER(unsigned=True)"),
    (mysql.SET("a", "b"), 'mysql.SET("a", "b")'),
    (mysql.VARCHAR(5, charset="latin1"), 'mysql.VARCHAR(length=5, charset="latin1")'),
    (
        sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
        'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
    ),
    (Money(), "sa.Numeric(precision=12, scale=2)"),
]


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "asyncpg", "pg8000"])
def test_no_class_of_a_driver_is_named(driver: str) -> None:
    """`type_descriptor` adapts a type to one of the driver's own, such as `_PGString`."""
    dialect = sa.make_url(f"postgresql+{driver}://").get_dialect()()

    (line,) = render(AddColumn("t", sa.Column("c", Trimmed())), dialect=dialect).lines

    assert line == 'op.add_column("t", sa.Column("c", sa.String(length=32), nullable=True))'


def test_a_class_that_only_claims_to_be_sqlalchemys_is_not_named() -> None:
    """alembic-postgresql-enum makes one, to write `create_type=False`."""

    class Repr(postgresql.ENUM):
        cache_ok = True

    Repr.__module__ = "sqlalchemy.dialects.postgresql"
    column = sa.Column("c", Repr("x", name="e", create_type=False))

    (line,) = render(AddColumn("t", column), indent=-30).lines

    text = 'postgresql.ENUM("x", name="e", create_type=False)'
    assert line == f'op.add_column("t", sa.Column("c", {text}, nullable=True))'


@pytest.mark.parametrize(("type_", "expected"), TYPES, ids=[text for _, text in TYPES])
def test_types(type_: Any, expected: str) -> None:
    (line,) = render(AddColumn("t", sa.Column("c", type_)), indent=-30).lines

    assert line == f'op.add_column("t", sa.Column("c", {expected}, nullable=True))'


class Level(enum.IntEnum):
    LOW = 1


class Word(enum.StrEnum):
    YES = "it's"


class Loud(int):
    def __repr__(self) -> str:
        return "<loud>"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Level.LOW, "1"),
        (Word.YES, '"it\'s"'),
        (Loud(3), "3"),
        (float("inf"), 'float("inf")'),
        (-1.5, "-1.5"),
        (True, "True"),
        (b"x", "b'x'"),
    ],
    ids=repr,
)
def test_values(value: object, expected: str) -> None:
    (line,) = render(CreateIndex("i", "t", ["a"], postgresql_with={"x": value}), indent=-30).lines

    assert f'postgresql_with={{"x": {expected}}}' in line


@pytest.mark.parametrize("said", ["sa.Text(", "sa.Text()  # wide", "a b", "\0"])
def test_a_hook_that_gives_no_python_is_named(said: str) -> None:
    column = sa.Column("c", sa.Integer())

    with pytest.raises(UnrenderableValue, match=r"render_item says .*; let it give"):
        render(
            AddColumn("t", column),
            render_item=lambda kind, value, renderer: said if kind == "type" else False,
        )


def test_a_users_type_is_imported_from_its_module() -> None:
    source = render(AddColumn("t", sa.Column("c", Point(4326))))

    assert source.imports == (f"import {__name__}",)
    assert f"{__name__}.Point(srid=4326)" in "\n".join(source.lines)


def test_a_type_that_cannot_be_imported_is_refused_by_name() -> None:
    class Local(sa.types.UserDefinedType[object]):
        cache_ok = True

        def get_col_spec(self, **kw: Any) -> str:
            return "X"

    with pytest.raises(UnrenderableType, match=r"Local.*can't be imported.*render_item"):
        render(AddColumn("t", sa.Column("c", Local())))


CHANGES = [
    pytest.param(
        CreateTable(
            "t",
            sa.Column("id", sa.Integer(), sa.Identity(always=True, start=3), nullable=False),
            sa.Column("s", sa.String(9), server_default='it\'s :x 50% \\ "q"\n', comment="ü"),
            sa.Column("d", sa.DateTime(), server_default=sa.func.now()),
            sa.Column("n", sa.Integer(), sa.Computed("id * 2", persisted=True)),
            sa.Column("p", sa.Integer(), sa.ForeignKey("p.id", ondelete="CASCADE")),
            sa.PrimaryKeyConstraint("id", name=conv("pk")),
            sa.ForeignKeyConstraint(
                ["n"], ["s.o.id"], name="fk", deferrable=True, initially="DEFERRED"
            ),
            sa.UniqueConstraint("s", "d"),
            sa.CheckConstraint("s <> '\\:x' AND id > 0", name="ck"),
            sa.Index(
                "ix", "s", sa.text("lower(s)"), unique=True, postgresql_where=sa.text("id > 1")
            ),
            schema="other",
            comment='all "of" it',
            sqlite_strict=True,
        ),
        id="create-table",
    ),
    pytest.param(DropTable("t", schema="s"), id="drop-table"),
    pytest.param(RenameTable("a", "b"), id="rename-table"),
    pytest.param(AddColumn("t", sa.Column("a", sa.Integer(), nullable=False)), id="add-column"),
    pytest.param(
        AddColumn(
            "t", sa.Column("a", sa.Integer(), sa.ForeignKey("o.id"), unique=True, index=True)
        ),
        id="add-column-with-all",
    ),
    pytest.param(DropColumn("t", "a", schema="s"), id="drop-column"),
    pytest.param(
        AlterColumn(
            "t",
            "a",
            type_=sa.Text(),
            existing_type=sa.String(3),
            nullable=False,
            existing_nullable=True,
            server_default=None,
            existing_server_default=sa.text("'a'"),
            comment="x",
            existing_comment=None,
            postgresql_using="a::text",
        ),
        id="alter-column",
    ),
    pytest.param(AlterColumn("t", "a", new_column_name="b"), id="rename-column"),
    pytest.param(CreateIndex("ix", "t", ["a", sa.text("b DESC")], unique=True), id="create-index"),
    pytest.param(
        CreateIndex(
            conv("ix"), "t", ["a"], postgresql_where=sa.column("a") > 5, postgresql_include=["b"]
        ),
        id="create-index-options",
    ),
    pytest.param(DropIndex(conv("ix"), "t"), id="drop-index"),
    pytest.param(
        AddConstraint("t", sa.PrimaryKeyConstraint("a", "b", name="pk")), id="primary-key"
    ),
    pytest.param(AddConstraint("t", sa.UniqueConstraint("a", name="u")), id="unique"),
    pytest.param(
        AddConstraint("t", sa.ForeignKeyConstraint(["a"], ["o.b"], name=conv("f")), schema="s"),
        id="foreign-key",
    ),
    pytest.param(
        AddConstraint("t", sa.CheckConstraint("a > 0 AND b <> '\\:x'", name="c")), id="check"
    ),
    pytest.param(DropConstraint(conv("u"), "t", "unique"), id="drop-constraint"),
    pytest.param(CreateTableComment("t", "x", existing_comment="it's"), id="comment"),
    pytest.param(DropTableComment("t", existing_comment="y"), id="no-comment"),
    pytest.param(ExecuteSQL("UPDATE t SET a = ':x'"), id="execute"),
    pytest.param(
        ReplaceEnum(
            "mood",
            ["ok"],
            columns=[
                EnumColumn("t", "a"),
                EnumColumn("u", "b", schema="s", server_default=sa.text("'ok'::mood"), array=True),
            ],
            renamed={"it's": "ok"},
        ),
        id="replace-enum",
    ),
    pytest.param(
        BulkInsert(sa.table("t", sa.column("a", sa.Integer())), [{"a": 1}, {"a": None}]), id="bulk"
    ),
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_written_builds_the_same_change(change: Change) -> None:
    once = render(change)
    again = render(evaluated(once))

    assert again == once


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_written_says_the_same_sql(change: Change) -> None:
    (built,) = evaluated(render(change))
    dialect = postgresql.dialect()

    assert str(built.compile(dialect=dialect)) == str(change.compile(dialect=dialect))


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
NAMES = TEXTS.filter(bool)
DEFAULTS = st.one_of(
    st.none(),
    TEXTS,
    TEXTS.map(lambda t: sa.text("'" + t.replace("'", "''").replace(":", "\\:") + "'")),
)


@st.composite
def columns(draw: st.DrawFn) -> sa.Column[Any]:
    type_ = draw(st.sampled_from([type_ for type_, _ in TYPES]))
    return sa.Column(
        draw(NAMES),
        type_,
        server_default=draw(DEFAULTS),
        nullable=draw(st.booleans()),
        comment=draw(st.none() | TEXTS),
    )


@given(NAMES, columns(), st.none() | NAMES)
def test_any_text_comes_through(table: str, column: sa.Column[Any], schema: str | None) -> None:
    change = AddColumn(table, column, schema=schema)

    once = render(change)
    (built,) = evaluated(once)

    assert render(built) == once
    assert (built.table_name, built.column.name, built.schema) == (table, column.name, schema)
    assert built.column.comment == column.comment
    given_default, got = column.server_default, built.column.server_default
    if given_default is not None:
        assert str(got.arg) == str(given_default.arg)


@given(columns(), columns())
def test_undone_twice_is_written_the_same(first: sa.Column[Any], second: sa.Column[Any]) -> None:
    changes: list[Change] = [
        AddColumn("t", first),
        CreateTable("n", second),
        CreateIndex("i", "n", ["a"]),
    ]

    assert render(reverse(reverse(changes))) == render(changes)


def of_length(length: int) -> list[Change]:
    """Changes in which each kind of bracket comes to its end somewhere else."""
    one, half = "a" * length, "b" * (length // 2)
    labels = sa.Enum(*(half + str(i) for i in range(3)), name="e")
    default = sa.Column("c", sa.String(9), server_default=sa.text(one), comment=half)
    varied = sa.JSON().with_variant(sa.Text(collation=half), "sqlite")
    return [
        AddColumn("t", default),
        AddColumn("t", sa.Column("c", varied.with_variant(sa.String(9), "mysql"))),
        AlterColumn("t", "c", type_=labels.with_variant(sa.String(9), "mysql"), comment=half),
        CreateIndex("i", "t", [one, "b"], postgresql_ops={one: "x", "c": half}),
        CreateIndex("i", "t", [one], postgresql_include=[half, one], postgresql_ops={one: half}),
        CreateTable("t", default._copy(), sa.CheckConstraint(sa.text(one), name=half)),
        DropConstraint(None, one, "unique", existing_constraint=sa.UniqueConstraint(one, "b")),
        create_foreign_key(half, "t", "u", [one, "b"], [half, "d"]),
        BulkInsert(sa.table(half, sa.column("a", sa.Integer())), [{"a": (one,)}, {"a": one}]),
    ]


RUFF = Path(sys.executable).with_name("ruff")


@pytest.mark.skipif(not RUFF.exists() and "CI" not in os.environ, reason="no ruff")
def test_it_is_formatted_as_ruff_would(tmp_path: Path) -> None:
    """Also where a line has one column too many, in each place that black breaks it."""
    changes = [parameter.values[0] for parameter in CHANGES]
    changes += [change for length in range(15, 95) for change in of_length(length)]
    path = tmp_path / "script.py"
    path.write_text("\n".join(render(changes).lines) + "\n", encoding="utf-8")

    formatted = subprocess.run(
        [str(RUFF), "format", "--isolated", "--diff", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (formatted.returncode, formatted.stdout) == (0, "")


def test_changes_of_a_table_are_one_block_where_it_cant_be_altered_in_place() -> None:
    changes = [
        CreateIndex("ix_alone", "u", ["a"]),
        AddColumn("t", sa.Column("b", sa.Integer())),
        DropConstraint(None, "t", "unique", existing_constraint=sa.UniqueConstraint("a", "b")),
        CreateIndex("ix", "t", ["b"]),
        AlterColumn("u", "a", nullable=False, schema="s"),
    ]

    assert render(changes, dialect=sqlite.dialect()).lines == (
        'op.create_index("ix_alone", "u", ["a"], unique=False)',
        'with op.batch_alter_table("t") as batch:',
        '    batch.add_column(sa.Column("b", sa.Integer(), nullable=True))',
        "    batch.drop_constraint(",
        '        None, type_="unique", existing_constraint=sa.UniqueConstraint("a", "b")',
        "    )",
        '    batch.create_index("ix", ["b"], unique=False)',
        'with op.batch_alter_table("u", schema="s") as batch:',
        '    batch.alter_column("a", nullable=False)',
    )
    assert render(changes[1], dialect=postgresql.dialect()).lines == (
        'op.add_column("t", sa.Column("b", sa.Integer(), nullable=True))',
    )
