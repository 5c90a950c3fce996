"""How Oracle says a change of sequences, and what counts one number at a time; by its manual, not run."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..change import KEEP
from ..errors import UnsupportedChange
from ..sequence import AlterSequence, CreateSequence, DropSequence, options_text
from .oracle_guard import guarded, has_native_guards
from .oracle_names import refuse_long_names

_NO_CACHE = re.compile(r"\bCACHE [01]\b")


def cached(text: str) -> str:
    """Say NOCACHE where one number is to be had at a time: "must be greater than 1" (ORA-04010)."""
    return _NO_CACHE.sub("NOCACHE", text)


@compiles(CreateSequence, "oracle")
def _create_sequence(change: CreateSequence, compiler: DDLCompiler, **kw: Any) -> str:
    if change.data_type is not None:
        raise UnsupportedChange(
            change.describe(), "oracle", "its sequences have no type", "leave data_type out"
        )
    native = has_native_guards(compiler.dialect)
    guard = sqltext.yes(change.if_not_exists and native, "IF NOT EXISTS")
    name = sqltext.table(compiler, change.sequence_name, change.schema)
    text = f"CREATE SEQUENCE {guard}{name} {_options(change, compiler)}".strip()
    if not change.if_not_exists or native:
        return text
    return _guarded_sequence(change, text, compiler, there=False)


def _options(change: CreateSequence | AlterSequence, compiler: DDLCompiler) -> str:
    order, plain = change.order, change
    if isinstance(plain, AlterSequence):
        plain = plain.replace(order=KEEP)
    text = cached(options_text(plain, compiler))
    if order is None or order is KEEP:
        return text
    return f"{text} {'ORDER' if order else 'NOORDER'}".strip()


@compiles(DropSequence, "oracle")
def _drop_sequence(change: DropSequence, compiler: DDLCompiler, **kw: Any) -> str:
    native = has_native_guards(compiler.dialect)
    guard = sqltext.yes(change.if_exists and native, "IF EXISTS")
    text = f"DROP SEQUENCE {guard}{sqltext.table(compiler, change.sequence_name, change.schema)}"
    if not change.if_exists or native:
        return text
    return _guarded_sequence(change, text, compiler, there=True)


def _guarded_sequence(change: Any, text: str, compiler: DDLCompiler, *, there: bool) -> str:
    names = {"sequence_name": change.sequence_name}
    return guarded(change, text, compiler, "all_sequences", names, change.schema, there=there)


@compiles(AlterSequence, "oracle")
def _alter_sequence(change: AlterSequence, compiler: DDLCompiler, **kw: Any) -> str:
    """ALTER SEQUENCE: RESTART [START WITH] from 18c on, START only with it; RENAME for the name."""
    if change.aspects == ("new_sequence_name",):
        refuse_long_names(change, compiler.dialect, change.new_sequence_name)
        if change.schema is not None:
            raise UnsupportedChange(
                change.describe(), "oracle", "RENAME is for one's own schema", "leave schema out"
            )
        old, new = (
            sqltext.name(compiler, n) for n in (change.sequence_name, str(change.new_sequence_name))
        )
        return f"RENAME {old} TO {new}"
    for aspect, mend in (("start", "say restart"), ("owned_by", "leave owned_by out")):
        if aspect in change.aspects:
            raise UnsupportedChange(
                change.describe(), "oracle", f"ALTER SEQUENCE has no word for {aspect}", mend
            )
    parts = [_options(change, compiler)]
    if change.restart is not KEEP:
        value = change.restart
        parts.append("RESTART" if value is True else f"RESTART START WITH {value}")
    name = sqltext.table(compiler, change.sequence_name, change.schema)
    return f"ALTER SEQUENCE {name} {' '.join(p for p in parts if p)}"
