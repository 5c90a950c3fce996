"""CREATE TABLE as SQLite keeps it: what people write by hand, and what columns share."""

from __future__ import annotations

import sqlite3

import pytest
from ddl_autogen.dialects.sqlite_text import parse_table
from ddl_autogen.values import ComputedValue, TableValue

ODD = [
    'CREATE TABLE "t (a, b" (a INTEGER, b)',
    "CREATE TABLE t (a INTEGER -- one, or (two\n, b /* ) */ TEXT)",
    "CREATE TABLE t ([a, b] INTEGER, `c)` TEXT)",
    'CREATE TABLE t ("check" INTEGER, "a""b" TEXT)',
    "CREATE TABLE t (a TEXT DEFAULT 'x, (y' NOT NULL, b TEXT DEFAULT ''',')",
    "CREATE TABLE t (a NUMERIC(10, 2), b VARCHAR ( 5 ))",
    "CREATE TABLE t (a, b UNIQUE, /* a comment, and no column */ CHECK (a IN (1, 2)))",
    "CREATE TABLE t (größe INTEGER, _b$ TEXT)",
    "CREATE TABLE t(a\tINTEGER\n,b\n)",
    "CREATE TABLE t (a INTEGER CHECK (a > 1), b AS (a + 1), c INT GENERATED ALWAYS AS (a*2) STORED)",
]


def parsed(sql: str) -> TableValue:
    return parse_table("t", None, sql, str.lower)


@pytest.mark.parametrize("sql", ODD)
def test_the_columns_are_those_that_sqlite_sees(sql: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(sql)
    (table, kept) = connection.execute("SELECT name, sql FROM sqlite_master").fetchone()
    seen = connection.execute("SELECT name, type, \"notnull\", hidden FROM pragma_table_xinfo(?)", (table,))  # fmt: skip

    found = parsed(kept)

    assert [
        (
            column.name,
            column.type,
            int(not column.nullable),
            0 if column.computed is None else 3 if column.computed.stored else 2,
        )
        for column in found.columns
    ] == [(name, type_.lower(), notnull, hidden) for name, type_, notnull, hidden in seen]


def test_columns_that_are_defined_alike_keep_their_own_names_and_tables() -> None:
    definition = "INTEGER UNIQUE REFERENCES o (id) CHECK (1)"
    one = parse_table("t", "s", f"CREATE TABLE t (a {definition}, b {definition})", str.lower)
    other = parse_table("u", None, f"CREATE TABLE u (c {definition})", str.lower)

    assert [u.columns for u in one.uniques] == [("a",), ("b",)]
    assert [(k.columns, k.target) for k in one.foreign_keys] == [
        (("a",), ("s", "o")),
        (("b",), ("s", "o")),
    ]
    assert [(k.columns, k.target) for k in other.foreign_keys] == [(("c",), (None, "o"))]
    assert len(one.checks) == 2


def test_what_a_column_says_behind_its_type_is_read() -> None:
    (column, computed) = parsed(
        "CREATE TABLE t (a TEXT COLLATE nocase DEFAULT (1 + 2) NOT NULL, b INT AS (a || ',') STORED)"
    ).columns

    assert (column.collation, column.default, column.nullable) == ("nocase", "(1 + 2)", False)
    assert computed.computed == ComputedValue("a || ','", True)
