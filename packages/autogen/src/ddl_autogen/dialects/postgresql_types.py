"""PostgreSQL's types and literals: their one spelling, and what is cast to what."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeEngine

_SYNONYMS = {
    "bool": "boolean",
    "char": "character",
    "decimal": "numeric",
    "float": "double precision",
    "float4": "real",
    "float8": "double precision",
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "string": "text",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "varbit": "bit varying",
    "varchar": "character varying",
}
_TYPE = re.compile(
    r"(?P<base>[^(\[]+?)\s*(?:\((?P<args>[^)]*)\)(?P<rest>[^\[(]*))?(?P<array>(?:\[\d*\])*)$"
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?$")
NUMERIC = ("integer", "bigint", "smallint", "numeric", "double precision", "real")
_CAST = re.compile(r"('(?:[^']|'')*')::([\w\s\"().,]+)$")

TYPES: dict[str, type[TypeEngine[Any]]] = {
    "bigint": sqltypes.BigInteger,
    "boolean": sqltypes.Boolean,
    "bytea": sqltypes.LargeBinary,
    "character": sqltypes.CHAR,
    "character varying": sqltypes.String,
    "date": sqltypes.Date,
    "double precision": sqltypes.Double,
    "integer": sqltypes.Integer,
    "interval": sqltypes.Interval,
    "json": sqltypes.JSON,
    "jsonb": pg.JSONB,
    "numeric": sqltypes.Numeric,
    "real": sqltypes.REAL,
    "smallint": sqltypes.SmallInteger,
    "text": sqltypes.Text,
    "uuid": sqltypes.Uuid,
}


@lru_cache(maxsize=10_000)
def canonical_type(text: str) -> str:
    """Bring a type into the words of pg_catalog.format_type."""
    if text in TYPES:
        return text
    plain = re.sub(r"\s+collate\s+.*$", "", text, flags=re.IGNORECASE).strip()
    found = _TYPE.match(plain)
    if found is None or plain.startswith('"'):
        return plain
    base = " ".join(found["base"].lower().split())
    args = "" if found["args"] is None else re.sub(r"\s+", "", found["args"].lower())
    rest = " ".join((found["rest"] or "").lower().split())
    if base == "float" and args:
        base, args = ("real" if int(args) <= 24 else "double precision"), ""
    if not (rest and base in ("timestamp", "time", "timestamptz", "timetz")):
        base = _SYNONYMS.get(base, base)
    if base in ("character", "bit") and not args and not rest:
        args = "1"
    if base == "numeric" and args and "," not in args:
        args += ",0"
    if args and " " in base and base.startswith("time"):  # timestamp(3) without time zone
        word, _, tail = base.partition(" ")
        base, rest = word, tail
    whole = base + (f"({args})" if args else "") + (f" {rest}" if rest else "")
    return whole + ("[]" if found["array"] else "")


def plain_default(given: str, type_: str) -> str:
    """Take a cast to the column's own type off a literal, and the quotes off a number.

    PostgreSQL keeps a default converted to the column's type: '0' of an integer
    column is told as 0, 'x' of a varchar column as 'x'::character varying.
    """
    if (found := _CAST.match(given)) is not None:
        cast = found[2].strip()
        if cast == type_ or cast == type_.partition("(")[0]:
            given = found[1]
    if given.startswith("'"):
        inner = given[1:-1]
        if type_.startswith(NUMERIC) and _NUMBER.match(inner):
            return inner
        if type_ == "boolean" and inner.lower() in ("true", "false"):
            return inner.lower()
    return given


_IN_STRINGS = re.compile(
    r"""\(?("(?:[^"]|"")*"|[a-z_][a-z0-9_$]*)\)?::text = ANY \(\(?ARRAY\["""
    r"""((?:\(?'(?:[^']|'')*'::character\ varying\)?(?:::text)?(?:,\ )?)+)\]\)?(?:::text\[\])?\)"""
)
_STRING = re.compile(r"'(?:[^']|'')*'")


def spelled_check(text: str) -> str:
    """Write `c IN ('a', 'b')` for what PostgreSQL makes of it on a varchar column.

    `(c)::text = ANY ((ARRAY['a'::character varying, ...])::text[])` is another expression to the
    server, and would be told in other words again.

    >>> spelled_check("((c)::text = ANY ((ARRAY['a'::character varying])::text[]))")
    "(c IN ('a'))"
    """
    return _IN_STRINGS.sub(lambda m: f"{m[1]} IN ({', '.join(_STRING.findall(m[2]))})", text)


def usual_options(type_: str, increment: int = 1) -> dict[str, int]:
    """Give what a sequence has where nothing is said.

    PostgreSQL 15 manual, CREATE SEQUENCE: it follows from the type and the direction.
    """
    bits = {"smallint": 15, "integer": 31}.get(type_, 63)
    lowest, highest = (-(2**bits), -1) if increment < 0 else (1, 2**bits - 1)
    return {"increment": 1, "minvalue": lowest, "maxvalue": highest, "cache": 1}


STRINGS = {"text", "character varying", "character"}
_NUMBERS = {"smallint", "integer", "bigint", "numeric", "real", "double precision"}
_MOMENTS = {"date", "timestamp without time zone", "timestamp with time zone"}
_CLOCKS = {"time without time zone", "time with time zone"}
_DOCUMENTS = {"json", "jsonb"}


def without_arguments(type_: str) -> str:
    """Give a type without the numbers in its brackets."""
    return re.sub(r"\([\d,]*\)", "", type_)


def assignable(before: str, after: str) -> bool:
    """Tell whether ALTER COLUMN TYPE takes a value of one type for another without USING.

    PostgreSQL 15 manual, CREATE CAST: any type is assigned to a string type; else an
    assignment or implicit cast of pg_cast is needed (those between the types below).
    """
    old, new = without_arguments(before), without_arguments(after)
    if old == new or new in STRINGS:
        return True
    if old in _MOMENTS and new in _CLOCKS:
        return old != "date" and (new, old) != (
            "time with time zone",
            "timestamp without time zone",
        )
    return any(old in kind and new in kind for kind in (_NUMBERS, _MOMENTS, _CLOCKS, _DOCUMENTS))
