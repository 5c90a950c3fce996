"""The sink that writes: changes become the text of a SQL script."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from ddl_constructs import Change, stands_alone, tokens, traits
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import CompileError, SQLAlchemyError
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import NullType

from ..dialects import knowledge
from ..failures import NoLiteral
from .base import NoRows, in_words
from .bind import StandIn
from .gaps import Gap, marked


@dataclass(frozen=True)
class Written:
    """A statement that was written.

    Attributes:
        sql: Its text.
        revision: Id of the revision that it is of; None if it is of none.
        gap: Why there is no such statement: what stands here needs the database; mostly None.
    """

    sql: str
    revision: str | None
    gap: str | None = None


class Follower(Protocol):
    """Who follows what is written into a script."""

    def took(self, written: Written) -> None:
        """Take a statement that was written."""


class OfflineSink:
    """Writes what it takes as SQL, for the database's own client to run.

    Attributes:
        dialect: The dialect that is written; made by `offline_dialect`.
        kept: Always empty: nothing runs here.
        written: The statements so far, in order; BEGIN and COMMIT aren't among them.
        earlier: Gives the statements of the revisions before the script, which it doesn't hold.
        mirrors: Who follows what is written.
        revision: Id of the revision that is being written; None outside of one.
        path: Its file; None likewise.
        gaps: What the script lacks, in order; None where a step that needs a database is an error.
    """

    offline = True
    connection = None
    outside = False

    def __init__(self, dialect: Dialect, stream: IO[str], *, separator: str | None = None) -> None:
        """Take a stream, and what stands between statements if not what the dialect's clients know."""
        self.dialect = dialect
        self.kept: list[str] = []
        self._traits = traits(dialect.name)
        self._separator = self._traits.separator if separator is None else separator
        self._stream = stream
        self._open = self._begun = False
        self._told: set[str] = set()
        self.written: list[Written] = []
        self.earlier: Callable[[], Sequence[Written]] = tuple
        self.mirrors: list[Follower] = []
        self.revision: str | None = None
        self.path: Path | None = None
        self.gaps: list[Gap] | None = None

    def take(self, element: Change | Executable) -> Any:
        with marked(self, rest=False):
            return self._taken(element)
        return NoRows(element)

    def _taken(self, element: Change | Executable) -> Any:
        pieces = element.statements(self.dialect) if isinstance(element, Change) else [element]
        texts = [(piece, written(piece, self.dialect)) for piece in pieces]
        for piece, text in texts:
            if self._open and stands_alone(piece, self.dialect):
                with self.alone(in_words(piece)):
                    self._statement(text)
            else:
                self._statement(text)
        return NoRows(element)

    def bind(self) -> Any:
        """A stand-in for the connection: writes what it is given, and has nothing to read."""
        return StandIn(self, self._savepoints)

    def say(self, text: str) -> None:
        """Write a statement that is text already, in the transaction that is open."""
        self._statement(text)

    def execute(self, clause: Executable) -> None:
        """Write what begins or ends a savepoint, which is no statement of the revision."""
        self.exec_driver_sql(written(clause, self.dialect))

    def exec_driver_sql(self, statement: str) -> None:
        """Write a text that isn't among the statements of the revision."""
        self._must_have_begun()
        self._write(statement)

    def _savepoints(self) -> OfflineSink | None:
        """Give where savepoints are written; None where no transaction is open for them."""
        return self if self._open and self._traits.transactional_ddl else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._begin()
        yield
        self._commit()

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        self._commit()
        yield
        self._begin()

    def listening(self) -> AbstractContextManager[None]:
        return nullcontext()

    def watched(self) -> AbstractContextManager[None]:
        return marked(self, rest=True)

    def note(self, text: str) -> None:
        for line in text.splitlines():
            self._stream.write(f"-- {line}\n")
        self._stream.write("\n")

    def leave(self, reason: str) -> None:
        """Let those who follow know that something is missing here, and why."""
        self.written.append(Written("", self.revision, reason))
        for mirror in self.mirrors:
            mirror.took(self.written[-1])

    def static(self, text: str) -> None:
        """Write a text as it is, an empty line after it."""
        self._stream.write(f"{text}\n\n")

    def _begin(self) -> None:
        """Open a transaction; its BEGIN is written when there is something in it."""
        self._open = True

    def _commit(self) -> None:
        self._open = False
        if self._begun:
            self._begun = False
            self._write("COMMIT")

    def _must_have_begun(self) -> None:
        if self._open and not self._begun and self._traits.transactional_ddl:
            self._begun = True
            self._write(self._traits.begin, separate=False)

    def _statement(self, text: str) -> None:
        self._must_have_begun()
        self._write(text.strip())
        self.written.append(Written(text.strip(), self.revision))
        for mirror in self.mirrors:
            mirror.took(self.written[-1])

    def _write(self, text: str, *, separate: bool = True) -> None:
        delimiter = self._traits.delimiter
        told, text = knowledge(self.dialect.name).for_client(text)
        for command in told:
            if command not in self._told:
                self._told.add(command)
                self.static(command)
        if delimiter and any(token.text == self._traits.terminator for token in tokens(text)):
            while delimiter in text:
                delimiter += delimiter[0]
            whole = f"DELIMITER {delimiter}\n{text}{delimiter}\nDELIMITER {self._traits.terminator}"
            self._stream.write(f"{whole}\n\n")
            return
        ended = "" if text.endswith(self._traits.terminator) else self._traits.terminator
        separator = f"{self._separator}\n" if self._separator and separate else ""
        self._stream.write(f"{text}{ended}\n{separator}\n")


