"""What carries changes out on a dialect, and may be told otherwise for one: `DefaultImpl`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TextIO

from ddl_constructs import KEEP, AlterColumn, Change, traits
from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable

from ....sinks import OfflineSink, Sink
from ....sinks.offline import offline_dialect
from ..operations.hooks import Hooks, overriding
from ..util import EMPTY_DICT
from .base import has_own_ways, own_way
from .comparing import Comparing

_impls: dict[str, type[DefaultImpl]] = {}


class ImplMeta(type):
    """Registers an implementation by the name of its dialect, `__dialect__`."""

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        super().__init__(name, bases, namespace)
        if "__dialect__" in namespace:
            made: Any = cls
            _impls[namespace["__dialect__"]] = made


class DefaultImpl(Comparing, Hooks, metaclass=ImplMeta):
    """Carries changes out on a connection, or writes them.

    A dialect that needs other statements gets a subclass that says `__dialect__` and overrides
    the method for a kind of change.

    Attributes:
        dialect: The dialect that is spoken.
        connection: The connection; may be a stand-in that has a dialect and executes; None where
            SQL is only written.
        as_sql: Whether SQL is only written, to `output_buffer`.
        transactional_ddl: Whether DDL can be rolled back.
        context_opts: What `configure` was given; the very dict.
        memo: Whatever a subclass wants to remember.
        sink: Where the changes of a run go; None for straight to the connection.
    """

    __dialect__: ClassVar[str] = "default"
    transactional_ddl: bool = False
    command_terminator: str = ";"
    type_synonyms: tuple[set[str], ...] = ({"NUMERIC", "DECIMAL"},)
    type_arg_extract: Sequence[str] = ()
    identity_attrs_ignore: tuple[str, ...] = ("order", "on_null")

    numbers_rows: bool = False  # whether a script's `autoincrement` is obeyed
    sink: Sink | None = None

    def __init__(
        self,
        dialect: Dialect,
        connection: Connection | None,
        as_sql: bool,
        transactional_ddl: bool | None,
        output_buffer: TextIO | None,
        context_opts: dict[str, Any],
    ) -> None:
        self.dialect, self.connection, self.as_sql = dialect, connection, as_sql
        self.output_buffer, self.context_opts = output_buffer, context_opts
        self.literal_binds = context_opts.get("literal_binds", False)
        self.memo: dict[Any, Any] = {}
        if transactional_ddl is not None:
            self.transactional_ddl = transactional_ddl

    @classmethod
    def get_by_dialect(cls, dialect: Dialect) -> type[DefaultImpl]:
        """Give the implementation for a dialect; the plain one, named for it, if nobody made one."""
        found = _impls.get(dialect.name)
        if found is None:
            facts = {
                "__dialect__": dialect.name,
                "transactional_ddl": traits(dialect.name).transactional_ddl,
            }
            found = ImplMeta("Impl", (DefaultImpl,), facts)  # type: ignore[assignment]  # the metaclass says type
        return found  # type: ignore[return-value]  # likewise

    @property
    def bind(self) -> Any:
        """The connection; where SQL is only written, a stand-in that writes what it is given."""
        if self.sink is not None:
            return self.sink.bind()
        return self._writer.bind() if self.as_sql else self.connection

    @property
    def _writer(self) -> OfflineSink:
        found: OfflineSink | None = self.__dict__.get("_offline")
        if found is None:
            stream: Any = _Static(self)
            written = offline_dialect(type(self.dialect))
            separator = self.context_opts.get(f"{self.dialect.name}_batch_separator")
            found = self.__dict__["_offline"] = OfflineSink(written, stream, separator=separator)
        return found

    def static_output(self, text: str) -> None:
        """Write a statement that is ended already."""
        assert self.output_buffer is not None, "where SQL is written there is a stream for it"
        self.output_buffer.write(text + "\n\n")
        self.output_buffer.flush()

    def _take(self, change: Change) -> Any:
        """Carry a change out, by the method for it where that is overridden."""
        call = overriding(self, change)
        return self._say(change) if call is None else call()

    def _say(self, change: Change) -> Any:
        if isinstance(change, AlterColumn) and not self.numbers_rows:
            change = _without_numbering(change)
        name = self.dialect.name
        if not has_own_ways(name):
            return self._exec(change)
        live = self.connection if isinstance(self.connection, Connection) else None
        result = None
        for piece in change.statements(self.dialect, live):
            result = self._exec(own_way(piece, name))
        return result

    def _exec(
        self,
        construct: Executable | str,
        execution_options: Mapping[str, Any] | None = None,
        multiparams: Sequence[Mapping[str, Any]] | None = None,
        params: Mapping[str, Any] = EMPTY_DICT,
    ) -> Any:
        """Execute a construct, or write it.

        Raises:
            TypeError: Parameters were given where SQL is only written, or both kinds of them.
        """
        if isinstance(construct, str):
            construct = text(construct)
        if execution_options:
            construct = construct.execution_options(**execution_options)
        given = multiparams if multiparams is not None else params
        if given and self.as_sql:
            raise TypeError("SQL that is only written takes no parameters")
        if multiparams is not None and params:
            raise TypeError("either multiparams or params, not both")
        if self.sink is not None and not given:
            return self.sink.take(construct)
        if self.as_sql:
            return self._writer.take(construct)
        return self._executed(construct, given)

    def _executed(self, construct: Executable, given: Any) -> Any:
        """Execute on the connection; one that is only a stand-in gets statement after statement."""
        connection = self.connection
        assert connection is not None, "there is one, or SQL is only written"
        if isinstance(construct, Change) and not isinstance(connection, Connection):
            result = None
            for piece in construct.statements(self.dialect):
                result = connection.execute(piece)
            return result
        return connection.execute(construct, given) if given else connection.execute(construct)

    def version_table_impl(
        self,
        *,
        version_table: str,
        version_table_schema: str | None,
        version_table_pk: bool,
        **kw: Any,
    ) -> Table:
        """Give the version table; a subclass may add columns to it."""
        table = Table(
            version_table,
            MetaData(),
            Column("version_num", String(32), nullable=False),
            schema=version_table_schema,
        )
        if version_table_pk:
            table.append_constraint(
                PrimaryKeyConstraint("version_num", name=f"{version_table}_pkc")
            )
        return table

    def requires_recreate_in_batch(self, batch_op: Any) -> bool:
        """Tell whether the table of a batch block must be copied, as far as the dialect decides it."""
        return False

    def prep_table_for_batch(self, batch_impl: Any, table: Table) -> None:
        """Prepare the table that is copied, before its copy is made; nothing is to be done."""

    def compare_type(self, inspector_column: Column[Any], metadata_column: Column[Any]) -> bool:
        """Tell whether two columns' types differ, by how they are written; a subclass may know better."""
        written = self.dialect.type_compiler_instance.process
        texts = [
            " ".join(str(written(column.type)).upper().split())
            for column in (inspector_column, metadata_column)
        ]
        return texts[0] != texts[1] and not any(
            {text.partition("(")[0].strip() for text in texts} <= same
            and texts[0].partition("(")[2] == texts[1].partition("(")[2]
            for same in self.type_synonyms
        )

    def compare_server_default(
        self,
        inspector_column: Any,
        metadata_column: Any,
        rendered_metadata_default: Any,
        rendered_inspector_default: Any,
    ) -> Any:
        """Tell whether two defaults differ as text; a subclass may know better."""
        return rendered_inspector_default != rendered_metadata_default

    def render_type(self, type_obj: Any, autogen_context: Any) -> str | Any:
        """Give a type's source; False for the usual way."""
        return False

    def _left(self, changes: Sequence[Change]) -> list[Change]:
        """Give what is left of compared changes where a plugin looks after some of them."""
        return list(changes)

    def _as_written(self, operations: Sequence[Any]) -> list[Any]:
        """Give the operations as a script says them, so that Alembic can run it as well."""
        return list(operations)

    def start_migrations(self) -> None:
        """Called before the first step of a run; nothing is to be done."""

    def emit_begin(self) -> None:
        """Write what begins a transaction."""
        self.static_output("BEGIN" + self.command_terminator)

    def emit_commit(self) -> None:
        """Write what ends a transaction."""
        self.static_output("COMMIT" + self.command_terminator)


def _without_numbering(change: AlterColumn) -> AlterColumn:
    """Leave `autoincrement` out, unless it says what was before: Alembic passes over it here.

    Scripts carry it along from models; only what was compared by ours says both.
    """
    if change.autoincrement is KEEP or change.existing_autoincrement not in (
        KEEP,
        change.autoincrement,
    ):
        return change
    warnings.warn(
        f"autoincrement of {change.table_name}.{change.column_name} is passed over here: "
        "it means something on MySQL only",
        stacklevel=2,
    )
    return change.replace(autoincrement=KEEP)


class _Static:
    """A stream that hands statements to `static_output`, so that a subclass can change them."""

    def __init__(self, impl: DefaultImpl) -> None:
        self._impl = impl

    def write(self, written: str) -> int:
        if stripped := written.rstrip("\n"):
            self._impl.static_output(stripped)
        return len(written)
