"""Types as Python: their class by the shortest import, and what its constructor was given."""

from __future__ import annotations

import enum
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import Enum, TypeDecorator, TypeEngine

from .errors import UnrenderableType
from .render import Renderer, renders
from .source import Chain, Named, Node, call, string
from .types import DatabaseType


@renders(TypeEngine)
def _type(value: TypeEngine[Any], renderer: Renderer) -> Node | None:
    said = renderer.asked("type", value)
    if not isinstance(said, bool):
        return said
    base = _base(value, renderer)
    if not value._variant_mapping:
        return base
    variants = sorted(value._variant_mapping.items())
    return Chain(
        base,
        [call(".with_variant", type_node(one, renderer), string(name)) for name, one in variants],
    )


def type_node(value: TypeEngine[Any], renderer: Renderer) -> Node:
    """Write a type, whatever a hook says of it.

    Raises:
        UnrenderableType: It can't be written.
    """
    node = _type(value, renderer)
    if node is None:
        raise UnrenderableType(
            value, "render_item leaves it out inside of another type", "give its text there"
        )
    return node


def _base(value: Any, renderer: Renderer) -> Node:
    match value:
        case DatabaseType():
            renderer.imports.add("import ddl_autogen")
            return call("ddl_autogen.DatabaseType", string(value.text))
        case TypeDecorator() if not type(value).__module__.startswith("sqlalchemy."):
            return type_node(_impl(value, renderer), renderer)
        case Enum():
            return _enum(value, renderer)
        case _ if _is_set(value):
            labels = [string(label) for label in value.values]
            facts = {"charset": value.charset, "collation": value.collation}
            said = renderer.keywords((k, v) for k, v in facts.items() if v is not None)
            return call(_class_name(type(value), renderer), *labels, *said)
    return call(_class_name(_public(type(value)), renderer), *_arguments(value, renderer))


def _is_set(value: object) -> bool:
    """Whether it is MySQL's SET; who has one has imported its module."""
    mysql = sys.modules.get("sqlalchemy.dialects.mysql")
    return mysql is not None and isinstance(value, mysql.SET)


def _public(kind: type) -> type:
    """Give a type's class, or the first above it that SQLAlchemy shows to everyone.

    `dialect.type_descriptor(String(32))`, as many decorators say it, gives a class of the
    driver's own (psycopg's `_PGString`, asyncpg's `AsyncpgString`), which no script can name.
    """
    if not kind.__module__.startswith("sqlalchemy."):
        return kind
    return next((base for base in kind.__mro__ if _is_shown(base)), kind)


@cache
def _is_shown(kind: type) -> bool:
    places = [sa, sa.types]
    if kind.__module__.startswith("sqlalchemy.dialects."):
        places.append(import_module(".".join(kind.__module__.split(".")[:3])))
    return any(getattr(place, kind.__name__, None) is kind for place in places)


def _impl(value: TypeDecorator[Any], renderer: Renderer) -> TypeEngine[Any]:
    """Give the database's type behind a user's: his code need not be there when the script runs."""
    if renderer.dialect is not None:
        return value.load_dialect_impl(renderer.dialect)
    return value.impl_instance


def _enum(value: Any, renderer: Renderer) -> Node:
    labels: list[Node] = [string(label) for label in value.enums]
    facts: dict[str, Any] = {}
    if value.name is not None:
        facts["name"] = str(value.name)
    if value.schema is not None:
        facts["schema"] = value.schema
    if not value.native_enum:
        facts["native_enum"] = False
        if value.length is not None and value.length != max(map(len, value.enums), default=0):
            facts["length"] = value.length
    if value.create_constraint:
        facts["create_constraint"] = True
    for name in ("charset", "collation"):  # of MySQL's own ENUM
        if (said := getattr(value, name, None)) is not None:
            facts[name] = said
    if getattr(value, "create_type", True) is False:
        facts["create_type"] = False
    kind = _public(type(value)) if type(value).__module__.startswith("sqlalchemy.") else Enum
    return call(_class_name(kind, renderer), *labels, *renderer.keywords(facts.items()))


def _class_name(kind: type, renderer: Renderer) -> str:
    """Give the name of a type's class, and remember the import that it needs."""
    name, module = kind.__name__, kind.__module__
    if getattr(sa, name, None) is kind:
        return renderer.sa_prefix + name
    if module.startswith("sqlalchemy.dialects."):
        package = module.split(".")[2]
        renderer.imports.add(f"from sqlalchemy.dialects import {package}")
        return f"{package}.{name}"
    if module.startswith("sqlalchemy.") and hasattr(sa.types, name):
        return f"{renderer.sa_prefix}types.{name}"
    if "<locals>" in kind.__qualname__ or module == "__main__":
        raise UnrenderableType(
            kind.__qualname__,
            f"its class can't be imported from {module}",
            "move the class to a module, or answer for it in render_item",
        )
    renderer.imports.add(f"import {module}")
    return f"{module}.{kind.__qualname__}"


def _arguments(value: Any, renderer: Renderer) -> Iterator[Node]:
    """Yield what a type's constructor was given, as far as it differs from the defaults."""
    for parameter in _parameters(type(value)):  # type: ignore[arg-type]  # a class has a hash
        name, default = parameter.name, parameter.default
        given = getattr(value, name, default)
        if given is default or isinstance(given, ModuleType):  # PickleType's pickler
            continue
        if callable(given) and not isinstance(given, TypeEngine):
            continue
        if given is None and isinstance(default, enum.Enum):  # SQLAlchemy's mark for "not said"
            continue
        if name in _MADE_FALSE and given is False:
            continue
        if default is inspect.Parameter.empty or _differs(given, default):
            node = renderer.value(given)
            if node is not None:
                positional = default is inspect.Parameter.empty
                yield node if positional else Named(f"{name}=", node)


def _differs(given: Any, default: Any) -> bool:
    if isinstance(given, TypeEngine) or isinstance(default, TypeEngine):
        return given is not default and repr(given) != repr(default)
    return bool(given != default)


_OF_PYTHON = ("astext_type", "text_type", "metadata", "inherit_schema")
"""Parameters that say nothing of the type in the database."""

_MADE_FALSE = ("not_null",)
"""Parameters of which SQLAlchemy keeps False where nothing is said."""

_PASSED_ON = ("_create_events", "_adapted_from", "_variant_mapping")


@cache
def _parameters(kind: type) -> tuple[inspect.Parameter, ...]:
    """Give the parameters of a class's constructor, those of its bases too where it passes them on."""
    found: dict[str, inspect.Parameter] = {}
    for base in kind.__mro__:
        init = base.__dict__.get("__init__")
        if init is None:
            continue
        passes_on = False
        for parameter in list(inspect.signature(init).parameters.values())[1:]:
            match parameter.kind:
                case inspect.Parameter.VAR_KEYWORD:
                    passes_on = True
                case inspect.Parameter.VAR_POSITIONAL:
                    pass
                case _ if parameter.name not in (*_OF_PYTHON, *_PASSED_ON):
                    found.setdefault(parameter.name, parameter)
        if not passes_on:
            break
    return tuple(found.values())
