"""SQL Server's types in one spelling, and the numbers of its sequences."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import mssql
from sqlalchemy.types import TypeEngine

from ..values import SequenceValue

# SQL Server 2022, Data type synonyms; decimal and numeric are the same (decimal and numeric)
_SYNONYMS = {
    "binary varying": "varbinary",
    "char varying": "varchar",
    "character": "char",
    "character varying": "varchar",
    "dec": "decimal",
    "double precision": "float",
    "integer": "int",
    "national char": "nchar",
    "national char varying": "nvarchar",
    "national character": "nchar",
    "national character varying": "nvarchar",
    "national text": "ntext",
    "numeric": "decimal",
    "rowversion": "timestamp",
    "sysname": "nvarchar(128)",
}
_USUAL = {
    **dict.fromkeys(("binary", "char", "nchar", "nvarchar", "varbinary", "varchar"), "1"),
    "decimal": "18,0",
    "datetime2": "7",
    "datetimeoffset": "7",
    "time": "7",
}
"""What stands in the brackets where nothing was said."""
_COLLATE = re.compile(r"\s+collate\s+\S+", re.IGNORECASE)
_BYTES = ("binary", "char", "varbinary", "varchar")
_TWO_BYTES = ("nchar", "nvarchar")
_FRACTIONS = ("datetime2", "datetimeoffset", "time")

NUMBERS = (
    *("bigint", "bit", "decimal", "float", "int", "money", "real"),
    *("smallint", "smallmoney", "tinyint"),
)

TYPES: dict[str, type[TypeEngine[Any]]] = {
    "bigint": sqltypes.BigInteger,
    "binary": sqltypes.BINARY,
    "bit": sqltypes.Boolean,
    "char": sqltypes.CHAR,
    "date": sqltypes.Date,
    "datetime": sqltypes.DateTime,
    "datetime2": mssql.DATETIME2,
    "datetimeoffset": mssql.DATETIMEOFFSET,
    "decimal": sqltypes.Numeric,
    "float": sqltypes.Double,
    "int": sqltypes.Integer,
    "nchar": sqltypes.NCHAR,
    "nvarchar": sqltypes.Unicode,
    "nvarchar(max)": sqltypes.UnicodeText,
    "real": sqltypes.REAL,
    "smallint": sqltypes.SmallInteger,
    "time": mssql.TIME,
    "uniqueidentifier": sqltypes.Uuid,
    "varbinary": sqltypes.VARBINARY,
    "varbinary(max)": sqltypes.LargeBinary,
    "varchar": sqltypes.String,
    "varchar(max)": sqltypes.Text,
}


@lru_cache(maxsize=10_000)
def canonical_type(text: str) -> str:
    """Bring a type into one spelling: small letters, one of its synonyms, its usual length unsaid.

    >>> canonical_type("NUMERIC(10, 2)"), canonical_type("FLOAT(24)"), canonical_type("VARCHAR")
    ('decimal(10,2)', 'real', 'varchar(1)')
    """
    plain = " ".join(_COLLATE.sub("", text).lower().replace("[", "").replace("]", "").split())
    base, _, rest = plain.partition("(")
    inside = rest.rstrip(") ").replace(" ", "")
    base = _SYNONYMS.get(base.strip(), base.strip())
    if base == "float":  # float(1) to float(24) are real; SQL Server 2022, float and real
        return "real" if inside and int(inside) <= 24 else "float"
    if base == "decimal" and inside and "," not in inside:
        inside += ",0"
    inside = inside or _USUAL.get(base, "")
    if base in _FRACTIONS and inside == "7":
        inside = ""
    return f"{base}({inside})" if inside else base


def type_of(row: Any) -> str:
    """Write the type of a row of `COLUMNS` or `SEQUENCES`, in the canonical spelling."""
    base = row.type.lower()
    if base in _BYTES:
        return f"{base}({'max' if row.length == -1 else row.length})"
    if base in _TWO_BYTES:
        return f"{base}({'max' if row.length == -1 else row.length // 2})"
    if base in ("decimal", "numeric"):
        return f"decimal({row.precision},{row.scale})"
    if base in _FRACTIONS:
        return canonical_type(f"{base}({row.scale})")
    return canonical_type(row.type)


_RANGES = {
    "tinyint": (0, 2**8 - 1),
    "smallint": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
}


def usual_numbers(type_: str, increment: int) -> dict[str, int | None]:
    """Give what a sequence of a type has where nothing was said.

    SQL Server 2022, CREATE SEQUENCE: the bounds are those of the type, and it starts at the
    lowest, or at the highest if it counts down.
    """
    if type_ in _RANGES:
        low, high = _RANGES[type_]
    else:
        digits = re.search(r"\d+", type_)
        high = 10 ** int(digits[0] if digits else 18) - 1
        low = -high
    start = high if increment < 0 else low
    return {"increment": 1, "minvalue": low, "maxvalue": high, "start": start, "cache": None}


def sequence_of(row: Any) -> SequenceValue:
    """Make a sequence of its row; None for what it would have without a word."""
    given = row.type.lower()
    type_ = f"decimal({row.precision},0)" if given in ("decimal", "numeric") else given
    found = {
        "increment": int(row.increment),
        "minvalue": int(row.minimum),
        "maxvalue": int(row.maximum),
        "start": int(row.start),
        "cache": row.cache if row.cached else 0,
    }
    usual = usual_numbers(type_, found["increment"])
    said: dict[str, Any] = {k: None if v == usual[k] else v for k, v in found.items()}
    named = None if type_ == "bigint" else type_
    return SequenceValue(row.name, row.schema, named, cycle=bool(row.cycles), **said)