def written(piece: Executable | ExecutableDDLElement, dialect: Dialect) -> str:
    """Write a statement as text, its values as literals.

    Args:
        piece: A statement.
        dialect: Made by `offline_dialect` or `at_rest`.

    Raises:
        NoLiteral: A value can't be written as one.
    """
    if isinstance(piece, ExecutableDDLElement):
        return str(piece.compile(dialect=dialect))
    if isinstance(piece, Insert) and not piece._returning:
        piece = piece.inline()  # nobody fetches the key back
    try:
        compiled = _literal(piece, dialect)
        if isinstance(piece, (Insert, Update)):
            computed = [*compiled.insert_prefetch, *compiled.update_prefetch]
            if computed:
                defaults = {c.key: _default(c, bool(compiled.isinsert)) for c in computed}
                compiled = _literal(piece.values(defaults), dialect)
    except SQLAlchemyError as err:
        raise NoLiteral(in_words(piece), str(err)) from err
    return str(compiled)


def _literal(piece: Any, dialect: Dialect) -> Any:
    return piece.compile(dialect=dialect, compile_kwargs={"literal_binds": True})


def _default(column: Any, insert: bool) -> Any:
    """Compute what a column's Python-side `default` or `onupdate` gives, as executing would."""
    default = column.default if insert else column.onupdate
    return default.arg(None) if default.is_callable else default.arg


def offline_dialect(kind: type[Dialect], **options: Any) -> Dialect:
    """Make a dialect as a script's text needs it; no driver is imported.

    With the "named" style percent signs are written once, as the database reads them.

    Args:
        kind: Its class.
        options: Keywords for it, besides the style.
    """
    named: Any = kind  # the keyword is that of every default dialect
    dialect: Dialect = named(**{**options, "paramstyle": "named"})
    knowledge(dialect.name).set_offline(dialect)
    return _with_literals(dialect)


def at_rest(dialect: Dialect) -> Dialect:
    """Copy a dialect that is connected, to write text with all that it knows of its server."""
    known: Any = copy.copy(dialect)
    known.paramstyle, known.positional = "named", False
    known.identifier_preparer = known.preparer(known)
    known.type_compiler_instance = known.type_compiler_cls(known)
    return _with_literals(known)


def _with_literals(dialect: Dialect) -> Dialect:
    dialect.statement_compiler = type(
        "LiteralCompiler", (_TypedByValue, dialect.statement_compiler), {}
    )
    return dialect


@contextmanager
def spooled(target: IO[str] | Path) -> Iterator[IO[str]]:
    """Give a stream whose text reaches the target as a whole at the end, or not at all.

    Args:
        target: A stream, or a file that is opened once there is text for it.
    """
    with tempfile.SpooledTemporaryFile(1_000_000, "w+", encoding="utf-8", newline="") as spool:
        yield spool
        if not spool.tell():
            return
        spool.seek(0)
        with ExitStack() as opened:
            if isinstance(target, Path):
                target = opened.enter_context(target.open("w", encoding="utf-8", newline=""))
            shutil.copyfileobj(spool, target)


class _TypedByValue:
    """Part of a statement compiler: a literal without a type is typed by its Python value."""

    def render_literal_bindparam(self, bindparam: Any, *args: Any, **kw: Any) -> str:
        if bindparam.required and bindparam.effective_value is None:
            raise CompileError(
                f"there is no value for :{bindparam.key} (a plain colon is written \\:)"
            )
        untyped: Any = super()
        return str(untyped.render_literal_bindparam(bindparam, *args, **kw))

    def render_literal_value(self, value: Any, type_: Any) -> str:
        if isinstance(type_, NullType) and value is not None:
            type_ = BindParameter(None, value).type
        untyped: Any = super()
        return str(untyped.render_literal_value(value, type_))
