"""Whether a change's fields hold what they say: each annotation is the rule, also at run time.

An annotation that can't be read here (a name known to type checkers only) or tested (a type
variable) is no rule: the changes of other packages may say what they like.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import Field, fields
from functools import cache
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from .errors import WrongValue

Test = Callable[[Any], bool]


def check_fields(change: Any) -> None:
    """Check the fields of a dataclass against their annotations, names against what a name is.

    Raises:
        WrongValue: A field holds something else; the first such field.
    """
    for name, fits, wanted in _rules(type(change)):  # type: ignore[arg-type]  # a class is hashable
        value = getattr(change, name)
        if not fits(value):
            raise WrongValue(type(change).__name__, name, value, wanted)


def several(change: str, field: str, values: Iterable[Any]) -> tuple[Any, ...]:
    """Give the items of an argument that takes several; a string alone is one too few.

    Args:
        change: Name of the change's class, for the message.
        field: Name of the argument.
        values: What was given.

    Raises:
        WrongValue: It is a string, or nothing that has items.
    """
    if type(values) is tuple:
        return values
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise WrongValue(change, field, values, "a list")
    return tuple(values)


@cache
def _rules(kind: type) -> tuple[tuple[str, Test, str], ...]:
    """Give the fields that have a rule: name, test, and what is wanted in words."""
    return tuple(
        (name, _readable(name, hint, test), _in_words(hint, name))
        for name, hint in _hints(kind)
        if (test := _test(hint)) is not None
    )


def _hints(kind: type) -> Iterator[tuple[str, Any]]:
    for field in fields(kind):
        home = [c for c in kind.__mro__ if _has(c, field)][-1]  # a base shares its fields
        holder = SimpleNamespace(__annotations__={field.name: field.type})
        module = vars(sys.modules[home.__module__])
        with suppress(NameError):
            yield field.name, get_type_hints(holder, globalns=module)[field.name]


def _has(kind: type, field: Field[Any]) -> bool:
    return vars(kind).get("__dataclass_fields__", {}).get(field.name) is field


def _test(hint: Any) -> Test | None:
    """Make the test of an annotation; None where anything goes, or nobody can tell."""
    if hint is Any:
        return None
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        tests = [_test(each) for each in arguments]
        if None in tests:
            return None
        plain = tuple(each for each in map(_plain_class, arguments) if each is not None)
        others = [t for t, a in zip(tests, arguments, strict=True) if _plain_class(a) is None]
        return lambda value: isinstance(value, plain) or any(t(value) for t in others if t)
    if origin is Literal:
        return lambda value: value in arguments
    if isinstance(origin, type) and issubclass(origin, (tuple, Mapping, Sequence)):
        return _container(origin, arguments)
    if hint is bool:  # 0, 1 and None have always been taken for it
        return lambda value: value is None or (isinstance(value, int) and value in (0, 1))
    cls = _plain_class(hint)
    return None if cls is None else lambda value: isinstance(value, cls)


def _container(origin: type, arguments: tuple[Any, ...]) -> Test:
    one_each = origin is tuple and ... not in arguments  # (int, str), whose items differ
    inner = [] if one_each else [_test(each) for each in arguments if each is not ...]

    def fits(value: Any) -> bool:
        if not isinstance(value, origin) or isinstance(value, (str, bytes)):
            return False
        if not value:
            return True
        parts: list[Iterable[Any]] = (
            [value.keys(), value.values()] if isinstance(value, Mapping) else [value]  # type: ignore[list-item]  # of a kind that has items
        )
        return all(
            test is None or all(map(test, part)) for test, part in zip(inner, parts, strict=False)
        )

    return fits


def _plain_class(hint: Any) -> type | None:
    """Give the class that an instance of is meant; None for what takes more than that."""
    origin = get_origin(hint) or hint
    if not isinstance(origin, type) or origin is bool or issubclass(origin, (tuple, Mapping)):
        return None
    try:
        isinstance(None, origin)
    except TypeError:  # a protocol, say, that is for type checkers only
        return None
    return None if origin is Sequence else origin


def _is_name(field: str, hint: Any) -> bool:
    takes_text = hint is str or str in get_args(hint)
    return takes_text and field.endswith(("_name", "_table"))


def _readable(field: str, hint: Any, fits: Test) -> Test:
    """Make the test of a name or a schema stricter: no database has a NUL in one."""
    if not (_is_name(field, hint) or field.endswith("schema")):
        return fits
    least = 1 if _is_name(field, hint) else 0  # an empty schema is the default one

    def readable(value: Any) -> bool:
        return fits(value) and (
            not isinstance(value, str) or (len(value) >= least and "\0" not in value)
        )

    return readable


def _in_words(hint: Any, field: str) -> str:
    """Say what a field takes: "a name", "int or None"."""
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    words = [
        "a name, not empty" if kind is str and _is_name(field, hint) else _word(kind)
        for kind in kinds
        if getattr(kind, "__name__", "") != "Keep"
    ]
    return " or ".join(words)


def _word(kind: Any) -> str:
    if kind is NoneType or kind is Any:
        return "None" if kind is NoneType else "anything"
    if get_origin(kind) is Literal:
        return " or ".join(map(repr, get_args(kind)))
    origin = get_origin(kind) or kind
    if not isinstance(origin, type):
        return str(kind)
    if issubclass(origin, Mapping):
        return "a mapping of " + " to ".join(_in_words(a, "") for a in get_args(kind))
    if issubclass(origin, (tuple, Sequence)) and origin is not str:
        return f"a list of {_in_words(get_args(kind)[0], '')}"
    return str(origin.__name__)
