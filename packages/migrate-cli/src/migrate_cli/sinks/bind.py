"""What `get_bind()` gives where there is no connection."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.sql.base import Executable

from .base import NoRows, Sink


class StandIn(MockConnection):
    """What `get_bind()` gives where there is no connection."""

    def __init__(self, sink: Sink) -> None:
        super().__init__(sink.dialect, self._take)
        self._sink = sink

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
