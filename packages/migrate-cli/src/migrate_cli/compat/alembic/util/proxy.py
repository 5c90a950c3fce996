"""A module that speaks for an object: `alembic.op` for the operations that run, `alembic.context`."""

from __future__ import annotations

import threading
from collections.abc import MutableMapping
from contextvars import ContextVar
from functools import cache, wraps
from inspect import Signature
from types import FunctionType
from typing import Any, ClassVar, Self

from ....signatures import signature


class ModuleClsProxy:
    """Base of the classes that a module speaks for.

    Which object is meant: one that was put into the module's `_proxy` by hand; else the one that
    was installed in this context; else the process's only one, so that a thread that a script
    starts can speak too.
    """

    _here: ClassVar[ContextVar[tuple[Any, ...]]]
    _installed: ClassVar[list[Any]]
    _modules: ClassVar[list[MutableMapping[str, Any]]]
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not hasattr(cls, "_here"):  # a subclass of a user's speaks by the same module
            cls._here = ContextVar(cls.__name__, default=())
            cls._installed, cls._modules = [], []

    def _install_proxy(self) -> None:
        self._here.set((*self._here.get(), self))
        with self._lock:
            self._installed.append(self)
            self._show()

    def _remove_proxy(self) -> None:
        self._here.set(tuple(one for one in self._here.get() if one is not self))
        with self._lock:
            self._installed[:] = [one for one in self._installed if one is not self]
            self._show()

    def _show(self) -> None:
        for module in self._modules:
            module["_proxy"] = self._installed[-1] if self._installed else None

    @classmethod
    def create_module_class_proxy(
        cls, globals_: MutableMapping[str, Any], locals_: MutableMapping[str, Any]
    ) -> None:
        """Make a module speak for the instances of this class.

        Methods become functions that look the object and the method up when they are called;
        other attributes are those of the object.
        """

        def get(name: str) -> Any:
            found = getattr(cls, name, _MISSING) if not name.startswith("_") else _MISSING
            if found is not _MISSING and callable(found):
                return _speaking(cls, globals_, name, found)
            if found is not _MISSING or name in cls.__annotations__:
                return getattr(cls._meant(globals_, name), name)
            raise AttributeError(
                f"module {globals_['__name__']!r} has no attribute {name!r}", name=name
            )

        def names() -> list[str]:
            return sorted({*globals_, *(name for name in dir(cls) if not name.startswith("_"))})

        globals_.setdefault("_proxy", None)
        locals_["__getattr__"], locals_["__dir__"] = get, names
        cls._modules.append(globals_)

    @classmethod
    def _meant(cls, module: MutableMapping[str, Any], name: str) -> Self:
        given = module.get("_proxy")
        if given is not None and not any(given is one for one in cls._installed):
            found: Self = given
            return found
        if here := cls._here.get():
            return here[-1]  # type: ignore[no-any-return]  # what _install_proxy put there
        if len(cls._installed) == 1:
            return cls._installed[0]  # type: ignore[no-any-return]  # likewise
        raise NameError(
            f"can't call {name!r} here: "
            + (
                "several runs are active, and this thread belongs to none"
                if cls._installed
                else f"no {cls.__name__} is active; it is while a command runs env.py and the "
                "scripts, so write the call into a function that they call"
            )
        )


_MISSING = object()


def _speaking(
    cls: type[ModuleClsProxy], module: MutableMapping[str, Any], name: str, method: Any
) -> Any:
    @wraps(method)
    def speak(*args: Any, **kwargs: Any) -> Any:
        return getattr(cls._meant(module, name), name)(*args, **kwargs)

    if isinstance(method, FunctionType):
        speak.__signature__ = _without_self(method)  # type: ignore[attr-defined]  # inspect reads it
    return speak


@cache
def _without_self(method: FunctionType) -> Signature:
    """Give a method's signature as its callers see it who hand no object over."""
    whole = signature(method)
    return whole.replace(parameters=list(whole.parameters.values())[1:])
