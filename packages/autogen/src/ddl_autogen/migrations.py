"""What leads from a database to models and back, as one value: for programs of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ddl_constructs import Change
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from .autogenerate import compare
from .collector import held_back
from .filters import Options
from .render import render
from .source import Source
from .undo import reverse


@dataclass(frozen=True)
class Migrations:
    """Both directions between a database and models.

    Attributes:
        upgrade: What leads to the models, in the order in which it must run; empty if they agree.
        downgrade: What leads back, likewise.
        dialect: Whose database it is.
    """

    upgrade: tuple[Change, ...]
    downgrade: tuple[Change, ...]
    dialect: Dialect

    def sources(self, *, indent: int = 0) -> tuple[Source, Source]:
        """Write both directions as Python, with the imports that it needs.

        Args:
            indent: How deep the lines stand, in steps of four blanks.
        """
        with held_back():
            up, down = (
                render(changes, dialect=self.dialect, indent=indent)
                for changes in (self.upgrade, self.downgrade)
            )
        return up, down


def compare_metadata(
    connection: Connection,
    metadata: MetaData | Sequence[MetaData],
    options: Options | None = None,
) -> list[Change]:
    """Compare a database with models: `compare` under the name that Alembic's users know.

    Args:
        connection: As for `compare`, likewise the others.
    """
    return compare(connection, metadata, options)


def produce_migrations(
    connection: Connection,
    metadata: MetaData | Sequence[MetaData],
    options: Options | None = None,
) -> Migrations:
    """Compare a database with models, and give what leads there and back.

    Args:
        connection: As for `compare`, likewise the others.

    Raises:
        DDLAutogenError: What `compare` raises.
        IrreversibleChange: A rewritten change doesn't carry what is needed to undo it.

    >>> from sqlalchemy import Column, Integer, Table, create_engine
    >>> metadata = MetaData()
    >>> users = Table("users", metadata, Column("id", Integer, primary_key=True))
    >>> with create_engine("sqlite://").connect() as connection:
    ...     made = produce_migrations(connection, metadata)
    >>> print(*made.sources()[1].lines)
    op.drop_table("users")
    """
    with held_back():
        found = compare(connection, metadata, options)
        back = reverse(found, connection.dialect)
    return Migrations(tuple(found), tuple(back), connection.dialect)
