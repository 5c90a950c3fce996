"""The word verify."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .given import option, project
from .paper import answer, dim, field, paint
from .words import word

if TYPE_CHECKING:
    from ..commands.verifying import Verification


@word(answers=True)
def verify() -> int:
    """Look whether files still say what was run. Ends with 1 if not.

    Comments, docstrings and layout don't count. --verbose shows what is the same, too.
    """
    from ..commands import verify as work

    found = work(project())
    answer(found, _lines(found))
    return 0 if found.unchanged else 1


_MARKS = {"same": ("=", "green"), "changed": ("!", "red"), "gone": ("!", "red")}


def _lines(found: Verification) -> Iterator[str]:
    for one in found.revisions:
        if one.state == "same" and not option("verbose"):
            continue
        sign, colour = _MARKS.get(one.state, ("?", "yellow"))
        when = f", run {one.run[:19]}" if one.run else ""
        said = {
            "same": "as it ran",
            "changed": f"changed since{when}",
            "gone": f"has no file here{when}",
            "unknown": "not in the journal: what it was isn't known",
        }[one.state]
        yield f"  {paint(sign, colour)} {one.id}  {one.file}  {said}"
        yield from (dim(f"      {line}") for line in one.difference)
    counts = {
        state: sum(one.state == state for one in found.revisions)
        for state in ("same", "changed", "gone", "unknown")
    }
    said = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    yield f"{said or 'Nothing was run'} in {found.database}."
    if not found.unchanged:
        yield field("Next", "bring the file back, as it ran: migrate log ID --source")
