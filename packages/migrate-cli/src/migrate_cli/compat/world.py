"""An Alembic project under our own commands: env.py says where they work, and how."""

from __future__ import annotations

import logging
import traceback
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from configparser import InterpolationSyntaxError
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any, ClassVar, TypeVar

import ddl_autogen
from ddl_constructs import Change
from revgraph import RevgraphError
from sqlalchemy import MetaData, event
from sqlalchemy.exc import DBAPIError

from .. import __version__
from ..errors import (
    BadScript,
    EnvironmentFailed,
    EnvironmentIdle,
    EnvironmentRolledBack,
    MigrateError,
    NoMetadata,
    PercentInIni,
    UsageError,
    ends_us,
    in_one_line,
)
from ..paths import shown
from ..running import complaint
from ..running.run import Run
from ..running.transactions import reading
from ..scripts import Script as File
from ..sinks import Sink
from ..writing.planned import Planned
from ..writing.renames import Answers
from .alembic import command as commands
from .alembic.autogenerate.api import RevisionContext
from .alembic.autogenerate.context import AutogenContext
from .alembic.operations import Operations, conversion
from .alembic.runtime.environment import EnvironmentContext
from .alembic.runtime.migration import MigrationContext, log
from .alembic.script import ScriptDirectory
from .commands import writing
from .lacking import lacking, not_offered, unconnected
from .settings import Config
from .unwritten import unwritten, written

T = TypeVar("T")


