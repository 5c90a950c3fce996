"""What is said where a script or env.py lacks something: a part of Alembic, a driver, a URL."""

from __future__ import annotations

import re

from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from .. import drivers
from ..errors import BadScript, did_you_mean, near
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


def unconnected(err: BaseException) -> str | None:
    """Say why env.py could make no engine, and what to do; None if it is another error.

    Source of the texts: SQLAlchemy 2.0 and 2.1, `url.make_url` and `util.PluginLoader.load`.
    """
    if isinstance(err, NoSuchModuleError):
        found = re.search(r"sqlalchemy\.dialects:([\w.+]+)", str(err))
        name = found[1].replace(".", "+") if found else str(err)
        if name == "driver":
            return (
                "the database's URL is still the placeholder of a template\n"
                f"write yours where env.py reads it, mostly sqlalchemy.url: {_FORM}"
            )
        dialect, _, driver = name.partition("+")
        known = drivers.drivers(dialect)
        close = [f"{dialect}+{one}" for one in near(driver, known)] if known else []
        hint = did_you_mean(close or near(dialect, drivers.DIALECTS if not known else ()))
        return f"unknown dialect {name!r} in the database's URL{hint}"
    if isinstance(err, ArgumentError) and "URL" in str(err):
        return f"the database's URL can't be read\nwrite it where env.py reads it as {_FORM}"
    if isinstance(err, ImportError) and (package := drivers.install(err.name or "")):
        quoted = f"'{package}'" if "[" in package else package
        return f"driver {err.name!r} is not installed\npip install {quoted}"
    return None


_FORM = "dialect+driver://user:password@host:port/database"
