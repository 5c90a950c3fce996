"""The version table in Alembic's format: `version_num VARCHAR(32) NOT NULL`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import Table
from sqlalchemy.schema import CreateTable

from ..running.version_table import VersionTable
from ..sinks import Sink


class AlembicVersionTable(VersionTable):
    """The version table as env.py and the dialect's implementation say it.

    Args:
        impl: A `DefaultImpl`; what it overrides of `version_table_impl` counts.
        opts: The options of the context.
    """

    width = 32

    def __init__(self, impl: Any, opts: Mapping[str, Any]) -> None:
        super().__init__(
            opts.get("version_table", "alembic_version"),
            opts.get("version_table_schema"),
            primary_key=opts.get("version_table_pk", True),
        )
        self._impl = impl

    @cached_property
    def table(self) -> Table:
        """The table; a subclass of `DefaultImpl` may have given it more columns."""
        made: Table = self._impl.version_table_impl(
            version_table=self.name,
            version_table_schema=self.schema,
            version_table_pk=self.primary_key,
        )
        return made

    def create(self, sink: Sink) -> None:
        """Create the table, unless it is there; offline it is taken to be absent."""
        if sink.connection is None or not self.exists(sink.connection):
            sink.take(CreateTable(self.table))
