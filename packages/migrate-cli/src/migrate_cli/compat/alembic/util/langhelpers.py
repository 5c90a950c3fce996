"""Registries by type, and the classes that a module speaks for, by Alembic's names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum, IntEnum
from typing import Any, TypeVar

from revgraph import new_id
from sqlalchemy.util import (
    asbool,
    immutabledict,
    memoized_property,
    to_list,
    unique_list,
)

from .proxy import ModuleClsProxy

__all__ = [
    "EMPTY_DICT",
    "DispatchPriority",
    "Dispatcher",
    "ModuleClsProxy",
    "PriorityDispatchResult",
    "PriorityDispatcher",
    "asbool",
    "dedupe_tuple",
    "immutabledict",
    "memoized_property",
    "not_none",
    "rev_id",
    "to_list",
    "to_tuple",
    "unique_list",
]

T = TypeVar("T")
C = TypeVar("C", bound=Callable[..., Any])

EMPTY_DICT: immutabledict[Any, Any] = immutabledict()


def rev_id() -> str:
    """Make a new revision id."""
    return new_id()


def to_tuple(x: Any, default: tuple[Any, ...] | None = None) -> tuple[Any, ...] | None:
    """Give a value as a tuple: a text is one item, None is *default*."""
    if x is None:
        return default
    if isinstance(x, str):
        return (x,)
    return tuple(x) if isinstance(x, Iterable) else (x,)


def dedupe_tuple(tup: tuple[str, ...]) -> tuple[str, ...]:
    """Give each item once, in order."""
    return tuple(dict.fromkeys(tup))


def not_none(value: T | None) -> T:
    """Give a value that must be there."""
    assert value is not None, "the caller has checked that it is there"
    return value


class Dispatcher:
    """Functions by the type that they are for, and by a qualifier: a dialect's name or "default"."""

    def __init__(self) -> None:
        self._registry: dict[tuple[Any, str], Callable[..., Any]] = {}

    def dispatch_for(
        self, target: Any, *, qualifier: str = "default", replace: bool = False
    ) -> Callable[[C], C]:
        """Register the decorated function for a type, or a name.

        Raises:
            ValueError: There is one already, and *replace* is off.
        """

        def decorate(function: C) -> C:
            key = (target, qualifier)
            if not replace and key in self._registry:
                raise ValueError(
                    f"there is a function for {target!r} ({qualifier}) already; "
                    "to take its place: replace=True"
                )
            self._registry[key] = function
            return function

        return decorate

    def dispatch(self, obj: Any, qualifier: str = "default") -> Any:
        """Give the function for an object, a type or a name: the nearest base class counts.

        Raises:
            ValueError: There is none.
        """
        if isinstance(obj, str):
            targets: Sequence[Any] = (obj,)
        else:
            targets = (obj if isinstance(obj, type) else type(obj)).__mro__
        for target in targets:
            for one in (qualifier, "default"):
                if (target, one) in self._registry:
                    return self._registry[target, one]
        raise ValueError(f"no function is registered for {obj!r}")

    def branch(self) -> Dispatcher:
        """Give a copy that can be added to without changing this one."""
        copy = type(self)()
        copy._registry.update(self._registry)
        return copy


class DispatchPriority(IntEnum):
    """When a function of a `PriorityDispatcher` is called."""

    FIRST = 50
    MEDIUM = 25
    LAST = 10


class PriorityDispatchResult(Enum):
    """What a function of a `PriorityDispatcher` may return."""

    CONTINUE = 1
    STOP = 2


class PriorityDispatcher:
    """Functions by name and qualifier; all that fit are called, those of higher priority first."""

    def __init__(self) -> None:
        self._registry: dict[tuple[str, str], list[tuple[int, str | None, Callable[..., Any]]]] = {}

    def dispatch_for(
        self,
        target: str,
        *,
        priority: DispatchPriority = DispatchPriority.MEDIUM,
        qualifier: str = "default",
        subgroup: str | None = None,
    ) -> Callable[[C], C]:
        """Register the decorated function.

        Args:
            target: What it is for, as `dispatch` is asked for it.
            priority: When it is called.
            qualifier: A dialect's name, or "default".
            subgroup: Functions of one subgroup can stop each other; None is one too.
        """

        def decorate(function: C) -> C:
            registered = self._registry.setdefault((target, qualifier), [])
            registered.append((priority, subgroup, function))
            return function

        return decorate

    def dispatch(self, target: str, *, qualifier: str = "default") -> Callable[..., Any]:
        """Give a function that calls all that fit; one that returns STOP ends its subgroup."""
        found = list(self._registry.get((target, qualifier), ()))
        if qualifier != "default":
            found += self._registry.get((target, "default"), ())
        found.sort(key=lambda one: -one[0])

        def call(*args: Any, **kwargs: Any) -> PriorityDispatchResult:
            stopped: set[str | None] = set()
            for _, subgroup, function in found:
                if subgroup in stopped:
                    continue
                if function(*args, **kwargs) is PriorityDispatchResult.STOP:
                    stopped.add(subgroup)
            return PriorityDispatchResult.STOP if stopped else PriorityDispatchResult.CONTINUE

        return call

    def branch(self) -> PriorityDispatcher:
        """Give a copy that can be added to without changing this one."""
        copy = type(self)()
        copy.populate_with(self)
        return copy

    def populate_with(self, other: PriorityDispatcher) -> None:
        """Take over all that another one has."""
        for key, registered in other._registry.items():
            self._registry.setdefault(key, []).extend(registered)
