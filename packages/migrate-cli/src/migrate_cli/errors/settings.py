"""What can be wrong with a project's settings, and with making them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ..paths import shown
from .base import SHOWN, ConfigurationError, Refused, UsageError, did_you_mean, near


class NoConfiguration(ConfigurationError):
    """No folder from the start upwards has settings for us.

    Attributes:
        start: Folder where the search began.
        passed: Files that were looked at and have no [tool.migrate], nearest first; may be empty.
    """

    def __init__(self, start: Path, passed: Sequence[Path] = ()) -> None:
        self.start, self.passed = start, tuple(passed)
        seen = f" (not in {', '.join(map(shown, passed))})" if passed else ""
        super().__init__(
            f"no migrate configuration in {start} or above\n"
            f"looked for [tool.migrate] in pyproject.toml{seen}\n"
            "start with: migrate init"
        )


class BadConfiguration(ConfigurationError):
    """A settings file can't be read, or a setting has a value that it can't have.

    Attributes:
        file: The settings file.
        key: Name of the setting; None when it is the file as a whole.
        reason: What is wrong and what is wanted.
    """

    def __init__(self, file: Path, key: str | None, reason: str) -> None:
        self.file, self.key, self.reason = file, key, reason
        where = f"[tool.migrate] {key} in {shown(file)}" if key else shown(file)
        super().__init__(f"{where}: {reason}")


class UnknownSetting(BadConfiguration):
    """A key in [tool.migrate] is none of ours.

    Attributes:
        candidates: Settings with a similar name, best first; may be empty.
    """

    def __init__(self, file: Path, key: str, known: Iterable[str]) -> None:
        names = sorted(known)
        self.candidates = near(key, names)
        mend = did_you_mean(self.candidates) or f"; known are {', '.join(names)}"
        super().__init__(file, key, f"there is no such setting{mend}")


class AlreadyAProject(Refused):
    """`init` was asked for where migrations are already set up.

    Attributes:
        file: The file that sets them up.
        tool: Name of the tool that it is for.
        mend: What to do instead.
    """

    def __init__(self, file: Path, tool: str, mend: str) -> None:
        self.file, self.tool, self.mend = file, tool, mend
        super().__init__(f"{shown(file)} already sets up {tool} here\n{mend}")


class NoTemplate(UsageError):
    """`init` was asked for a template that isn't there.

    Attributes:
        name: As it was asked for.
        candidates: Similar names, best first; may be empty.
    """

    def __init__(self, name: str, known: Sequence[str], variable: str) -> None:
        self.name, self.candidates = name, near(name, known)
        super().__init__(
            f"there is no template {name!r}{did_you_mean(self.candidates)}\n"
            f"there are {', '.join(known)}; or give a folder with an env.py in it, "
            f"or a folder of such folders in ${variable}"
        )


class FolderInUse(Refused):
    """`init` was asked to keep revision files in a folder that holds something else.

    Attributes:
        folder: The folder.
        names: What is in it, sorted.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder, self.names = folder, tuple(names)
        listed = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
        super().__init__(
            f"{shown(folder)} is there already and holds {listed}\n"
            "give another folder: migrate init --scripts FOLDER"
        )


class SecretInFile(Refused):
    """`init` was asked to write a password into a file that is shared with others.

    Attributes:
        url: The URL, its password hidden.
        file: The settings file.
    """

    def __init__(self, url: str, file: Path) -> None:
        self.url, self.file = url, file
        super().__init__(
            f"{url} has a password, which doesn't belong in {shown(file)}\n"
            "put the URL into an environment variable: $DATABASE_URL is read by itself, any other "
            "one is named with --url-env NAME"
        )
