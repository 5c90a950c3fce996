"""What every operation object is: a holder of one change, with Alembic's names as views of its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Generic, Self, TypeVar

import ddl_constructs as ddl
from ddl_constructs import KEEP, Change

from ...util import memoized_property

C = TypeVar("C", bound=Change)


class NotReversible(ValueError):
    """What undoes an operation isn't known from what it says."""


class MigrateOperation:
    """Something that a script does: the base of Alembic's operations, and of those of plugins.

    Attributes:
        info: Free notes; nothing here reads them.
    """

    _mutations: frozenset[Any] = frozenset()

    @memoized_property
    def info(self) -> dict[Any, Any]:
        return {}

    def reverse(self) -> MigrateOperation:
        """Give the operation that undoes this one.

        Raises:
            NotReversible: It isn't known.
        """
        raise NotImplementedError(f"{type(self).__name__} doesn't say how it is reversed")

    def to_diff_tuple(self) -> Any:
        """Give the operation as the tuple that `compare_metadata` would give."""
        raise NotImplementedError(f"{type(self).__name__} has no tuple")


class ChangeOp(MigrateOperation, Generic[C]):
    """An operation that is one change of ours.

    Attributes:
        change: The change. Alembic's names are views of its fields: writing one puts a varied
            change here.
    """

    kind: ClassVar[type[Change]]
    change: C

    _BY_KIND: ClassVar[dict[type[Change], type[ChangeOp[Any]]]] = {}

    def __init_subclass__(cls, kind: type[Change] | None = None, **kwargs: Any) -> None:
        """Say which kind of change the class is for; a subclass of a user's stays with its base."""
        super().__init_subclass__(**kwargs)
        if kind is not None:
            cls.kind = kind
            ChangeOp._BY_KIND[kind] = cls

    @classmethod
    def _of(cls, change: C) -> Self:
        """Make the operation that is this change, past the constructor of a user's subclass."""
        made = cls.__new__(cls)
        made.change = change
        return made

    def _undone(self) -> Any:
        """Give the change that undoes this one."""
        try:
            return self.change.reverse()
        except ddl.IrreversibleChange as err:
            raise NotReversible(f"the operation is not reversible: {err}") from err


_NEVER = object()


class Fact:
    """Alembic's name for a field of the change that an operation holds."""

    def __init__(self, field: str | None = None, *, kept: Any = _NEVER) -> None:
        """Name the field, if it is called otherwise, and what Alembic has where we have KEEP."""
        self.field, self.kept = field, kept

    def __set_name__(self, owner: type, name: str) -> None:
        self.field = self.field or name

    def __get__(self, op: Any, owner: type | None = None) -> Any:
        if op is None:
            return self
        value = getattr(op.change, str(self.field))
        return self.kept if value is KEEP else value

    def __set__(self, op: Any, value: Any) -> None:
        field = str(self.field)
        op.change = op.change.replace(**{field: KEEP if value is self.kept else value})


class Flag(Fact):
    """A field that is True or not said."""

    def __get__(self, op: Any, owner: type | None = None) -> Any:
        value = super().__get__(op, owner)
        return value if op is None else value or None


def writing_through(items: Iterable[Any], write: Callable[[list[Any]], None]) -> list[Any]:
    """Give a list that hands its items on whenever it is changed."""
    live = _LiveList(items)
    live._write = write
    return live


def dict_writing_through(
    items: Mapping[str, Any], write: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """Give a dict that hands its items on whenever it is changed."""
    live = _LiveDict(items)
    live._write = write
    return live


class _LiveList(list[Any]):
    _write: Callable[[list[Any]], None]


class _LiveDict(dict[str, Any]):
    _write: Callable[[dict[str, Any]], None]


def _make_live(kind: Any, methods: Iterable[str]) -> None:
    for name in methods:
        setattr(kind, name, _then_write(getattr(kind, name)))


def _then_write(method: Any) -> Any:
    def changed(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = method(self, *args, **kwargs)
        self._write(self)
        return result

    return changed


_LISTS = "append clear extend insert pop remove reverse sort __setitem__ __delitem__ __iadd__"
_make_live(_LiveList, _LISTS.split())
_make_live(
    _LiveDict,
    ["clear", "pop", "popitem", "setdefault", "update", "__setitem__", "__delitem__", "__ior__"],
)


def convention(migration_context: Any) -> Mapping[str, Any] | None:
    """Give the naming convention of the models that a context was configured with.

    Args:
        migration_context: What has `opts`, with `target_metadata` in them or not; or None.
    """
    opts = getattr(migration_context, "opts", None) or {}
    found = getattr(opts.get("target_metadata"), "naming_convention", None)
    return dict(found) if found and set(found) != {"ix"} else None
