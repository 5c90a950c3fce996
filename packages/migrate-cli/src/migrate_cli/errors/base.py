"""The kinds of errors, each with its exit status, and what their texts are made with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from ..paths import shown


class MigrateError(Exception):
    """Base of every error that this package raises on purpose.

    Attributes:
        exit_status: What the command line ends with: 1 pending or refused, 2 usage or an unknown
            target, 3 configuration, scripts, graph or connection, 4 a migration failed.
    """

    exit_status: ClassVar[int] = 3


class Refused(MigrateError):
    """A guard stands in the way of something that would do harm."""

    exit_status = 1


class UsageError(MigrateError):
    """What was asked can't be asked so."""

    exit_status = 2


class ConfigurationError(MigrateError):
    """The project's settings can't be used."""


class ModelsError(MigrateError):
    """The metadata to compare with can't be had from the project's code."""


class DatabaseError(MigrateError):
    """There is no way to the database."""


class NotBegun(DatabaseError):
    """A run stopped before its next step; nothing of that step ran."""


class ScriptError(MigrateError):
    """The revision files can't be used."""


class MigrationFailed(MigrateError):
    """A revision was begun and didn't come to its end."""

    exit_status = 4


class CannotWrite(MigrateError):
    """A file or folder can't be written; nothing was.

    Attributes:
        path: The file or folder.
        reason: What the system says.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"can't write {shown(path)}: {reason}")


SHOWN = 4
"""How many files or candidates a text lists before it says "and n more"."""


def near(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Names that someone may have meant by *word*, best first; at most three.

    >>> near("metdata", ["models", "metadata", "url"])
    ('metadata',)
    """
    import difflib  # only on the way of an error

    return tuple(difflib.get_close_matches(word, sorted(known), n=3))


def did_you_mean(candidates: Sequence[str]) -> str:
    """The end of a sentence that offers the candidates; empty if there are none.

    >>> did_you_mean(["mysql", "mariadb"])
    "; did you mean 'mysql' or 'mariadb'?"
    """
    if not candidates:
        return ""
    return f"; did you mean {' or '.join(map(repr, candidates))}?"


def in_one_line(err: BaseException) -> str:
    r"""An exception's kind and the first line of its text.

    >>> in_one_line(ValueError("no\nway"))
    'ValueError: no'
    """
    text = str(err).strip()
    first = text.splitlines()[0] if text else ""
    return f"{type(err).__name__}: {first}" if first else type(err).__name__


def ends_us(err: BaseException) -> bool:
    """Whether an exception comes from outside and is to end us, whatever code it came through.

    Anything else that a stranger's code raises is that code's failure: a SystemExit too.

    >>> ends_us(KeyboardInterrupt()), ends_us(SystemExit(0))
    (True, False)
    """
    return isinstance(err, KeyboardInterrupt) or type(err).__name__ == "CancelledError"  # asyncio's
