"""How much of information_schema MariaDB and MySQL show to a user."""

from __future__ import annotations

import re
from collections.abc import Collection

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


def _is_like(name: str, pattern: str) -> bool:
    r"""Tell whether a database's name is one that a grant means: % and _ stand for others, \_ for itself.

    >>> _is_like("app_1", r"app\_%"), _is_like("apple", r"app\_%")
    (True, False)
    """
    parts = re.findall(r"\\.|.", pattern)
    words = {"%": ".*", "_": "."}
    said = "".join(words.get(part) or re.escape(part.removeprefix("\\") or part) for part in parts)
    return re.fullmatch(said, name, re.IGNORECASE) is not None
