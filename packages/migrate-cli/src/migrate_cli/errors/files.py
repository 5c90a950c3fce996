"""What can be wrong with revision files and their template."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..paths import shown
from .base import SHOWN, ScriptError, UsageError, did_you_mean


class NoScripts(ScriptError):
    """The folder of the revision files isn't there.

    Attributes:
        folder: The folder.
        databases: Names of the project's databases, one of which may be meant; mostly empty.
    """

    def __init__(self, folder: Path, databases: Sequence[str] = ()) -> None:
        self.folder = folder
        self.databases = tuple(databases)
        named = ", ".join(f"-n {name}" for name in databases)
        super().__init__(
            f"the scripts folder {shown(folder)} does not exist\n"
            + (f"name one of the project's databases ({named}); or " if named else "")
            + f"make it (mkdir -p {shown(folder / 'versions')}), or name another in [tool.migrate] scripts; "
            "a new project starts with: migrate init"
        )


class BadScript(ScriptError):
    """A revision file can't be read or run.

    Attributes:
        file: The file.
        line: Line in it, counted from 1; None if it can't be told.
        reason: What is wrong with it.
    """

    def __init__(self, file: Path, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        super().__init__(f"{shown(file)}{f':{line}' if line else ''}: {reason}")

    @classmethod
    def not_python(cls, file: Path, err: Exception) -> BadScript:
        """Make it of what Python says to a file that it can't parse or compile."""
        if not isinstance(err, SyntaxError):
            return cls(file, None, f"is not Python: {err or 'nested too deeply'}")
        if (err.text or "").startswith(_CONFLICT):
            return cls(file, err.lineno, "is left in a merge conflict; choose what it is to say")
        return cls(file, err.lineno, f"is not Python: {err.msg}")


_CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
"""How lines begin by which git and others mark what two sides say."""


class DuplicateRevision(ScriptError):
    """Two files have the same revision id.

    Attributes:
        id: The id.
        files: Both files, sorted.
    """

    def __init__(self, id: str, first: Path, second: Path) -> None:
        self.id, self.files = id, tuple(sorted((first, second)))
        super().__init__(
            f"revision {id!r} is in two files\n  {shown(self.files[0])}\n  {shown(self.files[1])}\n"
            "remove one of them, or give it an id of its own"
        )


class MissingRevision(ScriptError):
    """A revision file names another revision, of which there is no file.

    Attributes:
        file: The file that names it.
        id: Id of the file's revision.
        missing: The name for which there is no file.
        header: "down_revision" or "depends_on".
        candidates: Similar ids, best first; may be empty.
    """

    def __init__(
        self, file: Path, id: str, missing: str, header: str, candidates: Sequence[str]
    ) -> None:
        self.file, self.id, self.missing, self.header = file, id, missing, header
        self.candidates = tuple(candidates)
        super().__init__(
            f"{shown(file)}: {header} of revision {id!r} names {missing!r}, "
            f"which is in no revision file{did_you_mean(self.candidates)}\n"
            "add its file (not committed, or on another branch?), or name another revision"
        )


class BadGraph(ScriptError):
    """The revision files don't make a graph.

    Attributes:
        reason: What is wrong, as revgraph says it.
        files: Files of the revisions concerned, sorted; may be empty.
    """

    def __init__(self, reason: str, files: Sequence[Path] = ()) -> None:
        self.reason, self.files = reason, tuple(sorted(files))
        listed = [f"\n  {shown(file)}" for file in self.files]
        if len(listed) > SHOWN:
            listed[SHOWN:] = [f"\n  and {len(self.files) - SHOWN} more"]
        super().__init__(f"{reason}{''.join(listed)}")


class BadRevisionId(UsageError):
    """A new revision can't have the id that was asked for.

    Attributes:
        id: The id.
        reason: Why not.
    """

    def __init__(self, id: str, reason: str) -> None:
        self.id, self.reason = id, reason
        super().__init__(
            f"can't make a revision with the id {id!r}: {reason}\n"
            "use letters, digits, dots and underscores, or leave --rev-id away"
        )


class BadBranchLabel(UsageError):
    """A new revision can't have a label that was asked for.

    Attributes:
        label: The label.
        reason: Why not.
    """

    def __init__(self, label: object, reason: str) -> None:
        self.label, self.reason = label, reason
        super().__init__(f"can't make a revision with the label {label!r}: {reason}")


class RevisionExists(UsageError):
    """A new revision was asked for under an id, or at a path, that is taken.

    Attributes:
        id: The id.
        file: The file that is in the way.
    """

    def __init__(self, id: str, file: Path) -> None:
        self.id, self.file = id, file
        super().__init__(
            f"can't make revision {id!r}: {shown(file)} is already there; give another id"
        )


class BadTemplate(ScriptError):
    """The template for revision files can't be used, or writes something that can't.

    Attributes:
        file: The template.
        line: Line in it, counted from 1; None if it can't be told.
        reason: What is wrong.
    """

    def __init__(self, file: Path, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        super().__init__(
            f"template {shown(file)}{f':{line}' if line else ''}: {reason}\nno revision was written"
        )


class NoEditor(UsageError):
    """No editor is named by a variable, and none of the usual ones is installed.

    Attributes:
        variables: The environment variables that may name one.
    """

    def __init__(self, variables: Sequence[str]) -> None:
        self.variables = tuple(variables)
        names = " or ".join(f"${name}" for name in variables)
        super().__init__(f"no editor is found; say which one is yours in {names}")


class EditorFailed(ScriptError):
    """The editor ended with another status than 0.

    Attributes:
        editor: Its program.
        status: What it ended with.
        path: The file that it was given.
    """

    def __init__(self, editor: str, status: int, path: Path) -> None:
        self.editor, self.status, self.path = editor, status, path
        super().__init__(f"{editor} ended with {status} on {shown(path)}")
