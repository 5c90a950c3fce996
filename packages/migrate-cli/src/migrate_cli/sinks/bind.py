"""What `get_bind()` gives where there is no connection."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn, Protocol

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.sql.base import Executable

from ..failures import NeedsConnection, NeedsDatabase
from .base import NoRows, Sink


class Writer(Protocol):
    """Where the statements of a savepoint are written."""

    def execute(self, clause: Executable) -> object:
        """Write what begins or ends one."""

    def exec_driver_sql(self, statement: str) -> object:
        """Write a statement that has to stand before it."""


class StandIn(MockConnection):
    """What `get_bind()` gives where there is no connection."""

    def __init__(self, sink: Sink, savepoints: Callable[[], Writer | None] = lambda: None) -> None:
        """Take a sink, and what says where savepoints are written just now; None: nowhere."""
        super().__init__(sink.dialect, self._take)
        self._sink = sink
        self._savepoints = savepoints
        self._count = 0

    def _take(self, statement: Executable, parameters: Any = None, **kw: Any) -> Any:
        return self._sink.take(statement)

    def execute(self, obj: Any, parameters: Any = None, execution_options: Any = None) -> Any:
        if parameters:
            rows = parameters if isinstance(parameters, list) else [parameters]
            for row in rows:
                self._sink.take(
                    obj.values(row) if hasattr(obj, "values") else obj.bindparams(**row)
                )
            return NoRows(obj)
        return self._sink.take(obj)

    def scalar(self, statement: Any, parameters: Any = None, **kw: Any) -> Any:
        return self.execute(statement, parameters).scalar()

    def scalars(self, statement: Any, parameters: Any = None, **kw: Any) -> Any:
        return self.execute(statement, parameters).scalars()

    def begin_nested(self) -> Savepoint:
        """Begin a savepoint, named as SQLAlchemy would."""
        self._count += 1
        return Savepoint(f"sa_savepoint_{self._count}", self._dialect, self._savepoints())

    def __getattr__(self, name: str) -> NoReturn:
        raise NeedsConnection(name)


class Savepoint:
    """What `begin_nested()` gives where there is no connection.

    Attributes:
        is_active: Whether it was neither released nor rolled back.
    """

    def __init__(self, name: str, dialect: Dialect, writer: Any) -> None:
        """Begin one.

        Args:
            name: Its name.
            dialect: What says how one is begun and ended.
            writer: A `Writer`, where dialects ask for a connection; None if it isn't to be
                written, and so can't be rolled back.
        """
        self._name, self._dialect, self._writer = name, dialect, writer
        self.is_active = True
        if writer is not None:
            dialect.do_savepoint(writer, name)

    def __enter__(self) -> Savepoint:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self.is_active:
            return
        if err is None or isinstance(err, NeedsDatabase):
            self.commit()
        else:
            self.rollback()

    def commit(self) -> None:
        """Release it."""
        self.is_active = False
        if self._writer is not None:
            self._dialect.do_release_savepoint(self._writer, self._name)

    def rollback(self) -> None:
        """Roll back to it.

        Raises:
            NeedsDatabase: It isn't written, so what was in it can't be taken back.
        """
        self.is_active = False
        if self._writer is None:
            raise NeedsDatabase("what a savepoint takes back")
        self._dialect.do_rollback_to_savepoint(self._writer, self._name)

    def close(self) -> None:
        """Roll back to it, unless it has ended."""
        if self.is_active:
            self.rollback()
