"""What a project's env.py needs: `context` to let the command work, and what the settings say.

An env.py is optional. It says where the commands of a project work where [tool.migrate] can't.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar, overload

from sqlalchemy import URL, MetaData

from .config import Config, of_database
from .environment import in_own_loop, located_url
from .errors import BadConfiguration, UsageError
from .models import metadata

if TYPE_CHECKING:
    from .compat.alembic import context

T = TypeVar("T")

__all__ = ["context", "databases", "models", "run", "settings", "sql_file", "url"]

_SETTINGS: ContextVar[Config] = ContextVar("settings of the project whose env.py runs")


def __getattr__(name: str) -> Any:
    """Import `context` when it is asked for: it brings a good deal along."""
    if name == "context":
        from .compat.alembic import context

        return context
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def settings() -> Config:
    """Give the settings of the project, as [tool.migrate] and the command line have them.

    Raises:
        UsageError: No command runs env.py just now.
    """
    found = _SETTINGS.get(None)
    if found is None:
        raise UsageError("env.py is run by a command, such as: migrate current")
    return found


def url(config: Config | None = None) -> URL:
    """Give the database's URL: of --url, the usual variables, or the settings.

    Args:
        config: Settings from `databases()`; None for those of the project.

    Raises:
        DatabaseError: There is none, or it isn't one.
    """
    return located_url(config or settings())


def models(config: Config | None = None) -> Sequence[MetaData]:
    """Give the metadata that the settings name; the models are imported when it is looked at.

    Args:
        config: Settings from `databases()`; None for those of the project.
    """
    return _Models(config or settings())


def databases() -> dict[str, Config]:
    """Give the settings of each database that [tool.migrate.databases] names, in its order.

    Raises:
        BadConfiguration: It names none.
    """
    config = settings()
    if not config.databases:
        raise BadConfiguration(
            config.file,
            "databases",
            "names no database, and env.py works in those that it names\n"
            'add a table for each: [tool.migrate.databases.NAME], with its url_env = "..."',
        )
    return {name: of_database(config, name) for name in config.databases}


def run(function: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Call an asynchronous function and wait for it, also where an event loop runs already."""
    return in_own_loop(function)


def sql_file(path: str | PathLike[str]) -> AbstractContextManager[IO[str]]:
    """Give a stream for `output_buffer` whose text is in a file when the block ends.

    A block that fails, or in which nothing is written (`migrate lint` only listens), leaves the
    file as it is.

    Args:
        path: The file, from the current folder.
    """
    from .sinks.offline import spooled

    return spooled(Path(path))


@contextmanager
def visiting(config: Config) -> Iterator[None]:
    """Let env.py find these settings, as long as the block runs."""
    token = _SETTINGS.set(config)
    try:
        yield
    finally:
        _SETTINGS.reset(token)


class _Models(Sequence[MetaData]):
    """Metadata that are imported when somebody looks at them: not every command does."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._found: list[MetaData] | None = None

    def _all(self) -> list[MetaData]:
        if self._found is None:
            self._found = metadata(self._config)
        return self._found

    @overload
    def __getitem__(self, index: int) -> MetaData: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[MetaData]: ...
    def __getitem__(self, index: int | slice) -> MetaData | Sequence[MetaData]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())
