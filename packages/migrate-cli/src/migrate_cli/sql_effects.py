"""What raw SQL does to a schema, as far as its text proves it.

SQL is cut into tokens, not parsed. Only what is provably harmless, or provably about
certain tables, is taken for that; everything else may have changed anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ddl_constructs import AddEnumValue, Change, CreateEnum, DropEnum, Token, tokens


@dataclass(frozen=True)
class Effect:
    """What a statement may have done to the tables, sequences and types of a schema.

    Attributes:
        everything: It may have changed anything; the other fields don't count then.
        targets: Names of the tables that it makes, changes or takes away, as it writes them,
            without quotes and schemas.
        words: All names in it: a table that is none of them isn't changed.
        change: The change that says exactly what it does; None if there isn't one.
    """

    everything: bool = False
    targets: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    change: Change | None = None


NOTHING = Effect()
EVERYTHING = Effect(everything=True)


def effects(sql: str) -> Iterator[Effect]:
    """Yield what each statement of a text may have done, in order.

    >>> [set(e.targets) for e in effects("UPDATE t SET a = 1; ALTER TABLE t ADD b INT")]
    [set(), {'t'}]
    >>> [e.everything for e in effects("SELECT make_tables()")]
    [True]
    """
    if re.search(r"/\*!|--\S", sql):
        yield EVERYTHING  # MySQL runs what stands in the one, and knows no comment in the other
        return
    if _is_trigger(list(tokens(sql))):
        return
    for found in _statements(sql):
        yield _effect(found)


def _is_trigger(found: list[Token]) -> bool:
    """Tell whether a whole text makes one trigger, whose body has semicolons."""
    words = [t.text.upper() for t in found if t.text != ";"]
    return (
        words[:1] == ["CREATE"]
        and "TRIGGER" in words[1:5]
        and words[-1] == "END"
        and not {"CREATE", "DROP", "ALTER"} & set(words[1:])
    )


def _statements(sql: str) -> Iterator[list[Token]]:
    """Cut a text at the semicolons between statements."""
    statement: list[Token] = []
    for token in tokens(sql):
        if token.text == ";":
            if statement:
                yield statement
            statement = []
        else:
            statement.append(token)
    if statement:
        yield statement


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


def _effect(found: list[Token]) -> Effect:
    if any(t.kind == "punct" and t.text in "'\"`\\" for t in found) or any(
        t.kind == "string" and "\\'" in t.text for t in found
    ):
        return EVERYTHING  # a quote that isn't closed, or may be: nothing is certain
    first = found[0].text.upper()
    second = found[1].text.upper() if len(found) > 1 else ""
    if first in _ROWS:
        if any(t.kind == "string" and t.text[0] == "$" for t in found):
            return EVERYTHING
        return NOTHING if _only_rows(found) else EVERYTHING
    if first in _HARMLESS or (first, second) in _HARMLESS_PAIRS:
        return NOTHING
    if first == "SET" and _is_harmless_setting(found):
        return NOTHING
    if (first, second) in _TYPES:
        return _of_type(found)
    if first in ("CREATE", "DROP", "ALTER", "COMMENT"):
        return _of_object(found)
    return EVERYTHING


_ROWS = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "SELECT", "VALUES", "REPLACE"})
_HARMLESS = _words(
    """
    ANALYZE BEGIN COMMIT GRANT LOCK REINDEX REVOKE START TRUNCATE UNLOCK VACUUM
    """
)
_HARMLESS_PAIRS = frozenset({("PRAGMA", "FOREIGN_KEYS"), ("PRAGMA", "FOREIGN_KEY_CHECK")})
_SETTINGS = _words(
    """
    client_min_messages constraints foreign_key_checks innodb_lock_wait_timeout lock_timeout
    lock_wait_timeout max_statement_time names statement_timeout time unique_checks
    """
)
_TYPES = frozenset({("CREATE", "TYPE"), ("ALTER", "TYPE"), ("DROP", "TYPE")})
"""What comes first in statements that are about types."""

_APART = frozenset(
    {
        "VIEW",
        "MATERIALIZED",
        "FUNCTION",
        "PROCEDURE",
        "TRIGGER",
        "POLICY",
        "ROLE",
        "RULE",
        "USER",
        "AGGREGATE",
    }
)
"""Objects that aren't part of a table as SQLAlchemy knows it."""

_EXTENSIONS = _words(
    """
    btree_gin btree_gist citext fuzzystrmatch hstore intarray ltree pg_trgm pgcrypto
    tablefunc unaccent uuid-ossp
    """
)
"""PostgreSQL 15 manual, appendix F: these bring types and functions, and no tables."""

