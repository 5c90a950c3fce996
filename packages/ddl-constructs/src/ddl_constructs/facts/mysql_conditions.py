"""When a row of MySQL's or MariaDB's table is about a change."""

# ruff: noqa: D103 - the name of a condition says it, and the row again in words

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.engine.interfaces import Dialect

from .conversion import Declared, both, holds_all_numbers

_BYTES = 4  # at most for a character (utf8mb4)
_CLOCKS = {"current_timestamp", "now", "localtime", "localtimestamp"}
_CALL = re.compile(r"([a-z_]\w*)\s*\(", re.IGNORECASE)
_LITERAL = re.compile(r"'(?:[^'\\]|''|\\.)*'")


def rebuilds_innodb(change: Any, dialect: Dialect) -> bool:
    engines = (change.of(dialect.name), change.existing_of(dialect.name))
    return all(str(each.get("engine")).lower() == "innodb" for each in engines)


def full_text_or_spatial(change: Any, dialect: Dialect) -> bool:
    options = change.dialect_kwargs
    return bool(options.get("mysql_prefix") or options.get("mariadb_prefix"))


def _specification(change: Any, dialect: Dialect) -> str:
    nothing: Any = None
    text = dialect.ddl_compiler(dialect, nothing).get_column_specification(change.bound)
    return _LITERAL.sub("''", text)


def stored_or_references(change: Any, dialect: Dialect) -> bool:
    if change.inline_references and change.column.foreign_keys:
        return True
    return change.column.computed is not None and " STORED" in _specification(change, dialect)


def drops_stored(change: Any, dialect: Dialect) -> bool:
    known = change.existing_column
    return known is not None and known.computed is not None and bool(known.computed.persisted)


def virtual(change: Any, dialect: Dialect) -> bool:
    return change.column.computed is not None and not stored_or_references(change, dialect)


def drops_virtual(change: Any, dialect: Dialect) -> bool:
    known = change.existing_column
    return known is not None and known.computed is not None and not known.computed.persisted


def not_at_the_end(change: Any, dialect: Dialect) -> bool:
    return change.insert_after is not None


def auto_increment(change: Any, dialect: Dialect) -> bool:
    return change.column.primary_key and " AUTO_INCREMENT" in _specification(change, dialect)


def calls_a_function(change: Any, dialect: Dialect) -> bool:
    if change.column.server_default is None or change.column.computed is not None:
        return False
    _, _, default = _specification(change, dialect).partition(" DEFAULT ")
    return not {c.lower() for c in _CALL.findall(default)} <= _CLOCKS


def calls_or_checks(change: Any, dialect: Dialect) -> bool:
    return bool(change.column.constraints) or calls_a_function(change, dialect)


def old_type_unknown(change: Any, dialect: Dialect) -> bool:
    return "type_" in change.aspects and both(change, dialect) is None


_SAME = {"integer": "int", "numeric": "decimal", "bool": "tinyint", "double precision": "double"}


def _types(change: Any, dialect: Dialect) -> tuple[Declared, Declared] | None:
    found = both(change, dialect)
    if "type_" not in change.aspects or found is None:
        return None
    old, new = (_plain(t) for t in found)
    return old, new


def _plain(type_: Declared) -> Declared:
    """Give a type under one of its names; of a whole number the display width left out."""
    first, _, rest = _SAME.get(type_.name, type_.name).partition(" ")
    name = f"{_SAME.get(first, first)} {rest}".strip()
    return Declared(name, () if _word(name) in _WHOLE else type_.arguments)


def _word(name: str) -> str:
    """Give a type's name without UNSIGNED, CHARACTER SET and the like."""
    return name.partition(" ")[0]


def same_or_more_labels(change: Any, dialect: Dialect) -> bool:
    """Tell whether the type stays, or an enum or set gets labels behind those it has.

    At most 255 labels of an enum, 8 of a set take one byte; beyond, the size may change.
    """
    if (types := _types(change, dialect)) is None:
        return False
    old, new = types
    if old == new:
        return True
    most = {"enum": 255, "set": 8}.get(old.name, 0)
    added = new.arguments[: len(old.arguments)] == old.arguments
    return old.name == new.name and added and len(new.arguments) <= most


def _lengths(change: Any, dialect: Dialect) -> tuple[int, int] | None:
    """Give the old and new length of a varchar that gets longer; None for all else."""
    if (types := _types(change, dialect)) is None:
        return None
    old, new = types
    if old.name != "varchar" or new.name != "varchar" or not (old.numbers and new.numbers):
        return None
    lengths = old.numbers[0], new.numbers[0]
    return lengths if lengths[1] > lengths[0] else None


def longer(change: Any, dialect: Dialect) -> bool:
    return _lengths(change, dialect) is not None


def longer_in_place(change: Any, dialect: Dialect) -> bool:
    """Tell whether the length still takes one byte, or took two before, in any character set."""
    lengths = _lengths(change, dialect)
    return lengths is not None and (lengths[1] * _BYTES <= 255 or lengths[0] > 255)


def longer_from_short(change: Any, dialect: Dialect) -> bool:
    lengths = _lengths(change, dialect)
    return lengths is not None and lengths[0] * _BYTES <= 127


_WHOLE = {"tinyint", "smallint", "mediumint", "int", "bigint"}
_BROKEN = {"float", "double", "decimal", "real"}
_TIMES = {"datetime", "timestamp", "time"}


def cuts(change: Any, dialect: Dialect) -> bool:
    """Tell whether a conversion rounds, or leaves out a part, without an error in strict mode."""
    if (types := _types(change, dialect)) is None:
        return False
    old, new = types
    before, after = _word(old.name), _word(new.name)
    if before in _BROKEN and after in _WHOLE:
        return True
    if before in _TIMES | {"date"} and after in {"date", "time", "year"} and before != after:
        return True
    if before in _TIMES and after in _TIMES:
        return (new.numbers or (0,))[0] < (old.numbers or (0,))[0]
    if before == after == "decimal":
        scales = [t.numbers[1] if len(t.numbers) > 1 else 0 for t in (old, new)]
        return not holds_all_numbers(old, new) and scales[1] < scales[0]
    return (before, after) in _LESS_EXACT


# a float has 24 bits for its digits, a double 53
_LESS_EXACT = {
    *((old, "float") for old in ("int", "bigint", "decimal", "double")),
    ("bigint", "double"),
    ("decimal", "double"),
    ("float", "decimal"),
    ("double", "decimal"),
}

_GROUPS = (
    {"char", "varchar", "tinytext", "text", "mediumtext", "longtext"},
    {"enum"},
    {"set"},
    _WHOLE | _BROKEN,
    _TIMES | {"date", "year"},
)
_TEXTS = _GROUPS[0]


def reads_values_anew(change: Any, dialect: Dialect) -> bool:
    """Tell whether values become something of another kind, other than text."""
    if (types := _types(change, dialect)) is None:
        return False
    before, after = (_word(t.name) for t in types)
    known = any(before in group for group in _GROUPS)
    alike = any({before, after} <= group for group in _GROUPS)
    return before != after and not alike and not (known and after in _TEXTS)
