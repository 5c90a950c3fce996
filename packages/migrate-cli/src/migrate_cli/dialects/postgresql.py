"""Running on PostgreSQL; seen on 15."""

from __future__ import annotations

from sqlalchemy.engine.interfaces import Dialect


def set_offline(dialect: Dialect) -> None:
    """Take a backslash in a string literal as it is.

    PostgreSQL 15 manual, standard_conforming_strings: on by default since 9.1.
    SQLAlchemy asks the server, and doubles backslashes until it has.
    """
    dialect._backslash_escapes = False  # type: ignore[attr-defined]  # of PGDialect
