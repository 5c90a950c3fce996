"""Runs the steps of a plan: each script once, its version row beside it, in the sink's transactions."""

from __future__ import annotations

import inspect
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import FunctionType
from typing import Any

from ddl_constructs import DDLConstructsError, traits
from revgraph import Stamp, Step
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import StatementError

from ..batch.switch import unchecked
from ..dialects import knowledge
from ..errors import BadScript, CantGoOn, MigrateError, NotBegun, ends_us, in_one_line
from ..failures import RevisionFailed
from ..journal.run import Scribe
from ..operations import Operations, speaking
from ..paths import shown
from ..scripts import Script, loaded_source
from ..signatures import signature
from ..sinks import Sink
from . import complaint, interruption
from .lock import beside
from .run import Done, Run


def run(steps: Sequence[Step[Script]], around: Run) -> list[Done]:
    """Run the steps of a plan, in order; each script is called exactly once.

    All scripts are loaded before the first one runs. Who is told of the progress must not raise.

    Returns:
        What was done; as many as there are steps.

    Raises:
        BadScript: A script can't be loaded, or lacks the function; nothing ran.
        IdTooLong: An id doesn't fit the version table; nothing ran.
        NoVersionTable: The version table can't take a row; nothing ran.
        NotBegun: The next step can't be begun; what was done before stays.
        RevisionFailed: A script didn't come to its end; it says where the database is now.
    """
    steps = tuple(steps)  # a plan makes them anew at each look
    loaded = [_loaded(step) for step in steps]
    functions = [function for function, _ in loaded]
    around.versions.must_take([step.change for step in steps], around.sink)
    done: list[Done] = []
    at_work = False
    scribe = Scribe(around.journal, around.sink, around.resumed)
    whole = around.transaction == "run" and traits(around.sink.dialect.name).transactional_ddl
    each = nullcontext if whole or around.transaction is None else around.sink.transaction
    if steps and around.prepare is not None:
        around.prepare()
    try:
        with (
            speaking(Operations(around.sink), around.name),
            around.inside(),
            scribe.listening(),
            around.sink.listening(),
            unchecked(around.sink, functions if whole else []) as check_all,
            around.sink.transaction() if whole and steps else nullcontext(),
        ):
            for step, (function, source) in zip(steps, loaded, strict=True):
                interruption.heed()
                if around.guard is not None:
                    around.guard()
                if around.begun is not None:
                    around.begun(_script(step), step.direction)
                start = time.perf_counter()
                with unchecked(around.sink, [] if whole else [function]) as check, each():
                    if around.fresh and not done:
                        around.versions.create(around.sink)
                    around.sink.note(f"Running {step.direction} {_arrow(step, around.base)}")
                    at_work = True
                    with _page(scribe, step, source), around.sink.watched():
                        call(function, around.sink, around.keywords)
                    around.versions.apply(around.sink, step.change)
                    scribe.ended()
                    if around.recorded is not None:
                        around.recorded(step)
                    check()
                at_work = False
                seconds = time.perf_counter() - start
                message = _script(step).message
                done.append(Done(step.revision.id, message, step.direction, seconds))
                if around.ended is not None:
                    around.ended(done[-1])
            check_all()
    except BaseException as err:  # a script may raise anything, and must not end us
        if not steps:
            raise
        if not isinstance(err, NotBegun) or at_work:
            scribe.failed(err)
        if isinstance(err, CantGoOn):
            raise
        if ends_us(err) or (isinstance(err, NotBegun) and not at_work):
            _add_state(err, around, whole)
            raise
        last = min(len(done), len(steps) - 1)  # all are done where the commit of the run fails
        raise _failure(steps[last], err, around, whole) from err
    scribe.closed()
    return done


def record(moves: Sequence[Stamp], around: Run, *, purge: bool = False) -> None:
    """Write down that the database is at other revisions, without running anything.

    Args:
        moves: What becomes of the rows, in order.
        around: Sink, version table and name.
        purge: Delete every row first.

    Raises:
        IdTooLong: An id doesn't fit the version table.
        NoVersionTable: The version table can't take a row.
    """
    around.versions.must_take([move.change for move in moves], around.sink)
    with around.sink.transaction() if around.transaction else nullcontext():
        if around.fresh:
            around.versions.create(around.sink)
        if purge:
            around.versions.clear(around.sink)
        for move in moves:
            around.versions.apply(around.sink, move.change)
            if around.recorded is not None:
                around.recorded(move)


def _script(step: Step[Script]) -> Script:
    script = step.revision.payload
    assert script is not None, "every revision of Scripts.graph carries its script"
    return script


def _page(scribe: Scribe, step: Step[Script], source: str) -> AbstractContextManager[None]:
    return scribe.page(step.revision.id, step.direction, _script(step).path, source)


def rehearse(step: Step[Script], sink: Sink, around: Run) -> None:
    """Call a step's script with another sink than the run's, and write nothing down of it."""
    with speaking(Operations(sink), around.name), around.inside():
        call(_loaded(step)[0], sink, around.keywords)


def _loaded(step: Step[Script]) -> tuple[Callable[..., object], str]:
    """Give a script's function, and the text that it was read from."""
    script = _script(step)
    module = script.load()
    function = getattr(module, step.direction, None)
    if not callable(function):
        raise BadScript(script.path, None, f"has no function {step.direction}()")
    return function, loaded_source(module, script.path)


