"""SQL of changes that differ in their names only: written once for all of them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Hashable, Sequence
from dataclasses import fields
from typing import Any

from ddl_constructs import KEEP, Change
from sqlalchemy.engine.interfaces import Dialect

Shape = tuple[Hashable, ...]
Writer = Callable[[Change], Sequence[str]]
"""Writes the statements of a change."""

_PLAIN = re.compile(r"[a-z_][a-z0-9_]{0,28}")  # shorter than any database's longest
_PLACE = re.compile(r"zq(\d+)qz")


class Shapes:
    """Remembers the SQL of changes by their shape: all that they are, but for their names.

    Only plain names count, which no database writes any other way than they are; and a shape is
    believed when the first change of it comes out as it does when it is written by itself.
    """

    def __init__(self, dialect: Dialect, write: Writer) -> None:
        """Take the dialect that is spoken, and how a change is written in it."""
        self._quote = dialect.identifier_preparer.quote
        self._write = write
        self._known: dict[Shape, tuple[list[str], ...] | None] = {}

    def written(self, change: Change) -> tuple[str, ...]:
        """Write the statements of a change; raises what the writer does."""
        found = shape(change)
        if found is None or any(self._quote(name) != name for name in found[1]):
            return tuple(self._write(change))
        of, names = found
        if of not in self._known:
            self._known[of] = None
            written = tuple(self._write(change))
            pieces = self._with_places(change, names)
            if pieces is not None and _filled(pieces, names) == written:
                self._known[of] = pieces
            return written
        known = self._known[of]
        return tuple(self._write(change)) if known is None else _filled(known, names)

    def _with_places(self, change: Change, names: Sequence[str]) -> tuple[list[str], ...] | None:
        """Write a change that has places where its names were; None if that earns a warning."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                return tuple(map(_PLACE.split, self._write(_with_places(change, names))))
            except Warning:
                return None


def shape(change: Change) -> tuple[Shape, tuple[str, ...]] | None:
    """Give the shape of a change, and its names in order; None if it is more than names and flags.

    >>> from ddl_constructs import RenameTable
    >>> shape(RenameTable("a", "b"))[1]
    ('a', 'b')
    >>> shape(RenameTable("a", "b"))[0] == shape(RenameTable("c", "d"))[0]
    True
    >>> shape(RenameTable("a", "b"))[0] == shape(RenameTable("c", "c"))[0]
    False
    """
    names: dict[str, str] = {}  # each with its place, as a text: 1 and True are equal
    parts: list[Hashable] = [type(change)]  # type: ignore[list-item]  # a class is hashable
    if change.naming_convention:
        return None
    for field in fields(change):
        value = getattr(change, field.name)
        if value is None or value is KEEP or isinstance(value, bool):
            parts.append(value)
        elif _is_name(field.name, value):
            parts.append(names.setdefault(value, str(len(names))))
        elif isinstance(value, tuple) and all(_is_name("_name", one) for one in value):
            parts.append(tuple(names.setdefault(one, str(len(names))) for one in value))
        elif value == {}:
            parts.append(())
        else:
            return None
    return tuple(parts), tuple(names)


def _is_name(field: str, value: Any) -> bool:
    return type(value) is str and field.endswith("_name") and _PLAIN.fullmatch(value) is not None


def _with_places(change: Change, names: Sequence[str]) -> Change:
    """Give a copy of a change that has places where its names were."""
    places = {name: f"zq{at}qz" for at, name in enumerate(names)}
    put: dict[str, Any] = {}
    for field in fields(change):
        value = getattr(change, field.name)
        if type(value) is str:
            put[field.name] = places[value]
        elif isinstance(value, tuple):
            put[field.name] = tuple(places[one] for one in value)
    return change.replace(**put)


def _filled(pieces: Sequence[Sequence[str]], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        "".join(names[int(piece)] if at % 2 else piece for at, piece in enumerate(statement))
        for statement in pieces
    )
