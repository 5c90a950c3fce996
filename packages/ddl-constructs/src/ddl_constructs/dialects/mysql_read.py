"""Reads a column of MySQL's or MariaDB's so that a whole new definition can say it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Computed, text
from sqlalchemy.engine import Connection
from sqlalchemy.types import UserDefinedType

from ..alter_column import AlterColumn
from ..errors import MissingFact
from ..guard import schema_on
from ..sqltext import raw_text
from .mysql import is_mariadb, version


class AsDeclared(UserDefinedType[Any]):
    """A column's type in the server's own words, with character set and collation."""

    cache_ok = True

    def __init__(self, declared: str) -> None:
        self.declared = declared

    def get_col_spec(self, **kw: Any) -> str:
        return self.declared


@dataclass(frozen=True)
class Kept:
    """What a column's definition says beside the facts that an `AlterColumn` can state.

    Attributes:
        words: INVISIBLE, WITHOUT SYSTEM VERSIONING, and MySQL's SRID 4326, STORAGE DISK,
            COLUMN_FORMAT FIXED, ENGINE_ATTRIBUTE '...'; may be empty.
        check: The condition of a CHECK inside of it, which MariaDB forgets with the definition;
            None if there is none.
    """

    words: tuple[str, ...] = ()
    check: str | None = None

    def said(self, old_name: str, new_name: str) -> str:
        """Write it behind the rest of a definition, under the column's new name."""
        parts = list(self.words)
        if self.check is not None:
            parts.append(f"CHECK ({_renamed(self.check, old_name, new_name)})")
        return " ".join(parts)


_QUOTED = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.|'')*')|(?P<q>[`"])(?P<name>(?:(?!(?P=q)).|(?P=q){2})*)(?P=q)""",
    re.DOTALL,
)


def _renamed(sql: str, old: str, new: str) -> str:
    """Give the server's own SQL, where each name is quoted, with another name for one.

    Names are in backticks, or in double quotes where the session's sql_mode has ANSI_QUOTES.

    >>> _renamed("`a` <> '`a`'", "a", "b"), _renamed('"a""c" > 0', 'A"c', 'b"d')
    ("`b` <> '`a`'", '"b""d" > 0')
    """

    def said(found: re.Match[str]) -> str:
        quote = found["q"]
        if quote is None or found["name"].replace(2 * quote, quote).lower() != old.lower():
            return found[0]
        return f"{quote}{new.replace(quote, 2 * quote)}{quote}"

    return _QUOTED.sub(said, sql)


# MariaDB Knowledge Base, Information Schema CHECK_CONSTRAINTS: LEVEL says whether it is part of
# a column, from 10.5.10 on, and then it has the column's name. MySQL 8.4 manual, CHECK
# Constraints: it has no such difference, so MODIFY takes none away.
_COLUMN = """
    SELECT column_type, is_nullable, column_default, extra, column_comment,
           character_set_name, collation_name, generation_expression, {check}
    FROM information_schema.columns AS c
    WHERE table_schema = coalesce(:schema, database())
      AND table_name = :table AND column_name = :column
"""
_CHECK = """(
      SELECT max(k.check_clause) FROM information_schema.check_constraints AS k
      WHERE k.constraint_schema = c.table_schema AND k.table_name = c.table_name
        AND k.constraint_name = c.column_name AND k.level = 'Column')"""


def read_column(change: AlterColumn, connection: Connection) -> tuple[dict[str, Any], Kept] | None:
    """Read the `existing_*` facts of a column, each so that it can be written back, and the rest.

    None if there is no such column.
    """
    has_levels = version(connection.dialect, (99,), (10, 5, 10))
    row = connection.execute(
        text(_COLUMN.format(check=_CHECK if has_levels else "NULL")),
        {
            "schema": schema_on(connection, change.schema),
            "table": change.table_name,
            "column": change.column_name,
        },
    ).one_or_none()
    if row is None:
        return None
    declared, nullable, default, extra, comment, charset, collation, generated, check = row
    if charset:
        declared += f" CHARACTER SET {charset} COLLATE {collation}"
    if check is not None and (declared.lower(), is_of_json(check, change.column_name)) == _JSON:
        declared = "json"
    extra = extra.lower()
    found: Any = _written_default(default, extra, declared, is_mariadb(connection.dialect))
    if generated:
        found = Computed(raw_text(generated), persisted="stored" in extra)
    facts = {
        "existing_type": AsDeclared(declared),
        "existing_nullable": nullable == "YES",
        "existing_server_default": found,
        "existing_comment": comment or None,
        "existing_autoincrement": "auto_increment" in extra,
    }
    if is_mariadb(connection.dialect):
        said = [w.upper() for w in ("invisible", "without system versioning") if w in extra]
    else:
        created = connection.execute(raw_text(f"SHOW CREATE TABLE {_place(change, connection)}"))
        said = said_in_comments(created.one()[1], change.column_name)
    return facts, Kept(tuple(said), check)


def _place(change: AlterColumn, connection: Connection) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    schema = schema_on(connection, change.schema)
    parts = (change.table_name,) if schema is None else (schema, change.table_name)
    return ".".join(map(quote, parts))


