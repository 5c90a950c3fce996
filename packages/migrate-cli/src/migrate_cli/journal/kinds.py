"""What a statement may do, told by its first words: nothing is parsed."""

from __future__ import annotations

import re
from functools import lru_cache

_NOISE = re.compile(
    r"(?:\s+|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|/\*(?!!).*?\*/|\(|/\*!\d*)+", re.DOTALL
)
_WORDS = {
    **dict.fromkeys(("SELECT", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "EXPLAIN"), "read"),
    **dict.fromkeys(("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "COPY", "LOAD"), "data"),
    **dict.fromkeys(("CREATE", "ALTER", "DROP", "RENAME", "COMMENT", "TRUNCATE", "GRANT"), "ddl"),
    **dict.fromkeys(("REVOKE", "ANALYZE", "ANALYSE", "OPTIMIZE", "REINDEX", "VACUUM"), "ddl"),
    **dict.fromkeys(("CLUSTER", "REFRESH", "REPAIR", "CHECK", "ATTACH", "DETACH"), "ddl"),
    **dict.fromkeys(("BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT"), "transaction"),
    **dict.fromkeys(("RELEASE", "END", "ABORT"), "transaction"),
    **dict.fromkeys(("SET", "RESET", "USE", "LOCK", "UNLOCK", "DISCARD"), "session"),
}
_CHANGES = r"(?i)\b(?:INSERT|UPDATE(?!\s+(?:NOWAIT|SKIP))|DELETE|MERGE|REPLACE)\b(?!\s*\()"
_LOCKING = r"(?i)\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b"
_STRING = r"(?s)'(?:[^'\\]|''|\\.)*'|\$(\w*)\$.*?\$\1\$"
_CALL = r"([\w.\"`]+)\s*\("
_NAMED = r"\"(?:[^\"]|\"\")*\"|`[^`]*`"
_PURE = frozenset(
    [
        "abs",
        "all",
        "any",
        "array_agg",
        "array_length",
        "avg",
        "bool_and",
        "bool_or",
        "by",
        "case",
        "cast",
        "ceil",
        "ceiling",
        "char_length",
        "coalesce",
        "concat",
        "concat_ws",
        "count",
        "current_database",
        "current_schema",
        "current_setting",
        "current_timestamp",
        "current_user",
        "database",
        "date",
        "date_trunc",
        "dense_rank",
        "distinct",
        "else",
        "exists",
        "extract",
        "filter",
        "floor",
        "format",
        "format_type",
        "from",
        "generate_series",
        "group_concat",
        "having",
        "hex",
        "if",
        "ifnull",
        "in",
        "instr",
        "is",
        "join",
        "json_agg",
        "json_extract",
        "json_object",
        "julianday",
        "lag",
        "lead",
        "least",
        "left",
        "length",
        "like",
        "limit",
        "lower",
        "ltrim",
        "max",
        "md5",
        "min",
        "mod",
        "not",
        "now",
        "nullif",
        "on",
        "or",
        "and",
        "as",
        "over",
        "partition",
        "pg_get_constraintdef",
        "pg_get_expr",
        "pg_get_indexdef",
        "pg_get_viewdef",
        "rank",
        "replace",
        "right",
        "round",
        "row_number",
        "rtrim",
        "schema",
        "select",
        "string_agg",
        "strftime",
        "substr",
        "substring",
        "sum",
        "then",
        "to_char",
        "to_regclass",
        "total",
        "trim",
        "typeof",
        "union",
        "unnest",
        "upper",
        "using",
        "values",
        "version",
        "when",
        "where",
        "with",
        "greatest",
        "intersect",
        "except",
        "regexp_replace",
        "to_date",
        "char",
        "varchar",
        "decimal",
        "numeric",
    ]
)
_WORD = r"\w*"
_TEMPORARY = r"(?i)CREATE\s+(?:LOCAL\s+|GLOBAL\s+|OR\s+REPLACE\s+)*TEMP(?:ORARY)?\b"


def opening(statement: str) -> str:
    """Give a statement from its first word on, comments and brackets before it left out."""
    noise = _NOISE.match(statement)
    return statement[noise.end() :] if noise else statement


@lru_cache(maxsize=512)
def kind_of(statement: str) -> str:
    """Tell what a statement may do.

    Returns:
        "read": it changes nothing; "data": it changes rows; "ddl"; "session": settings of
        the connection alone; "transaction"; "other": it may do anything.

    >>> kind_of("/* all */ SELECT count(*) FROM t"), kind_of("SELECT fix_all()")
    ('read', 'other')
    >>> kind_of("WITH x AS (SELECT 1) DELETE FROM t"), kind_of("PRAGMA table_info(t)")
    ('data', 'read')
    """
    plain = _WORDS.get(statement.lstrip().partition(" ")[0])
    if plain in ("data", "ddl", "transaction"):  # most of them begin so, and nothing else counts
        return plain
    said = opening(statement)
    word = re.match(_WORD, said)
    first = word[0].upper() if word else ""
    if first == "PRAGMA":
        return "session" if "=" in said else "read"
    if first == "WITH":
        bare = re.sub(_LOCKING, " ", re.sub(_STRING, "''", said))
        return "data" if re.search(_CHANGES, bare) else _read(bare)
    kind = _WORDS.get(first, "other")
    if kind == "session" and re.search(r"\bSELECT\b", said, re.I):
        return "other"
    return _read(re.sub(_STRING, "''", said)) if kind == "read" else kind


def is_temporary(statement: str) -> bool:
    """Tell whether a statement makes a table that is gone with the connection.

    >>> is_temporary("CREATE TEMPORARY TABLE t (a int)"), is_temporary("CREATE TABLE t (a int)")
    (True, False)
    """
    return re.match(_TEMPORARY, opening(statement)) is not None


def _read(said: str) -> str:
    """Look closer at what only seems to read: INTO, or a function that nobody knows."""
    if re.match(r"EXPLAIN\b.*\bANALY[SZ]E\b", said, re.I | re.DOTALL) or re.search(
        r"\bINTO\b", said, re.I
    ):
        return "other"
    if re.match(r"(?:SHOW|DESC|DESCRIBE|EXPLAIN)\b", said, re.I) or reads_catalog(said):
        return "read"
    for name in re.findall(_CALL, re.sub(_NAMED, "q", said)):
        bare = name.rpartition(".")[2].lower()
        if bare not in _PURE:
            return "other"
    return "read"


_SOURCE = r"(?i)\b(?:FROM|JOIN)\s+(?!\()(\S+)"
_CATALOG = re.compile(r"[\"`]?(?:pg_|information_schema\b|sqlite_)", re.I)


def reads_catalog(statement: str) -> bool:
    """Tell whether a statement reads what the database says about itself, and nothing else.

    >>> reads_catalog("PRAGMA main.table_info('t')"), reads_catalog("SELECT a FROM t")
    (True, False)
    >>> reads_catalog("SELECT a FROM pg_class JOIN t ON a = b")
    False
    """
    said = opening(statement)
    if re.match(r"(?:PRAGMA|SHOW|DESC|DESCRIBE)\b", said, re.I):
        return True
    sources = re.findall(_SOURCE, said)
    return bool(sources) and all(map(_CATALOG.match, sources))
