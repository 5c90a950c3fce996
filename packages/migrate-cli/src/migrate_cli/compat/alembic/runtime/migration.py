"""`MigrationContext`: a database, or a SQL script, and the steps that are run there."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import revgraph
from ddl_constructs import ExecuteSQL
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable

from ....batch.sink import BatchingSink
from ....failures import RevisionFailed
from ....journal.table import Journal
from ....running import unfinished
from ....running.lock import Wait, locked
from ....running.run import Run
from ....running.runner import record, run
from ....running.transactions import reading
from ....scripts import Script as File
from ....sinks import OfflineSink, OnlineSink, Sink
from ....sinks.offline import offline_dialect
from ...going_on import begun_first
from ...handing_on import HandingOnSink
from ...step_files import ours
from ...version_table import AlembicVersionTable
from .. import util
from ..ddl.impl import DefaultImpl
from ..operations import Operations
from ..util.compat import EncodedIO
from .steps import MigrationInfo, MigrationStep, RevisionStep, StampStep, Told
from .transaction import OwnTransaction

__all__ = [
    "HeadMaintainer",
    "MigrationContext",
    "MigrationInfo",
    "MigrationStep",
    "RevisionStep",
    "StampStep",
]

log = logging.getLogger("alembic.runtime.migration")


LOCK_TIMEOUT = 300
"""Longest that a run waits for another one, in seconds."""


class MigrationContext:
    """What surrounds the steps of a run, on one database or in one SQL script.

    Attributes:
        opts: All options, as one plain dict; hooks read what they like.
        dialect: The dialect that is spoken.
        connection: The connection; offline what stands in for it.
        as_sql: Whether SQL is only written.
        environment_context: The `EnvironmentContext` that it belongs to; None if there is none.
        script: The scripts; None if there are none.
        sink: Where the changes go.
        own: The transaction around the run, once it is open; None if there is none, or it is the caller's.
        versions: The version table.
        impl: What speaks the dialect for `Operations`.
    """

    def __init__(
        self,
        dialect: Dialect,
        connection: Connection | None,
        opts: dict[str, Any],
        environment_context: Any = None,
    ) -> None:
        self.environment_context, self.opts = environment_context, opts
        self.script: Any = opts.get("script")
        self.as_sql: bool = opts.get("as_sql", False)
        self.output_buffer = _encoded(opts.get("output_buffer") or sys.stdout, opts)
        self.own: OwnTransaction | None = None
        self.sink = _sink(dialect, connection, self.as_sql, self.output_buffer, opts)
        self.dialect = self.sink.dialect
        self.connection: Any = self.sink.bind()
        self._transaction_per_migration: bool = opts.get("transaction_per_migration", False)
        self.on_version_apply_callbacks: Sequence[Callable[..., None]] = (
            util.to_tuple(opts.get("on_version_apply"), ()) or ()
        )
        self._migrations_fn = opts.get("fn")
        self._start_from_rev = opts.get("starting_rev")
        self._whole = 0
        self.impl = DefaultImpl.get_by_dialect(self.dialect)(
            self.dialect,
            self.connection,
            self.as_sql,
            opts.get("transactional_ddl"),
            self.output_buffer,
            opts,
        )
        self.impl.sink = self.sink
        self.versions = AlembicVersionTable(self.impl, opts)
        self.version_table, self.version_table_schema = self.versions.name, self.versions.schema
        self._version = self.versions.table
        log.info("Context impl %s.", type(self.impl).__name__)
        if self.as_sql:
            log.info("Generating static SQL")
        log.info("Will assume %stransactional DDL.", "" if self.impl.transactional_ddl else "non-")

    @classmethod
    def configure(
        cls,
        connection: Connection | None = None,
        url: str | URL | None = None,
        dialect_name: str | None = None,
        dialect: Dialect | None = None,
        environment_context: Any = None,
        dialect_opts: dict[str, Any] | None = None,
        opts: Any | None = None,
    ) -> MigrationContext:
        """Make one for a connection, a URL, or a dialect alone.

        Raises:
            CommandError: The connection is an engine, or none of these is given.
        """
        opts = {} if opts is None else opts
        if isinstance(connection, Engine):
            raise util.CommandError(
                "'connection' argument to configure() is expected to be a "
                f"sqlalchemy.engine.Connection instance, got {connection!r}"
            )
        if connection is not None:
            dialect = connection.dialect
        elif url is not None:
            dialect = make_url(url).get_dialect()(**(dialect_opts or {}))
        elif dialect_name is not None:
            dialect = make_url(f"{dialect_name}://").get_dialect()(**(dialect_opts or {}))
        elif dialect is None:
            raise util.CommandError("Connection, url, or dialect_name is required.")
        context = cls(dialect, connection, opts, environment_context)
        return context

    @property
    def bind(self) -> Connection | None:
        """The connection; offline what stands in for it."""
        bound: Connection | None = self.connection
        return bound

    @property
    def config(self) -> Any:
        """The settings of the environment; None if there is none."""
        return self.environment_context.config if self.environment_context else None

    # transactions

    def begin_transaction(self, _per_migration: bool = False) -> AbstractContextManager[Any]:
        """Open the transaction that this place asks for, as a context manager.

        Around a whole run it is one where DDL can be rolled back, unless each revision has its own.
        """
        if self._whole or (_per_migration != (self._mode == "revision")):
            return nullcontext()
        return self._entered()

    @property
    def _mode(self) -> str:
        whole = self.impl.transactional_ddl and not self._transaction_per_migration
        return "run" if whole else "revision"

    @contextmanager
    def _entered(self) -> Iterator[OwnTransaction | None]:
        with self.sink.transaction():
            self._whole += 1
            try:
                if isinstance(self.sink, OnlineSink) and not self.sink.joined:
                    self.own = OwnTransaction(self.sink.connection)
                yield self.own
            finally:
                self._whole -= 1

    def _in_connection_transaction(self) -> bool:
        return bool(getattr(self.connection, "in_transaction", bool)())

    def autocommit_block(self) -> AbstractContextManager[None]:
        """Run the block outside of the transaction; what came before it is committed."""
        return self.sink.alone("leave the transaction")

    # the version table

    def get_current_revision(self) -> str | None:
        """Give the id that the database is at; None if it is at none.

        Raises:
            CommandError: It is at several.
        """
        heads = self.get_current_heads()
        if len(heads) > 1:
            raise util.CommandError(
                f"Version table '{self.version_table}' has more than one head present; "
                "please use get_current_heads()"
            )
        return heads[0] if heads else None

    def get_current_heads(self) -> tuple[str, ...]:
        """Give the ids that the database is at; offline those that the script begins at.

        Raises:
            CommandError: It was said where a script starts, and there is a database to ask.
        """
        if self.sink.connection is None:
            return self._start()
        if self._start_from_rev is not None:
            raise util.CommandError(
                f"where a script starts ({self._start_from_rev}) can't be said of a database: "
                "it says itself where it is"
            )
        with reading(self.sink.connection):
            return self.versions.heads(self.sink.connection)

    def _start(self) -> tuple[str, ...]:
        start = self._start_from_rev
        if start in (None, "base", ()):
            return ()
        if self.script is None:
            return tuple(util.to_tuple(start) or ())
        return tuple(one.revision for one in self.script.get_revisions(start) if one is not None)

    def _has_version_table(self) -> bool:
        connection = self.sink.connection
        if connection is None:
            return False
        with reading(connection):
            return self.versions.exists(connection)

    def _ensure_version_table(self, purge: bool = False) -> None:
        self.versions.create(self.sink)
        if purge:
            self.versions.clear(self.sink)

    def stamp(self, script_directory: Any, revision: str) -> None:
        """Record other heads, and run nothing; the commit is the caller's."""
        heads = self.get_current_heads()
        self._ensure_version_table()
        maintainer = HeadMaintainer(self, heads)
        for step in script_directory._stamp_revs(revision, heads):
            maintainer.update_to_step(step)

    # the run

    def run_migrations(self, **kw: Any) -> None:
        """Run the steps that the command asks for, or let one of our own commands work here.

        Args:
            kw: What the functions of the scripts are given by name.
        """
        around = self._around(kw)
        if visit := self.opts.get("visit"):
            visit(replace(around, journal=Journal.passing(self.versions)), self)
            return
        assert self._migrations_fn is not None, "a command says what is to be done"
        with self._alone(around) as guarded:
            heads = self.get_current_heads()
            steps: Sequence[MigrationStep] = list(self._migrations_fn(heads, self))
            purging = bool(self.opts.get("purge")) and not self.as_sql
            if purging:
                unfinished.must_be_settled(guarded)
                heads = ()
                record([], replace(guarded, fresh=True), purge=True)
            elif guarded.journal is not None:
                graph, target = self.script.revision_map.graph, self.opts.get("destination_rev")
                steps, guarded = begun_first(steps, heads, guarded, graph, target)
            if steps:
                self._run(steps, heads, guarded)
            elif guarded.journal is not None:
                run((), guarded)  # takes away what a run has left that was killed at its very end
            if purging:
                unfinished.left(guarded, "stamped")

    @contextmanager
    def _alone(self, around: Run) -> Iterator[Run]:
        """Hold the lock that lets one run at a time through, if this is one that changes something."""
        reads = self.opts.get("dont_mutate") or "revision_context" in self.opts
        if reads or not isinstance(self.sink, OnlineSink):
            yield around
            return
        if self.script is not None:
            around = replace(around, journal=Journal.passing(self.versions))
        connection, table = self.sink.connection, self.versions.place(self.sink.connection)
        with locked(
            connection, table, around.name, Wait(LOCK_TIMEOUT), joined=self.sink.joined
        ) as held:
            yield replace(around, guard=held.check) if held is not None else around

    def _version_table_beforehand(self) -> None:
        """Create the version table in a transaction of its own, as where DDL can't be rolled back.

        So nothing is locked while a script works on a connection of its own (`get_bind().engine`).
        """
        if not self._has_version_table():
            with self.sink.transaction():
                self.versions.create(self.sink)

    def _around(self, keywords: dict[str, Any]) -> Run:
        """What our runner has to know."""
        return Run(
            self.sink,
            self.versions,
            self._name(),
            fresh=not self._has_version_table(),
            transaction=None if self._whole else self._mode,  # type: ignore[arg-type]
            base="",
            prepare=None
            if self.as_sql or self.impl.transactional_ddl or self._whole
            else self._version_table_beforehand,
            keywords=keywords,
            inside=lambda: Operations.context(self),
            begun=lambda file, direction: log.info("Running %s", _step_in_words(file, direction)),
            recorded=Told(self, keywords) if self.on_version_apply_callbacks else None,
        )

    def _name(self) -> str:
        """The database's URL as it may be shown."""
        engine = getattr(self.connection, "engine", None)
        url = getattr(engine, "url", None)
        shown = url.set(query={}).render_as_string(hide_password=True) if url is not None else None
        return shown or self.dialect.name

    def _run(self, steps: Sequence[MigrationStep], heads: Sequence[str], around: Run) -> None:
        around = replace(around, fresh=not heads)
        now = frozenset(heads)
        moves: list[Any] = []
        for step in steps:
            change = step.change(now)
            now = change.apply(now)
            moves.append(revgraph.Stamp(change) if step.is_stamp else ours(step, change))
        if all(step.is_stamp for step in steps):
            for step in steps:
                log.info("Running %s", step)
            record(moves, around)
            return
        try:
            run(moves, around)
        except RevisionFailed as err:
            cause = err.__cause__
            assert cause is not None, "the runner says what it comes from"
            cause.add_note(str(err))
            raise cause from cause.__cause__

    def execute(
        self, sql: Executable | str, execution_options: dict[str, Any] | None = None
    ) -> None:
        """Execute, or write, some SQL."""
        statement: Any = ExecuteSQL(sql) if isinstance(sql, str) else sql
        if execution_options and not isinstance(sql, str):
            statement = statement.execution_options(**execution_options)
        self.sink.take(statement)


