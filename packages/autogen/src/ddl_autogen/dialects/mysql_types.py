"""MariaDB's and MySQL's types and literals in one spelling."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Index
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from ..sqltokens import normal
from ..values import ElementValue, ForeignKeyValue, UniqueValue

_SYNONYMS = {
    "bool": "tinyint(1)",
    "boolean": "tinyint(1)",
    "dec": "decimal",
    "double precision": "double",
    "fixed": "decimal",
    "int1": "tinyint",
    "integer": "int",
    "numeric": "decimal",
    "real": "double",
}
_SINGLE = {"char": "1", "binary": "1", "bit": "1", "decimal": "10,0"}
_TYPE = re.compile(r"([a-z0-9 ]+?)\s*(?:\(([\d\s,]+)\)\s*([a-z ]*))?$")
_CHARSET = re.compile(r"\s+(?:character set|charset|collate)\s+\S+", re.IGNORECASE)
_NOW = re.compile(r"(?:now|current_timestamp|localtime|localtimestamp)(?:\s*\(\s*(\d*)\s*\))?$")
_NUMBERS = ("decimal", "int", "bigint", "smallint", "tinyint", "mediumint", "double", "float")

TYPES: dict[str, type[TypeEngine[Any]]] = {
    "bigint": sqltypes.BigInteger,
    "binary": sqltypes.BINARY,
    "blob": sqltypes.LargeBinary,
    "char": sqltypes.CHAR,
    "date": sqltypes.Date,
    "datetime": sqltypes.DateTime,
    "decimal": sqltypes.Numeric,
    "double": sqltypes.Double,
    "float": sqltypes.Float,
    "int": sqltypes.Integer,
    "json": sqltypes.JSON,
    "longtext": mysql.LONGTEXT,
    "smallint": sqltypes.SmallInteger,
    "text": sqltypes.Text,
    "time": sqltypes.Time,
    "timestamp": sqltypes.TIMESTAMP,
    "tinyint(1)": sqltypes.Boolean,
    "varbinary": sqltypes.VARBINARY,
    "varchar": sqltypes.String,
}


@lru_cache(maxsize=10_000)
def canonical_type(text: str) -> str:
    """Bring a type into the words of information_schema, less what says nothing of the values."""
    plain = _CHARSET.sub("", text).strip()
    if "'" in plain:  # ENUM and SET: the labels stay as they are
        word, bracket, labels = plain.partition("(")
        return word.strip().lower() + bracket + re.sub(r"'\s*,\s*'", "','", labels)
    found = _TYPE.match(" ".join(plain.lower().split()))
    if found is None:
        return re.sub(r"\s*([(),])\s*", r"\1", " ".join(plain.lower().split()))
    base, args, rest = found[1], (found[2] or "").replace(" ", ""), found[3] or ""
    word, _, tail = base.partition(" ")
    if word in ("int", "integer", "bigint", "smallint", "tinyint", "mediumint") and tail:
        base, rest = word, f"{tail} {rest}".strip()
    base = _SYNONYMS.get(base, base)
    if base == "float" and args and "," not in args:
        base, args = ("float" if int(args) <= 24 else "double"), ""
    if base in ("int", "bigint", "smallint", "mediumint", "year"):
        args = ""  # a width for display, which says nothing of what can be stored
    elif base == "tinyint":
        args = "1" if args == "1" and not rest else ""
    elif base in _SINGLE and not args:
        args = _SINGLE[base]
    elif base == "decimal" and "," not in args:
        args += ",0"
    return base + (f"({args})" if args else "") + (f" {rest}" if rest else "")


def labels_of(type_: str) -> list[str]:
    """Give the labels of an ENUM or SET, in their order."""
    inner = type_.partition("(")[2].rpartition(")")[0]
    return [label.replace("''", "'") for label in re.findall(r"'((?:[^']|'')*)'", inner)]


def one_utf8(collation: str) -> str:
    """Say utf8mb3 for utf8, in a collation: MySQL 8.0.30 and MariaDB 10.6 renamed them.

    >>> one_utf8("utf8_general_ci"), one_utf8("utf8mb4_bin")
    ('utf8mb3_general_ci', 'utf8mb4_bin')
    """
    return "utf8mb3_" + collation[5:] if collation.lower().startswith("utf8_") else collation


def one_now(plain: str) -> str:
    """Say current_timestamp() for each of its names; other text as it is."""
    found = _NOW.match(plain.replace(" ", ""))
    return plain if found is None else f"current_timestamp({found[1] or ''})"


def plain_default(given: str | None, type_: str) -> str | None:
    """Bring a default into one form: numbers by value, the names of now() as one, true as 1."""
    if given is None:
        return None
    plain = normal(given)
    if plain == "null":
        return None
    if plain in ("true", "false"):
        return "1" if plain == "true" else "0"
    number = plain[1:-1] if plain.startswith("'") else plain.replace(" ", "")
    base = type_.partition("(")[0].partition(" ")[0]
    if base in _NUMBERS and re.match(r"[+-]?(\d+(\.\d*)?|\.\d+)$", number):
        return str(Decimal(number).normalize() + 0)
    return one_now(plain)


def without_whole_length(element: ElementValue, index: Index) -> ElementValue:
    """Take away a length that is no prefix: of the whole column, or of a number or a moment.

    The server takes it and doesn't keep it (seen on MariaDB 10.11).
    """
    columns = index.table.columns if index.table is not None else ()
    for column in columns if element.length else ():
        if column.name == element.text:
            longest = getattr(column.type, "length", None) or 0
            kind = column.type._type_affinity
            text = kind is None or issubclass(kind, (sqltypes.String, sqltypes._Binary))
            endless = isinstance(column.type, sqltypes.Text) or not longest
            whole = not text or (not endless and longest <= (element.length or 0))
            return replace(element, length=None) if whole else element
    return element


_Checked = TypeVar("_Checked", UniqueValue, ForeignKeyValue)


def at_once(value: _Checked) -> _Checked:
    """Take away what MySQL doesn't have: that a constraint waits for the end of the transaction."""
    if not value.deferrable and value.initially is None:
        return value
    return replace(value, deferrable=False, initially=None)
