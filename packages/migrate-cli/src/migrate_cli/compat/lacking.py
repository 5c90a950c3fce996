"""What is said where a script or env.py imports a part of Alembic that isn't here."""

from __future__ import annotations

import re

from ..errors import BadScript
from .alias import OURS, NotOffered


def not_offered(err: BadScript) -> BadScript | None:
    """Give an error that says so, if that is why a script can't be imported; None if it isn't."""
    said = lacking(err.__cause__)
    return None if said is None else BadScript(err.file, err.line, f"can't be imported: {said}")


def lacking(err: BaseException | None) -> str | None:
    """Say what of Alembic an import asked for in vain, and what to do; None if it is another error."""
    if isinstance(err, NotOffered):
        return str(err)
    name = getattr(err, "name", None) or ""
    if not isinstance(err, ImportError) or not name.startswith(OURS):
        return None
    found = re.match(r"cannot import name ('\w+')", str(err))
    wanted = found[1] if found else None
    asked = name.removeprefix(OURS.removesuffix("alembic"))
    what = f"no {wanted} in {asked}" if wanted else f"no such thing in {asked}: {err}"
    return (
        f"migrate stands in for Alembic here, and has {what}; "
        "run this project by Alembic's own command, or leave that import out"
    )
