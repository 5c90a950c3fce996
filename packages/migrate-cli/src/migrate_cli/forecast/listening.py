"""Running a script only to hear what it says: nothing is executed, nothing is read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from ddl_constructs import Change, ExecuteSQL
from revgraph import Step
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import NoInspectionAvailable
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.selectable import SelectBase

from ..batch.block import Block
from ..errors import BadScript, Irreversible, ends_us, in_one_line
from ..failures import NeedsConnection, NeedsDatabase
from ..operations import Operations, speaking
from ..running.runner import call
from ..scripts import Script
from ..sinks import RecordingSink
from ..sinks.base import NoRows
from ..sinks.bind import StandIn


@dataclass(frozen=True)
class Heard:
    """One thing that a script says.

    Attributes:
        element: The change, or whatever else it hands over to be executed.
        block: The batch block that it stands in; None outside of one.
        alone: Whether the script leaves the transaction for it.
        line: The line of the script's file that says it; None where nobody asked, or none does.
        call: What all have in common that came as the rows of one call; None for one alone.
    """

    element: Change | Executable
    block: Block | None = None
    alone: bool = False
    line: int | None = None
    call: object = None


@dataclass
class Listened:
    """What a script says, from its beginning on.

    Attributes:
        said: In order.
        opaque: Why it can't be known how it goes on, in one line; None if that was all.
        fault: Whether that is the script's fault: it can't be loaded, or it fails.
        loaded: Whether its file could be loaded.
    """

    said: list[Heard] = field(default_factory=list)
    opaque: str | None = None
    fault: bool = False
    loaded: bool = False


class ListeningSink(RecordingSink):
    """Keeps what it is given, with what stands around it."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self.said: list[Heard] = []
        self.file: str | None = None
        self._outside = 0
        self._call: object = None

    @property
    def offline(self) -> bool:
        """Raise: a script that asks does one thing online and another here."""
        raise NeedsDatabase("whether there is a database")

    def take(self, element: Change | Executable) -> Any:
        line = self.line or self.speaking_at()
        self.said.append(Heard(element, self.block, self._outside > 0, line, self._call))
        return NoRows(element)

    def speaking_at(self) -> int | None:
        return None if self.file is None else _line_in(self.file)

    def bind(self) -> Any:
        return _Hearing(self)

    @contextmanager
    def one_call(self) -> Iterator[None]:
        """Let what is taken in the block be the rows of one call."""
        self._call = object()
        try:
            yield
        finally:
            self._call = None

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        self._outside += 1
        try:
            yield
        finally:
            self._outside -= 1


class _Hearing(StandIn):
    """A stand-in for the connection that tells the rows of one call from several calls."""

    def __init__(self, sink: ListeningSink) -> None:
        super().__init__(sink)
        self._listening = sink

    def execute(self, obj: Any, parameters: Any = None, execution_options: Any = None) -> Any:
        with self._listening.one_call() if isinstance(parameters, list) else nullcontext():
            return super().execute(obj, parameters, execution_options)


def _line_in(file: str) -> int | None:
    """Give the line of a file that the program is in, the innermost one; None if it is in none."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == file:
            line: int = frame.f_lineno
            return line
        frame = frame.f_back
    return None


Speaker = Callable[[RecordingSink], AbstractContextManager[object]]
"""Lets the scripts of a project speak to another sink than the run's."""


class Listener:
    """Runs scripts against a sink that keeps what they say.

    **This executes the scripts' Python**, each up to the first thing that it reads from the
    database. Made by `listening`.
    """

    def __init__(self, sink: ListeningSink, keywords: Mapping[str, Any]) -> None:
        self._sink, self._keywords = sink, keywords

    @property
    def file(self) -> str | None:
        """The file whose lines are noted; None for none."""
        return self._sink.file

    @file.setter
    def file(self, file: str | None) -> None:
        self._sink.file = file

    def hear(self, step: Step[Script]) -> Listened:
        """Run the script of a step, and give what it says."""
        script = step.revision.payload
        assert script is not None, "every revision of Scripts.graph carries its script"
        return self.hear_file(script, step.direction)

    def hear_file(self, script: Script, direction: str) -> Listened:
        """Run a function of a script, "upgrade" or "downgrade", and give what it says."""
        sink = self._sink
        sink.said = []
        listened = Listened(sink.said)
        try:
            function = getattr(script.load(), direction, None)
        except BadScript as err:
            at = f", line {err.line}" if err.line else ""
            listened.opaque, listened.fault = f"the file {err.reason}{at}", True
            return listened
        listened.loaded = True
        if not callable(function):
            listened.opaque, listened.fault = f"it has no function {direction}()", True
            return listened
        try:
            call(function, sink, self._keywords)
        except NeedsConnection as err:
            listened.opaque = f"the script works on the connection itself: {err.name}"
        except NeedsDatabase as err:
            listened.opaque = f"the script reads live data: {_short(err.statement)}"
            if sink.said and _only_reads(sink.said[-1].element):
                sink.said.pop()
        except Irreversible as err:
            listened.opaque, listened.fault = (
                f"{err.why or 'it is irreversible'}; nothing would be run",
                True,
            )
        except NoInspectionAvailable:
            listened.opaque = "the script reads live data: it inspects the database"
        except BaseException as err:  # a script may raise anything where nothing really runs
            if ends_us(err):
                raise
            listened.opaque = f"the script fails where nothing really runs: {in_one_line(err)}"
            listened.fault = True
        return listened


@contextmanager
def listening(
    dialect: Dialect,
    *,
    keywords: Mapping[str, Any] | None = None,
    inside: Speaker | None = None,
    connection: Connection | None = None,
) -> Iterator[Listener]:
    """Listen to scripts inside of the block.

    Args:
        dialect: What the scripts see when they ask for one.
        keywords: What their functions get by parameter name, besides `op`.
        inside: Lets the scripts of the project speak to our sink, where `op` isn't ours.
        connection: A connection that a script might find some other way; it gets nothing there.
    """
    sink = ListeningSink(dialect)
    around = nullcontext() if inside is None else inside(sink)
    with speaking(Operations(sink), "what is only listened to"), around, _mute(connection):
        yield Listener(sink, keywords or {})


@contextmanager
def _mute(connection: Connection | None) -> Iterator[None]:
    """Let nothing be executed on a connection."""
    if connection is None:
        yield
        return

    def refuse(_: Any, cursor: Any, statement: str, *more: Any) -> None:
        raise NeedsDatabase(statement)

    event.listen(connection, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", refuse)


def _only_reads(element: Any) -> bool:
    if isinstance(element, ExecuteSQL):
        element = element.statement
    return isinstance(element, SelectBase) or (
        isinstance(element, TextClause)
        and element.text.lstrip(" \n\t(").upper().startswith(("SELECT", "SHOW", "PRAGMA"))
    )


def _short(text: str, most: int = 120) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."
