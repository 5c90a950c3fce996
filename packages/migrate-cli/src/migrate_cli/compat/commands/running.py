"""How a command runs: env.py is run, and calls back; only errors of Alembic's kind come out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from revgraph import RevgraphError

from ...errors import MigrateError
from ..alembic import util
from ..alembic.runtime.environment import EnvironmentContext
from ..alembic.script import ScriptDirectory
from ..settings import Config

P = ParamSpec("P")
R = TypeVar("R")


def careful(function: Callable[P, R]) -> Callable[P, R]:
    """Let only errors of Alembic's kind out, with ours as their cause."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except util.CommandError:
            raise
        except (MigrateError, RevgraphError) as err:
            raise util.CommandError(str(err)) from err

    return called


def run_env(
    config: Config,
    directory: ScriptDirectory,
    fn: Callable[[Any, Any], Any],
    **opts: Any,
) -> None:
    """Run env.py, which calls *fn* back; some ask by its name, which is Alembic's, what is to be done."""
    with EnvironmentContext(config, directory, fn=fn, **opts):
        directory.run_env()


def autogenerating() -> Any:
    """What compares; imported when there is something to compare."""
    return import_module(f"{__package__.rpartition('.')[0]}.alembic.autogenerate.api")
