"""What can be wrong with the journal, and with a revision that isn't finished."""

from __future__ import annotations

from collections.abc import Sequence

from .base import DatabaseError, MigrationFailed, Refused


class BadJournal(DatabaseError):
    """The journal holds what no run can have left there.

    Attributes:
        table: The journal's table.
        what: What is wrong with it.
        detail: More of it; None if there is no more.
        readable: Whether its rows can be read at all, and so be settled.
    """

    def __init__(
        self, table: str, what: str, detail: str | None = None, *, readable: bool = True
    ) -> None:
        self.table, self.what, self.detail, self.readable = table, what, detail, readable
        more = f": {detail}" if detail else ""
        purge = ", or say where the database really is: migrate stamp --purge <revision>"
        super().__init__(
            f"the journal {table} {what}{more}; nothing ran\n"
            f"mend it{purge if readable else ''}\n"
            f"or give the table another name, and a new one is begun: ALTER TABLE {table} RENAME TO ..."
        )


class NewerJournal(DatabaseError):
    """The journal was written by a version of this tool that is newer than this one.

    Attributes:
        table: The journal's table.
        version: That version.
    """

    def __init__(self, table: str, version: str) -> None:
        self.table, self.version = table, version
        super().__init__(
            f"the journal {table} was written by migrate {version}, which this older version "
            f"can't read; nothing ran\ninstall that version: pip install 'migrate-cli>={version}'"
        )


class Unfinished(Refused):
    """A revision isn't finished, and what was asked would pass over it.

    Attributes:
        revision: Its id.
        direction: "upgrade" or "downgrade".
        asked: What was asked.
    """

    def __init__(self, revision: str, direction: str, asked: str) -> None:
        self.revision, self.direction, self.asked = revision, direction, asked
        super().__init__(
            f"can't {asked}: the {direction} of {revision} was begun and isn't finished\n"
            "see what is done: migrate status\n"
            "go on with it: migrate resume    or take it back: migrate resume --undo"
        )


class FileGone(DatabaseError):
    """A revision was begun and isn't finished, and its file isn't there any more.

    Attributes:
        revision: Its id.
        file: The file as it was.
    """

    def __init__(self, revision: str, file: str) -> None:
        self.revision, self.file = revision, file
        super().__init__(
            f"{revision} was begun and isn't finished, and its file {file} is gone\n"
            "bring it back; the journal has what it was: "
            f"migrate log {revision} --source > {file}"
        )


class FileEdited(Refused):
    """A revision was begun and isn't finished, and its file was edited since.

    Attributes:
        revision: Its id.
        file: The file.
        difference: Lines of a unified diff, from what was begun to what is there now.
        number: The statement to go on with, counted from 1.
    """

    def __init__(self, revision: str, file: str, difference: Sequence[str], number: int) -> None:
        self.revision, self.file, self.number = revision, file, number
        self.difference = tuple(difference)
        shown = [f"  {line}" for line in self.difference[:MOST]]
        if len(self.difference) > MOST:
            shown.append(f"  ... {len(self.difference) - MOST} lines more")
        super().__init__(
            "\n".join(
                [
                    f"{revision} was begun and isn't finished, and {file} was edited since",
                    *shown,
                    f"as it was when it was begun: migrate log {revision} --source > {file}",
                    "go on with the edited file, where what was done stays: "
                    f"migrate resume --continue-at {number}",
                ]
            )
        )


class CantGoOn(MigrationFailed):
    """A revision that was begun can't be gone on with by itself: somebody has to choose.

    Attributes:
        what: What stands in the way.
        number: The first statement that isn't known to be done, counted from 1.
    """

    def __init__(self, what: str, number: int) -> None:
        self.what, self.number = what, number
        super().__init__(
            f"{what}\n"
            "look at the database and choose:\n"
            f"  what stands before statement {number} is done: migrate resume --continue-at {number}\n"
            "  take back what is done: migrate resume --undo\n"
            "  all of it is done, by hand: migrate resume --mark-done"
        )


class CantUndo(Refused):
    """What was done of a revision can't be taken back by itself.

    Attributes:
        revision: Its id.
        reasons: Why, one for each statement that stands in the way.
    """

    def __init__(self, revision: str, reasons: Sequence[str]) -> None:
        self.revision, self.reasons = revision, tuple(reasons)
        listed = "\n".join(f"  {reason}" for reason in self.reasons[:MOST])
        super().__init__(
            f"can't take back what was done of {revision}; nothing ran\n{listed}\n"
            "take it back by hand, then begin anew: migrate resume --continue-at 1"
        )


class NothingUnfinished(Refused):
    """There is nothing to resume.

    Attributes:
        database: The database's name.
    """

    def __init__(self, database: str) -> None:
        self.database = database
        super().__init__(f"no revision is unfinished in {database}; see: migrate log")


class NoJournal(DatabaseError):
    """What was run can't be told, since no journal is kept.

    Attributes:
        database: The database, without password.
    """

    def __init__(self, database: str) -> None:
        self.database = database
        super().__init__(
            f"can't verify {database}: no journal is kept there, so nobody knows what the files were "
            "when they ran\nin an Alembic project none is kept; elsewhere: [tool.migrate] journal = true"
        )


class StillRunning(DatabaseError):
    """The server still works on a statement of a run whose process is gone.

    Attributes:
        session: What the server calls the session.
        statement: What it does, in one line.
    """

    def __init__(self, session: str, statement: str) -> None:
        self.session, self.statement = session, statement
        super().__init__(
            f"the server still runs a statement of the run before, in its session {session}: "
            f"{statement}\nwait until it is done, or end that session"
        )


MOST = 12
"""Lines of a difference, or reasons, that a text shows."""