_FUNCTIONS = _words(
    """
    abs array_agg array_append array_length array_remove array_to_string avg bit_and bit_or
    bool_and bool_or btrim cast ceil ceiling char char_length character_length coalesce
    concat concat_ws convert count cume_dist curdate current_date current_time
    current_timestamp curtime date date_add date_format date_part date_sub date_trunc
    datediff datetime decimal decode dense_rank encode exp extract first_value floor format
    from_unixtime gen_random_uuid greatest group_concat hex if ifnull iif instr json_agg
    json_array json_array_length json_build_array json_build_object json_each json_extract
    json_object json_set jsonb_agg jsonb_array_elements jsonb_build_array jsonb_build_object
    jsonb_each jsonb_set jsonb_typeof julianday lag last_value lcase lead least left length
    ln localtime localtimestamp locate log lower lpad ltrim make_date max md5 min mod
    nextval now ntile nullif numeric nvl octet_length overlay position power printf quote
    rand random rank regexp_match regexp_replace repeat replace reverse right round
    row_number row_to_json rpad rtrim setval sha256 sign split_part sqrt str_to_date
    strftime string_agg string_to_array strpos substr substring sum sysdate time timestamp
    to_char to_date to_json to_jsonb to_number to_timestamp translate trim trunc typeof
    ucase unhex unistr unix_timestamp unnest upper uuid uuid_generate_v4 varchar
    """
)
"""Functions and types before a bracket that change no schema, whatever they are given."""

_BEFORE_BRACKETS = _words(
    """
    all and any array as between by case conflict default distinct else end except exists
    filter from group having ilike in int intersect into is join like limit not offset on or
    order over partition returning row select set some then union using values when where
    within
    """
)
"""Words before a bracket that don't call anything."""


def _only_rows(found: list[Token]) -> bool:
    """Tell whether a statement reads and writes rows, and calls nothing that could do more."""
    words = [t.text.upper() for t in found]
    if words[0] == "REPLACE" and words[1:2] not in (["INTO"], ["LOW_PRIORITY"]):
        return False
    for at, token in enumerate(found):
        word = token.text.upper() if token.kind == "word" else ""
        if word in ("CREATE", "DROP", "ALTER", "EXECUTE", "CALL"):
            return False
        if word == "INTO" and found[at - 1].text.upper() not in (
            "INSERT",
            "REPLACE",
            "MERGE",
            "IGNORE",
            "OR",
        ):
            return False  # SELECT ... INTO makes a table
        following = found[at + 1].text if at + 1 < len(found) else ""
        if following == "(" and token.kind in ("word", "quoted") and not _calls_nothing(found, at):
            return False
    return True


def _calls_nothing(found: list[Token], at: int) -> bool:
    """Tell whether what stands before a bracket calls no unknown function."""
    token = found[at]
    name = token.name.lower()
    before = found[at - 1].text.upper() if at else ""
    if before == ".":  # s.f( may be anything, but a table that rows go into isn't
        start = at
        while start > 1 and found[start - 1].text == ".":
            start -= 2
        before = found[start - 1].text.upper() if start else ""
        return before in ("INTO", "CONFLICT")
    if before in ("INTO", "CONFLICT", "AS"):
        return True
    if token.kind == "word" and (name in _BEFORE_BRACKETS or name in _FUNCTIONS):
        return True
    return _is_common_table(found, at)


def _is_common_table(found: list[Token], at: int) -> bool:
    """Tell whether `name (columns) AS (` stands there."""
    depth = 0
    for place in range(at + 1, len(found)):
        depth += {"(": 1, ")": -1}.get(found[place].text, 0)
        if depth == 0:
            return place + 1 < len(found) and found[place + 1].says("AS")
    return False


def _is_harmless_setting(found: list[Token]) -> bool:
    names = [t.name.lower() for t in found[1:4] if t.kind in ("word", "quoted")]
    if names and names[0] in ("local", "session", "global"):
        names = names[1:]
    return bool(names) and names[0] in _SETTINGS


