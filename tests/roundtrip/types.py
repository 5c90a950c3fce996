"""The types of the columns, by a short name: what they are, what stands in the rows, their defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ARRAY, JSON, Enum, Uuid
from sqlalchemy import types as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql as pg

Make = Callable[[], Any]
TYPES: dict[str, tuple[Make, Callable[[int], str], list[str]]] = {
    "int": (sa.Integer, str, ["=0", "-7", "(1 + 2)"]),
    "bigint": (sa.BigInteger, str, ["=5"]),
    "smallint": (sa.SmallInteger, str, ["=5"]),
    "str20": (
        lambda: sa.String(20),
        lambda i: f"'{i}'",
        ["=1", "=", "=it's", "=50% :a \\ b", "=NULL"],
    ),
    "str40": (lambda: sa.String(40), lambda i: f"'{i}'", ["=x", "'y'", "='); drop"]),
    "char3": (lambda: sa.CHAR(3), lambda i: f"'a0{i}'", ["=abc"]),
    "text": (sa.Text, lambda i: f"'{i}'", []),
    "num102": (lambda: sa.Numeric(10, 2), str, ["=1.5", "0.25"]),
    "num124": (lambda: sa.Numeric(12, 4), str, ["=1.5"]),
    "num": (sa.Numeric, str, []),
    "double": (sa.Double, str, ["=2.5"]),
    "bool": (sa.Boolean, lambda i: "true" if i % 2 else "false", ["true", "false"]),
    "date": (sa.Date, lambda i: f"'2020-01-0{i}'", ["=2020-02-29"]),
    "moment": (sa.DateTime, lambda i: f"'2020-01-0{i} 00:00:00'", ["CURRENT_TIMESTAMP"]),
    "json": (JSON, lambda i: f"'{i}'", []),
    "uuid": (Uuid, lambda i: f"'00000000-0000-0000-0000-00000000000{i}'", []),
    "checked": (
        lambda: Enum("1", "2", "3", native_enum=False, length=5, create_constraint=True),
        lambda i: f"'{i}'",
        ["=2"],
    ),
    "checked4": (
        lambda: Enum("1", "2", "3", "4%", native_enum=False, length=5, create_constraint=True),
        lambda i: f"'{i}'",
        ["=2"],
    ),
    "zoned": (
        lambda: sa.DateTime(timezone=True),
        lambda i: f"'2020-01-0{i} 00:00:00+00'",
        ["now()"],
    ),
    "clock": (sa.Time, lambda i: f"'0{i}:00:00'", []),
    "interval": (sa.Interval, lambda i: f"'{i} hours'", ["'24 hours'"]),
    "bytes": (sa.LargeBinary, lambda i: f"'{i}'", []),
    "jsonb": (pg.JSONB, lambda i: f"'{i}'", ["""'{"a": "b:c"}'"""]),
    "ints": (lambda: ARRAY(sa.Integer), lambda i: f"'{{{i}}}'", ["'{}'"]),
    "strs": (lambda: ARRAY(sa.String(20)), lambda i: f"'{{{i}}}'", ["'{}'::varchar[]"]),
    "inet": (pg.INET, lambda i: f"'10.0.0.{i}'", []),
    "range": (pg.INT4RANGE, lambda i: f"'[{i},{i + 1})'", []),
    "uint": (lambda: mysql.INTEGER(unsigned=True), str, ["=7"]),
    "zint": (lambda: mysql.INTEGER(unsigned=True, zerofill=True), str, []),
    "tiny": (mysql.TINYINT, str, []),
    "set": (lambda: mysql.SET("1", "2", "3"), lambda i: f"'{i}'", ["=1,2"]),
    "set4": (lambda: mysql.SET("1", "2", "3", "four"), lambda i: f"'{i}'", []),
    "latin": (lambda: mysql.VARCHAR(20, charset="latin1"), lambda i: f"'{i}'", ["=x"]),
    "longtext": (mysql.LONGTEXT, lambda i: f"'{i}'", []),
    "stamp3": (
        lambda: mysql.DATETIME(fsp=3),
        lambda i: f"'2020-01-0{i} 00:00:00'",
        ["CURRENT_TIMESTAMP(3)"],
    ),
}
"""Name -> (how it is made, SQL of row 1 to 9, defaults: SQL text, or "=" and a plain string)."""


def make_type(name: str, enums: Mapping[str, list[str]], collation: str | None, column: str) -> Any:
    """Make the type of a column."""
    base, _, enum = name.partition(":")
    if base in ("enum", "enums"):
        made = Enum(*enums[enum], name=enum)
        return made if base == "enum" else ARRAY(made)
    if base.startswith("checked"):
        plain: Any = TYPES[base][0]()
        plain.name = f"ck_{column}"
        return plain
    made = TYPES[base][0]()
    if collation is not None:
        made.collation = collation
    return made


def row_value(type_: str, row: int) -> str:
    """Give the SQL of a value of a type in a row, from 1."""
    base = type_.partition(":")[0]
    if base == "enum":
        return f"'{row}'"
    if base == "enums":
        return f"'{{{row}}}'"
    return TYPES[base][1](row)


def defaults(type_: str) -> list[str]:
    """Give the defaults that a column of a type may have."""
    base = type_.partition(":")[0]
    if base == "enum":
        return ["=1", "=2"]
    return [] if base == "enums" else TYPES[base][2]
