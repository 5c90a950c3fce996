"""How PostgreSQL's domains come with the first column that is of one; run on PostgreSQL 15."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import ARRAY, DOMAIN, CreateDomainType
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.types import TypeEngine

from .. import sqltext
from .postgresql_block import block


class CreateDomain(ExecutableDDLElement):
    """Create a domain unless it is there; a part of what adds a column, no change of its own.

    Attributes:
        domain: The domain.
    """

    def __init__(self, domain: DOMAIN) -> None:
        self.domain = domain


def domains(types: Iterable[object], dialect: Dialect) -> Iterator[CreateDomain]:
    """Yield what creates the domains among some types, or that arrays of theirs are of.

    Left out are those that say `create_type=False`: somebody else looks after them.
    """
    for each in types:
        if not isinstance(each, TypeEngine):
            continue
        type_: TypeEngine[Any] = each.dialect_impl(dialect)
        while isinstance(type_, ARRAY):
            type_ = type_.item_type.dialect_impl(dialect)
        if isinstance(type_, DOMAIN) and type_.create_type:
            yield CreateDomain(type_)


def of_columns(columns: Iterable[Column[Any]], dialect: Dialect) -> Iterator[CreateDomain]:
    """Yield what creates the domains of some columns."""
    return domains((column.type for column in columns), dialect)


@compiles(CreateDomain, "postgresql")
def _create_domain(element: CreateDomain, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE DOMAIN has no IF NOT EXISTS (PostgreSQL 17 manual, CREATE DOMAIN)."""
    domain = element.domain
    name = sqltext.table(compiler, str(domain.name), domain.schema)
    create = compiler.process(CreateDomainType(domain)).strip()
    return block(
        f"IF to_regtype({sqltext.sql_literal(compiler, name)}) IS NULL THEN {create}; END IF;"
    )