class HeadMaintainer:
    """The recorded heads of a database, step by step.

    Attributes:
        context: Where they are recorded.
        heads: Their ids.
    """

    def __init__(self, context: MigrationContext, heads: Any) -> None:
        self.context, self.heads = context, set(heads)

    def update_to_step(self, step: MigrationStep) -> None:
        """Write down what a step makes of the heads."""
        change = step.change(self.heads)
        self.context.versions.apply(self.context.sink, change)
        self.heads = set(change.apply(self.heads))

    def _insert_version(self, version: str) -> None:
        self.heads.add(version)
        self.context.versions.insert(self.context.sink, [version])

    def _delete_version(self, version: str) -> None:
        self.heads.remove(version)
        self.context.versions.delete(self.context.sink, [version])

    def _update_version(self, from_: str, to_: str) -> None:
        self.heads = (self.heads - {from_}) | {to_}
        self.context.versions.replace(self.context.sink, from_, to_)


def _step_in_words(file: File, direction: str) -> str:
    ends = (", ".join(file.parents), file.id)
    below, above = ends if direction == "upgrade" else ends[::-1]
    said = f", {file.message}" if file.message else ""
    return f"{direction} {below} -> {above}{said}"


def _sink(
    dialect: Dialect, connection: Any, as_sql: bool, stream: Any, opts: dict[str, Any]
) -> Sink:
    if as_sql:
        written = offline_dialect(type(dialect), **opts.get("dialect_opts", {}))
        separator = opts.get(f"{dialect.name}_batch_separator")
        return OfflineSink(written, stream, separator=separator)
    if connection is None:
        return HandingOnSink(_NoConnection(dialect))
    return (
        BatchingSink(connection)
        if isinstance(connection, Connection)
        else HandingOnSink(connection)
    )


class _NoConnection:
    """What there is online where only a dialect was given: statements can't be run."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def execute(self, statement: Any, *args: Any, **kwargs: Any) -> None:
        raise util.CommandError(
            "can't execute: this MigrationContext has a dialect and no connection; "
            "give it one, or as_sql=True"
        )


def _encoded(stream: Any, opts: dict[str, Any]) -> Any:
    encoding = opts.get("output_encoding")
    if not encoding:
        return stream
    return EncodedIO(getattr(stream, "buffer", stream), encoding, write_through=True)
