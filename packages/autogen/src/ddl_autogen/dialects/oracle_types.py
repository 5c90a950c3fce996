"""Oracle's types in one spelling, and the numbers of its sequences."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sqlalchemy import Identity
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

# Oracle Database SQL Language Reference 19c, ANSI, DB2, and SQL/DS Data Types
_SYNONYMS = {
    "char varying": "varchar2",
    "character": "char",
    "character varying": "varchar2",
    "double precision": "float(126)",
    "float": "float(126)",
    "int": "number(*,0)",
    "integer": "number(*,0)",
    "national char": "nchar",
    "national character": "nchar",
    "national character varying": "nvarchar2",
    "real": "float(63)",
    "smallint": "number(*,0)",
    "varchar": "varchar2",
}
_WHOLE = ("numeric", "decimal", "dec")
_STRINGS = ("char", "varchar2", "nchar", "nvarchar2")

TYPES: dict[str, type[TypeEngine[Any]]] = {
    "binary_double": oracle.BINARY_DOUBLE,
    "binary_float": oracle.BINARY_FLOAT,
    "blob": sqltypes.LargeBinary,
    "boolean": sqltypes.Boolean,
    "clob": sqltypes.Text,
    "date": sqltypes.DateTime,
    "float(126)": sqltypes.Float,
    "float(63)": sqltypes.REAL,
    "json": sqltypes.JSON,
    "long": oracle.LONG,
    "nclob": oracle.NCLOB,
    "number": oracle.NUMBER,
    "number(*,0)": sqltypes.Integer,
    "number(19,0)": sqltypes.BigInteger,
    "rowid": oracle.ROWID,
}


@lru_cache(maxsize=10_000)
def canonical_type(text: str) -> str:
    """Bring a type into one spelling: small letters, Oracle's own name, its usual length said.

    >>> canonical_type("NUMERIC(10, 2)"), canonical_type("INTEGER"), canonical_type("TIMESTAMP")
    ('number(10,2)', 'number(*,0)', 'timestamp(6)')
    """
    plain = re.sub(r"\s*([(),])\s*", r"\1", " ".join(text.lower().split()))
    plain = re.sub(r"\)(?=[a-z])", ") ", plain)
    if plain.startswith("interval day"):
        return _interval(plain)
    base, _, behind = plain.partition("(")
    inside, _, rest = behind.partition(")")
    if base.startswith("timestamp "):  # the zone stands behind the precision
        base, rest = "timestamp", base.removeprefix("timestamp")
    if base in _WHOLE:
        base, inside = "number", inside or "*"
    elif base != "float" or not inside:
        base = _SYNONYMS.get(base, base)
    if base == "number" and inside and "," not in inside:
        inside += ",0"
    elif base == "timestamp":
        inside = inside or "6"
    elif base in _STRINGS:
        inside = _sized(base, inside)
    return f"{base}({inside}){rest}" if inside else base + rest


def _sized(base: str, inside: str) -> str:
    """Say of a length what it counts: bytes if nothing is said; national types know only characters."""
    length, _, unit = (inside or "1").partition(" ")
    return length if base[0] == "n" else f"{length} {unit or 'byte'}"


def _interval(plain: str) -> str:
    days = re.search(r"day\((\d)\)", plain)
    seconds = re.search(r"second\((\d)\)", plain)
    return f"interval day({days[1] if days else 2}) to second({seconds[1] if seconds else 6})"


def type_of(row: Any) -> str:
    """Write the type of a row of `COLUMNS`, in the canonical spelling."""
    base = row.type.lower()
    if base in ("varchar2", "char"):
        in_characters = row.char_used == "C"
        return f"{base}({row.characters if in_characters else row.length} {'char' if in_characters else 'byte'})"
    if base in ("nvarchar2", "nchar"):
        return f"{base}({row.characters})"
    if base == "raw":
        return f"raw({row.length})"
    if base == "float":
        return f"float({row.precision})"
    if base == "number" and (row.precision, row.scale) != (None, None):
        return f"number({'*' if row.precision is None else row.precision},{row.scale or 0})"
    return canonical_type(row.type)


_MOST = 10**28 - 1


def usual_numbers(increment: int) -> dict[str, int]:
    """Give what a sequence has where nothing was said.

    Oracle Database SQL Language Reference 19c, CREATE SEQUENCE: up to 10^28 - 1, or down to
    -(10^27 - 1); twenty numbers are kept in memory.
    """
    down = increment < 0
    return {
        "increment": 1,
        "minvalue": -(10**27 - 1) if down else 1,
        "maxvalue": -1 if down else _MOST,
        "cache": 20,
    }


_OF_ORACLE = "oracle_" if hasattr(Identity, "dialect_kwargs") else ""  # SQLAlchemy 2.1
NUMBERING_WORDS = f"{_OF_ORACLE}on_null", f"{_OF_ORACLE}order"
"""What `Identity` calls ON NULL and ORDER."""


def numbering_words(on_null: Any, order: Any) -> tuple[tuple[str, Any], ...]:
    """Give those of them that hold, as `IdentityValue.options`."""
    said = zip(NUMBERING_WORDS, (on_null, order), strict=True)
    return tuple((name, True) for name, holds in said if holds)


_ON_NULL = re.compile(
    r"\s*ON\s+NULL\b(?:\s+FOR\s+INSERT\s+(?:ONLY|AND\s+UPDATE)\b)?", re.IGNORECASE
)


def split_on_null(default: str) -> tuple[bool, str]:
    """Tell whether a default is one ON NULL too, and give the rest of it.

    Oracle Database SQL Language Reference 23ai, CREATE TABLE, DEFAULT: FOR INSERT is what ON NULL
    says alone; that it may be for updates too isn't read.

    >>> split_on_null("ON NULL 5"), split_on_null("on_null()")
    ((True, ' 5'), (False, 'on_null()'))
    """
    found = _ON_NULL.match(default)
    return (False, default) if found is None else (True, default[found.end() :])


_OPTION = re.compile(r"([A-Z_ ]+): (-?\w+)")


def identity_numbers(options: str) -> dict[str, Any]:
    """Read `all_tab_identity_cols.identity_options`; None for what it has without a word.

    >>> identity_numbers("START WITH: 5, INCREMENT BY: 1, MAX_VALUE: 99, MIN_VALUE: 1, CYCLE_FLAG: N")
    {'increment': None, 'minvalue': None, 'maxvalue': 99, 'cache': None, 'start': 5, 'cycle': False}
    """
    said = {name.strip(): value for name, value in _OPTION.findall(options)}
    increment = int(said.get("INCREMENT BY", 1))
    usual = usual_numbers(increment)
    found = {
        "increment": increment,
        "minvalue": int(said.get("MIN_VALUE", usual["minvalue"])),
        "maxvalue": int(said.get("MAX_VALUE", usual["maxvalue"])),
        "cache": int(said.get("CACHE_SIZE", usual["cache"])),
    }
    first = found["maxvalue" if increment < 0 else "minvalue"]
    start = int(said.get("START WITH", first))
    return {k: None if v == usual[k] else v for k, v in found.items()} | {
        "start": None if start == first else start,
        "cycle": said.get("CYCLE_FLAG") == "Y",
    }