def call(function: Callable[..., object], sink: Sink, keywords: Mapping[str, Any]) -> None:
    """Call a script's function with what its parameters ask for.

    Args:
        function: `upgrade` or `downgrade`.
        sink: Where its changes go.
        keywords: What it gets by parameter name, besides `op`.
    """
    parameters = _parameters(function)
    arguments = []
    if parameters and (speaker := _speaker(parameters[0], function)) is not None:
        arguments.append(speaker(sink))
        parameters = parameters[1:]
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
        given = dict(keywords)
    else:
        names = {p.name for p in parameters}
        given = {k: v for k, v in keywords.items() if k in names}
    result = function(*arguments, **given)
    if inspect.iscoroutine(result) or inspect.isgenerator(result):
        result.close()
        kind = "a coroutine" if inspect.iscoroutine(result) else "a generator"
        raise TypeError(
            f"{function.__name__}() gave {kind}, so nothing of it ran; "
            "write it as a plain function, without async and yield"
        )


def _parameters(function: Callable[..., object]) -> list[inspect.Parameter]:
    """Give the parameters of a function; of a plain one without any, without asking for long."""
    if isinstance(function, FunctionType) and not function.__dict__:
        code = function.__code__
        variable = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
        if not (code.co_argcount or code.co_kwonlyargcount or variable):
            return []
    return list(signature(function).parameters.values())


def _speaker(
    parameter: inspect.Parameter, function: Callable[..., object]
) -> type[Operations] | None:
    """Give the class of the `op` that a script asks for; None if its parameter is something else.

    It is what the annotation says: `Operations`, or a subclass with more words. One that is
    written as a text, and imported for type checkers only, is `Operations`.
    """
    said = parameter.annotation
    named = isinstance(said, str) and said.rpartition(".")[2] == "Operations"
    if isinstance(said, str):
        first, *rest = said.split(".")
        said = getattr(function, "__globals__", {}).get(first)
        for name in rest:
            said = getattr(said, name, None)
    if isinstance(said, type) and issubclass(said, Operations):
        return said
    return Operations if named or parameter.name == "op" else None


def _arrow(step: Step[Script], base: str) -> str:
    here, below = step.revision.id, ", ".join(step.revision.parents) or base
    ends = (below, here) if step.direction == "upgrade" else (here, below)
    return f"{ends[0]} -> {ends[1]}"


def _failure(step: Step[Script], err: BaseException, around: Run, whole: bool) -> RevisionFailed:
    script = _script(step)
    passed = [(f.filename, f.lineno) for f in traceback.extract_tb(err.__traceback__)]
    where = getattr(err, "said_at", passed)  # a batch block that waited
    lines = [line for file, line in where if file == str(script.path)]
    place = f"{shown(script.path)}:{lines[-1]}" if lines else shown(script.path)
    return RevisionFailed(
        script.id,
        script.message,
        step.direction,
        place,
        complaint.statement(err, around.sink.dialect) if isinstance(err, StatementError) else None,
        _reason(err, around.sink.dialect),
        list(_state(around, whole)),
    )


def _add_state(err: BaseException, around: Run, whole: bool) -> None:
    """Note at an interruption where the database is, for those who tell it."""
    between = isinstance(err, NotBegun) and not whole
    for sentence in _standing(around) if between else _state(around, whole):
        err.add_note(sentence)


def _reason(err: BaseException, dialect: Dialect) -> str:
    """Say what went wrong in the words of who noticed it: the database, or Python."""
    if isinstance(err, StatementError) and err.orig is not None:
        way = knowledge(dialect.name).way_on(err.orig)
        return complaint.reason(err) + (f"\n  {way}" if way else "")
    if isinstance(err, (MigrateError, DDLConstructsError)):
        return str(err).replace("\n", "\n  ")
    if isinstance(err, SystemExit):
        return f"the script ends the process: SystemExit: {err}"
    return in_one_line(err)


def _state(around: Run, whole: bool) -> Iterator[str]:
    """Say where the database is after a failure, in sentences; read from it where that can be."""
    sink = around.sink
    if sink.connection is None:
        yield "nothing was written"
        return
    if sink.kept:
        yield f"this stays, it is committed: {_last(sink.kept)}"
        if around.journal is None:
            yield "look at it, and mend or undo it before the next: migrate upgrade"
        else:
            yield "what is done, and how to go on: migrate status"
    else:
        yield f"{'the whole run' if whole else 'this revision'} is rolled back"
    yield from _standing(around)


def _standing(around: Run) -> Iterator[str]:
    """Say what the database is at, if it can still be asked."""
    connection = around.sink.connection
    if connection is None:
        return
    try:
        with (
            beside(connection)
            if connection.closed or connection.invalidated
            else nullcontext(connection) as alive
        ):
            heads = around.versions.heads(alive)
        yield f"the database is at {', '.join(heads) or '<base>'}"
    except (*complaint.GONE, MigrateError):
        yield "where the database is can't be read now; look with: migrate status"


def _last(done: Sequence[str], most: int = 5) -> str:
    """The last things that were done; the one before the failure is what one looks for."""
    more = f"{len(done) - most} more, and then " if len(done) > most else ""
    return more + "; ".join(done[-most:])
