"""What can go wrong while revisions run, and what is refused before they do.

The base class, and what is wrong with a project's files, stand in `errors`.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import visible
from .errors import DatabaseError, MigrationFailed, Refused, UsageError


class RevisionFailed(MigrationFailed):
    """A revision's `upgrade` or `downgrade` didn't come to its end.

    Attributes:
        revision: Its id.
        title: Its message; "" if it has none.
        direction: "upgrade" or "downgrade".
        place: "file:line" of the script's line that failed; the file alone if no
            line of it was running.
        statement: The SQL that failed; None if it wasn't SQL.
        reason: What the database or Python said.
        state: Where the database is now, a sentence a line.
        begin_again: Whether it only missed its lock, in a transaction that env.py has begun and
            rolls back: with that the whole run can be begun again.
    """

    begin_again = False

    def __init__(
        self,
        revision: str,
        title: str,
        direction: str,
        place: str,
        statement: str | None,
        reason: str,
        state: Sequence[str],
    ) -> None:
        self.revision, self.title, self.direction, self.place = revision, title, direction, place
        self.statement, self.reason, self.state = statement, reason, tuple(state)
        named = f'{revision} "{visible.title(title)}"' if title else revision
        lines = [f"{direction} of {named} failed at {place}", f"  {reason}"]
        if statement is not None:
            lines.append(f"  in: {statement}")
        super().__init__("\n".join([*lines, *self.state]))


class NeedsDatabase(MigrationFailed):
    """A script reads from the database where there is none: offline, or while it is recorded.

    Attributes:
        statement: What would be read, in words or as SQL.
    """

    def __init__(self, statement: str) -> None:
        self.statement = statement
        super().__init__(
            f"this reads live data, which a SQL script can't: {statement}; run it online "
            "(without --sql), or say what to do as SQL"
        )


class NeedsConnection(NeedsDatabase, AttributeError):
    """A script works on the connection itself where there is none.

    Also an `AttributeError`, since some ask with `hasattr()`.

    Attributes:
        name: What it asks the connection for.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"get_bind().{name}")
        self.name = name


class NotAsynchronous(MigrationFailed):
    """A script runs asynchronous code, and the driver isn't asynchronous.

    Attributes:
        driver: Dialect and driver as a URL names them.
    """

    def __init__(self, driver: str) -> None:
        self.driver = driver
        super().__init__(
            f"op.run_async needs an asynchronous driver, and {driver} is none; "
            "give a URL with one, such as postgresql+asyncpg, or use op.get_bind()"
        )


class UnknownSchema(MigrationFailed):
    """What a table looks like isn't known from the revisions alone.

    Attributes:
        table: Its name, with the schema.
        revision: Id of the revision from which on it isn't known; None if it is simply not there,
            or where no revision is at fault.
        step: The step there, in words; None if the table is simply not there.
        reason: Why the table isn't known from there on.
    """

    def __init__(
        self, table: str, revision: str | None, step: str | None, reason: str | None
    ) -> None:
        self.table, self.revision, self.step, self.reason = table, revision, step, reason
        if step is None:
            super().__init__(
                f"table {table} isn't known: no revision makes it; run this online, or say what "
                "the table looks like by copy_from"
            )
            return
        at = f"revision {revision}" if revision else "this run"
        super().__init__(
            f"table {table} isn't known from the revisions since {at}: {step}\n  {reason}\n"
            "run this online, or say what the table looks like by copy_from"
        )


class NoLiteral(MigrationFailed):
    """A value can't be written into the text of a SQL script.

    Attributes:
        statement: The statement that holds it.
        reason: What SQLAlchemy says.
    """

    def __init__(self, statement: str, reason: str) -> None:
        self.statement, self.reason = statement, reason
        super().__init__(f"can't write {statement} as text: {reason}; say the value as SQL")


