"""What MariaDB and MySQL let a user see of information_schema, and create."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from sqlalchemy import Connection, text

from ..errors import HiddenCatalog

_SEES = """privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'REFERENCES', 'INDEX',
  'ALTER')"""

_RIGHTS = f"""
SELECT CURRENT_USER() AS user, CURRENT_ROLE() AS role,
       (SELECT count(*) FROM information_schema.user_privileges
        WHERE {_SEES} AND replace(grantee, '''', '') = CURRENT_USER()) AS everywhere
"""

_SCHEMA_RIGHTS = f"""
SELECT DISTINCT table_schema FROM information_schema.schema_privileges
WHERE {_SEES} AND replace(grantee, '''', '') = CURRENT_USER()
"""


def refuse_hidden(connection: Connection, schemas: Collection[str]) -> None:
    """Refuse what was found: a right on a single table, or SELECT, hides tables, foreign keys and CHECKs.

    Seen on MariaDB 10.11; what a role brings isn't listed, so there nothing can be told.

    Raises:
        HiddenCatalog: The user may not see all of a schema.
    """
    row = connection.execute(text(_RIGHTS)).one()
    known = [like for (like,) in connection.execute(text(_SCHEMA_RIGHTS))]
    hidden = [s for s in sorted(schemas) if not any(_is_like(s, like) for like in known)]
    if hidden and not row.everywhere and row.role in (None, "", "NONE"):
        raise HiddenCatalog(row.user, tuple(hidden), "REFERENCES")


_NEEDED = {
    "view": ("CREATE VIEW", "DROP"),
    "function": ("CREATE ROUTINE", "ALTER ROUTINE"),
    "procedure": ("CREATE ROUTINE", "ALTER ROUTINE"),
    "trigger": ("TRIGGER",),
}
_NAME = r"""(?:\*|`((?:[^`]|``)*)`|"((?:[^"]|"")*)")"""  # as sql_mode has it
_GRANT = re.compile(rf"GRANT (.+?) ON {_NAME}\.{_NAME} TO ")
_ROLE_OF_MYSQL = re.compile(r"GRANT [`'\"][^ ]*@[^ ]* TO ")


def barred(connection: Connection) -> Callable[[str, str, str], str | None]:
    """Ask what the user may create; MariaDB's SHOW GRANTS tells what his roles bring, too.

    MariaDB 10.11 manual, CREATE VIEW, CREATE FUNCTION, CREATE TRIGGER: what each needs.

    Returns:
        A function (kind, database, name of the table or view) -> what he lacks to drop such a
        thing there and to create it again, as the server grants it; None if nothing.
    """
    granted: list[tuple[set[str], str | None, str | None]] = []
    for (line,) in connection.exec_driver_sql("SHOW GRANTS"):
        if _ROLE_OF_MYSQL.match(line):  # what that brings isn't listed there, so nobody knows
            return lambda kind, database, name: None
        found = _GRANT.match(line)
        if found is not None:
            said = {part.strip() for part in found[1].split(",")}
            granted.append((said, _named(found[2], found[3]), _named(found[4], found[5])))

    def lacks(kind: str, database: str, name: str) -> str | None:
        has: set[str] = set()
        for said, where, what in granted:
            if (where is None or _is_like(database, where)) and what in (None, name):
                has |= said
        if "ALL PRIVILEGES" in has:
            return None
        missing = [right for right in _NEEDED[kind] if right not in has]
        return f"{', '.join(missing)} ON `{database}`.*" if missing else None

    return lacks


def _named(plain: str | None, quoted: str | None) -> str | None:
    """Give a name out of either kind of quotes; None for all of them."""
    if quoted is not None:
        return quoted.replace('""', '"')
    return None if plain is None else plain.replace("``", "`")


def _is_like(name: str, pattern: str) -> bool:
    r"""Tell whether a database's name is one that a grant means: % and _ stand for others, \_ for itself.

    >>> _is_like("app_1", r"app\_%"), _is_like("apple", r"app\_%")
    (True, False)
    """
    parts = re.findall(r"\\.|.", pattern)
    words = {"%": ".*", "_": "."}
    said = "".join(words.get(part) or re.escape(part.removeprefix("\\") or part) for part in parts)
    return re.fullmatch(said, name, re.IGNORECASE) is not None
