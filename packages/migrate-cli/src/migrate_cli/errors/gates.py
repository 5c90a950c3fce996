"""What is refused before it starts, because somebody has to say that it may be done."""

from __future__ import annotations

from collections.abc import Sequence

from .base import SHOWN, Refused


class Irreversible(Refused):
    """A downgrade leads over a revision that says that it has no way back.

    Attributes:
        revision: Its id.
        why: Why, as its file says; "" if it doesn't.
        place: "file:line" or the file; "" where the script itself was running.
    """

    def __init__(self, revision: str, why: str, place: str = "") -> None:
        self.revision, self.why, self.place = revision, why, place
        asked = f"can't undo {revision}" if revision else "can't undo this revision"
        where = f" ({place})" if place else ""
        super().__init__(
            f"{asked}: it is irreversible: {why or 'its file says so'}{where}\n"
            "nothing was run; go back by a backup, or write a new revision that repairs what is wrong"
        )


class WouldLoseData(Refused):
    """Revisions would lose data, and nobody has said that they may.

    Attributes:
        database: The database, without password.
        direction: "upgrade" or "downgrade".
        losses: What would be lost, each in one line with its place.
        asked: Whether somebody was asked, and said no.
    """

    def __init__(
        self, database: str, direction: str, losses: Sequence[str], *, asked: bool = False
    ) -> None:
        self.database, self.direction = database, direction
        self.losses, self.asked = tuple(losses), asked
        more = [f"  and {len(losses) - SHOWN} more"] if len(losses) > SHOWN else []
        mend = [] if asked else [
            "nothing was run; if that is meant: --allow-data-loss, or at the line in the file:",
            "  # migrate: allow data-loss because ...",
        ]  # fmt: skip
        said = "was declined" if asked else "would lose data"
        super().__init__(
            "\n".join(
                [
                    f"{direction} of {database} {said}",
                    *(f"  {loss}" for loss in losses[:SHOWN]),
                    *more,
                    *mend,
                ]
            )
        )


class ProtectedDatabase(Refused):
    """The settings say that a database is to be changed only by who says that this is meant.

    Attributes:
        database: The database, without password.
        pattern: What in the settings fits it.
        what: What was asked for: "upgrade", "downgrade", "stamp".
        asked: Whether somebody was asked, and didn't confirm it.
    """

    def __init__(self, database: str, pattern: str, what: str, *, asked: bool = False) -> None:
        self.database, self.pattern, self.what, self.asked = database, pattern, what, asked
        mend = "" if asked else "\nnothing was run; if that database is meant: --allow-protected"
        said = "was not confirmed" if asked else "needs a word more"
        super().__init__(
            f"{what} of {database} {said}: it is protected ({pattern!r} in protected){mend}"
        )


class CantRehearse(Refused):
    """A dry run was asked for on a database that can't roll it back.

    Attributes:
        database: The database, without password.
        dialect: Its dialect.
    """

    def __init__(self, database: str, dialect: str) -> None:
        self.database, self.dialect = database, dialect
        super().__init__(
            f"can't do a dry run on {database}: {dialect} commits every change of a schema, so it "
            "couldn't be rolled back\nnothing was run; what would be done: migrate plan"
        )
