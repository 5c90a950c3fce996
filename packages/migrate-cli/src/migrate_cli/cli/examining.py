"""The word that looks whether a project has all that it needs: doctor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .given import project
from .paper import answer, field, paint
from .words import word

if TYPE_CHECKING:
    from ..commands.examining import Diagnosis

_SIGNS = {"ok": ("ok", "green"), "note": ("--", "yellow"), "problem": ("!!", "red")}


@word(answers=True)
def doctor() -> int:
    """Look whether all that is needed is there. Settings, scripts, models, driver, rights.

    Ends with 1 if something stands in the way. Nothing is written.
    """
    from ..commands import doctor as work

    found = work(project)
    answer(found, _told(found))
    return 0 if found.healthy else 1


def _told(found: Diagnosis) -> Iterator[str]:
    for one in found.findings:
        first, *more = one.text.splitlines()
        yield field(one.subject, f"{paint(*_SIGNS[one.state])}  {first}")
        for line in more:
            yield field("", f"    {line}")
