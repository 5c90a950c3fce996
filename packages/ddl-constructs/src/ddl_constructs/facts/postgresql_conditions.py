"""When a row of PostgreSQL's table is about a change."""

# ruff: noqa: D103 - the name of a condition says it, and the row again in words

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Index
from sqlalchemy.engine.interfaces import Dialect

from .conditions import option
from .conversion import Declared, both, holds_all_numbers


def not_valid(change: Any, dialect: Dialect) -> bool:
    return bool(change.constraint.dialect_kwargs.get("postgresql_not_valid"))


def concurrently(change: Any, dialect: Dialect) -> bool:
    return bool(change.dialect_kwargs.get("postgresql_concurrently"))


def begins_to_number(change: Any, dialect: Dialect) -> bool:
    return change.existing_autoincrement is False and change.autoincrement is True


def ceases_to_number(change: Any, dialect: Dialect) -> bool:
    return change.existing_autoincrement is True and change.autoincrement is False


def cascades(change: Any, dialect: Dialect) -> bool:
    return bool(change.cascade)


def forbids_null(change: Any, dialect: Dialect) -> bool:
    return change.not_null is True


def refreshes_concurrently(change: Any, dialect: Dialect) -> bool:
    return bool(change.concurrently)


def empties(change: Any, dialect: Dialect) -> bool:
    return not change.with_data


# PostgreSQL 15 manual, ALTER TABLE, SET ( storage_parameter ): the weaker lock is for these
_WEAKLY_LOCKED = re.compile(
    r"fillfactor|parallel_workers|(toast\.)?autovacuum_\w+|toast_tuple_target|toast\.\w+"
    r"|vacuum_\w+|log_autovacuum_\w+"
)


def weakly_locked_storage(change: Any, dialect: Dialect) -> bool:
    said = {
        **(change.of(dialect.name).get("with") or {}),
        **(change.existing_of(dialect.name).get("with") or {}),
    }
    return option("with")(change, dialect) and all(_WEAKLY_LOCKED.fullmatch(name) for name in said)


_CALL = re.compile(r"([a-z_][\w.]*)\s*\(", re.IGNORECASE)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
# PostgreSQL 15 manual, Function Volatility Categories; pg_proc.provolatile of these
_VOLATILE = {
    "nextval", "setval", "random", "clock_timestamp", "timeofday", "gen_random_uuid", "uuidv4",
    "uuidv7", "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "random_normal",
}  # fmt: skip
_STEADY = {
    "now", "statement_timestamp", "transaction_timestamp", "localtime", "localtimestamp",
    "current_time", "current_timestamp", "current_setting", "date_trunc", "date_part", "extract",
    "lower", "upper", "coalesce", "concat", "md5", "length", "to_char", "to_date", "to_timestamp",
    "timezone", "make_date", "make_timestamp", "make_interval", "json_build_object",
    "jsonb_build_object", "json_build_array", "jsonb_build_array", "array", "row", "cast",
    "greatest", "least", "nullif", "abs", "round", "floor", "ceil", "txid_current",
    "varchar", "char", "character", "varying", "bpchar", "numeric", "decimal", "timestamp",
    "timestamptz", "time", "timetz", "interval", "bit", "varbit", "float", "and", "or", "not", "in",
}  # fmt: skip


def _specification(change: Any, dialect: Dialect) -> str:
    nothing: Any = None
    text = dialect.ddl_compiler(dialect, nothing).get_column_specification(change.bound)
    return _LITERAL.sub("''", text)


def _calls(change: Any, dialect: Dialect) -> set[str]:
    _, _, default = _specification(change, dialect).partition(" DEFAULT ")
    return {c.lower().removeprefix("pg_catalog.") for c in _CALL.findall(default)}


def _has_default(change: Any, dialect: Dialect) -> bool:
    return change.column.server_default is not None or change.column.primary_key


def computed_per_row(change: Any, dialect: Dialect) -> bool:
    """Tell whether each row gets a value of its own: identity, serial, stored, volatile."""
    if not _has_default(change, dialect):
        return False
    said = _specification(change, dialect)
    return re.search(
        r" (SMALL|BIG)?SERIAL\b| AS IDENTITY\b| STORED\b", said
    ) is not None or not _VOLATILE.isdisjoint(_calls(change, dialect))


def perhaps_volatile(change: Any, dialect: Dialect) -> bool:
    return _has_default(change, dialect) and not _calls(change, dialect) <= _STEADY


def plain_default(change: Any, dialect: Dialect) -> bool:
    return _has_default(change, dialect) and " DEFAULT " in _specification(change, dialect)


def not_null_without_default(change: Any, dialect: Dialect) -> bool:
    column = change.column
    return not column.nullable and column.computed is None and not _has_default(change, dialect)


def references_inside(change: Any, dialect: Dialect) -> bool:
    """Tell whether rows are checked for a foreign key; they aren't where all are NULL."""
    return bool(change.inline_references and change.column.foreign_keys) and _has_default(
        change, dialect
    )


def checked_inside(change: Any, dialect: Dialect) -> bool:
    return bool(
        change.column.constraints or (change.inline_primary_key and change.column.primary_key)
    )