@dataclass
class AlembicWorld:
    """What an Alembic project's env.py does for our commands.

    Attributes:
        settings: The project's settings.
        here: The context of the database that is being visited; None outside of a visit.
    """

    settings: Config
    here: MigrationContext | None = None
    writes: ClassVar[bool] = True

    def _environment(self, *given: Any, **options: Any) -> EnvironmentContext:
        """Make what env.py speaks with."""
        return EnvironmentContext(*given, **options)

    def _as_ours(self, around: Run, context: MigrationContext) -> Run:
        """Give what surrounds a run there as our commands want it."""
        return around

    def visit(
        self,
        work: Callable[[Run], T],
        *,
        sql: IO[str] | None = None,
        unread: bool = False,
        command: str = "current",
        **asked: Any,
    ) -> list[T]:
        """Let a command work on each database that env.py configures.

        Args:
            work: What the command does.
            sql: Where the SQL is written; None to run it.
            unread: Nobody reads the SQL: a file that env.py opens for it stays as it is.
            command: The command of Alembic that it is like, for what env.py asks of `cmd_opts`.
            asked: What env.py may ask about the command.

        Raises:
            EnvironmentFailed: env.py failed by itself.
            EnvironmentIdle: It let nothing be done.
            EnvironmentRolledBack: What was done is lost.
        """
        self._says(command)
        directory = ScriptDirectory.from_config(self.settings)
        path = Path(directory.env_py_location)
        found: list[T] = []
        lost: list[bool] = []
        seen: list[MigrationContext] = []

        def visited(around: Run, context: MigrationContext) -> None:
            self.here = context
            seen.append(context)
            noting = _ends_noted(around, lost) if "destination_rev" in asked else nullcontext()
            with noting, written():
                found.append(work(self._as_ours(around, context)))

        if sql is not None:
            self.settings.output_buffer = sql
        options = {name: value for name, value in asked.items() if value is not None}
        with (
            _told(path),
            unwritten() if unread else nullcontext(),
            self._environment(
                self.settings, directory, visit=visited, as_sql=sql is not None, **options
            ),
        ):
            directory.run_env()
        if not found:
            raise EnvironmentIdle(path)
        undone = any(context.own is not None and context.own.undone for context in seen)
        if undone and "destination_rev" in asked:
            raise EnvironmentRolledBack(path, asked=True)
        if any(lost):
            raise EnvironmentRolledBack(path)
        return found

    def describe(self) -> str:
        """Say that it is an Alembic project, which files say so, and that Alembic isn't used."""
        files = [self.settings.config_file_name, self.settings.toml_file_name]
        named = " and ".join(shown(Path(file)) for file in files if file is not None)
        said = f"an Alembic project ({named}), run by migrate {__version__}"
        try:
            theirs = version("alembic")
        except PackageNotFoundError:
            return said
        return f"{said}; alembic {theirs} is installed too, and not used"

    def tells(self) -> bool:
        """Tell whether the project's own logging says each step."""
        return log.isEnabledFor(logging.INFO) and log.hasHandlers()

    def changes(self, around: Run, told: Mapping[str, Any]) -> list[Change]:
        """Compare the models that env.py names with the database that is being visited.

        Plugins and `process_revision_directives` have their say, as in a new revision.

        Args:
            around: The run that visits it.
            told: What was renamed, and what takes part, as `ddl_autogen.Options` takes it.

        Raises:
            NoMetadata: It names none.
        """
        context = self._visited()
        self.models()
        connection = around.sink.connection
        assert connection is not None, "what is compared is live"
        context.opts["renames"] = told
        with reading(connection):
            heads = around.versions.heads(connection)
        made = RevisionContext(self.settings, context.script, {**_PLAIN, "autogenerate": True})
        made.run_autogenerate(heads, context)
        return _changes(made.generated_revisions, 0)

    def _visited(self) -> MigrationContext:
        assert self.here is not None, "a command asks while it visits a database"
        return self.here

    def models(self) -> list[MetaData]:
        """Give the metadata that env.py names for the database that is being visited.

        Raises:
            NoMetadata: It names none.
        """
        found = self._visited().opts.get("target_metadata")
        if found is None:
            raise NoMetadata(
                None,
                "env.py gives no models to compare with\n"
                "it has to say: context.configure(..., target_metadata=Base.metadata)",
            )
        return list(found) if isinstance(found, Sequence) else [found]

    def speaker(self) -> Callable[[Sink], AbstractContextManager[None]]:
        """Give what lets the scripts of the database that is being visited speak to another sink.

        Neither their `op` nor the context reaches the connection then. It can also be called after the visit.
        """
        return partial(_speaking_to, self._visited())

    def tokens(self) -> tuple[str, str]:
        """Give what a template calls that which leads up, and down, for the visited database."""
        opts = self._visited().opts
        return opts.get("upgrade_token", "upgrades"), opts.get("downgrade_token", "downgrades")

    def variables(self) -> Mapping[str, object]:
        """Give the `template_args` that env.py has named at the last visit; mostly empty."""
        return {} if self.here is None else dict(self.here.opts.get("template_args") or {})

    def writing(self, *, autogenerate: bool) -> None:
        """Say in `config.cmd_opts` what env.py of many projects asks before it leaves changes out."""
        if self.settings.cmd_opts is not None:
            self.settings.cmd_opts.autogenerate = autogenerate
        self._says("revision")

    def _says(self, command: str) -> None:
        """Say by `config.cmd_opts.cmd[0].__name__` which command runs, as many an env.py asks it."""
        if self.settings.cmd_opts is not None:
            self.settings.cmd_opts.cmd = (getattr(commands, command), [], [])

    def directed(self, around: Run, planned: Planned) -> list[Planned]:
        """Let env.py's `process_revision_directives` have a new revision otherwise.

        In an Alembic project it was asked when the changes were found.

        Args:
            around: The run that visits the database.
            planned: What would be written.

        Returns:
            What is to be written: none, one, or several.
        """
        return [planned]

    def rendering(self) -> Mapping[str, Any]:
        """Give how env.py has changes written: `render_item` and `render_as_batch`.

        Its `render_item` is called as in Alembic; the imports that it adds to its context come
        into the new file.
        """
        context = self._visited()
        batch = True if context.opts.get("render_as_batch") else None
        says = context.opts.get("render_item")
        if says is None:
            return {"batch": batch}
        asking = AutogenContext(context, autogenerate=False)

        def render_item(kind: str, value: Any, renderer: Any) -> Any:
            said = says(kind, value, asking)
            renderer.imports.update(asking.imports)
            return said

        return {"batch": batch, "render_item": render_item}

    def write(
        self,
        *,
        allow_empty: bool = True,
        guard: Callable[[list[Change], Run], None] | None = None,
        renames: Answers | None = None,
        **options: Any,
    ) -> tuple[list[File], list[tuple[str, list[Change]]]]:
        """Write new revision files, by the project's template, hooks and directives.

        Args:
            allow_empty: Write a file also where nothing differs.
            guard: Called with what a database differs in; raises where nothing is to be written.
            renames: Who tells what was renamed.
            options: Those of `command.revision`.

        Returns:
            The files; and for each database that was compared its URL, and what all of them change there.

        Raises:
            EnvironmentFailed: env.py failed by itself.
            EnvironmentIdle: It led to no database that could be compared.
            UsageError: Several databases need different things, and the template has one place for them.
        """
        names: list[str] = []
        found: list[tuple[str, list[Change]]] = []
        arguments = {**_PLAIN, **options}

        def seen(context: MigrationContext, revisions: list[Any]) -> None:
            names.append(context._name())
            if guard is not None:
                guard(_changes(revisions, len(names) - 1), context._around({}))

        def settle(revisions: list[Any]) -> None:
            if arguments["autogenerate"] and not names:
                directory = ScriptDirectory.from_config(self.settings)
                raise EnvironmentIdle(Path(directory.env_py_location))
            found.extend((name, _changes(revisions, place)) for place, name in enumerate(names))
            for revision in revisions:
                _must_have_places(revision, names)
            anything = any(changes for _, changes in found)
            if arguments["autogenerate"] and not anything and not allow_empty:
                revisions.clear()

        scripts = writing.written(
            self.settings, arguments, seen=seen, settle=settle, renames=renames, told=_told
        )
        return [script._file for script in scripts], found


