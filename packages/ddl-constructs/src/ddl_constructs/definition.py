"""What views, routines and triggers have in common: a body of SQL, and being created over."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.elements import ClauseElement, TextClause

from . import sqltext
from .change import Change
from .closed import closed
from .errors import IrreversibleChange


def body(compiler: DDLCompiler, given: str | ClauseElement) -> str:
    """Write a definition: a string as it stands, a SELECT with its values in their places.

    A semicolon behind the whole goes, as the drivers and scripts bring their own.
    """
    if isinstance(given, str):
        return sqltext.said_raw(compiler, given.strip().removesuffix(";").rstrip())
    if isinstance(given, TextClause):
        given = closed(given)
    return compiler.sql_compiler.process(given, literal_binds=True)


def block(compiler: DDLCompiler, given: str) -> str:
    """Write the body of a routine or trigger as it stands, but for what may hang behind its end.

    The semicolon behind an END is part of a PL/SQL block; elsewhere it is no harm.
    """
    return sqltext.said_raw(compiler, given.strip())


def undo_of_create(change: Any, drop: Change, existing: Change | None, fact: str) -> Change:
    """Give the reverse of a change that creates: a drop, or what was there before.

    Args:
        change: The change, with `or_replace`.
        drop: What drops what it creates.
        existing: What would create it as it was; None if that isn't known.
        fact: The keyword that would state that.

    Raises:
        IrreversibleChange: It replaces, and what was there isn't known.
    """
    if existing is not None:
        return existing.replace(or_replace=True, **{fact: change.replace(**{fact: None})})
    if change.or_replace:
        raise IrreversibleChange(change.describe(), (fact,), "what was there before isn't known")
    return drop


def undo_of_drop(change: Change, existing: Change | None, fact: str) -> Change:
    """Give the reverse of a change that drops: what would create it again.

    Raises:
        IrreversibleChange: That isn't known.
    """
    if existing is None:
        raise IrreversibleChange(change.describe(), (fact,), "its definition isn't known")
    return existing
