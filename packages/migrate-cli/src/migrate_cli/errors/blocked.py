"""What keeps a database from being written to, before a step has done anything."""

from __future__ import annotations

from .base import DatabaseError, NotBegun


class ReadOnly(NotBegun):
    """The database takes no changes, from us at least.

    Attributes:
        database: Its URL, without password, or its file.
        reason: Why, as far as it tells.
    """

    def __init__(self, database: str, reason: str) -> None:
        self.database, self.reason = database, reason
        super().__init__(
            f"can't change {database}: it is read-only ({reason})\n"
            "connect to where it can be written to, as a user who may"
        )


class Busy(NotBegun):
    """Another process has been writing to the database for as long as the driver waits.

    Attributes:
        reason: What the database says.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"can't begin a transaction, since another process is in one that writes: {reason}\n"
            "end it, or wait longer than the driver's 5 s: put ?timeout=60 behind the URL"
        )


class MayNotRead(DatabaseError):
    """A table of ours is there, and this user lacks the right to read it.

    Attributes:
        table: Its name, with the schema.
        reason: What the database says.
    """

    def __init__(self, table: str, reason: str) -> None:
        self.table, self.reason = table, reason
        super().__init__(
            f"can't read {table}: {reason}\nlet this user read it: GRANT SELECT ON {table} TO ..."
        )


class CantCreateVersionTable(NotBegun):
    """The version table isn't there and can't be made.

    Attributes:
        table: Its name, with the schema.
        reason: What the database says.
        statement: The statement that it refuses; None if it isn't known.
        way: What to do about it; None if it is a matter of rights.
    """

    def __init__(
        self, table: str, reason: str, statement: str | None, way: str | None = None
    ) -> None:
        self.table, self.reason, self.statement, self.way = table, reason, statement, way
        asked = f"\n  in: {statement}" if statement else ""
        mend = way or (
            "let this user create tables there, or name another schema: "
            "[tool.migrate] version_table_schema"
        )
        super().__init__(f"can't create the version table {table}\n  {reason}{asked}\n{mend}")