_SAME = {
    "character varying": "varchar", "int": "integer", "int4": "integer", "int8": "bigint",
    "int2": "smallint", "decimal": "numeric", "bool": "boolean", "double precision": "float8",
    "float": "float8", "real": "float4", "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone", "time": "time without time zone",
    "timetz": "time with time zone", "character": "char", "bpchar": "char",
    "bit varying": "varbit",
}  # fmt: skip
_WITH_LENGTH = {"varchar", "varbit"}
_WITH_PRECISION = {
    "timestamp without time zone", "timestamp with time zone", "time without time zone",
    "time with time zone", "interval",
}  # fmt: skip
_KNOWN = _WITH_LENGTH | _WITH_PRECISION | {
    "text", "char", "bit", "integer", "bigint", "smallint", "numeric", "float8", "float4",
    "boolean", "date", "bytea", "uuid", "json", "jsonb", "cidr", "inet", "macaddr", "xml", "money",
}  # fmt: skip
# pg_cast of 15, castmethod "b", among these types
_COERCIBLE = {("varchar", "text"), ("text", "varchar"), ("cidr", "inet"), ("xml", "text")}
_TIMESTAMPS = {"timestamp without time zone", "timestamp with time zone"}
# pairs where the assignment cast rounds or drops a part instead of failing
_CUTS = {
    ("float8", "float4"), ("float8", "numeric"), ("numeric", "float4"), ("numeric", "float8"),
    *((old, new) for old in ("numeric", "float8", "float4", "money")
      for new in ("integer", "bigint", "smallint")),
    ("bigint", "float8"), ("bigint", "float4"), ("integer", "float4"),
    ("timestamp without time zone", "date"), ("timestamp with time zone", "date"),
    ("timestamp without time zone", "time without time zone"),
    ("timestamp with time zone", "time without time zone"),
    ("timestamp with time zone", "time with time zone"),
    ("time with time zone", "time without time zone"), ("interval", "time without time zone"),
    ("json", "jsonb"), ("inet", "cidr"), ("float4", "numeric"),
}  # fmt: skip


def _types(change: Any, dialect: Dialect) -> tuple[Declared, Declared] | None:
    found = both(change, dialect)
    if "type_" not in change.aspects or found is None:
        return None
    old, new = (Declared(_SAME.get(t.name, t.name), t.arguments) for t in found)
    return old, new


def _is_wider(old: Declared, new: Declared, unlimited: int) -> bool:
    return (new.numbers or (unlimited,))[0] >= (old.numbers or (unlimited,))[0]


def keeps_rows(change: Any, dialect: Dialect) -> bool:
    """Tell whether each value stays as it is stored, so that nothing is written anew."""
    if (types := _types(change, dialect)) is None or _using_more(change):
        return False
    old, new = types
    if old == new:
        return True
    if old.name != new.name:
        return (old.name, new.name) in _COERCIBLE and not new.arguments
    if old.name in _WITH_LENGTH:
        return _is_wider(old, new, 1 << 30)
    if old.name in _WITH_PRECISION:
        return _is_wider(old, new, 6)
    if old.name == "numeric":
        same_scale = old.numbers[1:] == new.numbers[1:]
        return not new.numbers or (same_scale and _is_wider(old, new, 0) and bool(old.numbers))
    return False


def only_zone(change: Any, dialect: Dialect) -> bool:
    types = _types(change, dialect)
    if types is None or _using_more(change):
        return False
    return {t.name for t in types} == _TIMESTAMPS and _is_wider(*types, 6)


def cuts_values(change: Any, dialect: Dialect) -> bool:
    types = _types(change, dialect)
    if types is None or _using_more(change):
        return False
    old, new = types
    cut_digits = old.name == new.name == "numeric" and not _keeps_scale(old, new)
    cut_clock = {old.name, new.name} <= _WITH_PRECISION and not _is_wider(old, new, 6)
    return (old.name, new.name) in _CUTS or cut_digits or cut_clock


def _keeps_scale(old: Declared, new: Declared) -> bool:
    """Tell whether no digit behind the point goes; one too many before it is an error."""
    if not new.numbers or holds_all_numbers(old, new):
        return True
    scale_new = new.numbers[1] if len(new.numbers) > 1 else 0
    return bool(old.numbers) and scale_new >= (old.numbers[1] if len(old.numbers) > 1 else 0)


def between_known_types(change: Any, dialect: Dialect) -> bool:
    types = _types(change, dialect)
    return types is not None and not _using_more(change) and {t.name for t in types} <= _KNOWN


def _using_more(change: Any) -> bool:
    """Tell whether USING may do more than the cast that is made without it."""
    return bool(change.dialect_kwargs.get("postgresql_using"))


def merges_labels(change: Any, dialect: Dialect) -> bool:
    targets = list(change.renamed.values())
    kept = set(change.existing_labels or ()) - set(change.renamed)
    return len(set(targets)) < len(targets) or not kept.isdisjoint(targets)


def no_columns(change: Any, dialect: Dialect) -> bool:
    return change.columns is not None and not change.columns


def index_concurrently(change: Any, dialect: Dialect) -> bool:
    return any(
        isinstance(e, Index) and e.dialect_kwargs.get("postgresql_concurrently")
        for e in change.elements
    )


def renames_sequence(change: Any, dialect: Dialect) -> bool:
    return "new_sequence_name" in change.aspects
