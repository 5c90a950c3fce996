"""Options of a dialect: the free keywords of a change, and what SQLAlchemy calls some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Identity, Sequence

from .errors import UnknownOption


def dialect_options(
    change: str, given: Mapping[str, Any], parameters: Iterable[str]
) -> dict[str, Any]:
    """Check the free keywords of a change: each must be `<dialect>_<option>`.

    Args:
        change: Name of the change's class, for the message.
        given: The keywords that are no parameters.
        parameters: Names of the parameters, for near matches.

    Raises:
        UnknownOption: A keyword has no dialect's name in front.
    """
    for name in given:
        dialect, underscore, option = name.partition("_")
        if not (underscore and option) or not _is_dialect(dialect):
            from difflib import get_close_matches  # only on the way of an error

            near = get_close_matches(name, list(parameters), n=2)
            raise UnknownOption(change, name, tuple(near))
    return dict(given)


_known_dialects = {"postgresql", "mysql", "mariadb", "sqlite", "mssql", "oracle"}


def _is_dialect(name: str) -> bool:
    if name in _known_dialects:
        return True
    from sqlalchemy.dialects import registry
    from sqlalchemy.exc import NoSuchModuleError

    try:
        registry.load(name)
    except NoSuchModuleError:
        return False
    _known_dialects.add(name)
    return True


_OF_ORACLE = "oracle_" if hasattr(Identity, "dialect_kwargs") else ""
ORDER = f"{_OF_ORACLE}order"
"""What SQLAlchemy calls ORDER of a sequence: an option of Oracle's since 2.1."""


def oracle_numbering(given: Identity | Sequence) -> dict[str, Any]:
    """Give what is said of ORDER and ON NULL, by the names that SQLAlchemy takes."""
    said = {f"{_OF_ORACLE}{name}": getattr(given, name, None) for name in ("on_null", "order")}
    return {name: value for name, value in said.items() if value is not None}
