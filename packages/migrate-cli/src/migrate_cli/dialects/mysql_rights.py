"""What a user may do on MySQL and MariaDB; seen on MariaDB 10.11."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Connection


def cannot_create(connection: Connection, schema: str | None) -> str | None:
    """Ask what is granted to the user; what comes by a role isn't listed, so then nobody knows.

    MariaDB manual, information_schema USER_PRIVILEGES and SCHEMA_PRIVILEGES: a grantee is
    written 'user'@'host'; the schema of a grant is a pattern, as in LIKE.
    """
    user, database = connection.execute(
        text("SELECT CURRENT_USER(), coalesce(:schema, DATABASE())"), {"schema": schema}
    ).one()
    if database is None:
        return "no database is selected\nname one at the end of the URL"
    name, _, host = user.rpartition("@")
    asked = text(
        "SELECT 1 FROM information_schema.user_privileges"
        " WHERE grantee = :grantee AND privilege_type = 'CREATE' UNION ALL"
        " SELECT 1 FROM information_schema.schema_privileges"
        " WHERE grantee = :grantee AND privilege_type = 'CREATE' AND :database LIKE table_schema"
    )
    grantee = f"'{name}'@'{host}'"
    granted = connection.execute(asked, {"grantee": grantee, "database": database}).first()
    role = connection.exec_driver_sql("SELECT CURRENT_ROLE()").scalar()
    if granted is None and role in (None, "NONE"):
        return f"{user} may not create in {database}\nGRANT CREATE ON `{database}`.* TO {grantee}"
    return None
