"""How MariaDB and MySQL report privileges; run on MariaDB 10.11."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from ..errors import HiddenCatalog
from ..namespaces import Namespaces
from ..values import Granted

# a user sees what is granted to himself, unless he may read the tables of the server's own
GRANTS = """
SELECT 'table' AS kind, table_schema AS `schema`, table_name AS `name`, NULL AS part,
       grantee AS grantee, privilege_type AS privilege, is_grantable = 'YES' AS grantable
FROM information_schema.table_privileges
UNION ALL
SELECT 'table', table_schema, table_name, column_name, grantee, privilege_type, is_grantable = 'YES'
FROM information_schema.column_privileges
UNION ALL
SELECT 'schema', NULL, table_schema, NULL, grantee, privilege_type, is_grantable = 'YES'
FROM information_schema.schema_privileges
ORDER BY 1, 2, 3, 4, 5, 6
"""
ROUTINES = """
SELECT lower(routine_type) AS kind, db AS `schema`, routine_name AS `name`,
       concat('''', user, '''@''', host, '''') AS grantee, upper(proc_priv) AS privileges
FROM mysql.procs_priv ORDER BY 1, 2, 3, 4
"""

_TABLE = (
    "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "REFERENCES", "INDEX", "ALTER",
    "CREATE VIEW", "SHOW VIEW", "TRIGGER",
)  # fmt: skip
_ROUTINE = ["ALTER ROUTINE", "EXECUTE"]
EVERY = {
    "table": [*_TABLE],
    "sequence": [*_TABLE],
    "schema": [
        *_TABLE, "CREATE TEMPORARY TABLES", "LOCK TABLES", "EXECUTE", "CREATE ROUTINE",
        "ALTER ROUTINE", "EVENT",
    ],
    "function": _ROUTINE,
    "procedure": _ROUTINE,
}  # fmt: skip
"""What ALL means on both; MariaDB has DELETE HISTORY besides, which isn't asked for."""


def granted(connection: Connection, spaces: Namespaces) -> Iterator[Granted]:
    """Yield who has which privileges.

    Args:
        connection: Where to read.
        spaces: What schemas are called in what is given.

    Raises:
        HiddenCatalog: The user sees only what is granted to himself.
    """
    try:
        routines = connection.execute(text(ROUTINES)).all()
    except DBAPIError as err:
        if err.connection_invalidated:
            raise
        user = connection.scalar(text("SELECT CURRENT_USER()"))
        raise HiddenCatalog(str(user), ("mysql",), "SELECT") from err

    for row in connection.execute(text(GRANTS)):
        name = re.sub(r"\\(.)", r"\1", row.name) if row.kind == "schema" else row.name
        who, may = _grantee(row.grantee), bool(row.grantable)
        kinds = ("table", "sequence") if row.kind == "table" else (row.kind,)
        for kind in kinds:  # a sequence is granted like a table
            yield Granted(kind, spaces.spoken(row.schema), name, row.part, who, row.privilege, may)
    for row in routines:
        several = set(row.privileges.split(","))
        for privilege in sorted(several - {"GRANT", ""}):
            who, may = _grantee(row.grantee), "GRANT" in several
            yield Granted(row.kind, spaces.spoken(row.schema), row.name, None, who, privilege, may)


def _grantee(given: str) -> str:
    """Give a role without the empty host that it has there; a user stays as it is.

    >>> _grantee("'reader'@''"), _grantee("'me'@'%'")
    ('reader', "'me'@'%'")
    """
    name, _, host = given.rpartition("@")
    return name.strip("'") if host == "''" else given
