"""How PostgreSQL's domains come, change and go, also with the first column of one; run on PostgreSQL 15."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Column
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import TypeDecorator, TypeEngine

from .. import sqltext
from ..closed import closed
from ..domain import (
    AddDomainConstraint,
    AlterDomain,
    CreateDomain,
    DropDomain,
    DropDomainConstraint,
    RenameDomainConstraint,
    ValidateDomainConstraint,
)
from .postgresql_block import unless_there


def domain_in(type_: object, dialect: Dialect | None = None) -> DOMAIN | None:
    """Give the domain that a type is, or is an array or decoration of; None if it is another.

    Left out is one that says `create_type=False`: somebody else looks after it.

    Args:
        type_: Any type, and anything else.
        dialect: Of whom a decoration is asked what it is there; None to go by its `impl`.
    """
    found: Any = type_
    while isinstance(found, TypeEngine):
        found = found._variant_mapping.get("postgresql", found)
        if isinstance(found, TypeDecorator):
            found = found.impl_instance if dialect is None else found.load_dialect_impl(dialect)
        elif isinstance(found, ARRAY):
            found = found.item_type
        else:
            break
    return found if isinstance(found, DOMAIN) and found.create_type else None


def domains(types: Iterable[object], dialect: Dialect | None = None) -> Iterator[CreateDomain]:
    """Yield what creates the domains among some types, where they aren't there."""
    for each in types:
        if (domain := domain_in(each, dialect)) is not None:
            yield CreateDomain.of(domain, if_not_exists=True)


def of_columns(columns: Iterable[Column[Any]], dialect: Dialect) -> Iterator[CreateDomain]:
    """Yield what creates the domains of some columns."""
    return domains((column.type for column in columns), dialect)


@compiles(CreateDomain, "postgresql")
def _create_domain(change: CreateDomain, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.domain_name, change.schema)
    assert isinstance(change.data_type, TypeEngine), "it is made an instance at the beginning"
    words = [f"CREATE DOMAIN {name} AS {sqltext.type_name(compiler, change.data_type)}"]
    if change.collation is not None:
        words.append(f"COLLATE {sqltext.name(compiler, change.collation)}")
    if change.default is not None:
        words.append(f"DEFAULT {sqltext.default(compiler, change.default, change.data_type)}")
    if change.not_null:
        words.append("NOT NULL")
    words += [_check(check, compiler) for check in change.checks]
    create = " ".join(words)
    return unless_there(name, create, compiler) if change.if_not_exists else create


def _check(check: CheckConstraint, compiler: DDLCompiler) -> str:
    given: Any = check.sqltext
    if isinstance(given, TextClause):
        given = closed(given)
    sql = compiler.sql_compiler.process(given, include_table=False, literal_binds=True)
    named = (
        f"CONSTRAINT {sqltext.name(compiler, check.name)} " if isinstance(check.name, str) else ""
    )
    late = check.dialect_kwargs.get("postgresql_not_valid")
    return f"{named}CHECK ({sql}){' NOT VALID' if late else ''}"


def _alter(
    change: AlterDomain
    | AddDomainConstraint
    | DropDomainConstraint
    | RenameDomainConstraint
    | ValidateDomainConstraint,
    compiler: DDLCompiler,
    words: str,
) -> str:
    return f"ALTER DOMAIN {sqltext.table(compiler, change.domain_name, change.schema)} {words}"


@compiles(DropDomain, "postgresql")
def _drop_domain(change: DropDomain, compiler: DDLCompiler, **kw: Any) -> str:
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    text = f"DROP DOMAIN {guard}{sqltext.table(compiler, change.domain_name, change.schema)}"
    return text + (" CASCADE" if change.cascade else "")


@compiles(AlterDomain, "postgresql")
def _alter_domain(change: AlterDomain, compiler: DDLCompiler, **kw: Any) -> str:
    (aspect,) = change.aspects
    match aspect:
        case "default" if change.default is None:
            words = "DROP DEFAULT"
        case "default":
            words = f"SET DEFAULT {sqltext.default(compiler, change.default)}"
        case "not_null":
            words = "SET NOT NULL" if change.not_null else "DROP NOT NULL"
        case _:
            words = f"RENAME TO {sqltext.name(compiler, str(change.new_domain_name))}"
    return _alter(change, compiler, words)


@compiles(AddDomainConstraint, "postgresql")
def _add_constraint(change: AddDomainConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    return _alter(change, compiler, f"ADD {_check(change.constraint, compiler)}")


@compiles(DropDomainConstraint, "postgresql")
def _drop_constraint(change: DropDomainConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    name = sqltext.name(compiler, change.constraint_name)
    return _alter(change, compiler, f"DROP CONSTRAINT {guard}{name}")


@compiles(RenameDomainConstraint, "postgresql")
def _rename_constraint(change: RenameDomainConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    old = sqltext.name(compiler, change.constraint_name)
    new = sqltext.name(compiler, change.new_constraint_name)
    return _alter(change, compiler, f"RENAME CONSTRAINT {old} TO {new}")


@compiles(ValidateDomainConstraint, "postgresql")
def _validate(change: ValidateDomainConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.name(compiler, change.constraint_name)
    return _alter(change, compiler, f"VALIDATE CONSTRAINT {name}")
