"""`Change`: one difference in a schema as one value, and how it becomes statements.

What the single changes are lives with their nouns (`table`, `column`, ...); how
each dialect says them lives in `dialects`.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeVar

from sqlalchemy.exc import CompileError, DBAPIError, NoSuchTableError, SQLAlchemyError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.util import await_only

from .errors import (
    DDLConstructsError,
    MalformedChange,
    UnknownOption,
    UnsupportedChange,
    WrongValue,
)
from .loading import load_dialect
from .wellformed import check_fields

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.compiler import Compiled, DDLCompiler


NamingConvention = Mapping[str, Any]
"""What `MetaData(naming_convention=...)` takes: kind of constraint to pattern."""


_FOREIGN = (
    SQLAlchemyError,
    TypeError,
    ValueError,
    AttributeError,
    LookupError,
    NotImplementedError,
)
"""What SQLAlchemy raises about a value that it can't say or read."""


class Keep(enum.Enum):
    """The type of `KEEP`, "leave it as it is"."""

    KEEP = "KEEP"

    def __repr__(self) -> str:
        return "KEEP"


KEEP: Final = Keep.KEEP
"""Default of every optional fact of a change: leave it as it is."""


@dataclass(frozen=True)
class Spelling:
    """A change as it is said on `op`: a word with its arguments.

    Attributes:
        word: Name of the method on `op`.
        arguments: The positional arguments, in order.
        keywords: The keyword arguments, in the order in which they are written.
    """

    word: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]


