"""What can stand in the way of writing the last revision anew."""

from __future__ import annotations

from pathlib import Path

from ..paths import shown
from .base import Refused


class CantAmend(Refused):
    """A revision can't be written anew: others may have it, or what it did.

    Attributes:
        revision: Its id.
        path: Its file.
        reason: What stands in the way.
    """

    def __init__(self, revision: str, path: Path, reason: str) -> None:
        self.revision, self.path, self.reason = revision, path, reason
        super().__init__(
            f"can't amend {revision} ({shown(path)}): {reason}\n"
            'write another revision instead: migrate make "..."'
        )


class NothingLeft(Refused):
    """Written anew, a revision would hold nothing; it was left as it was.

    Attributes:
        revision: Its id.
        path: Its file.
    """

    def __init__(self, revision: str, path: Path) -> None:
        self.revision, self.path = revision, path
        super().__init__(
            f"nothing would be left in {revision}: without it, models and database agree\n"
            f"remove it, if the database has it after migrate downgrade -1: rm {shown(path)}\n"
            "or write it empty: --allow-empty"
        )
