"""What the tests of `op` share: a context without a project, and the signatures of what is offered."""

from __future__ import annotations

import io
from importlib import import_module
from inspect import Parameter, getattr_static, signature
from types import FunctionType
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.engine.url import make_url


class Context:
    """What `Operations` asks of a migration context.

    Attributes:
        written: What was written where there is no connection.
    """

    def __init__(
        self, dialect: str | Dialect, connection: Any = None, *, stream: Any = None, **opts: Any
    ) -> None:
        impl = import_module("alembic.ddl.impl").DefaultImpl
        if isinstance(dialect, str):
            dialect = make_url(f"{dialect}://").get_dialect()()
        self.dialect, self.connection, self.opts = dialect, connection, opts
        self.as_sql = connection is None
        self._stream = io.StringIO() if stream is None else stream
        made = impl.get_by_dialect(dialect)
        self.impl = made(dialect, connection, connection is None, None, self._stream, opts)

    @property
    def written(self) -> list[str]:
        return self._stream.getvalue().split("\n\n")[:-1]


def shape(parameter: Parameter) -> list[Any]:
    """What a caller sees of a parameter."""
    default = parameter.default
    known = default is Parameter.empty or type(default).__name__ in ("bool", "str", "NoneType")
    shown = "none" if default is Parameter.empty else repr(default) if known else "?"
    return [parameter.name, parameter.kind.name, shown]


def signatures(package: str) -> dict[str, list[Any]]:
    """The signatures of the words, of the operations and what they offer, and of the hooks."""
    base = import_module(f"{package}.operations.base")
    ops = import_module(f"{package}.operations.ops")
    impl = import_module(f"{package}.ddl.impl").DefaultImpl
    hooks = "create drop alter add rename bulk execute static version emit start prep requires"
    owners = {
        "Operations": base.Operations,
        "BatchOperations": base.BatchOperations,
        "DefaultImpl": impl,
        **{n: c for n, c in vars(ops).items() if n.endswith(("Op", "Ops", "Script"))},
    }
    found = {}
    for owner, cls in owners.items():
        for name in dir(cls):
            if owner == "DefaultImpl" and name.split("_")[0] not in hooks.split():
                continue
            member = getattr_static(cls, name)
            function = getattr(member, "__func__", member)
            if isinstance(function, FunctionType) and (name == "__init__" or name[0] != "_"):
                parameters = list(signature(function).parameters.values())[1:]
                found[f"{owner}.{name}"] = [shape(p) for p in parameters]
    return found