class Change(ExecutableDDLElement):
    """One difference in a schema, as a value that SQLAlchemy can execute.

    A change is a dataclass over a SQLAlchemy DDL element: `conn.execute(change)`,
    `change.compile(dialect=...)`, `event.listen(table, "after_create", change)`
    and `change.execute_if(...)` all work. Treat it as immutable and vary it with
    `replace`.

    Attributes:
        words: The words on `op` that build this kind of change, the usual one first.
        naming_convention: What names that aren't final are completed by, see `under`; None
            for nothing.
        dialect_kwargs: On those that take dialect options: `<dialect>_<option>` to
            value, as SQLAlchemy names them; other dialects pass over them.

    >>> from sqlalchemy import Column, Integer
    >>> from ddl_constructs import AddColumn
    >>> change = AddColumn("users", Column("age", Integer()))
    >>> print(change.compile())
    ALTER TABLE users ADD COLUMN age INTEGER
    >>> change.describe()
    'add column users.age (Integer)'
    >>> print(change.reverse())
    ALTER TABLE users DROP COLUMN age
    """

    words: ClassVar[tuple[str, ...]] = ()
    naming_convention: ClassVar[NamingConvention | None] = None
    _made: ClassVar[frozenset[str]] = (
        frozenset()
    )  # what is made from the fields when first asked for
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __post_init__(self) -> None:
        """Check the fields by their annotations; an `__init__` by hand calls it at its end.

        Raises:
            WrongValue: A field holds what it can't mean.
        """
        check_fields(self)

    def statements(
        self, dialect: Dialect, connection: Connection | None = None
    ) -> list[ExecutableDDLElement | Executable]:
        """Lower this change until each piece compiles to exactly one string.

        Args:
            dialect: The dialect to speak.
            connection: Where to read facts that weren't stated (the rest of a
                column on MySQL). None means that nothing can be looked up.

        Returns:
            The statements, in the order of execution; empty if nothing is to be done.

        Raises:
            UnsupportedChange: The dialect can't say it.
            WrongValue: *dialect* is the name of one.
            MissingFact: A fact is needed that wasn't stated and can't be read.
            MalformedChange: SQLAlchemy can't make sense of a value that it carries.
        """
        if isinstance(dialect, str):
            here = f"{type(self).__name__}.statements"
            wanted = (
                "a Dialect: engine.dialect, or that of sqlalchemy.dialects.postgresql.dialect()"
            )
            raise WrongValue(here, "dialect", dialect, wanted)
        load_dialect(dialect.name)
        try:
            return self._lowered(dialect, connection)
        except _FOREIGN as err:
            raise self._named(err, dialect) from err

    def _lowered(
        self, dialect: Dialect, connection: Connection | None, depth: int = 0
    ) -> list[ExecutableDDLElement | Executable]:
        if self.__dict__.get("_statement_on") == dialect.name:
            return [self]
        rule = _rule(type(self), dialect.name)
        if rule is None:
            return [self if depth == 0 else self._as_statement(dialect)]
        assert depth < _DEEPEST, f"the lowering of {self!r} never ends"
        pieces = list(rule(self, dialect, connection))
        if depth == 0 and len(pieces) == 1 and pieces[0] is self:
            return pieces
        done: list[ExecutableDDLElement | Executable] = []
        for piece in pieces:
            if piece is self:
                done.append(self._as_statement(dialect))
            elif isinstance(piece, Change):
                done += piece._lowered(dialect, connection, depth + 1)
            else:
                done.append(piece)
        return done

    def reverse(self) -> Change:
        """Give the change that undoes this one, from the facts that it carries.

        Raises:
            IrreversibleChange: A fact is missing; `.facts` names the keywords.
        """
        raise NotImplementedError(f"{type(self).__name__} doesn't say how it is reversed")

    def describe(self) -> str:
        """Say in one line, for a person, what this change does."""
        raise NotImplementedError(f"{type(self).__name__} doesn't say what it does")

    def __str__(self) -> str:
        """Give the SQL in its general form; the description where there is no such form."""
        try:
            return super().__str__()
        except DDLConstructsError:
            return self.describe()

    def replace(self, **changed: Any) -> Self:
        """Give a copy with the named fields or dialect options changed.

        Raises:
            UnknownOption: A name is neither a field nor a dialect option.

        >>> from ddl_constructs import RenameTable
        >>> RenameTable("a", "b").replace(schema="s")
        RenameTable(old_table_name='a', new_table_name='b', schema='s')
        """
        positional, keywords = self._arguments()
        options = dict(getattr(self, "dialect_kwargs", ()))
        names = {f.name for f in fields(self)}
        for name, value in changed.items():
            if name == "dialect_kwargs":
                options = dict(value)
            elif name in names:
                keywords[name] = value
            elif "dialect_kwargs" in names:
                options[name] = value
            else:
                from difflib import get_close_matches  # only on the way of an error

                near = get_close_matches(name, names, n=2)
                raise UnknownOption(type(self).__name__, name, tuple(near))
        return type(self)(*positional, **keywords, **options).under(self.naming_convention)

    def under(self, naming_convention: NamingConvention | None) -> Self:
        """Give a copy whose constraints and indexes are named by a MetaData's convention.

        Those without a name get one, and names that a `%(constraint_name)s` takes up are
        completed, also that of a constraint which is dropped. A name that is final
        (`sqlalchemy.sql.naming.conv`) stays as it is.

        Args:
            naming_convention: As `MetaData.naming_convention` has it; None changes nothing.

        >>> from ddl_constructs import create_unique_constraint
        >>> change = create_unique_constraint(None, "t", ["a"])
        >>> print(change.under({"uq": "uq_%(table_name)s_%(column_0_name)s"}).compile())
        ALTER TABLE t ADD CONSTRAINT uq_t_a UNIQUE (a)
        """
        if not naming_convention:
            return self
        copy = object.__new__(type(self))
        kept = {k: v for k, v in self.__dict__.items() if k not in self._made}
        copy.__dict__.update(kept, naming_convention=naming_convention)
        return copy

    def spelling(self) -> Spelling:
        """Say this change as a word on `op`; only what differs from the defaults is said."""
        arguments = []
        keywords = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name == "dialect_kwargs":
                keywords.update(value)
            elif f.metadata.get("carried"):
                continue
            elif not f.kw_only and f.default is MISSING:
                arguments.append(value)
            elif value is not f.default and (
                f.default_factory is MISSING or value != f.default_factory()
            ):
                keywords[f.name] = value
        return Spelling(self.words[0], tuple(arguments), keywords)

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Give what the constructor takes for an equal change, dialect options apart."""
        return (), {
            f.name: getattr(self, f.name) for f in fields(self) if f.name != "dialect_kwargs"
        }

    def _as_statement(self, dialect: Dialect) -> Self:
        """Give a copy that is one statement on a dialect, and isn't lowered again.

        The copy carries the mark, since the change itself belongs to its author and may be
        said on several dialects.
        """
        copy = self._copy()
        copy.__dict__["_statement_on"] = dialect.name
        return copy

    def _copy(self) -> Self:
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        return copy

    def _compiler(self, dialect: Dialect, **kw: Any) -> Compiled:
        if self.__dict__.get("_statement_on") == dialect.name:
            return self._statement_compiler(dialect, **kw)
        pieces = self.statements(dialect)
        if len(pieces) == 1 and pieces[0] is self:
            return self._statement_compiler(dialect, **kw)
        try:
            return dialect.ddl_compiler(dialect, _Script(pieces), **kw)
        except _FOREIGN as err:
            raise self._named(err, dialect) from err

    def _statement_compiler(self, dialect: Dialect, **kw: Any) -> Compiled:
        compiled: Compiled | None = self.__dict__.pop("_compiled", None)
        if compiled is not None:
            return compiled
        untyped: Any = super()
        try:
            compiled = untyped._compiler(dialect, **kw)
        except _FOREIGN as err:
            raise self._named(err, dialect) from err
        return compiled

    def _named(self, err: Exception, dialect: Dialect) -> Exception:
        """Give what SQLAlchemy can't say or read the name that this package has for it.

        What the database answers to a look-up stays as it is, and so does an error of ours.
        """
        if isinstance(err, (DDLConstructsError, DBAPIError, NoSuchTableError)):
            raise err
        if isinstance(err, CompileError):
            said = re.sub(r"^Compiler <[^>]*> can't", "it can't", str(err))
            return UnsupportedChange(self.describe(), dialect.name, said)
        return MalformedChange(self.describe(), f"{type(err).__name__}: {err}")

    def _execute_on_connection(
        self, connection: Connection, distilled_params: Any, execution_options: Any
    ) -> Any:
        dialect = connection.dialect
        change = self._copy()  # what is made on the way goes when it is done
        pieces = change.statements(dialect, connection)
        if len(pieces) == 1 and pieces[0] is change:
            change.__dict__["_statement_on"] = dialect.name
        elif len(pieces) > 1:
            options = {**connection.get_execution_options(), **execution_options}
            for piece in pieces:
                if isinstance(piece, Change):  # what can't be said must fail before anything ran
                    piece.__dict__["_compiled"] = piece._statement_compiler(
                        dialect, schema_translate_map=options.get("schema_translate_map")
                    )
        if not pieces and dialect.is_async:
            await_only(_nothing())  # an async connection insists on something to wait for
        result = None
        for piece in pieces:
            if isinstance(piece, Change):
                untyped: Any = super(Change, piece)
                result = untyped._execute_on_connection(
                    connection, distilled_params, execution_options
                )
            else:
                result = connection.execute(piece, execution_options=execution_options)
        return result


async def _nothing() -> None:
    """Wait for nothing."""


Lowering = Callable[
    [Any, "Dialect", "Connection | None"], "Iterable[ExecutableDDLElement | Executable]"
]
"""A rule that replaces a change by simpler ones: (change, dialect, connection) -> pieces in
order. A piece that *is* the change says that it is one statement now."""

_L = TypeVar("_L", bound=Lowering)
_lowerings: dict[tuple[type[Change], str], Lowering] = {}
_rules: dict[tuple[type[Change], str], Lowering | None] = {}
_EVERY = "*"
_DEEPEST = 32  # levels; a rule that yields a copy of its change would go on for ever


def lowers(kind: type[Change], *dialects: str) -> Callable[[_L], _L]:
    """Register how a kind of change is replaced by simpler ones.

    Args:
        kind: The change's class; subclasses without a rule of their own follow it.
        dialects: Names of the dialects that the rule is for; none means every
            dialect that has no rule of its own.

    >>> from ddl_constructs import Change, RenameTable, lowers
    >>> class SwapTables(Change):
    ...     def __init__(self, one, other):
    ...         self.one, self.other = one, other
    >>> @lowers(SwapTables)
    ... def in_three_steps(change, dialect, connection):
    ...     yield RenameTable(change.one, "swap")
    ...     yield RenameTable(change.other, change.one)
    ...     yield RenameTable("swap", change.other)
    >>> print(SwapTables("a", "b").compile())
    ALTER TABLE a RENAME TO swap;
    ALTER TABLE b RENAME TO a;
    ALTER TABLE swap RENAME TO b
    """

    def register(rule: _L) -> _L:
        for dialect in dialects or (_EVERY,):
            _lowerings[kind, dialect] = rule
        _rules.clear()
        return rule

    return register


def _rule(kind: type[Change], dialect: str) -> Lowering | None:
    try:
        return _rules[kind, dialect]
    except KeyError:
        found = None
        for cls in kind.__mro__:
            found = _lowerings.get((cls, dialect)) or _lowerings.get((cls, _EVERY))
            if found is not None:
                break
        _rules[kind, dialect] = found
        return found


class _Script(ExecutableDDLElement):
    """Several statements as one text, for people to read; never executed."""

    def __init__(self, pieces: list[ExecutableDDLElement | Executable]) -> None:
        self.pieces = pieces


@compiles(_Script)
def _script(element: _Script, compiler: DDLCompiler, **kw: Any) -> str:
    texts = []
    for piece in element.pieces:
        if isinstance(piece, ExecutableDDLElement):
            texts.append(str(compiler.process(piece, **kw)).strip())
        else:
            other: Any = piece
            texts.append(compiler.sql_compiler.process(other, literal_binds=True).strip())
    ended = [text.removesuffix(";") for text in texts[:-1]]  # a PL/SQL block brings its own
    return ";\n".join([*ended, *texts[-1:]])
