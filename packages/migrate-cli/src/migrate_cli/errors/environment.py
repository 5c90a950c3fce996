"""What can be wrong with an environment that a project brings itself: its env.py."""

from __future__ import annotations

from pathlib import Path

from ..paths import shown
from .base import ConfigurationError


class EnvironmentFailed(ConfigurationError):
    """A project's env.py didn't come to its end.

    Attributes:
        path: The file.
        line: Its line that failed, from 1; None if no line of it was running.
        reason: What was said.
    """

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        self.path, self.line, self.reason = path, line, reason
        place = f"{shown(path)}:{line}" if line else shown(path)
        super().__init__(f"{place} failed: {reason}")


class EnvironmentIdle(ConfigurationError):
    """A project's env.py ended, and let no migrations be run.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{shown(path)} never called context.run_migrations(), so nothing was done\n"
            "it has to call it, inside of: with context.begin_transaction()"
        )


class EnvironmentRolledBack(ConfigurationError):
    """What was run is lost: it was in a transaction of env.py's, which nobody committed.

    Attributes:
        path: The file.
        asked: Whether it said so itself, by `rollback()` of the transaction that it was given.
    """

    def __init__(self, path: Path, *, asked: bool = False) -> None:
        self.path, self.asked = path, asked
        super().__init__(
            f"{shown(path)} rolled back what ran: nothing of it is kept"
            if asked
            else f"{shown(path)} gave a connection that was inside of a transaction already, and never "
            "committed it, so what ran is rolled back\n"
            "commit before context.configure(connection=...), or use: with engine.begin() as connection"
        )


class PercentInIni(ConfigurationError):
    """A setting in an ini file has a percent sign, which means something else there.

    Attributes:
        section: The section it is in.
        option: The setting's name. Its value isn't told: a URL's password may be in it.
    """

    def __init__(self, section: str, option: str) -> None:
        self.section, self.option = section, option
        super().__init__(
            f"{option} in [{section}] has a single percent sign, and an ini file takes that for the "
            "beginning of a name\nwrite each % twice there: a password's p%40ss as p%%40ss"
        )
