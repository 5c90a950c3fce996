"""What can stand between us and a database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..paths import shown
from .base import DatabaseError, UsageError, did_you_mean


class NoURL(DatabaseError):
    """No database was named anywhere.

    Attributes:
        variable: The environment variable that the project reads and that isn't set; None if it
            names none.
    """

    def __init__(self, variable: str | None, file: Path) -> None:
        self.variable = variable
        if variable:
            text = (
                f"${variable} is not set, and [tool.migrate] url_env in {shown(file)} reads the "
                f"database's URL from it\nset it, or give --url (.env is not read)"
            )
        else:
            text = (
                "no database URL: neither --url, nor $MIGRATE_DATABASE_URL, nor url or url_env "
                f"in [tool.migrate] of {shown(file)}, nor $DATABASE_URL\n"
                "give one, for example: --url sqlite:///app.db (.env is not read)"
            )
        super().__init__(text)


class UnparsableURL(DatabaseError):
    """A text was given as a database's URL and isn't one.

    Attributes:
        url: The text, its password hidden.
        source: Where it came from.
        reason: What is wrong with it.
    """

    def __init__(self, url: str, source: str, reason: str) -> None:
        self.url, self.source, self.reason = url, source, reason
        super().__init__(
            f"can't read the database URL {url!r} from {source}: {reason}\n"
            "write it as dialect+driver://user:password@host:port/database, with @ : / % in a "
            "password as %40 %3A %2F %25"
        )


class UnknownDialect(DatabaseError):
    """SQLAlchemy knows no dialect, or no driver of it, under the URL's name.

    Attributes:
        name: As the URL has it: "postgresq", "mysql+pymysq".
        source: Where the URL came from.
        candidates: Names that would do, best first; may be empty.
    """

    def __init__(self, name: str, source: str, candidates: Sequence[str]) -> None:
        self.name, self.source, self.candidates = name, source, tuple(candidates)
        placeholder = "; that is the placeholder of a template: write your database's URL there"
        mend = (
            placeholder
            if name == "driver"
            else did_you_mean(self.candidates)
            or ("; a dialect that doesn't come with SQLAlchemy is a package to install")
        )
        what = "driver" if "+" in name else "dialect"
        super().__init__(f"unknown {what} {name!r} in {source}{mend}")


class MissingDriver(DatabaseError):
    """The module that speaks to the database can't be imported.

    Attributes:
        module: Its import name.
        name: Dialect and driver as the URL has them: "mysql", "postgresql+psycopg".
        install: What `pip install` should be given; None if we don't know.
        instead: Another name for the URL whose driver is installed; None if there is none.
        reason: Why the import fails; None when the module just isn't there.
    """

    def __init__(
        self,
        module: str,
        name: str,
        install: str | None,
        instead: str | None,
        reason: str | None = None,
    ) -> None:
        self.module, self.name, self.install = module, name, install
        self.instead, self.reason = instead, reason
        wrong = f"can't be imported: {reason}" if reason else "is not installed"
        mends = []
        if install:
            mends.append(f"pip install '{install}'" if "[" in install else f"pip install {install}")
        if instead:
            mends.append(f"or use {instead}://, whose driver is installed")
        tail = "\n" + "   ".join(mends) if mends else ""
        super().__init__(f"driver {module!r} for {name}:// {wrong}{tail}")


class UnreachableDatabase(DatabaseError):
    """A connection was tried and not given.

    Attributes:
        where: The URL without password and options.
        reason: What the driver says, in one line.
        source: Where the URL came from.
    """

    def __init__(self, where: str, reason: str, source: str) -> None:
        self.where, self.reason, self.source = where, reason, source
        super().__init__(
            f"cannot connect to {where}: {reason}\nURL from {source} (.env is not read)"
        )


class AsyncDriver(DatabaseError):
    """A plain connection was asked for, and the URL's driver is asynchronous.

    Attributes:
        name: Dialect and driver: "postgresql+asyncpg".
        source: Where the URL came from.
    """

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source
        super().__init__(
            f"{name}:// in {source} has an asynchronous driver, which can't be used here\n"
            "give a URL with a synchronous driver, in --url or $MIGRATE_DATABASE_URL"
        )


class MustAwait(UsageError):
    """Something asynchronous was given to a function that isn't.

    Attributes:
        kind: What was given: "AsyncEngine", "AsyncConnection".
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(
            f"an {kind} belongs to the event loop that runs here, and this call doesn't await\n"
            "await the same command of migrate_cli.commands.aio"
        )


class NoSuchDatabase(UsageError):
    """What was given as a database is no URL, engine or connection.

    Attributes:
        kind: What it is.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(
            f"a database is named by a URL, an Engine, a Connection, or SQLAlchemy's asynchronous "
            f"ones; this is a {kind}"
        )