_IN_COMMENT = re.compile(
    r"/\*!\d{5} (INVISIBLE|SRID \d+|STORAGE \w+|COLUMN_FORMAT \w+"
    r"|(?:SECONDARY_)?ENGINE_ATTRIBUTE '(?:[^'\\]|\\.|'')*') \*/"
)
_TEXT = re.compile(r"'(?:[^'\\]|\\.|'')*'")


def said_in_comments(created: str, column_name: str) -> list[str]:
    r"""Give what SHOW CREATE TABLE says of a column in comments that servers of some version read.

    MySQL 8.4 manual, SHOW CREATE TABLE and Comments; what a definition says there isn't all in
    information_schema, and MODIFY forgets what isn't repeated.

    >>> said_in_comments("CREATE TABLE `t` (\n  `a` int /*!50606 STORAGE DISK */ DEFAULT NULL\n)", "a")
    ['STORAGE DISK']
    """
    # in double quotes where the session's sql_mode has ANSI_QUOTES
    begin = tuple(f"  {q}{column_name.replace(q, 2 * q)}{q} ".lower() for q in '`"')
    line = next((li for li in created.splitlines() if li.lower().startswith(begin)), "")
    texts = [m.span() for m in _TEXT.finditer(line)]
    found = _IN_COMMENT.finditer(line)
    return [m[1] for m in found if not any(a < m.start() < b for a, b in texts)]


_LITERAL = re.compile(
    r"(?:[bnx]?'(?:[^'\\]|\\.|'')*'|_\w+\s*'(?:[^'\\]|\\.|'')*'|[-+]?\s*[\d.]+(?:e[-+]?\d+)?"
    r"|0x[0-9a-f]+|null|true|false)",
    re.IGNORECASE | re.DOTALL,
)
_CLOCK = re.compile(
    r"(?:current_timestamp|now|localtime|localtimestamp)(?:\s*\(\s*\d*\s*\))?", re.IGNORECASE
)
_ON_UPDATE = re.compile(r"\s+on\s+update\s+.*", re.IGNORECASE | re.DOTALL)


def is_literal_default(sql: str, *, clock: bool) -> bool:
    """Tell whether MySQL takes a default without brackets, or has them already.

    Args:
        sql: The default as it is written, maybe with ON UPDATE behind it.
        clock: Whether CURRENT_TIMESTAMP and its other names are taken.

    >>> is_literal_default("'it''s'", clock=False), is_literal_default("now()", clock=True)
    (True, True)
    >>> is_literal_default("1 + 1", clock=True), is_literal_default("(1) + (1)", clock=True)
    (False, False)
    """
    plain = _ON_UPDATE.sub("", sql.strip()).strip()
    if _LITERAL.fullmatch(plain) or (clock and _CLOCK.fullmatch(plain)):
        return True
    return plain.startswith("(") and _closes_last(_TEXT.sub("''", plain))


def _closes_last(sql: str) -> bool:
    """Tell whether the bracket that SQL begins with is closed by its last one."""
    depth = 0
    for at, character in enumerate(sql):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if not depth:
            return at == len(sql) - 1
    return False


# MariaDB Knowledge Base, JSON Data Type: an alias, with a CHECK of its own; to say what it stands
# for copies the table (10.11)
_JSON = ("longtext character set utf8mb4 collate utf8mb4_bin", True)


def is_of_json(check: str, column_name: str) -> bool:
    """Tell whether a CHECK is the one that JSON brings along."""
    return re.sub(r"""[\s`"]""", "", check).lower() == f"json_valid({column_name.lower()})"


def no_column(change: AlterColumn) -> MissingFact:
    """Make the error of a column that isn't there."""
    return MissingFact(
        change.describe(),
        ("existing_type", "existing_nullable"),
        f"the database has no column {change.table_name}.{change.column_name}",
    )


_CLOCKED = ("datetime", "timestamp")
_BARE = ("bit", "binary", "varbinary")


def _written_default(default: str | None, extra: str, type_: str, mariadb: bool) -> Any:
    """Give a default as it is written in a definition, ON UPDATE included; None if there is none.

    MariaDB shows an expression as it is written, a literal in quotes, no default of a
    nullable column as NULL (MariaDB KB, Information Schema COLUMNS); MySQL shows a
    literal bare and marks an expression with DEFAULT_GENERATED (MySQL 8.4 manual, the
    same table).
    """
    _, on_update, clock = extra.partition("on update ")
    if default is None or (mariadb and default == "NULL"):
        written = ""
    elif mariadb or (
        type_.startswith(_CLOCKED) and default.lower().startswith("current_timestamp")
    ):
        written = default
    elif type_.startswith(_BARE) and re.match(r"b'|0x", default):
        written = default  # MySQL shows bits and bytes as they are written
    elif "default_generated" in extra:
        written = f"({default})"
    else:
        escaped = default.replace("\\", "\\\\").replace("'", "''")
        written = f"'{escaped}'"
    if on_update:
        written = f"{written or 'NULL'} ON UPDATE {clock}"
    return raw_text(written) if written else None
