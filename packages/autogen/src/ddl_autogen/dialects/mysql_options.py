"""Options of MariaDB's and MySQL's tables and sequences: what models state, what the server says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..values import ColumnValue, TableValue
from .mysql_types import one_utf8

_WORDS = {
    "engine": "engine",
    "charset": "charset",
    "default_charset": "charset",
    "character_set": "charset",
    "default_character_set": "charset",
    "collate": "collate",
    "default_collate": "collate",
    "row_format": "row_format",
}
"""How an option may be called in a model, and what it is."""
_FORMAT = re.compile(r"row_format=(\w+)", re.IGNORECASE)
_TEXT = re.compile(r"(var)?char\b|(tiny|medium|long)?text\b|enum\b|set\b")


def stated(given: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give the options that a model states, from its dialect's keywords, in one spelling."""
    found = {_WORDS[k]: str(v).lower() for k, v in given.items() if k in _WORDS}
    if found.get("charset") in ("utf8", "utf8mb3"):
        found["charset"] = "utf8mb3"
    if "collate" in found:
        found["collate"] = one_utf8(found["collate"])
    return tuple(sorted(found.items()))


def has_foreign_keys(options: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether foreign keys of a table are more than read and forgotten.

    MariaDB KB, Foreign Keys: other engines than InnoDB take the words, and make nothing.
    """
    return dict(options).get("engine") not in ("myisam", "aria", "memory", "archive", "csv")


def told(row: Any) -> tuple[tuple[str, str], ...]:
    """Give the options of a table in information_schema."""
    collation = one_utf8(str(row.collation).lower())
    found = {
        "collate": collation,
        "charset": collation.partition("_")[0],
        "engine": str(row.engine).lower(),
        "row_format": str(row.row_format).lower(),
    }
    if said := _FORMAT.search(row.options or ""):
        found["row_format"] = said[1].lower()
    return tuple(sorted(found.items()))


def apart(
    theirs: TableValue, ours: TableValue, dialect: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the options that differ, as they should be and as they are.

    A character set without a collation stands for its usual one; so that the way back finds the
    collation that was there, it is said behind the character set.
    """
    has, wanted = dict(theirs.options), dict(ours.options)
    if "collate" in wanted:
        wanted.pop("charset", None)
    after = {k: v for k, v in wanted.items() if has.get(k) != v}
    before = {k: has[k] for k in after}
    if "charset" in after:
        before["charset"] = f"{has['charset']} COLLATE {has['collate']}"
    if "collate" in after:
        charset = after["collate"].partition("_")[0]
        after["charset"], before["charset"] = charset, has["charset"]
    return tuple({f"{dialect}_{k}": v for k, v in side.items()} for side in (after, before))  # type: ignore[return-value]  # two of them


def with_new_default(theirs: TableValue, ours: TableValue) -> TableValue:
    """Say the collations of their columns that will no longer be their table's.

    ALTER TABLE ... COLLATE changes what new columns get; those that are there keep theirs.
    """
    has, wanted = dict(theirs.options), dict(ours.options)
    old, new = has.get("collate"), wanted.get("collate")
    if new is None and wanted.get("charset", has.get("charset")) != has.get("charset"):
        new = f"{wanted['charset']}_default"  # whatever it is called, it is another one
    if old is None or new is None or old == new:
        return theirs
    return replace(theirs, columns=tuple(_said(theirs.columns, old, new)))


def _said(columns: tuple[ColumnValue, ...], old: str, new: str) -> Iterator[ColumnValue]:
    for column in columns:
        own = column.collation or (old if _TEXT.match(column.type) else None)
        yield replace(column, collation=None if own == new else own)


# MariaDB KB, CREATE SEQUENCE: what holds where nothing is said
USUAL = {"increment": 1, "minvalue": 1, "maxvalue": 2**63 - 2, "cache": 1000}
USUAL_DOWN = {"increment": -1, "minvalue": 1 - 2**63, "maxvalue": -1, "cache": 1000}


def sequence_facts(row: Any) -> dict[str, Any]:
    """Give the options of a sequence that was read."""
    return {
        "start": row.start,
        "increment": row.increment,
        "minvalue": row.minimum,
        "maxvalue": row.maximum,
        "cycle": bool(row.cycles),
        "cache": row.cache,
    }