class InCallersTransaction(MigrationFailed):
    """A change must run outside of a transaction, but the open one belongs to the caller.

    Attributes:
        what: The change in words.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            f"can't {what} inside of a transaction, and the open one is the caller's; "
            "hand over a connection that is in none"
        )


class DriverCommits(DatabaseError):
    """A connection's driver commits every statement by itself, so nothing could be rolled back.

    Attributes:
        setting: The setting of the driver that says so.
    """

    def __init__(self, setting: str) -> None:
        self.setting = setting
        super().__init__(
            f"the driver commits every statement by itself ({setting}), and a migration needs "
            "transactions; leave that setting out of the connection's arguments"
        )


class RolledBack(MigrationFailed):
    """A script rolled back the transaction that it runs in, and ended as if all were well."""

    def __init__(self) -> None:
        super().__init__(
            "the script rolled back the transaction that it runs in, so what it did is lost; "
            "use a savepoint: with op.get_bind().begin_nested()"
        )


class Swallowed(MigrationFailed):
    """A script caught an error that has undone its transaction, and ended as if all were well.

    Attributes:
        error: What was caught, as far as it was seen; else None.
    """

    def __init__(self, error: str | None) -> None:
        self.error = error
        super().__init__(
            "the script caught an error and went on, but the database undoes a transaction in "
            f"which a statement has failed{f': {error}' if error else ''}\n"
            "put what may fail into a savepoint: with op.get_bind().begin_nested()"
        )


class ConnectionGone(MigrationFailed):
    """A script went on after the connection that it runs on was gone.

    Attributes:
        how: How it went.
    """

    def __init__(self, how: str) -> None:
        self.how = how
        super().__init__(
            f"the connection of the run {how}, and the script went on as if all were well"
        )


class VersionTableError(MigrationFailed):
    """The version table doesn't hold what a step starts from.

    Attributes:
        table: Its name, with the schema.
        ids: The ids that the statement was about.
        expected: Rows that it should have touched.
        found: Rows that it did touch.
    """

    def __init__(self, table: str, ids: Sequence[str], expected: int, found: int) -> None:
        self.table, self.ids, self.expected, self.found = table, tuple(ids), expected, found
        super().__init__(
            f"{table} changed under us: expected {expected} row{'s' if expected != 1 else ''} "
            f"of {', '.join(ids)}, found {found}; look at it with: migrate current"
        )


class WouldDrop(Refused):
    """Autogenerate would drop so many tables that it is probably a mistake.

    Attributes:
        dropped: Tables that would go, sorted.
        total: How many the database has.
        targets: The metadata as the settings name it; empty if env.py does.
        about: What would go, and what is probably missing, without the way to go on.
    """

    def __init__(self, dropped: Sequence[str], total: int, targets: Sequence[str]) -> None:
        self.dropped, self.total, self.targets = tuple(dropped), total, tuple(targets)
        tables = f"{len(dropped)} of {total} tables"
        if len(dropped) == total:
            tables = "the only table" if total == 1 else f"all {total} tables"
        others = 'if they are others\': [tool.migrate] ignore = ["their_*"]; ' if targets else ""
        self.about = f"this would drop {tables}: {_some(self.dropped)}\n{_mend_of(targets)}"
        super().__init__(f"{self.about}\n{others}or go on with: --allow-drops")


def _mend_of(targets: Sequence[str]) -> str:
    if not targets:
        return "are all modules imported that define the models? import them in env.py"
    return (
        f"are all modules imported that define {', '.join(targets)}? "
        'name them: [tool.migrate] models = ["myapp.**.models"]'
    )


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


class NotAtHead(Refused):
    """The database isn't at the head that a comparison starts from.

    Attributes:
        applied: Ids of the applied heads; may be empty.
        pending: Ids that would still have to run, oldest first.
        several: Whether they lead to several heads.
    """

    def __init__(self, applied: Sequence[str], pending: Sequence[str], several: bool) -> None:
        self.applied, self.pending, self.several = tuple(applied), tuple(pending), several
        many = f"{len(pending)} revision{'s' if len(pending) != 1 else ''}"
        super().__init__(
            f"the database is {many} behind (at {', '.join(applied) or '<base>'}): "
            f"{', '.join(pending)}\nrun: migrate upgrade"
            + (" heads    or join them first: migrate merge" if several else "")
        )


class NotThere(DatabaseError):
    """A database was waited for, and isn't where it was to be.

    Attributes:
        database: Its URL, without password.
        target: Where it was to be.
        heads: Ids of the heads that it is at, sorted.
        seconds: How long it was waited.
    """

    def __init__(self, database: str, target: str, heads: Sequence[str], seconds: float) -> None:
        self.database, self.target, self.heads = database, target, tuple(heads)
        self.seconds = seconds
        super().__init__(
            f"{database} is at {', '.join(heads) or '<base>'}, and {seconds:g} s of waiting for "
            f"{target} are over\nsomebody has to run: migrate upgrade"
        )


class UnknownApplied(DatabaseError):
    """The version table names revisions that have no file.

    Attributes:
        table: The version table's name.
        ids: The unknown ids, sorted.
        scripts: The folder that was searched.
    """

    def __init__(self, table: str, ids: Sequence[str], scripts: str) -> None:
        self.table, self.ids, self.scripts = table, tuple(ids), scripts
        named = ", ".join(ids)
        super().__init__(
            f"{table} is at {named}, which has no file in {scripts} (another branch, perhaps)\n"
            "bring the file back, or say where the database really is: migrate stamp --purge <revision>"
        )


class HistoryElsewhere(DatabaseError):
    """The version table isn't there, and one by another name holds revisions of this project.

    Attributes:
        database: Its URL, without password.
        table: What the version table is to be called.
        other: What it is called there.
        heads: Ids that it is at, sorted.
        statements: What renames it there.
    """

    def __init__(
        self,
        database: str,
        table: str,
        other: str,
        heads: Sequence[str],
        statements: Sequence[str],
    ) -> None:
        self.database, self.table, self.other = database, table, other
        self.heads, self.statements = tuple(heads), tuple(statements)
        said = "; ".join(one.strip() for one in statements)
        super().__init__(
            f"{database} has no {table}, and its {other} is at {', '.join(heads)}: the version table was "
            f"renamed in the project, and not there\nrename it there too: {said}\n"
            "or if that is another project's, begin at the base: migrate stamp --purge base"
        )


class NoVersionTable(DatabaseError):
    """What has the version table's name can't be used as one.

    Attributes:
        table: Its name, with the schema.
        reason: What is wrong with it.
        detail: What the database says; None if nothing.
    """

    def __init__(self, table: str, reason: str, detail: str | None) -> None:
        self.table, self.reason, self.detail = table, reason, detail
        said = f": {detail}" if detail else ""
        super().__init__(
            f"{table} isn't a version table: {reason}{said}\n"
            "it needs one column, version_num; mend it, or name another: [tool.migrate] version_table"
        )


class BadVersionRows(DatabaseError):
    """The version table holds what no run can have left there.

    Attributes:
        table: The version table's name.
        what: What it holds.
    """

    def __init__(self, table: str, what: str) -> None:
        self.table, self.what = table, what
        super().__init__(
            f"{table} {what}\nsay where the database really is: migrate stamp --purge <revision>"
        )


class IdTooLong(DatabaseError):
    """A revision's id doesn't fit the version table; nothing ran.

    Attributes:
        table: The version table's name.
        id: The id.
        width: Characters that fit.
    """

    def __init__(self, table: str, id: str, width: int) -> None:
        self.table, self.id, self.width = table, id, width
        super().__init__(
            f"the id {id} has {len(id)} characters, and {width} fit into {table}.version_num; "
            "nothing ran\nwiden that column, or give the revision a shorter id"
        )


class StatementFailed(DatabaseError):
    """The database refuses a statement of ours, outside of any script.

    Attributes:
        database: Its URL, without password.
        reason: What it says.
        statement: The statement; None if none is known.
    """

    def __init__(self, database: str, reason: str, statement: str | None) -> None:
        self.database, self.reason, self.statement = database, reason, statement
        asked = f"\n  in: {statement}" if statement else ""
        super().__init__(f"{database} refuses to answer\n  {reason}{asked}")


class SeveralHeads(UsageError):
    """The only head was asked for, and there are several.

    Attributes:
        heads: (id, message) of each, sorted.
        otherwise: What to do if they aren't to be joined.
    """

    def __init__(
        self, heads: Sequence[tuple[str, str]], otherwise: str = "name one, or all of them: heads"
    ) -> None:
        self.heads, self.otherwise = tuple(heads), otherwise
        named = ", ".join(f'{head} "{visible.title(text)}"' for head, text in heads[:5])
        super().__init__(
            f"{len(heads)} heads: {named}{', ...' if len(heads) > 5 else ''}\n"
            f"join them: migrate merge    or {otherwise}"
        )