def _of_type(found: list[Token]) -> Effect:
    """Read what is said of an enum type, if it is said in a form that is known to the last word."""
    text = " ".join(t.text if t.kind != "word" else t.text.upper() for t in found)
    rest = found[2:]
    guard = None
    if [t.text.upper() for t in rest[:2]] == ["IF", "EXISTS"]:
        rest, guard = rest[2:], True
    name, schema, rest = _name(rest)
    if name is None:
        return EVERYTHING
    words = [t.text.upper() for t in rest]
    if text.startswith("CREATE TYPE") and words[:3] == ["AS", "ENUM", "("] and words[-1] == ")":
        labels = [_string(t) for t in rest[3:-1] if t.text != ","]
        if all(label is not None for label in labels):
            return Effect(change=CreateEnum(name, [str(v) for v in labels], schema=schema))
    if text.startswith("DROP TYPE") and not words:
        return Effect(change=DropEnum(name, schema=schema, if_exists=guard))
    if text.startswith("ALTER TYPE") and words[:2] == ["ADD", "VALUE"]:
        return _added(name, schema, rest[2:])
    return EVERYTHING


def _added(name: str, schema: str | None, rest: list[Token]) -> Effect:
    guard = None
    if [t.text.upper() for t in rest[:3]] == ["IF", "NOT", "EXISTS"]:
        rest, guard = rest[3:], True
    if len(rest) not in (1, 3) or (value := _string(rest[0])) is None:
        return EVERYTHING
    place: dict[str, str] = {}
    if len(rest) == 3:
        beside = _string(rest[2])
        if beside is None or not rest[1].says("BEFORE", "AFTER"):
            return EVERYTHING
        place[rest[1].text.lower()] = beside
    return Effect(change=AddEnumValue(name, value, schema=schema, if_not_exists=guard, **place))  # type: ignore[arg-type]  # before or after


def _string(token: Token) -> str | None:
    if token.kind != "string" or token.text[0] != "'":
        return None
    return token.text[1:-1].replace("''", "'")


def _name(found: list[Token], *, fold: bool = True) -> tuple[str | None, str | None, list[Token]]:
    """Take a name with or without a schema off the front: (name, schema, the rest).

    Names without quotes are folded to lower case, as PostgreSQL does, if that is asked for.
    """
    parts: list[str] = []
    at = 0
    while at < len(found) and found[at].kind in ("word", "quoted"):
        parts.append(
            found[at].name.lower() if fold and found[at].kind == "word" else found[at].name
        )
        at += 1
        if at < len(found) and found[at].text == ".":
            at += 1
        else:
            break
    if not 1 <= len(parts) <= 3:
        return None, None, found
    return parts[-1], parts[-2] if len(parts) > 1 else None, found[at:]


def _of_object(found: list[Token]) -> Effect:
    """Tell which tables a CREATE, ALTER, DROP or COMMENT may be about: all that it names."""
    words = [t.text.upper() for t in found if t.kind == "word"]
    kind = next((w for w in words[1:5] if w not in _ADJECTIVES), "")
    if kind == "EXTENSION":
        named = {t.name.lower() for t in found}
        return NOTHING if words[0] == "CREATE" and named & _EXTENSIONS else EVERYTHING
    if kind in _APART:
        return EVERYTHING if words[0] == "DROP" and "CASCADE" in words else NOTHING
    if words[0] == "COMMENT":
        return _about(found, ("ON", words[2] if len(words) > 2 else ""))
    if kind == "TABLE":
        renames = any(
            w == "RENAME" and words[i + 1 : i + 2] not in (["COLUMN"], ["CONSTRAINT"])
            for i, w in enumerate(words)
        )
        return EVERYTHING if renames or "SCHEMA" in words else _about(found, ("TABLE",))
    if kind == "INDEX" and "ON" in words:
        return _about(found, ("ON",))
    return EVERYTHING


def _about(found: list[Token], after: tuple[str, ...]) -> Effect:
    """Give the tables that are named after certain words, with commas between them."""
    words = [t.text.upper() for t in found]
    start = next(
        (i + len(after) for i in range(len(words)) if tuple(words[i : i + len(after)]) == after),
        len(words),
    )
    rest = found[start:]
    while rest and rest[0].says("IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"):
        rest = rest[1:]
    targets = set()
    while True:
        name, schema, rest = _name(rest, fold=False)
        if name is None:
            return EVERYTHING
        if after[-1] == "COLUMN":  # table.column
            if schema is None:
                return EVERYTHING
            name = schema
        targets.add(name)
        if not rest or rest[0].text != ",":
            break
        rest = rest[1:]
    words_in_it = frozenset(t.name for t in found if t.kind in ("word", "quoted"))
    return Effect(targets=frozenset(targets), words=words_in_it)


_ADJECTIVES = _words(
    """
    CONSTRAINT DEFINER FULLTEXT GLOBAL LOCAL OFFLINE ONLINE OR RECURSIVE REPLACE SPATIAL
    TEMP TEMPORARY UNIQUE UNLOGGED
    """
)
