"""Where a batch block goes at its end; blocks on one table that follow each other are done as one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import ddl_constructs as ddl
from ddl_constructs import Change
from sqlalchemy import Column, Constraint, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable

from ..dialects import knowledge
from ..failures import NeedsDatabase
from ..sinks import OfflineSink, OnlineSink, RecordingSink, Sink
from ..sinks.gaps import marked
from .errors import CannotRebuild

if TYPE_CHECKING:  # most runs have none
    from .block import Block


def take_block(block: Block, sink: Sink, take: Callable[[Change], object] | None = None) -> None:
    """Hand a block to a sink: as the dialect does it, else one change after the other.

    Args:
        block: The block.
        sink: Where it goes.
        take: What takes the single changes; None for the sink.

    Raises:
        CannotRebuild: A copy of the table was asked for, and the dialect has none.
    """
    if isinstance(sink, RecordingSink):
        sink.block = block
        lines = {id(step.change): step.line for step in block.steps}
        try:
            for change in as_changes(block):
                sink.line = lines.get(id(change))
                sink.take(change)
        finally:
            sink.block = sink.line = None
    elif isinstance(sink, BatchingSink):
        sink.take_block(block, take)
    elif isinstance(sink, OfflineSink):
        with marked(sink, rest=False):
            do_block(block, sink, take)
    else:
        do_block(block, sink, take)


def line_of(sink: Sink | None) -> int | None:
    """Give the line of the script that is speaking to a sink; None where nobody asked for it."""
    return sink.speaking_at() if isinstance(sink, RecordingSink) else None


def as_changes(block: Block) -> Iterator[Change]:
    """Give a block as plain changes, for those who only want to know what becomes of the table.

    Raises:
        NeedsDatabase: It goes by what the table is in the database.
    """
    if block.reflect_args or block.reflect_kwargs or block.table_kwargs:
        raise NeedsDatabase(f"what {block.table_name} is in the database")
    for step in block.steps:
        yield step.change
    for item in block.table_args:
        if isinstance(item, Column):
            yield ddl.AddColumn(block.table_name, item, schema=block.schema)
        elif isinstance(item, Constraint):
            yield ddl.AddConstraint(block.table_name, item, schema=block.schema)


def do_block(block: Block, sink: Sink, take: Callable[[Change], object] | None = None) -> None:
    """Do a block now; as `take_block` otherwise."""
    if not knowledge(sink.dialect.name).batch(block, sink):
        if block.recreate == "always" and sink.connection is None:
            raise CannotRebuild(
                f"alter {block.table_name} on {sink.dialect.name}",
                "a SQL script can't copy a table there (recreate='always')",
                "run it online, or leave recreate out",
            )
        for change in one_by_one(block, sink.dialect):
            (take or sink.take)(change)


def one_by_one(block: Block, dialect: Dialect) -> Iterator[Change]:
    """Give a block's changes for a database that alters the table in place.

    Raises:
        CannotRebuild: Something was asked that only a copy of the table can have.
    """
    what = f"alter {block.table_name} on {dialect.name}"
    if block.recreate == "always":
        raise CannotRebuild(what, "it can't copy tables (recreate='always')", "leave recreate out")
    for asked in ("partial_reordering", "table_args"):
        if getattr(block, asked) and block.recreate == "never":
            raise CannotRebuild(what, f"{asked} needs a copy of the table", "say recreate='always'")
    for step in block.steps:
        change = step.change
        if isinstance(change, ddl.AddColumn) and step.after is not None:
            change = change.replace(insert_after=step.after)
        elif step.before is not None or step.after is not None:
            word = "insert_before" if step.before is not None else "insert_after"
            raise CannotRebuild(
                change.describe(),
                f"{word} needs a copy of the table on {dialect.name}",
                "say recreate='always', or leave it out",
            )
        yield change


def _lines() -> list[tuple[str, int]]:
    """Give where the program is: (file, line), the outermost call first."""
    frame: Any = sys._getframe(1)
    found = []
    while frame is not None:
        found.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    return found[::-1]


class BatchingSink(OnlineSink):
    """Executes what it takes, and lets a block wait for the next one on the same table.

    A block waits only while a revision's function runs, and only if the function hasn't asked
    for the connection: through the driver it could see that the block isn't done yet. Any
    statement on the connection does the block first.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._waiting: Block | None = None
        self._take: Callable[[Change], object] | None = None
        self._said_at: list[tuple[str, int]] = []
        self._may_wait = self._listens = False

    def take(self, element: Change | Executable) -> Any:
        self.flush()
        return super().take(element)

    def take_block(self, block: Block, take: Callable[[Change], object] | None = None) -> None:
        """Take a batch block, as the function of that name does."""
        joined = self._waiting.joined(block) if self._waiting is not None else None
        if joined is None:
            self.flush()
        self._waiting, self._take, self._said_at = joined or block, take, _lines()
        if not self._may_wait:
            self.flush()

    def flush(self) -> None:
        """Do the block that waits, if one does."""
        block, self._waiting = self._waiting, None
        if block is None:
            return
        try:
            do_block(block, self, self._take)
        except Exception as err:
            err.said_at = self._said_at  # type: ignore[attr-defined]  # the runner looks for it
            raise

    def bind(self) -> Connection:
        self.flush()
        self._may_wait = False
        return super().bind()

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        self.flush()
        with super().alone(what):
            yield

    @contextmanager
    def listening(self) -> Iterator[None]:
        with super().listening(), self._before_statements():
            yield

    @contextmanager
    def watched(self) -> Iterator[None]:
        with super().watched(), self._before_statements():
            self._waiting, self._may_wait = None, True
            try:
                yield
                self.flush()
            finally:
                self._waiting, self._may_wait = None, False

    @contextmanager
    def _before_statements(self) -> Iterator[None]:
        """Do the block that waits before any statement, whoever hears of that first."""
        if self._listens:
            yield
            return

        def first(*_: Any) -> None:
            self.flush()

        event.listen(self.connection, "before_cursor_execute", first, insert=True)
        self._listens = True
        try:
            yield
        finally:
            self._listens = False
            event.remove(self.connection, "before_cursor_execute", first)
