"""What becomes of values when a column's type changes, as far as the declared types tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import CompileError

from ..change import KEEP

_DECLARED = re.compile(
    r"([a-z_][\w. ]*)(?:\(((?:[^()']|'(?:[^']|'')*')*)\)(.*))?$", re.IGNORECASE | re.DOTALL
)
_ARGUMENT = re.compile(r"'(?:[^']|'')*'|[^,\s][^,]*")


@dataclass(frozen=True)
class Declared:
    """A type as a column declares it.

    Attributes:
        name: Its name in lower case, without what stands in brackets.
        arguments: What stands in brackets, in order; empty if nothing does.
    """

    name: str
    arguments: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The arguments as numbers; empty if one isn't."""
        if all(a.isdigit() for a in self.arguments):
            return tuple(map(int, self.arguments))
        return ()


def declared(type_: Any, dialect: Dialect) -> Declared | None:
    """Give a type as a dialect declares it; None if it isn't known or can't be read."""
    if type_ is KEEP:
        return None
    try:
        text = dialect.type_compiler_instance.process(type_)
    except CompileError:
        return None
    parts = _DECLARED.match(text.strip())
    if parts is None:
        return None
    name = " ".join(f"{parts[1]} {parts[3] or ''}".lower().split())
    return Declared(name, tuple(a.strip() for a in _ARGUMENT.findall(parts[2] or "")))


def both(change: Any, dialect: Dialect) -> tuple[Declared, Declared] | None:
    """Give the old and the new type of an `AlterColumn`; None if one isn't known."""
    old, new = declared(change.existing_type, dialect), declared(change.type_, dialect)
    return None if old is None or new is None else (old, new)


def holds_all_numbers(old: Declared, new: Declared) -> bool | None:
    """Tell whether a numeric(p, s) has as many digits on both sides; None if it isn't one."""
    if old.name != new.name or old.name not in ("numeric", "decimal"):
        return None
    before, after = old.numbers, new.numbers
    if not after:
        return True
    if not before:
        return False
    scale_before, scale_after = (n[1] if len(n) > 1 else 0 for n in (before, after))
    return scale_after >= scale_before and after[0] - scale_after >= before[0] - scale_before
