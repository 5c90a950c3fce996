"""What stands in the way of adopting a project, of a baseline, and of going back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..paths import shown
from .base import SHOWN, ConfigurationError, Refused


def _some(names: Sequence[str]) -> str:
    rest = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + rest


class AlreadyAdopted(Refused):
    """`adopt` was asked for where the settings are ours already.

    Attributes:
        file: The file with them.
        undo: Whether there is a record to undo it by.
    """

    def __init__(self, file: Path, undo: bool) -> None:
        self.file, self.undo = file, undo
        mend = "to go back: migrate adopt --undo" if undo else "next: migrate status"
        super().__init__(f"can't adopt: {shown(file)} has [tool.migrate] already\n{mend}")


class TwoProjects(Refused):
    """A folder holds two Alembic projects, and [tool.migrate] can be of one only.

    Attributes:
        named: Each of them, by where it is set up.
    """

    def __init__(self, named: Sequence[str]) -> None:
        self.named = tuple(named)
        super().__init__(
            f"can't adopt: there are {len(named)} Alembic projects in one folder, {_some(named)}\n"
            "one [tool.migrate] is of one project; move each into a folder of its own first"
        )


class Uncommitted(Refused):
    """`adopt --apply` would write where git has changes that aren't committed.

    Attributes:
        files: Those files, sorted.
        reason: Why git couldn't be asked; None if it was.
    """

    def __init__(self, files: Sequence[str], reason: str | None = None) -> None:
        self.files, self.reason = tuple(files), reason
        said = (
            f"git has uncommitted changes here: {_some(files)}"
            if reason is None
            else f"git can't tell whether all is committed: {reason}"
        )
        super().__init__(
            f"can't adopt: {said}\ncommit them, or put them away by git stash; nothing was written"
        )


class ScriptsElsewhere(Refused):
    """The revision files aren't in the project's folder, so they aren't its own.

    Attributes:
        folder: Where they are.
        root: The project's folder.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        super().__init__(
            f"can't adopt: {folder} isn't in the project's folder {root}\n"
            "what belongs to another project is adopted there; give its settings with -c"
        )


class UnknownRevision(Refused):
    """The database is at a revision that the project has no file of.

    Attributes:
        database: The database, without password.
        ids: Those revisions, sorted.
    """

    def __init__(self, database: str, ids: Sequence[str]) -> None:
        self.database, self.ids = database, tuple(ids)
        super().__init__(
            f"can't adopt: {database} is at {_some(ids)}, of which there is no file\n"
            "bring its file (another branch?), or say where the database really is: migrate stamp --purge REVISION"
        )


class NotProven(Refused):
    """It wasn't shown that what is to be written makes what there is.

    Attributes:
        reason: What stood in the way, or what differs.
    """

    def __init__(self, reason: str, mend: str, *, what: str = "adopt") -> None:
        self.reason = reason
        super().__init__(f"can't {what}: {reason}\n{mend}")


class CantMove(Refused):
    """The version table can't get another name.

    Attributes:
        reason: What stands in the way.
    """

    def __init__(self, reason: str, mend: str) -> None:
        self.reason = reason
        super().__init__(f"can't rename the version table: {reason}\n{mend}")


class HasHistory(Refused):
    """A baseline was asked for where there is a history already.

    Attributes:
        reason: Where.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"can't write a baseline: {reason}\n"
            "a baseline is the first revision; what differs from there on: migrate make"
        )


class NothingThere(Refused):
    """A baseline was asked for of a database without tables.

    Attributes:
        database: The database, without password.
    """

    def __init__(self, database: str) -> None:
        self.database = database
        super().__init__(
            f"can't write a baseline: there is no table in {database}\n"
            'it starts with the models: migrate make "create tables"'
        )


class ChangedSince(Refused):
    """`adopt --undo` would lose what was written into files since.

    Attributes:
        files: Those files.
        folder: Where the files are as they were.
    """

    def __init__(self, files: Sequence[Path], folder: Path) -> None:
        self.files, self.folder = tuple(files), folder
        super().__init__(
            f"can't undo: changed since, {_some([shown(one) for one in files])}\n"
            f"take those changes back first; as they were before, the files are in {shown(folder)}"
        )


class NothingAdopted(ConfigurationError):
    """`adopt --undo` was asked for, and there is no record of an adoption.

    Attributes:
        folder: Where it would be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"can't undo: there is no record of an adoption, {shown(folder)}\n"
            "what is in git can be had back from there: git log -- pyproject.toml"
        )


class BadRecord(ConfigurationError):
    """The record of an adoption can't be read.

    Attributes:
        folder: Where it is.
        reason: What is wrong.
    """

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder, self.reason = folder, reason
        super().__init__(
            f"can't undo: {shown(folder)} can't be read: {reason}\n"
            "what is in git can be had back from there: git checkout"
        )


class AlreadyThere(Refused):
    """An export was asked for into a folder that holds something.

    Attributes:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"can't export into {shown(folder)}: there is something in it\ngive a folder that is new or empty"
        )


class BeyondAlembic(Refused):
    """An export was asked for of a project that uses what Alembic lacks; nothing was written.

    Attributes:
        used: What it is: (file, line, words); the line is 0 for what has none.
    """

    def __init__(self, used: Sequence[tuple[Path, int, str]]) -> None:
        self.used = tuple(used)
        listed = [
            f"  {shown(file)}{f':{line}' if line else ''}  {words}" for file, line, words in used
        ]
        super().__init__(
            "can't export to Alembic: what it lacks is used here\n"
            + "\n".join(listed)
            + "\nsay those in a way that Alembic has, such as op.execute() of the SQL; nothing was written"
        )
