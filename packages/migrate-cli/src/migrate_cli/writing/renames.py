"""What was renamed: as it is written on the command line or in the settings, or asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..visible import visible

if TYPE_CHECKING:  # SQLAlchemy is imported when there is something to compare
    from ddl_autogen import Rename, UnknownRename

Ask = Callable[["Rename"], bool]
"""Asks a person whether something was renamed so."""


class RenamesUnanswered(UsageError):
    """What could be a rename would be written as a loss, and nobody is there to be asked.

    Attributes:
        questions: (name in the database, name in the models) pairs, what is most likely first.
    """

    def __init__(self, questions: Sequence[tuple[str, str]]) -> None:
        self.questions = tuple(questions)
        count = len(self.questions)
        listed = [f"  --rename {old}={new}" for old, new in self.questions[:SHOWN]]
        if count > SHOWN:
            listed.append(f"  and {count - SHOWN} more")
        old = self.questions[0][0]
        super().__init__(
            f"{'this' if count == 1 else 'these'} may be renamed, or dropped and made anew, "
            "and nobody is here to be asked:\n"
            + "\n".join(map(visible, listed))
            + f"\nsay so as above; that one goes: --rename {visible(old)}= ; that none was: --no-renames"
        )


SHOWN = 8


def parsed(texts: Sequence[str]) -> dict[str, str | None]:
    """Read "old=new" texts; "old=" says that it goes, and isn't renamed.

    Raises:
        ValueError: A text is none; it is the error's argument.

    >>> parsed(["users.name=users.full_name", "users.age="])
    {'users.name': 'users.full_name', 'users.age': None}
    """
    found: dict[str, str | None] = {}
    for text in texts:
        old, separator, new = (part.strip() for part in text.partition("="))
        if not separator or not old or "=" in new:
            raise ValueError(text)
        found[old] = new or None
    return found


class Answers:
    """Who tells what was renamed: what was said, the settings, and a person if one is there.

    Built once for a command, which may ask several times.

    Attributes:
        where: The database that is being compared, where there may be several; else None.
    """

    where: str | None = None

    def __init__(
        self,
        said: Sequence[str] = (),
        *,
        none: bool = False,
        ask: Ask | None = None,
    ) -> None:
        """Take what is known.

        Args:
            said: "old=new" texts of the command line.
            none: Whether nothing else was renamed.
            ask: Asks a person; None where nobody is there.

        Raises:
            UsageError: A text isn't of that form.
        """
        try:
            self._said = parsed(said)
        except ValueError as err:
            raise UsageError(
                f"--rename {err} isn't of the form old=new\n"
                "for example: --rename users.name=users.full_name"
            ) from None
        self._none, self._ask = none, ask
        self._open: list[tuple[str, str]] = []
        self._unknown: list[dict[str, UnknownRename]] = []

    def options(self, standing: Sequence[str] = ()) -> dict[str, Any]:
        """Give the same as `ddl_autogen.Options` takes it.

        Args:
            standing: "old=new" texts of the settings; what is over by now is passed over.
        """
        return {
            "renames": self._said,
            "standing_renames": parsed(standing),
            "ask_renames": None if self._none else self._asked,
            "unknown_renames": None if self.where is None else self._missed,
        }

    @contextmanager
    def asked(self, where: str | None = None) -> Iterator[None]:
        """See to it that a comparison leaves nothing open.

        Args:
            where: The database, where there may be others: what was said is about any of them then, and
                `must_be_known` checks it in the end. None for the only one.

        Raises:
            RenamesUnanswered: Something could be a rename, and there is nobody to be asked.
            UsageError: What was said can't be.
        """
        from ddl_autogen import UnknownRename

        self._open.clear()
        self.where = where
        self._unknown.append({})
        try:
            yield
        except UnknownRename as err:
            raise UsageError(str(err)) from err
        finally:
            self.where = None
        if self._open:
            raise RenamesUnanswered(self._open)

    def must_be_known(self) -> None:
        """Check that each rename that was said is one of some database.

        Raises:
            UsageError: One is of none of those that were compared.
        """
        for old in self._said:
            if self._unknown and all(old in missed for missed in self._unknown):
                raise UsageError(str(self._unknown[0][old]))

    def _missed(self, err: UnknownRename) -> None:
        self._unknown[-1][err.old] = err

    def _asked(self, questions: Sequence[Rename]) -> list[Rename]:
        """Ask one after the other, what is settled left out; note those that nobody answers."""
        renamed: list[Rename] = []
        taken: set[tuple[str, object]] = set()
        for question in questions:
            pair = {("old", question.old), ("new", question.new)}
            if taken & pair:
                continue
            if self._ask is None:
                self._open.append((question.old_name, question.new_name))
                taken |= pair
            elif self._ask(question):
                renamed.append(question)
                taken |= pair
        return renamed
