"""The change of a table's options: engine, storage, tablespace and what else a dialect has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from . import sqltext
from .change import Change, lowers
from .errors import IrreversibleChange, UnsupportedChange
from .options import dialect_options


@dataclass(eq=False, init=False)
class AlterTableOptions(Change):
    """Alter the options of a table: `op.alter_table_options("t", mysql_engine="InnoDB")`.

    `ALTER TABLE t ENGINE=InnoDB`; on PostgreSQL `ALTER TABLE t SET (fillfactor = 70)`. The
    options are those that `create_table` takes, each with its dialect's name in front, so
    that one call can say them for several databases. None means the database's default.

    Attributes:
        table_name: The table's name.
        schema: The table's schema; None for the default one.
        existing_options: The options as they are, by the same names, so that the change can
            be reversed; an option that isn't there isn't known.
        dialect_kwargs: The options afterwards (`mysql_row_format`, `postgresql_with`, ...).
    """

    words: ClassVar = ("alter_table_options",)

    table_name: str
    schema: str | None = field(default=None, kw_only=True)
    existing_options: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    dialect_kwargs: dict[str, Any] = field(default_factory=dict, kw_only=True)

    def __init__(
        self,
        table_name: str,
        *,
        schema: str | None = None,
        existing_options: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.table_name, self.schema = table_name, schema
        self.existing_options = {} if existing_options is None else existing_options
        parameters = self.__dataclass_fields__
        self.dialect_kwargs = dialect_options("AlterTableOptions", options, parameters)
        self.__post_init__()
        dialect_options("AlterTableOptions", self.existing_options, ())

    def of(self, dialect: str) -> dict[str, Any]:
        """Give the options of one dialect, by their names without the dialect's."""
        return _without_prefix(self.dialect_kwargs, dialect)

    def existing_of(self, dialect: str) -> dict[str, Any]:
        """Give what is known of the options as they are, likewise."""
        return _without_prefix(self.existing_options, dialect)

    def only(self, option: str) -> AlterTableOptions:
        """Give the change of one option alone; itself if there is no other."""
        if len(self.dialect_kwargs) == 1:
            return self
        return self.replace(dialect_kwargs={option: self.dialect_kwargs[option]})

    def reverse(self) -> AlterTableOptions:
        if unknown := [o for o in self.dialect_kwargs if o not in self.existing_options]:
            raise IrreversibleChange(
                self.describe(), ("existing_options",), f"the former {unknown[0]} isn't known"
            )
        former = {option: self.existing_options[option] for option in self.dialect_kwargs}
        return self.replace(dialect_kwargs=former, existing_options=self.dialect_kwargs)

    def describe(self) -> str:
        said = ", ".join(f"{name} {value}" for name, value in self.dialect_kwargs.items())
        where = sqltext.dotted(self.schema, self.table_name)
        return " ".join(f"alter options of table {where}: {said or 'none'}".split())


def _without_prefix(options: Mapping[str, Any], dialect: str) -> dict[str, Any]:
    mine = f"{dialect}_"
    return {k.removeprefix(mine): v for k, v in options.items() if k.startswith(mine)}


@lowers(AlterTableOptions)
def _no_rule_for_it(
    change: AlterTableOptions, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Pass over the options of other dialects; nobody said how this one alters its own."""
    if options := change.of(dialect.name):
        raise refused(change, dialect.name, next(iter(options)), "it isn't known to be altered")
    return iter(())


def refused(
    change: AlterTableOptions, dialect: str, option: str, reason: str, hint: str | None = None
) -> UnsupportedChange:
    """Make the error about one option, which is named with its dialect."""
    return UnsupportedChange(change.describe(), dialect, f"{dialect}_{option}: {reason}", hint)