_PLAIN = {
    "message": None,
    "autogenerate": False,
    "sql": False,
    "head": "head",
    "splice": False,
    "branch_label": None,
    "version_path": None,
    "rev_id": None,
    "depends_on": None,
}
"""What `revision` is called with where nothing is said."""


def _changes(revisions: Sequence[Any], place: int) -> list[Change]:
    """What new revisions change in the database that was compared as the one at a place, from 0."""
    tops = (one.upgrade_ops_list[place : place + 1] for one in revisions)
    return [one for ops in tops for one in conversion.changes_of(ops)]


def _must_have_places(revision: Any, names: Sequence[str]) -> None:
    """Check that a revision says for each database what it needs, since a template has a place by its name.

    Raises:
        UsageError: Two of them need different things in one place.
    """
    written: dict[str, tuple[str, ...]] = {}
    for ops in revision.upgrade_ops_list if len(names) > 1 else ():
        changes = conversion.changes_of([ops])
        ours = [one for one in changes if not isinstance(one, conversion.OfPlugin)]
        lines = ddl_autogen.render(ours).lines
        if written.setdefault(ops.upgrade_token, lines) != lines:
            raise UsageError(
                f"the {len(names)} databases of env.py need different changes, and the template has one "
                f"place for them, {ops.upgrade_token}: {', '.join(names)}\n"
                "name a place for each: context.configure(upgrade_token=..., downgrade_token=...), as "
                "`migrate alembic init -t multidb` does; or let env.py lead to one of them at a time (-x)"
            )


@contextmanager
def _speaking_to(context: MigrationContext, sink: Sink) -> Iterator[None]:
    """Let scripts speak to a sink, by the words of a context."""
    before = context.sink, context.impl.sink, context.connection
    context.sink = context.impl.sink = sink
    context.connection = sink.bind()
    try:
        with Operations.context(context):
            yield
    finally:
        context.sink, context.impl.sink, context.connection = before


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say where env.py failed; our own errors go through."""
    try:
        yield
    except BadScript as err:
        raise not_offered(err) or err from err.__cause__
    except (MigrateError, RevgraphError):
        raise
    except InterpolationSyntaxError as err:
        raise PercentInIni(err.section, err.option) from err
    except BaseException as err:
        if ends_us(err):
            raise
        frames = traceback.extract_tb(err.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == str(path)]
        said = complaint.reason(err) if isinstance(err, DBAPIError) else in_one_line(err)
        said = lacking(err) or unconnected(err) or said
        raise EnvironmentFailed(path, lines[-1] if lines else None, said) from err


@contextmanager
def _ends_noted(around: Run, lost: list[bool]) -> Iterator[None]:
    """Note whether the transaction that env.py had begun is rolled back after the work.

    It is the last end that counts: a commit after a rollback, or none at all, loses nothing.
    """
    connection = around.sink.connection
    if connection is None or not getattr(around.sink, "joined", False):
        yield
        return
    number = len(lost)
    lost.append(False)
    yield

    def rolled_back(_: Any) -> None:
        lost[number] = True

    def committed(_: Any) -> None:
        lost[number] = False

    event.listen(connection, "rollback", rolled_back)
    event.listen(connection, "commit", committed)


def options(section: str, arguments: Sequence[str], **more: Any) -> Namespace:
    """What env.py finds in `config.cmd_opts`, under our own commands."""
    given: dict[str, Any] = {"config": None, "name": section, "x": list(arguments)}
    given |= {"raiseerr": False, "autogenerate": False, "quiet": True}
    return Namespace(**given | more)
